import Foundation
import TestSupport
import Testing

struct PadTests {
    private let directory: Scratch

    init() throws { directory = try Scratch() }

    @Test func paddingToASizeGivesTheBytesThatHeadAndTrMake() throws {
        try directory.write("in", Array("abc".utf8))
        _ = try Tool.run("pad", "in", "--to", "0x1000", "-o", "out", in: directory).checked()
        let shell = "{ cat in; head -c 4093 /dev/zero | tr '\\0' '\\377'; } >expected"
        _ = try Program.run("sh", ["-c", shell], in: directory.path).checked()
        #expect(try directory.read("out") == directory.read("expected"))
        #expect(try directory.read("in") == Array("abc".utf8))
    }

    @Test func paddingToABlockEndsAtAMultipleOfItsSize() throws {
        try directory.write("in", Array("abc".utf8))
        for (block, size) in [("4", 4), ("3", 3), ("2", 4), ("64K", 0x10000), ("1000", 1000)] {
            _ = try Tool.run("pad", "in", "-f", "--block", block, "-o", "out", in: directory).checked()
            #expect(try directory.read("out") == Array("abc".utf8) + Array(repeating: 0xff, count: size - 3))
        }
    }

    @Test(arguments: [["-l", "-e", "16KiB"], ["-b", "-e", "64KiB"], ["-l", "-e", "128KiB"]])
    func autoIsTheEraseSizeOfTheImageAsMkfsPadsIt(options: [String]) throws {
        let plain = try Program.run("mkfs.jffs2", ["-r", makeRoot(), "-o", directory("image")] + options).checked()
        #expect(plain.status == 0)
        _ = try Program.run("mkfs.jffs2", ["-p", "-r", directory("root"), "-o", directory("padded")] + options)
            .checked()
        for arguments in [["pad", "image"], ["pad", "image", "--pad=0"], ["pad", "image", "--block", "auto"]] {
            _ = try Program.run(Tool.path, arguments + ["-f", "-o", "out"], in: directory.path).checked()
            #expect(try directory.read("out") == directory.read("padded"))
        }
        // And back again.
        _ = try Tool.run("pad", "image", "--to", "0x200000", "-o", "large", in: directory).checked()
        #expect(try directory.read("large").count == 0x200000)
        _ = try Tool.run("pad", "large", "--trim", "-i", in: directory).checked()
        #expect(try directory.read("large") == directory.read("padded"))
    }

    private func makeRoot() throws -> String {
        try FileManager.default.createDirectory(atPath: directory("root"), withIntermediateDirectories: true)
        for name in ["a", "b", "c", "d", "e", "f"] {
            var random = LinearCongruence(state: UInt64(name.utf8.first ?? 0))
            try directory.write("root/\(name)", random.bytes(50_000))
        }
        return directory("root")
    }

    /// mkfs.jffs2 marks the erase blocks that its `-p SIZE` adds.
    @Test(arguments: [["-l", "-e", "16KiB"], ["-b", "-e", "64KiB"], ["-b", "-e", "32KiB", "-c", "20"]])
    func addedEraseBlocksHaveTheCleanmarkersThatMkfsWrites(options: [String]) throws {
        _ = try Program.run("mkfs.jffs2", ["-r", makeRoot(), "-o", directory("image")] + options).checked()
        _ = try Program.run("mkfs.jffs2", ["-p", "-r", directory("root"), "-o", directory("whole")] + options).checked()
        _ = try Program.run("mkfs.jffs2", ["-p0x100000", "-r", directory("root"), "-o", directory("padded")] + options)
            .checked()
        _ = try Tool.run("pad", "image", "--to", "1M", "--cleanmarkers", "-o", "out", in: directory).checked()
        #expect(try directory.read("out") == directory.read("padded"))
        _ = try Tool.run("pad", "out", "--trim", "--cleanmarkers", "-i", in: directory).checked()
        #expect(try directory.read("out") == directory.read("whole"))
        // What is not whole stays 0xFF.
        _ = try Tool.run("pad", "image", "--to", "0x100800", "--cleanmarkers", "-f", "-o", "out", in: directory)
            .checked()
        #expect(try directory.read("out") == directory.read("padded") + Array(repeating: 0xff, count: 0x800))
    }

    @Test func cleanmarkersAreRefusedWhereTheImageHasNoneOrIsWrapped() throws {
        _ = try Program.run("mkfs.jffs2", ["-n", "-l", "-e", "16KiB", "-r", makeRoot(), "-o", directory("nand")])
            .checked()
        let nand = try Tool.run("pad", "nand", "--to", "1M", "--cleanmarkers", "-o", "bad", in: directory)
        #expect(nand.isOneLine(2, "nand: its erase blocks have no cleanmarkers"))
        _ = try Program.run("mkfs.jffs2", ["-l", "-e", "16KiB", "-r", directory("root"), "-o", directory("nor")])
            .checked()
        _ = try Tool.run("uimage", "wrap", "-d", "nor", "wrapped", in: directory).checked()
        let wrapped = try Tool.run("pad", "wrapped", "--to", "1M", "--cleanmarkers", "-o", "bad", in: directory)
        #expect(wrapped.isOneLine(2, "wrapped: there is something around the JFFS2", "before it is wrapped"))
        #expect(try !directory.names.contains("out"))
    }

    @Test func paddingToAPartitionTakesItsSizeFromTheTable() throws {
        try directory.write("in", Array("abc".utf8))
        try directory.write("log", Array("Creating 1 MTD partitions on \"x\":\n0x1000-0x3000 : \"HOME\"\n".utf8))
        for table in ["log", "mtdparts=x:4k(a),8k(HOME),-(rest)", "a=0+4K,HOME=4K+8K"] {
            _ = try Tool.run("pad", "in", "--partition", "home", "-t", table, "-f", "-o", "out", in: directory)
                .checked()
            #expect(try directory.read("out") == Array("abc".utf8) + Array(repeating: 0xff, count: 8189))
        }
        let other = try Tool.run("pad", "in", "--partition", "x", "-t", "log", "-i", in: directory)
        #expect(other.isOneLine(2, "there is no partition 'x'; there are HOME"))
        let rest = try Tool.run(
            "pad", "in", "--partition", "rest", "-t", "mtdparts=x:4k(a),-(rest)", "-i", in: directory)
        #expect(rest.isOneLine(2, "does not say how long 'rest' is"))
        try directory.write("in", Array(repeating: 1, count: 8193))
        let large = try Tool.run("pad", "in", "--partition", "HOME", "-t", "log", "-i", in: directory)
        #expect(large.isOneLine(2, "in: it has 8193 bytes, 1 more than 8192"))
        #expect(try Tool.run("pad", "in", "--partition", "HOME", "-i", in: directory).status == 64)
        #expect(try Tool.run("pad", "in", "-t", "log", "-i", in: directory).status == 64)
    }

    @Test func trimStopsAtTheLastUsedBlock() throws {
        try directory.write("in", Array("abcde".utf8) + Array(repeating: 0xff, count: 27))
        for (block, size) in [("1", 5), ("4", 8), ("16", 16), ("64", 32)] {
            _ = try Tool.run("pad", "in", "--trim", "-f", "--block", block, "-o", "out", in: directory).checked()
            #expect(try directory.read("out") == Array(directory.read("in").prefix(size)))
        }
        try directory.write("erased", Array(repeating: 0xff, count: 64))
        #expect(
            try Tool.run("pad", "erased", "--trim", "--block", "4", "-i", in: directory).isOneLine(
                2, "erased: all bytes"))
        #expect(try directory.read("erased").count == 64)
    }

    @Test func paddingNeverShortensAFile() throws {
        try directory.write("in", Array("abcdefgh".utf8))
        let output = try Tool.run("pad", "in", "--to", "7", "-i", in: directory)
        #expect(output.isOneLine(2, "in: it has 8 bytes, 1 more than 7"))
        #expect(try directory.read("in") == Array("abcdefgh".utf8))
        #expect(try directory.names == ["in"])
    }

    @Test func badInputIsOneLineAndNothingWritten() throws {
        try directory.write("in", Array("no file system".utf8))
        try directory.write("empty", [])
        let unknown = try Tool.run("pad", "in", "-o", "out", in: directory)
        #expect(unknown.isOneLine(2, "in: no JFFS2 in it", "--block SIZE"))
        #expect(try Tool.run("pad", "empty", "--to", "4", "-o", "out", in: directory).isOneLine(2, "empty"))
        #expect(try Tool.run("pad", "missing", "--to", "4", "-o", "out", in: directory).isOneLine(2, "missing"))
        #expect(
            try Tool.run("pad", "in", "--to", "1000000G", "-o", "out", in: directory).isOneLine(2, "larger than any"))
        #expect(try Tool.run("pad", "in", "--block", "100000G", "-o", "out", in: directory).isOneLine(2, "larger"))
        #expect(try Tool.run("pad", "in", "--to", "64", in: directory).status == 64)
        #expect(try Tool.run("pad", "in", "--to", "64", "-o", "in", in: directory).status == 64)
        #expect(try Tool.run("pad", "in", "--to", "64", "--trim", "-o", "out", in: directory).status == 64)
        #expect(try Tool.run("pad", "in", "--to", "64x", "-o", "out", in: directory).status == 64)
        #expect(try directory.names == ["empty", "in"])
    }
}

import Foundation
import TestSupport
import Testing

/// `jffs2 sum`, as a user runs it.
@Suite struct SumTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("root/folder"), withIntermediateDirectories: true)
        var random = LinearCongruence(state: 5)
        for index in 0..<40 { try scratch.write("root/folder/f\(index)", random.bytes(377 * index)) }
        try scratch.write("root/text", Array(String(repeating: "hello ", count: 5000).utf8))
        try FileManager.default.createSymbolicLink(atPath: scratch("root/link"), withDestinationPath: "folder")
    }

    /// The nodes of an image that hold files: offset apart, what `dump` says of each.
    private func nodes(_ image: String) throws -> [String] {
        try Tool.run("dump", image, in: scratch).checked().text.split(separator: "\n").map(String.init).filter {
            ["inode", "dirent", "xattr", "xref"].contains($0.split(separator: " ").dropFirst().first ?? "")
        }
    }

    private func withoutOffset(_ line: String) -> String {
        line.split(separator: " ").dropFirst().joined(separator: " ")
    }

    private func offset(_ line: String) throws -> Int {
        try #require(Int(line.split(separator: " ")[0].dropFirst(2), radix: 16))
    }

    @Test(arguments: [
        "-l -e64", "-b -e64", "-l -e8", "-b -e16 -n", "-l -e128 -n", "-l -e256", "-l -e12", "-l -c20 -e32",
    ])
    func allNodesAreTakenOverAndEveryFullBlockEndsWithASummary(_ options: String) throws {
        // Blocks that are filled to the end: there is room for no summary.
        _ = try Program.run(
            Tool.path,
            ["repack", "-r", "root", "-o", "image", "--compat", "mkfs.jffs2"]
                + options.split(separator: " ").map(String.init), in: scratch.path
        ).checked()
        let output = try Tool.run("sum", "image", "-o", "out", in: scratch).checked()
        #expect(output.messages.isEmpty)
        let blocks = try #require(Int(output.text.split(separator: " ")[4]))
        #expect(output.text.contains(" used, \(blocks - 1) with summary, "), "\(output.text)")
        #expect(try nodes("out").map(withoutOffset) == nodes("image").map(withoutOffset))
        #expect(try scratch.listing("out") == scratch.listing("image"))
        let verified = try Tool.run("verify", "out", in: scratch)
        #expect(
            verified.status == 0 && (blocks == 1 || verified.text.contains("\(blocks - 1) agree with their blocks")))
        // A second time, nothing changes: the summaries are made anew.
        _ = try Tool.run("sum", "out", "-o", "again", in: scratch).checked()
        #expect(try scratch.read("again") == scratch.read("out"))
    }

    @Test func nodesThatAreMarkedObsoleteStayDead() throws {
        _ = try Tool.run("repack", "-r", "root", "-o", "image", "--compat", "mkfs.jffs2", in: scratch).checked()
        let name = try #require(
            try nodes("image").first { $0.contains("dirent") && $0.hasSuffix(" text") || $0.contains("text") })
        var bytes = try scratch.read("image")
        bytes[try offset(name) + 3] &= ~0x20  // the ACCURATE bit
        try scratch.write("image", bytes)
        #expect(try !scratch.listing("image").contains(" text"))
        let output = try Tool.run("sum", "image", "-o", "out", in: scratch).checked()
        // The file's data too: nothing names it any more.
        #expect(output.text.contains(", 9 obsolete ones left out"), "\(output.text)")
        #expect(try scratch.listing("out") == scratch.listing("image"))
        #expect(try nodes("out").count == nodes("image").count - 9)
    }

    @Test func damagedNodesAreNamedAndLeftOut() throws {
        _ = try Tool.run("repack", "-r", "root", "-o", "image", "--compat", "mkfs.jffs2", in: scratch).checked()
        let node = try #require(try nodes("image").first { $0.contains("inode") })
        var bytes = try scratch.read("image")
        bytes[try offset(node) + 20] ^= 1  // the mode
        try scratch.write("image", bytes)
        let output = try Tool.run("sum", "image", "-o", "out", in: scratch)
        #expect(output.status == 1 && output.text.contains("1 damaged ones left out"), "\(output.text)")
        #expect(output.messages.contains("inode node with a wrong node CRC"))
        #expect(try Tool.run("ls", "-R", "out", in: scratch).text == Tool.run("ls", "-R", "image", in: scratch).text)
    }

    @Test func optionsAreThoseOfSumtool() throws {
        _ = try Tool.run("repack", "-r", "root", "-o", "image", "-e", "16", in: scratch).checked()
        func image(_ arguments: String...) throws -> [UInt8] {
            _ = try Program.run(Tool.path, ["sum", "--force", "image", "-o", "out"] + arguments, in: scratch.path)
                .checked()
            return try scratch.read("out")
        }
        let plain = try image()
        let padded = try image("-p")
        #expect(padded.count % 16384 == 0 && padded.starts(with: plain))
        #expect(try image("-le16", "-p") == padded)
        #expect(try image("-p", "512K").count == 524_288)
        #expect(try image("-n").starts(with: [0x85, 0x19, 0x02, 0xe0]))
        #expect(try image("-c", "20")[4] == 20)
        #expect(try Tool.run("info", "out", in: scratch).text.contains("16 KiB"))
        #expect(try image("-n", "-c", "20") == image("-n"))
        #expect(try image("-bl") == plain)
        for arguments in [["-c", "4"], ["-Z"], ["-e", "3"]] {
            let output = try Program.run(Tool.path, ["sum", "image", "-o", "bad"] + arguments, in: scratch.path)
            #expect(output.status == 64, "\(arguments): \(output.messages)")
        }
        #expect(try Tool.run("sum", "image", "-o", "bad", "-p64K", in: scratch).isOneLine(2, "0x10000"))
        #expect(try Tool.run("sum", "root/text", "-o", "bad", in: scratch).isOneLine(2, "root/text"))
        #expect(try Tool.run("sum", "image", "-o", "bad", "-e", "4097", in: scratch).status == 64)
        #expect(try !scratch.names.contains("bad"))
        let other = try Tool.run("sum", "image", "-o", "other", "-e", "64", in: scratch).checked()
        #expect(other.messages.contains("warning: the erase size of image is 16 KiB, that of the new image 64 KiB"))
        #expect(try scratch.listing("out") == scratch.listing("image"))
    }
}

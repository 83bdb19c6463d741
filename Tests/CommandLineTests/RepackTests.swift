import Foundation
import TestSupport
import Testing

/// `jffs2 repack`, as a user runs it.
@Suite struct RepackTests {
    private let scratch: Scratch
    private let folder: String

    init() throws {
        scratch = try Scratch()
        folder = scratch("root")
        for name in ["etc", "bin"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        try scratch.write("root/etc/motd", Array(String(repeating: "hello ", count: 2000).utf8))
        try scratch.write("root/bin/tool", (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/bin/link", withDestinationPath: "tool")
    }

    /// Runs it and returns the image.
    private func image(_ arguments: String...) throws -> [UInt8] {
        let output = try Program.run(Tool.path, ["repack"] + arguments + ["-o", scratch("image")]).checked()
        #expect(output.messages.isEmpty, "\(output.messages)")
        return try scratch.read("image")
    }

    @Test func lettersMayBeClusteredAndJoined() throws {
        let reference = try image(
            "--root", folder, "--little-endian", "--squash", "--no-cleanmarkers", "--eraseblock", "131072")
        #expect(try image("-r", folder, "-lqn", "-e", "128") == reference)
        #expect(try image("-lqne128", "-r\(folder)") == reference)
        #expect(try image("-d", folder, "-l", "-U", "-P", "-n", "--erase-size=128KiB") == reference)
        #expect(try image("-r", folder, "-nqe0x20000") == reference)
    }

    @Test func theValueOfPadMayBeMissingJoinedOrSeparate() throws {
        let blocks = try image("-r", folder, "-p")
        #expect(blocks.count % 65536 == 0)
        #expect(try image("-r", folder, "--pad") == blocks)
        #expect(try image("-p", "-r", folder) == blocks)
        let sized = try image("-r", folder, "-p0x80000")
        #expect(sized.count == 0x80000)
        #expect(try image("-r", folder, "-p", "0x80000") == sized)
        #expect(try image("-r", folder, "--pad", "512K") == sized)
        #expect(try image("-r", folder, "--pad=524288") == sized)
    }

    @Test func anImageCanBePackedAgain() throws {
        let first = try image("-r", folder, "-b", "-e", "16", "-n")
        try scratch.write("first", first)
        #expect(try image("--from", scratch("first")) == first)
    }

    @Test func theNumberOfJobsDoesNotMatter() throws {
        let reference = try image("-r", folder, "--jobs", "1")
        #expect(try image("-r", folder, "--jobs", "7") == reference)
        #expect(try image("-r", folder, "--no-check") == reference)
    }

    @Test func timesComeFromTheEnvironment() throws {
        let output = try Tool.run(
            "repack", "-r", folder, "-o", scratch("a"), environment: ["SOURCE_DATE_EPOCH": "1000"])
        #expect(output.status == 0)
        let list = try Tool.run("ls", scratch("a"))
        #expect(list.text.contains("1970-01-01"))
        let bad = try Tool.run(
            "repack", "-r", folder, "-o", scratch("b"), environment: ["SOURCE_DATE_EPOCH": "today"])
        #expect(bad.isOneLine(2, "SOURCE_DATE_EPOCH is 'today'"))
    }

    @Test func codecsAreListedAndChosen() throws {
        #expect(try Tool.run("repack", "-L").checked().text.contains("zlib: priority 60, enabled"))
        let stored = try image("-r", folder, "-m", "none")
        let rtime = try image("-r", folder, "-x", "zlib")
        let zlib = try image("-r", folder)
        #expect(stored.count > rtime.count)
        #expect(rtime.count > zlib.count)
        #expect(try image("-r", folder, "-y", "70:rtime", "-m", "priority").count >= zlib.count)
        #expect(try Tool.run("repack", "-r", folder, "-o", scratch("x"), "-x", "lzari").status == 64)
    }

    @Test func whatIsTooLargeIsRefusedAndNamed() throws {
        for option in ["--max-size=64K", "-p0x10000"] {
            let output = try Tool.run("repack", "-r", folder, "-o", scratch("image"), option)
            #expect(output.isOneLine(2, "0x10000", "/bin/tool (100000 bytes)"), "\(output.messages)")
        }
        #expect(try scratch.names == ["root"])
    }

    @Test func aFullFlashIsWarnedOf() throws {
        let output = try Tool.run("repack", "-r", folder, "-o", scratch("image"), "-p", "256K").checked()
        #expect(output.messages.contains("warning: 4 erase blocks are too few"))
        let full = try Tool.run("repack", "-r", folder, "-o", scratch("image"), "-e", "16", "-p", "128K").checked()
        #expect(full.messages.contains("erase blocks stay free"), "\(full.messages)")
    }

    @Test func wrongUsage() throws {
        for arguments in [
            ["-o", scratch("x")], ["-r", folder], ["-r", folder, "--from", "x", "-o", scratch("x")],
            ["-lbr", folder, "-o", scratch("x")], ["-r", folder, "-o", scratch("x"), "-e", "4097"],
            ["-r", folder, "-o", scratch("x"), "-Z"], ["-r", folder, "-o", scratch("x"), "-s", "5000"],
        ] {
            let output = try Program.run(Tool.path, ["repack"] + arguments)
            #expect(output.status == 64, "\(arguments): \(output.messages)")
        }
        #expect(try Tool.run("repack", "-r", scratch("none"), "-o", scratch("x")).isOneLine(2, "cannot open"))
        #expect(try Tool.run("repack", "-r", folder, "-o", scratch("no/x")).isOneLine(2, "cannot create"))
        #expect(try scratch.names == ["root"])
    }
}

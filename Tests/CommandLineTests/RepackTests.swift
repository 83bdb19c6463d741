import Foundation
import TestSupport
import Testing

/// `jffs2 repack`, as a user runs it.
@Suite struct RepackTests {
    private let scratch: Scratch
    private let directory: String

    init() throws {
        scratch = try Scratch()
        directory = scratch("root")
        for name in ["etc", "bin"] {
            try FileManager.default.createDirectory(atPath: "\(directory)/\(name)", withIntermediateDirectories: true)
        }
        try scratch.write("root/etc/motd", Array(String(repeating: "hello ", count: 2000).utf8))
        try scratch.write("root/bin/tool", (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
        try FileManager.default.createSymbolicLink(
            atPath: "\(directory)/bin/link", withDestinationPath: "tool")
    }

    /// Runs it and returns the image.
    private func image(_ arguments: String...) throws -> [UInt8] { try image(arguments) }

    private func image(_ arguments: [String]) throws -> [UInt8] {
        let output = try Program.run(Tool.path, ["repack", "--force"] + arguments + ["-o", scratch("image")]).checked()
        let messages = output.messages.split(separator: "\n").filter {
            !$0.hasPrefix("jffs2: warning: no cleanmarkers")
        }
        #expect(messages == [])
        return try scratch.read("image")
    }

    /// Without cleanmarkers hardly anything shows the erase size: what is made of an own image must not be damage.
    @Test(arguments: [4096, 8192, 16384, 24576, 65536, 131072], [[], ["-p"], ["--sum"]])
    func ownImagesWithoutCleanmarkersAreSound(eraseSize: Int, options: [String]) throws {
        try FileManager.default.createDirectory(atPath: scratch("noise"), withIntermediateDirectories: true)
        for (name, size) in [("small", 700), ("large", 2 * eraseSize + 5000)] {
            var number: UInt64 = 88_172_645_463_325_252
            let bytes = (0..<size).map { _ in
                number ^= number << 13
                number ^= number >> 7
                number ^= number << 17
                return UInt8(truncatingIfNeeded: number)
            }
            for file in 1...3 { try scratch.write("noise/\(name)\(file)", bytes) }
            _ = try image(["-r", scratch("noise"), "--no-mtree", "-n", "-e", "\(eraseSize)"] + options)
            let path = scratch("image")
            let verified = try Program.run(Tool.path, ["verify", path])
            #expect(verified.status == 0, "\(verified.text)\(verified.messages)")
            let text = try Program.run(Tool.path, ["info", "--json", path]).checked().standardOutput
            let info = try #require(JSONSerialization.jsonObject(with: Data(text)) as? [String: Any])
            #expect(
                info["eraseSize"] as? Int == eraseSize || info["eraseSizeConfidence"] as? String == "low", "\(info)")
        }
    }

    @Test func optionLettersMayBeClusteredAndJoinedToTheirValues() throws {
        let reference = try image(
            "--root", directory, "--little-endian", "--squash", "--no-cleanmarkers", "--eraseblock", "131072")
        #expect(try image("-r", directory, "-lqn", "-e", "128") == reference)
        #expect(try image("-lqne128", "-r\(directory)") == reference)
        #expect(try image("-d", directory, "-l", "-U", "-P", "-n", "--erase-size=128KiB") == reference)
        #expect(try image("-r", directory, "-nqe0x20000") == reference)
    }

    @Test func theValueOfPadMayBeMissingJoinedOrSeparate() throws {
        let blocks = try image("-r", directory, "-p")
        #expect(blocks.count % 65536 == 0)
        #expect(try image("-r", directory, "--pad") == blocks)
        #expect(try image("-p", "-r", directory) == blocks)
        let sized = try image("-r", directory, "-p0x80000")
        #expect(sized.count == 0x80000)
        #expect(try image("-r", directory, "-p", "0x80000") == sized)
        #expect(try image("-r", directory, "--pad", "512K") == sized)
        #expect(try image("-r", directory, "--pad=524288") == sized)
    }

    @Test func anImageThatIsPackedAgainIsTheSameBytes() throws {
        let first = try image("-r", directory, "-b", "-e", "16", "-n")
        try scratch.write("first", first)
        #expect(try image("--from", scratch("first")) == first)
    }

    @Test func theNumberOfJobsDoesNotMatter() throws {
        let reference = try image("-r", directory, "--jobs", "1")
        #expect(try image("-r", directory, "--jobs", "7") == reference)
        #expect(try image("-r", directory, "--no-check") == reference)
    }

    @Test func timesComeFromTheEnvironment() throws {
        let output = try Tool.run(
            "repack", "-r", directory, "-o", scratch("a"), environment: ["SOURCE_DATE_EPOCH": "1000"])
        #expect(output.status == 0)
        let list = try Tool.run("ls", scratch("a"))
        #expect(list.text.contains("1970-01-01"))
        let bad = try Tool.run(
            "repack", "-r", directory, "-o", scratch("b"), environment: ["SOURCE_DATE_EPOCH": "today"])
        #expect(bad.isOneLine(2, "SOURCE_DATE_EPOCH is 'today'"))
    }

    @Test func codecsAreListedAndChosen() throws {
        #expect(try Tool.run("repack", "-L").checked().text.contains("zlib: priority 60, enabled"))
        let stored = try image("-r", directory, "-m", "none")
        let rtime = try image("-r", directory, "-x", "zlib")
        let zlib = try image("-r", directory)
        #expect(stored.count > rtime.count)
        #expect(rtime.count > zlib.count)
        #expect(try image("-r", directory, "-y", "70:rtime", "-m", "priority").count >= zlib.count)
        #expect(try Tool.run("repack", "-r", directory, "-o", scratch("x"), "-x", "lzari").status == 64)
    }

    @Test func aTreeTooLargeForTheImageIsRefusedAndItsLargestFileNamed() throws {
        for option in ["--max-size=64K", "-p0x10000"] {
            let output = try Tool.run("repack", "--force", "-r", directory, "-o", scratch("image"), option)
            #expect(output.isOneLine(2, "0x10000", "/bin/tool (100000 bytes)"), "\(output.messages)")
        }
        #expect(try scratch.names == ["root"])
    }

    @Test func aFullFlashIsWarnedOf() throws {
        let output = try Tool.run("repack", "--force", "-r", directory, "-o", scratch("image"), "-p", "256K").checked()
        #expect(output.messages.contains("warning: 4 erase blocks are too few"))
        let full = try Tool.run("repack", "--force", "-r", directory, "-o", scratch("image"), "-e", "16", "-p", "128K")
            .checked()
        #expect(full.messages.contains("erase blocks stay free"), "\(full.messages)")
    }

    @Test func summariesOfTheSourceAreLeftOutOfAnImageCompatibleWithMkfs() throws {
        _ = try Tool.run("repack", "-r", directory, "-o", "plain", in: scratch).checked()
        _ = try Tool.run("repack", "-r", directory, "-o", "summed", "--sum", in: scratch).checked()
        for source in ["plain", "summed"] {
            let output = try Tool.run(
                "repack", "--from", source, "-o", "\(source).compat", "--compat", "mkfs.jffs2", in: scratch
            ).checked()
            #expect(output.messages.contains("writes no summaries") == (source == "summed"), "\(output.messages)")
        }
        #expect(try scratch.read("summed.compat") == scratch.read("plain.compat"))
    }

    @Test func wrongArgumentsOfRepackAreRefusedAndNothingWritten() throws {
        for arguments in [
            ["-o", scratch("x")], ["-r", directory], ["-r", directory, "--from", "x", "-o", scratch("x")],
            ["-r", directory, "-o", scratch("x"), "-e", "4097"],
            ["-r", directory, "-o", scratch("x"), "-Z"], ["-r", directory, "-o", scratch("x"), "-s", "0"],
        ] {
            let output = try Program.run(Tool.path, ["repack"] + arguments)
            #expect(output.status == 64, "\(arguments): \(output.messages)")
        }
        #expect(try Tool.run("repack", "-r", scratch("none"), "-o", scratch("x")).isOneLine(2, "cannot open"))
        #expect(try Tool.run("repack", "-r", directory, "-o", scratch("no/x")).isOneLine(2, "cannot create"))
        #expect(try scratch.names == ["root"])
    }

    @Test func identicalFilesBecomeHardLinksOnlyWhenAsked() throws {
        let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }
        for name in ["a", "b", "bin/c"] { try scratch.write("root/\(name)", content) }
        for name in ["empty1", "empty2"] { try scratch.write("root/\(name)", []) }
        _ = chmod(scratch("root/bin/c"), 0o600)
        func links(_ arguments: String...) throws -> [String: String] {
            let output = try Program.run(
                Tool.path, ["repack", "--force", "-r", "root", "-o", "image"] + arguments, in: scratch.path
            ).checked()
            let list = try Tool.run("ls", "-R", "image", in: scratch).checked().text
            var links = ["": output.text]
            for line in list.split(separator: "\n") {
                let fields = line.split(separator: " ").map(String.init)
                links[fields[7]] = fields[1]
            }
            return links
        }
        let plain = try links("-f")
        #expect(plain["a"] == "1" && plain["b"] == "1")
        let merged = try links("-f", "--dedupe")
        #expect(merged["a"] == "2" && merged["b"] == "2" && merged["bin/c"] == "1" && merged["empty1"] == "1")
        #expect(try #require(merged[""]).hasPrefix("1 files became further names of 1 (5000 bytes less)"))
        // -P makes the modes equal only where they are so then.
        _ = chmod(scratch("root/a"), 0o664)
        #expect(try links("-f", "--dedupe")["a"] == "1")
        #expect(try links("-f", "-P", "--dedupe")["a"] == "2")
        // Times are metadata too.
        _ = utimes(scratch("root/b"), [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)])
        #expect(try links("-P", "--dedupe")["a"] == "1")
    }

    @Test func theLimitCanComeFromAPartitionTable() throws {
        let table = "mtdparts=flash:64k(boot),128k(sys),-(rest)"
        let output = try Tool.run(
            "repack", "-r", directory, "-o", scratch("x"), "--partition", "boot", "--table", table)
        #expect(output.isOneLine(2, "0x10000", "/bin/tool (100000 bytes)"), "\(output.messages)")
        _ = try Tool.run(
            "repack", "--force", "-r", directory, "-o", scratch("image"), "--partition", "sys", "--table", table
        ).checked()
        for (arguments, part) in [
            (["--partition", "none", "--table", table], "there is no partition 'none'"),
            (["--partition", "rest", "--table", table], "--max-size"), (["--partition", "sys"], "--table"),
            (["--partition", "sys", "--table", table, "--max-size", "1M"], "two sizes"),
        ] {
            let output = try Program.run(Tool.path, ["repack", "-r", directory, "-o", scratch("x")] + arguments)
            #expect(output.status != 0 && output.messages.contains(part), "\(arguments): \(output.messages)")
        }
        #expect(try !scratch.names.contains("x"))
    }

    @Test func standardOutputIsATargetToo() throws {
        let reference = try image("-r", directory)
        let output = try Tool.run("repack", "-r", directory, "-o", "-").checked()
        #expect(output.standardOutput == reference)
        // It goes by way of a temporary file, since a pipe cannot be read again to check it.
        for option in ["--no-check", "--quiet"] {
            let pipe = "\(Tool.path) repack -r '\(directory)' -o - \(option) | cat"
            #expect(try Program.run("sh", ["-c", pipe]).checked().standardOutput == reference)
            let nowhere = try Tool.run(
                "repack", "-r", directory, "-o", "-", option, environment: ["TMPDIR": scratch("none")])
            if option == "--no-check" {
                #expect(nowhere.standardOutput == reference)
            } else {
                #expect(nowhere.isOneLine(2, "\(scratch("none")): cannot create a temporary file"))
                #expect(nowhere.standardOutput.isEmpty)
            }
        }
        let fifo = "mkfifo fifo; cat fifo > fed & \(Tool.path) repack -r '\(directory)' -o fifo; wait"
        _ = try Program.run("sh", ["-c", fifo], in: scratch.path).checked()
        #expect(try scratch.read("fed") == reference)
    }

    @Test func anAppendageGoesOnWhereTheImageInFrontEnds() throws {
        _ = try image("-r", directory, "-e", "16", "-p")
        let front = try scratch.read("image")
        try scratch.write("front", front)
        for name in ["more/etc/sub", "more/bin"] {
            try FileManager.default.createDirectory(atPath: scratch(name), withIntermediateDirectories: true)
        }
        try scratch.write("more/etc/motd", Array("changed".utf8))
        try scratch.write("more/etc/sub/new", Array("new".utf8))
        _ = chmod(scratch("more/bin"), 0o700)
        _ = utimes(scratch("more/etc"), [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1_300_000_000, tv_usec: 0)])
        let behind = try image("-r", scratch("more"), "-i", scratch("front"))
        #expect(behind.count < 1000)
        try scratch.write("both", front + behind)
        let before = try Tool.run("ls", "-R", scratch("front")).checked().text.split(separator: "\n")
        let after = try Tool.run("ls", "-R", scratch("both")).checked().text.split(separator: "\n")
        let new = after.filter { !before.contains($0) }
        #expect(new.map { $0.split(separator: " ").last } == ["etc", "etc/motd", "etc/sub", "etc/sub/new"], "\(new)")
        #expect(try Tool.run("cat", scratch("both"), "/etc/motd").text == "changed")
        #expect(try Tool.run("cat", scratch("both"), "/bin/tool").checked().standardOutput.count == 100_000)
        #expect(try Tool.run("verify", scratch("both")).status == 0)
        #expect(try Tool.run("repack", "-r", directory, "-i", scratch("none"), "-o", scratch("x")).isOneLine(2, "none"))
        #expect(
            try Tool.run("repack", "-b", "-r", directory, "-i", scratch("front"), "-o", scratch("x")).isOneLine(
                2, "endian"))
    }

    /// A root that Linux or mkfs.jffs2 made has no node of its own: its time is 0, whatever its names say.
    @Test func anImageWithoutRootNodeCanStandInFront() throws {
        _ = utimes(directory, [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1_300_000_000, tv_usec: 0)])
        try FileManager.default.createDirectory(atPath: scratch("more/etc"), withIntermediateDirectories: true)
        try scratch.write("more/new", Array("new".utf8))
        try scratch.write("more/etc/motd", Array("changed".utf8))
        _ = utimes(scratch("more/etc"), [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1_400_000_000, tv_usec: 0)])
        _ = try image("-r", directory, "-e", "16", "-p", "--compat", "mkfs.jffs2")
        let front = try scratch.read("image")
        try scratch.write("front", front)
        for (options, etc) in [([], "1400000000"), (["-f"], "")] as [([String], String)] {
            let output = try Program.run(
                Tool.path,
                ["repack", "--force", "-r", scratch("more"), "-i", scratch("front"), "-o", scratch("behind")] + options)
            #expect(output.status == 0 && output.messages.isEmpty, "\(output.messages)")
            try scratch.write("both", try front + scratch.read("behind"))
            let listing = try Tool.run("unpack", scratch("both"), "-d", scratch("x\(etc)")).checked()
            #expect(listing.messages.isEmpty)
            let manifest = String(decoding: try scratch.read("x\(etc).mtree"), as: UTF8.self).split(separator: "\n")
            #expect(manifest.contains { $0.hasPrefix(". ") && $0.contains(" time=0.0 ") }, "\(manifest)")
            #expect(manifest.contains { $0.hasPrefix("./etc ") && $0.contains(" time=\(etc)") })
            #expect(manifest.contains { $0.hasPrefix("./new ") })
            #expect(try Tool.run("cat", scratch("both"), "/etc/motd").text == "changed")
            #expect(try Tool.run("verify", scratch("both")).status == 0)
        }
    }

    /// Vendors' manuals say -s 256.
    @Test(arguments: ["0x100", "256", "100", "3000"]) func aPageMayHaveAnySize(_ size: String) throws {
        try scratch.write("root/bin/tool", (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
        _ = try image("-r", directory, "-s", size, "-e", "0x10000", "--pad=0xAF0000")
        #expect(try scratch.read("image").count == 0xAF0000)
        #expect(try Tool.run("verify", scratch("image")).status == 0)
        #expect(try Tool.run("cat", scratch("image"), "/bin/tool").standardOutput == scratch.read("root/bin/tool"))
    }

    @Test func theLaterOrStrongerOfTwoOptionsCounts() throws {
        #expect(try image("-r", directory, "-l", "-b") == image("-r", directory, "-b"))
        #expect(try image("-r", directory, "--big-endian", "-l") == image("-r", directory))
        #expect(try image("-r", directory, "-n", "-c", "16") == image("-r", directory, "-n"))
        #expect(
            try image("-r", directory, "-c", "16", "--no-cleanmarkers", "-e", "0200000") == image("-r", directory, "-n")
        )
        #expect(try image("-r", directory, "-p0") == image("-r", directory))
    }
}

import Foundation
import TestSupport
import Testing

/// What mkfs.jffs2 gets wrong in silence is done right here, or refused in one line with nothing left behind.
@Suite struct RepackTroubleTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch("root/etc"), withIntermediateDirectories: true)
        try scratch.write("root/etc/motd", Array("hello\n".utf8))
    }

    private func repack(_ arguments: String...) throws -> Program.Output {
        try Program.run(Tool.path, ["repack", "--force", "-r", "root", "-o", "image"] + arguments, in: scratch.path)
    }

    /// Whether it fails with one line, and nothing is left behind.
    private func isRefused(_ arguments: [String], _ parts: String...) throws -> Bool {
        let before = try scratch.names
        let output = try Program.run(
            Tool.path, ["repack", "--force", "-r", "root", "-o", "bad"] + arguments, in: scratch.path)
        let isOneLine = output.messages.split(separator: "\n").count == 1 && output.messages.hasPrefix("jffs2: ")
        let after = try scratch.names
        let isRight =
            output.status == 2 && isOneLine && parts.allSatisfy(output.messages.contains) && after == before
        if !isRight { Issue.record("\(output.status): \(output.messages) \(after)") }
        return isRight
    }

    // MARK: - The traps of mkfs.jffs2

    @Test func eraseSizesAreWhatTheySay() throws {
        for (text, size) in [
            ("64K", "64 KiB"), ("64", "64 KiB"), ("0x10000", "64 KiB"), ("4096", "4 KiB"), ("12KiB", "12 KiB"),
        ] {
            #expect(try repack("-e", text).checked().text.contains("of \(size) used"), "\(text)")
        }
    }

    @Test func anEmptyDirectoryIsAnImageToo() throws {
        try scratch.shell("rm -r root/etc; chmod 2750 root; touch -d @1234567890 root")
        #expect(try repack().checked().text.contains("1 erase block of 64 KiB used, little-endian, 0 names"))
        let list = try Tool.run("ls", "-d", "image", "/", in: scratch)
        #expect(try scratch.read("image").count == 80, "\(list.text)")
        #expect(try Tool.run("verify", "image", in: scratch).status == 0)
    }

    @Test func listingTheCompressorsIsNoFailure() throws {
        #expect(try Tool.run("repack", "-L").status == 0)
        #expect(try Tool.run("repack", "--list-compressors").checked().text.contains("rtime: priority 50"))
    }

    @Test func theDeviceTableReachesTheRootAndWideNumbers() throws {
        try scratch.write("table", Array("/ d 711 5 6\n/wide b 600 0 0 300 70000\n".utf8))
        _ = try repack("-D", "table").checked()
        #expect(try scratch.listing("image").contains("300, 70000"))
        #expect(try Tool.run("dump", "image", in: scratch).text.contains("ino=1 version=3 mode=040711 uid=5 gid=6"))
    }

    @Test func valuesThatJFFS2CannotHoldAreErrorsThatNameThePath() throws {
        try scratch.write("table", Array("/etc/motd f 644 65536 0\n".utf8))
        #expect(try isRefused(["-D", "table"], "/etc/motd: owner 65536 does not fit"))
        try scratch.write("table", Array("/etc/motd f 644 0 0\n/dev/x c 600\n".utf8))
        #expect(try isRefused(["-D", "table"], "table: line 2: /dev/x: there is no folder /dev"))
        try scratch.shell("ln -s $(printf '%300s' | tr ' ' t) root/link")
        #expect(try isRefused([], "/link: the target of the symbolic link has 300 bytes; JFFS2 holds 254"))
        try scratch.shell("rm root/link; touch root/$(printf '%255s' | tr ' ' n)")
        #expect(try isRefused([], "the name has 255 bytes; JFFS2 holds 254"))
        try scratch.shell("rm root/n*; truncate -s 4G root/large")
        #expect(try isRefused([], "/large: the file has 4294967296 bytes; JFFS2 holds less than 4 GiB"))
        try scratch.shell("rm root/large; touch -d '2110-01-01 UTC' root/etc/motd")
        #expect(try isRefused([], "/etc/motd: the time 4417977600"))
        _ = try repack("-f").checked()
    }

    @Test func holesTakeNoSpace() throws {
        try scratch.shell("truncate -s 3G root/sparse; printf end >> root/sparse")
        _ = try repack("--no-check").checked()
        #expect(try scratch.read("image").count < 1000)
        #expect(try scratch.listing("image").contains(" 3221225475 "))
    }

    // MARK: - Bad input

    @Test(.enabled(if: geteuid() == 0)) func aFileOrFolderThatCannotBeReadIsNamed() throws {
        try scratch.shell("chmod 777 .; chmod 000 root/etc/motd")
        let command = "repack -r root -o bad"
        #expect(try scratch.nobody(command).isOneLine(2, "/etc/motd: cannot read: Permission denied"))
        #expect(try scratch.nobody(command + " --jobs 1").isOneLine(2, "/etc/motd: cannot read: Permission denied"))
        try scratch.shell("chmod 000 root/etc")
        #expect(try scratch.nobody(command).isOneLine(2, "root/etc: cannot read: Permission denied"))
        #expect(try scratch.names == ["root"])
    }

    @Test func socketsAndPipesArePacked() throws {
        try scratch.shell(
            "mkfifo root/pipe; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"root/socket\")'")
        _ = try repack().checked()
        let kinds = try scratch.listing("image").split(separator: "\n").map {
            "\($0.prefix(1)) \($0.split(separator: " ").last ?? "")"
        }
        #expect(kinds == ["d etc", "- etc/motd", "p pipe", "s socket"])
    }

    @Test func aTreeThatDoesNotFitLeavesNothing() throws {
        var random = LinearCongruence(state: 3)
        try scratch.write("root/large", random.bytes(300_000))
        #expect(try isRefused(["-p", "128K"], "is more than 131072 (0x20000)", "/large (300000 bytes)"))
        #expect(try isRefused(["--max-size", "128K", "--jobs", "1"], "/large (300000 bytes)"))
        // What was there stays.
        try scratch.write("bad", [1, 2, 3])
        #expect(try isRefused(["-p", "128K"], "/large"))
        #expect(try scratch.read("bad") == [1, 2, 3])
    }

    @Test func theOrderOfCreationAndTheNumberOfJobsDoNotMatter() throws {
        var random = LinearCongruence(state: 4)
        let names = (0..<60).map { "f\($0)" }
        let contents = names.map { _ in random.bytes(9000) }
        var images: [[UInt8]] = []
        for order in [Array(names.indices), names.indices.reversed()] {
            try scratch.shell("rm -rf root; mkdir root")
            for index in order { try scratch.write("root/\(names[index])", contents[index]) }
            try scratch.shell("find root -exec touch -d @1000000000 {} +")
            for jobs in ["1", "2", "16", "16"] {
                _ = try repack("--jobs", jobs).checked()
                images.append(try scratch.read("image"))
            }
        }
        #expect(Set(images).count == 1)
    }

    // MARK: - Warnings

    @Test func imagesThatWillNotWorkWellAreWarnedOf() throws {
        #expect(try repack("-p", "256K").checked().messages.contains("4 erase blocks are too few"))
        #expect(try repack("-p", "5M").checked().messages.isEmpty)
        #expect(try repack("-s", "16K").checked().messages.contains("spoils nodes with more data (-s 16384)"))
        var random = LinearCongruence(state: 3)
        try scratch.write("root/large", random.bytes(300_000))
        #expect(
            try repack("-p", "512K").checked().messages.contains("3 of 8 erase blocks stay free; Linux needs more than")
        )
        _ = try repack("-p", "-e", "16").checked()
        let other = try Tool.run("repack", "--from", "image", "-o", "out", "-e", "64", in: scratch).checked()
        #expect(
            other.messages.contains("warning: the erase size of image is 16 KiB, that of the new image 64 KiB"))
    }
}

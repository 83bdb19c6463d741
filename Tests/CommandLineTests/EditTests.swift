import Foundation
import TestSupport
import Testing

/// `--delete`, `--add`, `--chmod` and `--chown` of `jffs2 repack`: no root, no unpacking.
@Suite struct EditTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        for directory in ["root/etc/init.d", "root/bin", "host/sub"] {
            try FileManager.default.createDirectory(atPath: scratch(directory), withIntermediateDirectories: true)
        }
        try scratch.write("root/etc/motd", Array("hello\n".utf8))
        try scratch.write("root/etc/init.d/rcS", Array("#!/bin/sh\n".utf8))
        try scratch.write("root/bin/busybox", [1, 2, 3])
        try FileManager.default.linkItem(atPath: scratch("root/bin/busybox"), toPath: scratch("root/bin/sh"))
        try FileManager.default.createSymbolicLink(atPath: scratch("root/sbin"), withDestinationPath: "bin")
        // A device table gives owners without root.
        try scratch.write(
            "table", Array("/bin/busybox f 4755 7 8\n/etc d 750 3 4\n/etc/motd f 640 5 6\n".utf8))
        _ = try Tool.run(
            "repack", "-r", "root", "-D", "table", "-o", "image", "--no-mtree", "-b", "-e", "16", in: scratch
        ).checked()
        try scratch.write("host/new", Array("new content\n".utf8))
        try scratch.write("host/sub/a", Array("a\n".utf8))
        try FileManager.default.linkItem(atPath: scratch("host/sub/a"), toPath: scratch("host/sub/b"))
        try scratch.write("host/with:colon", Array("colon\n".utf8))
    }

    /// Edits the image and returns a line for each name: mode, links, owner, group, size, path.
    private func edited(_ edits: String...) throws -> [String] {
        let output = try Program.run(
            Tool.path, ["repack", "--force", "--from", "image", "-o", "out"] + edits, in: scratch.path
        ).checked()
        #expect(output.messages.isEmpty)
        return try listing("out")
    }

    private func listing(_ image: String) throws -> [String] {
        try scratch.listing(image).split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            return (fields[..<5] + fields[7...]).joined(separator: " ")
        }
    }

    private func content(_ path: String) throws -> String {
        try Tool.run("cat", "out", path, in: scratch).checked().text
    }

    /// What the edits changed.
    private func changes(_ edits: String...) throws -> (gone: [String], new: [String]) {
        let before = try listing("image")
        let output = try Program.run(
            Tool.path, ["repack", "--force", "--from", "image", "-o", "out"] + edits, in: scratch.path
        ).checked()
        #expect(output.messages.isEmpty)
        let after = try listing("out")
        return (before.filter { !after.contains($0) }, after.filter { !before.contains($0) })
    }

    @Test func aFileIsReplacedAndKeepsModeAndOwner() throws {
        let (gone, new) = try changes("--add", "host/new:/etc/motd")
        #expect(gone == ["-rw-r----- 1 5 6 6 etc/motd"])
        #expect(new == ["-rw-r----- 1 5 6 12 etc/motd"])
        #expect(try content("/etc/motd") == "new content\n")
        let words = try Tool.run(
            "repack", "--force", "--from", "image", "-o", "out", "--add", "host/new:/etc/motd", in: scratch)
        #expect(words.text.contains("used, big-endian") && words.text.contains("1 replaced"), "\(words.text)")
    }

    @Test func aFileIsReplacedUnderAllItsNames() throws {
        let (gone, new) = try changes("--add=host/new:/bin/sh")
        #expect(gone.count == 2)
        #expect(new == ["-rwsr-xr-x 2 7 8 12 bin/busybox", "-rwsr-xr-x 2 7 8 12 bin/sh"])
        #expect(try content("/bin/busybox") == "new content\n")
    }

    @Test func anAddedFileBelongsToRootAndKeepsItsMode() throws {
        _ = chmod(scratch("host/new"), 0o604)
        #expect(try changes("--add", "host/new:/etc/").new == ["-rw----r-- 1 0 0 12 etc/new"])
        #expect(try changes("--add", "host/new:/name").new == ["-rw----r-- 1 0 0 12 name"])
        #expect(try changes("--add", "host/new:/").new == ["-rw----r-- 1 0 0 12 new"])
        #expect(try changes("--add", "host/new:///etc//./x").new == ["-rw----r-- 1 0 0 12 etc/x"])
    }

    @Test func aDirectoryComesInWithAllThatIsInIt() throws {
        let wanted = ["-rw-r--r-- 2 0 0 2 etc/sub/a", "-rw-r--r-- 2 0 0 2 etc/sub/b"]
        _ = chmod(scratch("host/sub/a"), 0o644)
        for edit in ["host/sub:/etc/sub", "host/sub:/etc/"] {
            #expect(try changes("--add", edit).new.filter { !$0.hasPrefix("d") } == wanted, "\(edit)")
        }
        #expect(try changes("--add", "host/sub/:/").new.count == 2)
        // Into a directory that is there: merged.
        let (gone, new) = try changes("--add", "host/sub:/bin")
        #expect(gone == [] && new.count == 2)
    }

    @Test func aDeletedNameIsGoneAndOtherNamesOfTheFileStay() throws {
        #expect(try changes("--delete", "/etc").gone.count == 4)
        let (gone, new) = try changes("--delete", "bin/sh", "--delete", "/sbin")
        #expect(gone.count == 3 && new == ["-rwsr-xr-x 1 7 8 3 bin/busybox"])
        // Deletions go first, so that a directory can be replaced by a file.
        #expect(try changes("--add", "host/new:/etc/init.d", "--delete", "/etc/init.d").gone.count == 3)
    }

    @Test func chmodAndChownChangeAFileUnderAllItsNames() throws {
        #expect(
            try changes("--chmod", "u-s,go=r:/bin/sh", "--chown", ":9:/bin/sh").new
                == ["-rwxr--r-- 2 7 9 3 bin/busybox", "-rwxr--r-- 2 7 9 3 bin/sh"])
        #expect(try changes("--chmod=1777:/etc", "--chown=1:2:/etc").new == ["drwxrwxrwt 3 1 2 0 etc"])
        #expect(
            try changes("--add", "host/new:/x", "--chmod", "a=X,u+rw:/x", "--chown", "1::/x").new
                == ["-rw------- 1 1 0 12 x"])
        #expect(try changes("--chmod", "0:/").gone == [])
    }

    @Test func namesMayHoldColonsAndAnyByte() throws {
        #expect(try edited("--add", "host/with\\:colon:/a:b").contains { $0.hasSuffix(" a:b") })
        #expect(try content("/a:b") == "colon\n")
        #expect(try edited("--add", "host/new:/\\377").contains { $0.hasSuffix(" \\377") })
        try FileManager.default.moveItem(atPath: scratch("out"), toPath: scratch("image2"))
        _ = try Tool.run("repack", "--force", "--from", "image2", "-o", "out", "--chmod", "700:/\\377", in: scratch)
            .checked()
        #expect(try listing("out").contains("-rwx------ 1 0 0 12 \\377"))
        _ = try Tool.run("repack", "--force", "--from", "image2", "-o", "out", "--delete", "\\377", in: scratch)
            .checked()
        #expect(try listing("out") == listing("image"))
    }

    @Test func aDirectoryIsEditedTooWhileItIsPacked() throws {
        _ = try Tool.run(
            "repack", "-r", "root", "-o", "out", "--delete", "/bin", "--add", "host/new:/n", "--chown", "1:2:/etc/motd",
            in: scratch
        ).checked()
        let list = try listing("out")
        #expect(list.contains { $0.hasSuffix(" 1 2 6 etc/motd") } && list.contains { $0.hasSuffix(" 0 0 12 n") })
        #expect(!list.contains { $0.contains("busybox") })
    }

    @Test func anEditThatDoesNotFitTheTreeIsAnErrorThatNamesThePath() throws {
        for (edits, parts) in [
            (["--delete", "/none"], ["there is no /none"]), (["--delete", "/none/x"], ["there is no folder /none"]),
            (["--delete", "/"], ["root"]), (["--delete", "/etc/motd/x"], ["/etc/motd is no folder"]),
            (["--add", "host/new:/none/x"], ["there is no folder /none"]),
            (["--add", "host/new:/sbin/x"], ["/sbin is a symbolic link to bin"]),
            (["--add", "host/new:/etc"], ["/etc is a folder", "/etc/"]),
            (["--add", "host/none:/x"], ["host/none", "No such file"]),
            (["--add", "host/sub:/etc/motd"], ["/etc/motd is no folder"]),
            (["--add", "host/new:/etc/.."], ["'..'"]),
            (["--chmod", "600:/none"], ["there is no /none"]),
            (["--chmod", "600:/sbin"], ["/sbin is a symbolic link"]),
            (["--chown", "1:1:/none"], ["there is no /none"]),
            (["--add", "host/new:/" + String(repeating: "n", count: 255)], []),
        ] {
            let output = try Program.run(
                Tool.path, ["repack", "--from", "image", "-o", "bad"] + edits, in: scratch.path)
            #expect(output.isOneLine(2), "\(edits): \(output.messages)")
            for part in parts { #expect(output.messages.contains(part), "\(edits): \(output.messages)") }
        }
        for edits in [
            ["--add", "host/new"], ["--add", ":/x"], ["--add", "x:"], ["--chmod", "999:/x"], ["--chmod", "u*x:/x"],
            ["--chmod", "755"], ["--chown", "root:root:/x"], ["--chown", "65536:0:/x"], ["--chown", "::/x"],
            ["--chown", "1:/x"],
        ] {
            let output = try Program.run(
                Tool.path, ["repack", "--from", "image", "-o", "bad"] + edits, in: scratch.path)
            #expect(output.status == 64, "\(edits): \(output.messages)")
        }
        #expect(try !scratch.names.contains("bad"))
    }
}

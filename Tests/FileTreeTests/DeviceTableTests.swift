import FileTree
import Testing

@Suite struct DeviceTableTests {
    private func tree() -> FileTree {
        var tree = FileTree(root: Metadata(permissions: 0o755))
        tree.add(.directory([]), "dev", mode: 0o755)
        tree.add(.directory([]), "bin", mode: 0o755)
        tree.add(.regular(MemoryContents([0x78])), "bin/sh", mode: 0o755)
        tree.add(.symbolicLink([0x73]), "bin/link", mode: 0o777)
        tree.add(.regular(MemoryContents([])), "dev/place")
        return tree
    }

    private func applied(_ text: String) throws -> [String] {
        var tree = tree()
        try DeviceTable(parsing: Array(text.utf8)).apply(to: &tree, time: 5)
        let before = self.tree().listing(times: false)
        return tree.listing(times: false).filter { !before.contains($0) }
    }

    /// What mkfs.jffs2 2.1.5 makes of the same lines, as read back from its image.
    @Test func aDeviceTableMakesWhatMkfsMakesOfIt() throws {
        #expect(
            try applied(
                """
                # comment
                \t/dev d 700 1 2 - - - - -

                /bin/sh\tf 4755 3 4 - - - - -\r
                /dev/tty c 620 0 5 4 64 1 2 3
                /dev/hda b 640 0 6 3 1 1 1 2
                /dev/nul c 666 0 0 1 3 0 0 -
                /dev/fifo p 600 0 0 - - - - -
                /dev/u c 600 0 0 1 1 5 0 2
                /new d 755 7 8 - - - - -
                /new/con c 600
                /dev/place c 600 0 0 5 1 - - -
                /bin/link l 700 9 9
                """) == [
                    "/bin/link l -> s 9:9", "/bin/sh -4755 3:4 1 2d711642b726", "/dev d700 1:2",
                    "/dev/fifo p600 0:0", "/dev/hda1 b640 0:6 (3, 1)", "/dev/hda2 b640 0:6 (3, 2)",
                    "/dev/nul c666 0:0 (1, 3)", "/dev/place c600 0:0 (5, 1)", "/dev/tty1 c620 0:5 (4, 64)",
                    "/dev/tty2 c620 0:5 (4, 66)", "/dev/tty3 c620 0:5 (4, 68)", "/dev/u5 c600 0:0 (1, 1)",
                    "/dev/u6 c600 0:0 (1, 1)", "/new d755 7:8", "/new/con c600 0:0 (0, 0)",
                ])
    }

    /// What mkfs.jffs2 2.1.5 does not look at.
    @Test func textBehindTheFieldsOfALineIsNoError() throws {
        for (line, made) in [
            ("/dev/a c 640 0 0 1 1 0 0 -   # comment", "/dev/a c640 0:0 (1, 1)"),
            ("/dev/a c 640 0 0 1 1 0 1 0 # comment", "/dev/a c640 0:0 (1, 1)"),
            ("/dev/a c 640 0 0 1 1 # 2 3 4", "/dev/a c640 0:0 (1, 1)"),
            ("/dev/a c 640 0 0 1 1 0 1 0 extra fields", "/dev/a c640 0:0 (1, 1)"),
            ("/dev/a c 640 7 - 1 1 0 1 3", "/dev/a c640 7:0 (0, 0)"),
            ("/dev/a c", "/dev/a c755 0:0 (0, 0)"), ("/dev/a c # comment", "/dev/a c755 0:0 (0, 0)"),
            ("/dev/a\u{b}c\u{c}020640 0 0 1 1", "/dev/a c640 0:0 (1, 1)"),
        ] { #expect(try applied(line) == [made], "\(line)") }
    }

    @Test func aDeviceKeepsItsNumbersUnlessTheTableHasSome() throws {
        var tree = tree()
        tree.add(.characterDevice(DeviceNumber(major: 5, minor: 1)), "dev/console", mode: 0o600)
        try DeviceTable(parsing: Array("/dev/console c 622 1 2".utf8)).apply(to: &tree, time: 5)
        #expect(tree.listing(times: false).contains("/dev/console c622 1:2 (5, 1)"))
        try DeviceTable(parsing: Array("/dev/console c 622 1 2 1 0".utf8)).apply(to: &tree, time: 5)
        #expect(tree.listing(times: false).contains("/dev/console c622 1:2 (1, 0)"))
    }

    @Test func aDeviceTableReachesTheRootSocketsAndWideNumbers() throws {
        #expect(try applied("/ d 700 5 6 - - - - -") == ["/ d700 5:6"])
        #expect(try applied("/dev/s s 666 1 2") == ["/dev/s s666 1:2"])
        #expect(try applied("/dev/big b 600 0 0 300 1000000 - - -") == ["/dev/big b600 0:0 (300, 1000000)"])
        #expect(try applied("/dev/big c 600 0 0 1 0 4294967295 1 2").last == "/dev/big4294967296 c600 0:0 (1, 1)")
    }

    @Test(arguments: [
        ("dev/x c 600", "'dev/x' does not begin with a slash"),
        ("/x/y c 600 0 0 1 1", "/x/y: there is no folder /x; an earlier line can create it"),
        ("/bin/sh/y c 600 0 0 1 1", "/bin/sh/y: there is no folder /bin/sh; an earlier line can create it"),
        ("/nofile f 600 0 0", "/nofile: there is no such file"), ("/nolink l 777", "/nolink: there is no such symlink"),
        ("/x q 600", "'q' is no type (one of f d c b p l s)"), ("/x", "there is no type (one of f d c b p l s)"),
        ("/x c 99", "mode '99' is no octal number up to 177777"),
        ("/x c 17777", "mode '17777' is that of another type than c"),
        ("/x c 600 -1", "uid '-1' is no number up to 4294967295"),
        ("/x c 600 0 0 1 1 0 1 9999999", "count '9999999' is no number up to 1048576"),
        ("/x c 600 0 0 1 4294967295 0 1 2", "the minor number grows beyond 32 bits"),
        ("/bin c 600 0 0 1 1", "/bin is a folder, not a character device"),
        ("/bin/sh d 600", "/bin/sh is a file, not a folder"), ("/bin/link f 600", "/bin/link is a symlink, not a file"),
        ("/dev/../etc c 600", "'/dev/../etc' is no path in the image"),
    ])
    func badLinesOfADeviceTableAreNamed(line: String, reason: String) {
        #expect {
            try applied("# first\n\n\(line)\n")
        } throws: {
            "\($0)" == "line 3: \(reason)"
        }
    }

    /// A few bytes of a table must not become names without end.
    @Test func allLinesTogetherCreateNoMoreDevicesThanThereAreNumbers() {
        #expect {
            try applied("/a c 600 0 0 1 0 0 1 1048576\n/b c 600 0 0 1 0\n/c b 600 0 0 1 0 0 1 1\n")
        } throws: {
            "\($0)" == "line 3: with it the counts of all lines are more than 1048576 devices"
        }
    }
}

import Foundation
import TestSupport
import Testing

/// `diff` between images, folders, archives and manifests.
@Suite(.enabled(if: geteuid() == 0)) struct DiffTests {
    private let directory: Scratch

    init() throws {
        directory = try Scratch()
        try directory.shell(
            """
            chmod 777 .; mkdir -p root/dev root/etc root/bin
            mknod root/dev/console c 5 1; mkfifo root/dev/pipe
            printf 'one\\ntwo\\nthree\\n' > root/etc/list; echo pass > root/etc/back.bin; chmod 600 root/etc/back.bin
            head -c 50000 /dev/urandom > root/bin/busybox; ln root/bin/busybox root/bin/sh; ln -s busybox root/bin/ls
            printf x > "$(printf 'root/etc/\\033\\377')"
            chown 7:8 root/bin/busybox; chmod 4755 root/bin/busybox
            find root -depth -exec touch -h -d @1111111111 {} +
            mkfs.jffs2 -r root -o image -l -e 16KiB; chmod 644 image
            """)
    }

    private func diff(_ arguments: String...) throws -> Program.Output {
        try Tool.run(["diff"] + arguments, in: directory)
    }

    @Test func whatIsUnpackedAndPackedAgainIsEqual() throws {
        _ = try Tool.run("unpack", "image", in: directory).checked()
        _ = try Tool.run("unpack", "image", "--tar", "all.tar", in: directory).checked()
        // Nothing in the image says when its root was changed.
        try directory.shell("gzip -k all.tar; touch -d @0 root; chmod 755 root")
        _ = try Tool.run("repack", "-r", "jffs2-root", "-b", "-e", "0x4000", "-o", "again", in: directory).checked()
        for other in ["jffs2-root", "jffs2-root.mtree", "all.tar", "all.tar.gz", "again", "image", "root"] {
            let output = try diff("image", other)
            #expect(output.status == 0 && output.standardOutput.isEmpty && output.standardError.isEmpty, "\(other)")
            #expect(try diff(other, "image").status == 0, "\(other)")
        }
        #expect(try Tool.run(["diff", "-", "again"], in: directory).status == 2)
    }

    @Test(arguments: [
        "good-big-endian", "good-lzo", "good-nand", "lived-links-beold-16k", "lived-special-be-16k",
        "lived-xattrs-be-16k",
        "lived-spare-area-16k",
    ])
    func imagesAreAsTheirFolders(name: String) throws {
        let image = Checkout.path("TestImages/\(name).jffs2")
        _ = try Tool.run("unpack", image, "-d", "tree", in: directory).checked()
        let output = try diff(image, "tree")
        #expect(output.status == 0 && output.standardOutput.isEmpty, "\(output.text)")
    }

    @Test func differencesAreNamed() throws {
        _ = try Tool.run("unpack", "image", in: directory).checked()
        try directory.shell(
            """
            cd jffs2-root; printf 'one\\n2\\nthree\\n' > etc/list; touch -d @1222222222 etc/list; chmod 640 etc/back.bin
            rm bin/ls dev/pipe; ln -s sh bin/ls; touch -h -d @1111111111 bin/ls
            mkdir new; echo new > new/file; touch -d @1111111111 bin dev new .
            """)
        let ignored = ["--ignore", "times"]
        let expected = """
            changed  /bin/ls: target busybox -> sh
            removed  /dev/pipe
            changed  /etc/back.bin: mode 0600 -> 0640
            changed  /etc/list: content (14 -> 12 bytes)
            added    /new
            added    /new/file

            """
        let output = try Tool.run(["diff", "image", "jffs2-root"] + ignored, in: directory)
        #expect(output.status == 1 && output.text == expected)
        let list = try diff("image", "jffs2-root", "/etc/l*")
        #expect(
            list.text
                == "changed  /etc/list: content (14 -> 12 bytes), mtime 2005-03-18 01:58:31 -> 2008-09-24 02:10:22\n")
        #expect(try diff("image", "jffs2-root", "/bin/busybox", "/dev/console").status == 0)
        #expect(try diff("image", "jffs2-root", "-q").text.isEmpty)
        #expect(try diff("image", "jffs2-root", "-q").status == 1)
        #expect(try diff("image", "jffs2-root", "/nothing").isOneLine(2, "/nothing", "neither in image"))
        #expect(try diff("image", "jffs2-root", "--ignore", "colour").status == 64)
        #expect(try diff("image", "missing").isOneLine(2, "missing"))
        let stat = try diff("image", "jffs2-root", "--stat", "--ignore", "times,mode")
        #expect(stat.text.contains("changed  /etc/list  14 -> 12 bytes (-2)\n"))
        #expect(stat.text.hasSuffix("2 added (4 bytes), 1 removed (0 bytes), 2 changed (12 bytes)\n"))
    }

    @Test func textDifferencesAreAPatch() throws {
        _ = try Tool.run("unpack", "image", in: directory).checked()
        try directory.shell(
            """
            cp -a jffs2-root before; cd jffs2-root; printf 'one\\n2\\nthree' > etc/list
            echo 'a new one' > 'etc/n w'; rm etc/back.bin; head -c 100 /dev/zero > bin/zeros
            """)
        let output = try diff("image", "jffs2-root", "--text")
        #expect(output.text.contains("\n-two\n-three\n+2\n+three\n\\ No newline at end of file\n"))
        #expect(output.text.contains("/bin/zeros: binary, or too long\n"))
        try directory.write("patch", output.standardOutput)
        #expect(
            try directory.shell(
                "cd before; patch -s -p1 < ../patch; diff -r etc ../jffs2-root/etc; diff -r bin ../jffs2-root/bin || true"
            )
                == "Only in ../jffs2-root/bin: zeros\n")
    }

    /// Without a line, only git's header tells that a file comes or goes.
    @Test func emptyFilesComeAndGoAsInGit() throws {
        try directory.shell(
            "mkdir -p one/etc two/etc; : > one/etc/gone; : > one/etc/tool; chmod 755 one/etc/tool; : > two/etc/new")
        let output = try diff("one", "two", "--text")
        #expect(
            output.text.contains(
                "diff --git a/etc/gone b/etc/gone\ndeleted file mode 100644\nindex e69de29..0000000\n"),
            "\(output.text)")
        #expect(output.text.contains("diff --git a/etc/tool b/etc/tool\ndeleted file mode 100755\n"), "\(output.text)")
        #expect(
            output.text.contains("diff --git a/etc/new b/etc/new\nnew file mode 100644\nindex 0000000..e69de29\n"),
            "\(output.text)")
        try directory.write("patch", output.standardOutput)
        try directory.shell("cd one; git apply ../patch; diff -r . ../two")
    }

    /// One after the other: empty files, and files with lines in front of them and behind them.
    @Test(arguments: ["patch -s -p1 -f <../patch", "git apply ../patch"])
    func emptyFilesBesideOthersAreAPatch(_ command: String) throws {
        try directory.shell(
            """
            mkdir one two; cd one; echo a >aa; echo c >f; : >gone; echo x >z; echo y >lost; echo full >emptied; cd ../two
            echo b >aa; : >e; echo d >f; : >m; printf 'n\nw\n' >'new one'; echo w >z; : >emptied
            """)
        let output = try diff("one", "two", "--text", "--ignore", "times")
        try directory.write("patch", output.standardOutput)
        #expect(try directory.shell("cd one; \(command); diff -r . ../two && echo same") == "same\n")
    }

    @Test func jsonHasBothSides() throws {
        _ = try Tool.run("unpack", "image", in: directory).checked()
        try directory.shell(
            "cd jffs2-root; rm bin/sh; cp -p bin/busybox bin/sh; rm etc/list; chmod 700 bin/sh; touch -d @1111111111 bin etc"
        )
        let output = try diff("image", "jffs2-root", "--json")
        #expect(output.status == 1)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: Any])
        let found = try #require(document["differences"] as? [[String: Any]])
        let byPath = Dictionary(uniqueKeysWithValues: found.map { ($0["path"] as? String ?? "", $0) })
        #expect(byPath["etc/list"]?["change"] as? String == "removed")
        #expect(byPath["bin/sh"]?["aspects"] as? [String] == ["mode", "links"])
        #expect(byPath["bin/sh"]?["oldNames"] as? [String] == ["bin/busybox", "bin/sh"])
        #expect(byPath["bin/sh"]?["newNames"] as? [String] == [])
        #expect((byPath["bin/sh"]?["old"] as? [String: Any])?["nlink"] as? Int == 2)
        #expect((byPath["bin/sh"]?["new"] as? [String: Any])?["mode"] as? String == "0700")
        #expect((document["summary"] as? [String: [String: Int]])?["removed"] == ["fileCount": 1, "size": 14])
    }

    @Test func namesDoNoHarm() throws {
        try directory.shell("mkdir empty; touch -d @1111111111 empty")
        for arguments in [["image", "empty"], ["--text", "empty", "image"], ["--json", "image", "empty"]] {
            let output = try Tool.run(["diff"] + arguments, in: directory)
            #expect(output.status == 1)
            #expect(output.standardOutput.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a })
        }
        #expect(try diff("image", "empty").text.contains("removed  /etc/\\033\\377\n"))
    }

    @Test func eraseBlocksThatDifferAreListed() throws {
        try directory.write("hello", Array("hello\n".utf8))
        _ = try Tool.run(
            "repack", "--from", "image", "--add", "hello:/etc/hello", "--keep-layout", "-o", "few", in: directory
        ).checked()
        _ = try Tool.run("pad", "few", "--to", "0x80000", "-o", "padded", in: directory).checked()
        let output = try diff("image", "few", "--blocks")
        #expect(output.status == 1)
        #expect(output.text.contains("added    /etc/hello\n"))
        let lines = output.text.split(separator: "\n")
        let (before, after) = try (directory.read("image"), directory.read("few"))
        let differing = stride(from: 0, to: max(before.count, after.count), by: 0x4000).filter { start in
            before.dropFirst(start).prefix(0x4000) != after.dropFirst(start).prefix(0x4000)
        }
        #expect(lines.filter { $0.hasPrefix("block ") }.count == differing.count)
        #expect(lines.last == "\(differing.count) of \((after.count + 0x3fff) / 0x4000) erase blocks of 16 KiB differ")
        // What is erased behind the end is no difference.
        let padded = try diff("few", "padded", "--blocks")
        #expect(padded.status == 0 && padded.text == "0 of 32 erase blocks of 16 KiB differ\n")
        // Packed another way: the same files in other blocks.
        _ = try Tool.run("repack", "--from", "image", "--level", "1", "-o", "other", in: directory).checked()
        #expect(try diff("image", "other").status == 0)
        #expect(try diff("image", "other", "--blocks").status == 1)
        #expect(try diff("image", "root", "--blocks").isOneLine(64, "two images"))
    }

    @Test func damageIsTrouble() throws {
        let image = Checkout.path("TestImages/bad-data-crc.jffs2")
        _ = try Tool.run("unpack", image, "-d", "tree", in: directory)
        let output = try diff(image, "tree")
        #expect(output.status == 2)
        #expect(output.messages.contains("damage: /"))
        #expect(output.text.contains("unreadable /"))
        #expect(try diff(image, "tree", "--ignore", "content").status == 0)
        #expect(try diff(image, "tree.mtree").status == 2)
        // An image without a file system is no archive with nothing in it.
        try directory.shell("head -c 65536 /dev/zero > zeros; mkdir empty")
        #expect(try diff("zeros", "empty").status == 2)
    }

    @Test func statesOfTwoTimesAreCompared() throws {
        let image = Checkout.path("TestImages/lived-camera-16k.jffs2")
        let output = try diff(image, image, "--at", "2023-11-20")
        #expect(output.status == 1)
        #expect(output.text.contains("added    /etc/back.bin\n"))
        #expect(try diff(image, image, "--at", "2023-11-20", "--to-at", "2023-11-20").status == 0)
        #expect(try diff(image, image, "--at", "yesterday").status == 64)
    }

    @Test func anotherUserComparesWhatCanBeKnown() throws {
        _ = try directory.nobody("unpack image").checked()
        let whole = try directory.nobody("diff image jffs2-root")
        #expect(whole.status == 0 && whole.text.isEmpty && whole.messages.isEmpty, "\(whole.text)")
        try directory.shell("rm jffs2-root.mtree")
        let plain = try directory.nobody("diff image jffs2-root")
        #expect(plain.messages.contains("there is no jffs2-root.mtree: owners"))
        #expect(plain.messages.contains("1 device file is missing in a folder and not counted"))
        #expect(!plain.text.contains("owner") && !plain.text.contains("console"))
    }
}

import Foundation
import TestSupport
import Testing

/// `find`, with find as judge.
@Suite(.enabled(if: geteuid() == 0)) struct FindTests {
    private let directory: Scratch

    init() throws {
        directory = try Scratch()
        try directory.shell(
            """
            mkdir -p root/dev root/etc/deep/er root/bin root/empty
            mknod root/dev/console c 5 1; mknod root/dev/mtd b 31 3; mkfifo root/dev/pipe
            printf 'root:x:0:0::/:/bin/sh\\ncam:x:7:8::/:/bin/sh\\n' > root/etc/passwd; printf 'video:x:8:\\n' > root/etc/group
            : > root/etc/nothing; head -c 513 /dev/zero > root/etc/deep/A.conf; head -c 1024 /dev/zero > root/etc/deep/er/b.CONF
            head -c 50000 /dev/urandom > root/bin/busybox; ln root/bin/busybox root/bin/sh; ln -s busybox root/bin/ls
            ln -s ../etc/passwd root/etc/link; : > root/etc/.hidden; : > 'root/etc/a b'; : > "$(printf 'root/etc/\\377x')"
            chown 7:8 root/bin/busybox; chmod 4755 root/bin/busybox; chmod 600 root/etc/passwd; chmod 1777 root/empty
            find root -depth -exec touch -h -d @1111111111 {} +; touch -d @1111111112 root/etc/group
            mkfs.jffs2 -r root -o image -l -e 64KiB
            """)
    }

    @Test(arguments: [
        "", "-type f", "-type f,l", "-name '*.conf'", "-iname '*.conf'", "-name '.h*'", "-name '*'", "-type d -empty",
        "-type f -empty", "-empty ! -type d", "-type f -size 1", "-type f -size -2", "-type f -size +1k",
        "-type f -size 513c", "-type f -size +0M", "-type f -size 1k", "-perm 755", "-perm -4000", "-perm /6000",
        "-perm -u+x,g+x", "-perm u=rw", "-perm /000", "-uid 7", "-uid +0", "-gid -8", "-links 2 -type f",
        "-links +1 -type f",
        "-maxdepth 1", "-mindepth 2", "-mindepth 1 -maxdepth 2 -type d", "-type l -lname '../*'",
        "-type f -a -not -name '*o*'", "-type d -o -name sh", "\\( -type d -o -type l \\) -name '*e*'",
        "! \\( -type f -o -type d \\)", "-name deep -prune -o -print", "-name deep -prune -o -type f -print",
        "! ! -type l",
        "-false -o -type p", "-true -type b", "-type c -print", "-name '[[:alpha:]]*' -type f", "-name '[!a-m]*'",
        "-type f -print , -name nothing -print", "-depth -name deep -prune -o -name A.conf -print",
    ])
    func expressionsFindWhatFindFinds(expression: String) throws {
        let ours = try directory.shell("\(Tool.path) find image \(expression) | sort")
        // Names that are not UTF-8 are shown in another way.
        let theirs = try directory.shell(
            "cd root; find . \(expression) | sed 's,^[.]/,/,; s,^[.]$,/,' | sed \"$(printf 's,\\377,\\\\\\\\377,')\" | sort"
        )
        #expect(ours == theirs)
    }

    @Test func filesOfTheImageAreReferences() throws {
        let newer = try Tool.run(["find", "image", "-newer", "/etc/passwd"], in: directory).checked()
        #expect(newer.text == "/etc/group\n")
        let same = try Tool.run(["find", "image", "/bin", "-samefile", "/bin/sh"], in: directory).checked()
        #expect(same.text == "/bin/busybox\n/bin/sh\n")
        #expect(try Tool.run(["find", "image", "-user", "cam"], in: directory).text == same.text)
        #expect(try Tool.run(["find", "image", "-group", "video"], in: directory).text == same.text)
        #expect(try Tool.run(["find", "image", "-user", "7"], in: directory).text == same.text)
        #expect(try Tool.run(["find", "image", "-user", "john"], in: directory).isOneLine(2, "'john'"))
        #expect(try Tool.run(["find", "image", "-newer", "/nothing"], in: directory).isOneLine(2, "/nothing"))
        #expect(try Tool.run(["find", "image", "/nothing"], in: directory).isOneLine(2, "/nothing"))
    }

    @Test func pathsArePrintedAsTheyAreWanted() throws {
        let paths = try Tool.run(["find", "image", "-path", "/etc/*/b*"], in: directory).checked()
        #expect(paths.text == "/etc/deep/er/b.CONF\n")
        let raw = try Tool.run(["find", "image", "/etc", "-name", "?x", "-print0"], in: directory).checked()
        #expect(raw.standardOutput == Array("/etc/".utf8) + [0xff, 0x78, 0])
        let shown = try Tool.run(["find", "image", "/etc", "-name", "?x"], in: directory).checked()
        #expect(shown.text == "/etc/\\377x\n")
        let list = try Tool.run(["find", "image", "/dev", "-type", "c", "-ls"], in: directory).checked()
        #expect(list.text.hasSuffix(" 0 crw-r--r-- 1 0 0 5, 1 2005-03-18 01:58 /dev/console\n"))
        let json = try Tool.run(["find", "image", "-type", "b", "--json"], in: directory).checked()
        let document = try JSONSerialization.jsonObject(with: Data(json.standardOutput)) as? [String: [[String: Any]]]
        #expect(document?["entries"]?.map { $0["path"] as? String } == ["dev/mtd"])
        let inode = try #require(list.text.split(separator: " ").first)
        let byNumber = try Tool.run(["find", "--erase-size", "64K", "image", "-inum", String(inode)], in: directory)
        #expect(try byNumber.checked().text == "/dev/console\n")
    }

    @Test(arguments: [
        ["-foo"], ["-name"], ["(", "-type", "f"], ["-type", "f", ")"], ["-type", "x"], ["-size", "1x"], ["-perm", "9"],
        ["-links", "many"], ["-maxdepth", "-1"], ["-o", "-type", "f"], ["-type", "f", "-a"], ["!"],
        ["-name", "a", "b"],
        ["-mtime", "1"],
    ])
    func wrongUsageIsOneLine(expression: [String]) throws {
        let output = try Tool.run(["find", "image"] + expression, in: directory)
        #expect(output.isOneLine(64, "find: "), "\(output.messages)")
    }
}

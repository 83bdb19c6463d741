import FileTree
import FlashBytes
import Foundation
import JFFS2
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
            ln -s ../etc/passwd root/etc/link; ln -s nowhere root/bin/gone
            ln -s loop root/bin/loop; ln -s ../etc/deep root/bin/folder; : > root/etc/.hidden; : > 'root/etc/a b'; : > "$(printf 'root/etc/\\377x')"
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
        "-mtime +1", "-mtime -1", "-mmin -5", "-newermt '2005-03-18 01:58:31'", "-not -newermt @1111111111",
        "-regex '.*[.]conf'", "-iregex '.*\\(conf\\|sh\\)'", "-regextype posix-extended -regex '.*(conf|sh)'",
        "-type f -printf '%f %s %m %M %U %G %n %y %d %TY-%Tm-%Td %TH:%TM %T@\\n'",
        "-type l -printf '%f>%l|%5d|%-9f|\\n'",
        "-type f -printf '%t\\n'", "-type f -name sh -quit", "-type p -printf '\\045\\t%%\\n' -quit", "-xdev -type p",
        "-xtype f", "-xtype d", "-xtype l", "-type l -xtype d,l", "-type l -printf '%f %y %Y\\n'",
        "-printf '%05d|%+d|% d|%-4d|%.3d|%+05d|%-+5d|\\n'", "-printf '%#m|%06m|%-8m|%.6m|%#8m|%#.5m|%08.5m|\\n'",
        "-type f -printf '%9TY|%-9TY|%.2TY|%05s|%+s|%.1s|%4y|%-4M|\\n'", "-mtime +7000 -daystart",
        "-mindepth 1 -printf '%f %Tu %Tw %TU %TV %TW %Tg %TG %Tj %Tx %At %Ct|\\n'",
        "-daystart -mtime +7000",
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

    /// Width and precision are those of the bytes in the file system, as find counts; what is printed of them is whole.
    @Test(arguments: [
        ("%.1f|", "\\377|"), ("%-4f|", "\\377x  |"), ("%4f|", "  \\377x|"), ("%.6p|", "/etc/\\377|"),
        ("%9p|", "  /etc/\\377x|"), ("%.5p|", "/etc/|"), ("%.0f|", "|"),
    ])
    func widthsAreThoseOfTheName(format: String, text: String) throws {
        let output = try Tool.run(["find", "image", "/etc", "-name", "?x", "-printf", format], in: directory).checked()
        #expect(output.text == text)
    }

    @Test(arguments: [
        ["-foo"], ["-name"], ["(", "-type", "f"], ["-type", "f", ")"], ["-type", "x"], ["-size", "1x"], ["-perm", "9"],
        ["-links", "many"], ["-maxdepth", "-1"], ["-o", "-type", "f"], ["-type", "f", "-a"], ["!"],
        ["-name", "a", "b"],
        ["-mtime", "x"], ["-newermt", "yesterday"], ["-printf", "%q"], ["-printf", "%"], ["-printf", "\\"],
        ["-regex", "\\("], ["-regextype", "mine"], ["-exec", "rm"], ["-delete"], ["-follow"], ["-xtype", "x"],
    ])
    func wrongUsageIsOneLine(expression: [String]) throws {
        let output = try Tool.run(["find", "image"] + expression, in: directory)
        #expect(output.isOneLine(64, "find: "), "\(output.messages)")
    }
}

/// Names are taken as they are printed, and as they are.
@Suite struct PathArgumentTests {
    /// A name for each file, whose content it is, too.
    private static let names: [[UInt8]] = [
        Array("plain".utf8), [0x63, 0x61, 0x66, 0xe9], [0xc3, 0x28], Array("a\\b".utf8), Array("a\\377".utf8),
        Array("\u{200b}zero".utf8), Array("\u{1b}[31mred".utf8), Array("new\nline".utf8), Array("sp ace".utf8),
        Array("*star*".utf8), Array("a/b".utf8), Array("..".utf8), Array("\u{202e}txt".utf8),
    ]

    private let directory: Scratch

    init() throws {
        directory = try Scratch()
        var image: [UInt8] = []
        for (index, name) in Self.names.enumerated() {
            let number = InodeNumber(rawValue: UInt32(index + 2))
            var writer = ByteWriter(.little)
            Dirent(
                parent: 1, version: UInt32(index + 1), inode: number, changeTime: 9, nameLength: UInt8(name.count),
                type: 8
            ).write(to: &writer, name: name)
            writer.append([UInt8](repeating: 0xff, count: (4 - writer.count % 4) % 4))
            var raw = RawInode(inode: number, version: 1, mode: 0o100644, uid: 0, gid: 0)
            (raw.csize, raw.dsize, raw.isize) = (UInt32(name.count), UInt32(name.count), UInt32(name.count))
            raw.dataCRC = CRC32.jffs2(name)
            raw.write(to: &writer)
            image += writer.bytes + name + [UInt8](repeating: 0xff, count: (4 - name.count % 4) % 4)
        }
        try directory.write("image", image + [UInt8](repeating: 0xff, count: 5 * 65536 - image.count))
    }

    private func shell(_ script: String) throws -> Program.Output {
        try Program.run("bash", ["-c", script], environment: ["LC_ALL": "C.UTF-8"], in: directory.path)
    }

    @Test func whatFindPrintsSelectsTheSameFile() throws {
        let found = try Tool.run(["find", "image", "-type", "f"], in: directory)
        let paths = found.text.split(separator: "\n").map(String.init)
        #expect(paths.count == Self.names.count)
        #expect(!found.text.unicodeScalars.contains { $0.isUnprintable && $0 != "\n" })
        var contents: Set<[UInt8]> = []
        for path in paths {
            let file = try Tool.run(["cat", "image", path], in: directory)
            #expect(file.status == 0, "\(path): \(file.messages)")
            contents.insert(file.standardOutput)
            for command in [["ls", "-1", "image", path], ["find", "image", path], ["find", "image", "-path", path]] {
                let listed = try Tool.run(command, in: directory)
                #expect(listed.text == path + "\n", "\(command)")
            }
            for command in ["stat", "history", "du"] {
                #expect(try !Tool.run([command, "image", path], in: directory).text.isEmpty)
            }
        }
        #expect(contents == Set(Self.names))
        let all = try shell(
            "'\(Tool.path)' find image -type f 2> /dev/null | xargs -d '\\n' '\(Tool.path)' cat image | wc -c")
        #expect(all.text.trimmingCharacters(in: .whitespacesAndNewlines) == "\(Self.names.map(\.count).reduce(0, +))")
    }

    @Test func rawBytesAreTaken() throws {
        for (argument, name) in [("$'caf\\xe9'", 1), ("$'/\\xc3('", 2), ("'a\\b'", 3), ("$'new\\nline'", 7)] {
            let file = try shell("'\(Tool.path)' cat image \(argument)")
            #expect(file.standardOutput == Self.names[name], "\(argument): \(file.messages)")
        }
        let found = try shell("'\(Tool.path)' find image -name $'*\\xe9'")
        #expect(found.text == "/caf\\351\n")
        #expect(try shell("'\(Tool.path)' ls -1 image '/*\\351'").text == "/caf\\351\n")
    }

    @Test func argumentsDoNothingToATerminal() throws {
        for script in [
            "ls $'\\e[2J\\xe2\\x80\\x8b'", "ls --$'\\e[2J' image", "$'\\xef\\xbb\\xbfls'", "cat image $'\\e[2J'",
        ] {
            let output = try shell("'\(Tool.path)' \(script)")
            #expect(output.status != 0)
            #expect(output.messages.contains("\\0") || output.messages.contains("\\3"), "\(output.messages)")
            #expect(!output.messages.unicodeScalars.contains { $0.isUnprintable && $0 != "\n" }, "\(script)")
        }
    }
}

/// Folders in each other, deeper than anybody makes them.
@Suite struct DeepTreeTests {
    private let directory: Scratch

    init() throws { directory = try Scratch() }

    private func write(_ name: String, levels: UInt32) throws {
        var image: [UInt8] = []
        for level in 1...levels {
            let number = InodeNumber(rawValue: level + 1)
            var writer = ByteWriter(.little)
            Dirent(
                parent: InodeNumber(rawValue: level), version: 1, inode: number, changeTime: 9, nameLength: 1, type: 4
            ).write(to: &writer, name: [0x64])
            writer.append([0xff, 0xff, 0xff])
            RawInode(inode: number, version: 1, mode: 0o40755, uid: 0, gid: 0).write(to: &writer)
            image += writer.bytes
            if image.count % 65536 > 65536 - 200 {
                image += [UInt8](repeating: 0xff, count: 65536 - image.count % 65536)
            }
        }
        image += [UInt8](repeating: 0xff, count: 65536 - image.count % 65536)
        try directory.write(name, image)
    }

    /// Not twice as deep, four times as long; what a listing prints grows by itself.
    @Test(arguments: [
        ["du", "-s"], ["find", "-name", "x"], ["find", "-depth", "-name", "x"], ["ls", "-1"], ["stat"], ["verify"],
        ["history", "--csv"], ["doctor"],
    ])
    func timeGrowsWithTheDepth(_ command: [String]) throws {
        try write("low", levels: 5_000)
        try write("high", levels: 20_000)
        func seconds(_ image: String) throws -> Double {
            let rest = Array(command.dropFirst())
            let words = command[0] == "find" ? [image] + rest : rest + [image]
            let arguments = ([command[0]] + words + (command[0] == "stat" ? ["/d"] : [])).joined(separator: " ")
            let script = "TIMEFORMAT='%U'; time '\(Tool.path)' \(arguments) > /dev/null 2>&1"
            let output = try Program.run("bash", ["-c", script], environment: ["LC_ALL": "C"], in: directory.path)
            let text = output.messages.trimmingCharacters(in: .whitespacesAndNewlines)
            return try #require(Double(text), "\(text)")
        }
        let (low, high) = (try seconds("low"), try seconds("high"))
        #expect(high < 9 * low + 0.5, "\(low) s, then \(high) s")
    }
}

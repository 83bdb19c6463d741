import Foundation
import TestSupport
import Testing

/// `ls`, `cat` with patterns, `stat` and `du`, with their namesakes as judges.
@Suite(.enabled(if: geteuid() == 0)) struct ListingTests {
    private let directory: Scratch

    init() throws {
        directory = try Scratch()
        try directory.shell(
            """
            mkdir -p root/etc/deep/er root/bin root/empty
            for n in 1 2 3; do echo $n > root/etc/$n.conf; done; echo x > root/etc/deep/4.conf; echo y > 'root/etc/x[1]'
            head -c 12000 /dev/urandom > root/bin/busybox; ln root/bin/busybox root/bin/sh; ln -s busybox root/bin/ls
            yes | head -c 60000 > root/etc/deep/er/yes; mknod root/bin/null c 1 3
            find root -depth -exec touch -h -d @1111111111 {} +
            touch -d @1111111115 root/etc/2.conf; touch -d @1111111100 root/bin; touch -d @1111111119 root/etc/deep/er/yes
            mkfs.jffs2 -r root -o image -l -e 16KiB
            """)
    }

    private func run(_ arguments: String...) throws -> String {
        try Tool.run(arguments, in: directory).checked().text
    }

    /// The names in each directory, and the directories in their order.
    private func sections(_ text: String) -> [String] {
        var names: [String: [String]] = ["": []]
        var order = [""]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "/")
            names[parts.dropLast().joined(separator: "/"), default: []].append(String(parts.last ?? ""))
            if FileManager.default.fileExists(atPath: directory("root/\(line)/.")) { order.append(String(line)) }
        }
        return order.map { "\($0): \((names[$0] ?? []).joined(separator: " "))" }
    }

    @Test func optionsThatPeopleTypeAreTaken() throws {
        #expect(try run("ls", "-lah", "image", "/etc") == run("ls", "--human", "image", "/etc"))
        #expect(try run("ls", "-h", "image", "/bin/busybox").contains(" 12K "))
        #expect(try run("du", "-sh", "image", "/bin") == run("du", "-s", "--human", "image", "/bin"))
        #expect(try run("diff", "-ru", "image", "image").isEmpty)
        #expect(try run("diff", "-ruN", "image", "root", "/etc/1.conf").isEmpty)
        for command in ["ls", "du"] { #expect(try run(command, "--help").contains("USAGE: jffs2 \(command)")) }
        let then = try Tool.run(["du", "-s", "image", "--at", "@1111111112"], in: directory)
        #expect(then.text.hasSuffix("\t/\n") && then.messages.contains("put together"))
        let file = try Tool.run(["stat", "image", "/etc/1.conf", "--at", "@1111111112"], in: directory)
        #expect(file.text.hasPrefix("/etc/1.conf\n"))
    }

    /// As with ls, whose short lines follow what is named; its long ones show it.
    @Test func symlinksToFoldersAreFollowed() throws {
        try directory.shell(
            "ln -s etc/deep root/way; ln -s /way/er root/etc/far; mkfs.jffs2 -r root -o links -l -e 16KiB")
        for path in ["way", "etc/far"] {
            #expect(
                try run("ls", "-1", "links", path)
                    == run("ls", "-1", "links", path == "way" ? "etc/deep" : "etc/deep/er"))
            #expect(try run("ls", "links", path).contains("/\(path) -> "))
            #expect(try run("ls", "-1d", "links", path) == "/\(path)\n")
        }
        #expect(try run("ls", "-1R", "links", "way").hasSuffix("er/yes\n"))
        #expect(try run("cat", "links", "way/4.conf", "/etc/far/../4.conf") == "x\nx\n")
        #expect(try run("cat", "links", "etc/far/yes") == run("cat", "links", "etc/deep/er/yes"))
        #expect(try Tool.run(["cat", "links", "way/5.conf"], in: directory).isOneLine(2, "/way/5.conf"))
    }

    @Test func anArchiveOnStandardInputIsCompared() throws {
        try directory.shell("cd root && tar -cf ../root.tar etc bin empty")
        let same = try directory.shell("'\(Tool.path)' diff - root.tar < root.tar")
        #expect(same.isEmpty)
        let other = try directory.shell(
            "echo z > root/etc/1.conf; cd root; tar -czf - etc bin empty | '\(Tool.path)' diff --ignore times - ../root.tar || true"
        )
        #expect(other.contains("/etc/1.conf") && !other.contains("2.conf"))
    }

    @Test(arguments: ["", "-r", "-t", "-tr", "-S", "-rS"])
    func theOrderIsThatOfLs(flags: String) throws {
        // Linux gives directories other times than they had where the image was made.
        try directory.shell("rm -r root; \(Tool.path) unpack image -d root")
        let listing = try directory.shell("cd root; ls -AR1 \(flags) .")
        let theirs = listing.components(separatedBy: "\n\n").map { section in
            let lines = section.split(separator: "\n")
            let name = (lines.first ?? "").dropFirst().drop { $0 == "/" }.dropLast()
            return "\(name): \(lines.dropFirst().joined(separator: " "))"
        }
        let ours = try sections(run(["ls", "-R1", flags, "image"].filter { !$0.isEmpty }))
        // Of directories, the sizes are the host's.
        if flags.contains("S") {
            #expect(ours.first { $0.hasPrefix("etc/deep/er:") } == theirs.first { $0.hasPrefix("etc/deep/er:") })
            #expect(ours.first { $0.hasPrefix("bin:") } == theirs.first { $0.hasPrefix("bin:") })
        } else {
            #expect(ours == theirs)
        }
    }

    private func run(_ arguments: [String]) throws -> String { try Tool.run(arguments, in: directory).checked().text }

    @Test func patternsAndSingleFolders() throws {
        #expect(try run("ls", "-1", "image", "/etc/*.conf") == "/etc/1.conf\n/etc/2.conf\n/etc/3.conf\n")
        #expect(try run("cat", "image", "/etc/?.conf", "/etc/x[1]") == "1\n2\n3\ny\n")
        #expect(try run("cat", "image", "/etc/**/4*") == "x\n")
        #expect(try run("ls", "-1d", "image", "/etc") == "/etc\n")
        #expect(
            try run("ls", "-1", "image", "/bin/ls", "/empty", "/bin")
                == "/bin/ls\n\n/bin:\nbusybox\nls\nnull\nsh\n\n/empty:\n")
        #expect(try run("ls", "--human", "image", "/etc/deep/er").contains("0  59K 2005-") == false)
        #expect(try run("ls", "--human", "image", "/etc/deep/er").contains(" 59K 2005-03-18 01:58 yes\n"))
        #expect(try Tool.run("ls", "image", "/etc/*.txt", in: directory).isOneLine(2, "/etc/*.txt", "not in the image"))
        // What is there is listed all the same, as ls does it.
        for command in [["ls", "-1"], ["ls", "-R1"], ["stat"], ["find"], ["du"]] {
            let partly = try Tool.run([command[0], "image", "/nowhere", "/etc"] + command.dropFirst(), in: directory)
            #expect(partly.status == 2 && !partly.standardOutput.isEmpty, "\(command)")
            #expect(partly.messages.contains("/nowhere: not in the image"), "\(command): \(partly.messages)")
            let json = try Tool.run([command[0], "image", "/nowhere", "/etc", "--json"], in: directory)
            #expect(json.status == 2 && !json.text.contains("\"entries\""), "\(command)")
        }
        #expect(try Tool.run("cat", "image", "/etc/1.conf", "/no*", in: directory).text.isEmpty)
    }

    @Test func roomOnTheFlashIsThatOfTheNodes() throws {
        let lines = try run("du", "-a", "image").split(separator: "\n").map {
            $0.split(separator: "\t").map(String.init)
        }
        // The same paths, and a file of two names once.
        let theirs = try directory.shell("cd root; rm bin/sh; du -a . | cut -f2 | sed 's,^[.]/,/,; s,^[.]$,/,' | sort")
        #expect(lines.map { $0[3] }.sorted().joined(separator: "\n") + "\n" == theirs)
        let room = Dictionary(uniqueKeysWithValues: lines.map { ($0[3], Int($0[0]) ?? 0) })
        // An inode node of 68 bytes and data, and a name of 40 and 6, each padded to 4.
        #expect(room["/etc/1.conf"] == 68 + 4 + 48)
        // All nodes but cleanmarkers and padding, and the root, which is one node without a name.
        let document =
            try JSONSerialization.jsonObject(with: Data(run("dump", "--json", "image").utf8)) as? [String: Any]
        let nodes = try #require(document?["nodes"] as? [[String: Any]])
        let sum = nodes.filter { ["inode", "dirent"].contains($0["nodeType"] as? String) }.reduce(0) {
            $0 + ($1["length"] as? Int ?? 0)
        }
        #expect(room["/"] == sum)
        #expect(lines.allSatisfy { $0[0] == $0[1] })
        #expect(try run("du", "-s", "image", "/etc", "/bin").split(separator: "\n").count == 2)
        #expect(try run("du", "-d1", "image").split(separator: "\n").count == 4)
        #expect(try run("du", "-s", "image", "/bin/busybox", "/bin/sh").split(separator: "\n").count == 1)
        #expect(try Tool.run("du", "-as", "image", in: directory).status == 64)
        let ratio = try #require(Double(lines.first { $0[3] == "/etc/deep/er/yes" }?[2] ?? ""))
        #expect(ratio > 20)
    }

    @Test func everythingAboutAFileIsTold() throws {
        let text = try run("stat", "image", "/bin/busybox").split(separator: " ").joined(separator: " ")
        for part in [
            "mode 0644 -rw-r--r--", "links 2", "name /bin/busybox", "name /bin/sh",
            "size 12000",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        let output = try run("stat", "--json", "image", "/bin/busybox", "/bin/null", "/bin/ls")
        let document = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: [[String: Any]]]
        let entries = try #require(document?["entries"])
        #expect(entries.count == 3)
        let nodes = try #require(entries[0]["nodes"] as? [[String: Any]])
        let data = nodes.filter { $0["nodeType"] as? String == "inode" }
        #expect(data.compactMap { $0["at"] as? Int } == [0, 4096, 8192])
        #expect(data.compactMap { $0["dsize"] as? Int }.reduce(0, +) == 12000)
        #expect(data.allSatisfy { $0["status"] as? String == "live" && $0["codec"] != nil && $0["isize"] != nil })
        #expect(nodes.compactMap { $0["name"] as? String }.sorted() == ["busybox", "sh"])
        let length = nodes.compactMap { $0["length"] as? Int }.reduce(0, +)
        #expect(entries[0]["bytes"] as? Int == length && entries[0]["live"] as? Int == length)
        #expect(
            Set(entries[0]["liveBlocks"] as? [Int] ?? [])
                == Set(nodes.compactMap { ($0["offset"] as? Int).map { $0 / 0x4000 } }))
        #expect(entries[1]["device"] as? [Int] == [1, 3])
        #expect(entries[2]["target"] as? String == "busybox")
        #expect(try Tool.run("stat", "image", "/nothing", in: directory).isOneLine(2, "/nothing"))
    }

    @Test func outdatedNodesAreToldOfAUsedFlash() throws {
        let image = Checkout.path("TestImages/lived-camera-16k.jffs2")
        let text = try run("stat", image, "/etc/state")
        #expect(text.contains(" none  superseded\n"))
        #expect(text.contains("260 bytes in nodes, 192 of them live"))
        let line = try #require(try run("du", "-s", image).split(separator: "\n").first).split(separator: "\t")
        #expect(try #require(Int(line[0])) > #require(Int(line[1])))
    }
}

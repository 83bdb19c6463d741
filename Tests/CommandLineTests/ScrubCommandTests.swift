import Foundation
import TestSupport
import Testing

@Suite struct ScrubCommandTests {
    private let image = Checkout.path("TestImages/sys_demo")

    @Test func filesNamedByPathAreEmptiedOrDeleted() throws {
        let directory = try Scratch()
        let output = directory("clean")
        let done = try Tool.run("scrub", image, "-o", output, "--empty", "/etc/back.bin", "--delete", "/etc/init.d")
        #expect(done.status == 0)
        let list = try Tool.run("ls", "-R", output)
        #expect(list.status == 0)
        #expect(String(decoding: list.standardOutput, as: UTF8.self).contains("etc/back.bin"))
        #expect(!String(decoding: list.standardOutput, as: UTF8.self).contains("init.d"))
    }

    @Test func aPathThatIsNotThereIsAnErrorAndNothingIsWritten() throws {
        let directory = try Scratch()
        let done = try Tool.run("scrub", image, "-o", directory("clean"), "--delete", "/etc/nothing")
        #expect(done.isOneLine(2, "/etc/nothing", "not in the image"))
        #expect(try directory.names.isEmpty)
    }

    /// A value of which another one is a part in base64: which one says what is written must not depend on the run.
    @Test func theSameInputGivesTheSameOutputEachTime() throws {
        let directory = try Scratch()
        let root = URL(filePath: directory("root"))
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        let value = "Kq7xvmZp29wA"
        let encoded = Data(value.utf8).base64EncodedString() + "Extra9Part"
        for (name, text) in [
            ("a.conf", "password=\(value)\n"),
            ("b.conf", "auth_token=\(encoded)\nsecret_key=\(encoded.dropFirst(4))\n"),
            ("c.txt", "and here \(encoded) too\n"),
        ] {
            try Data(text.utf8).write(to: root.appending(path: name))
        }
        let image = directory("image")
        #expect(try Tool.run("repack", "-r", root.path, "-o", image).status == 0)
        var outputs: Set<Data> = []
        for run in 0..<6 {
            #expect(try Tool.run("scrub", image, "-o", directory("clean\(run)")).status == 0)
            outputs.insert(try Data(contentsOf: URL(filePath: directory("clean\(run)"))))
        }
        #expect(outputs.count == 1)
    }

    /// What stands in programs, pages and manuals is listed, and stays, whatever it looks like.
    @Test func whatStaysIsListed() throws {
        let directory = try Scratch()
        let manual = Data("Say password=Hunter2xx9 there.\nsecret_key = \"q8Vt2mZxR1w0\"\n".utf8)
        let program = Data(
            [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1] + [UInt8](repeating: 0, count: 57) + Array("password=kelivonu\0".utf8))
        let module = Data([0xa7, 0x0d, 0x0d, 0x0a] + Array("....password=q8Vt2mZx\0".utf8))
        let files = ["usr/share/doc/a/guide": manual, "usr/bin/telnet": program, "opt/app/module": module]
        for (path, data) in files {
            let url = URL(filePath: directory("root")).appending(path: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: url)
        }
        let image = directory("image")
        #expect(try Tool.run("repack", "-r", directory("root"), "-o", image).status == 0)
        let list = try Tool.run("scrub", image, "--list")
        #expect(list.status == 0)
        let text = String(decoding: list.standardOutput, as: UTF8.self)
        #expect(
            text.split(separator: "\n", maxSplits: 1).last.map(String.init) == """
                stays  /opt/app/module: 1 (password)
                stays  /usr/bin/telnet: 1 (password)
                stays  /usr/share/doc/a/guide: 2 (password, token)
                0 findings: 0 live, 0 in deleted, older or unused bytes; 4 more in programs, pages and manuals, which stay as they are

                """)
        let long = try Tool.run("scrub", image, "--list", "-v")
        #expect(
            String(decoding: long.standardOutput, as: UTF8.self)
                .contains("stays  password  /usr/bin/telnet at byte 73: password=********\n"))
        let json = try Tool.run("scrub", image, "--list", "--json")
        #expect(
            !String(decoding: json.standardOutput + list.standardOutput + long.standardOutput, as: UTF8.self).contains(
                "q8Vt"))
        let result = try #require(try JSONSerialization.jsonObject(with: Data(json.standardOutput)) as? [String: Any])
        #expect((result["findings"] as? [Any])?.isEmpty == true)
        #expect(
            (result["staying"] as? [[String: Any]])?.compactMap { $0["code"] as? String }.sorted() == [
                "password", "password", "password", "token",
            ])
        #expect(try Tool.run("scrub", image, "-o", directory("clean")).status == 0)
        for (path, data) in files {
            #expect(try Tool.run("cat", directory("clean"), path).standardOutput == [UInt8](data), "\(path)")
        }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func secretsAreListedMaskedAndTheStatusTellsOfThem() throws {
        let list = try Tool.run("scrub", "--list", image)
        #expect(list.status == 1)
        let text = String(decoding: list.standardOutput, as: UTF8.self)
        #expect(text.contains("live  struct-wifi-key  /etc/back.bin at byte 40: ********\n"))
        #expect(text.contains("3 findings: 3 live, 0 in deleted, older or unused bytes"))
        #expect(!text.contains("correct-horse"))
        #expect(try Tool.run("scrub", "--list", Checkout.path("TestImages/good-lzo.jffs2")).status == 0)
    }

    /// On another machine: only the image and a report are there.
    @Test func reportsProveTheOutputLater() throws {
        let directory = try Scratch()
        try directory.write("known", Array("HomeNet-5F21\n".utf8))
        let done = try Tool.run(
            "scrub", image, "-o", directory("clean"), "--secrets", directory("known"), "--private-report",
            directory("private"))
        #expect(done.status == 0)
        #expect(done.text.contains(directory("private") + " has what was removed"))
        #expect(try directory.names == ["clean", "clean.scrub.json", "known", "private"])
        let open = String(decoding: try directory.read("clean.scrub.json"), as: UTF8.self)
        let secret = String(decoding: try directory.read("private"), as: UTF8.self)
        #expect(secret.contains("correct-horse-battery") && secret.contains("HomeNet-5F21"))
        #expect(!open.contains("correct-horse") && !open.contains("HomeNet") && open.contains("place-back-bin"))
        #expect(try mode(directory("private")) == 0o600)
        for report in ["clean.scrub.json", "private"] {
            let check = try Tool.run("scrub", "--check", directory("clean"), "--report", directory(report))
            #expect(check.status == 0)
            #expect(String(decoding: check.standardOutput, as: UTF8.self).contains("the proof holds"))
            #expect(try Tool.run("scrub", "--check", image, "--report", directory(report)).status == 1)
        }
    }

    @Test func actionsTemplatesTimesAndDryRunsDoWhatTheySay() throws {
        let directory = try Scratch()
        let dry = try Tool.run("scrub", image, "--dry-run", "--action", "delete")
        #expect(dry.status == 0)
        #expect(String(decoding: dry.standardOutput, as: UTF8.self).contains("  delete /etc/back.bin ("))
        try directory.write("default", Array("nothing".utf8))
        let done = try Tool.run(
            "scrub", image, "-o", directory("clean"), "--template", "/etc/back.bin=\(directory("default"))", "--time",
            "86400"
        )
        #expect(done.status == 0)
        #expect(try Tool.run("cat", directory("clean"), "/etc/back.bin").text == "nothing")
        let list = String(
            decoding: try Tool.run("ls", "-l", directory("clean"), "/etc").standardOutput, as: UTF8.self)
        #expect(list.contains("1970-01-02") && !list.contains("20"))
        let redacted = try Tool.run("scrub", image, "-o", directory("redacted"), "--action", "redact")
        #expect(redacted.status == 0)
        #expect(try Tool.run("cat", directory("redacted"), "/etc/back.bin").standardOutput.count == 252)
    }

    @Test func badInputGetsOneLineAndNothingIsWritten() throws {
        let directory = try Scratch()
        try directory.write("bad.toml", Array("[[rules]]\nid = \"x\"\nregex = \'\'\'a(b\'\'\'\n".utf8))
        let rules = try Tool.run("scrub", image, "-o", directory("out"), "--rules", directory("bad.toml"))
        #expect(rules.isOneLine(2, "bad.toml:3: rule 'x': its regex cannot be used", "missing closing parenthesis"))
        let erased = try Tool.run("scrub", Checkout.path("TestImages/bad-erased.jffs2"), "-o", directory("out"))
        #expect(erased.isOneLine(2, "all bytes are 0xff"))
        // What needs more room than the file system has.
        var random = LinearCongruence(state: 1)
        try directory.write("large", random.bytes(2_000_000))
        let full = try Tool.run(
            "scrub", image, "-o", directory("out"), "--template", "/etc/back.bin=\(directory("large"))", "--quiet")
        #expect(full.isOneLine(2, "bytes"))
        #expect(try directory.names == ["bad.toml", "large"])
    }

    /// What cannot be read is named, and is not in the output.
    @Test(arguments: [
        ("bad-data-crc.jffs2", 0x1254), ("bad-header-crc.jffs2", 0x1254), ("bad-node-crc.jffs2", 0x22e8),
        ("bad-symlink-crc.jffs2", 0x124), ("unsupported-compressor.jffs2", 0x2a68),
    ])
    func damageIsNamedAndNeverCopied(_ name: String, _ place: Int) throws {
        let directory = try Scratch()
        let path = Checkout.path("TestImages/\(name)")
        let done = try Tool.run("scrub", path, "-o", directory("out"))
        #expect(done.status == 1)
        #expect(String(decoding: done.standardError, as: UTF8.self).contains("0x" + String(place, radix: 16)))
        #expect(try Tool.run("verify", directory("out")).status == 0)
        // The stored data of the node, whatever its header says.
        let input = try [UInt8](Data(contentsOf: URL(filePath: path)))
        let stored = Data(input[place + 68..<place + 72])
        if name != "bad-symlink-crc.jffs2" { #expect(Data(try directory.read("out")).range(of: stored) == nil) }
    }

    @Test func namesThatNoSystemCanHoldAreLeftOut() throws {
        let directory = try Scratch()
        let done = try Tool.run("scrub", Checkout.path("TestImages/bad-names.jffs2"), "-o", directory("out"))
        #expect(done.status == 1)
        #expect(done.messages.contains("/.. is left out of the output: no system can hold a file of that name"))
        #expect(try Tool.run("verify", directory("out")).status == 0)
        #expect(try Tool.run("cat", directory("out"), "/greeting").text == "hello\n")
    }

    @Test func secretsOfABootLogAreReplacedAndItsReportsProveIt() throws {
        let directory = try Scratch()
        let log =
            "U-Boot 2010.06\r\nset MAC C0:72:01:15:A9:08\r\ndid INEW-000634-DNWLM api_license KJPDXR pwd 123456\r\n"
        try directory.write("boot.log", Array(log.utf8))
        #expect(try Tool.run("scrub", "--list", directory("boot.log")).status == 1)
        #expect(
            try Tool.run(
                "scrub", directory("boot.log"), "-o", directory("clean.log"), "--private-report", directory("private")
            ).status == 0)
        #expect(
            String(decoding: try directory.read("clean.log"), as: UTF8.self)
                == "U-Boot 2010.06\r\nset MAC 00:00:00:00:00:00\r\ndid XXXXXXXXXXXXXXXXX api_license XXXXXX pwd XXXXXX\r\n"
        )
        for report in ["clean.log.scrub.json", "private"] {
            #expect(try Tool.run("scrub", "--check", directory("clean.log"), "--report", directory(report)).status == 0)
            #expect(try Tool.run("scrub", "--check", directory("boot.log"), "--report", directory(report)).status == 1)
        }
    }
}

import Foundation
import TestSupport
import Testing

/// A report proves something of one file only, and only as it was written.
@Suite struct ScrubReportTests {
    private let image = Checkout.path("TestImages/sys_demo")

    private func scrubbed(_ directory: Scratch, _ options: String...) throws {
        let done = try Program.run(
            Program.jffs2,
            ["scrub", image, "-o", directory("clean"), "--private-report", directory("private")] + options)
        #expect(done.status == 0, "\(done.messages)")
    }

    private func check(_ directory: Scratch, _ options: String...) throws -> Program.Output {
        try Program.run(
            Program.jffs2,
            ["scrub", "--check", directory("clean"), "--report", directory("clean.scrub.json")] + options)
    }

    @Test func noDigestOfTheInputAndNoValueIsInThePublicReport() throws {
        let directory = try Scratch()
        try scrubbed(directory)
        let report = String(decoding: try directory.read("clean.scrub.json"), as: UTF8.self)
        let sum = try Program.run("sha256sum", [image]).checked().text.prefix(64)
        #expect(!report.contains(sum))
        let own = try Program.run("sha256sum", [directory("clean")]).checked().text.prefix(64)
        #expect(report.contains(own))
        let secret = try JSONSerialization.jsonObject(with: Data(try directory.read("private"))) as? [String: Any]
        let values = try #require(secret?["values"] as? [[String: Any]]).compactMap { $0["text"] as? String }
        #expect(!values.isEmpty)
        for value in values where value.count >= 4 { #expect(!report.contains(value), "\(value)") }
    }

    /// Each number, list and sentence of it.
    @Test(arguments: [
        (#""live" : 3"#, #""live" : 2"#), (#""holds" : true"#, #""holds" : true "#),
        ("place-back-bin", "place-back-bun"),
        (#""notSearched" : ["#, #""notSearched" : [ "nothing" "#),
        (#""format" :"#, #""approved" : "by all", "format" :"#), (#""proof" : {"#, #""proof" : { "all" : true,"#),
    ])
    func anEditedReportProvesNothing(_ old: String, _ new: String) throws {
        let directory = try Scratch()
        try scrubbed(directory)
        let text = String(decoding: try directory.read("clean.scrub.json"), as: UTF8.self)
        let edited = text.replacingOccurrences(of: old, with: new)
        try directory.write("clean.scrub.json", Array(edited.utf8))
        let done = try check(directory)
        // Blanks are not what a report says.
        let isSame = old.filter { $0 != " " } == new.filter { $0 != " " }
        #expect(done.status == (isSame || edited == text ? 0 : 1), "\(old): \(done.messages)")
    }

    @Test func anotherFileThanThatOfTheReportFails() throws {
        let directory = try Scratch()
        try scrubbed(directory)
        var bytes = try directory.read("clean")
        bytes[bytes.count - 1] ^= 1
        try directory.write("clean", bytes)
        let done = try check(directory)
        #expect(done.status == 1)
        #expect(done.messages.contains("not the file that the report is about"))
    }

    @Test(arguments: [
        ["--no-built-in", "--secret", "HomeNet-5F21"], ["--erase-size", "0x10000"], ["--keep", "/etc/passwd"],
    ])
    func aCheckNeedsNoneOfTheOptionsThatTheOutputWasMadeWith(_ options: [String]) throws {
        let directory = try Scratch()
        let done = try Program.run(Program.jffs2, ["scrub", image, "-o", directory("clean")] + options)
        let checked = try check(directory)
        #expect(checked.messages.contains("the report proves nothing") == false)
        if done.status == 0, options[0] != "--no-built-in" {
            #expect(checked.status == 0, "\(options): \(checked.messages)")
        }
        // What the report did without is named.
        if options[0] == "--no-built-in" {
            #expect(checked.messages.contains("the report did without the rule 'place-back-bin'"))
        }
    }

    /// A value may be in a name, in front of another value, and in what is written for programs.
    @Test func listsShowNoValueWhereverItStands() throws {
        let directory = try Scratch()
        let key = "Zwiebel-4711x"
        let root = URL(filePath: directory("root/etc"))
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        try directory.write(
            "root/etc/wpa_supplicant.conf", Array("network={\n ssid=\"Hof\"\n psk=\"\(key)\"\n}\n".utf8))
        try directory.write("root/etc/backup-\(key).conf", Array("wpa_passphrase=\(key) psk=\(key)\n".utf8))
        try FileManager.default.createSymbolicLink(
            atPath: directory("root/etc/link"), withDestinationPath: "/tmp/\(key)")
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        for options in [["--list"], ["--list", "--json"], ["--dry-run"], ["--dry-run", "--json"]] {
            let done = try Program.run(Program.jffs2, ["scrub", directory("image")] + options)
            #expect(!done.text.contains("Zwiebel") && !done.messages.contains("Zwiebel"), "\(options)")
            #expect(!done.text.contains(Data(key.utf8).map { String(format: "%02x", $0) }.joined()))
        }
    }

    /// What a rule would have found that was given up is not known: nothing is written.
    @Test func aRuleThatExplodesProvesNothing() throws {
        let directory = try Scratch()
        let root = URL(filePath: directory("root"))
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        try directory.write("root/a.conf", [UInt8](repeating: 0x78, count: 32_000))
        try directory.write(
            "rules.toml", Array("[[rules]]\nid = 'boom'\nregex = '(x+x+)+[yz]'\nkeywords = ['xxxx']\n".utf8))
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        let done = try Tool.run(
            "scrub", directory("image"), "-o", directory("clean"), "--rules", directory("rules.toml"), in: directory)
        #expect(done.status == 2)
        #expect(done.messages.contains("rule 'boom' takes too long on this input and was given up"))
        #expect(done.messages.contains("clean: not written: not everything could be taken out"))
        #expect(!FileManager.default.fileExists(atPath: directory("clean")))
    }
}

import Foundation
import TestSupport
import Testing

/// `scrub` without a word of what to do asks at a terminal, and nowhere else.
@Suite struct ScrubDialogTests {
    private let image = Checkout.path("TestImages/sys_demo")

    /// Runs the program at a terminal of its own and types these lines, each after a prompt.
    private static let terminal = #"""
        import os, pty, select, sys, time
        answers = [line for line in sys.argv[1].split("\n")]
        child, master = pty.fork()
        if child == 0: os.execv(sys.argv[2], sys.argv[2:])
        seen = b""; shown = 0; end = time.time() + 120
        while time.time() < end:
            if not select.select([master], [], [], 0.2)[0]: continue
            try: piece = os.read(master, 65536)
            except OSError: break
            if not piece: break
            seen += piece
            while answers and any(seen[shown:].rstrip(b" ").endswith(p) for p in (b"\n>", b"file?", b"[y/N]")):
                os.write(master, answers.pop(0).encode() + b"\n"); shown = len(seen)
        if time.time() >= end: os.kill(child, 9)
        sys.stdout.buffer.write(seen.replace(b"\r\n", b"\n"))
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """#

    private func talk(_ answers: [String], _ arguments: String...) throws -> Program.Output {
        try Program.run(
            "python3", ["-c", Self.terminal, answers.joined(separator: "\n"), Program.jffs2] + arguments)
    }

    @Test func withoutATerminalItSaysWhatToGiveAndWritesNothing() throws {
        let directory = try Scratch()
        let done = try Tool.run("scrub", image, in: directory)
        #expect(done.status == 64)
        #expect(done.messages.contains("needs a terminal") && done.messages.contains("-o OUT"))
        #expect(try directory.names.isEmpty)
    }

    @Test func whatWasDecidedIsDoneAndNoValueIsShown() throws {
        let directory = try Scratch()
        let done = try talk(
            ["1 keep", "show 1", "1 redact", "nonsense", "9999 keep", "write \(directory("clean"))", "y"],
            "scrub", image, "--plan", directory("plan"))
        #expect(done.status == 0, "\(done.text)")
        #expect(!done.text.contains("correct-horse") && !done.text.contains("HomeNet"))
        #expect(done.text.contains("1  empty  /etc/back.bin: ") && done.text.contains("1  keep  /etc/back.bin: "))
        #expect(done.text.contains("'nonsense' is no number of the list and no command"))
        #expect(done.text.contains("  redact /etc/back.bin ("))
        #expect(try directory.names == ["clean", "clean.scrub.json", "plan"])
        let settings = try Tool.run("cat", directory("clean"), "/etc/back.bin").standardOutput
        #expect(settings.count == 252 && !String(decoding: settings, as: UTF8.self).contains("correct-horse"))
        let plan = String(decoding: try directory.read("plan"), as: UTF8.self)
        #expect(plan.contains(#""action" : "redact""#) && plan.contains(#""path" : "/etc/back.bin""#))
        // The next image of the same model, without a person.
        let next = try Tool.run("scrub", image, "-o", directory("next"), "--plan", directory("plan"))
        #expect(next.status == 0)
        #expect(try directory.read("next") == directory.read("clean"))
    }

    @Test(arguments: [["quit"], ["write", "", "quit"], ["write FILE", "n", "quit"]])
    func nothingIsWrittenUnlessTheLastQuestionIsAnsweredWithYes(_ answers: [String]) throws {
        let directory = try Scratch()
        let answers = answers.map { $0.replacingOccurrences(of: "FILE", with: directory("clean")) }
        let done = try talk(answers, "scrub", image, "--plan", directory("plan"))
        #expect(done.status == 2, "\(done.text)")
        #expect(done.text.contains("not written") || done.text.contains("nothing was written"))
        #expect(try directory.names.isEmpty)
    }

    @Test func afterANoAndAfterAFileThatCannotBeWrittenTheAnswersAreStillThere() throws {
        let directory = try Scratch()
        try directory.write("there", [1, 2, 3])
        let done = try talk(
            [
                "1 redact", "1 template \(directory("missing"))", "show 99", "write \(directory("there"))",
                "write \(directory("clean"))", "n", "write", "y",
            ], "scrub", image)
        #expect(done.status == 0, "\(done.text)")
        #expect(done.text.contains("missing") && done.text.contains("'99' is no number of the list"))
        #expect(done.text.contains("exists already") && done.text.contains("clean: not written"))
        #expect(try directory.read("there") == [1, 2, 3])
        #expect(try Tool.run("cat", directory("clean"), "/etc/back.bin").standardOutput.count == 252)
    }

    @Test func aFileWhoseNameIsASecretIsDeletedThoughItsPathIsNotWrittenDown() throws {
        let directory = try Scratch()
        try FileManager.default.createDirectory(atPath: directory("root/log"), withIntermediateDirectories: true)
        try directory.write("root/wpa.conf", Array("wpa_passphrase=Wald9-hunter\n".utf8))
        try directory.write("root/log/Wald9-hunter.txt", Array("some text\n".utf8))
        try #expect(Tool.run("repack", "-r", directory("root"), "-o", directory("image"), "-e", "0x10000").status == 0)
        let done = try talk(
            ["* delete", "write \(directory("clean"))", "y"], "scrub", directory("image"), "--plan", directory("plan"))
        #expect(done.status == 0, "\(done.text)")
        let names = try Tool.run("ls", "-R", directory("clean")).text
        #expect(!names.contains(".txt") && !names.contains("wpa.conf"), "\(names)")
        #expect(!String(decoding: try directory.read("plan"), as: UTF8.self).contains("Wald9"))
    }

    @Test func aPlanOfWhatIsNotThereOrNotKnownIsRefusedOrPassedOver() throws {
        let directory = try Scratch()
        let missing = try Tool.run("scrub", image, "-o", directory("out"), "--plan", directory("none"))
        #expect(missing.isOneLine(2, "none"))
        try directory.write(
            "bad",
            Array(#"{"format":"jffs2-scrub-plan-1","skippedRules":[],"files":[{"path":"/a","action":"burn"}]}"#.utf8))
        let bad = try Tool.run("scrub", image, "-o", directory("out"), "--plan", directory("bad"))
        #expect(bad.isOneLine(2, "bad: 'burn' for /a is no action"))
        try directory.write(
            "other",
            Array(
                #"{"format":"jffs2-scrub-plan-1","skippedRules":[],"files":[{"path":"/not/there","action":"delete"}]}"#
                    .utf8))
        #expect(try Tool.run("scrub", image, "-o", directory("out"), "--plan", directory("other")).status == 0)
    }
}

import Foundation
import TestSupport
import Testing

/// How far long work is: said to somebody at a terminal, and to nobody else.
@Suite struct ProgressTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch("root"), withIntermediateDirectories: true)
        var random = LinearCongruence(state: 5)
        // Text that takes long to be packed well.
        let words = (0..<512).map { _ in random.bytes(7).map { 0x61 + $0 % 13 } + [0x20] }
        for file in 0..<36 {
            try scratch.write("root/\(file)", (0..<120_000).flatMap { _ in words[Int(random.bytes(1)[0]) * 2] })
        }
    }

    /// Runs a command whose standard error is a terminal; what it writes there.
    private func atTerminal(_ command: String) throws -> String {
        try scratch.write("command.sh", Array("\(Tool.path) \(command) >out 2>/dev/tty".utf8))
        let output = try Program.run("script", ["-qec", "sh command.sh", "/dev/null"], in: scratch.path)
        return output.text
    }

    @Test(arguments: ["repack -r root -e 64K --level 12 --jobs 1 -o image"])
    func aTerminalShowsHowFarItIs(_ command: String) throws {
        let shown = try atTerminal(command)
        #expect(shown.contains("\rimage: packing: "), "\(shown)")
        #expect(shown.contains(" % ") || shown.contains(" %, "), "\(shown)")
        #expect(shown.contains(" s left"), "\(shown)")
        // The line is gone at the end.
        #expect(shown.hasSuffix("\r\u{1b}[K"), "\(shown.suffix(80))")
        #expect(try !scratch.read("image").isEmpty)
        try FileManager.default.removeItem(atPath: scratch("image"))
        // As long as nobody waits, or wants to know.
        #expect(try atTerminal(command.replacing("-r root", with: "-r root --exclude '[1-9]*'") + " --quiet") == "")
    }

    @Test func aPipeShowsNothing() throws {
        let output = try Tool.run(
            ["repack", "-r", "root", "-e", "64K", "--level", "12", "--jobs", "1", "-o", "image"], in: scratch)
        #expect(output.status == 0 && output.messages == "")
        for arguments in [["verify", "image"], ["sum", "image", "-o", "summed"], ["scrub", "image", "-o", "clean"]] {
            let output = try Tool.run(arguments, in: scratch)
            #expect(!output.messages.contains("\r") && !output.text.contains("\r"), "\(arguments)")
        }
    }
}

import Foundation
import TestSupport
import Testing

/// What `acquire` refuses before it does anything, and what it leaves alone.
@Suite struct AcquireFilesTests {
    /// A file of somebody else's, under the name of a transcript or a journal, stays; what a run has left that failed before
    /// it read anything does not stand in the way.
    @Test(arguments: [".transcript", ".journal"])
    func aFileThatIsNoTranscriptOrJournalOfOursStays(suffix: String) throws {
        let lab = try SerialLab(flash: trappedFlash(size: 4096))
        let file = URL(filePath: lab.image + suffix)
        try Data("my own notes\n".utf8).write(to: file)
        let refused = try lab.acquire(["--flash", "0+4096"], replacing: false)
        #expect(refused.status == 2)
        #expect(refused.messages.contains("\(suffix) is there already"), "\(refused.messages)")
        #expect(try Data(contentsOf: file) == Data("my own notes\n".utf8))
        let left = suffix == ".journal" ? "{\"event\":\"start\"}\n" : "{\"at\":0.1,\"from\":\"host\",\"bytes\":\"\"}\n"
        try Data(left.utf8).write(to: file)
        #expect(try lab.acquire(["--flash", "0+4096"], replacing: false).status == 0)
    }

    /// Arguments first, then the port, then the question; and the help that is named is that of the command.
    @Test(arguments: [
        ([String](), 64, ["which port?", "jffs2 acquire --help"]),
        (["/dev/none"], 64, ["0+16M", "jffs2 acquire --help"]),
        (["/dev/none", "--flash", "16M"], 64, ["from the beginning are 0+16M"]),
        (["/dev/none", "--flash", "0+16M"], 2, ["/dev/none: cannot open", "--list"]),
        (["boot.log", "--flash", "0+16M"], 2, ["--log boot.log"]),
        (["/dev/null", "--device", "mtd2"], 64, ["--yes"]),
    ])
    func wrongArgumentsAreRefusedWithAdviceAndLeaveNoFiles(arguments: [String], status: Int, words: [String]) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-refused-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data("U-Boot\n".utf8).write(to: directory.appending(path: "boot.log"))
        let path = directory.path(percentEncoded: false)
        let output = try Program.run(Program.jffs2, ["acquire"] + arguments, in: path)
        #expect(Int(output.status) == status, "\(output.messages)")
        for word in words { #expect(output.messages.contains(word), "\(output.messages)") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["boot.log"])
    }

    /// Logs are opened as every other text: packed or not, and through a pipe. `--json` is JSON.
    @Test func aPackedLogReadsAsThePlainOneAndOneCutOffIsAnError() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-logs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.path(percentEncoded: false)
        let memory = LogRows(4096)
        try Data(memory.md.log.utf8).write(to: directory.appending(path: "log"))
        for tool in ["gzip", "xz"] { _ = try Program.run(tool, ["-k", "log"], in: path).checked() }
        for name in ["log", "log.gz", "log.xz"] {
            let output = try Program.run(
                Program.jffs2, ["acquire", "--log", name, "--json", "-f", "-o", "image"], in: path)
            #expect(output.status == 0, "\(output.messages)")
            #expect(try [UInt8](Data(contentsOf: directory.appending(path: "image"))) == memory.bytes)
            let value = try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any]
            #expect(value?["output"] as? String == "image")
            #expect((value?["memory"] as? [String: Int]) == ["start": 0x8200_0000, "size": 4096])
            #expect((value?["gaps"] as? [Any])?.isEmpty == true)
            #expect(value?["verified"] as? Bool == false)
        }
        let whole = try Data(contentsOf: directory.appending(path: "log.gz"))
        try whole.prefix(whole.count / 2).write(to: directory.appending(path: "log.gz"))
        let cut = try Program.run(Program.jffs2, ["acquire", "--log", "log.gz", "-f", "-o", "image"], in: path)
        #expect(cut.status == 1)
        #expect(cut.messages.contains("the gzip data are damaged or cut off behind"), "\(cut.messages)")
    }
}

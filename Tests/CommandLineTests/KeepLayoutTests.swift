import Foundation
import TestSupport
import Testing

/// `--keep-layout` and `--changed-blocks` as a user gives them.
@Suite struct KeepLayoutTests {
    private let scratch: Scratch
    private let image = Checkout.path("TestImages/sys_demo.swapped")

    init() throws {
        scratch = try Scratch()
        try scratch.write("new", Array("x\n".utf8))
    }

    private func lines(_ name: String) throws -> [String] {
        String(decoding: try scratch.read(name), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The blocks in which two images differ.
    private func difference(_ name: String, blockSize: Int = 65536) throws -> [Int] {
        let before = try [UInt8](Data(contentsOf: URL(filePath: image)))
        let after = try scratch.read(name)
        #expect(before.count == after.count)
        return stride(from: 0, to: before.count, by: blockSize).filter {
            before[$0..<$0 + blockSize] != after[$0..<$0 + blockSize]
        }
    }

    @Test func repackListsTheBlocksThatDifferAndTheCommandsForThem() throws {
        let output = try Tool.run(
            "repack", "--from", image, "--add", "new:/etc/hostname", "--keep-layout", "--changed-blocks", "blocks",
            "-o", "out", in: scratch
        ).checked()
        #expect(output.text.contains("1 of 30 erase blocks of 64 KiB changed"), "\(output.text)")
        let changed = try difference("out")
        #expect(changed == [0x30000])
        let lines = try lines("blocks")
        #expect(lines.filter { !$0.hasPrefix("#") } == ["0x30000 0x30000 0x10000 removed-content,new-nodes"])
        #expect(lines.last?.contains("sf erase ${to} 0x10000; sf write ${from} ${to} 0x10000") == true)
        #expect(try Tool.run("cat", "out", "/etc/hostname", in: scratch).text == "x\n")
        let json = try Tool.run(
            "repack", "--from", image, "--delete", "/etc/back.bin", "--keep-layout", "--json", "-o", "other",
            in: scratch
        ).checked()
        #expect(json.text.contains("\"reasons\" : [") && json.text.contains("removed-name"))
    }

    @Test func anImageInFirmwareKeepsWhatIsAroundIt() throws {
        try scratch.write(
            "dump",
            [UInt8](repeating: 7, count: 65536) + Data(contentsOf: URL(filePath: image))
                + [UInt8](repeating: 9, count: 65536))
        let list = try Tool.run(
            "repack", "--from", "dump", "--chmod", "600:/etc/passwd", "--keep-layout", "--changed-blocks", "-", "-o",
            "out", in: scratch
        ).checked()
        #expect(list.text.split(separator: "\n").contains("0x80000 0x70000 0x10000 new-nodes"), "\(list.text)")
        let (before, after) = (try scratch.read("dump"), try scratch.read("out"))
        #expect(before.count == after.count)
        #expect(before[..<0x80000] == after[..<0x80000])
        #expect(before[0x90000...] == after[0x90000...])
    }

    @Test func scrubRewritesTheBlockOfTheSecretOnly() throws {
        _ = try Tool.run(
            "scrub", image, "--keep-layout", "--changed-blocks", "blocks", "-o", "out", "--yes", in: scratch
        ).checked()
        #expect(try difference("out") == [0x30000])
        #expect(try lines("blocks").count { !$0.hasPrefix("#") } == 1)
        #expect(try Tool.run("scrub", "--check", "out", "--report", "out.scrub.json", in: scratch).status == 0)
    }

    @Test func optionsThatChangeEveryBlockAreRefusedWithKeepLayout() throws {
        #expect(try Tool.run("repack", "-r", "x", "--keep-layout", "-o", "out", in: scratch).status == 64)
        for option in ["-b", "-q", "--sum", "-n"] {
            #expect(
                try Tool.run("repack", "--from", image, option, "--keep-layout", "-o", "out", in: scratch).status == 64)
        }
        #expect(try Tool.run("repack", "--from", image, "--changed-blocks", "b", "-o", "out", in: scratch).status == 64)
        #expect(try !scratch.names.contains("out"))
        var random = LinearCongruence(state: 1)
        try scratch.write("large", random.bytes(0x180000))
        let full = try Tool.run(
            "repack", "--from", image, "--add", "large:/large", "--keep-layout", "-o", "out", in: scratch)
        #expect(full.isOneLine(2, "it does not fit"), "\(full.messages)")
        #expect(try !scratch.names.contains("out"))
    }
}

import Foundation
import TestSupport
import Testing

/// The lab itself: verdicts on images of which the answer is known beforehand.
@Suite(.enabled(if: KernelLab.isEnabled, "make test sets JFFS2_KERNEL_LAB"), .serialized)
struct KernelLabTests {
    @Test func oneBootJudgesSoundAndUnsoundImagesEachForItself() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-lab-\(UUID().uuidString)")
        let root = directory.appending(path: "root")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data("hello\n".utf8).write(to: root.appending(path: "greeting"))
        func image(_ options: String...) throws -> [UInt8] {
            try Program.run("mkfs.jffs2", ["-r", root.path(percentEncoded: false), "-e", "64KiB"] + options).checked()
                .standardOutput
        }
        let little = try image("-l")
        let big = try image("-b")
        let verdicts = try KernelLab.judge([
            .init(name: "little", image: little, eraseSize: 0x10000, spareBlocks: 8, rewrite: true),
            .init(name: "wrong-order", image: big, eraseSize: 0x10000),
            .init(
                name: "noise", image: (0..<0x20000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 5) },
                eraseSize: 0x10000),
            .init(name: "big", image: big, eraseSize: 0x10000, spareBlocks: 8, rewrite: true, build: "be"),
            .init(name: "nand", image: try image("-l", "-n", "-s", "2048"), eraseSize: 0x20000, nand: true),
        ])
        let digest = SHA256.hex("hello\n".utf8)
        for name in ["little", "big"] {
            let verdict = try #require(verdicts[name])
            #expect(verdict.mounted)
            #expect(verdict.complaints == 0, "\(verdict.log)")
            #expect(verdict.rw?.ok == true)
            #expect(verdict.entries?["greeting"]?.sha256 == digest)
        }
        #expect(verdicts["wrong-order"]?.mounted == false)
        #expect(verdicts["noise"]?.mounted == false)
        #expect(verdicts["nand"]?.entries?["greeting"]?.sha256 == digest)
    }
}

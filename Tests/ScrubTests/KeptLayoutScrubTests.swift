import FileTree
import FlashBytes
import ImageFile
import JFFS2
import TestSupport
import Testing

@testable import Scrub

/// `--keep-layout`: secrets are gone from all blocks, and as many blocks as possible are as they were.
@Suite struct KeptLayoutScrubTests {
    @Test(arguments: Hiding.allCases)
    func aSecretIsGoneAndTheOtherBlocksStay(_ hiding: Hiding) throws {
        var residue = Residue()
        let secret = hiding.secret
        for form in [WrittenForm.utf8, .hexLower, .base64Second, .swapped4] where hiding.takes(form) {
            let written = form.write(secret)
            let bytes = try Planted.image(written, hiding)
            let images = try ImageOpener.openAll(FileBytes(bytes), path: "planted")
            var scrubber = try Scrubber(images: images, options: InputOptions())
            scrubber.rules.secrets = [try #require(KnownSecret(Array(secret.utf8)))]
            scrubber.jobs = 1
            scrubber.keepsLayout = true
            let result = try scrubber.run()
            #expect(result.report.report.proof.holds, "\(form): \(result.left) \(result.remains)")
            #expect(result.bytes.count == bytes.count)
            let blocks = try #require(result.comparison).blocks
            // All that is used of the image are its first and its last block.
            #expect((1...2).contains(blocks.count), "\(form): \(blocks)")
            try expectOthersAsTheyWere(bytes, result.bytes, blocks)
            let offsets = blocks.compactMap(\.index).map { $0 * Planted.eraseSize }
            #expect(result.report.report.keptLayout?.first?.changedOffsets == offsets)
            try residue.add(result.bytes, written)
            let output = try ImageOpener.openAll(FileBytes(result.bytes), path: "out")
            #expect(output[0].fileSystem.tree.inodes.count == images[0].fileSystem.tree.inodes.count)
            let check = try ProofCheck(report: result.report.report, values: result.report.values, rules: RuleSet())
            #expect(check.run(output, options: InputOptions()).holds)
            #expect(!check.run(images, options: InputOptions()).holds)
        }
        #expect(try residue.check() == [])
    }

    private func expectOthersAsTheyWere(
        _ before: [UInt8], _ after: [UInt8], _ blocks: [FlashComparison.Block]
    ) throws {
        var rest = before
        for block in blocks { rest.replaceSubrange(block.range, with: after[block.range]) }
        #expect(rest == after)
    }

    /// A flash that a kernel used for days: the built-in rules find old passwords in dead nodes.
    @Test(arguments: ["lived-camera-16k.jffs2", "sys_demo", "bad-data-crc.jffs2", "bad-symlink-crc.jffs2"])
    func aUsedFlashThatWasScrubbedHasNoFindings(_ name: String) throws {
        let images = try ImageOpener.openAll(path: Checkout.path("TestImages/\(name)"))
        var scrubber = try Scrubber(images: images, options: InputOptions())
        scrubber.keepsLayout = true
        let result = try scrubber.run()
        #expect(result.report.report.proof.holds, "\(result.left) \(result.remains)")
        let output = try ImageOpener.openAll(FileBytes(result.bytes), path: "out")
        #expect(output[0].swapGroup == images[0].swapGroup)
        var left = try Scrubber(images: output, options: InputOptions()).list()
        left.findings.removeAll { $0.secret.isEmpty }
        #expect(left.findings.isEmpty)
        let blocks = try #require(result.comparison).blocks
        let input = try FileBytes(path: Checkout.path("TestImages/\(name)")).withBytes { Array($0) }
        try expectOthersAsTheyWere(input, result.bytes, blocks)
        let image = images[0].fileSystem
        #expect(blocks.count < image.image.count / image.eraseSize || image.image.count < 65536)
    }

    @Test func oneTimeForEverythingIsRefusedWithAKeptLayout() throws {
        let images = try ImageOpener.openAll(path: Checkout.path("TestImages/home_demo"))
        var scrubber = try Scrubber(images: images, options: InputOptions())
        scrubber.keepsLayout = true
        scrubber.time = 0
        #expect(throws: ScrubError.self) { try scrubber.run() }
    }
}

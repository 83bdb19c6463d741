import FlashBytes
import ImageFile
import TestSupport
import Testing

@testable import Scrub

/// What a repeated proof refuses.
@Suite struct ProofCheckTests {
    private let images: [OpenedImage]
    private let result: ScrubbedImage

    init() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("hostapd.conf", 2, version: 1))
        let text = Array("ssid=Garten-5F\nwpa_passphrase=Wald9Kauz\n".utf8)
        flash.append(flash.inode(2, version: 1, isize: UInt32(text.count), data: text))
        flash.finishBlock()
        images = try ImageOpener.openAll(FileBytes(flash.bytes), path: "image")
        result = try Scrubber(images: images, options: InputOptions()).run()
    }

    private func check(_ report: ScrubReport) throws -> ProofCheck {
        try ProofCheck(report: report, values: [], rules: RuleSet())
    }

    @Test func theOutputOfItsReportIsProved() throws {
        let output = try ImageOpener.openAll(FileBytes(result.bytes), path: "output")
        let outcome = try check(result.report.report).run(output, options: InputOptions())
        #expect(outcome.isTheOutput && outcome.holds)
        // Of another image nothing is.
        #expect(try !check(result.report.report).run(images, options: InputOptions()).holds)
    }

    /// A report that was made to fit an image with secrets.
    @Test func anImageWithSecretsIsNeverProved() throws {
        var report = result.report.report
        report.output = Scrubber.subject("image", file: images[0].file)
        let outcome = try check(report).run(images, options: InputOptions())
        #expect(outcome.isTheOutput && outcome.remains.isEmpty && !outcome.search.findings.isEmpty)
        #expect(!outcome.holds)
    }

    /// What the report says was searched for, and nobody here can.
    @Test func aRuleThatIsNotHereProvesNothing() throws {
        var report = result.report.report
        report.searched.rules.append("no-such-rule")
        let output = try ImageOpener.openAll(FileBytes(result.bytes), path: "output")
        let check = try check(report)
        #expect(check.unknownRules == ["no-such-rule"])
        let outcome = check.run(output, options: InputOptions())
        #expect(outcome.isTheOutput && outcome.search.findings.isEmpty && !outcome.holds)
    }
}

import ArgumentParser
import FlashBytes
import ImageFile
import Scrub

/// `jffs2 scrub --check IMAGE --report FILE`
enum ScrubCheck {
    private struct Result: Encodable {
        var image: String
        var report: String
        var isTheOutput: Bool
        var values: Int
        var findings: [ScrubListing.Finding]
        var remains: [String]
        var holds: Bool
    }

    private static func outcome(
        _ check: ProofCheck, image: String, command: ScrubCommand
    ) throws -> ProofCheck.Outcome {
        let options = command.input.layout.options
        let file = try ImageOpener.read(command.input.image, options: options)
        guard let images = try ScrubCommand.fileSystems(in: file, options) else {
            return try check.run(text: file.bytes)
        }
        return check.run(images, options: options)
    }

    /// Repeats the proof of a report, the public or the private one.
    static func run(_ image: String, report: String, command: ScrubCommand) throws {
        let bytes = try FileBytes(path: report).withBytes { try $0.bytes(in: 0..<$0.byteCount) }
        let publicReport: ScrubReport
        var values: [PrivateScrubReport.Value] = []
        if let whole = JSON.value(PrivateScrubReport.self, bytes) {
            publicReport = whole.report
            values = whole.values
        } else if let found = JSON.value(ScrubReport.self, bytes) {
            publicReport = found
        } else {
            throw Failure("\(report): no report of scrub")
        }
        let check = try ProofCheck(report: publicReport, values: values, rules: command.rules.ruleSet())
        let result = try outcome(check, image: image, command: command)
        let holds = result.holds
        if command.verbosity.json {
            let listing = ScrubListing.json(image, result: result.search)
            try JSON.print(
                Result(
                    image: image, report: report, isTheOutput: result.isTheOutput, values: check.valueCount,
                    findings: listing.findings, remains: result.remains, holds: holds))
        } else if !command.verbosity.quiet {
            ScrubListing.lines(result.search.findings).forEach(Console.print)
            let values = check.valueCount
            Console.print(
                "\(image): " + (result.isTheOutput ? "the file of the report" : "another file than that of the report")
                    + "; searched for \(check.ruleCount) rules and \(values) value\(values == 1 ? "" : "s")"
                    + (values == 0 ? " (the private report has them)" : ""))
            Console.print(holds ? "nothing found: the proof holds" : ScrubListing.summary(result.search.findings))
        }
        for line in result.remains { Console.error("\(image): \(line)") }
        for rule in check.unknownRules {
            Console.error("\(report): there is no rule '\(rule)' here; give --rules FILE")
        }
        for rule in result.search.incompleteRules { Console.error("\(image): rule '\(rule)' took too long") }
        if !holds { throw Failure.damaged }
    }
}

import ArgumentParser
import FlashBytes
import ImageFile
import Scrub

/// `jffs2 scrub --check IMAGE --report FILE`
enum ScrubCheck {
    private struct Result: Encodable {
        var file: String
        var report: String
        var isTheOutput: Bool
        var valueCount: Int
        var findings: [FindingDescription]
        var remains: [String]
        var reportDifferences: [String]
        var isSealed: Bool
        var holds: Bool
    }

    private static func outcome(
        _ check: ProofCheck, searched: ScrubReport.Scope, command: ScrubCommand
    ) throws -> ProofCheck.Outcome {
        var options = command.input.layout.options
        // As it was opened, unless the command says otherwise.
        options.offset = options.offset ?? searched.offset
        options.length = options.length ?? searched.length
        options.eraseSize = options.eraseSize ?? searched.eraseSize
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
        // What the report says, and nothing besides: whoever reads it believes what was added as well.
        let text: [UInt8]
        if let whole = JSON.value(PrivateScrubReport.self, bytes) {
            publicReport = whole.report
            values = whole.values
            text = try JSON.bytes(whole)
        } else if let found = JSON.value(ScrubReport.self, bytes) {
            publicReport = found
            text = try JSON.bytes(found)
        } else {
            throw Failure("\(report): no report of scrub")
        }
        guard publicReport.format == ScrubReport.currentFormat else {
            throw Failure("\(report): a report of another version (\(publicReport.format)), which cannot be checked")
        }
        let isSealed =
            try publicReport.seal == ScrubCommand.seal(of: publicReport) && JSON.compact(text) == JSON.compact(bytes)
        let check = try ProofCheck(report: publicReport, values: values, rules: command.rules.ruleSet(needsSome: false))
        guard check.ruleCount > 0 || check.valueCount > 0 else {
            throw Failure("\(report): neither rules nor values to look for, so it proves nothing")
        }
        let result = try outcome(check, searched: publicReport.searched, command: command)
        let holds = result.holds && isSealed
        // What the report left out, nobody looked for.
        let isWhole =
            result.search.notSearched.isEmpty && publicReport.searched.notSearched.isEmpty
            && publicReport.searched.skippedRules.isEmpty
        let listing = ScrubListing(result.search.findings, given: [])
        if command.verbosity.json {
            try JSON.print(
                Result(
                    file: image, report: report, isTheOutput: result.isTheOutput, valueCount: check.valueCount,
                    findings: listing.json(image, result: result.search).findings, remains: result.remains,
                    reportDifferences: result.differences, isSealed: isSealed, holds: holds))
        } else if !command.verbosity.quiet {
            listing.lines(result.search.findings).forEach(StandardStreams.print)
            let values = check.valueCount
            StandardStreams.print(
                "\(image): " + (result.isTheOutput ? "the file of the report" : "another file than that of the report")
                    + "; searched for \(check.ruleCount) rules and \(values) value\(values == 1 ? "" : "s")"
                    + (values == 0 ? " (a private report has them)" : ""))
            if command.verbosity.verbose {
                let searched = publicReport.searched
                StandardStreams.print("  rules: " + searched.rules.joined(separator: ", "))
                StandardStreams.print("  notations: " + searched.notations.joined(separator: "; "))
            }
            StandardStreams.print(
                holds
                    ? "nothing found\(isWhole ? "" : " in what was searched"): the proof holds"
                    : ScrubListing.summary(result.search.findings))
        }
        let subject = Subject(image: image, report: report)
        say(what: result, check: check, of: subject, report: publicReport, isSealed: isSealed)
        if !holds || !publicReport.searched.skippedRules.isEmpty { throw Failure.damaged }
    }

    private struct Subject {
        var image: String
        var report: String
    }

    /// Says why a proof does not hold, and what it does not cover.
    private static func say(
        what result: ProofCheck.Outcome, check: ProofCheck, of subject: Subject, report publicReport: ScrubReport,
        isSealed: Bool
    ) {
        let (image, report) = (subject.image, subject.report)
        if !isSealed {
            StandardStreams.error("\(report): the report was edited after it was written: it proves nothing")
        }
        if !result.isTheOutput {
            StandardStreams.error("\(image): not the file that the report is about: the report proves nothing of it")
        } else if !publicReport.proof.holds {
            StandardStreams.error("\(report): the report itself says that something was left")
        }
        for line in result.differences { StandardStreams.error("\(image): \(line)") }
        for line in publicReport.searched.keptPaths {
            StandardStreams.error("\(image): kept as it was, and not searched: \(line)")
        }
        for line in publicReport.searched.notSearched { StandardStreams.error("\(image): not searched: \(line)") }
        for line in result.remains { StandardStreams.error("\(image): \(line)") }
        for rule in check.unknownRules {
            StandardStreams.error("\(report): there is no rule '\(rule)' here; give --rules FILE")
        }
        for rule in result.search.incompleteRules { StandardStreams.error("\(image): rule '\(rule)' took too long") }
    }
}

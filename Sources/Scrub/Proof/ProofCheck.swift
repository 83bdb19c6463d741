import FileTree
package import FlashBytes
package import ImageFile
import JFFS2

/// The proof of a report, repeated on an image.
package struct ProofCheck: Sendable {
    private let report: ScrubReport
    private let rules: RuleSet
    /// Rules of the report that are not here, so that they cannot be searched for.
    package let unknownRules: [String]
    /// How many values are searched for.
    package var valueCount: Int { rules.secrets.count }
    /// How many rules are searched for.
    package var ruleCount: Int { rules.rules.count }

    /// What came out.
    package struct Outcome: Sendable {
        /// Whether the image is byte for byte the one that the report is about.
        package var isTheOutput: Bool
        package var search: SearchResult
        /// What its structure holds of the past; sentences.
        package var remains: [String]
        /// Whether nothing was found.
        package var holds: Bool
    }

    /// - Parameters:
    ///   - values: those of a private report.
    ///   - rules: all that are at hand; those that the report did without are left out.
    package init(report: ScrubReport, values: [PrivateScrubReport.Value], rules: RuleSet) throws(ScrubError) {
        var rules = rules
        let here = Set(rules.rules.map(\.id))
        try rules.skip(report.searched.skippedRules.filter(here.contains))
        unknownRules = report.searched.rules.filter { !here.contains($0) }
        for value in values where value.isSearchedEverywhere {
            if let bytes = bytes(hexadecimal: value.hexadecimal.utf8), let secret = KnownSecret(bytes) {
                rules.secrets.append(secret)
            }
        }
        self.rules = rules
        self.report = report
    }

    /// Searches a text.
    package func run(text: FileBytes) throws(ScrubError) -> Outcome {
        let result = try TextScrubber(rules).list(text)
        return Outcome(
            isTheOutput: hexadecimal(text.withBytes { SHA256.digest($0) } ?? []) == report.output.sha256,
            search: result, remains: [],
            holds: result.findings.isEmpty && result.incompleteRules.isEmpty && unknownRules.isEmpty)
    }

    /// Searches an image.
    package func run(_ images: [OpenedImage], options: InputOptions) -> Outcome {
        let digest = images[0].file.withBytes { SHA256.digest($0) } ?? []
        var result = ImageSearch(images: images, options: options, jobs: ProcessorCount.available).findings(
            rules.forImages)
        let kept = Set(report.searched.keptPaths)
        result.findings.removeAll { $0.place.path.map { kept.contains($0.description) } ?? false }
        let remains = images.flatMap { $0.fileSystem.remains(isLayoutKept: report.keptLayout != nil) }
        return Outcome(
            isTheOutput: hexadecimal(digest) == report.output.sha256, search: result, remains: remains,
            holds: result.findings.isEmpty && remains.isEmpty && result.incompleteRules.isEmpty && unknownRules.isEmpty)
    }
}

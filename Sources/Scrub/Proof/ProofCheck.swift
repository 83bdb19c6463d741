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
    /// Those that the report says were searched for.
    private let claimed: Set<String>
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
        /// What is found by rules that the report says were left out, as sentences.
        package var differences: [String] = []
        /// Whether the image is that of the report, and nothing was found in it that the report says was searched for.
        package var holds: Bool
    }

    /// - Parameters:
    ///   - values: those of a private report.
    ///   - rules: all that are at hand; those that the report did without are left out.
    package init(report: ScrubReport, values: [PrivateScrubReport.Value], rules: RuleSet) throws(ScrubError) {
        var rules = rules
        let here = Set(rules.rules.map(\.id))
        unknownRules = report.searched.rules.filter { !here.contains($0) }
        claimed = Set(report.searched.rules)
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
        outcome(of: text, search: try TextScrubber(rules).list(text), remains: [])
    }

    /// Searches an image.
    package func run(_ images: [OpenedImage], options: InputOptions) -> Outcome {
        var result = ImageSearch(images: images, options: options, jobs: ProcessorCount.available).findings(
            rules.forImages)
        let kept = Set(report.searched.keptPaths)
        result.findings.removeAll { $0.place.path.map { kept.contains($0.description) } ?? false }
        let remains = images.flatMap { $0.fileSystem.remains(isLayoutKept: report.keptLayout != nil) }
        return outcome(of: images[0].file, search: result, remains: remains)
    }

    private func outcome(of file: FileBytes, search: SearchResult, remains: [String]) -> Outcome {
        let digest = file.withBytes { SHA256.digest($0) } ?? []
        let isTheOutput = hexadecimal(digest) == report.output.sha256 && file.count == report.output.size
        var search = search
        var counts: [String: Int] = [:]
        search.findings.removeAll { finding in
            guard finding.rule != ScrubFinding.knownSecretRule, !claimed.contains(finding.rule) else { return false }
            counts[finding.rule, default: 0] += 1
            return true
        }
        let differences = counts.sorted { $0.key < $1.key }.map {
            "the report did without the rule '\($0.key)', which finds something in \($0.value) place\($0.value == 1 ? "" : "s")"
        }
        return Outcome(
            isTheOutput: isTheOutput, search: search, remains: remains, differences: differences,
            holds: isTheOutput && report.proof.holds && search.findings.isEmpty && remains.isEmpty
                && search.incompleteRules.isEmpty && unknownRules.isEmpty)
    }
}

import FileTree
import Scrub

/// Findings, for people and as JSON. No value is printed: neither what was found nor what the user gave, wherever it stands.
struct ScrubListing {
    private let mask: ValueMask

    /// - Parameter given: by the user.
    init(_ findings: [ScrubFinding], given: [KnownSecret]) {
        mask = ValueMask(
            findings.filter { $0.isDistinctive || $0.place.isName }.map(\.secret) + given.map(\.bytes))
    }

    /// A text without the values.
    func masked(_ text: String) -> String { mask.masked(text) }

    struct Result: Encodable {
        var file: String
        var findings: [FindingDescription]
        var incompleteRules: [String]
        var notSearched: [String]
    }

    func json(_ file: String, result: SearchResult) -> Result {
        Result(
            file: file,
            findings: result.findings.map { finding in
                FindingDescription(
                    code: finding.rule, severity: "secret", message: finding.description, offset: finding.place.offset,
                    path: finding.place.path.map { masked(PrintedPath($0).text) }, place: masked("\(finding.place)"),
                    excerpt: masked(finding.excerpt), notation: finding.notation.rawValue,
                    secretKind: finding.kind.rawValue, isLive: finding.place.isLive)
            }, incompleteRules: result.incompleteRules, notSearched: result.notSearched.map(masked))
    }

    /// `live  wifi-key  /etc/wpa_supplicant.conf at byte 42: psk=********`
    func lines(_ findings: [ScrubFinding]) -> [String] {
        let width = findings.map(\.rule.count).max() ?? 0
        return findings.map { finding in
            let rule = finding.rule + String(repeating: " ", count: width - finding.rule.count)
            let notation = finding.notation == .plain ? "" : " (\(finding.notation.word))"
            return masked(
                "\(finding.place.isLive ? "live" : "dead")  \(rule)  \(finding.place): \(finding.excerpt)\(notation)")
        }
    }

    /// What a list does not say.
    static let advice = "where else these values stand, --dry-run says"

    /// `12 findings: 3 in live files, 9 in dead nodes and unused bytes`
    static func summary(_ findings: [ScrubFinding]) -> String {
        let live = findings.count { $0.place.isLive }
        return "\(findings.count) finding\(findings.count == 1 ? "" : "s"): \(live) live, "
            + "\(findings.count - live) in deleted, older or unused bytes"
    }
}

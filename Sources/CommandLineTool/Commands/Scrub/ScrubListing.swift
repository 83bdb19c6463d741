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

    struct Finding: Encodable {
        var rule: String
        var description: String
        var kind: String
        var live: Bool
        var place: String
        var path: String?
        var offset: Int?
        var notation: String
        var excerpt: String
    }

    struct Result: Encodable {
        var file: String
        var findings: [Finding]
        var incompleteRules: [String]
        var notSearched: [String]
    }

    func json(_ file: String, result: SearchResult) -> Result {
        Result(
            file: file,
            findings: result.findings.map { finding in
                Finding(
                    rule: finding.rule, description: finding.description, kind: finding.kind.rawValue,
                    live: finding.place.isLive, place: masked("\(finding.place)"),
                    path: finding.place.path.map { masked($0.description) }, offset: finding.place.offset,
                    notation: finding.notation.rawValue, excerpt: masked(finding.excerpt))
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

    /// `12 findings: 3 in live files, 9 in dead nodes and unused bytes`
    static func summary(_ findings: [ScrubFinding]) -> String {
        let live = findings.count { $0.place.isLive }
        return "\(findings.count) finding\(findings.count == 1 ? "" : "s"): \(live) live, "
            + "\(findings.count - live) in deleted, older or unused bytes"
    }
}

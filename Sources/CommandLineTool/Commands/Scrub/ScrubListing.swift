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
        var staying: [FindingDescription]
    }

    func json(_ file: String, result: SearchResult) -> Result {
        Result(
            file: file, findings: result.findings.map(description), incompleteRules: result.incompleteRules,
            notSearched: result.notSearched.map(masked), staying: result.staying.map(description))
    }

    private func description(_ finding: ScrubFinding) -> FindingDescription {
        FindingDescription(
            code: finding.rule, severity: "secret", message: finding.description, offset: finding.place.offset,
            path: finding.place.path.map { masked(PrintedPath($0).text) }, place: masked("\(finding.place)"),
            excerpt: masked(finding.excerpt), notation: finding.notation.rawValue,
            secretKind: finding.kind.rawValue, isLive: finding.place.isLive)
    }

    /// What stays in programs, libraries, pages and manuals: a line for each file, or for each place.
    ///
    /// `stays  /usr/sbin/telnetd: 2 (password, token)`
    func staying(_ findings: [ScrubFinding], isLong: Bool) -> [String] {
        if isLong {
            return findings.map { masked("stays  \($0.rule)  \($0.place): \($0.excerpt)") }
        }
        let files = Dictionary(grouping: findings) { $0.place.path ?? FilePathBytes("") }
        return files.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }.map { path, found in
            let rules = Set(found.map(\.rule)).sorted().joined(separator: ", ")
            return masked("stays  \(path): \(found.count) (\(rules))")
        }
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
    ///
    /// - Parameter staying: how many more are in files in which nothing is changed.
    static func summary(_ findings: [ScrubFinding], staying: Int = 0) -> String {
        let live = findings.count { $0.place.isLive }
        return "\(findings.count) finding\(findings.count == 1 ? "" : "s"): \(live) live, "
            + "\(findings.count - live) in deleted, older or unused bytes"
            + (staying == 0 ? "" : "; \(staying) more in programs, pages and manuals, which stay as they are")
    }
}

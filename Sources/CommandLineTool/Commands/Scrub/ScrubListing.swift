import FileTree
import Scrub

/// Findings, for people and as JSON. No value is printed.
enum ScrubListing {
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
    }

    static func json(_ file: String, result: SearchResult) -> Result {
        Result(
            file: file,
            findings: result.findings.map { finding in
                Finding(
                    rule: finding.rule, description: finding.description, kind: finding.kind.rawValue,
                    live: finding.place.isLive, place: "\(finding.place)", path: finding.place.path?.description,
                    offset: finding.place.offset, notation: finding.notation.rawValue, excerpt: finding.excerpt)
            }, incompleteRules: result.incompleteRules)
    }

    /// `live  wifi-key  /etc/wpa_supplicant.conf at byte 42: psk=********`
    static func lines(_ findings: [ScrubFinding]) -> [String] {
        let width = findings.map(\.rule.count).max() ?? 0
        return findings.map { finding in
            let rule = finding.rule + String(repeating: " ", count: width - finding.rule.count)
            let notation = finding.notation == .plain ? "" : " (\(finding.notation.word))"
            return "\(finding.place.isLive ? "live" : "dead")  \(rule)  \(finding.place): \(finding.excerpt)\(notation)"
        }
    }

    /// `12 findings: 3 in live files, 9 in dead nodes and unused bytes`
    static func summary(_ findings: [ScrubFinding]) -> String {
        let live = findings.count { $0.place.isLive }
        return "\(findings.count) finding\(findings.count == 1 ? "" : "s"): \(live) live, "
            + "\(findings.count - live) in deleted, older or unused bytes"
    }
}

import FileTree
import FlashBytes
import Scrub

/// What was found in one file: the unit that somebody decides about.
struct ScrubGroup {
    /// Nil for a text, of which each rule is a group.
    var path: FilePathBytes?
    var findings: [ScrubFinding]

    /// Groups what is shown, in the order of the paths; what is dead is in none: it is never copied.
    static func groups(of findings: [ScrubFinding]) -> [ScrubGroup] {
        var byPath: [FilePathBytes: [ScrubFinding]] = [:]
        var byRule: [String: [ScrubFinding]] = [:]
        for finding in findings where finding.place.isLive {
            if let path = finding.place.path {
                byPath[path, default: []].append(finding)
            } else {
                byRule[finding.rule, default: []].append(finding)
            }
        }
        let files = byPath.map { ScrubGroup(path: $0.key, findings: $0.value) }
            .sorted { ($0.path?.bytes ?? []).lexicographicallyPrecedes($1.path?.bytes ?? []) }
        return files + byRule.sorted { $0.key < $1.key }.map { ScrubGroup(path: nil, findings: $0.value) }
    }

    /// The rules, each with what it is about and how often it found something.
    var reasons: String {
        var counts: [String: (description: String, count: Int)] = [:]
        for finding in findings { counts[finding.rule, default: (finding.description, 0)].count += 1 }
        return counts.sorted { $0.key < $1.key }
            .map { "\($0.value.description) [\($0.key)]" + ($0.value.count > 1 ? " \($0.value.count) times" : "") }
            .joined(separator: ", ")
    }

    /// What the rules do with it, unless somebody decides otherwise.
    var usualAction: ScrubAction { findings.map(\.action).first { $0 != .redact } ?? .redact }
}

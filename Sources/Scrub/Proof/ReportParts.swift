import FileTree
import FlashBytes
import ImageFile

/// What a report says of its input, its output and the search.
extension Scrubber {
    static func scope(
        _ rules: RuleSet, kept: [String], removed: Int, values: ValueList, notSearched: [String] = [],
        options: InputOptions = InputOptions()
    ) -> ScrubReport.Scope {
        ScrubReport.Scope(
            rules: rules.rules.map(\.id), skippedRules: rules.skipped, ruleFiles: rules.files.map(name),
            keptPaths: kept,
            notations: Notation.allCases.map(\.word), values: removed + rules.secrets.count,
            notSearched: notSearched, offset: options.offset, length: options.length, eraseSize: options.eraseSize,
            commonValues: values.values.count {
                !$0.isSearchedEverywhere && $0.rules != [ScrubFinding.knownSecretRule]
            })
    }

    static func input(_ path: String, file: FileBytes) -> ScrubReport.Input {
        ScrubReport.Input(name: name(path), size: file.count)
    }

    static func subject(_ path: String, file: FileBytes) -> ScrubReport.Subject {
        let digest = file.withBytes { SHA256.digest($0) } ?? []
        return ScrubReport.Subject(name: name(path), size: file.count, sha256: hexadecimal(digest))
    }

    /// Without directories: they tell where the user keeps things.
    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    package static func counts(_ findings: [ScrubFinding]) -> [ScrubReport.RuleCount] {
        var counts: [String: ScrubReport.RuleCount] = [:]
        for finding in findings {
            var count =
                counts[finding.rule]
                ?? ScrubReport.RuleCount(rule: finding.rule, kind: finding.kind.rawValue, live: 0, dead: 0)
            if finding.place.isLive { count.live += 1 } else { count.dead += 1 }
            counts[finding.rule] = count
        }
        return counts.values.sorted { $0.rule < $1.rule }
    }
}

extension FileTree {
    /// The bytes of all files.
    var contentBytes: UInt64 {
        inodes.reduce(0) { sum, inode in
            if case .regular(let contents) = inode.payload { sum &+ contents.size } else { sum }
        }
    }
}

import FlashBytes
import Scrub

/// What `scrub --json` prints of what was done: what the report says, with the keys that all commands have.
struct ScrubDescription: Encodable {
    struct RuleCount: Encodable {
        var rule: String
        var secretKind: String
        var liveCount: Int
        var deadCount: Int
    }

    var file: String
    var fileSize: Int
    /// Nil where nothing was written.
    var output: String?
    var size: Int
    var sha256: String
    var rules: [String]
    var skippedRules: [String]
    var ruleFiles: [String]
    var keptPaths: [String]
    var notations: [String]
    var valueCount: Int
    var commonValueCount: Int
    var notSearched: [String]
    var offset: Int?
    var length: Int?
    var eraseSize: Int?
    var found: [RuleCount]
    var fileChanges: [ScrubChange]
    var keptLayout: [ScrubReport.KeptLayout]?
    var notes: [String]
    var holds: Bool
    var rounds: Int
    var nodeCount: Int
    var contentSize: UInt64
    var rawSize: Int

    /// - Parameters:
    ///   - file: what was cleaned.
    ///   - output: where the clean one is; nil where nothing was written.
    init(_ report: ScrubReport, file: String, output: String?) {
        self.file = file
        self.output = output
        fileSize = report.input.size
        (size, sha256) = (report.output.size, report.output.sha256)
        let searched = report.searched
        (rules, skippedRules, ruleFiles) = (searched.rules, searched.skippedRules, searched.ruleFiles)
        keptPaths = searched.keptPaths.map(Self.path)
        (notations, notSearched) = (searched.notations, searched.notSearched)
        (valueCount, commonValueCount) = (searched.values, searched.commonValues)
        (offset, length, eraseSize) = (searched.offset, searched.length, searched.eraseSize)
        found = report.found.map {
            RuleCount(rule: $0.rule, secretKind: $0.kind, liveCount: $0.live, deadCount: $0.dead)
        }
        fileChanges = report.changes.map { change in
            var change = change
            change.path = Self.path(change.path)
            return change
        }
        (keptLayout, notes) = (report.keptLayout, report.notes)
        let proof = report.proof
        (holds, rounds, nodeCount) = (proof.holds, proof.rounds, proof.nodes)
        (contentSize, rawSize) = (proof.contentBytes, proof.rawBytes)
    }

    /// As all commands print paths: without a slash in front.
    private static func path(_ text: String) -> String {
        text.utf8.first == 0x2f ? String(decoding: text.utf8.dropFirst(), as: UTF8.self) : text
    }
}

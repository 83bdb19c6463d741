import FlashBytes
import FileTree

/// All values that were removed, for the private report, and to keep them out of the public one.
struct ValueList {
    private(set) var values: [PrivateScrubReport.Value] = []
    private let mask: ValueMask

    /// - Parameters:
    ///   - distinctive: those that were searched for everywhere.
    ///   - given: by the user.
    init(findings: [ScrubFinding], distinctive: Set<[UInt8]>, given: [[UInt8]]) {
        var byValue: [[UInt8]: (rules: Set<String>, places: Set<String>)] = [:]
        for value in distinctive.union(given) { byValue[value] = ([], []) }
        for finding in findings where !finding.secret.isEmpty {
            byValue[finding.secret, default: ([], [])].rules.insert(finding.rule)
            byValue[finding.secret, default: ([], [])].places.insert(finding.place.description)
        }
        mask = ValueMask(Array(byValue.keys))
        values = byValue.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { value, origin in
            PrivateScrubReport.Value(
                text: printable(value), hexadecimal: hexadecimal(value), rules: origin.rules.sorted(),
                places: origin.places.sorted(),
                isSearchedEverywhere: distinctive.contains(value) || given.contains(value))
        }
    }

    /// Takes the values out of everything that came from the image.
    func mask(_ report: inout ScrubReport) {
        for index in report.changes.indices { report.changes[index].path = masked(report.changes[index].path) }
        report.notes = report.notes.map(masked)
        report.input.name = masked(report.input.name)
        report.searched.notSearched = report.searched.notSearched.map(masked)
        report.searched.keptPaths = report.searched.keptPaths.map(masked)
    }

    /// `text` with all values overwritten by X.
    func masked(_ text: String) -> String { mask.masked(text) }
}

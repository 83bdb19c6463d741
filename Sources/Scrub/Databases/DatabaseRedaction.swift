/// Takes findings out of a database of SQLite, which is written anew without its deleted rows.
enum DatabaseRedaction {
    /// How much of a database is looked at (bytes).
    static let limit = 64 << 20
    /// How many values of one length a column may have that takes no two alike.
    private static let mostAlike = 64

    /// The file without what was found; nil where SQLite cannot write it.
    ///
    /// - Parameters:
    ///   - findings: each names its cell at `depth` of its way; one without a cell is about deleted rows.
    static func redacted(_ file: [UInt8], findings: [ScrubFinding], depth: Int) -> [UInt8]? {
        guard let database = Database(file) else { return nil }
        let text = DatabaseText(database, limit: limit)
        var byCell: [Int: [ScrubFinding]] = [:]
        for finding in findings where finding.member.count > depth && finding.member[depth] >= 0 {
            byCell[finding.member[depth], default: []].append(finding)
        }
        for (index, findings) in byCell.sorted(by: { $0.key < $1.key }) {
            guard index < text.cells.count else { return nil }
            let cell = text.cells[index].cell
            var bytes = cell.bytes
            for finding in findings where finding.range.upperBound <= bytes.count {
                bytes.replaceSubrange(finding.range, with: finding.redacted)
            }
            // Two values that must differ are different numbers of X.
            let isReplaced = (0..<mostAlike).contains { count in
                database.replace(cell, with: bytes + [UInt8](repeating: 0x58, count: count))
            }
            guard isReplaced else { return nil }
        }
        return database.vacuumed()
    }
}

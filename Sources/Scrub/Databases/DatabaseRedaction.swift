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
        var byRow: [Int: [Database.Cell]] = [:]
        for (index, findings) in byCell.sorted(by: { $0.key < $1.key }) {
            guard index < text.cells.count else { return nil }
            var cell = text.cells[index].cell
            for finding in findings where finding.range.upperBound <= cell.bytes.count {
                cell.bytes.replaceSubrange(finding.range, with: finding.redacted)
            }
            byRow[text.cells[index].row, default: []].append(cell)
        }
        database.begin()
        for (row, cells) in byRow.sorted(by: { $0.key < $1.key }) {
            // Two values that must differ are different numbers of X.
            let isReplaced = (0..<mostAlike).contains { count in
                let longer = cells.map { cell in
                    var cell = cell
                    cell.bytes += [UInt8](repeating: 0x58, count: count)
                    return cell
                }
                return database.replace(longer, of: text.rows[row])
            }
            guard isReplaced else { return nil }
        }
        guard database.commit() else { return nil }
        return database.vacuumed()
    }
}

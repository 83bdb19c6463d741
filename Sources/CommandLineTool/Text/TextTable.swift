/// Rows of text in columns.
enum TextTable {
    /// - Parameter right: columns that are aligned to the right.
    static func lines(_ rows: [[String]], right: Set<Int>) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = " "
            for (column, text) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - text.count)
                line += " " + (right.contains(column) ? space + text : text + space)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}

import FlashBytes

/// The tables of a database as a text of settings, so that the same rules find the same things: each cell is a line
/// `column=value`, and in a table of names and values one `name=value`.
struct DatabaseText {
    /// Lines end with NUL: a value may have lines of its own.
    private(set) var bytes: [UInt8] = []
    /// Where each value stands in `bytes`, ascending, and what it is.
    private(set) var cells: [(range: Range<Int>, row: Int, cell: Database.Cell)] = []
    /// Those that are texts of their own, which nothing of their rows is read with; indices of `cells`, where they have no range.
    private(set) var documents: [Int] = []
    /// The rows in which they are.
    private(set) var rows: [Database.RowName] = []
    /// Whether all of it could be read.
    private(set) var isWhole = true

    /// Last words of the columns of names, and of values.
    private static let nameColumns: Set<String> = [
        "name", "key", "k", "option", "opt", "setting", "param", "parameter", "property", "field", "id", "item", "attr",
        "attribute", "variable",
    ]
    private static let valueColumns: Set<String> = [
        "value", "val", "v", "data", "content", "text", "state", "string",
    ]

    /// - Parameter limit: how much of it is read (bytes).
    init(_ database: Database, limit: Int) {
        for table in database.tables() {
            let all = database.rows(of: table) { add($1, of: $0, limit: limit) }
            isWhole = isWhole && all
        }
    }

    /// - Returns: whether there is room for more.
    private mutating func add(_ row: [Database.Cell], of name: Database.RowName, limit: Int) -> Bool {
        rows.append(name)
        let label = row.first { Self.nameColumns.contains(Self.lastWord(of: $0.column)) && $0.kind == .text }
        for cell in row where !cell.bytes.isEmpty {
            // The name beside it says more than that of the column. In `param, setting` the second one is the value.
            let word = Self.lastWord(of: cell.column)
            let isValue =
                Self.valueColumns.contains(word)
                || word == "setting" && label.map { $0.column != cell.column } ?? false
            let name = isValue ? label?.bytes ?? Array(cell.column.utf8) : Array(cell.column.utf8)
            if cell.kind == .text, SettingMeaning.of(name) == nil, Self.isDocument(cell.bytes) {
                documents.append(cells.count)
                cells.append((bytes.count..<bytes.count, rows.count - 1, cell))
                continue
            }
            bytes += name.map { $0 > 0x20 && $0 != 0x3d ? $0 : 0x5f }
            bytes.append(0x3d)
            cells.append((bytes.count..<bytes.count + cell.bytes.count, rows.count - 1, cell))
            bytes += cell.bytes
            bytes.append(0)
        }
        // Rows are groups of their own.
        bytes += Array("[\(cells.count)]\0".utf8)
        return bytes.count < limit
    }

    private static func lastWord(of column: String) -> String {
        SettingName(Array(column.utf8)).words.last ?? column.lowercased()
    }

    /// Whether a value has settings of its own: JSON, XML, lines, a form.
    private static func isDocument(_ text: [UInt8]) -> Bool {
        text.count >= 8 && text.contains { "={[<:\n".utf8.contains($0) }
    }

    /// The cell in which some bytes stand; an index.
    func cell(at range: Range<Int>) -> Int? {
        let next = cells.partitionPoint { $0.range.upperBound <= range.lowerBound }
        guard next < cells.count, cells[next].range.clamped(to: range) == range else { return nil }
        return next
    }
}

internal import CSQLite
import FlashBytes

/// A database of SQLite in memory: its tables can be read and changed, nothing in it is run.
@safe
final class Database {
    private let handle: OpaquePointer
    /// How the file says that it is written: 1 for a rollback journal, 2 for a write-ahead log.
    private let formats: [UInt8]

    /// How a file begins.
    static let magic = Array("SQLite format 3\0".utf8)
    /// Whether pages of a database may have this size (bytes).
    static func isPageSize(_ size: Int) -> Bool { (512...65536).contains(size) && size & (size - 1) == 0 }
    /// Where the two formats stand in the header (bytes).
    private static let formatOffset = 18

    /// - Returns: nil for what is no database, or one that SQLite cannot open.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic), bytes.count >= 512,
            let copy = unsafe sqlite3_malloc64(UInt64(bytes.count))
        else { return nil }
        unsafe UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyBytes(from: bytes)
        formats = Array(bytes[Self.formatOffset..<Self.formatOffset + 2])
        // What lies in memory has no log beside it.
        for index in 0..<2 { unsafe copy.storeBytes(of: 1, toByteOffset: Self.formatOffset + index, as: UInt8.self) }
        var opened: OpaquePointer?
        guard unsafe sqlite3_open(":memory:", &opened) == SQLITE_OK, let opened = unsafe opened else {
            unsafe sqlite3_free(copy)
            return nil
        }
        unsafe handle = opened
        unsafe csqlite_distrust(opened)
        // A schema may make rows as large, and statements as long, as it likes.
        unsafe _ = sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, 32 << 20)
        unsafe sqlite3_progress_handler(opened, 500_000_000, { _ in 1 }, nil)
        let flags = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE)
        // Takes the memory over, whatever comes of it.
        guard
            unsafe sqlite3_deserialize(
                opened, "main", copy.assumingMemoryBound(to: UInt8.self), Int64(bytes.count), Int64(bytes.count), flags)
                == SQLITE_OK,
            run("PRAGMA cell_size_check = ON"), run("PRAGMA secure_delete = ON"), run("SELECT 1 FROM sqlite_master")
        else { return nil }
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Whether a file is a database that SQLite opens, and that is looked at as a whole.
    static func isReadable(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: magic) && bytes.count <= DatabaseRedaction.limit && Database(bytes) != nil
    }

    /// A value in a table.
    struct Cell {
        var column: String
        /// Texts and blobs as they are stored, numbers in digits.
        var bytes: [UInt8]
        var kind: Kind

        enum Kind { case text, blob, number }
    }

    /// What tells a row from the others of its table.
    struct RowName {
        var table: String
        /// Nil in a table without row numbers.
        var number: Int64?
        /// Without a number: the columns of the primary key.
        var key: [Cell] = []
    }

    /// The tables with content of their own, in the order in which they were made.
    func tables() -> [String] {
        // Virtual tables keep what they have in others.
        let names = texts(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' "
                + "AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
        // What an index has of its texts is made anew from them.
        let derived = Set(wordIndexes().flatMap { index in Self.indexParts.map { "\(index)_\($0)" } })
        return names.filter { !derived.contains($0) }
    }

    /// Tables of FTS: indexes of the words in texts, which have parts that hold them in pieces.
    private func wordIndexes() -> [String] {
        texts(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts%' "
                + "ORDER BY rowid")
    }

    private static let indexParts = ["data", "idx", "docsize", "config", "segments", "segdir", "stat"]

    /// Calls `body` with each row of a table, without its NULLs, until it wants no more.
    ///
    /// - Returns: false if not all of them were read.
    func rows(of table: String, body: (RowName, [Cell]) -> Bool) -> Bool {
        let name = Self.quoted(table)
        let computed = columns(of: table, where: "hidden > 1")
        func cells(_ row: some Sequence<Column>) -> [Cell] {
            row.compactMap { column in
                // What is computed follows what it is computed from.
                computed.contains(column.name)
                    ? nil : column.kind.map { Cell(column: column.name, bytes: column.bytes, kind: $0) }
            }
        }
        var count = 0
        let isWhole = run("SELECT rowid, * FROM \(name)") { row in
            count += 1
            let number = Int64(String(decoding: row.first?.bytes ?? [], as: UTF8.self))
            return body(RowName(table: table, number: number), cells(row.dropFirst()))
        }
        if isWhole || count > 0 { return isWhole }
        let keys = columns(of: table, where: "pk > 0")
        return run("SELECT * FROM \(name)") { row in
            let cells = cells(row)
            return body(RowName(table: table, key: cells.filter { keys.contains($0.column) }), cells)
        }
    }

    private func columns(of table: String, where condition: String) -> Set<String> {
        let name = table.replacing("'", with: "''")
        return Set(texts("SELECT name FROM pragma_table_xinfo('\(name)') WHERE \(condition)"))
    }

    /// Gives cells of a row other values, all at once.
    ///
    /// - Returns: whether the table takes them.
    func replace(_ cells: [Cell], of row: RowName) -> Bool {
        let values = cells.indices.map { "\(Self.quoted(cells[$0].column)) = ?\($0 + 1)" }
        let key = row.key.indices.map { "\(Self.quoted(row.key[$0].column)) IS ?\(cells.count + $0 + 1)" }
        let place = row.number.map { "rowid = \($0)" } ?? key.joined(separator: " AND ")
        guard !cells.isEmpty, !place.isEmpty,
            let statement = unsafe prepare(
                "UPDATE \(Self.quoted(row.table)) SET \(values.joined(separator: ", ")) WHERE \(place)")
        else { return false }
        defer { unsafe sqlite3_finalize(statement) }
        for (index, cell) in (cells + (row.number == nil ? row.key : [])).enumerated() {
            unsafe bind(cell.bytes, kind: cell.kind, at: Int32(clamping: index + 1), to: statement)
        }
        return unsafe sqlite3_step(statement) == SQLITE_DONE
    }

    /// Begins what is to be done as a whole: much faster than one by one.
    func begin() {
        unsafe csqlite_write_shadows(handle)
        run("BEGIN")
    }

    /// Ends it, with indexes of words that are made anew.
    ///
    /// - Returns: whether all of it could be done.
    func commit() -> Bool {
        let areMade = wordIndexes().allSatisfy { index in
            let name = Self.quoted(index)
            // One without texts of its own can be emptied, and no more.
            return ["rebuild", "delete-all"].contains { run("INSERT INTO \(name)(\(name)) VALUES('\($0)')") }
        }
        return areMade && run("COMMIT")
    }

    /// The file, written anew from what its tables hold; nil if it cannot be.
    func vacuumed() -> [UInt8]? {
        // Indexes on expressions, or on some of the rows, go by what was there.
        guard run("REINDEX"), run("VACUUM") else { return nil }
        var count: Int64 = 0
        guard let bytes = unsafe sqlite3_serialize(handle, "main", &count, 0) else { return nil }
        defer { unsafe sqlite3_free(bytes) }
        var file = unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
        guard file.count > Self.formatOffset + 2 else { return nil }
        file.replaceSubrange(Self.formatOffset..<Self.formatOffset + 2, with: formats)
        return file
    }

    // MARK: - Statements

    private struct Column {
        var name: String
        var bytes: [UInt8]
        /// Nil for NULL.
        var kind: Cell.Kind?
    }

    private static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    @unsafe
    private func prepare(_ text: String) -> OpaquePointer? {
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(handle, text, -1, &statement, nil) == SQLITE_OK else { return nil }
        return unsafe statement
    }

    @unsafe
    private func bind(_ bytes: [UInt8], kind: Cell.Kind, at index: Int32, to statement: OpaquePointer) {
        unsafe bytes.withUnsafeBytes { source in
            let count = Int32(clamping: source.count)
            switch kind {
            case .text: unsafe _ = csqlite_bind_text(statement, index, source.baseAddress, count)
            case .blob: unsafe _ = csqlite_bind_blob(statement, index, source.baseAddress, count)
            case .number:
                unsafe _ = sqlite3_bind_int64(statement, index, Int64(String(decoding: bytes, as: UTF8.self)) ?? 0)
            }
        }
    }

    /// The first column of all rows that a statement gives.
    private func texts(_ text: String) -> [String] {
        var texts: [String] = []
        run(text) { row in
            texts.append(String(decoding: row.first?.bytes ?? [], as: UTF8.self))
            return true
        }
        return texts
    }

    /// Runs a statement until `row` wants no more.
    ///
    /// - Returns: whether it came to its end.
    @discardableResult
    private func run(_ text: String, row: ([Column]) -> Bool = { _ in true }) -> Bool {
        guard let statement = unsafe prepare(text) else { return false }
        defer { unsafe sqlite3_finalize(statement) }
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW:
                let count = unsafe sqlite3_column_count(statement)
                let columns = (0..<count).map { unsafe column($0, of: statement) }
                if !row(columns) { return false }
            case SQLITE_DONE: return true
            default: return false
            }
        }
    }

    @unsafe
    private func column(_ index: Int32, of statement: OpaquePointer) -> Column {
        let name = unsafe sqlite3_column_name(statement, index).map { unsafe String(cString: $0) } ?? ""
        let kind: Cell.Kind? =
            switch unsafe sqlite3_column_type(statement, index) {
            case SQLITE_NULL: nil
            case SQLITE_BLOB: .blob
            case SQLITE_TEXT: .text
            default: .number
            }
        // Texts in UTF-8, whatever the file has them in.
        var start = unsafe sqlite3_column_blob(statement, index)
        if kind != .blob { unsafe start = sqlite3_column_text(statement, index).map { unsafe UnsafeRawPointer($0) } }
        guard kind != nil, let start = unsafe start else { return Column(name: name, bytes: [], kind: kind) }
        let count = unsafe Int(sqlite3_column_bytes(statement, index))
        return unsafe Column(
            name: name, bytes: Array(UnsafeRawBufferPointer(start: start, count: count)), kind: kind)
    }
}

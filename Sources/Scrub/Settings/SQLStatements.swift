/// Reads the values of `INSERT INTO users (name, password) VALUES ('a', 'b')`, by the names of their columns: those of the
/// statement, or of the table as `CREATE TABLE` says before.
struct SQLStatements {
    private let bytes: [UInt8]
    private let end: Int
    private var tables: [[UInt8]: [[UInt8]]] = [:]
    private(set) var settings: [Setting] = []

    private static let mostColumns = 256
    private static let mostTables = 1024

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var reader = SQLStatements(bytes: bytes, end: range.upperBound)
        var start = range.lowerBound
        while start < range.upperBound {
            while start < range.upperBound, bytes[start] <= 0x20 { start += 1 }
            if ByteText.has("create table ", bytes: bytes, at: start) {
                reader.table(from: start + 13)
            } else if ByteText.has("insert ", bytes: bytes, at: start)
                || ByteText.has("replace ", bytes: bytes, at: start)
            {
                start = max(start, reader.rows(from: start))
            }
            start = (ByteText.first(0x0a, bytes: bytes, in: start..<range.upperBound) ?? range.upperBound) + 1
        }
        return reader.settings
    }

    private init(bytes: [UInt8], end: Int) {
        self.bytes = bytes
        self.end = end
    }

    /// `users (id INTEGER PRIMARY KEY, name TEXT, password TEXT)`
    private mutating func table(from start: Int) {
        var at = start
        while ByteText.has("if not exists ", bytes: bytes, at: at) { at += 14 }
        guard let name = name(at: &at), let columns = columns(at: &at), tables.count < Self.mostTables else { return }
        tables[name] = columns
    }

    /// `INTO users (name, password) VALUES (…), (…)`
    ///
    /// - Returns: where the last row ends.
    private mutating func rows(from start: Int) -> Int {
        var at = start
        guard let into = word("into", from: start) else { return start }
        at = into
        guard let name = name(at: &at) else { return at }
        let columns = columns(at: &at) ?? tables[name]
        guard let columns, let values = word("values", from: at) else { return at }
        at = values
        while let row = row(at: &at) {
            guard row.count == columns.count else { continue }
            for (column, value) in zip(columns, row) {
                guard let value else { continue }
                settings.append(Setting(names: [name, column], value: value))
            }
        }
        return at
    }

    /// Behind a word that stands near.
    private func word(_ word: StaticString, from start: Int) -> Int? {
        (start..<min(end, start + 64)).first { ByteText.has(word, bytes: bytes, at: $0) }
            .map { $0 + word.utf8CodeUnitCount }
    }

    private func skipBlanks(_ at: inout Int) { while at < end, bytes[at] <= 0x20 { at += 1 } }

    /// A name in lower case, without its quotes.
    private func name(at place: inout Int) -> [UInt8]? {
        skipBlanks(&place)
        let start = place
        while place < end, ByteText.isName(bytes[place]) || bytes[place] == 0x60 || bytes[place] == 0x22 { place += 1 }
        let name = bytes[start..<place].filter { !"`\"[]".utf8.contains($0) }.map(ByteText.lower)
        return name.isEmpty || name.count > 64 ? nil : name
    }

    /// The first word of each part of a list.
    private func columns(at place: inout Int) -> [[UInt8]]? {
        var at = place
        skipBlanks(&at)
        guard at < end, bytes[at] == 0x28 else { return nil }
        at += 1
        var columns: [[UInt8]] = []
        while at < end, columns.count < Self.mostColumns {
            guard let column = name(at: &at) else { return nil }
            columns.append(column)
            var depth = 0
            while at < end, depth > 0 || bytes[at] != 0x2c && bytes[at] != 0x29 {
                if bytes[at] == 0x28 { depth += 1 } else if bytes[at] == 0x29 { depth -= 1 }
                at += 1
            }
            guard at < end else { return nil }
            at += 1
            if bytes[at - 1] == 0x29 {
                place = at
                return columns
            }
        }
        return nil
    }

    /// One row: of each value the text between its quotes, or nil for what has none.
    private func row(at place: inout Int) -> [Range<Int>?]? {
        var at = place
        while at < end, bytes[at] <= 0x20 || bytes[at] == 0x2c { at += 1 }
        guard at < end, bytes[at] == 0x28 else { return nil }
        at += 1
        var values: [Range<Int>?] = []
        while at < end, values.count < Self.mostColumns {
            skipBlanks(&at)
            guard at < end else { return nil }
            var value: Range<Int>?
            if bytes[at] == 0x27 || bytes[at] == 0x22 {
                guard let close = close(at) else { return nil }
                value = at + 1..<close
                at = close + 1
            }
            while at < end, bytes[at] != 0x2c, bytes[at] != 0x29 { at += 1 }
            guard at < end else { return nil }
            values.append(value)
            at += 1
            if bytes[at - 1] == 0x29 {
                place = at
                return values
            }
        }
        return nil
    }

    /// The quote that ends a text: not one of two, and none behind a backslash.
    private func close(_ quote: Int) -> Int? {
        var at = quote + 1
        while at < end {
            if bytes[at] == 0x5c {
                at += 1
            } else if bytes[at] == bytes[quote] {
                guard at + 1 < end, bytes[at + 1] == bytes[quote] else { return at }
                at += 1
            }
            at += 1
        }
        return nil
    }
}

/// Reads the values of SQL by the names of their columns: `INSERT INTO users (name, password) VALUES ('a', 'b')`, the same
/// with `SELECT` and `SET`, `UPDATE`, the rows of `COPY`; those of the statement, or of the table as `CREATE TABLE` says
/// before. And what statements about accounts call a password: `IDENTIFIED BY 'x'`.
struct SQLStatements {
    private let bytes: [UInt8]
    private let end: Int
    private var tables: [[UInt8]: [[UInt8]]] = [:]
    private(set) var settings: [Setting] = []

    private static let mostColumns = 256
    private static let mostTables = 1024
    /// How far a statement about an account is read (bytes).
    private static let longest = 1024

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var reader = SQLStatements(bytes: bytes, end: range.upperBound)
        var start = range.lowerBound
        while start < range.upperBound {
            while start < range.upperBound, bytes[start] <= 0x20 { start += 1 }
            start = max(start, reader.statement(at: start))
            // The next line, or the next statement of this one.
            while start < range.upperBound, bytes[start] != 0x0a, bytes[start] != 0x3b { start += 1 }
            start += 1
        }
        return reader.settings
    }

    private init(bytes: [UInt8], end: Int) {
        self.bytes = bytes
        self.end = end
    }

    private func has(_ word: StaticString, at place: Int) -> Bool { ByteText.has(word, bytes: bytes, at: place) }

    /// - Returns: how far it was read.
    private mutating func statement(at start: Int) -> Int {
        guard start < end else { return start }
        switch ByteText.lower(bytes[start]) {
        case 0x63 where has("create table ", at: start): table(from: start + 13)
        case 0x63 where has("copy ", at: start): return copy(from: start + 5)
        case 0x69 where has("insert ", at: start), 0x72 where has("replace ", at: start),
            0x75 where has("upsert ", at: start):
            return rows(from: start)
        case 0x75 where has("update ", at: start): assignments(from: start + 7, names: [])
        case 0x64 where has("declare @", at: start): declaration(from: start + 8)
        case 0x61, 0x63, 0x64, 0x65, 0x67, 0x70, 0x73:
            if isAboutAccount(start) { account(from: start) }
        default: break
        }
        return start
    }

    private mutating func note(_ value: SQLValue, names: [[UInt8]]) {
        guard let text = value.text else { return }
        settings.append(Setting(names: names, value: text, further: value.further, isNumber: value.isHex))
    }

    // MARK: - Tables

    /// `users (id INTEGER PRIMARY KEY, name TEXT, password TEXT)`
    private mutating func table(from start: Int) {
        var at = start
        while has("if not exists ", at: at) { at += 14 }
        guard let name = name(at: &at), let columns = columns(at: &at), tables.count < Self.mostTables else { return }
        tables[name] = columns.filter { !Self.constraints.contains($0) }
    }

    /// What a part of a table that is no column begins with.
    private static let constraints: Set<[UInt8]> = Set(
        [
            "primary", "key", "unique", "constraint", "index", "foreign", "check", "fulltext", "spatial", "exclude",
            "like", "period",
        ].map { Array($0.utf8) })

    /// `DECLARE @password NVARCHAR(50) = 'x', @user …`
    private mutating func declaration(from start: Int) {
        let limit = min(end, start + Self.longest)
        var at = start
        for _ in 0..<Self.mostColumns {
            skipBlanks(&at)
            guard at < limit, bytes[at] == 0x40 else { return }
            at += 1
            guard let name = name(at: &at) else { return }
            var depth = 0
            while at < limit, depth > 0 || !"=,;\n".utf8.contains(bytes[at]) {
                if bytes[at] == 0x28 { depth += 1 } else if bytes[at] == 0x29 { depth -= 1 }
                at += 1
            }
            guard at < limit else { return }
            if bytes[at] == 0x3d {
                at += 1
                skipBlanks(&at)
                let value = SQLValue(bytes, from: at, limit: limit)
                note(value, names: [name])
                at = value.end
            }
            guard at < limit, bytes[at] == 0x2c else { return }
            at += 1
        }
    }

    /// `INTO users (name, password) VALUES (…), (…)`, `… SELECT …`, `INTO users SET name='a', password='b'`
    ///
    /// - Returns: where the last row ends.
    private mutating func rows(from start: Int) -> Int {
        var at = start
        guard let into = word("into", from: start) else { return start }
        at = into
        guard let name = name(at: &at) else { return at }
        let columns = columns(at: &at) ?? tables[name]
        skipBlanks(&at)
        if has("set ", at: at) {
            assignments(from: at, names: [name])
            return at
        }
        if let columns, has("select ", at: at) {
            note(list(from: at + 7).values, columns: columns, of: name)
            return at
        }
        guard let values = word("values", from: at) else { return at }
        at = values
        while let row = row(at: &at) {
            if let columns { note(row, columns: columns, of: name) } else { labeled(row) }
        }
        return at
    }

    private mutating func note(_ row: [SQLValue], columns: [[UInt8]], of table: [UInt8]) {
        guard row.count == columns.count else { return }
        for (column, value) in zip(columns, row) { note(value, names: [table, column]) }
        labeled(row)
    }

    /// A row of a table of settings: the text behind a name is its value, `'smtp_password', 'x'`.
    private mutating func labeled(_ row: [SQLValue]) {
        for (label, value) in zip(row, row.dropFirst()) {
            guard let text = label.text, (3...64).contains(text.count), bytes[text].allSatisfy(ByteText.isName),
                bytes[text].contains(where: { $0 == 0x5f || $0 == 0x2e || $0 == 0x2d })
                    || SettingMeaning.isStrong(SettingName(Array(bytes[text])))
            else { continue }
            note(value, names: [Array(bytes[text])])
        }
    }

    /// `name='a', password=MD5('b') WHERE …`, `(name, password) = ('a', 'b')`
    private mutating func assignments(from start: Int, names: [[UInt8]]) {
        guard var at = word(" set ", from: max(0, start - 1), reach: 256) else { return }
        skipBlanks(&at)
        if at < end, bytes[at] == 0x28, let columns = columns(at: &at) {
            skipBlanks(&at)
            guard at < end, bytes[at] == 0x3d else { return }
            at += 1
            if let row = row(at: &at) { note(row, columns: columns, of: names.last ?? []) }
            return
        }
        for _ in 0..<Self.mostColumns {
            guard let column = name(at: &at) else { return }
            skipBlanks(&at)
            guard at < end, bytes[at] == 0x3d else { return }
            at += 1
            skipBlanks(&at)
            let value = SQLValue(bytes, from: at, limit: end)
            note(value, names: names + [column.split(separator: 0x2e).last.map { Array($0) } ?? column])
            at = value.end
            guard at < end, bytes[at] == 0x2c else { return }
            at += 1
        }
    }

    /// The lines behind `COPY users (id, name, password) FROM stdin;`.
    private mutating func copy(from start: Int) -> Int {
        var at = start
        guard let name = name(at: &at) else { return at }
        let table = name.split(separator: 0x2e).last.map { Array($0) } ?? name
        guard let columns = columns(at: &at) ?? tables[name] ?? tables[table],
            let source = word("from stdin", from: at), source < end,
            var line = ByteText.first(0x0a, bytes: bytes, in: source..<end)
        else { return at }
        let isCSV = (source..<line).contains { has("csv", at: $0) }
        let separator: UInt8 = isCSV ? 0x2c : 0x09
        line += 1
        while line < end, !has("\\.", at: line) {
            let last = ByteText.first(0x0a, bytes: bytes, in: line..<end) ?? end
            let cells = bytes[line..<last].split(separator: separator, omittingEmptySubsequences: false)
            guard cells.count == columns.count else { return line }
            for (column, cell) in zip(columns, cells) where !cell.isEmpty && !cell.elementsEqual("\\N".utf8) {
                let isQuoted = isCSV && cell.count > 2 && cell.first == 0x22 && cell.last == 0x22
                let value = isQuoted ? cell.startIndex + 1..<cell.endIndex - 1 : cell.startIndex..<cell.endIndex
                settings.append(Setting(names: [table, column], value: value))
            }
            line = last + 1
        }
        return min(line, end)
    }

    // MARK: - Accounts

    /// How statements about accounts begin; a sentence may begin with their first word.
    private static let accountStatements: [StaticString] = [
        "create user ", "create role ", "create login ", "create database ", "create credential ", "create secret ",
        "create subscription ", "create server ", "create application role ", "create master key ", "alter user ",
        "alter role ", "alter login ", "alter database ", "alter credential ", "alter subscription ", "alter server ",
        "alter application role ", "alter master key ", "drop user ", "grant ", "set password", "attach ", "pragma ",
        "exec sp_", "execute sp_", "exec master", "exec('",
    ]

    private func isAboutAccount(_ start: Int) -> Bool {
        guard let word = Self.accountStatements.first(where: { has($0, at: start) }) else { return false }
        // `grant access to …`
        return word.utf8CodeUnitCount != 6 || self.word("identified", from: start, reach: 256) != nil
    }

    /// What stands in front of the password of an account.
    private static let introductions: [StaticString] = [
        "password for ", "password ", "password=", "password = ", " by ", " key ", "key=", "key = ", "secret=",
        "secret = ", "sp_addlogin ",
    ]

    /// Whether one of them begins with a byte.
    private static let isFirst: [Bool] = (0..<256).map { " pksPKS".utf8.contains(UInt8($0)) }

    /// `IDENTIFIED BY 'x'`, `WITH PASSWORD 'x'`, `SET PASSWORD FOR 'a'@'b' = 'x'`, `PRAGMA key = 'x'`
    private mutating func account(from start: Int) {
        let limit = min(end, start + Self.longest)
        var at = start
        while at < limit, bytes[at] != 0x3b {
            guard Self.isFirst[Int(bytes[at])], let word = Self.introductions.first(where: { has($0, at: at) }),
                at > start
            else {
                at += 1
                continue
            }
            at += word.utf8CodeUnitCount
            guard at < limit else { return }
            if has("for ", at: at) || word.utf8CodeUnitCount == 13 {
                guard let sign = ByteText.first(0x3d, bytes: bytes, in: at..<limit) else { return }
                at = sign + 1
            }
            skipBlanks(&at)
            if has("=", at: at) { at += 1 }
            skipBlanks(&at)
            guard at < limit else { return }
            var value = SQLValue(bytes, from: at, limit: limit)
            if word.utf8CodeUnitCount == 12, value.end < limit, bytes[value.end] == 0x2c {
                // The second argument.
                at = value.end + 1
                skipBlanks(&at)
                value = SQLValue(bytes, from: at, limit: limit)
            }
            let end = value.text ?? (word.utf8CodeUnitCount == 4 ? bareWord(at, limit: limit) : nil)
            if let text = end {
                settings.append(Setting(names: [Array("password".utf8)], value: text, isArgument: true))
                at = text.upperBound
            }
        }
    }

    /// A password of Oracle, which needs no quotes.
    private func bareWord(_ start: Int, limit: Int) -> Range<Int>? {
        let word = (min(start, limit)..<limit).prefix { bytes[$0] > 0x20 && !";,()'\"".utf8.contains(bytes[$0]) }
        guard let last = word.last, bytes[start...last].contains(where: ByteText.isDigit), word.count >= 5 else {
            return nil
        }
        return start..<last + 1
    }

    // MARK: - Parts

    /// Behind a word that stands near.
    private func word(_ word: StaticString, from start: Int, reach: Int = 64) -> Int? {
        (start..<max(start, min(end, start + reach))).first { has(word, at: $0) }
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
                switch bytes[at] {
                case 0x28: depth += 1
                case 0x29: depth -= 1
                // `DEFAULT 'a, b'`
                case 0x27: at = ByteText.closingQuote(of: at, bytes: bytes, limit: min(end, at + 1024)) ?? at
                default: break
                }
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

    /// One row in brackets.
    private func row(at place: inout Int) -> [SQLValue]? {
        var at = place
        while at < end, bytes[at] <= 0x20 || bytes[at] == 0x2c { at += 1 }
        guard at < end, bytes[at] == 0x28 else { return nil }
        let (values, last) = list(from: at + 1)
        guard last < end, bytes[last] == 0x29, !values.isEmpty else { return nil }
        place = last + 1
        return values
    }

    /// Expressions with commas between them.
    private func list(from start: Int) -> (values: [SQLValue], end: Int) {
        var values: [SQLValue] = []
        var at = start
        while at < end, values.count < Self.mostColumns {
            skipBlanks(&at)
            let value = SQLValue(bytes, from: at, limit: end)
            values.append(value)
            at = value.end
            guard at < end, bytes[at] == 0x2c else { break }
            at += 1
        }
        return (values, at)
    }
}

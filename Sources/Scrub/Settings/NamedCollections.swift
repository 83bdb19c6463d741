/// Reads lists and maps of program text whose name says that they hold secrets or accounts: `users = {'root': 'x'}`,
/// `tokens = ["x"]`, `$passwords = ['admin' => 'x']`, `users: {admin: x}`.
struct NamedCollections {
    private let bytes: [UInt8]
    private let range: Range<Int>
    private let source: SettingsSource
    private(set) var settings: [Setting] = []

    /// How far a collection is read (bytes).
    private static let reach = 64 << 10
    /// What may stand between a name and the bracket: a sign, a type (bytes).
    private static let longestType = 48
    private static let longestName = 48

    static func read(_ bytes: [UInt8], in range: Range<Int>, source: SettingsSource) -> [Setting] {
        var reader = NamedCollections(bytes: bytes, range: range, source: source)
        var at = range.lowerBound
        while at < range.upperBound {
            guard ByteText.isLetter(bytes[at]) || bytes[at] == 0x5f else {
                at += 1
                continue
            }
            let start = at
            while at < range.upperBound, ByteText.isAlphanumeric(bytes[at]) || "_-".utf8.contains(bytes[at]) { at += 1 }
            // All of their names are plurals.
            guard bytes[at - 1] | 0x20 == 0x73, (5...longestName).contains(at - start) else { continue }
            let name = Array(bytes[start..<at])
            guard SettingMeaning.collection(SettingName(name)) != nil, let open = reader.opening(from: at) else {
                continue
            }
            at = max(at, reader.collection(name, from: open + 1))
        }
        return reader.settings
    }

    private init(bytes: [UInt8], range: Range<Int>, source: SettingsSource) {
        self.bytes = bytes
        self.range = range
        self.source = source
    }

    /// The bracket that opens a collection behind its name: `= {`, `: [`, `= array(`, `= map[string]string{`.
    private func opening(from start: Int) -> Int? {
        var at = start
        let limit = min(range.upperBound, start + Self.longestType)
        if at < limit, bytes[at] == 0x22 || bytes[at] == 0x27 { at += 1 }
        while at < limit, ByteText.isBlank(bytes[at]) { at += 1 }
        guard at < limit, bytes[at] == 0x3d || bytes[at] == 0x3a else { return nil }
        while at < limit, "=:> \t".utf8.contains(bytes[at]) { at += 1 }
        if ByteText.has("map[string]string", bytes: bytes, at: at) { at += 17 }
        if ByteText.has("[]string", bytes: bytes, at: at) { at += 8 }
        if ByteText.has("new ", bytes: bytes, at: at) { at += 4 }
        while at < limit, ByteText.isAlphanumeric(bytes[at]) || bytes[at] == 0x5f { at += 1 }
        return at < limit && "{[(".utf8.contains(bytes[at]) ? at : nil
    }

    /// - Returns: where it ends.
    private mutating func collection(_ name: [UInt8], from start: Int) -> Int {
        let limit = min(range.upperBound, start + Self.reach)
        var depth = 1
        var at = start
        var key: Range<Int>?
        while at < limit, depth > 0 {
            let byte = bytes[at]
            switch byte {
            case 0x28 where source.isCode && at > start && ByteText.isName(bytes[at - 1]):
                // What is called takes other things.
                at = call(at, limit: limit)
            case 0x7b, 0x5b, 0x28:
                depth += 1
                key = nil
                at += 1
            case 0x7d, 0x5d, 0x29:
                depth -= 1
                at += 1
            case 0x3b: return at
            case 0x2c:
                // `("admin", "x")`
                if depth == 1 { key = nil }
                at += 1
            case 0x22, 0x27, 0x60:
                guard let end = ByteText.closingQuote(of: at, bytes: bytes, limit: limit) else { return at }
                word(at + 1..<end, of: name, depth: depth, key: &key)
                at = end + 1
            default:
                guard ByteText.isAlphanumeric(byte) || byte == 0x5f else {
                    at += 1
                    continue
                }
                let first = at
                while at < limit, bytes[at] > 0x20, !",:=}])('\";".utf8.contains(bytes[at]) { at += 1 }
                at = max(at, first + 1)
                // Program text has names where YAML has values.
                if isKey(behind: at) || !source.isCode { word(first..<at, of: name, depth: depth, key: &key) }
            }
        }
        return at
    }

    private mutating func word(_ text: Range<Int>, of name: [UInt8], depth: Int, key: inout Range<Int>?) {
        if isKey(behind: text.upperBound) || depth == 2 && key == nil && isAccount(text) {
            key = text
            return
        }
        let names = key.map { [name, Array(bytes[$0])] } ?? [name]
        // What an account is called, and where it lives, is no password.
        if names.count == 2, SettingMeaning.isAttribute(SettingName(names[1]), of: SettingName(name)) {
            key = nil
            return
        }
        settings.append(Setting(names: names, value: text, isLiteral: true))
        key = nil
    }

    /// Behind the bracket that closes the arguments of a call.
    private func call(_ open: Int, limit: Int) -> Int {
        var (at, depth) = (open, 0)
        while at < limit {
            switch bytes[at] {
            case 0x28: depth += 1
            case 0x29:
                depth -= 1
                if depth == 0 { return at + 1 }
            case 0x22, 0x27, 0x60: at = ByteText.closingQuote(of: at, bytes: bytes, limit: limit) ?? at
            default: break
            }
            at += 1
        }
        return limit
    }

    private func isAccount(_ text: Range<Int>) -> Bool {
        (3...32).contains(text.count) && SettingMeaning.isCommonAccount(Array(bytes[text]))
    }

    /// Whether a sign follows that makes a word the name of the next one.
    private func isKey(behind place: Int) -> Bool {
        var at = place
        if at < range.upperBound, bytes[at] == 0x22 || bytes[at] == 0x27 || bytes[at] == 0x60 { at += 1 }
        while at < range.upperBound, ByteText.isBlank(bytes[at]) || bytes[at] == 0x5d { at += 1 }
        return at < range.upperBound && (bytes[at] == 0x3a || bytes[at] == 0x3d)
    }
}

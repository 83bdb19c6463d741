/// Reads the names and values of JSON, as far as it is sound: text that is cut off or part of something else gives what is
/// whole. A string that holds JSON itself is read as well.
///
/// Inside of a string each quote has backslashes in front: `\"` one level deep, `\\\"` two.
struct JSONSettings {
    private let bytes: [UInt8]
    /// How many backslashes stand in front of a quote that delimits.
    private let escapes: Int
    private(set) var settings: [Setting] = []
    private var at: Int
    private let end: Int
    /// The names of what is open, where it has one, and whether it is an array.
    private var open: [(name: [UInt8]?, isArray: Bool)] = []
    /// What `"name": "psk"` says the `"value"` beside it is.
    private var label: [UInt8]?

    /// How deep strings of JSON in JSON are followed.
    private static let deepest = 3
    private static let mostOpen = 64

    /// - Parameter range: begins with `{` or `[`.
    static func read(_ bytes: [UInt8], in range: Range<Int>, names: [[UInt8]] = [], depth: Int = 0) -> [Setting] {
        var reader = JSONSettings(bytes: bytes, range: range, escapes: (1 << depth) - 1)
        reader.read(names, depth: depth)
        return reader.settings
    }

    /// Where JSON begins in a text, behind a mark of UTF-8; nil for another text. `[section]` begins with the same sign as an
    /// array.
    static func start(of bytes: [UInt8], in range: Range<Int>) -> Int? {
        guard let first = ByteText.start(of: bytes, in: range),
            let next = (first + 1..<range.upperBound).first(where: { bytes[$0] > 0x20 })
        else { return nil }
        let following: [UInt8] =
            switch bytes[first] {
            case 0x7b: [0x22, 0x7d]
            case 0x5b: [0x7b, 0x22, 0x5b]
            default: []
            }
        return following.contains(bytes[next]) ? first : nil
    }

    private init(bytes: [UInt8], range: Range<Int>, escapes: Int) {
        self.bytes = bytes
        self.escapes = escapes
        at = range.lowerBound
        end = range.upperBound
    }

    private mutating func read(_ outer: [[UInt8]], depth: Int) {
        var name: [UInt8]?
        while at < end {
            switch bytes[at] {
            case 0x7b, 0x5b:
                if open.count >= Self.mostOpen { return }
                open.append((name, bytes[at] == 0x5b))
                name = nil
                at += 1
            case 0x7d, 0x5d:
                _ = open.popLast()
                name = nil
                label = nil
                at += 1
            case 0x2c:
                name = nil
                at += 1
            case 0x22, 0x5c:
                guard let text = string() else {
                    at += 1
                    continue
                }
                let next = ByteText.trimmed(bytes, range: at..<min(end, at + 16)).lowerBound
                if next < end, bytes[next] == 0x3a {
                    name = Array(bytes[text])
                    at = next + 1
                } else if let name {
                    note(name, text: text, outer: outer, depth: depth)
                } else if let last = open.last, last.isArray, last.name != nil {
                    // Each of a list is what the list is called.
                    settings.append(Setting(names: outer + open.compactMap(\.name), value: text))
                }
            case 0x20, 0x09, 0x0a, 0x0d, 0x3a:
                at += 1
            default:
                let start = at
                while at < end, !",}] \n\r\t".utf8.contains(bytes[at]) { at += 1 }
                guard let name, at > start, !Self.isRedactedNumber(bytes[start..<at]) else { continue }
                note(name, text: start..<at, outer: outer, depth: depth)
            }
        }
    }

    private mutating func note(_ name: [UInt8], text: Range<Int>, outer: [[UInt8]], depth: Int) {
        let names = outer + open.compactMap(\.name) + [name]
        let isNumber = ByteText.isNumber(bytes[text]) && text.lowerBound > 0 && bytes[text.lowerBound - 1] != 0x22
        settings.append(Setting(names: names, value: text, isNumber: isNumber))
        let word = String(decoding: name.prefix(16), as: UTF8.self).lowercased()
        if ["name", "key", "id", "param", "option"].contains(word), text.count <= 64 {
            label = Array(bytes[text])
        } else if let label, ["value", "val", "v", "data"].contains(word) {
            settings.append(Setting(names: names.dropLast() + [label], value: text, isNumber: isNumber))
        }
        guard depth < Self.deepest, let first = text.first, bytes[first] == 0x7b || bytes[first] == 0x5b else { return }
        settings += Self.read(bytes, in: text, names: names, depth: depth + 1)
    }

    /// What scrub leaves of a number.
    private static func isRedactedNumber(_ text: ArraySlice<UInt8>) -> Bool {
        ByteText.isNumber(text) && text.count >= 3 && text.allSatisfy { $0 == 0x31 || !ByteText.isDigit($0) }
    }

    /// The string that begins here, without its quotes; nil if none does, or if it does not end.
    private mutating func string() -> Range<Int>? {
        guard let start = delimiter(at: at) else { return nil }
        var place = start
        while place < end {
            if bytes[place] == 0x22 {
                // Up to where the backslashes in front begin.
                var first = place
                while first > start, bytes[first - 1] == 0x5c { first -= 1 }
                if Self.delimits(behind: place - first, escapes: escapes) {
                    at = place + 1
                    return start..<place - escapes
                }
            }
            place += 1
        }
        return nil
    }

    /// Whether a quote ends its string: each string around it takes half of the backslashes in front for itself.
    private static func delimits(behind backslashes: Int, escapes: Int) -> Bool {
        var (left, level) = (backslashes, escapes)
        while level > 0 {
            guard !left.isMultiple(of: 2) else { return false }
            left /= 2
            level /= 2
        }
        return left.isMultiple(of: 2)
    }

    /// The place behind a quote that delimits.
    private func delimiter(at place: Int) -> Int? {
        guard place + escapes < end, bytes[place..<place + escapes].allSatisfy({ $0 == 0x5c }),
            bytes[place + escapes] == 0x22
        else { return nil }
        return place + escapes + 1
    }
}

/// One expression of SQL in a list of values: a text in quotes, what a function makes of one, a number in hexadecimal.
struct SQLValue {
    /// The text, without its quotes; of a function that of its first argument. Nil where there is none.
    private(set) var text: Range<Int>?
    /// Of texts that are joined, those behind the first one.
    private(set) var further: [Range<Int>] = []
    /// Whether it is written in hexadecimal digits.
    private(set) var isHex = false
    /// Behind the expression: at a comma, a bracket, or what ends the statement.
    private(set) var end: Int

    /// A longer one is none (bytes).
    private static let longest = 4 << 10
    private static let endings: [StaticString] = ["from ", "where ", "union ", "on ", "limit ", "returning ", "as "]

    init(_ bytes: [UInt8], from start: Int, limit: Int) {
        let limit = min(limit, start + Self.longest)
        var at = start
        var depth = 0
        var isJoined = false
        end = limit
        while at < limit {
            let byte = bytes[at]
            switch byte {
            case 0x2c where depth == 0, 0x29 where depth == 0, 0x3b:
                end = at
                return
            case 0x28:
                depth += 1
                if ByteText.has("concat", bytes: bytes, at: at - 6) { isJoined = true }
            case 0x29: depth -= 1
            case 0x27, 0x22:
                guard let close = LiteralEnds.close(.either, of: at, bytes: bytes, limit: limit) else { return }
                if text == nil {
                    note(bytes, inner: at + 1..<close, quote: at, start: start)
                } else if isJoined, close > at + 1 {
                    further.append(at + 1..<close)
                }
                at = close
            case 0x5c where at + 1 < limit && (bytes[at + 1] == 0x27 || bytes[at + 1] == 0x22):
                // In a string of a program: `\'x\'`.
                guard let close = Self.escapedClose(bytes, quote: at + 1, limit: limit) else { return }
                if text == nil { note(bytes, inner: at + 2..<close, quote: at, start: start) }
                at = close + 1
            case 0x24:
                guard let (inner, behind) = Self.dollarQuoted(bytes, at: at, limit: limit) else { break }
                if text == nil { text = inner }
                at = behind - 1
            case 0x30 where at == start && ByteText.has("0x", bytes: bytes, at: at):
                let digits = (min(at + 2, limit)..<limit).prefix { ByteText.isHexDigit(bytes[$0]) }
                if let last = digits.last, digits.count >= 6 { (text, isHex) = (at + 2..<last + 1, true) }
            default:
                guard depth == 0, at > start, bytes[at - 1] <= 0x20, ByteText.isLetter(byte),
                    Self.endings.contains(where: { ByteText.has($0, bytes: bytes, at: at) })
                else { break }
                end = at
                return
            }
            at += 1
        }
    }

    /// `X'…'` and `'\x…'` are hexadecimal.
    private mutating func note(_ bytes: [UInt8], inner: Range<Int>, quote: Int, start: Int) {
        var inner = inner
        let isMarked = inner.count > 2 && ByteText.has("\\x", bytes: bytes, at: inner.lowerBound)
        if isMarked { inner = inner.lowerBound + 2..<inner.upperBound }
        let isPrefixed = quote == start + 1 && bytes[start] | 0x20 == 0x78
        if isMarked || isPrefixed, !inner.isEmpty, bytes[inner].allSatisfy(ByteText.isHexDigit) { isHex = true }
        text = inner
    }

    /// The backslash in front of the quote that ends a text that begins with one, too.
    private static func escapedClose(_ bytes: [UInt8], quote: Int, limit: Int) -> Int? {
        (quote + 1..<limit).first { at in
            bytes[at] == 0x5c && at + 1 < limit && bytes[at + 1] == bytes[quote] && bytes[at - 1] != 0x5c
        }
    }

    /// PostgreSQL's `$$x$$` and `$tag$x$tag$`.
    private static func dollarQuoted(_ bytes: [UInt8], at place: Int, limit: Int) -> (Range<Int>, behind: Int)? {
        guard let second = (place + 1..<min(limit, place + 32)).first(where: { bytes[$0] == 0x24 }),
            bytes[place + 1..<second].allSatisfy({ ByteText.isAlphanumeric($0) || $0 == 0x5f })
        else { return nil }
        let mark = bytes[place...second]
        let first = second + 1
        guard
            let close = (first..<max(first, limit - mark.count + 1)).first(where: { at in
                bytes[at] == 0x24 && bytes[at..<at + mark.count] == mark
            })
        else { return nil }
        return (first..<close, close + mark.count)
    }
}

/// The strings of a list, on one line or several: `["…", '…']`, `("…")`, `{"…"}`, `array('…')`; in YAML without quotes, too.
enum ListOfStrings {
    /// How far a list is read (bytes).
    private static let reach = 256 << 10
    /// The longest name of a type in front of a list (bytes).
    private static let longestType = 24

    /// - Parameter start: behind the sign.
    /// - Returns: the strings without their quotes; none where a value is something else.
    static func read(_ bytes: [UInt8], from start: Int, isYAML: Bool) -> [Range<Int>] {
        let end = min(bytes.count, start + reach)
        guard let first = opening(bytes, from: start, end: end) else { return [] }
        let closing: UInt8 = bytes[first] == 0x28 ? 0x29 : bytes[first] + 2
        var strings: [Range<Int>] = []
        var at = first + 1
        while at < end, bytes[at] != closing {
            let byte = bytes[at]
            if byte <= 0x20 && byte != 0 || byte == 0x2c {
                at += 1
            } else if byte == 0x22 || byte == 0x27 {
                var close = at + 1
                while close < end, bytes[close] != byte {
                    if bytes[close] == 0x0a { return [] }
                    close += bytes[close] == 0x5c ? 2 : 1
                }
                guard close < end else { return [] }
                strings.append(at + 1..<close)
                at = close + 1
                // A name of a table: `{'root': 'x'}`.
                if at < end, bytes[at] == 0x3a { return [] }
            } else if isYAML, let word = (at..<end).first(where: { ",]\n".utf8.contains(bytes[$0]) }), word > at {
                strings.append(ByteText.trimmed(bytes, range: at..<word))
                at = word
            } else {
                return []
            }
        }
        return at < end ? strings : []
    }

    /// The bracket that opens a list, behind the name of a type.
    private static func opening(_ bytes: [UInt8], from start: Int, end: Int) -> Int? {
        var at = start
        while at < end, ByteText.isBlank(bytes[at]) { at += 1 }
        let first = at
        while at < end, at - first < longestType, ByteText.isAlphanumeric(bytes[at]) || bytes[at] == 0x5f { at += 1 }
        return at < end && "[({".utf8.contains(bytes[at]) ? at : nil
    }
}

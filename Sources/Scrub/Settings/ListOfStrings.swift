/// The strings of a list on one line: `["…", '…']`.
enum ListOfStrings {
    /// - Parameter range: from behind the sign on to the end of the line.
    /// - Returns: the strings without their quotes; none where a value is something else.
    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Range<Int>] {
        var at = ByteText.trimmed(bytes, range: range).lowerBound
        guard at < range.upperBound, bytes[at] == 0x5b else { return [] }
        var strings: [Range<Int>] = []
        at += 1
        while at < range.upperBound, bytes[at] != 0x5d {
            let quote = bytes[at]
            guard quote == 0x22 || quote == 0x27 else {
                guard ByteText.isBlank(quote) || quote == 0x2c else { return [] }
                at += 1
                continue
            }
            var end = at + 1
            while end < range.upperBound, bytes[end] != quote { end += bytes[end] == 0x5c ? 2 : 1 }
            guard end < range.upperBound else { return [] }
            strings.append(at + 1..<end)
            at = end + 1
        }
        return strings
    }
}

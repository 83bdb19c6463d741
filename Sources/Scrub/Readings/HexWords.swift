/// Hexadecimal words of two, four or eight bytes in a row, as `xxd -g4`, `od -tx4` and monitors of boot loaders show memory:
/// `70617373 776f7264`.
struct HexWords {
    private let source: [UInt8]
    private var words: [Range<Int>] = []
    /// Behind the last one.
    private(set) var end: Int

    /// Two words say it, where each has four bytes or more.
    private static let fewest = 2
    /// Between two words at most so many blanks stand (bytes).
    private static let widestGap = 4

    init(_ source: [UInt8], from start: Int, width: Int) {
        self.source = source
        end = start
        var at = start
        while let word = Self.word(source, at: at, width: width) {
            words.append(word)
            end = word.upperBound
            guard let next = behindGap(from: end, width: width) else { return }
            at = next
        }
    }

    private static func word(_ source: [UInt8], at place: Int, width: Int) -> Range<Int>? {
        let end = place + width
        guard end <= source.count, source[place..<end].allSatisfy(ByteText.isHexDigit),
            end == source.count || !ByteText.isAlphanumeric(source[end]) && source[end] != 0x3a
        else { return nil }
        return place..<end
    }

    /// Where the next word begins, in the same line or behind the address that begins the next one.
    private func behindGap(from start: Int, width: Int) -> Int? {
        var at = start
        while at < source.count, at - start < Self.widestGap, ByteText.isBlank(source[at]) || source[at] == 0x2c {
            at += 1
        }
        if at > start, at < source.count, ByteText.isHexDigit(source[at]) { return at }
        // The characters of a line stand behind its words.
        var lineEnd = at
        while lineEnd < source.count, lineEnd - at < 80, source[lineEnd] != 0x0a { lineEnd += 1 }
        guard lineEnd < source.count, source[lineEnd] == 0x0a else { return nil }
        at = lineEnd + 1
        var digits = at
        while digits < source.count, digits - at <= 16, ByteText.isHexDigit(source[digits]) { digits += 1 }
        guard (6...16).contains(digits - at), digits < source.count else { return nil }
        let hasColon = source[digits] == 0x3a
        guard hasColon || digits - at != width || source[digits] == 0x20 else { return nil }
        at = digits + (hasColon ? 1 : 0)
        let first = at
        while at < source.count, at - first < Self.widestGap, ByteText.isBlank(source[at]) { at += 1 }
        return at > first ? at : nil
    }

    /// In the order of the digits, and with the bytes of each word turned round; none for a word that stands alone.
    var readings: [WrittenBytes] {
        guard words.count >= Self.fewest, let width = words.first?.count, words.count * width >= 16 else { return [] }
        var (straight, turned) = (WrittenBytes(notation: .hex), WrittenBytes(notation: .hex))
        for word in words {
            let places = stride(from: word.lowerBound, to: word.upperBound, by: 2)
            func byte(_ at: Int) -> UInt8 { ByteText.hexValue(source[at]) << 4 | ByteText.hexValue(source[at + 1]) }
            for at in places { straight.append(byte(at), at: at..<at + 2) }
            for at in places.reversed() { turned.append(byte(at), at: at..<at + 2) }
        }
        return [straight, turned]
    }
}

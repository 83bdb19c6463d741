/// Hexadecimal words of two, four or eight bytes in a row, as `xxd -g4`, `od -tx4` and monitors of boot loaders show memory:
/// `70617373 776f7264`; and lists of numbers of that size: `0x73736170, 0x64726f77`, without their leading zeros too, and with
/// `_` among the digits.
struct HexWords {
    private let source: [UInt8]
    /// Where the digits of each word stand, the last `width` of them; those that are not there are zeros.
    private var words: [[Int]] = []
    private let width: Int
    /// Behind the last one.
    private(set) var end: Int

    /// Whether they are a list, or lines with an address in front are among them: then they need not be a text.
    private(set) var isCertain = false

    /// Two words say it, where each has four bytes or more.
    private static let fewest = 2
    /// Between two words at most so many blanks stand (bytes).
    private static let widestGap = 4
    /// The same in a list, which may go on in the next line.
    private static let widestListGap = 40

    init(_ source: [UInt8], from start: Int, width: Int) {
        self.source = source
        self.width = width
        end = start
        var at = start
        let isList = Self.prefix(source, at: start) > 0
        isCertain = isList
        while isList == (Self.prefix(source, at: at) > 0),
            let word = isList
                ? Self.number(source, at: at + 2, width: width) : Self.word(source, at: at, width: width),
            let last = word.last
        {
            words.append(word)
            end = last + 1
            guard let next = isList ? behindListGap(from: end) : behindGap(from: end, width: width) else { return }
            at = next
        }
    }

    /// The size of the `0x` at a place (bytes).
    private static func prefix(_ source: [UInt8], at place: Int) -> Int {
        place + 1 < source.count && source[place] == 0x30 && source[place + 1] | 0x20 == 0x78 ? 2 : 0
    }

    /// How many digits the number in a list has that begins at a place; nil where none does.
    static func listWidth(_ source: [UInt8], at place: Int) -> Int? {
        guard prefix(source, at: place) > 0 else { return nil }
        // Two digits are a byte.
        switch digits(source, at: place + 2).count {
        case 3...4: return 4
        case 5...8: return 8
        case 9...16: return 16
        default: return nil
        }
    }

    /// Where the digits of the number are that begins at a place; `0x4a51_5371` has two groups.
    private static func digits(_ source: [UInt8], at place: Int) -> [Int] {
        var found: [Int] = []
        var at = place
        while at < source.count, found.count <= 16, ByteText.isHexDigit(source[at]) || source[at] == 0x5f {
            if source[at] != 0x5f { found.append(at) }
            at += 1
        }
        return found
    }

    private static func number(_ source: [UInt8], at place: Int, width: Int) -> [Int]? {
        let found = digits(source, at: place)
        return found.isEmpty || found.count > width ? nil : found
    }

    private func behindListGap(from start: Int) -> Int? {
        var at = start
        while at < source.count, "uUlL".utf8.contains(source[at]) { at += 1 }
        let first = at
        while at < source.count, at - first < Self.widestListGap, source[at] <= 0x20 || source[at] == 0x2c { at += 1 }
        return at > first ? at : nil
    }

    private static func word(_ source: [UInt8], at place: Int, width: Int) -> [Int]? {
        let end = place + width
        guard end <= source.count, source[place..<end].allSatisfy(ByteText.isHexDigit),
            end == source.count || !ByteText.isHexDigit(source[end]) && source[end] != 0x3a
        else { return nil }
        return Array(place..<end)
    }

    /// Where the next word begins, in the same line or behind the address that begins the next one.
    private mutating func behindGap(from start: Int, width: Int) -> Int? {
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
        guard let digits = ByteText.behindAddress(source, at: at) else { return bareRow(at, width: width) }
        let hasColon = source[digits] == 0x3a
        guard hasColon || digits - at != width || source[digits] == 0x20 else { return nil }
        at = digits + (hasColon ? 1 : 0)
        let first = at
        while at < source.count, at - first < Self.widestGap, ByteText.isBlank(source[at]) { at += 1 }
        if at > first { isCertain = true }
        return at > first ? at : nil
    }

    /// The first word of a row of `od -An`, behind blanks.
    private mutating func bareRow(_ start: Int, width: Int) -> Int? {
        var at = start
        while at < source.count, at - start < Self.widestGap, source[at] == 0x20 { at += 1 }
        guard at > start, Self.word(source, at: at, width: width) != nil else { return nil }
        if words.count * width >= 32 { isCertain = true }
        return at
    }

    /// In the order of the digits, and with the bytes of each word turned round; none for a word that stands alone.
    var readings: [WrittenBytes] {
        guard words.count >= Self.fewest, words.count * width >= 16 else { return [] }
        var (straight, turned) = (WrittenBytes(notation: .hex), WrittenBytes(notation: .hex))
        for word in words {
            let bytes = stride(from: 0, to: width, by: 2).map { byte(word, from: $0 - (width - word.count)) }
            for byte in bytes { straight.append(byte.value, at: byte.place) }
            for byte in bytes.reversed() { turned.append(byte.value, at: byte.place) }
        }
        return [straight, turned]
    }

    /// The byte of two digits, of which the first ones may be left out.
    private func byte(_ word: [Int], from index: Int) -> (value: UInt8, place: Range<Int>) {
        func digit(_ index: Int) -> UInt8 { index < 0 ? 0 : ByteText.hexValue(source[word[index]]) }
        let value = digit(index) << 4 | digit(index + 1)
        guard index + 1 >= 0 else { return (value, word[0]..<word[0]) }
        return (value, word[max(index, 0)]..<word[index + 1] + 1)
    }
}

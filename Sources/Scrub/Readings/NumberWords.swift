/// Lists and rows of whole numbers of two, four or eight bytes each, in decimal or octal digits: `[1784837715, …]`,
/// `.long 1784837715, …`, `od -t u4`, `od -t o8`.
struct NumberWords {
    private let source: [UInt8]
    private var words: [(place: Range<Int>, isNegative: Bool)] = []
    /// Behind the last one.
    private(set) var end: Int

    /// Two numbers say it, where each has four bytes or more.
    private static let fewestBytes = 8
    private static let mostDigits = 22
    /// Between two numbers at most so much stands (bytes).
    private static let widestGap = 48
    private static let directives: Set<String> = [
        ".long", ".word", ".short", ".quad", ".int", "dc.w", "dc.l", "dw", "dd", "dq",
    ]

    /// Fewer digits are no word of two bytes of a text.
    private static let fewestDigits = 4

    init(_ source: [UInt8], from start: Int) {
        self.source = source
        end = start
        var at = start
        while let word = word(at: at) {
            words.append(word)
            end = word.place.upperBound
            guard let next = behindGap(from: end) else { return }
            at = next
        }
    }

    /// The numbers that begin at a place and say a text; nil for others.
    ///
    /// - Parameters:
    ///   - word: where the digits and letters end that begin there, as far as it is known.
    ///   - behind: where the last ones end that were looked at: none of them is looked at again.
    static func find(_ source: [UInt8], at place: Int, word: Int, behind: inout Int) -> NumberWords? {
        let first = source[place] == 0x2d ? place + 1 : place
        guard place >= behind, word - first >= fewestDigits, source[first..<word].allSatisfy(ByteText.isDigit),
            // The offset of a row is none of its numbers.
            !(place == 0 || source[place - 1] == 0x0a) || behindOffset(source, at: place) == nil
        else { return nil }
        let numbers = NumberWords(source, from: place)
        behind = max(behind, numbers.end)
        return numbers.texts.isEmpty ? nil : numbers
    }

    private func word(at place: Int) -> (place: Range<Int>, isNegative: Bool)? {
        guard place < source.count else { return nil }
        let isNegative = source[place] == 0x2d
        let first = isNegative ? place + 1 : place
        var end = first
        while end < source.count, end - first <= Self.mostDigits, ByteText.isDigit(source[end]) { end += 1 }
        guard end > first, end - first <= Self.mostDigits else { return nil }
        // A word, a fraction, a time, a number in hexadecimal.
        if end < source.count,
            ByteText.isLetter(source[end]) && !"uUlL".utf8.contains(source[end])
                || "_.:/".utf8.contains(source[end])
        {
            return nil
        }
        return (first..<end, isNegative)
    }

    /// Behind blanks and a comma, and in the next line behind what begins it: an offset, a directive.
    private func behindGap(from start: Int) -> Int? {
        var at = start
        while at < source.count, "uUlL".utf8.contains(source[at]) { at += 1 }
        let first = at
        var isNewLine = false
        while at < source.count, at - first < Self.widestGap, source[at] <= 0x20 || source[at] == 0x2c {
            isNewLine = isNewLine || source[at] == 0x0a
            at += 1
            if source[at - 1] == 0x0a, let offset = Self.behindOffset(source, at: at) { at = offset }
        }
        if isNewLine, at < source.count, source[at] == 0x2e || source[at] | 0x20 == 0x64 {
            let word = source[at...].prefix(8).prefix { $0 > 0x20 }
            guard Self.directives.contains(String(decoding: word, as: UTF8.self).lowercased()) else { return nil }
            at = word.endIndex
            while at < source.count, ByteText.isBlank(source[at]) { at += 1 }
        }
        return at > first ? at : nil
    }

    /// What is a text in one of them, or begins as something packed does.
    var texts: [WrittenBytes] { readings.filter { $0.isText || EmbeddedStream.begins($0.bytes) } }

    /// Behind the offset that begins a row of a dump: its first digit is a zero.
    private static func behindOffset(_ source: [UInt8], at place: Int) -> Int? {
        guard place < source.count, source[place] == 0x30,
            let end = ByteText.behindAddress(source, at: place), source[end] == 0x20
        else { return nil }
        return end
    }

    /// In each size and order of bytes that all of the numbers fit in, and most of them need.
    var readings: [WrittenBytes] {
        guard words.count >= 2 else { return [] }
        return [10, 8].flatMap { radix -> [WrittenBytes] in
            let values = words.map { value($0.place, radix: UInt64(radix)) }
            guard !values.contains(nil) else { return [] }
            return [2, 4, 8].flatMap { width -> [WrittenBytes] in
                guard words.count * width >= Self.fewestBytes, isOf(width, values: values.compactMap(\.self)) else {
                    return []
                }
                return [
                    reading(values, width: width, radix: radix, isTurned: false),
                    reading(values, width: width, radix: radix, isTurned: true),
                ]
            }
        }
    }

    private func value(_ digits: Range<Int>, radix: UInt64) -> UInt64? {
        var value: UInt64 = 0
        for digit in source[digits] {
            let digit = UInt64(digit & 15)
            guard digit < radix else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: radix)
            let (sum, isOver) = product.addingReportingOverflow(digit)
            if isTooLarge || isOver { return nil }
            value = sum
        }
        return value
    }

    /// Whether numbers fit in words of a size, and half of them at least are those of a text.
    private func isOf(_ width: Int, values: [UInt64]) -> Bool {
        if width < 8, values.contains(where: { $0 >> UInt64(width * 8) != 0 }) { return false }
        return values.count { $0 >> UInt64(width * 8 - 8) != 0 } * 2 >= values.count
    }

    private func reading(_ values: [UInt64?], width: Int, radix: Int, isTurned: Bool) -> WrittenBytes {
        var reading = WrittenBytes(notation: radix == 8 ? .octal : .decimal)
        for (word, value) in zip(words, values) {
            let value = word.isNegative ? 0 &- (value ?? 0) : value ?? 0
            for index in 0..<width {
                let shift = UInt64((isTurned ? index : width - 1 - index) * 8)
                reading.append(UInt8(truncatingIfNeeded: value >> shift), at: word.place)
            }
        }
        return reading
    }
}

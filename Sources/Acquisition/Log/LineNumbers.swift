/// The numbers that an editor, `cat -n` or `grep -n` writes in front of each line of a log, learned from some lines.
///
///         17	82000000: 85 19 03 20
///     17:82000000: 85 19 03 20
struct LineNumbers {
    /// What stands between a number and its line.
    private let sign: [UInt8]

    /// Nil if lines have none: each that has one has the next one.
    init?(lines: [ArraySlice<UInt8>]) {
        guard lines.count >= 8 else { return nil }
        var numbers: [(value: Int, rest: ArraySlice<UInt8>)] = []
        for line in lines { if let number = Self.number(line) { numbers.append(number) } }
        let steps = zip(numbers, numbers.dropFirst()).count { $1.value == $0.value + 1 }
        guard numbers.count * 20 >= lines.count * 19, steps * 10 >= numbers.count * 9 else { return nil }
        var common: ArraySlice<UInt8>?
        for (_, rest) in numbers where !rest.isEmpty {
            let sign = rest.prefix(while: Self.isSign)
            common = common.map { $0.prefix(zip($0, sign).prefix { $0 == $1 }.count) } ?? sign
        }
        guard let common, !common.isEmpty, numbers.count(where: { $0.rest.count > common.count }) > numbers.count / 2
        else { return nil }
        sign = Array(common)
    }

    /// A line without its number.
    func rest(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let (_, rest) = Self.number(line) else { return line }
        if rest.starts(with: sign) { return rest.dropFirst(sign.count) }
        // Blanks at the end of a line may be gone.
        return sign.starts(with: rest) ? rest.suffix(0) : line
    }

    /// The number behind a time, and what stands behind it. An address has more digits.
    private static func number(_ line: ArraySlice<UInt8>) -> (value: Int, rest: ArraySlice<UInt8>)? {
        let text = (LineStamp.end(line).map { line[$0...] } ?? line).drop(while: MemoryRow.isBlank)
        let digits = text.prefix { (0x30...0x39).contains($0) }
        guard (1...6).contains(digits.count), let value = Int(String(decoding: digits, as: UTF8.self)) else {
            return nil
        }
        return (value, text[digits.endIndex...])
    }

    private static func isSign(_ byte: UInt8) -> Bool {
        MemoryRow.isBlank(byte) || [0x3a, 0x2e, 0x29, 0x7c].contains(byte)
    }
}

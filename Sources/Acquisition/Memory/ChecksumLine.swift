/// `crc32 for 21000000 ... 2100ffff ==> 29058c73`: what U-Boot's crc32 answers.
struct ChecksumLine: Hashable {
    var start: UInt64
    /// Of the last byte.
    var end: UInt64
    var sum: UInt32
    /// Whether all eight digits are there; a build without leading zeros may print fewer, a damaged line too.
    var isWhole: Bool

    /// What an answer of another form says.
    init(start: UInt64, end: UInt64, sum: UInt32) {
        (self.start, self.end, self.sum, isWhole) = (start, end, sum, true)
    }

    /// Nil if the line is anything else.
    init?(_ line: some Collection<UInt8>) {
        guard let first = line.first, first == 0x63 || first == 0x43 else { return nil }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 7, words[0].lowercased() == "crc32", words[1] == "for", words[3] == "...",
            words[5] == "==>", let start = Self.number(words[2]), let end = Self.number(words[4]),
            let sum = Self.number(words[6]).flatMap({ UInt32(exactly: $0) })
        else { return nil }
        self.start = start
        self.end = end
        self.sum = sum
        isWhole = words[6].count == 8 || words[6].count == 10
    }

    /// With or without `0x`.
    static func number(_ word: Substring) -> UInt64? {
        let digits = word.hasPrefix("0x") || word.hasPrefix("0X") ? word.dropFirst(2) : word
        guard let first = digits.first, first.isHexDigit else { return nil }
        return UInt64(digits, radix: 16)
    }

    /// Whether it is about these bytes.
    func covers(_ address: UInt64, size: Int) -> Bool { start == address && end &- start &+ 1 == UInt64(size) }
}

/// Another form of the answer of a board's crc32, learnt from memory whose sum is known.
struct ChecksumForm: Hashable {
    private enum Word: Hashable {
        case text(String)
        case start, last, end, size, sum
    }
    private let words: [Word]

    /// - Parameters:
    ///   - line: of the answer.
    ///   - range: what was asked about.
    ///   - sum: what it sums to.
    /// - Returns: nil if the sum does not stand in the line.
    init?(_ line: [UInt8], about range: Range<UInt64>, sum: UInt32) {
        let parts = Self.parts(line)
        guard let place = parts.lastIndex(where: { ChecksumLine.number($0) == UInt64(sum) }) else { return nil }
        words = parts.enumerated().map { index, part in
            if index == place { return .sum }
            switch ChecksumLine.number(part) {
            case range.lowerBound?: return .start
            case (range.upperBound - 1)?: return .last
            case range.upperBound?: return .end
            case (range.upperBound - range.lowerBound)?: return .size
            default: return .text(part.lowercased())
            }
        }
    }

    private static func parts(_ line: [UInt8]) -> [Substring] {
        String(decoding: line, as: UTF8.self).split { $0.isWhitespace || ",:=()[]".contains($0) }
    }

    /// The sum in a line of this form about `range`; nil if it is none.
    func sum(in line: [UInt8], about range: Range<UInt64>) -> (sum: UInt32, isWhole: Bool)? {
        let parts = Self.parts(line)
        guard parts.count == words.count else { return nil }
        var found: (UInt32, Bool)?
        for (part, word) in zip(parts, words) {
            let number = ChecksumLine.number(part)
            switch word {
            case .text(let text): if part.lowercased() != text { return nil }
            case .start: if number != range.lowerBound { return nil }
            case .last: if number != range.upperBound - 1 { return nil }
            case .end: if number != range.upperBound { return nil }
            case .size: if number != range.upperBound - range.lowerBound { return nil }
            case .sum:
                guard let sum = number.flatMap({ UInt32(exactly: $0) }) else { return nil }
                found = (sum, part.count == 8 || part.count == 10)
            }
        }
        return found
    }
}

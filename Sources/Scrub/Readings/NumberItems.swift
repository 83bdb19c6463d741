/// Numbers that stand at the same place of each of many items that look alike, each of them a byte: `a[0] = 115;`,
/// `(0,115),(1,101)`, `["115","101"]`, `"0":115`, `*p++ = 0x73;`.
struct NumberItems {
    private struct Token {
        /// Its digits, or its character.
        var place: Range<Int>
        var isPrefixed = false
        var isCharacter = false
        /// What stands between it and the next one, without blanks; 0 where that is too far.
        var gap: UInt64 = 0
    }

    private let source: [UInt8]
    private var tokens: [Token] = []
    private var found: [WrittenBytes] = []

    /// An item has so many numbers at the most.
    private static let mostInItem = 4
    private static let fewestItems = 8
    /// Between two numbers at most so much stands (bytes).
    private static let widestGap = 64
    /// So many numbers are looked at together.
    private static let most = 64 << 10

    /// - Parameter places: only runs with one of these in them are wanted, ascending; nil for all.
    static func all(in source: [UInt8], near places: [Int]? = nil) -> [WrittenBytes] {
        var reader = NumberItems(source: source)
        reader.read()
        return places.map { places in reader.found.filter { places.hasAny(in: $0.span) } } ?? reader.found
    }

    private init(source: [UInt8]) { self.source = source }

    private mutating func read() {
        var at = 0
        var gap = Self.seed
        var start = 0
        while at < source.count {
            let byte = source[at]
            guard Self.begins[Int(byte)] else {
                if byte > 0x20 { gap = Self.hash(gap, with: byte) }
                at += 1
                continue
            }
            var end = at + 1
            let token = token(at: at, end: &end)
            if at - start > Self.widestGap || token == nil && end - start > Self.widestGap { flush() }
            if let token {
                if !tokens.isEmpty { tokens[tokens.count - 1].gap = gap }
                tokens.append(token)
                gap = Self.seed
                if tokens.count >= Self.most { flush() }
                start = end
            } else {
                for place in at..<end where source[place] > 0x20 { gap = Self.hash(gap, with: source[place]) }
            }
            at = end
        }
        flush()
    }

    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    private static func hash(_ value: UInt64, with byte: UInt8) -> UInt64 { (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    /// What a word or a character in quotes begins with.
    private static let begins: [Bool] = (0..<256).map { byte in
        ByteText.isAlphanumeric(UInt8(byte)) || byte == 0x27 || byte == 0x5f
    }

    /// The number or the character that begins at a place; nil for a word, behind which `end` is, too.
    private func token(at place: Int, end: inout Int) -> Token? {
        if source[place] == 0x27 {
            guard place + 2 < source.count, source[place + 2] == 0x27, (0x20..<0x7f).contains(source[place + 1]) else {
                return nil
            }
            end = place + 3
            return Token(place: place + 1..<place + 2, isCharacter: true)
        }
        while end < source.count, ByteText.isAlphanumeric(source[end]) || source[end] == 0x5f { end += 1 }
        let isPrefixed = end - place > 2 && source[place] == 0x30 && source[place + 1] | 0x20 == 0x78
        var digits = (isPrefixed ? place + 2 : place)..<end
        // `31U`, `1fh`
        if digits.count > 1, let last = digits.last, source[last] | 0x20 == 0x75 || source[last] | 0x20 == 0x68 {
            digits = digits.dropLast()
        }
        guard (1...3).contains(digits.count), source[digits].allSatisfy(ByteText.isHexDigit),
            digits.count < 3 || !isPrefixed && source[digits].allSatisfy(ByteText.isDigit)
        else { return nil }
        return Token(place: digits, isPrefixed: isPrefixed)
    }

    // MARK: - Items

    /// Finds items of each size among the numbers that stand near each other.
    private mutating func flush() {
        defer { tokens.removeAll(keepingCapacity: true) }
        for size in 1...Self.mostInItem where tokens.count >= size * Self.fewestItems {
            var start = 0
            while start + size < tokens.count {
                var end = start
                while end + size < tokens.count - 1, tokens[end].gap == tokens[end + size].gap { end += 1 }
                // The numbers up to the last one whose gap is that of the item before.
                let last = end + size
                if last + 1 - start >= size * Self.fewestItems {
                    for first in start..<start + size { column(from: first, to: last, size: size) }
                }
                start = max(end, start) + 1
            }
        }
    }

    /// Each number of a size, in decimal and in hexadecimal digits.
    private mutating func column(from first: Int, to last: Int, size: Int) {
        let places = stride(from: first, through: last, by: size)
        for radix in [10, 16] {
            if radix == 16, !places.contains(where: { tokens[$0].place.count == 2 && isBare($0) }) { continue }
            var reading = WrittenBytes(notation: radix == 16 ? .hex : .decimal)
            for index in places {
                guard let byte = byte(tokens[index], radix: radix) else {
                    keep(reading)
                    reading = WrittenBytes(notation: reading.notation)
                    continue
                }
                reading.append(byte, at: tokens[index].place, isCharacter: tokens[index].isCharacter)
            }
            keep(reading)
        }
    }

    private func isBare(_ index: Int) -> Bool { !tokens[index].isPrefixed && !tokens[index].isCharacter }

    private mutating func keep(_ reading: WrittenBytes) {
        guard reading.bytes.count >= Self.fewestItems else { return }
        // What counts up or stays the same says nothing.
        let isText = reading.bytes.count { (0x20..<0x7f).contains($0) || $0 >= 0x80 } * 2 >= reading.bytes.count
        if isText { found.append(reading) }
    }

    private func byte(_ token: Token, radix: Int) -> UInt8? {
        if token.isCharacter { return source[token.place.lowerBound] }
        let radix = token.isPrefixed ? 16 : radix
        if radix == 16, !token.isPrefixed, token.place.count != 2 { return nil }
        var value = 0
        for digit in source[token.place] {
            let digit = Int(ByteText.hexValue(digit))
            guard digit < radix else { return nil }
            value = value * radix + digit
        }
        return UInt8(exactly: value)
    }
}

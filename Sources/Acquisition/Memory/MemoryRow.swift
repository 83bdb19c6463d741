/// One line of a memory display in any of the formats of boot loaders and shells: an address, groups of hexadecimal
/// digits, and mostly the same bytes as text.
///
///     21000000: 03020100 07060504 0b0a0908 0f0e0d0c    ................
///     82000000: 00 01 02 03 04 05 06 07  08 09 0A 0B 0C 0D 0E 0F  |................|
///     0x82000000:	0x00010203	0x04050607
package struct MemoryRow: Hashable, Sendable {
    /// Of the first byte.
    package var address: UInt64
    /// Bytes in one group: 1, 2, 4 or 8.
    package var unit: Int
    /// Bytes as the digits show them; in memory order on a big-endian board, and for bytes.
    package var digits: [UInt8]
    /// Whether there is a last column with the bytes as text.
    package var hasText: Bool
    /// Whether blanks stand where a text would, and would be the right one: it may be none.
    private(set) var isTextBlank = false
    /// Whether no text is there where others have one; one of nothing but blanks gets lost.
    var lacksText: Bool { !hasText && !digits.allSatisfy { $0 == 0x20 } }
    /// Whether numbers stand there without leading zeros.
    var isUnpadded = false
    /// Whether a number has a leading zero.
    var hasLeadingZero: Bool {
        !isUnpadded && stride(from: 0, to: digits.count, by: unit).contains { digits[$0] < 0x10 }
    }
    /// Whether the text is that of the bytes in the order of the digits, and with each group reversed.
    private var agreement: (straight: Bool, reversed: Bool)

    package static func == (a: MemoryRow, b: MemoryRow) -> Bool {
        a.address == b.address && a.unit == b.unit && a.digits == b.digits && a.hasText == b.hasText
    }
    package func hash(into hasher: inout Hasher) {
        hasher.combine(address)
        hasher.combine(digits)
    }

    /// Reads a line.
    ///
    /// - Parameters:
    ///   - line: without line end.
    ///   - expected: how many bytes the row must have; nil takes what the line itself tells.
    ///   - trimmed: whether blanks at the end of the line may be missing, as in some terminals' logs.
    /// - Returns: nil if the line is no row, or a damaged one: digits and text must agree in one byte order.
    package init?(_ line: some Collection<UInt8>, expected: Int? = nil, trimmed: Bool = false) {
        let line = Array(line)
        guard let (address, start) = Self.address(line[...]) else { return nil }
        self.init(line[start...], address: address, expected: expected, trimmed: trimmed)
    }

    /// The address with which a line begins, and where the rest begins: `21000000: `, `82000000 : `, `0x82000000:	`.
    static func address(_ line: ArraySlice<UInt8>) -> (address: UInt64, end: Int)? {
        var at = line.startIndex
        if line.count > 2, line[at] == 0x30, line[at + 1] | 0x20 == 0x78 { at += 2 }
        let first = at
        var address: UInt64 = 0
        while at < line.endIndex, let digit = hexadecimalValue(line[at]) {
            guard at - first < 16 else { return nil }
            address = address << 4 | UInt64(digit)
            at += 1
        }
        guard at > first else { return nil }
        if at + 1 < line.endIndex, line[at] == 0x20, line[at + 1] == 0x3a { at += 1 }
        guard at + 1 < line.endIndex, line[at] == 0x3a, Self.isBlank(line[at + 1]) else { return nil }
        return (address, at + 1)
    }

    /// Reads what stands behind an address: groups, and a text.
    init?(_ rest: ArraySlice<UInt8>, address: UInt64, expected: Int?, trimmed: Bool) {
        guard let groups = DigitGroups(rest, most: expected), groups.unit > 0 else { return nil }
        self.address = address
        unit = groups.unit
        digits = []
        hasText = false
        agreement = (true, true)
        // Text of hexadecimal digits looks like one group more, so the longest reading is not always right.
        var count = groups.ends.count
        while count > 0 {
            let size = groups.sizes[count - 1]
            if expected == nil || size == expected {
                let bytes = Array(groups.bytes.prefix(size))
                if let text = TextColumn(rest[groups.ends[count - 1]...], bytes: bytes, unit: unit, trimmed: trimmed),
                    size % unit == 0 || text.isThere
                {
                    digits = bytes
                    hasText = text.isThere
                    isTextBlank = text.isBlank
                    agreement = (text.agrees, text.agreesReversed)
                    return
                }
            }
            count -= 1
        }
        return nil
    }

    /// The bytes in memory order.
    ///
    /// - Parameter reversed: whether the board is a little-endian one, which shows each group's last byte first.
    package func bytes(reversed: Bool) -> [UInt8] {
        guard reversed, unit > 1 else { return digits }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count)
        for start in stride(from: 0, to: digits.count, by: unit) {
            bytes += digits[start..<min(start + unit, digits.count)].reversed()
        }
        return bytes
    }

    /// Whether the text is that of the bytes in this order.
    package func agrees(reversed: Bool) -> Bool { reversed ? agreement.reversed : agreement.straight }

    /// Whether the bytes are the same in both orders.
    var isSymmetric: Bool { unit == 1 || bytes(reversed: true) == digits }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// The value of a hexadecimal digit.
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x61 + 10
    case 0x41...0x46: byte - 0x41 + 10
    default: nil
    }
}

/// Groups of digits, all of one length, with blanks, tabs or a dash between.
private struct DigitGroups {
    /// Bytes in a group.
    private(set) var unit = 0
    private(set) var bytes: [UInt8] = []
    /// Where each group ends.
    private(set) var ends: [Int] = []
    /// Bytes up to the end of each group.
    private(set) var sizes: [Int] = []

    init?(_ line: ArraySlice<UInt8>, most: Int?) {
        var at = line.startIndex
        bytes.reserveCapacity(16)
        ends.reserveCapacity(16)
        sizes.reserveCapacity(16)
        while at < line.endIndex, bytes.count < (most ?? 256) {
            var start = at
            while start < line.endIndex, MemoryRow.isBlank(line[start]) { start += 1 }
            guard start > at else { break }
            // `85 19 03 20 - 0c 00 00 00`
            if start + 1 < line.endIndex, line[start] == 0x2d, MemoryRow.isBlank(line[start + 1]) {
                start += 1
                while start < line.endIndex, MemoryRow.isBlank(line[start]) { start += 1 }
            }
            if start + 2 < line.endIndex, line[start] == 0x30, line[start + 1] == 0x78 { start += 2 }
            var end = start
            while end < line.endIndex, end - start <= 17, hexadecimalValue(line[end]) != nil { end += 1 }
            let length = end - start
            if unit == 0 {
                guard [2, 4, 8, 16].contains(length) else { return nil }
                unit = length / 2
            }
            // Only the last one may be shorter: that of `xxd`, where a file ends within it.
            guard length == unit * 2 || length > 0 && length < unit * 2 && length % 2 == 0,
                end == line.endIndex || MemoryRow.isBlank(line[end])
            else { break }
            while start < end {
                bytes.append((hexadecimalValue(line[start]) ?? 0) << 4 | (hexadecimalValue(line[start + 1]) ?? 0))
                start += 2
            }
            ends.append(end)
            sizes.append(bytes.count)
            at = end
            if length < unit * 2 { break }
        }
    }
}

/// The last column of a row.
private struct TextColumn {
    let isThere: Bool
    /// Whether it is nothing but blanks.
    private(set) var isBlank = false
    let agrees: Bool
    let agreesReversed: Bool

    /// Nil if the rest of a line cannot be the text of these bytes in either order.
    init?(_ rest: ArraySlice<UInt8>, bytes: [UInt8], unit: Int, trimmed: Bool) {
        let blanks = rest.prefix(while: MemoryRow.isBlank).count
        if blanks == rest.count {
            // Nothing, with blanks at the end of the line or without, or a text of nothing but blanks.
            isThere = rest.count > bytes.count && bytes.allSatisfy { $0 == 0x20 }
            isBlank = isThere
            agrees = true
            agreesReversed = true
            return
        }
        guard blanks > 0 else { return nil }
        var found = (straight: false, reversed: false)
        for text in Self.candidates(rest, blanks: blanks, count: bytes.count, trimmed: trimmed) {
            let straight = Self.matches(text, bytes: bytes, group: 1)
            let reversed = unit > 1 ? Self.matches(text, bytes: bytes, group: unit) : straight
            // Where blanks leave open what the text is, it may tell either order.
            if straight || reversed {
                found = (found.straight || straight, found.reversed || reversed)
                if found.straight && found.reversed { break }
                continue
            }
            if found.straight || found.reversed { continue }
            // Text in the order of words, whatever the digits show: it proves the row, but not the order.
            if [4, 8, 2].contains(where: { bytes.count % $0 == 0 && Self.matches(text, bytes: bytes, group: $0) }) {
                isThere = true
                agrees = true
                agreesReversed = true
                return
            }
        }
        if found.straight || found.reversed {
            isThere = true
            agrees = found.straight
            agreesReversed = found.reversed
            return
        }
        return nil
    }

    /// What may be the text: of the right length; between bars; cut at the end where that may be.
    private static func candidates(
        _ rest: ArraySlice<UInt8>, blanks: Int, count: Int, trimmed: Bool
    ) -> [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        let exact = rest.count - count
        if exact >= 1, exact <= blanks { found.append(rest.suffix(count)) }
        let body = rest.dropFirst(blanks)
        // Blanks or a tab behind the text, as tmux copies it and some boards print it.
        if exact > 1 {
            for gap in 1...blanks {
                let text = rest.dropFirst(gap)
                guard text.count > count else { break }
                if text.dropFirst(count).allSatisfy(MemoryRow.isBlank) { found.append(text.prefix(count)) }
            }
        }
        if let end = body.lastIndex(where: { !MemoryRow.isBlank($0) }), end + 1 < body.endIndex, body[end] == 0x7c {
            found += candidates(rest[...end], blanks: blanks, count: count, trimmed: trimmed)
        }
        if body.first == 0x7c, body.last == 0x7c, body.count >= 2 {
            let inside = body.dropFirst().dropLast()
            if inside.count == count || inside.count < count && trimmed { found.append(inside) }
        }
        if trimmed {
            // Blanks of the text may stand at its beginning too.
            for gap in 1...blanks where rest.count - gap < count { found.append(rest.dropFirst(gap)) }
        }
        return found
    }

    private static func matches(_ text: ArraySlice<UInt8>, bytes: [UInt8], group: Int) -> Bool {
        for index in bytes.indices {
            let place = index - index % group
            let byte = bytes[place + min(group, bytes.count - place) - 1 - index % group]
            let at = text.startIndex + index
            let shown = at < text.endIndex ? text[at] : 0x20
            // A dot stands for what is not printable ASCII; some builds show Latin-1 as it is.
            let isRight = (0x20...0x7e).contains(byte) ? shown == byte : shown == 0x2e || shown == byte && byte >= 0x80
            if !isRight { return false }
        }
        return true
    }
}

/// One line of `md` in any of its formats: an address, groups of hexadecimal digits, and mostly the same bytes as text.
///
///     21000000: 03020100 07060504 0b0a0908 0f0e0d0c    ................
public struct MemoryRow: Hashable, Sendable {
    /// Of the first byte.
    public var address: UInt64
    /// Bytes in one group: 1, 2, 4 or 8.
    public var unit: Int
    /// Bytes as the digits show them; in memory order on a big-endian board, and for `md.b`.
    public var digits: [UInt8]
    /// Blanks between the last group and the text.
    public var gap: Int
    /// The last column, raw; nil on a build that has none.
    public var text: [UInt8]?

    /// Reads a line.
    ///
    /// - Parameters:
    ///   - line: without line end.
    ///   - expected: how many bytes the row must have; nil takes what the line itself tells.
    ///   - trimmed: whether blanks at the end of the line may be missing, as in some terminals' logs.
    /// - Returns: nil if the line is no row, or a damaged one: digits and text must agree in one byte order.
    public init?(_ line: [UInt8], expected: Int? = nil, trimmed: Bool = false) {
        var at = 0
        var address: UInt64 = 0
        while at < line.count, let digit = Self.value(line[at]) {
            guard at < 16 else { return nil }
            address = address << 4 | UInt64(digit)
            at += 1
        }
        guard at > 0, at + 3 < line.count, line[at] == 0x3a, line[at + 1] == 0x20 else { return nil }
        at += 1
        // Groups: a blank and digits, all of one length, as far as it goes.
        var unit = 0
        var digits: [UInt8] = []
        var ends: [Int] = [at]
        while at < line.count, line[at] == 0x20 {
            var end = at + 1
            while end < line.count, end - at <= 17, Self.value(line[end]) != nil { end += 1 }
            let length = end - at - 1
            if unit == 0 {
                guard [2, 4, 8, 16].contains(length) else { return nil }
                unit = length / 2
            }
            guard length == unit * 2, end == line.count || line[end] == 0x20 else { break }
            var index = at + 1
            while index < end {
                guard let high = Self.value(line[index]), let low = Self.value(line[index + 1]) else { return nil }
                digits.append(high << 4 | low)
                index += 2
            }
            at = end
            ends.append(at)
            if digits.count == expected { break }
        }
        guard unit > 0, digits.count <= 256 else { return nil }
        self.address = address
        self.unit = unit
        // With one blank before it, text of hexadecimal digits looks like one group more.
        var count = ends.count - 1
        while count > 0 {
            let bytes = Array(digits.prefix(count * unit))
            if expected == nil || bytes.count == expected, Self.take(line, from: ends[count], bytes, trimmed) {
                let gap = line[ends[count]...].prefix { $0 == 0x20 }
                let rest = line.count - ends[count]
                self.digits = bytes
                if rest == 0 {
                    self.gap = 0
                    text = nil
                } else {
                    self.gap = trimmed ? min(gap.count, 4) : rest - bytes.count
                    var text = Array(line[min(line.count, ends[count] + self.gap)...])
                    if trimmed { text += [UInt8](repeating: 0x20, count: max(0, bytes.count - text.count)) }
                    self.text = text
                }
                guard agrees(reversed: false) || agrees(reversed: true) else { return nil }
                return
            }
            count -= 1
        }
        return nil
    }

    /// Whether the rest of a line can be the text of `bytes`.
    private static func take(_ line: [UInt8], from start: Int, _ bytes: [UInt8], _ trimmed: Bool) -> Bool {
        let rest = line.count - start
        if rest == 0 { return true }
        let gap = rest - bytes.count
        let blanks = line[start...].prefix { $0 == 0x20 }.count
        if gap >= 1, blanks >= gap { return true }
        return trimmed && gap < 4 && blanks >= 1
    }

    /// The bytes in memory order.
    ///
    /// - Parameter reversed: whether the board is a little-endian one, which shows each group's last byte first.
    public func bytes(reversed: Bool) -> [UInt8] {
        guard reversed, unit > 1 else { return digits }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count)
        for start in stride(from: 0, to: digits.count, by: unit) {
            bytes += digits[start..<min(start + unit, digits.count)].reversed()
        }
        return bytes
    }

    /// Whether the text is that of the bytes in this order.
    public func agrees(reversed: Bool) -> Bool {
        guard let text else { return true }
        guard text.count == digits.count else { return false }
        let group = reversed ? unit : 1
        for index in digits.indices {
            let start = index - index % group
            let byte = digits[start + group - 1 - index % group]
            // U-Boot writes a dot for what is not printable ASCII; some builds for blanks at the end write none.
            let shown = (0x20...0x7e).contains(byte) ? byte : 0x2e
            if text[index] != shown { return false }
        }
        return true
    }

    /// Whether the bytes are the same in both orders.
    var isSymmetric: Bool { unit == 1 || bytes(reversed: true) == digits }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        case 0x41...0x46: byte - 0x41 + 10
        default: nil
        }
    }
}

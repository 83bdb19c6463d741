/// A size as people write it: `65536`, `0x10000`, `64K`, `64KiB`, `1M`, `1MiB`, `1G`.
public enum SizeExpression {
    /// What was wrong with a size.
    public struct Malformed: Error, Hashable, CustomStringConvertible {
        /// The text that was given.
        public let text: String
        /// The text, and how sizes are written.
        public var description: String {
            "'\(text)' is no size; write bytes as 65536 or 0x10000, or with a unit as 64K, 64KiB or 1M"
        }
    }

    /// The size in bytes.
    ///
    /// Units are powers of 1024 and may be written in any case, with or without `i` and `B`.
    public static func bytes(_ text: String) throws(Malformed) -> UInt64 {
        var rest = Substring(text.lowercased())
        if rest.hasSuffix("b"), !rest.hasPrefix("0x") { rest.removeLast() }
        if rest.hasSuffix("i"), let unit = rest.dropLast().last, "kmg".contains(unit) { rest.removeLast() }
        var shift = 0
        if let unit = rest.last, let position = "kmg".firstIndex(of: unit) {
            shift = 10 * ("kmg".distance(from: "kmg".startIndex, to: position) + 1)
            rest.removeLast()
        }
        let isHexadecimal = rest.hasPrefix("0x")
        let digits = isHexadecimal ? rest.dropFirst(2) : rest
        guard let first = digits.first, first.isHexDigit,
            let number = UInt64(digits, radix: isHexadecimal ? 16 : 10),
            number.leadingZeroBitCount >= shift || number == 0
        else { throw Malformed(text: text) }
        return number << UInt64(shift)
    }

    /// An erase size in bytes, with mkfs.jffs2's unit: a bare number below 0x1000 counts KiB (`-e 64` is 64 KiB).
    public static func eraseSize(_ text: String) throws(Malformed) -> UInt64 {
        let number = try bytes(text)
        let isBare = text.allSatisfy(\.isHexDigit) || text.lowercased().hasPrefix("0x")
        return isBare && number < 0x1000 ? number << 10 : number
    }

    /// `bytes` in the largest unit that divides it: `64 KiB`, `12 MiB`, `95776 bytes`.
    public static func readable(_ bytes: some BinaryInteger) -> String {
        for (unit, name) in [(1 << 20, "MiB"), (1 << 10, "KiB")] where bytes > 0 && bytes % numericCast(unit) == 0 {
            return "\(bytes / numericCast(unit)) \(name)"
        }
        return "\(bytes) bytes"
    }
}

/// The lines of U-Boot's `nand dump`: a page in rows without addresses, then its spare area.
enum PageDump {
    /// Where a page begins, by the line above it: `Page 00000000 dump:`
    static func start(_ line: some Collection<UInt8>) -> UInt64? {
        guard line.count < 60, line.starts(with: Array("Page ".utf8)) else { return nil }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count >= 3, words[2].hasPrefix("dump") else { return nil }
        return ChecksumLine.number(words[1])
    }

    /// A line of nothing but bytes, of one or two digits each.
    struct Row {
        var bytes: [UInt8]
        /// Whether a byte has one digit.
        var isUnpadded: Bool
        /// Whether a byte of two digits begins with 0.
        var hasLeadingZero: Bool
    }

    /// Reads a line of bytes.
    static func bytes(_ line: ArraySlice<UInt8>) -> Row? {
        let words = line.split(whereSeparator: MemoryRow.isBlank)
        guard words.count >= 1, words.allSatisfy({ $0.count <= 2 }) else { return nil }
        var bytes: [UInt8] = []
        for word in words {
            var value: UInt8 = 0
            for byte in word {
                guard let digit = hexadecimalValue(byte) else { return nil }
                value = value << 4 | digit
            }
            bytes.append(value)
        }
        return Row(
            bytes: bytes, isUnpadded: words.contains { $0.count == 1 },
            hasLeadingZero: words.contains { $0.count == 2 && $0.first == 0x30 })
    }
}

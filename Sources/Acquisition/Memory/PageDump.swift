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

/// A page that a log shows: where it begins, how much of it and of its spare area was there.
struct LogPage {
    let start: UInt64
    var shown: UInt64 = 0
    var spare: UInt64 = 0
    /// Bytes in its rows; those of the spare area may have fewer.
    var width: Int?
    /// Whether a line stands behind the last row that is none.
    var isFollowed = false
}

/// The lines of U-Boot's `mtd dump` above its rows.
///
///     Dumping 4096 byte(s) (2 page(s)) at offset 0x00020000 [oob]
///     Dump 2048 data bytes from 0x00020000:
///     Dump 64 OOB bytes from page at 0x00020000:
enum DeviceDump {
    /// What the rows behind a line show; rows of a spare area have addresses from 0 on. Nil for any other line.
    static func area(_ line: ArraySlice<UInt8>) -> (start: UInt64, size: UInt64, isSpare: Bool)? {
        guard line.count < 120, line.starts(with: "Dump".utf8) else { return nil }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count >= 6, ["Dump", "Dumping"].contains(words[0]), let size = UInt64(words[1]), size > 0,
            size <= 1 << 31
        else { return nil }
        let isSpare = words[2] == "OOB"
        guard isSpare || words[2] == "data" || words[2] == "byte(s)",
            let place = words.lastIndex(where: { ["from", "offset", "at"].contains($0) }), place + 1 < words.count,
            let start = ChecksumLine.number(words[place + 1].prefix { $0 != ":" }), start <= .max - size
        else { return nil }
        return (start, size, isSpare)
    }
}

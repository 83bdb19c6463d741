/// A row of `hexdump`, `hexdump -C`, `od` and their kin: an address without a colon.
///
///     00000010  85 19 03 20 0c 00 00 00  b1 b0 1e e4 ff ff ff ff  |... ............|
///     0000010 1985 2003 000c 0000 b0b1 e41e ffff ffff
struct HexdumpRow {
    var address: UInt64
    /// Nil for the last line, which has only the address.
    var row: MemoryRow?

    /// - Parameter radix: of addresses: 8 are those of `od` unless told otherwise.
    init?(_ line: ArraySlice<UInt8>, radix: Int = 16) {
        let digits = line.prefix { hexadecimalValue($0) != nil }
        guard (6...16).contains(digits.count) else { return nil }
        let text = String(decoding: digits, as: UTF8.self)
        guard let address = UInt64(text, radix: radix) else { return nil }
        self.address = address
        var rest = line[digits.endIndex...]
        while let last = rest.last, MemoryRow.isBlank(last) { rest.removeLast() }
        if rest.isEmpty { return }
        guard let first = rest.first, MemoryRow.isBlank(first) else { return nil }
        // od -t x1z: >text<, as hexdump's |text|; no digits hold that sign.
        if rest.last == 0x3c, let open = rest.firstIndex(of: 0x3e), open > rest.startIndex,
            MemoryRow.isBlank(rest[open - 1])
        {
            var barred = Array(rest)
            barred[open - rest.startIndex] = 0x7c
            barred[barred.count - 1] = 0x7c
            rest = barred[...]
        }
        if let words = Self.octalWords(rest) {
            row = MemoryRow(words[...], address: address, expected: nil, trimmed: false)
        } else {
            row = MemoryRow(rest, address: address, expected: nil, trimmed: true)
        }
        if row == nil { return nil }
    }

    /// The octal words of `od` (six digits, three with -b, eleven with -t o4), as hexadecimal ones.
    private static func octalWords(_ rest: ArraySlice<UInt8>) -> [UInt8]? {
        let words = rest.split(whereSeparator: MemoryRow.isBlank)
        guard let first = words.first, let size = [3: 1, 6: 2, 11: 4][first.count],
            words.allSatisfy({ $0.count == first.count })
        else { return nil }
        var text: [UInt8] = []
        for word in words {
            guard let value = UInt64(String(decoding: word, as: UTF8.self), radix: 8), value >> (8 * UInt64(size)) == 0
            else { return nil }
            let digits = String(value, radix: 16)
            text += Array((" " + String(repeating: "0", count: 2 * size - digits.count) + digits).utf8)
        }
        return text
    }
}

/// A line of Intel's format: `:10010000214601360121470136007EFE09D2190140`.
struct IntelRecord {
    enum Kind { case data, segment(UInt64), end }
    var kind: Kind
    var address: UInt64
    var data: [UInt8]

    /// Nil if the line is no record or its sum does not hold.
    init?(_ line: ArraySlice<UInt8>) {
        guard line.first == 0x3a, line.count >= 11, line.count % 2 == 1 else { return nil }
        var bytes: [UInt8] = []
        var at = line.startIndex + 1
        while at < line.endIndex {
            guard let high = hexadecimalValue(line[at]), let low = hexadecimalValue(line[at + 1]) else { return nil }
            bytes.append(high << 4 | low)
            at += 2
        }
        guard bytes.count == Int(bytes[0]) + 5, bytes.reduce(0, &+) == 0 else { return nil }
        address = UInt64(bytes[1]) << 8 | UInt64(bytes[2])
        data = Array(bytes[4..<bytes.count - 1])
        switch (bytes[3], data.count) {
        case (0, _): kind = .data
        case (1, _): kind = .end
        case (2, 2): kind = .segment((UInt64(data[0]) << 8 | UInt64(data[1])) << 4)
        case (4, 2): kind = .segment((UInt64(data[0]) << 8 | UInt64(data[1])) << 16)
        case (3, _), (5, _): kind = .segment(0)
        default: return nil
        }
    }
}

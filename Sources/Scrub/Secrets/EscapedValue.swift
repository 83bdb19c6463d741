/// What a value means in the language in which it is written: another file may have it as it is.
enum EscapedValue {
    /// Shorter readings are words of other things (bytes).
    private static let shortest = 6

    /// What it may be without its escapes: those of C and JSON, a shell's quotes in quotes, and doubled quotes. Nothing where
    /// there is none of them.
    static func readings(of value: [UInt8]) -> [[UInt8]] {
        var readings: [[UInt8]] = []
        for reading in [withoutBackslashes(value), withoutShellQuotes(value), withoutDoubledQuotes(value)]
        where reading != value && reading.count >= shortest && !readings.contains(reading) && hasOwnEnds(reading) {
            readings.append(reading)
        }
        return readings
    }

    /// Whether no quote of the language around it could be its end, or its beginning.
    private static func hasOwnEnds(_ value: [UInt8]) -> Bool {
        [value.first, value.last].allSatisfy { end in end.map { !"\"'`\\".utf8.contains($0) } ?? false }
    }

    /// `ab\"c` is `ab"c`, `\u0041` and `\x41` are `A`.
    private static func withoutBackslashes(_ value: [UInt8]) -> [UInt8] {
        guard value.contains(0x5c) else { return value }
        var plain: [UInt8] = []
        var at = 0
        while at < value.count {
            guard value[at] == 0x5c, at + 1 < value.count else {
                plain.append(value[at])
                at += 1
                continue
            }
            let next = value[at + 1]
            at += 2
            switch next {
            case 0x6e: plain.append(0x0a)
            case 0x72: plain.append(0x0d)
            case 0x74: plain.append(0x09)
            case 0x75, 0x78:
                let digits = value[at...].prefix(next == 0x75 ? 4 : 2)
                guard digits.count == (next == 0x75 ? 4 : 2), digits.allSatisfy(ByteText.isHexDigit),
                    let scalar = Unicode.Scalar(digits.reduce(UInt32(0)) { $0 << 4 | UInt32(ByteText.hexValue($1)) })
                else {
                    plain += [0x5c, next]
                    continue
                }
                plain += next == 0x78 ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
                at += digits.count
            default: plain.append(next)
            }
        }
        return plain
    }

    /// `it'\''s` and `it'"'"'s` are `it's`.
    private static func withoutShellQuotes(_ value: [UInt8]) -> [UInt8] {
        var plain = value
        for quote in [#"'\''"#, #"'"'"'"#, #""\"""#].map({ Array($0.utf8) }) {
            plain = replaced(quote, in: plain, by: quote.contains(0x27) ? 0x27 : 0x22)
        }
        return plain
    }

    /// `don''t` is `don't`, in SQL, YAML and CSV.
    private static func withoutDoubledQuotes(_ value: [UInt8]) -> [UInt8] {
        replaced([0x22, 0x22], in: replaced([0x27, 0x27], in: value, by: 0x27), by: 0x22)
    }

    private static func replaced(_ text: [UInt8], in value: [UInt8], by byte: UInt8) -> [UInt8] {
        guard value.count >= text.count else { return value }
        var plain: [UInt8] = []
        var at = 0
        while at < value.count {
            if value[at...].starts(with: text) {
                plain.append(byte)
                at += text.count
            } else {
                plain.append(value[at])
                at += 1
            }
        }
        return plain
    }
}

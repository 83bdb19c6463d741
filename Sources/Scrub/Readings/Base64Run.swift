/// Digits of base64 with line ends, quotes and escapes between them.
struct Base64Run {
    private(set) var decoded: [UInt8] = []
    /// The digits without what stands between them.
    private var parts: [Range<Int>] = []
    private(set) var end: Int

    static func isDigit(_ byte: UInt8) -> Bool { ByteText.isAlphanumeric(byte) || byte == 0x2b || byte == 0x2f }

    init(_ bytes: [UInt8], from start: Int, end limit: Int) {
        var at = start
        var bits: UInt32 = 0
        var count = 0
        end = start
        while at < limit {
            let first = at
            while at < limit {
                // `\/`, as PHP writes JSON.
                if bytes[at] == 0x5c, at + 1 < limit, bytes[at + 1] == 0x2f { at += 1 }
                guard Self.isDigit(bytes[at]), let value = DigitRun.value(bytes[at]) else { break }
                bits = bits << 6 | UInt32(value)
                count += 1
                if count == 4 {
                    decoded += [UInt8(bits >> 16 & 0xff), UInt8(bits >> 8 & 0xff), UInt8(bits & 0xff)]
                    (bits, count) = (0, 0)
                }
                at += 1
            }
            if at == first { break }
            end = at
            let isShort = at - first < 16
            parts.append(first..<at)
            if at < limit, bytes[at] == 0x3d {
                while at < limit, bytes[at] == 0x3d { at += 1 }
                parts[parts.count - 1] = first..<at
                end = at
                break
            }
            if isShort { break }
            at = Self.skipSeparators(bytes, from: at, end: limit)
        }
        if count == 3 { decoded += [UInt8(bits >> 10 & 0xff), UInt8(bits >> 2 & 0xff)] }
        if count == 2 { decoded.append(UInt8(bits >> 4 & 0xff)) }
    }

    /// The places of the first digits, up to the end of the last line that they are in.
    func pieces(first digits: Int) -> [Range<Int>] {
        var left = digits
        return parts.prefix { part in
            defer { left -= part.count }
            return left > 0
        }
    }

    /// Line ends, blanks, quotes, `\n`, `" +`.
    private static func skipSeparators(_ bytes: [UInt8], from start: Int, end: Int) -> Int {
        var at = start
        while at < end, at - start <= 64 {
            if bytes[at] == 0x5c, at + 1 < end, "nrt".utf8.contains(bytes[at + 1]) {
                at += 2
            } else if "\r\n \t\"',\\;".utf8.contains(bytes[at]) {
                at += 1
            } else if "+.".utf8.contains(bytes[at]), at > start, bytes[at - 1] == 0x20 || bytes[at - 1] == 0x22 {
                at += 1
            } else {
                break
            }
        }
        return at
    }
}

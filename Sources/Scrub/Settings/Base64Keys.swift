import FlashBytes

/// Finds private keys in base64 that have no frame, or one that other text has torn: in a setting, in lines of a program, in
/// UTF-16. What is decoded must be a key by its structure.
enum Base64Keys {
    private static let longest = 24 << 10
    private static let openSSH = Array("openssh-key-v1\0".utf8)

    static func find(_ bytes: [UInt8], in range: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var at = range.lowerBound
        while at + 32 < range.upperBound {
            guard isStart(bytes, at: at, range: range) else {
                at += 1
                continue
            }
            let run = Run(bytes, from: at, end: min(range.upperBound, at + longest))
            if let count = keySize(run.decoded) {
                found += run.pieces(first: (count + 2) / 3 * 4)
                at = max(at + 1, run.end)
            } else {
                at = max(at + 1, run.end)
            }
        }
        return found
    }

    /// `MI`, `MH`, `MC`, `MF` (a sequence of DER) or `b3BlbnNz` at the beginning of a word.
    private static func isStart(_ bytes: [UInt8], at place: Int, range: Range<Int>) -> Bool {
        switch bytes[place] {
        case 0x4d: guard "IHCFDEG".utf8.contains(bytes[place + 1]) else { return false }
        case 0x62: guard ByteText.has("b3blbnnzac1rzxktdj", bytes: bytes, at: place) else { return false }
        default: return false
        }
        guard place > range.lowerBound, Run.isDigit(bytes[place - 1]) else { return true }
        // `\n` in a string, the end of a frame.
        return place - 2 >= range.lowerBound && bytes[place - 2] == 0x5c && "nr".utf8.contains(bytes[place - 1])
    }

    /// How many bytes of a text are a private key; nil for none.
    private static func keySize(_ decoded: [UInt8]) -> Int? {
        if decoded.starts(with: openSSH) { return decoded.count }
        guard decoded.count >= 40, decoded[0] == 0x30 else { return nil }
        let size: Int
        switch decoded[1] {
        case 0x20..<0x80: size = 2 + Int(decoded[1])
        case 0x81: size = 3 + Int(decoded[2])
        case 0x82: size = 4 + Int(decoded[2]) << 8 + Int(decoded[3])
        default: return nil
        }
        guard size <= decoded.count,
            DERKeys.find(unsafe decoded.span.bytes, in: 0..<1, isFile: true).first != nil
        else { return nil }
        return size
    }

    /// Digits of base64 with line ends, quotes and escapes between them.
    private struct Run {
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
                while at < limit, let value = Self.value(bytes[at]) {
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

        private static func value(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x41...0x5a: byte - 0x41
            case 0x61...0x7a: byte - 0x61 + 26
            case 0x30...0x39: byte - 0x30 + 52
            case 0x2b: 62
            case 0x2f: 63
            default: nil
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
}

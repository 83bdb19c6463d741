extension KnownSecret {
    /// The bytes of a key in PEM: it may stand elsewhere as DER, on one line, or with other line ends.
    ///
    /// - Parameter body: what stands between the lines with `-----`, with fields such as `Proc-Type: 4,ENCRYPTED` or without.
    /// - Returns: nil for what is no base64 of a key.
    init?(pem body: [UInt8]) {
        var text: [UInt8] = []
        for line in body.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) where !line.contains(0x3a) {
            var rest = line
            while let first = rest.first {
                // A line end as XML has it, and as a string of JSON.
                if first == 0x26, let end = rest.firstIndex(of: 0x3b), end - rest.startIndex <= 6 {
                    rest = rest[(end + 1)...]
                    continue
                }
                if first == 0x5c, let next = rest.dropFirst().first, [0x6e, 0x72, 0x5c].contains(next) {
                    rest = rest.dropFirst(next == 0x5c ? 1 : 2)
                    continue
                }
                text.append(first)
                rest = rest.dropFirst()
            }
        }
        guard let key = Self.decoded(base64: text), key.count >= 32 else { return nil }
        self.init(key)
    }

    private static func decoded(base64 text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var value: UInt32 = 0
        var bits = 0
        for byte in text where byte > 0x20 {
            if byte == 0x3d { break }
            guard let digit = base64.firstIndex(of: byte) else { return nil }
            value = value << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(bits)))
            }
        }
        return bytes
    }
}

/// How digits of base64 or base32 are written over that hold a secret, of which the first and the last one may hold bits of
/// what stands beside it: those stay, so that what the digits say is the same text with X over the secret.
struct DigitMask: Sendable, Hashable {
    /// What one digit holds (bits): 6 or 5.
    var bits = 6
    /// How many bits of the first digit belong to what stands in front (bits).
    var before = 0
    /// How many bits of the last digit belong to what follows (bits).
    var after = 0
    /// How many bits of an X stand in front of the first digit (bits).
    var phase = 0
    /// What the digits say then: an X, or a digit in a number.
    var fill: UInt8 = 0x58

    /// - Parameter range: of the bytes that the digits say, from the first digit of all on.
    init(bits: Int, of range: Range<Int>) {
        self.bits = bits
        before = range.lowerBound * 8 % bits
        after = (bits - range.upperBound * 8 % bits) % bits
    }

    /// The mask of both, if they stand one behind the other or overlap.
    func joined(with next: DigitMask) -> DigitMask {
        var joined = self
        joined.after = next.after
        return joined
    }

    /// - Parameter text: digits, and the line ends and escapes between them, which stay.
    func masked(_ text: [UInt8]) -> [UInt8] {
        let places = Self.digits(in: text)
        var masked = text
        for (index, place) in places.enumerated() where text[place] != 0x2f || place == 0 || text[place - 1] != 0x5c {
            let digit = text[place]
            guard let old = bits == 5 ? DigitRun.base32(digit) : DigitRun.value(digit) else { continue }
            var kept: UInt8 = 0
            if index == 0 { kept |= ~(0xff >> UInt8(8 - bits + before)) }
            if index == places.count - 1 { kept |= UInt8(1 << after) - 1 }
            var new: UInt8 = 0
            for bit in 0..<bits {
                let at = phase + index * bits + bit - before
                let ofX = at < 0 ? 0 : fill >> UInt8(7 - at % 8) & 1
                new = new << 1 | ofX
            }
            let value = (old & kept | new & ~kept) & (1 << UInt8(bits) - 1)
            if value == old { continue }
            masked[place] = bits == 5 ? Self.base32(value, like: digit) : KnownSecret.base64[Int(value)]
        }
        return masked
    }

    /// Where digits stand: not line ends, however they are written.
    private static func digits(in text: [UInt8]) -> [Int] {
        var places: [Int] = []
        var at = 0
        while at < text.count {
            let byte = text[at]
            if byte == 0x5c, at + 1 < text.count, text[at + 1] != 0x2f {
                at += 2
                continue
            }
            if byte == 0x26, let end = text[at...].prefix(8).firstIndex(of: 0x3b) {
                at = end + 1
                continue
            }
            if DigitRun.value(byte) != nil { places.append(at) }
            at += 1
        }
        return places
    }

    private static func base32(_ value: UInt8, like digit: UInt8) -> UInt8 {
        let letter = value < 26 ? 0x41 + value : 0x32 + value - 26
        return (0x61...0x7a).contains(digit) && value < 26 ? letter | 0x20 : letter
    }
}

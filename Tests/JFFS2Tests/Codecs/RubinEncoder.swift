/// The coder of the Linux kernel's compr_rubin.c, as far as it is needed to test the decoder: no limit of the output.
struct RubinEncoder {
    private var low = 0
    private var range = 1 << 16
    private var bits: [Bool] = []

    /// The stream of `plain`, where bit n of a byte is 1 with the probability `ones[n]` / `divider`.
    static func encode(_ plain: [UInt8], ones: [Int], divider: Int) -> [UInt8] {
        var encoder = RubinEncoder()
        for byte in plain {
            for (bit, one) in ones.enumerated() {
                encoder.encode(byte >> UInt8(bit) & 1 == 1, zeros: divider - one, divider: divider)
            }
        }
        for _ in 0..<16 { encoder.shiftOut() }
        var bytes = [UInt8](repeating: 0, count: (encoder.bits.count + 7) / 8)
        for (index, bit) in encoder.bits.enumerated() where bit { bytes[index / 8] |= 0x80 >> UInt8(index % 8) }
        return bytes
    }

    /// As dynrubin: the table in front.
    static func dynrubin(_ plain: [UInt8], table: [UInt8]) -> [UInt8] {
        table + encode(plain, ones: table.map(Int.init), divider: 256)
    }

    /// As rubinmips.
    static func rubinmips(_ plain: [UInt8]) -> [UInt8] {
        encode(plain, ones: [277, 249, 290, 267, 229, 341, 212, 241], divider: 1043)
    }

    private mutating func encode(_ bit: Bool, zeros: Int, divider: Int) {
        while low >= 1 << 15 || low + range <= 1 << 15 {
            shiftOut()
            range <<= 1
        }
        let split = min(max(zeros * range / divider, 1), range - 1)
        if bit {
            low += split
            range -= split
        } else {
            range = split
        }
    }

    private mutating func shiftOut() {
        bits.append(low & 1 << 15 != 0)
        low = (low & (1 << 15 - 1)) << 1
    }
}

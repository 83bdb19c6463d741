/// The two arithmetic coders of JFFS2, which differ in where the probability of each of the eight bits of a byte comes
/// from: dynrubin keeps a table of its own in each node, rubinmips has one for all.
///
/// A byte is coded from its lowest bit to its highest, each bit position with a fixed probability, in registers of 16
/// bits; the stream fills bytes from the highest bit down.
enum Rubin {
    /// Whose tables are used.
    enum Variant {
        case dynrubin
        case rubinmips

        var other: Variant { self == .dynrubin ? .rubinmips : .dynrubin }
    }

    /// What a stream gave.
    struct Result {
        /// How many bytes came out before the stream ended.
        var produced: Int
        /// Whether the stream ends exactly where and as a coder with these tables ends it.
        ///
        /// An encoder ends by writing its 16-bit register for the lower end of the interval. A decoder with the same
        /// tables has by then read exactly these bits into its own register and holds the same lower end. With other
        /// tables both to agree, and the length too, is a chance of less than 1 in 65536.
        var isProven: Bool
    }

    /// Fills `output` as far as the stream reaches.
    static func decompress(_ input: RawSpan, variant: Variant, into output: inout MutableRawSpan) -> Result {
        switch variant {
        case .rubinmips:
            return decompress(
                input, from: 0, zeros: [766, 794, 753, 776, 814, 702, 831, 802], divider: 1043, into: &output)
        case .dynrubin:
            guard input.byteCount > 8 else { return Result(produced: 0, isProven: false) }
            var zeros: [8 of UInt32] = .init(repeating: 0)
            for bit in 0..<8 { zeros[bit] = 256 - UInt32(input[byte: bit]) }
            return decompress(input, from: 8, zeros: zeros, divider: 256, into: &output)
        }
    }

    /// - Parameters:
    ///   - start: where the bits begin (bytes).
    ///   - zeros: how often each bit of a byte is 0, in parts of `divider`.
    private static func decompress(
        _ input: RawSpan, from start: Int, zeros: [8 of UInt32], divider: UInt32, into output: inout MutableRawSpan
    ) -> Result {
        var decoder = Decoder(position: start * 8)
        guard decoder.fill(input) else { return Result(produced: 0, isProven: false) }
        for written in 0..<output.byteCount {
            var byte: UInt8 = 0
            for bit in 0..<8 {
                guard decoder.normalize(input) else { return Result(produced: written, isProven: false) }
                if decoder.isOne(zeros: zeros[bit], divider: divider) { byte |= 1 << UInt8(bit) }
            }
            output[byte: written] = byte
        }
        let isAtEnd = (decoder.position + 7) / 8 == input.byteCount
        return Result(produced: output.byteCount, isProven: isAtEnd && decoder.code == decoder.low)
    }

    /// The registers of the decoder: after `normalize`, `low < half < low + range` and `range >= 2` hold, so no
    /// probability can make `range` 0.
    private struct Decoder {
        /// The lower end of the interval.
        var low: UInt32 = 0
        /// The width of the interval, at most 2^16.
        var range: UInt32 = 1 << 16
        /// The sixteen bits of the stream that decide.
        var code: UInt32 = 0
        /// The next bit of the stream.
        var position: Int

        private static let half: UInt32 = 1 << 15

        /// Reads the first sixteen bits; false if there are not so many.
        mutating func fill(_ input: RawSpan) -> Bool {
            for _ in 0..<16 {
                guard shift(input) else { return false }
            }
            return true
        }

        /// Takes in bits until the interval lies on both sides of the middle; false if the stream ends before.
        @inline(__always)
        mutating func normalize(_ input: RawSpan) -> Bool {
            while low >= Self.half || low + range <= Self.half {
                low = (low & (Self.half - 1)) << 1
                range <<= 1
                guard shift(input) else { return false }
            }
            return true
        }

        @inline(__always)
        private mutating func shift(_ input: RawSpan) -> Bool {
            guard position >> 3 < input.byteCount else { return false }
            let bit = input[byte: position >> 3] >> UInt8(7 - position & 7) & 1
            code = (code & (Self.half - 1)) << 1 | UInt32(bit)
            position += 1
            return true
        }

        /// Decides one bit.
        @inline(__always)
        mutating func isOne(zeros: UInt32, divider: UInt32) -> Bool {
            let split = min(max(zeros * range / divider, 1), range - 1)
            if code >= low + split {
                low += split
                range -= split
                return true
            }
            range = split
            return false
        }
    }
}

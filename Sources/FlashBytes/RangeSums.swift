/// The CRC-32 (zlib's) of many ranges of the same bytes, also of such that overlap: the time is linear in the bytes, not in
/// the ranges' lengths.
public struct RangeSums: Sendable {
    /// The sums of the first 0, 1, 2 … pieces.
    private var sums: [UInt32] = [0]

    /// The size of a piece (bytes).
    private static let piece = 1 << 16

    public init() {}

    /// The sum of a range.
    ///
    /// - Parameter bytes: always the same.
    public mutating func zlib(_ bytes: RawSpan, _ range: Range<Int>) -> UInt32 {
        // Short ones are summed at once.
        if range.count <= Self.piece { return CRC32.zlib(bytes.extracting(range)) }
        let front = sum(bytes, to: range.lowerBound)
        return sum(bytes, to: range.upperBound) ^ Self.product(front, Self.power(range.count))
    }

    private mutating func sum(_ bytes: RawSpan, to end: Int) -> UInt32 {
        let pieces = end / Self.piece
        while sums.count <= pieces {
            let start = (sums.count - 1) * Self.piece
            sums.append(CRC32.zlib(bytes.extracting(start..<start + Self.piece), seed: sums[sums.count - 1]))
        }
        return CRC32.zlib(bytes.extracting(pieces * Self.piece..<end), seed: sums[pieces])
    }

    // The sum of A and B behind each other is that of A, times x to the 8th of B's length, plus that of B, all of it as
    // polynomials over two elements modulo that of CRC-32, their bits reversed.

    /// The product of two polynomials.
    private static func product(_ left: UInt32, _ right: UInt32) -> UInt32 {
        var product: UInt32 = 0
        var factor = right
        for bit in (0..<32).reversed() {
            if left >> UInt32(bit) & 1 != 0 { product ^= factor }
            factor = factor >> 1 ^ (factor & 1 != 0 ? 0xedb8_8320 : 0)
        }
        return product
    }

    /// x to the 8th of a number of bytes.
    private static func power(_ count: Int) -> UInt32 {
        var power: UInt32 = 1 << 31
        // x to the 8.
        var square: UInt32 = 1 << 23
        var rest = count
        while rest > 0 {
            if rest & 1 != 0 { power = product(power, square) }
            square = product(square, square)
            rest >>= 1
        }
        return power
    }
}

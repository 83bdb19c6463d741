/// CRC-32 sums (zlib's) of many ranges of the same bytes, which may overlap without end: all of them together take time
/// linear in the bytes and in the number of ranges.
///
/// As long as little is asked for, each sum is computed by itself. Then the sums of the bytes up to each of many places are
/// kept, and a range's sum follows from two of those.
package struct RangeSums {
    /// The sums up to each multiple of `step`.
    private var checkpoints: [UInt32] = []
    private var spent = 0

    /// How far the kept sums lie apart (bytes).
    private static let step = 4096
    /// x to the power of 8 · 2^n, modulo the polynomial.
    private static let powers: [UInt32] = {
        // Reflected: the highest bit is x^0.
        var powers: [UInt32] = [0x0080_0000]
        for _ in 1..<48 { powers.append(product(powers[powers.count - 1], right: powers[powers.count - 1])) }
        return powers
    }()

    /// No sums yet.
    package init() {}

    /// The sum of the bytes in `range`, which must be inside. All calls are about the same bytes.
    package mutating func sum(_ bytes: RawSpan, range: Range<Int>) -> UInt32 {
        spent += range.count
        if spent <= 2 * bytes.byteCount || range.count <= Self.step { return CRC32.zlib(bytes.extracting(range)) }
        if checkpoints.isEmpty { keep(bytes) }
        let before = prefix(bytes, end: range.lowerBound)
        let all = prefix(bytes, end: range.upperBound)
        // The sum of a whole is the sum of its first part, moved on by the length of the second, and that one's sum.
        return all ^ Self.moved(before, by: range.count)
    }

    private mutating func keep(_ bytes: RawSpan) {
        var sum: UInt32 = 0
        checkpoints = [0]
        for start in stride(from: 0, to: bytes.byteCount - Self.step + 1, by: Self.step) {
            sum = CRC32.zlib(bytes.extracting(start..<start + Self.step), seed: sum)
            checkpoints.append(sum)
        }
    }

    private func prefix(_ bytes: RawSpan, end: Int) -> UInt32 {
        let index = min(end / Self.step, checkpoints.count - 1)
        return CRC32.zlib(bytes.extracting(index * Self.step..<end), seed: checkpoints[index])
    }

    /// A sum behind which so many zero bytes follow, without the inversions of zlib.
    private static func moved(_ sum: UInt32, by count: Int) -> UInt32 {
        var sum = sum
        var rest = count
        var power = 0
        while rest > 0 {
            if rest & 1 == 1 { sum = product(sum, right: powers[power]) }
            rest >>= 1
            power += 1
        }
        return sum
    }

    /// The product of two polynomials modulo that of CRC-32, reflected.
    private static func product(_ left: UInt32, right: UInt32) -> UInt32 {
        var result: UInt32 = 0
        var right = right
        for bit in stride(from: 31, through: 0, by: -1) {
            if left >> UInt32(bit) & 1 == 1 { result ^= right }
            right = right & 1 == 1 ? right >> 1 ^ 0xedb8_8320 : right >> 1
        }
        return result
    }
}

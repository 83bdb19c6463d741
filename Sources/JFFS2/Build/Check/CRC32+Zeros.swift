internal import CZlib
internal import FlashBytes

extension CRC32 {
    /// zlib's sum of what came before and so many zeros behind it: a hole of 4 GiB takes no longer than a page.
    static func zlib(zeros count: Int, seed: UInt32 = 0) -> UInt32 {
        var (sum, rest) = (seed, count)
        // Of 1, 2, 4, ... zeros.
        var (power, size) = (zlib([0]), 1)
        while rest > 0 {
            if rest & 1 != 0 { sum = UInt32(truncatingIfNeeded: crc32_combine(UInt(sum), UInt(power), size)) }
            rest >>= 1
            if rest > 0 {
                power = UInt32(truncatingIfNeeded: crc32_combine(UInt(power), UInt(power), size))
                size <<= 1
            }
        }
        return sum
    }

    private static func zlib(_ bytes: [UInt8]) -> UInt32 { zlib(unsafe bytes.span.bytes) }
}

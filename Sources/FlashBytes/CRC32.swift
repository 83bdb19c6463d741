internal import CDeflate

/// CRC-32 with the reflected polynomial 0xEDB88320, in the two flavours of the field.
///
/// The arithmetic is libdeflate's, which is the fastest one at hand for nodes of 60 bytes and more.
public enum CRC32 {
    /// JFFS2's: starts at 0, no final inversion (`crc32(0, …)` of the Linux kernel): `123456789` gives 0x2dfd2d88.
    ///
    /// - Parameter seed: the sum of what came before, 0 at the start.
    public static func jffs2(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
        ~zlib(bytes, seed: ~seed)
    }

    /// zlib's, also U-Boot's: starts with all ones, inverted at the end: `123456789` gives 0xcbf43926.
    ///
    /// - Parameter seed: the sum of what came before, 0 at the start.
    public static func zlib(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { buffer in
            // libdeflate takes a null pointer for "give me the initial value".
            guard let base = buffer.baseAddress else { return seed }
            return unsafe libdeflate_crc32(seed, base, buffer.count)
        }
    }

    /// JFFS2's sum of an array.
    public static func jffs2(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        jffs2(unsafe bytes.span.bytes, seed: seed)
    }
}

import FlashBytes

/// Erase blocks that UBI manages: each begins with an erase counter header (`struct ubi_ec_hdr`), big-endian.
package struct UBIVolumeArea: Sendable, Hashable {
    static let magic: UInt32 = 0x5542_4923
    private static let headerSize = 64

    /// The distance of the headers (bytes); nil when there is only one.
    package let eraseSize: Int?
    /// From the first header to the end of the last block (bytes).
    package let size: Int

    /// Reads the area whose first block begins at `offset`; nil unless the header's sum is right.
    init?(reading bytes: RawSpan, at offset: Int) {
        guard Self.isHeader(bytes, at: offset) else { return nil }
        // The nearest header behind it; blocks are powers of two.
        let size = (11...23).map { 1 << $0 }.first { Self.isHeader(bytes, at: offset + $0) }
        eraseSize = size
        guard let size else {
            self.size = Self.headerSize
            return
        }
        var end = offset + size
        while Self.isHeader(bytes, at: end) { end += size }
        self.size = min(end, bytes.byteCount) - offset
    }

    private static func isHeader(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard let magic = try? bytes.uint32(at: offset, .big), magic == Self.magic,
            let sum = try? bytes.uint32(at: offset + headerSize - 4, .big)
        else { return false }
        // Linux's crc32 from all ones without the inversion at the end.
        return CRC32.jffs2(bytes.extracting(offset..<offset + headerSize - 4), seed: .max) == sum
    }
}

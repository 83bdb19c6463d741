import FlashBytes

/// The header of a Broadcom firmware (`HDR0`), little-endian:
///
///     magic 0:4   length 4:4   crc32 8:4   flags 12:2   version 14:2   offsets of the parts 16:12 (version 2: 16:16)
package struct TRXHeader: Sendable, Hashable {
    /// Header included (bytes).
    package let length: Int
    /// Where the parts begin, those that are there (bytes from the header).
    package let parts: [Int]

    /// Reads the header at `offset`; nil unless its numbers agree with each other.
    init?(reading bytes: RawSpan, at offset: Int) {
        guard (try? bytes.uint32(at: offset, .big)) == 0x4844_5230,
            let length = try? bytes.uint32(at: offset + 4, .little),
            let version = try? bytes.uint16(at: offset + 14, .little), version == 1 || version == 2
        else { return nil }
        let size = version == 1 ? 28 : 32
        guard length >= size else { return nil }
        self.length = Int(length)
        parts = (0..<(size - 16) / 4).compactMap { index in
            guard let part = try? bytes.uint32(at: offset + 16 + 4 * index, .little), part >= size, part < length else {
                return nil
            }
            return Int(part)
        }
    }
}

import FlashBytes

/// The header of a Broadcom firmware (`HDR0`), little-endian:
///
///     magic 0:4   length 4:4   crc32 8:4   flags 12:2   version 14:2   offsets of the parts 16:12 (version 2: 16:16)
package struct TRXHeader: Sendable, Hashable {
    /// Header included (bytes).
    package let length: Int
    /// Of the header itself (bytes).
    package let size: Int
    /// Whether the sum of all that follows the length is right.
    package let isIntact: Bool
    /// Where the parts begin, those that are there (bytes from the header).
    package let parts: [Int]

    /// `HDR0`, as a big-endian number.
    static let magic: UInt32 = 0x4844_5230

    /// Reads the header at `offset`; nil unless its numbers agree with each other.
    init?(reading bytes: RawSpan, at offset: Int) {
        var sums = RangeSums()
        self.init(reading: bytes, at: offset, &sums)
    }

    /// - Parameter sums: of these bytes, for whoever looks at many headers.
    init?(reading bytes: RawSpan, at offset: Int, _ sums: inout RangeSums) {
        guard (try? bytes.uint32(at: offset, .big)) == Self.magic,
            let length = try? bytes.uint32(at: offset + 4, .little),
            let version = try? bytes.uint16(at: offset + 14, .little), version == 1 || version == 2
        else { return nil }
        let size = version == 1 ? 28 : 32
        guard length >= size else { return nil }
        self.length = Int(length)
        self.size = size
        // zlib's sum without the inversion at its end.
        let covered = offset + 12..<offset + Int(length)
        isIntact =
            covered.upperBound <= bytes.byteCount
            && (try? bytes.uint32(at: offset + 8, .little)) == ~sums.sum(bytes, range: covered)
        parts = (0..<(size - 16) / 4).compactMap { index in
            guard let part = try? bytes.uint32(at: offset + 16 + 4 * index, .little), part >= size, part < length else {
                return nil
            }
            return Int(part)
        }
    }
}

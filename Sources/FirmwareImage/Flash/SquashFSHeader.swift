package import FlashBytes

/// The superblock of a SquashFS file system, as far as it tells where the file system ends.
package struct SquashFSHeader: Sendable, Hashable {
    /// `hsqs`, as stored by a little-endian builder.
    static let littleMagic: UInt32 = 0x6873_7173
    /// `sqsh`, of a big-endian builder (up to version 3).
    static let bigMagic: UInt32 = 0x7371_7368

    /// 4.0 as `4.0`.
    package let version: String
    /// Of the numbers in it.
    package let byteOrder: ByteOrder
    /// `bytes_used` (bytes).
    package let bytesUsed: Int

    /// Reads the superblock at `offset`; nil unless its fields agree with each other.
    package init?(reading bytes: RawSpan, at offset: Int) {
        guard let magic = try? bytes.uint32(at: offset, .big) else { return nil }
        let order: ByteOrder = magic == Self.littleMagic ? .little : .big
        byteOrder = order
        do throws(OutOfBounds) {
            let major = try bytes.uint16(at: offset + 28, order)
            let minor = try bytes.uint16(at: offset + 30, order)
            // In version 4 size and shift of the blocks stand at 12 and 22, in version 3 at 51 and 34.
            let isNew = major == 4
            guard isNew && minor == 0 || major == 3 && minor <= 1 else { return nil }
            let blockSize = try bytes.uint32(at: offset + (isNew ? 12 : 51), order)
            let shift = try bytes.uint16(at: offset + (isNew ? 22 : 34), order)
            guard (12...20).contains(shift), blockSize == 1 << UInt32(shift) else { return nil }
            let at = offset + (isNew ? 40 : 63)
            let low = try bytes.uint32(at: at + (order == .little ? 0 : 4), order)
            let high = try bytes.uint32(at: at + (order == .little ? 4 : 0), order)
            guard high == 0, low >= 96 else { return nil }
            bytesUsed = Int(low)
            version = "\(major).\(minor)"
        } catch {
            return nil
        }
    }

    /// The size with the zeros that fill it up to a multiple of 4 KiB, cut to what there is (bytes).
    func extent(_ bytes: RawSpan, at offset: Int) -> Int {
        let available = bytes.byteCount - offset
        let used = min(bytesUsed, available)
        let padded = min((used + 4095) & ~4095, available)
        return bytes.isFilled(with: 0, in: offset + used..<offset + padded) ? padded : used
    }
}

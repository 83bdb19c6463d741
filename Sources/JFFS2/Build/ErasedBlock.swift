package import FlashBytes

/// An erase block without any node but the cleanmarker that tells Linux it was erased completely
/// (`jffs2_mark_erased_block` in `fs/jffs2/erase.c`).
package struct ErasedBlock: Sendable, Hashable {
    /// The cleanmarker.
    package let cleanmarker: [UInt8]
    /// In bytes.
    package let size: Int

    /// - Parameters:
    ///   - cleanmarkerSize: 12, or more where mkfs.jffs2 was told so (bytes).
    ///   - eraseSize: in bytes.
    package init(order: ByteOrder, cleanmarkerSize: UInt32, eraseSize: Int) {
        var writer = ByteWriter(order)
        NodeHeader(type: .cleanmarker, totalLength: cleanmarkerSize).write(to: &writer)
        cleanmarker = writer.bytes
        size = eraseSize
    }

    /// A block as those of a file system; nil if it has no cleanmarkers, as on NAND.
    package init?(like fileSystem: FileSystem) {
        guard fileSystem.scan.cleanmarkers > 0, let cleanmarkerSize = fileSystem.scan.cleanmarkerSize else {
            return nil
        }
        self.init(
            order: fileSystem.scan.byteOrder, cleanmarkerSize: cleanmarkerSize, eraseSize: fileSystem.scan.eraseSize)
    }

    /// The block's bytes.
    package var bytes: [UInt8] {
        cleanmarker + [UInt8](repeating: 0xff, count: max(0, size - cleanmarker.count))
    }
}

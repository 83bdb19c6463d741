/// How much room Linux needs on a flash beside the files (fs/jffs2/build.c).
package struct FlashBudget: Sendable, Hashable {
    /// Erase blocks on the flash.
    package let blocks: Int
    /// The size of one (bytes).
    package let eraseSize: Int

    /// Linux does not mount a flash with fewer blocks.
    package static let minimumBlocks = 5

    /// - Parameter size: of the partition (bytes); what is no whole block at its end is not used.
    package init(size: UInt64, eraseSize: Int) {
        blocks = Int(clamping: size / UInt64(eraseSize))
        self.eraseSize = eraseSize
    }

    /// Blocks that must be free for anything to be written: 2 for deletions, 2 % of the flash, 100 bytes a block.
    package var blocksForWriting: Int {
        2 + (blocks * eraseSize / 50 + blocks * 100 + eraseSize - 1) / eraseSize
    }

    /// What is wrong with an image of `usedBlocks` on this flash; nil for nothing.
    package func warning(usedBlocks: Int) -> String? {
        if blocks < Self.minimumBlocks {
            return "\(blocks) erase blocks are too few: Linux mounts no flash with less than \(Self.minimumBlocks)"
        }
        let free = max(0, blocks - usedBlocks)
        if free > blocksForWriting { return nil }
        return "\(free) of \(blocks) erase blocks stay free; Linux needs more than \(blocksForWriting) for writing"
    }
}

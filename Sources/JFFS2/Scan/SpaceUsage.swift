import FlashBytes

/// What the bytes of a flash are used for, block by block, and whether Linux has room to go on writing.
package struct SpaceUsage: Sendable, Hashable {
    /// The bytes of one erase block, or of all.
    package struct Share: Sendable, Hashable {
        /// Nodes that are part of what Linux shows, and cleanmarkers (bytes).
        package var live = 0
        /// Nodes that are outdated, marked obsolete, damaged or without a name (bytes).
        package var obsolete = 0
        /// Erased, up to the end of the block (bytes).
        package var free = 0
        /// All else: padding, summaries, gaps, what is no node (bytes).
        package var wasted = 0

        /// Its size (bytes).
        package var count: Int { live + obsolete + free + wasted }

        fileprivate static func += (left: inout Share, right: Share) {
            left.live += right.live
            left.obsolete += right.obsolete
            left.free += right.free
            left.wasted += right.wasted
        }
    }

    /// One for each erase block, in order.
    package private(set) var blocks: [Share] = []
    /// All together.
    package private(set) var total = Share()
    /// How many blocks have no node but a cleanmarker.
    package private(set) var freeBlocks = 0
    /// In bytes.
    package let eraseSize: Int

    /// Counts the bytes of an image.
    package init(_ fileSystem: FileSystem) {
        let scan = fileSystem.scan
        eraseSize = scan.eraseSize
        var shares = [Share](repeating: Share(), count: scan.blockCount)
        var isUsed = [Bool](repeating: false, count: scan.blockCount)
        for (index, node) in scan.nodes.enumerated() {
            let block = Int(node.offset) / eraseSize
            guard shares.indices.contains(block), node.verdict != .misfit else { continue }
            let size = padded(node.totalLength)
            switch fileSystem.statuses[index] {
            case .live: shares[block].live += size
            case .obsolete, .superseded, .orphan, .damaged: shares[block].obsolete += size
            case .none: if node.type == .cleanmarker, Int(node.offset) % eraseSize == 0 { shares[block].live += size }
            }
            if node.type != .cleanmarker { isUsed[block] = true }
        }
        fileSystem.image.withBytes { bytes in
            for block in shares.indices {
                let range = block * eraseSize..<min((block + 1) * eraseSize, bytes.byteCount)
                var end = range.upperBound
                while end > range.lowerBound, (try? bytes.uint8(at: end - 1)) == 0xff { end -= 1 }
                // Padding of a node may be erased, too.
                let used = min(end - range.lowerBound + 3, range.count) & ~3
                shares[block].live = min(shares[block].live, range.count)
                shares[block].obsolete = min(shares[block].obsolete, range.count - shares[block].live)
                shares[block].free = min(range.count - used, range.count - shares[block].live - shares[block].obsolete)
                shares[block].wasted =
                    range.count - shares[block].live - shares[block].obsolete - shares[block].free
                if !isUsed[block], shares[block].wasted == 0, range.count == eraseSize { freeBlocks += 1 }
                total += shares[block]
            }
        }
        blocks = shares
    }

    // MARK: - Garbage collection

    /// Blocks that must be free so that something can be written (`resv_blocks_write`; `jffs2_calc_trigger_levels` in build.c):
    /// two for deletions, and 2 % of the flash and 100 bytes a block on top.
    package var reservedBlocks: Int {
        guard eraseSize > 0 else { return 2 }
        let size = blocks.count * eraseSize / 50 + blocks.count * 100 + eraseSize - 1
        return 2 + size / eraseSize
    }

    /// So much dirt is left alone when space is short (`nospc_dirty_size`; bytes).
    package var leastDirt: Int { eraseSize + blocks.count * eraseSize / 100 }

    /// Whether Linux can write, and if need be collect garbage for it (`jffs2_reserve_space` in nodemgmt.c).
    package var hasRoom: Bool {
        if freeBlocks >= reservedBlocks { return true }
        let dirt = total.obsolete + total.wasted
        return dirt >= leastDirt && (total.free + dirt) / max(eraseSize, 1) > reservedBlocks
    }

    /// Whether Linux can at least delete files.
    package var canDelete: Bool {
        freeBlocks >= 2 || (total.free + total.obsolete + total.wasted) / max(eraseSize, 1) > 2
    }
}

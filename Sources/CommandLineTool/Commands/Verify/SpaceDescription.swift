import FlashBytes
import JFFS2

/// What the bytes of a flash are used for, for `verify`.
struct SpaceDescription: Encodable {
    struct Share: Encodable {
        var live: Int
        var obsolete: Int
        var free: Int
        var wasted: Int

        init(_ share: SpaceUsage.Share) {
            (live, obsolete, free, wasted) = (share.live, share.obsolete, share.free, share.wasted)
        }
    }

    var total: Share
    var freeBlocks: Int
    /// What Linux wants free before it writes.
    var reservedBlocks: Int
    var hasRoom: Bool
    var blocks: [Share]
    private let eraseSize: Int

    private enum CodingKeys: String, CodingKey {
        case total, freeBlocks, reservedBlocks, hasRoom, blocks
    }

    init(_ space: SpaceUsage) {
        total = Share(space.total)
        (freeBlocks, reservedBlocks, hasRoom) = (space.freeBlocks, space.reservedBlocks, space.hasRoom)
        blocks = space.blocks.map(Share.init)
        eraseSize = space.eraseSize
    }

    /// A line for each block.
    var lines: [String] {
        blocks.enumerated().map { number, block in
            "  block \(hex(number * eraseSize)): \(block.live) live, \(block.obsolete) obsolete, \(block.free) free, "
                + "\(block.wasted) wasted"
        }
    }
}

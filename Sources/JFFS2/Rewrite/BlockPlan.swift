import FlashBytes

/// What will be in an erase block that is rewritten.
struct BlockPlan {
    let index: Int
    /// Its size; less than the erase size where the image is cut off and must not grow (bytes).
    let size: Int
    /// Whether it begins with a cleanmarker: not where what stays fills the block without one.
    let hasCleanmarker: Bool
    /// Whether it ended with a summary, and gets one again: not where that was too short to tell of all that stays.
    let hasSummary: Bool
    /// What stays, in its order.
    let kept: [PendingNode]
    /// What is new.
    var added: [PendingNode] = []
    /// What is left for new nodes (bytes).
    private(set) var room: Int

    init(index: Int, size: Int, hadSummary: Bool, kept: [PendingNode], _ configuration: ImageConfiguration) {
        self.index = index
        self.size = size
        self.kept = kept
        let isListable = kept.allSatisfy { $0.line != nil }
        var left = size
        for node in kept { left -= padded(UInt32(node.bytes.count)) }
        hasCleanmarker = configuration.cleanmarkerSize != nil && configuration.firstNodeOffset <= left
        if hasCleanmarker { left -= configuration.firstNodeOffset }
        let summary = kept.reduce(SummaryNode.size + SummaryNode.markerSize) { $0 + SummaryBuilder.weight(of: $1) }
        hasSummary = hadSummary && size == configuration.eraseSize && isListable && summary <= left
        room = hasSummary ? left - summary : left
    }

    /// What a node takes: its length rounded up to 4, and its line in the summary (bytes).
    func weight(of node: PendingNode) -> Int {
        padded(UInt32(node.bytes.count)) + (hasSummary ? SummaryBuilder.weight(of: node) : 0)
    }

    /// How much stored data a new inode node may have (bytes).
    var dataRoom: Int { room - RawInode.size - (hasSummary ? SummaryBuilder.inodeWeight : 0) - 3 }

    /// Puts a node behind the others; there must be room.
    mutating func append(_ node: PendingNode) {
        added.append(node)
        room -= weight(of: node)
    }

    /// The bytes of the whole block: cleanmarker, nodes, summary, and 0xFF.
    func bytes(_ configuration: ImageConfiguration) -> [UInt8] {
        let order = configuration.byteOrder
        var writer = ByteWriter(order, capacity: size)
        if hasCleanmarker, let cleanmarkerSize = configuration.cleanmarkerSize {
            NodeHeader(type: .cleanmarker, totalLength: UInt32(cleanmarkerSize)).write(to: &writer)
            writer.fill(0xff, count: configuration.firstNodeOffset - writer.count)
        }
        var summary = SummaryBuilder(configuration)
        for node in kept + added {
            summary.add(node, at: writer.count)
            writer.append(node.bytes)
            writer.fill(0xff, count: (4 - writer.count % 4) % 4)
        }
        if hasSummary, summary.isWanted {
            writer.append(summary.finish(at: writer.count, order))
        } else if configuration.cleanmarkerSize == nil, writer.count > 0 {
            writer.append(
                PaddingNode.toFlashPage(from: writer.count, eraseSize: configuration.eraseSize, order))
        }
        writer.fill(0xff, count: size - writer.count)
        return writer.bytes
    }
}

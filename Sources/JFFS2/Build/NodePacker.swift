internal import FlashBytes

/// Lays nodes into erase blocks, looking ahead a little so that each block gets full.
///
/// Nodes stay in their order but for the end of a block, where those of the waiting nodes are taken that fill it best.
/// (Linux, U-Boot and jefferson go by version and offset, not by place.) Only where too much would stay empty is a page cut
/// in two: such halves are not "pristine" for Linux's garbage collection, and cost a second header.
struct NodePacker {
    private var blocks: EraseBlockWriter
    private var waiting: [PendingNode] = []
    private let splitter: PageSplitter
    private var report = BuildReport()

    /// How many nodes are looked at.
    static let lookAhead = 64
    /// The room from which on the rest of a block is planned as a whole (bytes).
    private let planningRoom: Int

    init(configuration: ImageConfiguration, splitter: PageSplitter) {
        blocks = EraseBlockWriter(configuration)
        self.splitter = splitter
        planningRoom = 2 * (configuration.nodeDataSize + RawInode.size)
        waiting.reserveCapacity(Self.lookAhead + 1)
    }

    /// Takes the next node.
    mutating func append(_ node: PendingNode, to sink: ImageBuilder.Sink) throws(BuildError) {
        waiting.append(node)
        report.nodes += 1
        if waiting.count > Self.lookAhead { try place(sink) }
    }

    /// Places what waits, ends the image, and says how it went.
    mutating func finish(
        _ padding: ImageConfiguration.Padding, to sink: ImageBuilder.Sink
    ) throws(BuildError) -> BuildReport {
        while !waiting.isEmpty { try place(sink) }
        report.usedSize = blocks.endOffset
        report.usedBlocks = Int((report.usedSize + UInt64(blocks.eraseSize) - 1) / UInt64(blocks.eraseSize))
        try blocks.finishImage(padding, to: sink)
        report.imageSize = blocks.flushedSize
        return report
    }

    /// Places at least one node.
    private mutating func place(_ sink: ImageBuilder.Sink) throws(BuildError) {
        let first = blocks.weight(of: waiting[0])
        if blocks.room - first >= planningRoom {
            blocks.append(waiting.removeFirst())
            return
        }
        let weights = waiting.map { blocks.weight(of: $0) }
        if weights.reduce(0, +) <= blocks.room {
            // The end of the image, most likely.
            for node in waiting { blocks.append(node) }
            waiting.removeAll(keepingCapacity: true)
            return
        }
        let chosen = SubsetSum.best(weights, capacity: blocks.room)
        for index in chosen { blocks.append(waiting[index]) }
        for index in chosen.reversed() { waiting.remove(at: index) }
        try splitOne()
        report.wastedSize += UInt64(max(0, blocks.room))
        try blocks.finishBlock(sink)
    }

    /// Fills what is left of the block with a part of a page, if that is worth it.
    private mutating func splitOne() throws(BuildError) {
        let room = blocks.dataRoom
        guard room >= PageSplitter.worthwhile, let index = waiting.firstIndex(where: { $0.page != nil }),
            let (first, second) = try splitter.split(waiting[index], room: room)
        else { return }
        blocks.append(first)
        waiting[index] = second
        report.nodes += 1
    }
}

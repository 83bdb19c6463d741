internal import FlashBytes

/// Fills one erase block after the other and hands each over when it is full.
struct EraseBlockWriter {
    private let order: ByteOrder
    private let cleanmarkerSize: Int?
    let eraseSize: Int
    /// Where nodes begin in a block (bytes).
    let firstNodeOffset: Int

    private let endsWithFlashPage: Bool
    private var block: [UInt8]
    /// Where the next node goes (bytes from the start of the block).
    private(set) var position = 0
    /// Bytes in blocks that were handed over.
    private(set) var flushedSize: UInt64 = 0
    private var summary: SummaryBuilder?

    init(_ configuration: ImageConfiguration) {
        order = configuration.byteOrder
        cleanmarkerSize = configuration.cleanmarkerSize
        eraseSize = configuration.eraseSize
        firstNodeOffset = configuration.firstNodeOffset
        endsWithFlashPage = configuration.cleanmarkerSize == nil && !configuration.isCompatible
        block = [UInt8](repeating: 0xff, count: configuration.eraseSize)
        summary = configuration.writesSummaries ? SummaryBuilder(configuration) : nil
    }

    /// How much the next node may weigh (bytes); a block that was not begun counts with its cleanmarker.
    var room: Int {
        let free = eraseSize - max(position, firstNodeOffset)
        return summary.map { free - $0.size } ?? free
    }

    /// How much data an inode node in the rest of the block may hold (bytes).
    var dataRoom: Int { room - RawInode.size - (summary == nil ? 0 : SummaryBuilder.inodeWeight) }

    /// Whether the block, as it is, would end with a summary.
    var getsSummary: Bool { summary?.isWanted == true }

    /// Where the image ends so far (bytes).
    var endOffset: UInt64 { flushedSize + UInt64(position) }

    /// What a node takes: its length rounded up to 4, and its line in the summary (bytes).
    func weight(of node: PendingNode) -> Int {
        ((node.bytes.count + 3) & ~3) + (summary == nil ? 0 : SummaryBuilder.weight(of: node))
    }

    /// Puts a node at the end of the block, in which there must be room for it.
    mutating func append(_ node: PendingNode) {
        begin()
        summary?.add(node, at: position)
        put(node.bytes)
        position = (position + 3) & ~3
    }

    /// Hands the block over, filled up with 0xFF (and its summary), and begins the next one.
    mutating func finishBlock(_ sink: ImageBuilder.Sink) throws(BuildError) {
        if let summary, summary.isWanted { put(summary.finish(at: position, order)) }
        summary?.reset()
        try flush(count: eraseSize, sink)
    }

    /// Hands over what is in the block, without filling it up but for the padding that was asked for.
    mutating func finishImage(_ padding: ImageConfiguration.Padding, to sink: ImageBuilder.Sink) throws(BuildError) {
        if endsWithFlashPage { put(PaddingNode.toFlashPage(from: position, eraseSize: eraseSize, order)) }
        switch padding {
        case .none:
            if position > 0 { try flush(count: position, sink) }
        case .toEraseBlock:
            if position > 0 { try flush(count: eraseSize, sink) }
        case .toSize(let size):
            while flushedSize < size {
                begin()
                try flush(count: Int(min(UInt64(eraseSize), size - flushedSize)), sink)
            }
        }
    }

    /// Writes the cleanmarker of a new block.
    private mutating func begin() {
        guard position == 0, let cleanmarkerSize else { return }
        put(ErasedBlock(order: order, cleanmarkerSize: UInt32(cleanmarkerSize), eraseSize: eraseSize).cleanmarker)
        position = firstNodeOffset
    }

    private mutating func put(_ bytes: [UInt8]) {
        block.replaceSubrange(position..<position + bytes.count, with: bytes)
        position += bytes.count
    }

    private mutating func flush(count: Int, _ sink: ImageBuilder.Sink) throws(BuildError) {
        do {
            try sink(unsafe block.span.bytes.extracting(0..<count))
        } catch {
            throw .output(error)
        }
        flushedSize += UInt64(count)
        position = 0
        _ = unsafe block.withUnsafeMutableBytes { unsafe $0.initializeMemory(as: UInt8.self, repeating: 0xff) }
    }
}

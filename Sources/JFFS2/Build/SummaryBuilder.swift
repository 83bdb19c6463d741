internal import FlashBytes

/// Collects the summary node of one erase block (see `SummaryNode` for the layout).
///
/// A block with an xattr node gets none: Linux 6.1 stops its garbage collection thread ("Checked all inodes but still 0x0
/// bytes of unchecked space") where it checks such nodes last of all that a summary told of.
struct SummaryBuilder {
    private var entries: ByteWriter
    private var count: UInt32 = 0
    private var hasUnlisted = false
    private let cleanmarkerSize: UInt32
    private let eraseSize: Int

    init(_ configuration: ImageConfiguration) {
        entries = ByteWriter(configuration.byteOrder)
        cleanmarkerSize = UInt32(configuration.cleanmarkerSize ?? 0)
        eraseSize = configuration.eraseSize
    }

    /// Whether the block gets a summary.
    var isWanted: Bool { count > 0 && !hasUnlisted }

    /// What the summary takes at the end of the block so far, rounded up to 4 (bytes).
    var size: Int { (SummaryNode.size + entries.count + SummaryNode.markerSize + 3) & ~3 }

    /// What the line of an inode node takes (bytes).
    static let inodeWeight = 20

    /// What the line of a node takes, rounded up to 4 so that nodes may be weighed one by one (bytes).
    static func weight(of node: PendingNode) -> Int { node.line.map { ($0.count + 3) & ~3 } ?? 0 }

    /// Notes a node at `offset` of the block.
    mutating func add(_ node: PendingNode, at offset: Int) {
        count += 1
        if let line = node.line { line.write(to: &entries, at: offset) } else { hasUnlisted = true }
    }

    /// The summary node from `position` to the end of the block.
    func finish(at position: Int, _ order: ByteOrder) -> [UInt8] {
        let length = eraseSize - position
        var body = entries
        body.fill(0xff, count: length - SummaryNode.size - entries.count - SummaryNode.markerSize)
        body.uint32(UInt32(position))
        body.uint32(SummaryNode.markerMagic)

        var writer = ByteWriter(order, capacity: length)
        NodeHeader(type: .summary, totalLength: UInt32(length)).write(to: &writer)
        writer.uint32(count)
        writer.uint32(cleanmarkerSize)
        writer.uint32(0)
        let sum = writer.crc(from: 0)
        writer.uint32(CRC32.jffs2(body.bytes))
        writer.uint32(sum)
        writer.append(body.bytes)
        return writer.bytes
    }

    /// Begins the next block.
    mutating func reset() {
        entries.removeAll()
        count = 0
        hasUnlisted = false
    }
}

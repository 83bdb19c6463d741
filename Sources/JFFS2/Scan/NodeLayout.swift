import FlashBytes

/// Everything on the flash in the order of its place: nodes and what lies between them.
public struct NodeLayout: Sendable {
    /// A stretch of an erase block.
    public struct Item: Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            case node(ScannedNode, NodeStatus)
            /// 0xFF: free space.
            case erased
            /// 0x00.
            case zeros
            /// No node, and not erased.
            case dirt
        }
        public var kind: Kind
        /// From the start of the image (bytes).
        public var range: Range<Int>
    }

    /// Ascending; gaps are the up to three bytes that pad a node to a multiple of 4.
    public let items: [Item]

    /// Lays out an image, with the status that the nodes have in its file system.
    public init(_ fileSystem: FileSystem) {
        var status: [UInt32: NodeStatus] = [:]
        for (node, state) in zip(fileSystem.scan.nodes, fileSystem.statuses) { status[node.offset] = state }
        items = fileSystem.image.withBytes { bytes in
            // Block by block, without the summaries' help: obsolete nodes are not in them.
            let scan = NodeScan(
                bytes, byteOrder: fileSystem.byteOrder, eraseSize: fileSystem.eraseSize, magic: fileSystem.scan.magic,
                usingSummaries: false)
            return Self.items(scan, status, bytes)
        }
    }

    private static func items(_ scan: NodeScan, _ status: [UInt32: NodeStatus], _ bytes: RawSpan) -> [Item] {
        var items: [Item] = []
        var at = 0
        for node in scan.nodes {
            fill(at..<Int(node.offset), scan.eraseSize, bytes, &items)
            let isTrusted = node.verdict != .misfit && node.type.accurate != .cleanmarker
            let end =
                isTrusted ? min(Int(node.offset) + padded(node.totalLength), bytes.byteCount) : Int(node.offset) + 12
            var state = status[node.offset] ?? (node.verdict == .obsolete ? .obsolete : .none)
            if node.verdict == .damaged || node.verdict == .misfit { state = .damaged }
            items.append(Item(kind: .node(node, state), range: Int(node.offset)..<end))
            at = max(at, end)
        }
        fill(at..<bytes.byteCount, scan.eraseSize, bytes, &items)
        return items
    }

    /// Cuts a gap at block boundaries and into erased, zero and other stretches.
    private static func fill(_ gap: Range<Int>, _ eraseSize: Int, _ bytes: RawSpan, _ items: inout [Item]) {
        var at = gap.lowerBound
        while at < gap.upperBound {
            let block = at..<min(gap.upperBound, (at / eraseSize + 1) * eraseSize)
            for (value, kind) in [(UInt8(0xff), Item.Kind.erased), (0, .zeros)] {
                let end = bytes.endOfRun(of: value, in: at..<block.upperBound)
                if end == block.upperBound || end - at >= 4 {
                    items.append(Item(kind: kind, range: at..<end))
                    at = end
                    break
                }
            }
            if at >= block.upperBound { continue }
            let start = at
            // Until four bytes in a row are erased, as the kernel goes by words.
            while at < block.upperBound, !bytes.isFilled(with: 0xff, in: at..<min(at + 4, block.upperBound)) {
                at = min(at + 4, block.upperBound)
            }
            if at > start { items.append(Item(kind: .dirt, range: start..<at)) }
        }
    }
}

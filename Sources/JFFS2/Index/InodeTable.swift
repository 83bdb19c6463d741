import FileTree

/// The inode nodes of each inode, in the order of the scan.
struct InodeTable {
    private let nodes: [NodeScan.InodeNode]
    private var ranges: [InodeNumber: Range<Int>] = [:]

    init(_ scan: NodeScan) {
        // By number, then by place: `sort` is stable in fact, but does not promise it.
        nodes = scan.inodeNodes.sorted { $0.inode != $1.inode ? $0.inode < $1.inode : $0.node < $1.node }
        var start = 0
        while start < nodes.count {
            var end = start + 1
            while end < nodes.count, nodes[end].inode == nodes[start].inode { end += 1 }
            ranges[nodes[start].inode] = start..<end
            start = end
        }
    }

    /// The nodes of an inode, ascending by place.
    func nodes(of inode: InodeNumber) -> some BidirectionalCollection<NodeIndex> {
        nodes[ranges[inode] ?? 0..<0].lazy.map(\.node)
    }

    /// All inodes that have nodes.
    var inodes: some Collection<InodeNumber> { ranges.keys }
}

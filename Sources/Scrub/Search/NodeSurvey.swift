import FileTree
import FlashBytes
import JFFS2

/// All nodes that an image holds or once held, with what they mean to the file system.
///
/// Found by their headers wherever they lie: a kernel skips blocks that begin erased, and believes summaries.
struct NodeSurvey: Sendable {
    struct Node: Sendable {
        var offset: Int
        var end: Int
        var type: NodeType
        var status: NodeStatus
        /// Where the data begins (bytes from the start of the image); the end of the node if it has none.
        var dataStart: Int
        /// Whether its data can be decompressed and is looked at in that form.
        var isDecoded: Bool
        /// Of inode nodes.
        var inode: UInt32 = 0
        var version: UInt32 = 0

        var isLive: Bool { status == .live }

        /// `obsolete inode node`
        var name: String { (status == .none ? "" : status.word + " ") + "\(type) node" }
    }

    /// Ascending by place.
    let nodes: [Node]
    /// Inodes with inode nodes that nothing shows, ascending.
    let inodesWithDeadNodes: [UInt32]
    /// The nodes of these inodes, as indices, by number.
    let nodesOfInode: [UInt32: [Int]]
    /// A path of each inode that has one, or had one.
    let paths: [UInt32: FilePathBytes]
    /// Inodes that have a path now.
    let liveInodes: Set<UInt32>

    init(_ fileSystem: FileSystem) {
        var statuses: [Int: NodeStatus] = [:]
        for (node, status) in zip(fileSystem.scan.nodes, fileSystem.statuses) { statuses[Int(node.offset)] = status }
        var paths: [UInt32: FilePathBytes] = [:]
        fileSystem.tree.walk { path, id in
            if let number = fileSystem.tree[id].number, paths[number] == nil { paths[number] = path }
        }
        liveInodes = Set(paths.keys)
        var nodes: [Node] = []
        var dead: Set<UInt32> = []
        var names: [(inode: UInt32, parent: UInt32, name: FileName)] = []
        fileSystem.image.withBytes { bytes in
            let order = fileSystem.byteOrder
            let census = NodeCensus(bytes, byteOrder: order, magic: fileSystem.scan.magic)
            for sighting in census.sightings {
                let type = sighting.header.type
                let end = min(sighting.end, bytes.byteCount)
                let status = statuses[sighting.offset] ?? (type.isAccurate ? .damaged : .obsolete)
                var node = Node(
                    offset: sighting.offset, end: end, type: type.accurate, status: status, dataStart: end,
                    isDecoded: false)
                if type.accurate == .inode, let raw = try? RawInode(reading: bytes, at: node.offset, order) {
                    node.inode = raw.inode
                    node.version = raw.version
                    node.dataStart = min(node.offset + RawInode.size, end)
                    if !node.isLive, raw.csize > 0 { dead.insert(raw.inode) }
                } else if type.accurate == .dirent, !node.isLive,
                    let raw = try? Dirent(reading: bytes, at: node.offset, order), raw.inode != 0, raw.isIntact,
                    let name = try? bytes.bytes(in: raw.nameRange(at: node.offset))
                {
                    names.append((raw.inode, raw.parent, FileName(name)))
                } else if [.cleanmarker, .padding, .summary].contains(type.accurate), status != .live {
                    node.status = .none
                }
                nodes.append(node)
            }
        }
        for entry in names where paths[entry.inode] == nil {
            var path = paths[entry.parent] ?? FilePathBytes()
            path.append(entry.name)
            paths[entry.inode] = path
        }
        var nodesOfInode: [UInt32: [Int]] = [:]
        for (index, node) in nodes.enumerated() where node.type == .inode && dead.contains(node.inode) {
            nodesOfInode[node.inode, default: []].append(index)
            // What HistorySearch looks at; what it cannot decode it hands back as raw bytes itself.
            if !node.isLive { nodes[index].isDecoded = true }
        }
        self.nodes = nodes
        self.paths = paths
        self.nodesOfInode = nodesOfInode
        inodesWithDeadNodes = dead.sorted()
    }

    /// The node that holds a byte.
    func node(at offset: Int) -> Node? {
        var low = 0
        var high = nodes.count
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0, nodes[low - 1].end > offset else { return nil }
        return nodes[low - 1]
    }
}

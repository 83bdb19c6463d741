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
        /// Of a live node: where what is shown of it ends; the rest nobody sees.
        var shownEnd = Int.max
        /// Whether a live node holds data that is not shown: newer nodes cover it, or the file ends before.
        var isPartlyShown = false
        /// Of dead dirents and attributes: their texts.
        var texts: [Range<Int>] = []
        /// Of inode nodes.
        var inode: UInt32 = 0
        var version: UInt32 = 0

        var isLive: Bool { status == .live }

        /// Whether something in it is not shown.
        var isDead: Bool { !isLive || isPartlyShown }

        /// `obsolete inode node`
        var name: String { (status == .none ? "" : status.word + " ") + "\(type) node" }
    }

    /// Ascending by place.
    let nodes: [Node]
    /// Inode nodes whose header is damaged, in what lies between the nodes: only their compressed data is of interest.
    let torn: [Node]
    /// Inodes with data that nothing shows, ascending.
    let inodesWithDeadNodes: [UInt32]
    /// The nodes of inodes, as indices, by number.
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
        let partlyShown = fileSystem.partlyShownNodes()
        var torn: [Node] = []
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
                // A deletion keeps an older dirent from coming back, but its name is not shown.
                if type.accurate == .dirent, node.isLive,
                    (try? Dirent(reading: bytes, at: node.offset, order))?.inode == 0
                {
                    node.status = .superseded
                }
                if type.accurate == .inode, let raw = try? RawInode(reading: bytes, at: node.offset, order) {
                    node.inode = raw.inode
                    node.version = raw.version
                    node.dataStart = min(node.offset + RawInode.size, end)
                    node.isPartlyShown = node.isLive && partlyShown.contains(node.offset)
                    if node.isDead, node.dataStart < end { dead.insert(raw.inode) }
                } else if node.isLive {
                    node.shownEnd = Self.shownEnd(node, bytes, order)
                } else if type.accurate == .dirent, !node.isLive,
                    let raw = try? Dirent(reading: bytes, at: node.offset, order), raw.inode != 0, raw.isIntact,
                    let name = try? bytes.bytes(in: raw.nameRange(at: node.offset))
                {
                    names.append((raw.inode, raw.parent, FileName(name)))
                } else if [.cleanmarker, .padding, .summary].contains(type.accurate), status != .live {
                    node.status = .none
                }
                if !node.isLive { node.texts = Self.texts(node, bytes, order) }
                nodes.append(node)
            }
            torn = Self.torn(between: nodes, bytes, order, magic: fileSystem.scan.magic)
        }
        for entry in names where paths[entry.inode] == nil {
            var path = paths[entry.parent] ?? FilePathBytes()
            path.append(entry.name)
            paths[entry.inode] = path
        }
        var nodesOfInode: [UInt32: [Int]] = [:]
        for (index, node) in nodes.enumerated() where node.type == .inode {
            nodesOfInode[node.inode, default: []].append(index)
            // What HistorySearch looks at; what it cannot decode it hands back as raw bytes itself.
            if node.isDead, dead.contains(node.inode) { nodes[index].isDecoded = true }
        }
        self.torn = torn
        self.nodes = nodes
        self.paths = paths
        self.nodesOfInode = nodesOfInode
        inodesWithDeadNodes = dead.sorted()
    }

    /// Where the name or the attribute of a live node ends.
    private static func shownEnd(_ node: Node, _ bytes: RawSpan, _ order: ByteOrder) -> Int {
        switch node.type {
        case .dirent:
            (try? Dirent(reading: bytes, at: node.offset, order))?.nameRange(at: node.offset).upperBound ?? .max
        case .xattr:
            (try? XattrNode(reading: bytes, at: node.offset, order))?.valueRange(at: node.offset).upperBound ?? .max
        default: .max
        }
    }

    /// The name of a dirent; name and value of an attribute.
    private static func texts(_ node: Node, _ bytes: RawSpan, _ order: ByteOrder) -> [Range<Int>] {
        var texts: [Range<Int>] = []
        if node.type == .dirent, let raw = try? Dirent(reading: bytes, at: node.offset, order) {
            texts = [raw.nameRange(at: node.offset)]
        } else if node.type == .xattr, let raw = try? XattrNode(reading: bytes, at: node.offset, order) {
            texts = [raw.nameRange(at: node.offset), raw.valueRange(at: node.offset)]
        }
        return texts.filter { $0.upperBound <= bytes.byteCount && !$0.isEmpty }
    }

    /// Positions between the nodes that look like an inode node with a wrong header sum.
    private static func torn(
        between nodes: [Node], _ bytes: RawSpan, _ order: ByteOrder, magic: UInt16
    ) -> [Node] {
        var torn: [Node] = []
        func look(_ start: Int, _ end: Int) {
            var at = (start + 3) & ~3
            while at + RawInode.size < end {
                defer { at += 4 }
                guard (try? bytes.uint16(at: at, order)) == magic, let kind = try? bytes.uint16(at: at + 2, order),
                    NodeType(rawValue: kind).accurate == .inode,
                    let raw = try? RawInode(reading: bytes, at: at, order), raw.csize > 0,
                    raw.compression != .none, raw.compression != .zero
                else { continue }
                var node = Node(
                    offset: at, end: min(end, raw.dataRange(at: at).upperBound), type: .inode, status: .damaged,
                    dataStart: at + RawInode.size, isDecoded: false)
                node.inode = raw.inode
                torn.append(node)
            }
        }
        var end = 0
        for node in nodes {
            look(end, node.offset)
            end = max(end, node.end)
        }
        look(end, bytes.byteCount)
        return torn
    }

    /// The node that holds a byte.
    func node(at offset: Int) -> Node? {
        let next = nodes.partitionPoint { $0.offset <= offset }
        guard next > 0, nodes[next - 1].end > offset else { return nil }
        return nodes[next - 1]
    }
}

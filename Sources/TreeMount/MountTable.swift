package import FileTree
import FlashBytes

/// A tree as a kernel asks for it: files by number, names by their directory.
///
/// It has the names that `FileTree.walk` meets, so that a mounted tree is the unpacked one for every image: a directory with
/// several names is a directory of its own under each, and one inside itself is empty there.
package struct MountTable: Sendable {
    /// A name in a directory.
    package struct Child: Sendable {
        /// Raw bytes; one that a host directory may hold.
        package let name: FileName
        /// The file, as an index in `nodes`.
        package let node: Int
    }

    /// A file, or a directory under one of its names.
    struct Node: Sendable {
        /// What it is of the tree.
        let inode: InodeID
        /// The directory that `..` is; of a file, of no use.
        let parent: Int
        /// Ascending by bytes.
        var children: [Child] = []
    }

    /// The tree.
    package let tree: FileTree
    /// The root first.
    private(set) var nodes: [Node]
    /// Names that no directory of a host can hold; they are left out.
    package private(set) var leftOut: [FilePathBytes] = []
    /// Whether any file has extended attributes.
    let hasExtendedAttributes: Bool
    /// What `stat` shows as st_ino, by inode of the tree.
    private let numbers: [UInt64]
    /// How many names an inode has.
    private let nameCounts: [UInt32]

    /// How many files there are, the root and each directory under each of its names included.
    package var fileCount: Int { nodes.count }

    /// Numbers the files of a tree.
    package init(_ tree: FileTree) {
        self.tree = tree
        hasExtendedAttributes = tree.inodes.contains { !$0.metadata.extendedAttributes.isEmpty }
        var taken: Set<UInt32> = []
        numbers = tree.inodes.enumerated().map { index, inode in
            if let number = inode.number, number != 0, taken.insert(number.rawValue).inserted {
                return UInt64(number.rawValue)
            }
            // None of its own, or one that another file has: of another file system, or of an earlier time.
            return 1 << 32 + UInt64(index)
        }
        nameCounts = tree.nameCounts()
        nodes = [Node(inode: FileTree.root, parent: 0)]
        nodes.reserveCapacity(tree.inodes.count)
        enumerate()
    }

    private mutating func enumerate() {
        // Of what is no directory: one node for all of its names.
        var files = [Int](repeating: -1, count: tree.inodes.count)
        // The nodes of the path to where the walk is; -1 behind a name that is left out.
        var trail = [0]
        tree.walk { path, id in
            trail.removeLast(trail.count - path.components.count)
            guard let parent = trail.last, parent >= 0, let name = path.components.last, name.isSafe else {
                if trail.last != -1 { leftOut.append(path) }
                trail.append(-1)
                return
            }
            var node = files[id.index]
            if node < 0 {
                node = nodes.count
                nodes.append(Node(inode: id, parent: parent))
                if tree[id].kind != .directory { files[id.index] = node }
            }
            nodes[parent].children.append(Child(name: name, node: node))
            trail.append(node)
        }
    }

    /// The file that has a number, if any has.
    func node(_ number: UInt64) -> Int? {
        // The root is 1.
        guard number >= 1, number <= UInt64(nodes.count) else { return nil }
        return Int(number) - 1
    }

    /// The file of a node.
    func inode(_ node: Int) -> Inode { tree[nodes[node].inode] }

    /// The file of a name in a directory.
    func child(_ name: FileName, of node: Int) -> Int? {
        let children = nodes[node].children
        let place = children.partitionPoint { $0.name < name }
        return place < children.count && children[place].name == name ? children[place].node : nil
    }

    /// What `stat` shows as st_ino of a node.
    func inodeNumber(_ node: Int) -> UInt64 { numbers[nodes[node].inode.index] }

    /// What `stat` shows as st_nlink of a node.
    func linkCount(_ node: Int) -> UInt32 {
        let id = nodes[node].inode
        if let count = tree[id].linkCount { return count }
        guard tree[id].kind == .directory else { return nameCounts[id.index] }
        let directories = nodes[node].children.reduce(0) { $0 + (inode($1.node).kind == .directory ? 1 : 0) }
        return UInt32(clamping: 2 + directories)
    }
}

extension FileTree {
    /// Hangs another tree into a directory of this one, under a name that is free there.
    ///
    /// - Returns: whether the name was free.
    package mutating func graft(_ other: FileTree, name: FileName, to directory: InodeID) -> Bool {
        guard child(name, of: directory) == nil, other.inodes.first?.kind == .directory else { return false }
        let start = inodes.count
        inodes += other.inodes.map { inode in
            guard case .directory(let entries) = inode.payload else { return inode }
            var inode = inode
            inode.payload = .directory(
                entries.map { DirectoryEntry(name: $0.name, inode: InodeID($0.inode.index + start)) })
            return inode
        }
        link(InodeID(start), name: name, to: directory)
        return true
    }
}

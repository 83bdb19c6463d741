/// A tree into which names are put in any order: those of a directory are sorted once, at the end.
///
/// `FileTree` has them sorted at every moment, so that each one that belongs in front of others costs as much as there are others.
package struct GrowingFileTree: Sendable {
    private var tree: FileTree
    /// What is in the directories into which something was put, by the index of their inodes; what the inodes themselves say
    /// of it is old.
    private var names: [Int: [FileName: InodeID]] = [:]

    /// A tree that begins with what another one holds.
    package init(_ tree: FileTree = FileTree()) { self.tree = tree }

    /// The inode behind an identifier; of a directory, all but its entries.
    package subscript(id: InodeID) -> Inode {
        get { tree[id] }
        set { tree[id] = newValue }
    }

    /// The inode of a name in a directory.
    package func child(_ name: FileName, of directory: InodeID) -> InodeID? {
        if let known = names[directory.index] { return known[name] }
        return tree.child(name, of: directory)
    }

    /// The inode at a path; symlinks are not followed.
    package func find(_ path: some Sequence<FileName>) -> InodeID? {
        var at = FileTree.root
        for name in path {
            guard let next = child(name, of: at) else { return nil }
            at = next
        }
        return at
    }

    /// Adds an inode under a name in a directory; an entry of the same name is replaced.
    @discardableResult
    package mutating func add(_ inode: Inode, name: FileName, to directory: InodeID) -> InodeID {
        let id = InodeID(tree.inodes.count)
        tree.inodes.append(inode)
        link(id, name: name, to: directory)
        return id
    }

    /// Gives an inode a further name (a hard link); an entry of the same name is replaced.
    package mutating func link(_ id: InodeID, name: FileName, to directory: InodeID) {
        guard tree[directory].kind == .directory else { return }
        if names[directory.index] == nil {
            let entries = tree[directory].entries
            names[directory.index] = Dictionary(entries.map { ($0.name, $0.inode) }) { first, _ in first }
        }
        names[directory.index]?[name] = id
    }

    /// The tree as it is now.
    package consuming func finish() -> FileTree {
        for (index, entries) in names where tree.inodes[index].kind == .directory {
            tree.inodes[index].payload = .directory(
                entries.map { DirectoryEntry(name: $0.key, inode: $0.value) }.sorted { $0.name < $1.name })
        }
        return tree
    }
}

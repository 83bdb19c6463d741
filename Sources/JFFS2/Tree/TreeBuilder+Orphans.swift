package import FileTree
import FlashBytes

extension FileSystem {
    /// The tree with everything that no name leads to, in the directory `lost+found`, each under `#` and its inode number:
    /// files that lost their dirent, and what is left of deleted ones. Linux shows none of it.
    ///
    /// - Returns: how many names there are in `lost+found` more than before, too.
    package func treeWithOrphans() -> (tree: FileTree, count: Int) {
        image.withBytes { bytes in
            let builder = TreeBuilder(scan: scan, image: image, bytes: bytes, keepsOrphans: true)
            return (FileTree(inodes: builder.inodes), builder.orphanCount)
        }
    }
}

extension TreeBuilder {
    /// Adds what no name leads to, with all that is in it.
    mutating func addOrphans(_ bytes: RawSpan) {
        let lost = Set(table.inodes).union(directories.ranges.keys).filter { places[$0] == nil }
        var children: Set<InodeNumber> = []
        for parent in lost { children.formUnion(directories.entries(of: parent).lazy.map(\.inode)) }
        var names: [DirectoryEntry] = []
        // Last, rings of directories that are in each other.
        for number in lost.subtracting(children).sorted() + lost.intersection(children).sorted()
        where places[number] == nil {
            let name = FileName(Array("#\(number)".utf8))
            guard let id = placeOrphan(number, name: name, in: bytes) else { continue }
            names.append(DirectoryEntry(name: name, inode: id))
            fillAll(from: id.index, bytes)
        }
        orphanCount = names.count
        if !names.isEmpty { addToLostAndFound(names) }
    }

    private mutating func addToLostAndFound(_ added: [DirectoryEntry]) {
        var root = inodes[0].entries
        let isTaken = { (name: FileName) in root.contains { $0.name == name } }
        var name = FileName(Array("lost+found".utf8))
        if let known = root.first(where: { $0.name == name }), inodes[known.inode.index].kind == .directory {
            let old = inodes[known.inode.index].entries
            let new = added.filter { entry in !old.contains { $0.name == entry.name } }
            inodes[known.inode.index].payload = .directory((old + new).sorted { $0.name < $1.name })
            return
        }
        while isTaken(name) { name = FileName(name.bytes + Array("~".utf8)) }
        let id = InodeID(inodes.count)
        inodes.append(
            Inode(metadata: Metadata(permissions: 0o700), payload: .directory(added.sorted { $0.name < $1.name })))
        root.append(DirectoryEntry(name: name, inode: id))
        inodes[0].payload = .directory(root.sorted { $0.name < $1.name })
    }
}

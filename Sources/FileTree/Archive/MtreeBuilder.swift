/// Puts the entries together again.
struct MtreeBuilder {
    private struct LinkKey: Hashable {
        let number: InodeNumber
        let kind: FileKind
    }

    private let comments: MtreeComments
    private var manifest: MtreeManifest
    private var tree = GrowingFileTree()
    private var linked: [LinkKey: InodeID] = [:]

    init(comments: MtreeComments) {
        self.comments = comments
        manifest = MtreeManifest(tree: FileTree(), source: comments.source, unpacked: comments.unpacked)
    }

    mutating func add(_ entry: MtreeEntry) throws(MtreeError) {
        var inode = entry.inode
        let remarks = comments.remarks[entry.path]
        if let remarks {
            inode.metadata.accessTime = remarks.accessTime ?? inode.metadata.accessTime
            inode.metadata.changeTime = remarks.changeTime ?? inode.metadata.changeTime
            inode.metadata.extendedAttributes = remarks.attributes
            if remarks.isSocket { inode.payload = .socket }
            inode.staysUncompressed = remarks.isUncompressed
        }
        guard let name = entry.path.components.last else {
            guard inode.kind == .directory else { throw MtreeError(description: "the root is no folder") }
            let entries = tree[FileTree.root].entries
            tree[FileTree.root] = inode
            tree[FileTree.root].payload = .directory(entries)
            note(remarks, id: FileTree.root)
            return
        }
        let directory = try directory(FilePathBytes(entry.path.components.dropLast()))
        let id = add(inode, name: name, directory: directory, isLinked: entry.linkCount > 1)
        if let digest = entry.digest { manifest.digests[id] = digest }
        if remarks?.isMissing == true {
            manifest.unpacked?.missing.insert(EntryKey(directory: directory, name: name))
        }
        note(remarks, id: id)
    }

    private mutating func add(_ inode: Inode, name: FileName, directory: InodeID, isLinked: Bool) -> InodeID {
        if inode.kind == .directory, let known = tree.child(name, of: directory),
            tree[known].kind == .directory
        {
            // It was taken to be there, or is listed twice.
            let entries = tree[known].entries
            tree[known] = inode
            tree[known].payload = .directory(entries)
            return known
        }
        guard isLinked, inode.kind != .directory, let number = inode.number else {
            return tree.add(inode, name: name, to: directory)
        }
        let key = LinkKey(number: number, kind: inode.kind)
        if let known = linked[key] {
            tree.link(known, name: name, to: directory)
            return known
        }
        let id = tree.add(inode, name: name, to: directory)
        linked[key] = id
        return id
    }

    private mutating func note(_ remarks: MtreeComments.Remarks?, id: InodeID) {
        if let notSet = remarks?.notSet, !notSet.isEmpty { manifest.unpacked?.notSet[id] = notSet }
    }

    /// The directory at a path; what is not there yet is made.
    private mutating func directory(_ path: FilePathBytes) throws(MtreeError) -> InodeID {
        var at = FileTree.root
        for name in path.components {
            if let next = tree.child(name, of: at) {
                guard tree[next].kind == .directory else {
                    throw MtreeError(description: "\(path): the manifest puts an entry into what is no folder")
                }
                at = next
            } else {
                let inode = Inode(metadata: Metadata(permissions: 0o755), payload: .directory([]))
                at = tree.add(inode, name: name, to: at)
            }
        }
        return at
    }

    consuming func finish() -> MtreeManifest {
        manifest.tree = tree.finish()
        return manifest
    }
}

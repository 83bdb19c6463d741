public import FileTree
import FlashBytes

/// A name that the kernel lists but cannot open: `stat` on it fails.
public struct UnreadableEntry: Sendable, Hashable {
    public var path: FilePathBytes
    public var inode: UInt32
    /// A sentence without capital and full stop.
    public var reason: String
}

/// Makes the tree that Linux would show from the nodes of an image, from the root down.
struct TreeBuilder {
    let scan: NodeScan
    let image: ByteRegion
    let directories: DirectoryIndex
    let links: LinkCounts
    private let table: InodeTable
    private let reader: InodeReader
    let attributes: AttributeIndex
    let decompressor = Decompressor()

    private(set) var inodes: [Inode] = []
    private(set) var statuses: [NodeStatus]
    var findings = FindingList()
    private(set) var unreadable: [UnreadableEntry] = []
    /// Where each inode of the image stands in the tree.
    private var places: [UInt32: InodeID] = [:]
    /// Under which folder and name each inode of the tree was met first.
    private var names: [(folder: Int, name: FileName)] = []

    init(_ scan: NodeScan, _ image: ByteRegion, _ bytes: RawSpan) {
        self.scan = scan
        self.image = image
        statuses = scan.nodes.map { node in
            switch node.verdict {
            case .obsolete: .obsolete
            case .damaged, .misfit: .damaged
            case .sound: .none
            }
        }
        directories = DirectoryIndex(scan, bytes)
        links = LinkCounts(scan, directories)
        table = InodeTable(scan)
        reader = InodeReader(scan: scan)
        attributes = AttributeIndex(scan, bytes, links, &findings)
        build(bytes)
    }

    // MARK: - From the root down

    private mutating func build(_ bytes: RawSpan) {
        for node in directories.losers { statuses[Int(node)] = .superseded }
        for node in attributes.supersededNodes { statuses[Int(node)] = .superseded }
        for node in attributes.liveNodes { statuses[Int(node)] = .live }
        inodes.append(readRoot(bytes))
        names.append((0, FileName([])))
        places[LinkCounts.root] = FileTree.root
        var next = 0
        while next < inodes.count {
            if inodes[next].kind == .directory { fill(InodeID(next), bytes) }
            next += 1
        }
        finish(bytes)
    }

    private mutating func readRoot(_ bytes: RawSpan) -> Inode {
        let content = reader.read(table.nodes(of: LinkCounts.root), bytes, &statuses, &findings)
        let root: Inode
        switch inode(LinkCounts.root, content, bytes) {
        case .success(let found) where found.kind == .directory:
            root = found
        case .success(let found):
            findings.add(
                .oddMode, .damage, inode: LinkCounts.root,
                "the root is no folder but a \(found.kind.word); Linux cannot use this image")
            root = folder(LinkCounts.root, content)
        case .failure(let reason):
            findings.add(.unreadableInode, .damage, inode: LinkCounts.root, "the root cannot be read: \(reason.text)")
            root = folder(LinkCounts.root, content)
        }
        return root
    }

    /// Reads the names in a folder, and the inodes that were not met before.
    private mutating func fill(_ id: InodeID, _ bytes: RawSpan) {
        guard let number = inodes[id.index].number else { return }
        var entries: [DirectoryEntry] = []
        for dirent in directories.entries(of: number) {
            let range = Int(dirent.nameOffset)..<Int(dirent.nameOffset) + Int(dirent.nameLength)
            guard isReadable(dirent, bytes), let nameBytes = try? bytes.bytes(in: range) else { continue }
            let name = FileName(nameBytes)
            if dirent.inode == 0 {
                // A deletion keeps an older dirent from coming back; that is all it is for.
                statuses[Int(dirent.node)] = .live
                continue
            }
            guard links.entries[dirent.inode] != nil else {
                statuses[Int(dirent.node)] = .orphan
                let path = path(of: id, name)
                findings.add(
                    .missingInode, .damage, at: offset(of: dirent.node), inode: dirent.inode,
                    "\(path) names inode \(dirent.inode), of which no node is left")
                continue
            }
            statuses[Int(dirent.node)] = .live
            guard let child = place(dirent, id, name, bytes) else { continue }
            if !name.isSafe {
                let path = path(of: id)
                findings.add(
                    .unsafeName, .warning, at: offset(of: dirent.node), inode: dirent.inode,
                    "name '\(name)' in \(path), which no folder can hold")
            }
            entries.append(DirectoryEntry(name: name, inode: child))
        }
        inodes[id.index].payload = .directory(entries)
    }

    /// The inode behind a name: read when it is met for the first time.
    private mutating func place(
        _ dirent: NodeScan.DirentNode, _ folder: InodeID, _ name: FileName, _ bytes: RawSpan
    ) -> InodeID? {
        if let known = places[dirent.inode] {
            if inodes[known.index].kind == .directory {
                let (path, first) = (path(of: folder, name), path(of: known))
                findings.add(
                    .folderWithSeveralNames, .warning, at: offset(of: dirent.node), inode: dirent.inode,
                    "\(path) is the folder \(first) under a second name")
            }
            return known
        }
        let content = reader.read(table.nodes(of: dirent.inode), bytes, &statuses, &findings)
        switch inode(dirent.inode, content, bytes) {
        case .success(let found):
            let id = InodeID(inodes.count)
            inodes.append(found)
            names.append((folder.index, name))
            places[dirent.inode] = id
            return id
        case .failure(let reason):
            let path = pathBytes(of: folder, name)
            unreadable.append(UnreadableEntry(path: path, inode: dirent.inode, reason: reason.text))
            findings.add(.unreadableInode, .damage, inode: dirent.inode, "\(path) cannot be read: \(reason.text)")
            return nil
        }
    }

    /// Looks at the dirent itself: behind a summary, nobody has yet (`read_direntry` in readinode.c).
    private mutating func isReadable(_ dirent: NodeScan.DirentNode, _ bytes: RawSpan) -> Bool {
        let offset = offset(of: dirent.node)
        func fail(_ code: Finding.Code, _ message: String) -> Bool {
            statuses[Int(dirent.node)] = .damaged
            findings.add(code, .damage, at: offset, inode: dirent.inode, message)
            return false
        }
        guard let header = NodeHeader(reading: bytes, at: offset, scan.byteOrder, magic: scan.magic),
            header.type == .dirent, let raw = try? Dirent(reading: bytes, at: offset, scan.byteOrder), raw.isIntact
        else { return fail(.badNodeCRC, "dirent with a wrong header or node CRC, ignored") }
        guard padded(UInt32(raw.nameLength) + UInt32(Dirent.size)) == padded(raw.totalLength) else {
            return fail(.badLength, "dirent of \(raw.totalLength) bytes with a name of \(raw.nameLength), ignored")
        }
        let range = raw.nameRange(at: offset)
        guard range.upperBound <= bytes.byteCount else { return fail(.badNameCRC, "the name is cut off") }
        let name = bytes.extracting(range)
        guard
            CRC32.jffs2(name) == raw.nameCRC
                || CRC32.jffs2(name.extracting(0..<name.endOfName)) == raw.nameCRC
        else { return fail(.badNameCRC, "dirent with a wrong name CRC, ignored") }
        return true
    }

    // MARK: - What is left over

    /// Classifies the nodes that the walk from the root did not meet.
    private mutating func finish(_ bytes: RawSpan) {
        for inode in table.inodes where places[inode] == nil {
            var isOrphan = false
            for node in table.nodes(of: inode) where statuses[Int(node)] == .none {
                statuses[Int(node)] = .orphan
                isOrphan = true
            }
            if isOrphan {
                findings.add(
                    .orphan, .note, inode: inode, "inode \(inode) has no name; Linux removes it when it mounts")
            }
        }
        for node in directories.dirents.map(\.node) + scan.xattrNodes + scan.xrefNodes
        where statuses[Int(node)] == .none {
            statuses[Int(node)] = .orphan
        }
    }

    // MARK: - For people

    func offset(of node: UInt32) -> Int { Int(scan.nodes[Int(node)].offset) }

    private func pathBytes(of id: InodeID, _ last: FileName? = nil) -> FilePathBytes {
        var components: [FileName] = []
        var at = id.index
        // An inode is met first under a folder that was met before it: the chain ends at the root.
        while at != 0 {
            components.append(names[at].name)
            at = names[at].folder
        }
        components.reverse()
        if let last { components.append(last) }
        return FilePathBytes(components)
    }

    private func path(of id: InodeID, _ last: FileName? = nil) -> String { pathBytes(of: id, last).description }
}

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
    private let directories: DirectoryIndex
    private let links: LinkCounts
    private let table: InodeTable
    private let reader: InodeReader
    private let attributes: AttributeIndex
    private let decompressor = Decompressor()

    private(set) var inodes: [Inode] = []
    private(set) var statuses: [NodeStatus]
    private(set) var findings = FindingList()
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

    // MARK: - One inode

    /// Why an inode cannot be opened.
    private struct Unreadable: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private mutating func inode(
        _ number: UInt32, _ content: InodeContent, _ bytes: RawSpan
    ) -> Result<Inode, Unreadable> {
        guard let raw = content.metadata else {
            if number != LinkCounts.root, directories.entries(of: number).isEmpty {
                return .failure(Unreadable("no sound data node is left"))
            }
            if number != LinkCounts.root {
                findings.add(
                    .missingInode, .damage, inode: number,
                    "folder \(number) has names in it, but no node of its own is left; mode 0755 is assumed")
            }
            return .success(folder(number, content))
        }
        guard let kind = FileKind(mode: raw.mode) else {
            return .failure(Unreadable("its mode 0\(String(raw.mode, radix: 8)) is of no known kind"))
        }
        var inode = Inode(
            number: number, metadata: metadata(of: raw, number), payload: .fifo, linkCount: linkCount(number))
        switch kind {
        case .directory: inode = folder(number, content)
        case .regular: inode.payload = .regular(contents(number, content, raw))
        case .fifo: inode.payload = .fifo
        case .socket: inode.payload = .socket
        case .symbolicLink, .characterDevice, .blockDevice:
            // fs.c and readinode.c refuse special files that are made of more than one piece.
            guard !content.hasSeparateMetadata, content.fragments.count == 1, content.fragments[0].start == 0,
                let node = content.metadataNode
            else {
                return .failure(
                    Unreadable(
                        "Linux wants exactly one node for a \(kind.word), there are "
                            + "\(content.fragments.count + (content.hasSeparateMetadata ? 1 : 0))"))
            }
            let at = offset(of: node)
            do throws(Unreadable) {
                if kind == .symbolicLink {
                    let (target, size) = try target(raw, at, bytes)
                    inode.payload = .symbolicLink(target)
                    if size != UInt64(target.count) { inode.declaredSize = size }
                } else {
                    let device = try deviceNumber(raw, at, bytes)
                    inode.payload = kind == .blockDevice ? .blockDevice(device) : .characterDevice(device)
                    if raw.isize != 0 { inode.declaredSize = UInt64(raw.isize) }
                }
            } catch {
                return .failure(error)
            }
        }
        if kind == .fifo || kind == .socket, raw.isize != 0 { inode.declaredSize = UInt64(raw.isize) }
        return .success(inode)
    }

    /// A folder without its names.
    private func folder(_ number: UInt32, _ content: InodeContent) -> Inode {
        var metadata = content.metadata.map { self.metadata(of: $0, number) } ?? Metadata(permissions: 0o755)
        var subfolders: UInt32 = 0
        var newest: UInt32 = 0
        var time: UInt32 = 0
        for dirent in directories.entries(of: number) {
            guard dirent.inode == 0 || links.entries[dirent.inode] != nil else { continue }
            if dirent.type == Dirent.typeDirectory, dirent.inode != 0 { subfolders += 1 }
            guard dirent.version > newest, let raw = direntNode(dirent), raw.changeTime != 0 else { continue }
            newest = dirent.version
            time = raw.changeTime
        }
        // The newest dirent tells the time, unless the folder's own node is newer still (readinode.c).
        if let raw = content.metadata, newest > raw.version {
            metadata.modificationTime = Int64(time)
            metadata.changeTime = Int64(time)
        }
        let isRoot: UInt32 = number == LinkCounts.root ? 1 : 0
        var inode = Inode(
            number: number, metadata: metadata, payload: .directory([]), linkCount: 2 + subfolders + isRoot)
        if let isize = content.metadata?.isize, isize != 0 { inode.declaredSize = UInt64(isize) }
        return inode
    }

    private func direntNode(_ dirent: NodeScan.DirentNode) -> Dirent? {
        image.withBytes { bytes in
            guard let raw = try? Dirent(reading: bytes, at: offset(of: dirent.node), scan.byteOrder), raw.isIntact
            else { return nil }
            return raw
        }
    }

    private mutating func contents(_ number: UInt32, _ content: InodeContent, _ raw: RawInode) -> NodeContents {
        var fragments = content.fragments
        // A gap before a later piece is a hole; only what reaches behind the last piece is not there.
        let end = min(raw.isize, fragments.last?.end ?? 0)
        while let last = fragments.last, last.start >= raw.isize { fragments.removeLast() }
        if let last = fragments.last, last.end > raw.isize { fragments[fragments.count - 1].end = raw.isize }
        if end < raw.isize {
            findings.add(
                .sizeLowered, .damage, inode: number,
                "inode \(number) is said to have \(raw.isize) bytes, but its nodes end at \(end); Linux shows \(end)")
        }
        return NodeContents(image: image, scan: scan, size: UInt64(end), fragments: fragments)
    }

    private mutating func target(
        _ raw: RawInode, _ offset: Int, _ bytes: RawSpan
    ) throws(Unreadable) -> ([UInt8], UInt64) {
        guard raw.csize <= 254 else {
            throw Unreadable("its target of \(raw.csize) bytes is longer than 254 (ENAMETOOLONG)")
        }
        guard let stored = try? bytes.bytes(in: raw.dataRange(at: offset)) else {
            throw Unreadable("its target is cut off")
        }
        if raw.compression != .none {
            findings.add(
                .oddSymlink, .warning, at: offset, inode: raw.inode,
                "symlink target that is stored as \(raw.compression); Linux shows the stored bytes")
        }
        let target = stored.firstIndex(of: 0).map { Array(stored[..<$0]) } ?? stored
        return (target, UInt64(raw.isize != 0 ? raw.isize : raw.dsize))
    }

    private func deviceNumber(_ raw: RawInode, _ offset: Int, _ bytes: RawSpan) throws(Unreadable) -> DeviceNumber {
        let size = Int(raw.coveredSize)
        guard size == 2 || size == 4 else { throw Unreadable("a device number of \(size) bytes") }
        var data = [UInt8](repeating: 0, count: size)
        do {
            var span = data.mutableSpan
            var output = unsafe span.mutableBytes
            try decompressor.decompress(
                bytes.extracting(raw.dataRange(at: offset)), raw.compression, into: &output)
        } catch {
            throw Unreadable("its device number cannot be read: \(error)")
        }
        let span = unsafe data.span.bytes
        // old_decode_dev and new_decode_dev of the kernel's kdev_t.h.
        if size == 2, let word = try? span.uint16(at: 0, scan.byteOrder) {
            return DeviceNumber(major: UInt32(word >> 8), minor: UInt32(word & 0xff))
        }
        guard let word = try? span.uint32(at: 0, scan.byteOrder) else { throw Unreadable("no device number") }
        return DeviceNumber(major: word >> 8 & 0xfff, minor: word & 0xff | word >> 12 & 0xfff00)
    }

    private func metadata(of raw: RawInode, _ number: UInt32) -> Metadata {
        var metadata = Metadata(
            permissions: UInt16(raw.mode & 0o7777), owner: UInt32(raw.uid), group: UInt32(raw.gid),
            time: Int64(raw.mtime), extendedAttributes: attributes.attributes(of: number))
        metadata.accessTime = Int64(raw.atime)
        metadata.changeTime = Int64(raw.ctime)
        return metadata
    }

    /// st_nlink of anything but a folder: its names. A file that a name calls a folder (DT_DIR) has the number of that
    /// folder instead, since the kernel keeps the parent in the same field.
    private func linkCount(_ number: UInt32) -> UInt32 {
        guard let entry = links.entries[number] else { return 1 }
        return entry.isNamedFolder ? entry.parent : entry.names
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

    private func offset(of node: UInt32) -> Int { Int(scan.nodes[Int(node)].offset) }

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

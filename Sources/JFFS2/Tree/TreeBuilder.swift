public import FileTree
import FlashBytes

/// A name that the kernel lists but cannot open: `stat` on it fails.
public struct UnreadableEntry: Sendable, Hashable {
    /// In the tree.
    public var path: FilePathBytes
    /// The number of the inode that it stands for.
    public var inode: InodeNumber
    /// A sentence without capital and full stop.
    public var reason: String
}

/// Makes the tree that Linux would show from the nodes of an image, from the root down.
struct TreeBuilder {
    let scan: NodeScan
    let image: ByteRegion
    let directories: DirectoryIndex
    let links: LinkCounts
    let table: InodeTable
    private let reader: InodeReader
    private let directoryReader: DirectoryReader
    let attributes: AttributeIndex
    let leftovers: Leftovers
    let decompressor = Decompressor()

    var inodes: [Inode] = []
    var statuses: [NodeStatus]
    var findings = FindingList()
    private(set) var unreadable: [UnreadableEntry] = []
    /// Where each inode of the image stands in the tree.
    private(set) var places: [InodeNumber: InodeID] = [:]
    /// The names in directories that were met, but not filled yet.
    private var readEntries: [InodeNumber: [DirectoryReader.Entry]] = [:]
    /// Under which directory and name each inode of the tree was met first.
    private var names: [(directory: Int, name: FileName)] = []

    /// How many names were added for what has none.
    var orphanCount = 0

    /// - Parameters:
    ///   - keepsOrphans: adds what no name leads to.
    ///   - readsDeleted: whether inodes without a name are read as well.
    init(
        scan: NodeScan, image: ByteRegion, bytes: RawSpan, keepsOrphans: Bool = false, readsDeleted: Bool = false
    ) {
        self.scan = scan
        self.image = image
        statuses = scan.nodes.map { node in
            switch node.verdict {
            case .obsolete: .obsolete
            case .damaged, .misfit: .damaged
            case .sound: .none
            }
        }
        directories = DirectoryIndex(scan: scan, image: bytes)
        links = LinkCounts(scan: scan, directories: directories)
        table = InodeTable(scan)
        reader = InodeReader(scan: scan)
        directoryReader = DirectoryReader(scan: scan, checks: reader.checks)
        attributes = AttributeIndex(
            scan: scan, image: bytes, links: links, keepsNameless: keepsOrphans || readsDeleted, findings: &findings)
        leftovers = Leftovers(scan: scan, directories: directories, image: bytes)
        build(bytes)
        if keepsOrphans { addOrphans(bytes) } else { finish(bytes) }
    }

    /// Reads the names in a directory, as Linux does when the directory is first used.
    mutating func names(in number: InodeNumber, _ bytes: RawSpan) -> [DirectoryReader.Entry] {
        if let known = readEntries[number] { return known }
        let living = directories.entries(of: number).filter { $0.inode == 0 || links.entries[$0.inode] != nil }
        let read = directoryReader.read(living, in: bytes, status: &statuses, into: &findings)
        readEntries[number] = read
        return read
    }

    // MARK: - From the root down

    private mutating func build(_ bytes: RawSpan) {
        for node in directories.losers { statuses[node] = .superseded }
        for node in attributes.supersededNodes { statuses[node] = .superseded }
        for node in attributes.liveNodes { statuses[node] = .live }
        inodes.append(readRoot(bytes))
        names.append((0, FileName([])))
        places[.root] = FileTree.root
        fillAll(from: 0, bytes)
        reportTies(bytes)
    }

    /// Fills the directories from an index on, and those that are met on the way.
    mutating func fillAll(from start: Int, _ bytes: RawSpan) {
        var next = start
        while next < inodes.count {
            if inodes[next].kind == .directory { fill(InodeID(next), in: bytes) }
            next += 1
        }
    }

    /// Reads an inode that no name leads to; nil where nothing can be read of it.
    mutating func placeOrphan(_ number: InodeNumber, name: FileName, in bytes: RawSpan) -> InodeID? {
        let content = reader.read(table.nodes(of: number), in: bytes, status: &statuses, into: &findings)
        guard case .success(let found) = inode(number, content: content, in: bytes) else { return nil }
        let id = InodeID(inodes.count)
        inodes.append(found)
        names.append((0, name))
        places[number] = id
        return id
    }

    private mutating func readRoot(_ bytes: RawSpan) -> Inode {
        let content = reader.read(table.nodes(of: .root), in: bytes, status: &statuses, into: &findings)
        let root: Inode
        switch inode(.root, content: content, in: bytes) {
        case .success(let found) where found.kind == .directory:
            root = found
        case .success(let found):
            findings.add(
                .oddMode, severity: .damage, at: content.metadataNode.map(offset(of:)), inode: .root,
                message: "the root is no folder but a \(found.kind.word); Linux cannot use this image")
            root = directory(.root, content: content, in: bytes)
        case .failure(let reason):
            findings.add(
                .unreadableInode, severity: .damage, at: place(of: .root, content: content), inode: .root,
                message: "the root cannot be read: \(reason.text)")
            root = directory(.root, content: content, in: bytes)
        }
        return root
    }

    /// Fills a directory with the names that were read when it was met, and reads the inodes that were not met before.
    private mutating func fill(_ id: InodeID, in bytes: RawSpan) {
        guard let number = inodes[id.index].number else { return }
        var entries: [DirectoryEntry] = []
        for dirent in directories.entries(of: number) where dirent.inode != 0 && links.entries[dirent.inode] == nil {
            reportMissing(dirent, directory: id, in: bytes)
        }
        for entry in readEntries.removeValue(forKey: number) ?? [] where entry.raw.inode != 0 {
            guard let nameBytes = try? bytes.bytes(in: entry.name) else { continue }
            let name = FileName(nameBytes)
            guard let child = place(entry, directory: id, name: name, in: bytes) else { continue }
            reportKind(entry, inode: child, directory: id, name: name)
            if let problem = Self.problem(of: name) {
                let path = path(of: id)
                findings.add(
                    .unsafeName, severity: .damage, linux: .silent, at: offset(of: entry.node), inode: entry.raw.inode,
                    message: "name '\(name)' in \(path), \(problem)")
            }
            entries.append(DirectoryEntry(name: name, inode: child))
        }
        inodes[id.index].payload = .directory(entries)
    }

    /// Names a dirent that says another type than its inode: Linux lists it as the one, and opens it as the other.
    private mutating func reportKind(
        _ entry: DirectoryReader.Entry, inode: InodeID, directory: InodeID, name: FileName
    ) {
        let kind = inodes[inode.index].kind
        guard entry.raw.type != 0, entry.raw.type != kind.direntType else { return }
        func text(_ kind: FileKind?) -> String {
            switch kind {
            case .directory: "folder"
            case .symbolicLink: "symlink"
            case let kind?: kind.word
            case nil: "type \(entry.raw.type)"
            }
        }
        let said = text(FileKind(mode: UInt32(entry.raw.type) << 12))
        let message =
            "name '\(name)' in \(path(of: directory)): its dirent says \(said), its inode \(text(kind))"
        findings.add(
            .oddMode, severity: .warning, at: offset(of: entry.node), inode: entry.raw.inode, message: message)
    }

    /// Names dirents of one name, one version and several inodes: which one wins depends on where they lie.
    private mutating func reportTies(_ bytes: RawSpan) {
        for dirent in directories.ties {
            let name = FileName((try? bytes.bytes(in: dirent.nameRange)) ?? [])
            findings.add(
                .sameVersion, severity: .warning, at: offset(of: dirent.node), inode: dirent.inode,
                message: "name '\(name)' of folder \(dirent.parent) has version \(dirent.version) twice, for inode "
                    + "\(dirent.inode) and for another one; the one that lies behind wins")
        }
    }

    /// Why nobody can open what a name stands for; nil where all is well. Linux lists it all the same.
    private static func problem(of name: FileName) -> String? {
        if !name.isSafe { return "which no folder can hold" }
        // JFFS2_MAX_NAME_LEN: looking up a longer one fails.
        return name.bytes.count > 254 ? "of \(name.bytes.count) bytes: Linux opens none of more than 254" : nil
    }

    /// Names a dirent whose inode has no node: Linux drops it without a word.
    private mutating func reportMissing(_ dirent: NodeScan.DirentNode, directory: InodeID, in bytes: RawSpan) {
        statuses[dirent.node] = .orphan
        let path = path(of: directory, FileName((try? bytes.bytes(in: dirent.nameRange)) ?? []))
        findings.add(
            .missingInode, severity: leftovers.isMarked ? .warning : .damage, linux: .silent,
            at: offset(of: dirent.node),
            inode: dirent.inode,
            message: "\(path) names inode \(dirent.inode), of which no node is left"
                + (leftovers.isMarked ? "; it may have been deleted" : ""))
    }

    /// The inode behind a name: read when it is met for the first time.
    private mutating func place(
        _ entry: DirectoryReader.Entry, directory: InodeID, name: FileName, in bytes: RawSpan
    ) -> InodeID? {
        let number = entry.raw.inode
        if let known = places[number] {
            if inodes[known.index].kind == .directory {
                let (path, first) = (path(of: directory, name), path(of: known))
                findings.add(
                    .directoryWithSeveralNames, severity: .warning, linux: .complains, at: offset(of: entry.node),
                    inode: number,
                    message: "\(path) is the folder \(first) under a second name")
            }
            return known
        }
        let content = reader.read(table.nodes(of: number), in: bytes, status: &statuses, into: &findings)
        switch inode(number, content: content, in: bytes) {
        case .success(let found):
            let id = InodeID(inodes.count)
            inodes.append(found)
            names.append((directory.index, name))
            places[number] = id
            return id
        case .failure(let reason):
            let path = pathBytes(of: directory, name)
            unreadable.append(UnreadableEntry(path: path, inode: number, reason: reason.text))
            findings.add(
                .unreadableInode, severity: .damage, at: place(of: number, content: content) ?? offset(of: entry.node),
                inode: number, message: "\(path) cannot be read: \(reason.text)")
            return nil
        }
    }

    // MARK: - For people

    func offset(of node: NodeIndex) -> Int { scan.offset(of: node) }

    /// Where an inode is: at the node that gives its metadata, or else at its first one; nil where none is left (bytes).
    func place(of number: InodeNumber, content: InodeContent) -> Int? {
        (content.metadataNode ?? table.nodes(of: number).first).map(offset(of:))
    }

    private func pathBytes(of id: InodeID, _ last: FileName? = nil) -> FilePathBytes {
        var components: [FileName] = []
        var at = id.index
        // An inode is met first under a directory that was met before it: the chain ends at the root.
        while at != 0 {
            components.append(names[at].name)
            at = names[at].directory
        }
        components.reverse()
        if let last { components.append(last) }
        return FilePathBytes(components)
    }

    func path(of id: InodeID, _ last: FileName? = nil) -> String { pathBytes(of: id, last).description }
}

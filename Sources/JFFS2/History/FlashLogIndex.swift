import FileTree
import FlashBytes

/// What the nodes of a log that Linux sees add up to: the index behind the tree, once more, with what only a writer asks.
struct FlashLogIndex {
    let scan: NodeScan
    let directories: DirectoryIndex
    let links: LinkCounts
    /// What the nodes of each inode that has a name add up to.
    private(set) var contents: [InodeNumber: InodeContent] = [:]
    /// Sound inode nodes of inodes that have a name.
    let table: InodeTable

    init(log: FlashLog, image: RawSpan) {
        scan = log.fileSystem.scan
        directories = DirectoryIndex(scan: scan, image: image)
        links = LinkCounts(scan: scan, directories: directories)
        table = InodeTable(scan)
        let reader = InodeReader(scan: scan)
        var statuses = [NodeStatus](repeating: .none, count: scan.nodes.count)
        var findings = FindingList()
        for inode in table.inodes where hasName(inode) {
            contents[inode] = reader.read(table.nodes(of: inode), in: image, status: &statuses, into: &findings)
        }
    }

    /// Whether Linux keeps an inode (or its number, where no node is left) when it mounts.
    func hasName(_ inode: InodeNumber) -> Bool { links.entries[inode].map { !$0.isRemoved } ?? false }

    /// The stretches of a file that can be seen, with the nodes that hold them.
    func visibleFragments(of inode: InodeNumber) -> [Fragment] {
        guard let content = contents[inode], let metadata = content.metadata else { return [] }
        // Special files have no isize; all of their one node counts.
        guard metadata.mode & 0o170000 == 0o100000 else { return content.fragments }
        return content.fragments.filter { $0.start < metadata.isize }
    }

    /// The dirent from which Linux takes the times of a directory: its newest one, unless the directory's own node is newer
    /// (readinode.c).
    func timeSource(of directory: InodeNumber, _ image: RawSpan) -> NodeScan.DirentNode? {
        guard let metadata = contents[directory]?.metadata else { return nil }
        var newest: NodeScan.DirentNode?
        for dirent in directories.entries(of: directory) {
            guard dirent.version > newest?.version ?? metadata.version,
                dirent.inode == 0 || links.entries[dirent.inode] != nil,
                let raw = try? Dirent(reading: image, at: scan.offset(of: dirent.node), scan.byteOrder),
                raw.isIntact, raw.changeTime != 0
            else { continue }
            newest = dirent
        }
        return newest
    }
}

internal import FileTree
import FlashBytes

/// What is on the flash of inodes that are not in the tree: what deleted files left behind, and what lost its name.
///
/// The two look alike where Linux marks nothing obsolete (NAND flash, or a kernel that writes summaries): the garbage
/// collector takes the dirent of a deleted file, and what deleted it, while blocks with the file's nodes wait for their turn.
/// There, only a flash on which nothing was ever deleted or replaced proves a loss. Where Linux clears ACCURATE bits, nodes of
/// deleted files have theirs cleared; but a dirent that was replaced before a restart keeps its bit there, and stands again for
/// the deleted file once what replaced it is gone.
struct Leftovers {
    /// The inodes that any dirent on the flash names, whatever became of it.
    private(set) var named: Set<InodeNumber> = []
    /// The inodes that a dirent names which is not marked obsolete.
    private var namedAlive: Set<InodeNumber> = []
    /// Nodes are marked obsolete on this flash.
    private(set) var isMarked = false
    /// Names were deleted or replaced on this flash, and their dirents are not marked.
    private(set) var hasDeletions = false

    init(scan: NodeScan, directories: DirectoryIndex, image: RawSpan) {
        for dirent in scan.direntNodes {
            named.insert(dirent.inode)
            namedAlive.insert(dirent.inode)
            if dirent.inode == 0 { hasDeletions = true }
        }
        if !directories.losers.isEmpty { hasDeletions = true }
        for node in scan.nodes where node.verdict == .obsolete || node.verdict == .damaged {
            isMarked = isMarked || node.verdict == .obsolete
            if let dirent = scan.intactDirent(node, in: image) { named.insert(dirent.inode) }
        }
    }

    /// Whether all dirents of a directory are marked obsolete. Only an empty one can be removed: where names are left in it,
    /// and Linux marks what goes, a flipped bit has marked it.
    func isMarkedAway(_ directory: InodeNumber) -> Bool {
        isMarked && !hasDeletions && named.contains(directory) && !namedAlive.contains(directory)
    }

    /// Whether the data of an inode that is not in the tree is lost, as far as can be told: no dirent names it, and nothing
    /// explains why.
    func isLost(_ inode: InodeNumber) -> Bool { !named.contains(inode) && (isMarked || !hasDeletions) }
}

extension NodeScan {
    /// The dirent that a node is, marked obsolete or not; nil if it is none, or not intact.
    func intactDirent(_ node: ScannedNode, in image: RawSpan) -> Dirent? {
        guard node.type.accurate == .dirent,
            let dirent = try? Dirent(reading: image, at: Int(node.offset), byteOrder), dirent.isIntact
        else { return nil }
        return dirent
    }
}

extension TreeBuilder {
    /// Classifies the nodes that the walk from the root did not meet, and names what is lost.
    mutating func finish(_ bytes: RawSpan) {
        let hidden = reportUnreachableNames(bytes)
        var isAnythingLost = reportLostDirectories() || hidden
        for inode in table.inodes.sorted() where places[inode] == nil {
            let nodes = table.nodes(of: inode).filter { statuses[$0] == .none }
            for node in nodes { statuses[node] = .orphan }
            if nodes.isEmpty { continue }
            let size = nodes.reduce(0) { max($0, fileEnd(of: $1, bytes)) }
            if size > 0, leftovers.isLost(inode) {
                isAnythingLost = true
                findings.add(
                    .orphan, severity: .damage, linux: .silent, at: nodes.first.map(offset(of:)), inode: inode,
                    message: "inode \(inode), a file of \(size) bytes, has no name: no dirent of it is left")
            } else {
                let isKept = isKept(inode)
                findings.add(
                    .orphan, severity: .note, at: nodes.first.map(offset(of:)), inode: inode,
                    message: isKept
                        ? "inode \(inode) has a name, to which no path leads"
                        : "inode \(inode) has no name; Linux removes it when it mounts")
            }
        }
        let others = directories.dirents.map(\.node) + scan.attributeNodes
        for node in others where statuses[node] == .none { statuses[node] = .orphan }
        if inodes[0].entries.isEmpty, unreadable.isEmpty, !isAnythingLost { reportEmptiness(bytes) }
    }

    /// Names the directories to which no name leads, but in which names are: Linux removes all that is in them.
    private mutating func reportLostDirectories() -> Bool {
        var isAnythingLost = false
        for parent in directories.ranges.keys.sorted()
        where places[parent] == nil
            && (leftovers.isLost(parent) || leftovers.isMarkedAway(parent) || isKept(parent))
        {
            let count = directories.entries(of: parent).count { $0.inode != 0 && links.entries[$0.inode] != nil }
            guard count > 0 else { continue }
            isAnythingLost = true
            findings.add(
                .lostDirectory, severity: .damage, linux: .silent,
                at: directories.entries(of: parent).first.map { offset(of: $0.node) }, inode: parent,
                message: "directory \(parent) is lost, with \(count) name\(count == 1 ? "" : "s") in it: "
                    + (leftovers.isLost(parent)
                        ? "no dirent of it is left"
                        : leftovers.isMarkedAway(parent)
                            ? "its dirent is marked obsolete, which an empty directory's alone can be"
                            : "no path leads to its name"))
        }
        return isAnythingLost
    }

    /// Names that are in something other than a directory: Linux keeps what they name, but never looks there.
    private mutating func reportUnreachableNames(_ bytes: RawSpan) -> Bool {
        var isAnythingLost = false
        for parent in directories.ranges.keys.sorted() {
            guard let place = places[parent], inodes[place.index].kind != .directory else { continue }
            for entry in names(in: parent, bytes) where entry.raw.inode != 0 {
                isAnythingLost = true
                statuses[entry.node] = .orphan
                let name = FileName((try? bytes.bytes(in: entry.name)) ?? [])
                let (parent, kind) = (path(of: place), inodes[place.index].kind.word)
                findings.add(
                    .unreachableName, severity: .damage, linux: .silent, at: offset(of: entry.node),
                    inode: entry.raw.inode,
                    message:
                        "the name '\(name)' of inode \(entry.raw.inode) is in \(parent), which is no directory but a "
                        + "\(kind): Linux never looks there")
            }
        }
        return isAnythingLost
    }

    /// Whether Linux keeps what no path leads to: it has a name, in a directory that is in itself, or in no directory.
    private func isKept(_ inode: InodeNumber) -> Bool {
        guard let entry = links.entries[inode] else { return false }
        return !entry.isRemoved && entry.links > 0
    }

    /// Where in a regular file the data of a node ends (bytes); 0 where it has none, or cannot be read.
    private func fileEnd(of node: NodeIndex, _ bytes: RawSpan) -> UInt64 {
        let at = offset(of: node)
        guard let header = NodeHeader(reading: bytes, at: at, scan.byteOrder, magic: scan.magic),
            scan.isHeader(header, of: .inode),
            let raw = try? RawInode(reading: bytes, at: at, scan.byteOrder), raw.isIntact,
            FileKind(mode: raw.mode) == .regular, raw.csize > 0, raw.hasSoundData(in: bytes, at: at)
        else { return 0 }
        return UInt64(raw.offset) + UInt64(raw.coveredSize)
    }

    /// A file system without files, on a flash that has nodes of files.
    private mutating func reportEmptiness(_ bytes: RawSpan) {
        var count = 0
        var files: Set<InodeNumber> = []
        for node in scan.nodes where node.type.accurate == .inode {
            guard let raw = try? RawInode(reading: bytes, at: Int(node.offset), scan.byteOrder), raw.isIntact,
                raw.inode != .root
            else { continue }
            count += 1
            files.insert(raw.inode)
        }
        if count == 0 { return }
        findings.add(
            .nothingLeft, severity: .warning,
            message: "no file is left: \(count) node\(count == 1 ? "" : "s") of \(files.count) deleted "
                + "file\(files.count == 1 ? "" : "s") are all there is")
    }
}

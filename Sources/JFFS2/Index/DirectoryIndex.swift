import FileTree
import FlashBytes

/// The names of all directories: of each name in a directory the dirent that wins.
///
/// Rule (`jffs2_add_fd_to_list` in nodelist.c): a dirent with a lower version than the one that is there is dropped,
/// any other replaces it; so the highest version wins, among equal ones the one that was scanned last. Versions are
/// compared within one directory only.
struct DirectoryIndex {
    /// The winning dirents, deletions (inode 0) included, ordered by directory and name.
    private(set) var dirents: [NodeScan.DirentNode]
    /// Where the names of a directory lie in `dirents`.
    private(set) var ranges: [InodeNumber: Range<Int>] = [:]
    /// The nodes that lost.
    private(set) var losers: [NodeIndex] = []
    /// Of these, those with the version of the one that won, and of another inode: no kernel writes that.
    private(set) var ties: [NodeScan.DirentNode] = []

    init(scan: NodeScan, image: RawSpan) {
        dirents = scan.direntNodes.sorted { left, right in
            if left.parent != right.parent { return left.parent < right.parent }
            let order = Self.compare(left, right: right, in: image)
            return order != 0 ? order < 0 : left.node < right.node
        }
        var kept = 0
        for index in dirents.indices {
            let next = dirents[index]
            if kept > 0, dirents[kept - 1].parent == next.parent,
                Self.compare(dirents[kept - 1], right: next, in: image) == 0
            {
                if next.version == dirents[kept - 1].version, next.inode != dirents[kept - 1].inode {
                    ties.append(dirents[kept - 1])
                }
                if next.version < dirents[kept - 1].version {
                    losers.append(next.node)
                } else {
                    losers.append(dirents[kept - 1].node)
                    dirents[kept - 1] = next
                }
            } else {
                dirents[kept] = next
                kept += 1
            }
        }
        dirents.removeLast(dirents.count - kept)
        var start = 0
        while start < dirents.count {
            var end = start + 1
            while end < dirents.count, dirents[end].parent == dirents[start].parent { end += 1 }
            ranges[dirents[start].parent] = start..<end
            start = end
        }
    }

    /// The names of a directory, ascending by bytes.
    func entries(of directory: InodeNumber) -> ArraySlice<NodeScan.DirentNode> { dirents[ranges[directory] ?? 0..<0] }

    /// Below, at or above zero, as strcmp orders the names.
    private static func compare(_ left: NodeScan.DirentNode, right: NodeScan.DirentNode, in image: RawSpan) -> Int {
        image.order(of: left.nameRange, right.nameRange)
    }
}

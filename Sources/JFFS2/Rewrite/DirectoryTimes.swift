import FileTree
import FlashBytes

/// How a directory gets the times that it should show: from its newest dirent, or from a node of its own.
struct DirectoryTimes {
    /// Directories (by inode number) that need a node of their own.
    private(set) var needNode: Set<InodeNumber> = []
    /// Dirents that must stay because a directory's time is theirs.
    private(set) var sources: Set<NodeIndex> = []

    init(
        wanted: FileTree, use: FlashLogIndex, difference: TreeDifference, gone: Set<NodeIndex>, image: RawSpan
    ) {
        var changed: [InodeNumber: TreeDifference.Change] = [:]
        for change in difference.changes where wanted[change.id].kind == .directory { changed[change.number] = change }
        let withNewNames = Set(difference.newNames.map { difference.numbers[$0.directory.index] })
        for (index, number) in difference.numbers.enumerated()
        where number != 0 && wanted.inodes[index].kind == .directory {
            let metadata = wanted.inodes[index].metadata
            guard let original = use.contents[number]?.metadata else {
                // A new directory; or one that Linux makes up, whose times are always 0.
                if changed[number] != nil { needNode.insert(number) }
                continue
            }
            let isTimeOnly =
                changed[number] == nil
                || (UInt32(metadata.permissions) == original.mode & 0o7777
                    && metadata.owner == UInt32(original.uid) && metadata.group == UInt32(original.gid)
                    && metadata.accessTime == Int64(original.atime))
            if withNewNames.contains(number) {
                // All new dirents carry the directory's time of modification.
                let isGiven = metadata.modificationTime != 0 && metadata.modificationTime == metadata.changeTime
                if !isTimeOnly || !isGiven { needNode.insert(number) }
            } else if changed[number] != nil {
                needNode.insert(number)
            } else if let source = use.timeSource(of: number, image) {
                if gone.contains(source.node) { needNode.insert(number) } else { sources.insert(source.node) }
            }
        }
    }
}

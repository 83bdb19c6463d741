internal import FileTree
internal import FlashBytes

/// What has to be known of an image so that another one can be written behind it (`-i` of mkfs.jffs2).
///
/// Both together are one file system: inode numbers go on, directories that are there get further names, and a name that is
/// there gets the new file.
public struct Appendage: Sendable, Hashable {
    /// A directory of the image.
    struct Directory: Sendable, Hashable {
        var number: InodeNumber
        /// The highest of its dirents and of its own nodes.
        var version: UInt32
        /// Whether it has a node of its own. Without one (a root that Linux or mkfs.jffs2 made) its time is 0, whatever its
        /// dirents say (`jffs2_do_read_inode_internal` in readinode.c).
        var hasNode: Bool
    }

    /// The first inode number that is free.
    let firstInode: InodeNumber
    let directories: [FilePathBytes: Directory]
    /// The highest `xid`.
    let lastAttribute: UInt32
    /// An `xseqno` above all others; even.
    let firstSequence: UInt32

    /// - Parameter fileSystem: the image in front.
    /// - Throws: when all numbers are used up.
    public init(to fileSystem: FileSystem) throws(BuildError) {
        let scan = fileSystem.scan
        // What Linux does not see any more does not come back.
        let numbers = FlashLog(fileSystem).seenNumbers()
        let highest = numbers.highestInode
        let (versions, lastAttribute, sequence) = (
            numbers.versions, numbers.highestIdentifier, numbers.highestSequence
        )
        // Room for as many files, names and attributes as any tree has.
        let limit = UInt32.max / 2
        guard highest.rawValue < limit, lastAttribute < limit, sequence < limit else {
            throw .configuration("the inode numbers of the image in front go up to \(highest); nothing fits behind it")
        }
        firstInode = InodeNumber(rawValue: highest.rawValue + 1)
        var withNode: Set<InodeNumber> = []
        for node in scan.inodeNodes where fileSystem.statuses[node.node] == .live { withNode.insert(node.inode) }
        self.lastAttribute = lastAttribute
        firstSequence = (sequence | 1) + 1
        var directories = [
            FilePathBytes(): Directory(number: .root, version: versions[.root] ?? 0, hasNode: withNode.contains(.root))
        ]
        fileSystem.tree.walk { path, id in
            let inode = fileSystem.tree[id]
            guard inode.kind == .directory, let number = inode.number else { return }
            directories[path] = Directory(
                number: number, version: versions[number] ?? 0, hasNode: withNode.contains(number))
        }
        guard directories.values.allSatisfy({ $0.version < limit }) else {
            throw .configuration("the versions of the image in front go too far; nothing fits behind it")
        }
        self.directories = directories
    }
}

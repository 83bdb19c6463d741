import FileTree

/// Which inodes there are, how many names each has, and which have none: the passes of the kernel's
/// `jffs2_build_filesystem` (build.c).
struct LinkCounts {
    /// What is known of an inode before its nodes are read (`struct jffs2_inode_cache`).
    struct Entry {
        /// `pino_nlink`: the number of live names; of an inode that a name calls a directory the number of its parent.
        var links: UInt32 = 0
        /// A name calls it a directory (DT_DIR).
        var isNamedDirectory = false
        /// How many live names call it a directory.
        var directoryNames: UInt32 = 0
        /// It has no name, or only names in directories that have none.
        var isRemoved = false
    }

    private(set) var entries: [InodeNumber: Entry] = [:]
    /// Whether there is a node of the root directory, or a name in it.
    let hasRoot: Bool

    init(scan: NodeScan, directories: DirectoryIndex) {
        for node in scan.inodeNodes { entries[node.inode] = Entry() }
        for node in scan.direntNodes { entries[node.parent] = Entry() }
        hasRoot = entries[.root] != nil
        entries[.root, default: Entry()].links = 1
        for dirent in directories.dirents where dirent.inode != 0 {
            entries[dirent.inode]?.links += 1
            if dirent.type == Dirent.typeDirectory { entries[dirent.inode]?.isNamedDirectory = true }
        }
        let hasHardLinks = entries.values.contains { $0.isNamedDirectory && $0.links > 1 }
        removeNameless(directories)
        if hasHardLinks {
            for (inode, entry) in entries where entry.isNamedDirectory { entries[inode]?.links = 0 }
        }
        setParents(directories, hashSize: Self.hashSize(flashSize: scan.blockCount * scan.eraseSize))
    }

    /// Takes out what has no name, and what loses its last name by that.
    private mutating func removeNameless(_ directories: DirectoryIndex) {
        var pending = entries.filter { $0.value.links == 0 }.map(\.key)
        while let inode = pending.popLast() {
            guard entries[inode]?.isRemoved == false else { continue }
            entries[inode]?.isRemoved = true
            for dirent in directories.entries(of: inode) where dirent.inode != 0 {
                guard let child = entries[dirent.inode], child.links > 0 else { continue }
                entries[dirent.inode]?.links -= 1
                if child.links == 1 { pending.append(dirent.inode) }
            }
        }
    }

    /// Puts the parent's number in the place of a directory's link count; where there are several parents, the last one in
    /// the order of the kernel's hash table.
    private mutating func setParents(_ directories: DirectoryIndex, hashSize: UInt32) {
        let parents = directories.ranges.keys.sorted { ($0.rawValue % hashSize, $0) < ($1.rawValue % hashSize, $1) }
        for parent in parents where entries[parent]?.isRemoved == false {
            for dirent in directories.entries(of: parent)
            where dirent.inode != 0 && dirent.type == Dirent.typeDirectory {
                entries[dirent.inode]?.links = parent.rawValue
                entries[dirent.inode]?.directoryNames += 1
            }
        }
    }

    /// `calculate_inocache_hashsize` (fs.c).
    private static func hashSize(flashSize: Int) -> UInt32 {
        UInt32(min(max(flashSize >> 20 * 2 & ~0x3f, 128), 1024))
    }
}

/// Which inodes there are, how many names each has, and which hang nowhere: the passes of the kernel's
/// `jffs2_build_filesystem` (build.c).
struct LinkCounts {
    /// What is known of an inode before its nodes are read (`struct jffs2_inode_cache`).
    struct Entry {
        /// Live names.
        var names: UInt32 = 0
        /// A name calls it a folder (DT_DIR).
        var isNamedFolder = false
        /// The folder in which a name calls it a folder; the last one where there are several.
        var parent: UInt32 = 0
        /// How many names call it a folder.
        var folderNames: UInt32 = 0
        /// No name leads to it.
        var isRemoved = false
    }

    private(set) var entries: [UInt32: Entry] = [:]
    /// Dirents whose inode has no node at all.
    private(set) var dangling: [NodeScan.DirentNode] = []

    /// The number of the root folder.
    static let root: UInt32 = 1

    init(_ scan: NodeScan, _ directories: DirectoryIndex) {
        for node in scan.inodeNodes { entries[node.inode] = Entry() }
        for node in scan.direntNodes { entries[node.parent] = Entry() }
        entries[Self.root, default: Entry()].names = 1
        for dirent in directories.dirents where dirent.inode != 0 {
            guard entries[dirent.inode] != nil else {
                dangling.append(dirent)
                continue
            }
            entries[dirent.inode]?.names += 1
            if dirent.type == 4 {
                entries[dirent.inode]?.isNamedFolder = true
                entries[dirent.inode]?.folderNames += 1
            }
        }
        removeNameless(directories)
        for dirent in directories.dirents where dirent.inode != 0 && dirent.type == 4 {
            if entries[dirent.parent]?.isRemoved == false { entries[dirent.inode]?.parent = dirent.parent }
        }
    }

    /// Takes out what has no name, and what loses its last name by that.
    private mutating func removeNameless(_ directories: DirectoryIndex) {
        var pending = entries.filter { $0.value.names == 0 }.map(\.key)
        while let inode = pending.popLast() {
            guard entries[inode]?.isRemoved == false else { continue }
            entries[inode]?.isRemoved = true
            for dirent in directories.entries(of: inode) where dirent.inode != 0 {
                guard let child = entries[dirent.inode], child.names > 0 else { continue }
                entries[dirent.inode]?.names -= 1
                if dirent.type == 4 { entries[dirent.inode]?.folderNames -= 1 }
                if child.names == 1 { pending.append(dirent.inode) }
            }
        }
    }
}

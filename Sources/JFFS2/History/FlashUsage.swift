package import FileTree

/// How much room on the flash each inode takes: its nodes with headers and padding, dead ones too, which are there until
/// their erase block is erased.
///
/// A name counts for what it stands for, a name that was taken away for its directory, an extended attribute that several
/// inodes share for the one with the lowest number.
package struct FlashUsage: Sendable {
    /// Room on the flash (bytes).
    package struct Room: Sendable, Hashable {
        /// Nodes that make up what is shown.
        package var live = 0
        /// Outdated, obsolete, damaged and deleted ones.
        package var dead = 0

        /// All of it.
        package var total: Int { live + dead }

        /// None.
        package init() {}

        /// Adds another one.
        package static func += (left: inout Room, right: Room) {
            left.live += right.live
            left.dead += right.dead
        }

        fileprivate mutating func add(_ entry: FlashLogEntry) {
            // A deletion that is still needed is as live as a name.
            if entry.status == .live { live += entry.range.count } else { dead += entry.range.count }
        }
    }

    /// By inode, also such as are not shown any more.
    package private(set) var rooms: [InodeNumber: Room] = [:]
    /// Nodes of no inode: cleanmarkers, summaries, padding, attributes that nobody has, unknown types; and what is no node.
    package private(set) var other = 0
    /// Erased space, and zeros.
    package private(set) var free = 0

    /// Adds up a log.
    package init(_ log: FlashLog) {
        var owners: [UInt32: InodeNumber] = [:]
        for entry in log.entries {
            guard case .xref(let raw) = entry.content, entry.status == .live else { continue }
            owners[raw.identifier] = min(owners[raw.identifier] ?? raw.inode, raw.inode)
        }
        for entry in log.entries {
            switch entry.content {
            case .inode(let raw) where entry.isReadable: rooms[raw.inode, default: Room()].add(entry)
            case .dirent(let raw) where entry.isReadable:
                rooms[raw.inode == 0 ? raw.parent : raw.inode, default: Room()].add(entry)
            case .xref(let raw) where entry.isReadable: rooms[raw.inode, default: Room()].add(entry)
            case .xattr(let raw):
                guard let owner = owners[raw.identifier] else { fallthrough }
                rooms[owner, default: Room()].add(entry)
            case .inode, .dirent, .xref, .summary, .filler, .unknown, .cutOff, .dirt: other += entry.range.count
            case .erased, .zeros: free += entry.range.count
            }
        }
    }

    /// Of an inode.
    package subscript(inode: InodeNumber) -> Room { rooms[inode] ?? Room() }
}

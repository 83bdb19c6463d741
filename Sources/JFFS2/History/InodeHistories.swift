package import FileTree
import FlashBytes

/// A log by inode: which nodes each has, dead ones too, and where it is or was.
package struct InodeHistories: Sendable {
    /// The inode nodes of each inode, as indices in `FlashLog.entries`, ascending by place.
    package let nodes: [InodeNumber: [Int]]
    /// A path of each inode that has one, or had one.
    package let paths: InodePaths
    /// Inodes that have a path now.
    package let shown: Set<InodeNumber>
    /// Inodes with data that nothing shows, ascending.
    package let withDeadData: [InodeNumber]
    private let isWithDeadData: Set<InodeNumber>
    /// Inodes that any dirent names, whatever became of it.
    private let named: Set<InodeNumber>

    /// Sorts a log by inode.
    package init(_ log: FlashLog) {
        let fileSystem = log.fileSystem
        var paths = InodePaths(of: fileSystem.tree)
        shown = paths.inodes
        var nodes: [InodeNumber: [Int]] = [:]
        var dead: Set<InodeNumber> = []
        var named: Set<InodeNumber> = []
        var names: [(inode: InodeNumber, parent: InodeNumber, name: FileName)] = []
        fileSystem.image.withBytes { bytes in
            for (index, entry) in log.entries.enumerated() {
                switch entry.content {
                case .inode(let raw):
                    nodes[raw.inode, default: []].append(index)
                    if entry.isDead, entry.dataStart < entry.end { dead.insert(raw.inode) }
                case .dirent(let raw) where raw.inode != 0 && raw.isIntact:
                    named.insert(raw.inode)
                    if !entry.isShown, let name = try? bytes.bytes(in: raw.nameRange(at: entry.offset)) {
                        names.append((raw.inode, raw.parent, FileName(name)))
                    }
                default: break
                }
            }
        }
        for entry in names { paths.add(entry.inode, name: entry.name, in: entry.parent) }
        self.nodes = nodes
        self.paths = paths
        self.named = named
        isWithDeadData = dead
        withDeadData = dead.sorted()
    }

    /// Whether a node is looked at with all the dead data of its inode.
    package func hasDeadData(_ entry: FlashLogEntry) -> Bool {
        guard entry.isDead, case .inode(let raw) = entry.content else { return false }
        return isWithDeadData.contains(raw.inode)
    }

    /// What became of a node.
    package func fate(of entry: FlashLogEntry) -> NodeFate {
        guard case .inode(let raw) = entry.content else { return NodeFate(of: entry, isNamed: false) }
        return NodeFate(of: entry, isNamed: named.contains(raw.inode))
    }
}

extension FlashLog {
    /// The inode nodes of an inode, dead ones too, the oldest first.
    package func versions(of inode: InodeNumber, in histories: InodeHistories) -> [FlashLogEntry] {
        (histories.nodes[inode] ?? []).map { entries[$0] }.sorted {
            ($0.version ?? 0, $0.offset) < ($1.version ?? 0, $1.offset)
        }
    }
}

/// What became of a node, as far as the rest of the flash tells.
package enum NodeFate: Sendable, Hashable, CaseIterable {
    /// Linux does not see it: the summary of its block leaves it out.
    case unseen
    case live
    /// Outdated by a newer version.
    case superseded
    /// Marked dead by a cleared ACCURATE bit.
    case obsolete
    /// Its inode had a name, which is on the flash still, and was taken away.
    case deleted
    /// A sum or a length is wrong.
    case damaged
    /// No name of its inode is left.
    case orphan
}

extension NodeFate {
    /// - Parameter isNamed: whether any dirent on the flash, dead ones too, names the inode of the node.
    init(of entry: FlashLogEntry, isNamed: Bool) {
        switch entry.status {
        case .none: self = .unseen
        case .live: self = .live
        case .superseded: self = .superseded
        case .obsolete: self = .obsolete
        case .damaged: self = .damaged
        // The garbage collector may have taken what deleted it, and the name, too.
        case .orphan: self = isNamed ? .deleted : .orphan
        }
    }
}

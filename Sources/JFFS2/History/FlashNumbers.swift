/// How far the numbers of a file system have counted: what a writer goes on from, and a moment in its history.
public struct FlashNumbers: Sendable, Hashable {
    /// The highest version of each inode's nodes and of each directory's dirents, which are one sequence.
    public private(set) var versions: [UInt32: UInt32] = [:]
    /// The highest inode number that any node names.
    public private(set) var highestInode: UInt32 = 1
    /// The highest `xid` that any node names.
    public private(set) var highestIdentifier: UInt32 = 0
    /// The highest `xseqno`.
    public private(set) var highestSequence: UInt32 = 0

    /// Nothing was counted.
    public init() {}

    /// Counts a node; what cannot be read tells nothing.
    public mutating func note(_ entry: LogEntry) {
        guard entry.isReadable else { return }
        switch entry.content {
        case .inode(let raw):
            highestInode = max(highestInode, raw.inode)
            versions[raw.inode] = max(versions[raw.inode] ?? 0, raw.version)
        case .dirent(let raw):
            highestInode = max(highestInode, raw.inode, raw.parent)
            versions[raw.parent] = max(versions[raw.parent] ?? 0, raw.version)
        case .xattr(let raw):
            highestIdentifier = max(highestIdentifier, raw.identifier)
        case .xref(let raw):
            // All ones were written by old kernels for what is deleted.
            if raw.inode != .max { highestInode = max(highestInode, raw.inode) }
            if raw.identifier != .max { highestIdentifier = max(highestIdentifier, raw.identifier) }
            highestSequence = max(highestSequence, raw.sequence)
        case .summary, .filler, .unknown, .cutOff, .erased, .zeros, .dirt: break
        }
    }

    /// Whether a node was there already: its number is not above what was counted.
    public func includes(_ entry: LogEntry) -> Bool {
        switch entry.content {
        case .inode(let raw): return raw.version <= versions[raw.inode] ?? 0
        case .dirent(let raw): return raw.version <= versions[raw.parent] ?? 0
        case .xattr(let raw): return raw.identifier <= highestIdentifier
        case .xref(let raw): return raw.sequence <= highestSequence
        case .summary, .filler, .unknown, .cutOff, .erased, .zeros, .dirt: return false
        }
    }
}

extension FlashLog {
    /// How far the numbers have counted.
    ///
    /// - Parameter isCounted: dead nodes count unless they are left out here.
    public func numbers(where isCounted: (LogEntry) -> Bool = { _ in true }) -> FlashNumbers {
        var numbers = FlashNumbers()
        for entry in entries where isCounted(entry) { numbers.note(entry) }
        return numbers
    }
}

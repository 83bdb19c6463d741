package import FileTree

/// How far the numbers of a file system have counted: what a writer goes on from, and a moment in its history.
package struct FlashNumbers: Sendable, Hashable {
    /// The highest version of each inode's nodes and of each directory's dirents, which are one sequence.
    package private(set) var versions: [InodeNumber: UInt32] = [:]
    /// The highest inode number that any node names.
    package private(set) var highestInode = InodeNumber.root
    /// The highest `xid` that any node names.
    package private(set) var highestIdentifier: UInt32 = 0
    /// The highest `xseqno`.
    package private(set) var highestSequence: UInt32 = 0

    /// Nothing was counted.
    package init() {}

    /// Counts a node; what cannot be read tells nothing.
    package mutating func note(_ entry: FlashLogEntry) {
        guard entry.isReadable else { return }
        entry.content.fixedPart?.note(in: &self)
    }

    mutating func note(_ version: UInt32, of inode: InodeNumber) {
        noteInode(inode)
        versions[inode] = max(versions[inode] ?? 0, version)
    }

    mutating func noteInode(_ inode: InodeNumber) { highestInode = max(highestInode, inode) }

    mutating func noteAttribute(_ identifier: UInt32) { highestIdentifier = max(highestIdentifier, identifier) }

    mutating func noteSequence(_ sequence: UInt32) { highestSequence = max(highestSequence, sequence) }

    /// Whether a node was there already: its number is not above what was counted.
    package func includes(_ entry: FlashLogEntry) -> Bool { entry.content.fixedPart?.isIncluded(in: self) ?? false }
}

extension FlashLog {
    /// How far the numbers have counted.
    ///
    /// - Parameter isCounted: dead nodes count unless they are left out here.
    package func numbers(where isCounted: (FlashLogEntry) -> Bool = { _ in true }) -> FlashNumbers {
        var numbers = FlashNumbers()
        for entry in entries where isCounted(entry) { numbers.note(entry) }
        return numbers
    }

    /// How far the numbers have counted by what Linux sees, which believes a summary unread: a node of which one tells
    /// counts, whatever became of the node itself.
    package func seenNumbers() -> FlashNumbers {
        var numbers = numbers { $0.node != nil }
        let scan = fileSystem.scan
        numbers.noteInode(scan.highestInode)
        for dirent in scan.direntNodes {
            numbers.note(dirent.version, of: dirent.parent)
            numbers.noteInode(dirent.inode)
        }
        for datum in scan.xattrNodes { numbers.noteAttribute(datum.identifier) }
        return numbers
    }
}

package import FileTree
import FlashBytes

/// A version of a file that is still on the flash: an inode node, and what it changed.
package struct FileVersion: Sendable {
    /// The number that the node has, which counts up for each file.
    package let version: UInt32
    /// The node, as an index in `FlashLog.entries`; of several copies the one that Linux shows, or else a sound one.
    package let entry: Int
    /// How many nodes there are of it: the garbage collector copies some as they are.
    package internal(set) var copies = 1
    /// What became of the node.
    package let fate: NodeFate
    /// What it changed.
    package internal(set) var change = FileChange()
}

/// What a version of a file changed, as far as its node and the one before it tell.
package struct FileChange: Sendable, Hashable {
    /// What is not content.
    package struct Attributes: OptionSet, Sendable, Hashable {
        /// One bit for each.
        package let rawValue: UInt8

        /// These bits.
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The permissions, or the kind.
        package static let mode = Attributes(rawValue: 1)
        /// Owner or group.
        package static let owner = Attributes(rawValue: 2)
        /// The time of the last change of the content, where the node has none of it.
        package static let modificationTime = Attributes(rawValue: 4)
        /// The time of the last access.
        package static let accessTime = Attributes(rawValue: 8)
    }

    /// Whether it is the first version of the file.
    package var isCreation = false
    /// How many versions in front of it are not on the flash any more.
    package var missingVersions: UInt32 = 0
    /// Which bytes of the file it holds; nil for none.
    package var written: Range<UInt64>?
    /// Whether those are all zeros, and take no space.
    package var isHole = false
    /// The size of the file before (bytes), where it had another one and the version before is known.
    package var previousSize: UInt32?
    /// What else is different from the version before that is known.
    package var attributes: Attributes = []
    /// Whether all three times are those of the version before: written in the same second, or copied by the garbage
    /// collector.
    package var hasSameTimes = false

    /// Whether the file became shorter.
    package func isTruncation(to size: UInt32) -> Bool { previousSize.map { $0 > size } ?? false }
}

extension FileChange {
    /// Compares a version with the one before it, of which the version is `version`.
    init(_ raw: RawInode, after previous: RawInode?) {
        isCreation = raw.version <= 1
        missingVersions = raw.version - min(raw.version, (previous?.version ?? 0) + 1)
        if raw.coveredSize > 0 {
            written = UInt64(raw.offset)..<UInt64(raw.offset) + UInt64(raw.coveredSize)
            isHole = raw.compression == .zero
        }
        guard let previous else { return }
        if raw.isize != previous.isize { previousSize = previous.isize }
        if raw.mode != previous.mode { attributes.insert(.mode) }
        if (raw.uid, raw.gid) != (previous.uid, previous.gid) { attributes.insert(.owner) }
        if raw.mtime != previous.mtime, written == nil, previousSize == nil { attributes.insert(.modificationTime) }
        if raw.atime != previous.atime, raw.atime != raw.mtime { attributes.insert(.accessTime) }
        hasSameTimes = (raw.mtime, raw.ctime, raw.atime) == (previous.mtime, previous.ctime, previous.atime)
    }
}

/// All versions of one file that are still on the flash.
package struct FileHistory: Sendable {
    /// The number of the inode.
    package let inode: InodeNumber
    /// Ascending, each number once.
    package internal(set) var versions: [FileVersion]
    /// When the number was given to another file (seconds since 1970); nil for the last file that had it. Linux gives it again
    /// after a restart, where nothing is left of the file but nodes whose ACCURATE bit is cleared.
    package internal(set) var nextUse: UInt32?

    /// Whether another file has the number now.
    package var isEarlierUse: Bool { nextUse != nil }
}

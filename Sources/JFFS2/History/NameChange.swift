package import FileTree

/// A change to a name in a directory: a dirent that is still on the flash, and what it means after the one before.
package struct NameChange: Sendable {
    /// What it did.
    package enum Kind: Sendable, Hashable {
        /// The name was given to an inode; it was free before, as far as is known.
        case link
        /// The name was taken from another inode: renamed over it.
        case replacement
        /// The name was taken away.
        case removal
        /// The dirent says what another one said before: a copy that the garbage collector made.
        case copy
    }

    /// The dirent, as an index in `FlashLog.entries`.
    package let entry: Int
    /// The inode number of the directory.
    package let directory: InodeNumber
    /// The version of the dirent, in one sequence with the inode nodes of the directory.
    package let version: UInt32
    /// Seconds since 1970, by the clock of the device; 0 where the garbage collector did not keep it.
    package let time: UInt32
    /// The inode that the name stands for from then on; 0 for none.
    package let inode: InodeNumber
    /// What it did.
    package internal(set) var kind: Kind
    /// The inode that lost the name, where its dirent is still there.
    package internal(set) var previousInode: InodeNumber?
    /// The other half of a move: of the new name the removal of the old one, and the other way round; an index in
    /// `FlashHistory.names`.
    package internal(set) var counterpart: Int?
    /// Whether a later dirent changed the name again.
    package internal(set) var isSucceeded = false
    /// Whether the name is there now.
    package let isShown: Bool

    /// Whether the name is gone, and what took it away is gone too: when that was is not known.
    package var isGoneWithoutTrace: Bool { inode != 0 && !isSucceeded && !isShown }
}

/// What of a file can differ.
package enum FileAspect: String, Sendable, Hashable, CaseIterable {
    /// What kind of file it is.
    case type
    /// The bytes of a regular file.
    case content
    /// The target of a symlink.
    case target
    /// The number of a device.
    case device
    /// The lower twelve bits of the mode.
    case mode
    /// User and group.
    case owner
    case modificationTime
    case accessTime
    case changeTime
    /// Which other names the file has (hard links).
    case links
    /// Extended attributes.
    case attributes
}

/// A tree that is compared, and what its source cannot know.
package struct ComparedTree: Sendable {
    /// The files.
    package var tree: FileTree
    /// Aspects that say nothing here.
    package var unknown: Set<FileAspect> = []
    /// Whether the modes of symlinks are their own: a host gives all of them the same.
    package var hasSymlinkModes = true
    /// Whether device files can be missing because nobody could make them.
    package var mayLackDevices = false
    /// Whether extended attributes are looked at, by name; nil for all.
    package var isAttributeKnown: (@Sendable ([UInt8]) -> Bool)?
    /// SHA-256 of contents that the source tells, but does not hold; nil where contents can be read.
    package var digests: [InodeID: [UInt8]]?

    /// A tree that knows everything.
    package init(_ tree: FileTree) { self.tree = tree }

    /// A manifest that stands alone: of contents it has size and SHA-256.
    package init(_ manifest: MtreeManifest) {
        tree = manifest.tree
        digests = manifest.digests
        // mtree has no words for the other times; ours stand in comments.
        if manifest.source.isEmpty, manifest.unpacked == nil { unknown = [.accessTime, .changeTime] }
    }

    /// An archive. Most have no other times than those of modification.
    package init(archive: FileTree) {
        tree = archive
        unknown = [.accessTime, .changeTime]
        hasSymlinkModes = false
    }

    /// A directory of the host. Of its times, the one of modification says something about the files.
    ///
    /// - Parameter isPrivileged: whether whoever made it could set owners, attributes and device files.
    package init(_ directory: SourceDirectory, isPrivileged: Bool) {
        tree = directory.tree
        guard directory.manifest == nil else { return }
        unknown = [.accessTime, .changeTime]
        hasSymlinkModes = false
        if isPrivileged {
            // A label that the host puts on every file says nothing about the tree.
            isAttributeKnown = { $0 != Array("security.selinux".utf8) }
        } else {
            unknown.insert(.owner)
            mayLackDevices = true
            isAttributeKnown = { $0.starts(with: "user.".utf8) || $0.starts(with: "system.posix_acl_".utf8) }
        }
    }
}

/// What differs under a path.
package struct FileDifference: Sendable {
    /// What became of the file.
    package enum Kind: String, Sendable, Hashable {
        case added, removed, changed
        /// Nothing else differs, but content cannot be read.
        case unreadable
    }

    /// From the root of the trees.
    package let path: FilePathBytes
    /// What became of it.
    package let kind: Kind
    /// In the old tree; nil for what was added.
    package let old: InodeID?
    /// In the new tree; nil for what was removed.
    package let new: InodeID?
    /// What of a file differs that is in both.
    package internal(set) var aspects: Set<FileAspect> = []
    /// All names of the file in the old tree, where `links` differ; none for a file that has but one.
    package internal(set) var oldNames: [FilePathBytes] = []
    /// The same in the new tree.
    package internal(set) var newNames: [FilePathBytes] = []
    /// What of its content cannot be read, so far as that was met.
    package internal(set) var damage: [ContentDifference.Damage] = []
}

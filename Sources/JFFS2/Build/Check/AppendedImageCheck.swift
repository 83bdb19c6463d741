package import FileTree
package import FlashBytes

/// Reads an image that was written to stand behind another one together with that one, as Linux will.
package struct AppendedImageCheck {
    private let front: FileSystem
    private let configuration: ImageConfiguration

    /// - Parameter configuration: with its `appendage`.
    package init(behind front: FileSystem, _ configuration: ImageConfiguration) {
        self.front = front
        self.configuration = configuration
    }

    /// Compares both images with what both trees together must show.
    ///
    /// - Returns: what is wrong, a sentence each; empty for a sound image.
    package func problems(of written: ByteRegion, adding added: FileTree) -> [String] {
        let image = FileSystem(joined(written), byteOrder: configuration.byteOrder, eraseSize: configuration.eraseSize)
        return ImageCheck.problems(of: image, like: tree(adding: added), jobs: configuration.jobs)
    }

    /// The image in front, filled up to whole erase blocks, and the one behind it.
    private func joined(_ written: ByteRegion) -> ByteRegion {
        var bytes: [UInt8] = []
        front.image.withBytes { unsafe $0.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
        let rest = bytes.count % configuration.eraseSize
        if rest > 0 { bytes += [UInt8](repeating: 0xff, count: configuration.eraseSize - rest) }
        written.withBytes { unsafe $0.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
        return ByteRegion(bytes)
    }

    /// What Linux shows of both.
    private func tree(adding added: FileTree) -> FileTree {
        var stored = added
        for index in stored.inodes.indices {
            stored.inodes[index].metadata = configuration.storedMetadata(of: stored.inodes[index])
        }
        let withNode = Set(
            (configuration.appendage?.directories.values).map { $0.filter(\.hasNode).map(\.number) } ?? [])
        var whole = front.tree
        for joined in whole.overlay(stored) {
            guard let number = whole[joined.directory].number, withNode.contains(number) else { continue }
            let newest = added[joined.source].entries.last {
                isNewName($0, in: joined.directory, original: front.tree, added: added)
                    && direntTime($0, in: joined.source, tree: added) != 0
            }
            guard let newest else { continue }
            let time = Int64(direntTime(newest, in: joined.source, tree: added))
            whole[joined.directory].metadata.modificationTime = time
            whole[joined.directory].metadata.changeTime = time
        }
        return whole
    }

    private func direntTime(_ entry: DirectoryEntry, in directory: InodeID, tree: FileTree) -> UInt32 {
        configuration.direntTime(of: entry, in: tree[directory], of: tree, isJoined: true)
    }

    /// Whether a dirent was written: all but directories that are there already get one.
    private func isNewName(
        _ entry: DirectoryEntry, in directory: InodeID, original: FileTree, added: FileTree
    ) -> Bool {
        guard added[entry.inode].kind == .directory, let known = original.child(entry.name, of: directory) else {
            return true
        }
        return original[known].kind != .directory
    }
}

extension ImageConfiguration {
    /// The time in a dirent (mctime; seconds since 1970).
    ///
    /// As Linux and mkfs.jffs2 write it, that of the file: Broadcom's boot loader takes only data nodes whose mtime is the
    /// mctime of the name that it looks for. A directory that is in the image in front has no new node of its own, so its
    /// names tell the directory's time.
    func direntTime(
        of entry: DirectoryEntry, in directory: Inode, of tree: FileTree, isJoined: Bool
    ) -> UInt32 {
        let inode = isJoined && !tree[entry.inode].staysUncompressed ? directory : tree[entry.inode]
        return UInt32(truncatingIfNeeded: times.applied(to: inode.metadata.modificationTime))
    }
}

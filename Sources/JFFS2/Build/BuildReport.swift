public import FileTree

/// What was written.
public struct BuildReport: Sendable, Hashable {
    /// The size of the image, padding included (bytes).
    public var imageSize: UInt64 = 0
    /// The end of the last node (bytes).
    public var usedSize: UInt64 = 0
    /// Erase blocks that hold nodes other than cleanmarkers.
    public var usedBlocks = 0
    /// Names, the root not counted.
    public var names = 0
    /// Inodes, the root counted.
    public var inodes = 0
    /// Nodes, cleanmarkers and summaries not counted.
    public var nodes = 0
    /// Bytes of file content, holes not counted.
    public var dataSize: UInt64 = 0
    /// What the nodes store of it (bytes).
    public var storedSize: UInt64 = 0
    /// Bytes at the ends of full erase blocks that no node fitted into.
    public var wastedSize: UInt64 = 0
    /// The number in the image of each inode, by its index in the tree; 0 for those without a name. For `BuildCheck`.
    public var inodeNumbers: [InodeNumber] = []
    /// zlib's CRC-32 of each regular file's content, by the index of its inode in the tree; for `BuildCheck`.
    public var contentSums: [UInt32] = []
    /// Damage of the sources: what is now zeros in the image.
    public var damage: [DamagedFile] = []

    /// A file whose source was damaged.
    public struct DamagedFile: Sendable, Hashable {
        /// Of the file.
        public let path: FilePathBytes
        /// What is written as zeros.
        public let damage: ContentDamage
    }
}

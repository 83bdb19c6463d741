public import FileTree
public import FlashBytes

/// Why an image was not written.
public enum BuildError: Error, Sendable, CustomStringConvertible {
    /// A value of the configuration makes no sense; a sentence without full stop.
    case configuration(String)
    /// The tree holds what JFFS2 cannot hold.
    case unrepresentable([Unrepresentable])
    /// The content of a file could not be had.
    case contents(path: FilePathBytes, ContentsError)
    /// The image gets larger than it may.
    case tooLarge(limit: UInt64, needed: UInt64, largest: [SizedFile])
    /// The image could not be stored.
    case output(FileError)
    /// No memory for a codec.
    case outOfMemory

    /// Something in the tree that has no form in JFFS2.
    public struct Unrepresentable: Error, Sendable, CustomStringConvertible {
        /// Of the file.
        public let path: FilePathBytes
        /// What is too large or wrong, and what the limit is.
        public let reason: String

        /// The path and the reason, without full stop.
        public var description: String { "\(path): \(reason)" }
    }

    /// A file and the room that it takes.
    public struct SizedFile: Sendable {
        /// Of the file.
        public let path: FilePathBytes
        /// The size of its content (bytes).
        public let size: UInt64
    }

    /// Why no image was made, without full stop.
    public var description: String {
        switch self {
        case .configuration(let what): return what
        case .unrepresentable(let all):
            let shown = all.prefix(20).map(\.description).joined(separator: "\n")
            return all.count > 20 ? shown + "\nand \(all.count - 20) more" : shown
        case .contents(let path, let error): return "\(path): \(error)"
        case .tooLarge(let limit, let needed, let largest):
            var text = "the image needs \(needed) bytes (\(hex(needed))), which is more than \(limit) (\(hex(limit)))"
            if !largest.isEmpty {
                text += "; the largest files: "
                text += largest.map { "\($0.path) (\(SizeExpression.readable($0.size)))" }.joined(separator: ", ")
            }
            return text
        case .output(let error): return error.description
        case .outOfMemory: return "not enough memory"
        }
    }
}

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

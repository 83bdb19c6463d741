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

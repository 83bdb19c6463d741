import FlashBytes

/// Something that was taken off an input to get at the file system.
public enum InputLayer: Sendable, Hashable, CustomStringConvertible {
    /// The bytes are reversed in groups of this many.
    case wordSwapped(group: Int)
    /// Bytes in front of the file system.
    case skipped(bytes: Int)
    /// Bytes behind the file system.
    case trailing(bytes: Int)

    public var description: String {
        switch self {
        case .wordSwapped(let group): "word-swapped (groups of \(group) bytes reversed)"
        case .skipped(let bytes): "file system at offset \(hex(bytes))"
        case .trailing(let bytes): "\(bytes) bytes behind the file system"
        }
    }
}

/// What an inode is: the S_IFMT part of a Unix mode.
public enum FileKind: UInt16, Sendable, Hashable, CaseIterable {
    case fifo = 0o010000
    case characterDevice = 0o020000
    case directory = 0o040000
    case blockDevice = 0o060000
    case regular = 0o100000
    case symbolicLink = 0o120000
    case socket = 0o140000

    /// The kind in a whole mode; nil when its S_IFMT part names none.
    public init?(mode: UInt32) { self.init(rawValue: UInt16(truncatingIfNeeded: mode & 0o170000)) }

    /// The letter that `ls -l` puts first.
    public var letter: Character {
        switch self {
        case .fifo: "p"
        case .characterDevice: "c"
        case .directory: "d"
        case .blockDevice: "b"
        case .regular: "-"
        case .symbolicLink: "l"
        case .socket: "s"
        }
    }

    /// The word that mtree and the JSON output use.
    public var word: String {
        switch self {
        case .fifo: "fifo"
        case .characterDevice: "char"
        case .directory: "dir"
        case .blockDevice: "block"
        case .regular: "file"
        case .symbolicLink: "link"
        case .socket: "socket"
        }
    }
}

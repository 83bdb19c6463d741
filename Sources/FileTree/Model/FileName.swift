internal import FlashBytes

/// One component of a path: raw bytes, as JFFS2 and Unix have them, in no particular encoding.
public struct FileName: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The bytes, neither empty nor, in a sound tree, holding `/` or NUL.
    public let bytes: [UInt8]

    /// A name of these bytes; whether they can be one is not asked.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    /// A name in UTF-8.
    public init(_ text: String) { bytes = Array(text.utf8) }
    /// A name in UTF-8.
    public init(stringLiteral text: String) { self.init(text) }

    /// Bytewise, as strcmp orders: the order of mkfs.jffs2 and of everything that we write.
    public static func < (left: FileName, right: FileName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// Whether a host directory may hold an entry of this name: not empty, not `.` or `..`, without `/` and NUL.
    public var isSafe: Bool {
        !bytes.isEmpty && bytes != [0x2e] && bytes != [0x2e, 0x2e] && !bytes.contains(0x2f) && !bytes.contains(0)
    }

    /// For people and terminals: UTF-8 where it is valid; control characters, backslashes and other bytes as `\ooo`. A slash
    /// in a name is escaped, too, and so is the name `.`: what is printed names one file.
    public var description: String {
        if isSafe { return printable(bytes) }
        if bytes == [0x2e] { return #"\056"# }
        return Printable.text(bytes) { $0.isUnprintable || $0 == "\\" || $0 == "/" }
    }
}

/// `bytes` for a terminal: valid UTF-8 stays, what cannot be seen, backslashes and stray bytes become `\ooo` (octal, as
/// in mtree), so that nothing in an image can send escape sequences.
public func printable(_ bytes: some Collection<UInt8>) -> String {
    // Nearly all names are plain.
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != 0x5c }) { return String(decoding: bytes, as: UTF8.self) }
    return Printable.text(bytes) { $0.isUnprintable || $0 == "\\" }
}

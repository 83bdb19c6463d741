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

    /// For people and terminals: UTF-8 where it is valid; control characters, backslashes and other bytes as `\ooo`.
    public var description: String { printable(bytes) }
}

/// `bytes` for a terminal: valid UTF-8 stays, control characters, backslashes and stray bytes become `\ooo` (octal, as
/// in mtree), so that nothing in an image can send escape sequences.
public func printable(_ bytes: some Collection<UInt8>) -> String {
    // Nearly all names are plain.
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != 0x5c }) { return String(decoding: bytes, as: UTF8.self) }
    var text = ""
    var decoder = Unicode.UTF8.ForwardParser()
    var source = bytes.makeIterator()
    func escape(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
    var consumed = bytes.startIndex
    while true {
        switch decoder.parseScalar(from: &source) {
        case .valid(let units):
            let end = bytes.index(consumed, offsetBy: units.count)
            let scalar = Unicode.UTF8.decode(units)
            if scalar.isUnprintable || scalar == "\\" {
                bytes[consumed..<end].forEach { text += escape($0) }
            } else {
                text.unicodeScalars.append(scalar)
            }
            consumed = end
        case .error(let length):
            let end = bytes.index(consumed, offsetBy: length)
            bytes[consumed..<end].forEach { text += escape($0) }
            consumed = end
        case .emptyInput:
            return text
        }
    }
}

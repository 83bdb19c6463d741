/// A way to write a secret down. The raw values are part of the JSON output.
package enum Notation: String, Sendable, Hashable, CaseIterable {
    /// As the bytes are.
    case plain
    /// And UTF-32.
    case utf16LittleEndian
    case utf16BigEndian
    /// Two digits a byte; either case, with or without separators.
    case hex
    /// A number a byte.
    case decimal
    /// The same, in octal digits.
    case octal
    /// Eight digits a byte.
    case binary
    /// A number for two bytes, as `od` shows them.
    case decimalWord
    case octalWord
    /// At any of the three alignments, in both alphabets.
    case base64
    /// `%20`: all bytes, or only those that need it.
    case urlEncoded
    /// `\u0041`, `\"` and `\/`.
    case jsonEscaped
    /// `&amp;`, `&#38;`
    case xmlEscaped
    /// `'\''`, `\$`
    case shellQuoted
    /// `=3D`
    case quotedPrintable
    /// In a dump whose bytes are reversed in groups of 2, 4 or 8.
    case wordSwapped

    /// For people.
    package var word: String {
        switch self {
        case .plain: "plain"
        case .utf16LittleEndian: "UTF-16, little-endian"
        case .utf16BigEndian: "UTF-16, big-endian"
        case .hex: "hexadecimal"
        case .decimal: "decimal numbers"
        case .octal: "octal numbers"
        case .binary: "binary digits"
        case .decimalWord: "decimal words"
        case .octalWord: "octal words"
        case .base64: "base64"
        case .urlEncoded: "URL-encoded"
        case .jsonEscaped: "JSON-escaped"
        case .xmlEscaped: "XML-escaped"
        case .shellQuoted: "quoted for a shell"
        case .quotedPrintable: "quoted-printable"
        case .wordSwapped: "word-swapped"
        }
    }

    /// Whether the digits of a number are written over by those of another one, and not each for itself.
    var isWords: Bool { [.binary, .decimalWord, .octalWord].contains(self) }

    /// What a redacted byte of this notation becomes: something that still reads as the notation.
    func mask(_ byte: UInt8, at index: Int) -> UInt8 {
        switch self {
        case .plain, .wordSwapped, .jsonEscaped, .xmlEscaped, .shellQuoted, .quotedPrintable: 0x58
        case .utf16LittleEndian, .utf16BigEndian: byte == 0 ? 0 : 0x58
        case .hex: Self.isHexDigit(byte) ? 0x30 : byte
        // No list of JSON has numbers that begin with a zero.
        case .decimal, .octal: ByteText.isDigit(byte) ? 0x31 : byte
        case .binary: ByteText.isDigit(byte) ? 0x30 + UInt8(0x58 >> UInt8(7 - index & 7) & 1) : byte
        // Two X.
        case .decimalWord: ByteText.isDigit(byte) ? Array("22616".utf8)[index % 5] : byte
        case .octalWord: ByteText.isDigit(byte) ? Array("054130".utf8)[index % 6] : byte
        case .base64: byte <= 0x20 ? byte : 0x41
        case .urlEncoded: byte == 0x25 ? byte : 0x30
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte | 0x20 ^ 0x20) || (0x61...0x66).contains(byte)
    }
}

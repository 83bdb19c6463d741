/// Texts as patterns look at them: a number for each character, or for each byte.
enum GlobText {
    /// The characters of a text; nil where it is not UTF-8.
    static func characters(of bytes: [UInt8]) -> [UInt32]? {
        // Nearly all names are plain.
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map { UInt32($0) } }
        return String(validating: bytes, as: UTF8.self)?.unicodeScalars.map(\.value)
    }

    /// A byte of what is not UTF-8: behind all characters, unless it is one of ASCII.
    static func unit(_ byte: UInt32) -> UInt32 { byte < 0x80 ? byte : 0x11_0000 + byte }

    /// The small letter for a capital one.
    static func small(_ character: UInt32) -> UInt32 {
        if character < 0x80 { return UInt32(UInt8(truncatingIfNeeded: character).lowercasedASCII) }
        // The small letter of the Turkish capital has a dot of its own in Unicode, and none in C.
        if character == 0x130 { return 0x69 }
        return mapped(character) { $0.lowercaseMapping }
    }

    /// The capital letter for a small one.
    static func capital(_ character: UInt32) -> UInt32 { mapped(character) { $0.uppercaseMapping } }

    /// What a character becomes, where that is one character.
    private static func mapped(_ character: UInt32, by mapping: (Unicode.Scalar.Properties) -> String) -> UInt32 {
        guard let scalar = Unicode.Scalar(character) else { return character }
        let others = mapping(scalar.properties).unicodeScalars
        guard let first = others.first, others.count == 1 else { return character }
        return first.value
    }
}

extension UInt8 {
    /// A small letter for a capital one of ASCII.
    package var lowercasedASCII: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self + 0x20 : self }
}

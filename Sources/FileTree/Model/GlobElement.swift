/// A byte or a character of a pattern.
struct GlobElement {
    var value: UInt32
    /// Whether a backslash took its meaning away.
    var isLiteral: Bool

    /// Whether it is a sign of patterns, and means it.
    func isSign(_ sign: Unicode.Scalar) -> Bool { !isLiteral && value == sign.value }

    /// The bytes of a pattern.
    static func elements(of text: some Collection<UInt8>) -> [GlobElement] {
        var elements: [GlobElement] = []
        var rest = Array(text)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let next = octal(&rest) ?? rest.popFirst() {
                elements.append(GlobElement(value: UInt32(next), isLiteral: true))
            } else {
                elements.append(GlobElement(value: UInt32(byte), isLiteral: false))
            }
        }
        return elements
    }

    /// The byte that three octal digits are; nil for anything else.
    private static func octal(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
        let digits = rest.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }),
            let byte = UInt8(exactly: digits.reduce(0) { $0 << 3 | Int($1 & 7) })
        else { return nil }
        rest = rest.dropFirst(3)
        return byte
    }

    /// The characters that bytes of a pattern are; nil for such as are not UTF-8.
    static func characters(of bytes: [GlobElement]) -> [GlobElement]? {
        guard let text = GlobText.characters(of: bytes.map { UInt8(truncatingIfNeeded: $0.value) }) else { return nil }
        var place = 0
        return text.map { value in
            let isLiteral = bytes[place].isLiteral
            place += Unicode.Scalar(value).map { UTF8.width($0) } ?? 1
            return GlobElement(value: value, isLiteral: isLiteral)
        }
    }
}

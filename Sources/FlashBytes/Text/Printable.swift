/// Text from strangers that goes to a terminal.
package enum Printable {
    /// The bytes with what cannot be shown, and what is no UTF-8, as `\ooo`, a backslash and three octal digits for a byte.
    /// Backslashes stay, since they are part of many texts; a name in which they are escaped too is a `FileName`'s.
    package static func text(_ bytes: [UInt8]) -> String { text(bytes) { $0.isUnprintable } }

    /// The text with what cannot be shown as `\ooo`.
    package static func text(_ text: String) -> String {
        isPlain(text) ? text : self.text(Array(text.utf8))
    }

    /// A message: as `text`, but the ends of its lines and tabs stay.
    package static func lines(_ text: String) -> String {
        isPlain(text) ? text : self.text(Array(text.utf8)) { $0.isUnprintable && $0 != "\n" && $0 != "\t" }
    }

    /// The bytes with those characters as `\ooo` that are chosen, and what is no UTF-8.
    package static func text(
        _ bytes: some Collection<UInt8>, escaping isEscaped: (Unicode.Scalar) -> Bool
    ) -> String {
        var text = ""
        var decoder = Unicode.UTF8.ForwardParser()
        var source = bytes.makeIterator()
        func escape(_ byte: UInt8) {
            let digits = String(byte, radix: 8)
            text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        var consumed = bytes.startIndex
        while true {
            switch decoder.parseScalar(from: &source) {
            case .valid(let units):
                let end = bytes.index(consumed, offsetBy: units.count)
                let scalar = Unicode.UTF8.decode(units)
                if isEscaped(scalar) {
                    bytes[consumed..<end].forEach(escape)
                } else {
                    text.unicodeScalars.append(scalar)
                }
                consumed = end
            case .error(let length):
                let end = bytes.index(consumed, offsetBy: length)
                bytes[consumed..<end].forEach(escape)
                consumed = end
            case .emptyInput:
                return text
            }
        }
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } }
}

/// Text from strangers that goes to a terminal.
package enum Printable {
    /// The bytes with control characters and what is no UTF-8 replaced by `?`.
    package static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            text.unicodeScalars.append(scalar.isUnprintable ? "?" : scalar)
        }
        return text
    }

    /// The text with control characters replaced by `?`.
    package static func text(_ text: String) -> String { self.text(Array(text.utf8)) }
}

/// A setting's name, taken apart: `wl0_wpaPSK2` is the words wl, wpa, psk.
struct SettingName {
    /// In lower case, without digits at their ends.
    let words: [String]
    /// All words in one, without notes on how the value is written (`_b64`, `_hex`, `_new`).
    let compact: String

    /// Words at the end of a name that say how the value is written, not what it is.
    static let notes: Set<String> = [
        "b64", "base", "hex", "enc", "encrypted", "plain", "plaintext", "confirm", "confirmation", "again", "repeat",
        "retype", "new", "old", "bak", "backup", "value", "val", "str", "string", "txt", "text", "default", "a", "b",
        "g", "inline",
        "ghz", "crypt", "data",
    ]

    init(_ name: [UInt8]) {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        var previous: UInt8 = 0
        func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }
        func end() {
            while let last = word.last, ByteText.isDigit(last) { word.removeLast() }
            if !word.isEmpty { words.append(word.map(ByteText.lower)) }
            word = []
        }
        let bytes = Array(name.prefix(128))
        for (index, byte) in bytes.enumerated() {
            guard ByteText.isLetter(byte) || ByteText.isDigit(byte) || byte >= 0x80 else {
                end()
                previous = 0
                continue
            }
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            // `wifiKey`, `WPAKey`, and `wifi2Key`.
            if isUpper(byte), previous != 0, !isUpper(previous) || (0x61...0x7a).contains(next) { end() }
            if ByteText.isLetter(byte), ByteText.isDigit(previous), !isUpper(byte), word.count > 2 { end() }
            word.append(byte)
            previous = byte
        }
        end()
        var texts = words.map { String(decoding: $0, as: UTF8.self) }
        self.words = texts
        while texts.count > 1, let last = texts.last, Self.notes.contains(last) { texts.removeLast() }
        compact = texts.joined()
    }

    func has(anyOf wanted: Set<String>) -> Bool { words.contains { wanted.contains($0) } }

    func ends(withAnyOf endings: NameEndings) -> Bool { endings.include(endOf: compact) }

    /// Whether it is what a program calls a type: `PKCS7PrivateKeyTypes`, words of which one says what it is for.
    ///
    /// - Parameter text: as it is written.
    func isTypeName(_ text: [UInt8]) -> Bool {
        guard let first = text.first, (0x41...0x5a).contains(first), text.allSatisfy(ByteText.isAlphanumeric) else {
            return false
        }
        return words.count >= 3 && words.allSatisfy { $0.count >= 3 }
            && has(anyOf: ["key", "keys", "token", "password", "secret", "credential", "credentials"])
    }
}

import FlashBytes

/// Finds words that look like keys and good passwords: letters, digits, no order.
enum KeyLikeWords {
    static func find(_ text: RawSpan) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        for at in 0...text.byteCount {
            if at < text.byteCount, let byte = try? text.uint8(at: at), isPart(byte) { continue }
            if let word = try? text.bytes(in: start..<at), word.count <= 64, BuiltInRules.isKeyLike(word) {
                found.append(start..<at)
            }
            start = at + 1
        }
        return found
    }

    /// What a word is made of; the rest stands between words of settings in one notation or another.
    private static func isPart(_ byte: UInt8) -> Bool {
        (0x21..<0x7f).contains(byte) && !"\"'=:,;<>(){}[]/\\".utf8.contains(byte)
    }
}

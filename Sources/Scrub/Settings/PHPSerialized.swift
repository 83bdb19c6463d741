/// Reads what PHP's serialize() writes: `s:8:"password";s:12:"…";`. The count says where a text ends, whatever is in it.
enum PHPSerialized {
    private static let longest = 16384

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var settings: [Setting] = []
        var at = range.lowerBound
        var name: Range<Int>?
        while let sign = ByteText.first(0x3a, bytes: bytes, in: at..<range.upperBound) {
            guard sign > range.lowerBound, bytes[sign - 1] == 0x73, let text = text(bytes, from: sign + 1, in: range)
            else {
                at = sign + 1
                continue
            }
            if let before = name, before.upperBound + 3 == sign, (2...64).contains(before.count),
                case let word = Array(bytes[before]), text.count >= 3,
                SettingsSearch.isWanted(text, of: word, in: bytes)
            {
                settings.append(Setting(names: [word], value: text, isArgument: true))
                name = nil
            } else {
                name = text
            }
            at = text.upperBound + 1
        }
        return settings
    }

    /// The text behind `s:`.
    private static func text(_ bytes: [UInt8], from start: Int, in range: Range<Int>) -> Range<Int>? {
        var at = start
        var count = 0
        while at < range.upperBound, ByteText.isDigit(bytes[at]), at - start < 6 {
            count = count * 10 + Int(bytes[at] - 0x30)
            at += 1
        }
        guard at > start, count <= longest, ByteText.has(":\"", bytes: bytes, at: at),
            at + 2 + count + 1 < range.upperBound,
            bytes[at + 2 + count] == 0x22, bytes[at + 2 + count + 1] == 0x3b
        else { return nil }
        return at + 2..<at + 2 + count
    }
}

/// What a value means in the language in which it is written: another file may have it as it is.
enum EscapedValue {
    /// Shorter readings are words of other things (bytes).
    private static let shortest = 6

    /// What it may be without its escapes: those of C and JSON, and quotes in quotes. Nothing where there is none of them.
    static func readings(of value: [UInt8]) -> [[UInt8]] {
        [EscapedText.Syntax.backslashes, .quotes].compactMap { EscapedText(value, syntax: $0)?.bytes }.filter {
            $0 != value && $0.count >= shortest && hasOwnEnds($0)
        }
    }

    /// Whether no quote of the language around it could be its end, or its beginning.
    private static func hasOwnEnds(_ value: [UInt8]) -> Bool {
        [value.first, value.last].allSatisfy { end in end.map { !"\"'`\\".utf8.contains($0) } ?? false }
    }
}

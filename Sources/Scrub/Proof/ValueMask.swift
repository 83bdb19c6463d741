import FlashBytes

/// Values that must not be read in what is shown: names, excerpts, reports.
package struct ValueMask: Sendable {
    private let needles: NeedleSet

    /// - Parameter values: those of less than `KnownSecret.minimumLength` bytes are in every text, and stay.
    package init(_ values: [[UInt8]]) {
        needles = NeedleSet(
            Set(values).filter { $0.count >= KnownSecret.minimumLength }
                .map { NeedleSet.Needle(bytes: $0, owner: 0) })
    }

    /// The text with all values overwritten by X.
    package func masked(_ text: String) -> String {
        var bytes = Array(text.utf8)
        if needles.isEmpty { return text }
        var ranges: [Range<Int>] = []
        needles.search(unsafe bytes.span.bytes, in: 0..<bytes.count) { _, range in
            if !Self.isPartOfWord(range, in: bytes) { ranges.append(range) }
        }
        if ranges.isEmpty { return text }
        for range in ranges { bytes.replaceSubrange(range, with: repeatElement(0x58, count: range.count)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Longer values are no parts of words (bytes).
    private static let longestWord = 7

    /// Whether a value is a short word that a longer one begins or ends with, or has in it: `insta` in `installed`.
    private static func isPartOfWord(_ range: Range<Int>, in text: [UInt8]) -> Bool {
        func isSmall(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }
        guard range.count <= longestWord, text[range].allSatisfy(isSmall) else { return false }
        return range.lowerBound > 0 && isSmall(text[range.lowerBound - 1])
            || range.upperBound < text.count && isSmall(text[range.upperBound])
    }
}

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
        needles.search(unsafe bytes.span.bytes, in: 0..<bytes.count) { ranges.append($1) }
        if ranges.isEmpty { return text }
        for range in ranges { bytes.replaceSubrange(range, with: repeatElement(0x58, count: range.count)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

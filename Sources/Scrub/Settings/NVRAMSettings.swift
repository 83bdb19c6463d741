/// Reads values of `name=value` that go on behind a line end because NUL ends them: NVRAM, environments of boot loaders.
///
/// Such a value may hold any byte but NUL: line ends, and bytes that are no UTF-8. Whoever reads lines sees it end there.
enum NVRAMSettings {
    private static let longestName = 64
    private static let longestValue = 4096

    /// One text between two NULs.
    private struct Entry {
        var whole: Range<Int>
        /// Where its value begins, if it has a name.
        var value: Int?
        /// Whether there is a byte in it that ends a line for others.
        var isBroken: Bool
    }

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var settings: [Setting] = []
        var previous: Entry?
        var current: Entry?
        var start = range.lowerBound
        while start < range.upperBound {
            let end = ByteText.first(0, bytes: bytes, in: start..<range.upperBound) ?? range.upperBound
            // What no NUL ends is the rest of something.
            let next = end < range.upperBound ? entry(bytes, in: start..<end) : nil
            note(current, between: previous, and: next, bytes: bytes, into: &settings)
            previous = current
            current = next
            start = end + 1
        }
        note(current, between: previous, and: nil, bytes: bytes, into: &settings)
        return settings
    }

    private static func entry(_ bytes: [UInt8], in whole: Range<Int>) -> Entry? {
        guard !whole.isEmpty else { return nil }
        // Sums and lengths stand in front of the first one.
        var start = ByteText.first(0x3d, bytes: bytes, in: whole) ?? whole.lowerBound
        while start > whole.lowerBound, isName(bytes[start - 1]) { start -= 1 }
        if start > whole.lowerBound, (0x20..<0x7f).contains(bytes[start - 1]) { start = whole.lowerBound }
        let whole = start..<whole.upperBound
        var at = whole.lowerBound
        while at < whole.upperBound, at - whole.lowerBound <= longestName,
            isName(bytes[at])
        {
            at += 1
        }
        let isNamed = at > whole.lowerBound && at < whole.upperBound && bytes[at] == 0x3d
        let isBroken = bytes[whole].contains { $0 == 0x0a || $0 == 0x0d || $0 == 0xff }
        return Entry(whole: whole, value: isNamed ? at + 1 : nil, isBroken: isBroken)
    }

    private static func isName(_ byte: UInt8) -> Bool { ByteText.isName(byte) || byte == 0x3a || byte == 0x2f }

    /// A file of settings in a padded partition is one text between NULs, too: what is beside a value tells.
    private static func note(
        _ entry: Entry?, between previous: Entry?, and next: Entry?, bytes: [UInt8], into settings: inout [Setting]
    ) {
        guard let entry, entry.isBroken, let start = entry.value, entry.whole.upperBound - start <= longestValue,
            [previous, next].contains(where: { $0.map { $0.value != nil && !$0.isBroken } ?? false })
        else { return }
        let name = Array(bytes[entry.whole.lowerBound..<start - 1])
        settings.append(Setting(names: [name], value: start..<entry.whole.upperBound))
    }
}

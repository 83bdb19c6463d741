/// What the strings of a text say, where it can be settings: `"cmd": "login --password 'x'"`, `"password=x\n"`,
/// `'http://host/?password=x&go=1'`.
///
/// Each string is read as a text of its own, its escapes as what they stand for.
struct StringTexts {
    /// What the strings say, one behind the other, with empty lines behind each: patterns do not go on behind several.
    private(set) var bytes: [UInt8] = []
    /// Where each of them stands in that, ascending.
    private(set) var texts: [Range<Int>] = []
    /// Where they are written: the source from its first byte on, and what reads it where it has escapes.
    private var sources: [(start: Int, read: EscapedText?)] = []

    /// Longer strings are files of their own, shorter ones hold no name and value (bytes).
    private static let sizes = 8...8192
    private static let border: [UInt8] = [0x0a, 0x0a, 0x0a, 0x0a]

    private let wantsEscapes: Bool

    /// - Parameter wantsEscapes: leaves out strings that say what they are.
    init(_ source: [UInt8], in range: Range<Int>, wantsEscapes: Bool = false) {
        self.wantsEscapes = wantsEscapes
        // Quotes of one kind alone begin strings there.
        let isJSON = JSONSettings.start(of: source, in: range) != nil
        var at = range.lowerBound
        // Up to where no quote of a kind closes a string.
        var unclosed: [UInt8: Int] = [:]
        while at < range.upperBound {
            let quote = source[at]
            guard quote == 0x22 || !isJSON && (quote == 0x27 || quote == 0x60), unclosed[quote, default: 0] <= at else {
                at += 1
                continue
            }
            // An apostrophe.
            if quote == 0x27, at > range.lowerBound, ByteText.isAlphanumeric(source[at - 1]),
                at < range.lowerBound + 2 || ByteText.isAlphanumeric(source[at - 2])
            {
                at += 1
                continue
            }
            let (end, isClosed) = Self.end(source, from: at + 1, quote: quote, limit: range.upperBound)
            guard isClosed else {
                unclosed[quote] = end
                at += 1
                continue
            }
            add(source, place: at + 1..<end)
            at = end + 1
        }
    }

    /// Where the string ends that begins at a place, and whether a quote ends it.
    private static func end(
        _ source: [UInt8], from start: Int, quote: UInt8, limit: Int
    ) -> (place: Int, isClosed: Bool) {
        var at = start
        while at < limit, source[at] != 0x0a, source[at] != 0 {
            if source[at] == quote { return (at, true) }
            at += source[at] == 0x5c && at + 1 < limit && source[at + 1] != 0x0a ? 2 : 1
        }
        return (min(at, limit), false)
    }

    private mutating func add(_ source: [UInt8], place: Range<Int>) {
        guard Self.sizes.contains(place.count), Self.mayBeSettings(source[place]) else { return }
        let written = Array(source[place])
        let read = written.contains(0x5c) ? EscapedText(written, syntax: .backslashes) : nil
        if wantsEscapes, read == nil { return }
        let start = bytes.count
        bytes += read?.bytes ?? written
        texts.append(start..<bytes.count)
        bytes += Self.border
        sources.append((place.lowerBound, read))
    }

    /// Whether something stands between a name and a value: a sign, or blanks in a command.
    private static func mayBeSettings(_ text: ArraySlice<UInt8>) -> Bool {
        // What a table has is read with what is put into it.
        if let first = text.first, first | 0x20 == 0x63,
            ByteText.has("create table ", bytes: Array(text.prefix(16)), at: 0)
        {
            return true
        }
        var hasBlank = false
        var hasOption = false
        var previous: UInt8 = 0
        for byte in text {
            if byte == 0x3d || byte == 0x3a || byte == 0x3c { return true }
            // `login("…`
            if previous == 0x28, byte == 0x22 || byte == 0x27 || byte == 0x5c { return true }
            previous = byte
            if hasBlank, byte == 0x2d || byte == 0x27 || byte == 0x22 || byte == 0x7c { hasOption = true }
            hasBlank = hasBlank || byte == 0x20
        }
        return hasOption || hasBlank && CommandSecrets.begins(text)
    }

    /// The parts of the source that write a part of a text, ascending.
    func parts(of range: Range<Int>) -> [WrittenPart] {
        guard let index = index(of: range.lowerBound) else { return [] }
        let text = texts[index]
        let own = range.clamped(to: text)
        let part = WrittenPart(
            place: own.lowerBound - text.lowerBound..<own.upperBound - text.lowerBound, notation: .plain)
        let parts = sources[index].read?.parts(of: part) ?? [part]
        return parts.map { $0.moved(by: sources[index].start) }
    }

    /// Whether one of the escapes of a string stands in a range.
    func hasEscape(in range: Range<Int>) -> Bool {
        guard let index = index(of: range.upperBound - 1), let read = sources[index].read else { return false }
        let text = texts[index]
        let own = range.clamped(to: text)
        return read.escapes.hasAny(in: own.lowerBound - text.lowerBound..<own.upperBound - text.lowerBound)
    }

    /// The text that holds a byte.
    private func index(of place: Int) -> Int? {
        var (low, high) = (0, texts.count)
        while low < high {
            let middle = (low + high) / 2
            if texts[middle].upperBound < place { low = middle + 1 } else { high = middle }
        }
        return low < texts.count && texts[low].lowerBound <= place ? low : nil
    }
}

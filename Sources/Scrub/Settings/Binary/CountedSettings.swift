/// Reads names and values of binary formats that write a text behind the number of its bytes, or in front of a NUL: MessagePack,
/// BSON, Python's pickle, GVariant, structs and type-length-value records of devices.
///
/// Nothing is known of such a format but this: a name stands alone, and what belongs to it follows at once. A count must be that of
/// the text behind it, so that a table of words is none.
struct CountedSettings {
    private let bytes: [UInt8]
    private let range: Range<Int>
    /// Whether a name is one of a setting: they come again and again.
    private var meanings: [[UInt8]: Bool] = [:]
    private(set) var settings: [Setting] = []
    /// Whether the count of the name is there, too.
    private var isNameCounted = false

    /// Larger files are programs, archives and media (bytes).
    private static let largest = 256 << 10
    private static let names = 3...48
    private static let values = 3...16384
    /// Without a count, between NULs (bytes).
    private static let longestTerminated = 255
    /// Kinds, counts and padding between a name and its value (bytes).
    private static let longestGap = 16
    /// Of a struct, where NULs fill the field of a name.
    private static let longestPadding = 64
    private static let mostMeanings = 4096

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        guard range.count <= largest, isBinary(bytes, in: range), !BinaryFormat.isProgramOrMedia(bytes, in: range)
        else {
            return []
        }
        var reader = CountedSettings(bytes: bytes, range: range)
        reader.read()
        return reader.settings
    }

    private init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        self.range = range
    }

    /// Whether there is a byte that no text has.
    private static func isBinary(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        if let first = range.first, 0x80..<0xc0 ~= bytes[first] { return true }
        return bytes[range].contains { $0 < 0x09 || 0x0e..<0x1b ~= $0 }
    }

    private mutating func read() {
        var at = range.lowerBound
        while at < range.upperBound {
            guard Self.isName(bytes[at]) else {
                at += 1
                continue
            }
            let start = at
            while at < range.upperBound, Self.isName(bytes[at]) { at += 1 }
            // A kind may look like a letter behind a name that is counted: Java's `t`.
            let ends = start > range.lowerBound ? counts(before: start, behind: range.lowerBound) : []
            let end = ends.first { Self.names.contains($0) && (1...2).contains(at - start - $0) }.map { start + $0 }
            isNameCounted = end != nil && isSetting(Array(bytes[start..<(end ?? at)]))
            if let end, isNameCounted { at = end }
            guard Self.names.contains(at - start), ByteText.isLetter(bytes[start]) || bytes[start] == 0x5f else {
                continue
            }
            guard let (value, isCounted) = value(behind: at) else { continue }
            let name = Array(bytes[start..<at])
            let isText = isCounted && SettingsSearch.mayBeDocument(value, in: bytes)
            guard isSetting(name) && (isCounted || isSurelyValue(bytes[value], of: name)) || isText,
                String(validating: bytes[value], as: UTF8.self) != nil
            else { continue }
            settings.append(Setting(names: [name], value: value, isArgument: true))
            at = value.upperBound
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        ByteText.isAlphanumeric(byte) || byte == 0x5f || byte == 0x2d || byte == 0x2e || byte == 0x3a
    }

    private mutating func isSetting(_ name: [UInt8]) -> Bool {
        if let known = meanings[name] { return known }
        let isSetting =
            SettingMeaning.of(name).map { [.credential, .token, .key, .network, .account].contains($0) }
            ?? false
        if meanings.count < Self.mostMeanings { meanings[name] = isSetting }
        return isSetting
    }

    /// Between NULs a table of words looks the same: what is no word is a value, unless a word in capitals stands in front of it,
    /// which says how something is done (`WPA2-PSK`).
    private func isSurelyValue(_ value: ArraySlice<UInt8>, of name: [UInt8]) -> Bool {
        value.count >= 6 && name.contains { (0x61...0x7a).contains($0) }
            && SettingMeaning.of(Array(value)) == nil
            && (value.contains(where: ByteText.isDigit) && value.contains(where: ByteText.isLetter)
                || SettingValue.looksRandom(Array(value)))
    }

    // MARK: - What follows a name

    /// The text that belongs to a name, and whether its count says so.
    private func value(behind name: Int) -> (Range<Int>, isCounted: Bool)? {
        guard name < range.upperBound else { return nil }
        let limit = min(range.upperBound, name + Self.longestGap)
        // Nothing but kinds and counts may stand in between; one of them may look like a letter.
        var letters = Self.isPrintable(bytes[name]) ? 1 : 0
        var at = name + 1
        while at < limit, letters < 2 {
            if let end = counted(from: at, behind: name) { return (at..<end, true) }
            letters = Self.isPrintable(bytes[at]) ? letters + 1 : 0
            at += 1
        }
        return terminated(behind: name).map { ($0, false) }
    }

    /// Where a text ends whose count stands in front of it.
    private func counted(from start: Int, behind name: Int) -> Int? {
        for count in counts(before: start, behind: name) {
            guard start + count <= range.upperBound, Self.values.contains(count) else { continue }
            var end = start + count
            // BSON counts the NUL behind it.
            if bytes[end - 1] == 0 { end -= 1 }
            guard end - start >= Self.values.lowerBound, bytes[start..<end].allSatisfy(Self.isText),
                end == range.upperBound || isNameCounted || !Self.isName(bytes[end])
            else { continue }
            return end
        }
        return nil
    }

    /// What the bytes in front of a place say as a count: one byte, MessagePack's kind and count in one, two and four bytes.
    private func counts(before place: Int, behind name: Int) -> [Int] {
        var counts: [Int] = []
        let last = Int(bytes[place - 1])
        counts.append(last)
        if 0xa0..<0xc0 ~= last { counts.append(last & 31) }
        if place - 2 >= name {
            let second = Int(bytes[place - 2])
            counts += [second << 8 | last, last << 8 | second]
            if place - 4 >= name, last == 0, second == 0 {
                counts.append(Int(bytes[place - 3]) << 8 | Int(bytes[place - 4]))
            }
        }
        return counts
    }

    /// A text between NULs, of which the first ones end the name or fill its field.
    private func terminated(behind name: Int) -> Range<Int>? {
        var start = name
        while start < range.upperBound, start - name < Self.longestPadding, bytes[start] == 0 { start += 1 }
        guard start > name, start < range.upperBound, Self.isText(bytes[start]) else { return nil }
        var end = start
        while end < range.upperBound, end - start <= Self.longestTerminated, Self.isText(bytes[end]) { end += 1 }
        guard end - start >= Self.values.lowerBound, end - start <= Self.longestTerminated, end < range.upperBound,
            bytes[end] == 0, !isAssignment(start..<end)
        else {
            return nil
        }
        return start..<end
    }

    /// `name=value`, as in an environment: it has a name of its own.
    private func isAssignment(_ text: Range<Int>) -> Bool {
        guard let sign = ByteText.first(0x3d, bytes: bytes, in: text) else { return false }
        return bytes[text.lowerBound..<sign].allSatisfy(Self.isName)
            && bytes[sign..<text.upperBound].contains { $0 != 0x3d }
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { 0x20..<0x7f ~= byte }

    private static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f && byte != 0xff }
}

/// Reads names and values of a file that is one item of CBOR (RFC 8949).
///
/// What says how long a text is may be a letter there, so that only whoever reads it from its beginning sees where one begins.
struct CBORSettings {
    private let bytes: [UInt8]
    private let end: Int
    private var at: Int
    private var open: [Container] = []
    private var settings: [Setting] = []

    private static let deepest = 32

    /// A map or a list that has not ended.
    private struct Container {
        /// How many items are to come; nil where a mark ends them.
        var left: UInt64?
        var isMap: Bool
        /// What names the next value of a map.
        var name: [UInt8]?
    }

    /// - Returns: nothing for what is no such file.
    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        // A map that is not empty.
        guard let first = range.first, 0xa1...0xbb ~= bytes[first] || bytes[first] == 0xbf else { return [] }
        var reader = CBORSettings(bytes: bytes, range: range)
        return reader.read() ? reader.settings : []
    }

    private init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        at = range.lowerBound
        end = range.upperBound
    }

    /// - Returns: whether all of it is what it should be, up to blank flash.
    private mutating func read() -> Bool {
        repeat {
            guard item() else { return false }
            while let last = open.last, last.left == 0 {
                open.removeLast()
                ended()
            }
        } while !open.isEmpty
        return bytes[at..<end].allSatisfy { $0 == 0 || $0 == 0xff || $0 == 0x0a }
    }

    private mutating func item() -> Bool {
        guard at < end else { return false }
        if bytes[at] == 0xff {
            guard let last = open.popLast(), last.left == nil else { return false }
            at += 1
            ended()
            return true
        }
        guard let (kind, count) = head() else { return false }
        switch kind {
        case 2, 3:
            guard let count, count <= UInt64(end - at) else { return false }
            let text = at..<at + Int(count)
            at = text.upperBound
            note(text, isText: kind == 3)
        case 4, 5:
            let isMap = kind == 5
            guard open.count < Self.deepest, (count ?? 0) <= UInt64(end - at) else { return false }
            open.append(Container(left: count.map { isMap ? $0 * 2 : $0 }, isMap: isMap))
        default: ended()
        }
        return true
    }

    /// What an item is, and its number: a count, or a value. Tags in front of it say nothing that is wanted.
    private mutating func head() -> (kind: UInt8, count: UInt64?)? {
        while at < end {
            let kind = bytes[at] >> 5
            let bits = bytes[at] & 31
            at += 1
            // A mark ends it.
            if bits == 31 { return kind == 4 || kind == 5 ? (kind, nil) : nil }
            guard let count = count(bits) else { return nil }
            if kind != 6 { return (kind, count) }
        }
        return nil
    }

    /// The number in the low bits of an item's first byte, or in the bytes behind it; nil for what means nothing.
    private mutating func count(_ bits: UInt8) -> UInt64? {
        if bits < 24 { return UInt64(bits) }
        guard bits < 28 else { return nil }
        let size = 1 << Int(bits - 24)
        guard size <= end - at else { return nil }
        let value = bytes[at..<at + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        at += size
        return value
    }

    /// A text is a name, or what one has.
    private mutating func note(_ text: Range<Int>, isText: Bool) {
        defer { ended(name: isText ? text : nil) }
        guard let last = open.last, last.isMap, let name = last.name, text.count >= 3 else { return }
        settings.append(Setting(names: open.dropLast().compactMap(\.name) + [name], value: text, isArgument: true))
    }

    /// Counts an item of the innermost map or list.
    ///
    /// - Parameter name: the text that it is.
    private mutating func ended(name: Range<Int>? = nil) {
        guard var last = open.popLast() else { return }
        if let left = last.left { last.left = left > 0 ? left - 1 : 0 }
        if last.isMap { last.name = last.name == nil ? name.map { Array(bytes[$0].prefix(64)) } ?? [] : nil }
        open.append(last)
    }
}

/// Reads names and values of a property list in Apple's binary form (`bplist00`, CFBinaryPList.c): names and values stand apart, and
/// dictionaries say by their numbers which belong together.
struct BinaryPropertyList {
    private let bytes: [UInt8]
    private let range: Range<Int>
    /// Where the objects stand (from the start of the file).
    private let table: Range<Int>
    private let offsetSize: Int
    private let referenceSize: Int
    /// How many more members are looked at: dictionaries may lie over one another.
    private var budget: Int
    private var settings: [Setting] = []

    private static let trailerSize = 32

    /// - Returns: nothing for what is no such file.
    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        guard ByteText.has("bplist0", bytes: bytes, at: range.lowerBound),
            var reader = BinaryPropertyList(bytes, range: range)
        else { return [] }
        reader.read()
        return reader.settings
    }

    private init?(_ bytes: [UInt8], range: Range<Int>) {
        guard range.count >= Self.trailerSize + 9 else { return nil }
        let trailer = range.upperBound - Self.trailerSize
        let (offsetSize, referenceSize) = (Int(bytes[trailer + 6]), Int(bytes[trailer + 7]))
        guard (1...8).contains(offsetSize), (1...8).contains(referenceSize),
            let count = Self.number(bytes, at: trailer + 8, size: 8),
            let start = Self.number(bytes, at: trailer + 24, size: 8),
            start < trailer - range.lowerBound, count <= (trailer - range.lowerBound - start) / offsetSize
        else { return nil }
        self.bytes = bytes
        self.range = range.lowerBound..<trailer
        self.offsetSize = offsetSize
        self.referenceSize = referenceSize
        let first = range.lowerBound + start
        table = first..<first + count * offsetSize
        budget = range.count
    }

    private mutating func read() {
        for place in stride(from: table.lowerBound, to: table.upperBound, by: offsetSize) {
            guard let object = object(at: place), bytes[object] >> 4 == 0xd, let (count, start) = count(of: object)
            else { continue }
            guard count <= budget, count <= (range.upperBound - start) / (2 * referenceSize) else { continue }
            budget -= count
            for index in 0..<count {
                let key = start + index * referenceSize
                guard let name = text(at: key), !name.range.isEmpty, name.range.count <= 128,
                    let value = text(at: key + count * referenceSize), value.range.count >= 3, !isRedacted(value)
                else { continue }
                settings.append(
                    Setting(
                        names: [decoded(name) ?? Array(bytes[name.range])], value: value.range, isArgument: true,
                        decoded: decoded(value)))
            }
        }
    }

    /// A number, the highest byte first; nil where it is larger than any place.
    private static func number(_ bytes: [UInt8], at place: Int, size: Int) -> Int? {
        Int(exactly: bytes[place..<place + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// Where an object begins of which the place stands in the table.
    private func object(at place: Int) -> Int? {
        guard let offset = Self.number(bytes, at: place, size: offsetSize), offset < range.count else { return nil }
        return range.lowerBound + offset
    }

    /// How many items an object has, and where they begin.
    private func count(of object: Int) -> (Int, start: Int)? {
        let low = Int(bytes[object] & 15)
        if low < 15 { return (low, object + 1) }
        // A number follows that is an object itself.
        guard object + 1 < range.upperBound, bytes[object + 1] >> 4 == 1 else { return nil }
        let size = 1 << Int(bytes[object + 1] & 15)
        guard size <= 8, object + 2 + size <= range.upperBound else { return nil }
        return Self.number(bytes, at: object + 2, size: size).map { ($0, object + 2 + size) }
    }

    private typealias Text = (range: Range<Int>, isWide: Bool)

    /// The text whose number stands at a place, in ASCII or UTF-16 (the high byte first).
    private func text(at reference: Int) -> Text? {
        guard reference + referenceSize <= range.upperBound,
            let index = Self.number(bytes, at: reference, size: referenceSize),
            index < table.count / offsetSize, let object = object(at: table.lowerBound + index * offsetSize),
            case let kind = bytes[object] >> 4, kind == 5 || kind == 6, let (count, start) = count(of: object)
        else { return nil }
        let size = count.multipliedReportingOverflow(by: kind == 6 ? 2 : 1)
        guard !size.overflow, size.partialValue <= range.upperBound - start else { return nil }
        return (start..<start + size.partialValue, kind == 6)
    }

    /// Whether it is what is left of a text in UTF-16: an X for each byte, or for each letter.
    private func isRedacted(_ text: Text) -> Bool {
        text.isWide && bytes[text.range].allSatisfy { $0 == 0x58 || $0 == 0 }
    }

    /// In UTF-8; nil for what is.
    private func decoded(_ text: Text) -> [UInt8]? {
        guard text.isWide else { return nil }
        let units = stride(from: text.range.lowerBound, to: text.range.upperBound, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}

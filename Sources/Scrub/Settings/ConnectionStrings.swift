/// Reads how a program is told where its database is: `Server=db;Port=3306;Password=river stone 42;Database=x`. What stands between two
/// semicolons is one value, with its blanks.
enum ConnectionStrings {
    private static let fewestFields = 3
    private static let longestName = 40

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var settings: [Setting] = []
        var at = range.lowerBound
        while let sign = ByteText.first(0x3b, bytes: bytes, in: at..<range.upperBound) {
            let line = line(bytes, around: sign, from: at, in: range)
            settings += fields(bytes, in: line)
            at = max(line.upperBound, sign + 1)
        }
        return settings
    }

    /// Up to the next quotes or ends of lines.
    private static func line(_ bytes: [UInt8], around place: Int, from first: Int, in range: Range<Int>) -> Range<Int> {
        func ends(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x22 || byte == 0x27 || byte == 0x60 }
        var (start, end) = (place, place)
        while start > first, !ends(bytes[start - 1]) { start -= 1 }
        while end < range.upperBound, !ends(bytes[end]) { end += 1 }
        return start..<end
    }

    private static func fields(_ bytes: [UInt8], in line: Range<Int>) -> [Setting] {
        let fields = bytes[line].split(separator: 0x3b)
        guard fields.count >= fewestFields else { return [] }
        var settings: [Setting] = []
        for (index, field) in fields.enumerated() {
            let text = ByteText.trimmed(bytes, range: field.startIndex..<field.endIndex)
            if text.isEmpty, index == fields.count - 1 { break }
            guard var sign = ByteText.first(0x3d, bytes: bytes, in: text), sign > text.lowerBound else { return [] }
            var name = ByteText.trimmed(bytes, range: text.lowerBound..<sign)
            // Anything may stand in front of the first one: `url=Password=…`.
            if index == 0, let next = ByteText.first(0x3d, bytes: bytes, in: sign + 1..<text.upperBound),
                case let second = ByteText.trimmed(bytes, range: sign + 1..<next), isName(second, in: bytes)
            {
                (name, sign) = (second, next)
            }
            guard isName(name, in: bytes) else {
                if index == 0 { continue }
                return []
            }
            let value = ByteText.trimmed(bytes, range: sign + 1..<text.upperBound)
            if value.isEmpty { continue }
            settings.append(Setting(names: [Array(bytes[name])], value: value))
        }
        return settings
    }

    private static func isName(_ name: Range<Int>, in bytes: [UInt8]) -> Bool {
        guard let first = name.first, name.count <= longestName, ByteText.isLetter(bytes[first]) else { return false }
        return bytes[name].allSatisfy { ByteText.isName($0) || $0 == 0x20 }
    }
}

/// Reads what a browser sends of a form with files (RFC 7578): `Content-Disposition: form-data; name="psk"`, an empty line, and the
/// value up to the line that begins with two hyphens.
enum MultipartForms {
    private static let longestName = 64
    /// Longer values are files (bytes).
    private static let longestValue = 4096
    private static let mark = Array("form-data;".utf8)

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var settings: [Setting] = []
        var at = range.lowerBound
        while let place = ByteText.first(mark, bytes: bytes, in: at..<range.upperBound) {
            at = place.upperBound
            guard let setting = setting(bytes, from: at, limit: range.upperBound) else { continue }
            settings.append(setting)
            at = setting.value.upperBound
        }
        return settings
    }

    private static func setting(_ bytes: [UInt8], from start: Int, limit: Int) -> Setting? {
        guard let line = ByteText.first(0x0a, bytes: bytes, in: start..<min(limit, start + 1024)),
            let name = name(bytes, in: start..<line)
        else { return nil }
        // Further headers, up to an empty line.
        var at = line + 1
        while at < limit, bytes[at] != 0x0a, bytes[at] != 0x0d {
            guard let end = ByteText.first(0x0a, bytes: bytes, in: at..<min(limit, at + 1024)) else { return nil }
            at = end + 1
        }
        guard at < limit, let blank = ByteText.first(0x0a, bytes: bytes, in: at..<min(limit, at + 2)) else {
            return nil
        }
        let first = blank + 1
        var end = first
        while end < limit, end - first <= longestValue {
            if bytes[end] == 0x0a, ByteText.has("--", bytes: bytes, at: end + 1) { break }
            end += 1
        }
        guard end < limit, end > first, end - first <= longestValue else { return nil }
        if bytes[end - 1] == 0x0d { end -= 1 }
        return end > first ? Setting(names: [name], value: first..<end) : nil
    }

    private static func name(_ bytes: [UInt8], in line: Range<Int>) -> [UInt8]? {
        guard let word = ByteText.first(Array("name=\"".utf8), bytes: bytes, in: line),
            let close = ByteText.first(0x22, bytes: bytes, in: word.upperBound..<line.upperBound),
            (1...longestName).contains(close - word.upperBound)
        else { return nil }
        return Array(bytes[word.upperBound..<close])
    }
}

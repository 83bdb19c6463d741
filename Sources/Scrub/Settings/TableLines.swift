/// Reads the tables that cameras of Dahua show and keep, whatever their file is called: `table.NAS[0].Password=secret`.
///
/// A value goes up to the end of its line; of names in brackets the ones in front of them count.
enum TableLines {
    private static let longestLine = 1024

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var settings: [Setting] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = ByteText.first(0x0a, bytes: bytes, in: start..<range.upperBound) ?? range.upperBound
            let line = ByteText.trimmed(bytes, range: start..<end)
            start = end + 1
            guard line.count <= longestLine, ByteText.has("table.", bytes: bytes, at: line.lowerBound),
                let sign = ByteText.first(0x3d, bytes: bytes, in: line), sign + 1 < line.upperBound,
                bytes[line.lowerBound..<sign].allSatisfy(ByteText.isName)
            else { continue }
            let names = bytes[line.lowerBound..<sign].split(separator: 0x2e).map { Array($0.prefix { $0 != 0x5b }) }
            settings.append(Setting(names: names.filter { !$0.isEmpty }, value: sign + 1..<line.upperBound))
        }
        return settings
    }
}

/// The numbered settings of Grandstream's telephones and adapters, in lines (`P2=secret`) and in XML (`<P2>secret</P2>`).
///
/// The numbers are those of the templates that the maker publishes for provisioning.
enum TelephoneSettings {
    /// Passwords: of administrator and user, of the accounts at a SIP server, of the file of settings itself, of the server that
    /// it comes from, of PPPoE, of 802.1X, and of TR-069 in both directions.
    private static let passwords: Set<Int> = [
        2, 196, 34, 406, 506, 606, 1706, 1806, 734, 1359, 1361, 83, 7903, 4505, 4512,
    ]
    private static let accounts: Set<Int> = [
        35, 36, 404, 405, 504, 505, 604, 605, 1704, 1705, 1804, 1805, 735, 736, 1360, 82, 7902, 4504, 4511,
    ]
    private static let markup = Array("<gs_provision".utf8)
    /// It begins within so many bytes.
    private static let longestHeader = 1024
    /// So many lines in a row make a file of theirs.
    private static let fewest = 3

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        let isMarkup = ByteText.first(markup, bytes: bytes, in: range.prefix(longestHeader)) != nil
        var settings: [Setting] = []
        var count = 0
        var others = 0
        var start = range.lowerBound
        while start < range.upperBound {
            let end = ByteText.first(isMarkup ? 0x3c : 0x0a, bytes: bytes, in: start..<range.upperBound)
            let line = ByteText.trimmed(bytes, range: start..<(end ?? range.upperBound))
            start = (end ?? range.upperBound) + 1
            guard let first = line.first, bytes[first] != 0x23 else { continue }
            guard let (number, value) = number(bytes, in: line, sign: isMarkup ? 0x3e : 0x3d) else {
                others += 1
                // Settings of something else.
                if !isMarkup, count == 0, others > 16 { return [] }
                continue
            }
            count += 1
            let name = passwords.contains(number) ? "password" : accounts.contains(number) ? "user" : ""
            if !name.isEmpty, !value.isEmpty {
                settings.append(Setting(names: [Array("telephone".utf8), Array(name.utf8)], value: value))
            }
        }
        return isMarkup || count >= fewest && count >= others ? settings : []
    }

    /// `P2=…`, `P2>…`
    private static func number(
        _ bytes: [UInt8], in line: Range<Int>, sign: UInt8
    ) -> (number: Int, value: Range<Int>)? {
        guard line.count >= 3, bytes[line.lowerBound] == 0x50 else { return nil }
        var at = line.lowerBound + 1
        var number = 0
        while at < line.upperBound, ByteText.isDigit(bytes[at]), number < 100_000 {
            number = number * 10 + Int(bytes[at] & 15)
            at += 1
        }
        guard at > line.lowerBound + 1 else { return nil }
        while at < line.upperBound, ByteText.isBlank(bytes[at]) { at += 1 }
        guard at < line.upperBound, bytes[at] == sign else { return nil }
        return (number, ByteText.trimmed(bytes, range: at + 1..<line.upperBound))
    }
}

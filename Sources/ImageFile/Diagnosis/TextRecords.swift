import FlashBytes

/// Texts of records with addresses and sums, in which programs for chips keep their contents.
enum TextRecords {
    case intelHex
    case sRecords

    /// What they are called.
    var name: String {
        switch self {
        case .intelHex: "Intel HEX"
        case .sRecords: "Motorola's S-records"
        }
    }

    /// So many of the first lines are looked at.
    private static let lines = 8

    /// Nil where not all of the first lines are records with right sums.
    init?(_ text: [UInt8]) {
        let lines = text.prefix(4096).split(separator: 0x0a, omittingEmptySubsequences: true)
        // The last one may not be whole.
        let whole = lines.count > 1 && text.count > 4096 ? lines.dropLast() : lines[...]
        guard let first = whole.first?.first else { return nil }
        let isIntel = first == UInt8(ascii: ":")
        guard isIntel || first == UInt8(ascii: "S"),
            whole.prefix(Self.lines).allSatisfy({ Self.isRecord($0, isIntel: isIntel) })
        else { return nil }
        self = isIntel ? .intelHex : .sRecords
    }

    /// The sum of all bytes of a record is 0, or 0xff behind the type of an S-record.
    private static func isRecord(_ line: ArraySlice<UInt8>, isIntel: Bool) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        guard text.utf8.count >= 10, let bytes = hexadecimalBytes(text.dropFirst(isIntel ? 1 : 2)) else { return false }
        return bytes.reduce(0, &+) == (isIntel ? 0 : 0xff)
    }

    private static func hexadecimalBytes(_ digits: Substring) -> [UInt8]? {
        let digits = Array(digits.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for at in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[at..<at + 2], as: UTF8.self), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

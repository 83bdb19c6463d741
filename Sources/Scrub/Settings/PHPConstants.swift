/// Constants of PHP that are keys, whatever they are made of: `define('API_KEY', '…')`, `const SECRET_KEY = '…'`.
///
/// Elsewhere in program text a key of letters alone is a word of the program. A constant has its name in capitals, and what
/// is put into it is no name of anything.
enum PHPConstants {
    private static let endings: [[UInt8]] = [
        "apikey", "secretkey", "secret", "authkey", "accesskey", "authtoken", "accesstoken", "apitoken", "privatekey",
        "licensekey", "clientsecret", "appkey", "appsecret", "apisecret", "encryptionkey", "secrettoken", "jwtkey",
        "signingkey", "masterkey",
    ].map { Array($0.utf8) }
    private static let longestName = 64
    /// A program of PHP begins within so many bytes.
    private static let longestHeader = 256

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        guard let mark = ByteText.first([0x3c, 0x3f], bytes: bytes, in: range.prefix(longestHeader)),
            mark.upperBound < range.upperBound, !ByteText.has("xml", bytes: bytes, at: mark.upperBound)
        else { return [] }
        var settings: [Setting] = []
        var at = mark.upperBound
        while at + 8 < range.upperBound {
            let isCall = ByteText.has("define", bytes: bytes, at: at)
            guard isCall || ByteText.has("const ", bytes: bytes, at: at), !ByteText.isAlphanumeric(bytes[at - 1]) else {
                at += 1
                continue
            }
            at += 6
            if let setting = setting(bytes, from: at, limit: range.upperBound, isCall: isCall) {
                settings.append(setting)
                at = setting.value.upperBound
            }
        }
        return settings
    }

    private static func setting(_ bytes: [UInt8], from start: Int, limit: Int, isCall: Bool) -> Setting? {
        var at = start
        func skip(_ signs: [UInt8]) {
            while at < limit, signs.contains(bytes[at]) { at += 1 }
        }
        skip(Array(isCall ? " \t('\"".utf8 : " \t".utf8))
        let first = at
        while at < limit, at - first <= longestName, isCapital(bytes[at]) { at += 1 }
        let name = first..<at
        guard name.count >= 4, bytes[name].contains(where: ByteText.isLetter) else { return nil }
        skip(Array(isCall ? " \t'\",".utf8 : " \t=".utf8))
        guard at > name.upperBound else { return nil }
        // What was skipped ends with the quote that begins the value of a call.
        let quote = isCall ? at - 1 : at
        guard quote < limit, bytes[quote] == 0x22 || bytes[quote] == 0x27,
            let close = ByteText.closingQuote(of: quote, bytes: bytes, limit: limit)
        else { return nil }
        let value = quote + 1..<close
        guard isKey(bytes[name]), isValue(Array(bytes[value])) else { return nil }
        return Setting(names: [Array(bytes[name])], value: value, isLiteral: true, isArgument: true)
    }

    private static func isCapital(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || ByteText.isDigit(byte) || byte == 0x5f
    }

    private static func isKey(_ name: ArraySlice<UInt8>) -> Bool {
        let compact = name.filter { $0 != 0x5f }.map(ByteText.lower)
        return endings.contains { compact.reversed().starts(with: $0.reversed()) }
    }

    /// Eight signs and more in which no word of programs stands; with blanks only such as nobody says.
    private static func isValue(_ value: [UInt8]) -> Bool {
        if value.contains(0x20) {
            return SettingValue.looksRandom(value)
                || value.contains(where: ByteText.isDigit) && !".:?!,".utf8.contains(value.last ?? 0)
        }
        let isPlain = !value.contains { "./\\:$%<{(".utf8.contains($0) }
        return value.count >= 8 && !value.contains { $0 <= 0x20 }
            && (isPlain || value.contains(where: ByteText.isDigit))
            && !ByteText.contains(value.map(ByteText.lower), anyOf: SettingValue.programWords)
    }
}

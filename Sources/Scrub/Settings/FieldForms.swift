/// Values of which the program that reads them says where they begin and end: more than the line says.
enum FieldForms {
    /// What stands behind hostapd's `sae_password` and is none of it.
    private static let saeFields: [StaticString] = ["|mac=", "|vlanid=", "|pk=", "|id="]
    /// Settings that wpa_supplicant and hostapd read as `P"…"`, with escapes.
    private static let printfNames: Set<[UInt8]> = Set(
        ["ssid", "ssid2", "identity", "anonymous_identity", "password", "psk"].map { Array($0.utf8) })

    /// A setting with what its value is.
    ///
    /// - Parameter isDynamicNames: whether its file is one of ddclient's.
    static func exact(_ setting: Setting, bytes: [UInt8], isDynamicNames: Bool) -> Setting {
        guard let name = setting.names.last, let first = setting.value.first else { return setting }
        var exact = setting
        if name.last == 0x64, name == Array("sae_password".utf8) {
            exact.value = withoutFields(setting.value, bytes: bytes)
        } else if isPrintf(setting.value, bytes: bytes), printfNames.contains(name) {
            exact.value = first + 2..<setting.value.upperBound - 1
        } else if isDynamicNames {
            exact.value = item(setting.value, bytes: bytes)
        } else if let place = behindAccount(setting.value, name: name, bytes: bytes) {
            exact.value = place..<setting.value.upperBound
        }
        return exact
    }

    /// Whether a file is one of ddclient's, by its name or by what it has: a comma or a blank ends its values, a backslash
    /// its lines.
    ///
    /// - Parameter path: without `/` in front; nil where it is not known any more.
    static func isDynamicNames(_ path: [UInt8]?, settings: [Setting]) -> Bool {
        if let path, ByteText.contains(path, anyOf: [Array("ddclient".utf8)]) { return true }
        return dynamicNames.allSatisfy { name in
            settings.contains { $0.names.count == 1 && $0.names[0] == name && !$0.isInCode }
        }
    }

    private static let dynamicNames = ["protocol", "login", "password"].map { Array($0.utf8) }

    private static func isPrintf(_ value: Range<Int>, bytes: [UInt8]) -> Bool {
        value.count >= 4 && bytes[value.lowerBound] == 0x50 && bytes[value.lowerBound + 1] == 0x22
            && bytes[value.upperBound - 1] == 0x22
    }

    private static func withoutFields(_ value: Range<Int>, bytes: [UInt8]) -> Range<Int> {
        let end = value.dropFirst().first { at in
            bytes[at] == 0x7c && saeFields.contains { ByteText.has($0, bytes: bytes, at: at) }
        }
        return value.lowerBound..<(end ?? value.upperBound)
    }

    /// Up to a comma or a blank, or what stands in quotes.
    private static func item(_ value: Range<Int>, bytes: [UInt8]) -> Range<Int> {
        // Whoever read the line has taken the quotes away.
        if value.lowerBound > 0, value.upperBound < bytes.count,
            case let quote = bytes[value.lowerBound - 1], quote == 0x22 || quote == 0x27,
            bytes[value.upperBound] == quote
        {
            return value
        }
        let quote = bytes[value.lowerBound]
        if quote == 0x22 || quote == 0x27,
            let close = ByteText.first(quote, bytes: bytes, in: value.lowerBound + 1..<value.upperBound)
        {
            return value.lowerBound + 1..<close
        }
        let end = value.first { bytes[$0] == 0x2c || ByteText.isBlank(bytes[$0]) } ?? value.upperBound
        return end > value.lowerBound ? value.lowerBound..<end : value
    }

    /// Behind the name in Yealink's `user_password = admin:secret`, if it is one that every device has.
    private static func behindAccount(_ value: Range<Int>, name: [UInt8], bytes: [UInt8]) -> Int? {
        guard name.count >= 13, name.suffix(13).elementsEqual("user_password".utf8),
            let colon = ByteText.first(0x3a, bytes: bytes, in: value), colon + 3 < value.upperBound
        else { return nil }
        let account = Array(bytes[value.lowerBound..<colon])
        return SettingMeaning.isCommonAccount(account) || account == Array("var".utf8) ? colon + 1 : nil
    }
}

/// How a setting is written down.
extension SettingsSearch {
    /// HomeKit's `123-45-678`.
    static func isSetupCode(_ value: [UInt8]) -> Bool {
        value.count == 10
            && value.indices.allSatisfy { $0 == 3 || $0 == 6 ? value[$0] == 0x2d : ByteText.isDigit(value[$0]) }
    }

    /// Whether `=` alone stands between name and value of a setting.
    static func isAssigned(_ setting: Setting, bytes: [UInt8]) -> Bool {
        guard !setting.isInCode, !setting.isSeparatedByBlanks, !setting.isCommentedOut else { return false }
        var at = setting.value.lowerBound
        while at > 0, ByteText.isBlank(bytes[at - 1]) || bytes[at - 1] == 0x22 || bytes[at - 1] == 0x27 { at -= 1 }
        return at > 0 && bytes[at - 1] == 0x3d
    }

    /// Whether a shell takes what stands in quotes as it is, and nobody reads it as a message.
    static func isLiteral(_ setting: Setting, bytes: [UInt8], source: SettingsSource) -> Bool {
        let value = setting.value
        guard source.isShell, value.lowerBound > 0, value.upperBound < bytes.count, value.count >= 6,
            case let quote = bytes[value.lowerBound - 1], quote == 0x27 || quote == 0x22,
            bytes[value.upperBound] == quote
        else { return false }
        let text = bytes[value]
        // `\\$` is a character, `$` what a shell puts there.
        if quote == 0x22,
            text.indices.contains(where: { [0x24, 0x60].contains(text[$0]) && !Self.isEscaped($0, in: text) })
        {
            return false
        }
        if let last = text.last, ".:?!…".utf8.contains(last), SettingValue.isSaid(Array(text)) { return false }
        // Not one word in small letters.
        return text.contains { !(0x61...0x7a).contains($0) && $0 != 0x5f && $0 != 0x2d }
    }

    /// Whether an odd number of backslashes stands in front of a byte.
    static func isEscaped(_ place: Int, in text: ArraySlice<UInt8>) -> Bool {
        text[..<place].reversed().prefix { $0 == 0x5c }.count % 2 == 1
    }

    /// Parsers and pages call words so: `'accesskey': ['Character', '']`, `Token: 'base'`.
    static func isWordOfParser(_ value: [UInt8], name: SettingName) -> Bool {
        ["token", "accesskey", "cookie"].contains(where: name.compact.hasSuffix) && !name.words.contains("auth")
            && value.count < 20 && value.allSatisfy(ByteText.isLetter)
    }

    /// `WIFI_PASS=sommerhaus` on a line of its own in a script: a word, and not that of a switch or of a kind of password.
    static func isWordOfShell(
        _ setting: Setting, name: SettingName, bytes: [UInt8], source: SettingsSource
    ) -> Bool {
        let value = setting.value
        guard source.isShell, SettingMeaning.isStrong(name), value.count >= 6, value.lowerBound > 0,
            bytes[value.lowerBound - 1] == 0x3d, value.upperBound == bytes.count || bytes[value.upperBound] <= 0x20,
            let last = setting.names.last, value.lowerBound - 1 - last.count >= 0,
            case let start = value.lowerBound - 1 - last.count,
            start == 0 || bytes[start - 1] == 0x0a || bytes[start - 1] == 0x20
        else { return false }
        let text = Array(bytes[value])
        return SettingValue.isLiteralSecret(text, isStrong: true) && SettingMeaning.of(text) == nil
    }

    static func isWirelessPSK(_ setting: Setting) -> Bool {
        SettingName(setting.names.last ?? []).words == ["psk"]
    }

    /// `ed25519.Ed25519PrivateKey`, which no quotes surround: a member of something.
    static func isMember(_ setting: Setting, value: [UInt8], bytes: [UInt8]) -> Bool {
        let before = setting.value.lowerBound > 0 ? bytes[setting.value.lowerBound - 1] : 0
        let parts = value.split(separator: 0x2e, omittingEmptySubsequences: false)
        if before != 0x22, before != 0x27, before != 0x60, SettingName(value).isTypeName(value) { return true }
        return before != 0x22 && before != 0x27 && before != 0x60 && parts.count > 1
            && parts.allSatisfy { part in
                part.first.map { ByteText.isLetter($0) || $0 == 0x5f } ?? false
                    && part.allSatisfy { ByteText.isAlphanumeric($0) || $0 == 0x5f }
            }
    }
}

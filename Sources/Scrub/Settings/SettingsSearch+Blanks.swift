/// What stands behind a name and white space.
extension SettingsSearch {
    /// Whether it can be a credential: no version, sentence, rule of PAM or piece of a program.
    static func isBehindBlank(_ value: [UInt8], name: SettingName) -> Bool {
        if SettingValue.isPackageVersion(value) || isSentence(value, behind: name) { return false }
        // `pwd () {`
        guard value.count(where: { ByteText.isLetter($0) || ByteText.isDigit($0) }) >= 3 else { return false }
        let first = String(decoding: value.prefix { $0 > 0x20 }, as: UTF8.self).lowercased()
        if ["[success=", "[default=", "[user_unknown="].contains(where: first.hasPrefix)
            || value.contains(Array("pam_".utf8))
        {
            return false
        }
        return ![
            "required", "requisite", "sufficient", "optional", "include", "substack", "[success", "is", "for",
            "the", "to", "of", "in", "has", "must", "and", "or", "not", "was", "are", "may", "can", "will", "file",
            "from", "with", "on", "=", ":",
        ].contains(first)
    }

    /// Whether what stands behind a name and a blank is the rest of a sentence: a key of a network may be one as well.
    static func isSentence(_ value: [UInt8], behind name: SettingName) -> Bool {
        // What packages a library needs.
        if ByteText.contains(value, anyOf: [Array(" (>=".utf8)]) { return true }
        if name.has(anyOf: ["psk", "passphrase", "wpa", "key"]) { return false }
        let numbers = value.split { !ByteText.isAlphanumeric($0) }.filter { $0.contains(where: ByteText.isDigit) }
        if numbers.contains(where: { $0.count > 3 || !$0.allSatisfy(ByteText.isDigit) }) { return false }
        if value.count(where: { $0 >= 0x80 }) >= 24 { return true }
        return value.count(where: { $0 == 0x20 }) >= 2 && SettingValue.isSaid(value)
    }
}

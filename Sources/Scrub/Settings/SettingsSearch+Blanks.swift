/// What stands behind a name and white space.
extension SettingsSearch {
    /// Whether it can be a credential: no version, sentence, rule of PAM or piece of a program.
    ///
    /// - Parameter isOfSettings: whether the text is one of settings: several words with a number are a password there.
    static func isBehindBlank(_ value: [UInt8], name: SettingName, isOfSettings: Bool) -> Bool {
        let isPassword =
            isOfSettings && value.contains(where: ByteText.isDigit) && !".:?!,;".utf8.contains(value.last ?? 0)
        if SettingValue.isPackageVersion(value) || !isPassword && isSentence(value, behind: name) { return false }
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

    /// How many lines make a text of settings.
    private static let leastSettings = 3

    /// Whether most lines with a name and a blank have one word behind it.
    static func isOfSettings(_ settings: [Setting], bytes: [UInt8]) -> Bool {
        let lines = settings.filter { $0.isSeparatedByBlanks && !$0.isCommentedOut }
        let short = lines.count { !bytes[$0.value].contains(where: ByteText.isBlank) }
        return lines.count >= leastSettings && short * 3 >= lines.count * 2
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

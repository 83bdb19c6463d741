/// Names of accounts that open something, as a password does.
extension SettingMeaning {
    /// TR-069: whoever knows the account that a provider's server asks for can be the device.
    static func isManagementAccount(_ names: [[UInt8]]) -> Bool {
        guard let last = names.last else { return false }
        let compact = SettingName(last).compact
        if compact.hasSuffix("connectionrequestusername") || compact.hasSuffix("managementserverusername") {
            return true
        }
        guard compact == "username", names.count >= 2 else { return false }
        return SettingName(names[names.count - 2]).compact.hasSuffix("managementserver")
    }

    /// uci's `option community` of a section that says who may ask.
    static func isCommunity(_ names: [[UInt8]]) -> Bool {
        guard let last = names.last, last == Array("community".utf8), names.count >= 2 else { return false }
        return names.dropLast().contains { $0 == Array("com2sec".utf8) || $0 == Array("com2sec6".utf8) }
    }

    /// Whether a name says how the value of another one is written: `<pwd enc="plain">`.
    static func isNotation(_ name: SettingName) -> Bool { name.words.count == 1 && notations.contains(name.compact) }

    private static let notations: Set<String> = [
        "enc", "encoding", "encrypted", "encryption", "hash", "hashed", "algorithm", "alg", "type", "format", "crypt",
        "cipher", "scheme", "charset", "lang",
    ]
}

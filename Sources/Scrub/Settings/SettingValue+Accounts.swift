/// Values that hold an account and its password.
extension SettingValue {
    /// Whether a value is the name of an account that every device has, and more behind a colon: `admin:secret`.
    static func beginsWithCommonAccount(_ value: [UInt8]) -> Bool {
        guard let colon = value.firstIndex(of: 0x3a), colon > 0, colon + 3 < value.count else { return false }
        return SettingMeaning.isCommonAccount(Array(value[..<colon]))
    }
}

/// Finds what is private in settings: reads them by their syntax, then judges their names.
enum SettingsSearch {
    /// What was found: what it means, and where it stands.
    struct Finding {
        var meaning: SettingMeaning
        var value: Range<Int>
    }

    /// - Parameter path: without `/` in front; nil where it is not known any more.
    static func find(_ bytes: [UInt8], in range: Range<Int>, path: [UInt8]?) -> [Finding] {
        guard range.count >= 4 else { return [] }
        let source = SettingsSource(path: path, text: bytes, range: range)
        let settings = read(bytes, in: range, source: source)
        return judge(settings, bytes: bytes, source: source, path: path)
    }

    private static func read(_ bytes: [UInt8], in range: Range<Int>, source: SettingsSource) -> [Setting] {
        let first = range.first { bytes[$0] > 0x20 && bytes[$0] != 0xef && bytes[$0] != 0xbb && bytes[$0] != 0xbf }
        guard let first else { return [] }
        switch bytes[first] {
        case 0x7b, 0x5b:
            // `[section]` begins with the same sign as an array.
            let next = (first + 1..<range.upperBound).first { bytes[$0] > 0x20 }
            if let next,
                bytes[first] == 0x7b ? [0x22, 0x7d].contains(bytes[next]) : [0x7b, 0x22, 0x5b].contains(bytes[next])
            {
                return JSONSettings.read(bytes, in: first..<range.upperBound)
            }
        case 0x3c where !source.isShell && !ByteText.has("<?php", bytes: bytes, at: first):
            return MarkupSettings.read(bytes, in: first..<range.upperBound)
        default: break
        }
        return LineSettings.read(bytes, in: range, source: source)
    }

    // MARK: - Which of them are private

    private struct Judged {
        var setting: Setting
        var meaning: SettingMeaning
    }

    private static let wireless: Set<String> = [
        "wifi", "wlan", "wireless", "wl", "wpa", "wep", "ssid", "sta", "ap", "psk", "station", "hostapd", "miio",
        "iface",
        "rt", "ra", "ath",
    ]

    private static func judge(
        _ settings: [Setting], bytes: [UInt8], source: SettingsSource, path: [UInt8]?
    ) -> [Finding] {
        var judged: [Judged] = []
        var groups: [[[UInt8]]: (hasCredential: Bool, hasNetwork: Bool)] = [:]
        var hasCredential = false
        for setting in settings {
            guard let last = setting.names.last, let meaning = SettingMeaning.of(SettingName(last)) else { continue }
            judged.append(Judged(setting: setting, meaning: meaning))
            let value = Array(bytes[setting.value])
            switch meaning {
            case .credential, .token:
                guard isCredential(setting, value: value, bytes: bytes, source: source) else { break }
                groups[Array(setting.names.dropLast()), default: (false, false)].hasCredential = true
                hasCredential = true
            case .network where SettingValue.isNetwork(value, isCode: source.isCode):
                groups[Array(setting.names.dropLast()), default: (false, false)].hasNetwork = true
            default: break
            }
        }
        if judged.isEmpty { return [] }
        let isWireless =
            path.map { path in
                SettingName(path).words.contains { word in
                    wireless.contains(word) || word.hasPrefix("wifi") || word.hasPrefix("wlan")
                }
            } ?? false
        var found: [Finding] = []
        for item in judged {
            let setting = item.setting
            let value = Array(bytes[setting.value])
            let group = groups[Array(setting.names.dropLast())] ?? (false, false)
            // In program text what is no credential counts beside one only.
            if source.isCode, !hasCredential, ![.credential, .token, .key].contains(item.meaning) { continue }
            let isPrivate =
                switch item.meaning {
                case .credential, .token: isCredential(setting, value: value, bytes: bytes, source: source)
                case .key:
                    isCredential(setting, value: value, bytes: bytes, source: source) && value.count >= 5
                        && (group.hasNetwork || group.hasCredential || isWireless || isAboutWireless(setting))
                case .network:
                    SettingValue.isNetwork(value, isCode: source.isCode)
                        && (!setting.isSeparatedByBlanks || bytes[setting.value.lowerBound - 1] == 0x22)
                case .account:
                    (group.hasCredential || (hasCredential && settings.count < 64) || SettingValue.isMail(value))
                        && SettingValue.isAccount(value, isCode: source.isCode)
                case .mail: SettingValue.isMail(value)
                case .host: SettingValue.isHost(value, isOwn: isOwnHost(setting))
                case .hardwareAddress: SettingValue.isHardwareAddress(value)
                case .device: SettingValue.isDeviceNumber(value)
                case .cloud:
                    hasCredential && value.count >= 5 && SettingValue.isAccount(value, isCode: source.isCode)
                case .position: SettingValue.isPosition(value)
                }
            guard isPrivate, !setting.isCommentedOut || [.credential, .token].contains(item.meaning) else { continue }
            let isNetworks = group.hasNetwork || isWireless || isAboutWireless(setting)
            let meaning: SettingMeaning =
                switch item.meaning {
                case .credential where isAboutWireless(setting): .key
                case .key where !isNetworks: .token
                default: item.meaning
                }
            found.append(Finding(meaning: meaning, value: range(of: setting, item.meaning, bytes: bytes)))
        }
        return found
    }

    /// Of an endpoint the host alone.
    private static func range(of setting: Setting, _ meaning: SettingMeaning, bytes: [UInt8]) -> Range<Int> {
        guard meaning == .host, let colon = ByteText.last(0x3a, bytes: bytes, in: setting.value) else {
            return setting.value
        }
        return setting.value.lowerBound..<colon
    }

    private static func isOwnHost(_ setting: Setting) -> Bool {
        let name = SettingName(setting.names.last ?? [])
        return name.has(anyOf: ["ddns", "dyndns", "endpoint"])
    }

    private static func isAboutWireless(_ setting: Setting) -> Bool {
        setting.names.contains {
            SettingName($0).words.contains { wireless.contains($0) || $0.hasPrefix("wifi") || $0.hasPrefix("wlan") }
        }
    }

    private static func isCredential(
        _ setting: Setting, value: [UInt8], bytes: [UInt8], source: SettingsSource
    ) -> Bool {
        guard
            SettingValue.isCredential(value, isCode: source.isCode && !isLiteral(setting, bytes: bytes, source: source))
        else { return false }
        let name = SettingName(setting.names.last ?? [])
        // A shell's own directories, flags, and examples that are commented out.
        if name.compact == "pwd" || name.compact == "oldpwd", value.first == 0x2f { return false }
        if value.count <= 3, value.allSatisfy(ByteText.isDigit) { return false }
        if setting.isCommentedOut {
            return value.contains(where: ByteText.isDigit) || name.words.last == "psk" && !value.contains(0x20)
                || isWirelessPSK(setting)
        }
        if ["pin", "puk"].contains(name.words.last), name.words.count == 1, !value.allSatisfy(ByteText.isDigit) {
            return false
        }
        if setting.isSeparatedByBlanks {
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
        return true
    }

    /// Whether a shell takes what stands in quotes as it is, and nobody reads it as a message.
    private static func isLiteral(_ setting: Setting, bytes: [UInt8], source: SettingsSource) -> Bool {
        let value = setting.value
        guard source.isShell, value.lowerBound > 0, value.upperBound < bytes.count, value.count >= 6,
            case let quote = bytes[value.lowerBound - 1], quote == 0x27 || quote == 0x22,
            bytes[value.upperBound] == quote
        else { return false }
        let text = bytes[value]
        if quote == 0x22, text.contains(where: { [0x24, 0x60].contains($0) }) { return false }
        if let last = text.last, ".:?!…".utf8.contains(last), text.contains(0x20) { return false }
        // Not one word in small letters.
        return text.contains { !(0x61...0x7a).contains($0) && $0 != 0x5f && $0 != 0x2d }
    }

    private static func isWirelessPSK(_ setting: Setting) -> Bool {
        SettingName(setting.names.last ?? []).words == ["psk"]
    }
}

/// Secrets of JSON whose own name says nothing, and which what stands around them makes one: `"id"` of a client of a proxy,
/// `"shortIds"`, `"Keys"` beside the name of a network.
enum NeighborNames {
    private static let proxies: Set<String> = ["vless", "vmess", "trojan", "tuic", "shadowsocks", "hysteria2"]
    private static let protocols: Set<String> = ["protocol", "type"]
    private static let lists: Set<String> = ["clients", "users", "accounts"]
    private static let identities: Set<String> = ["id", "uuid"]
    private static let shorts: Set<String> = ["shortids", "short_id", "short_ids", "shortid"]

    /// - Parameter settings: of one text.
    static func read(_ settings: [Setting], bytes: [UInt8]) -> [Setting] {
        let isProxy = settings.contains { setting in
            protocols.contains(word(setting.names.last)) && setting.value.count <= 16
                && proxies.contains(word(Array(bytes[setting.value])))
                || word(setting.names.last) == "alterid"
        }
        return settings.compactMap { setting in
            let last = word(setting.names.last)
            let outer = setting.names.dropLast()
            if isProxy, isClient(setting, last: last, outer: outer, bytes: bytes) || shorts.contains(last) {
                return named("password", of: setting, isArgument: true)
            }
            guard last == "keys", setting.value.count >= 5,
                outer.contains(where: { isWireless(SettingName($0).compact) })
            else { return nil }
            return named("wifi_key", of: setting, isArgument: false)
        }
    }

    private static func isWireless(_ name: String) -> Bool {
        ["wlan", "wifi", "wireless"].contains { name.hasPrefix($0) || name.hasPrefix("network" + $0) }
    }

    private static func isClient(
        _ setting: Setting, last: String, outer: ArraySlice<[UInt8]>, bytes: [UInt8]
    ) -> Bool {
        identities.contains(last) && lists.contains(word(outer.last)) && setting.value.count == 36
            && bytes[setting.value].allSatisfy { ByteText.isHexDigit($0) || $0 == 0x2d }
    }

    private static func named(_ name: String, of setting: Setting, isArgument: Bool) -> Setting {
        var named = setting
        named.names = setting.names.dropLast() + [Array(name.utf8)]
        named.isArgument = isArgument
        return named
    }

    private static func word(_ name: [UInt8]?) -> String {
        String(decoding: (name ?? []).prefix(16), as: UTF8.self).lowercased()
    }
}

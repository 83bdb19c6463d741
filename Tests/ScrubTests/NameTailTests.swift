import TestSupport
import Testing

@testable import Scrub

/// That a name is seen at once to mean nothing must not change what any name means.
@Suite struct NameTailTests {
    /// Words of names, those that mean something, parts of them, notes and others.
    private static let words = [
        "wpa", "passphrase", "password", "PassWord", "pw", "PSK", "psk", "key", "Key", "KEY", "wep", "wl0", "wifi2",
        "ssid",
        "SSID", "name", "Name", "user", "login", "mail", "to", "cc", "root", "sn", "SN", "did", "uid", "serial", "no",
        "number", "imei", "lat", "long", "gps", "host", "ddns", "DynDNS", "dns", "domain", "mac", "addr", "bssid",
        "token",
        "tokens", "secrets", "users", "community", "snmp", "ro", "ha", "sid", "session", "id", "b64", "hex", "new", "a",
        "b",
        "g", "5g", "data", "file", "use", "max", "pass", "bypass", "compass", "mdp", "contraseña", "Schlüssel", "clé",
        "密码",
        "heslo", "p2p", "hotkey", "x", "iface", "config", "value", "ethernet", "Proto", "aBc", "PKCS7", "of", "cookie",
        "author", "identity", "api", "auth", "cloud", "chat", "client", "app", "cert", "\u{fffd}a", "1", "00",
    ]

    @Test func everyNameMeansWhatItsWordsMean() {
        var random = SeededGenerator()
        var meanings = Set<SettingMeaning>()
        for _ in 0..<60_000 {
            var name = ""
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                name += (Self.words.randomElement(using: &random) ?? "")
                name += ["", "", "_", "-", ".", "0", "2", "[0]", " "].randomElement(using: &random) ?? ""
            }
            if Int.random(in: 0..<50, using: &random) == 0 { name = String(repeating: "ab", count: 62) + name }
            let bytes = Array(name.utf8)
            let meaning = SettingMeaning.of(SettingName(bytes))
            #expect(SettingMeaning.of(bytes) == meaning, "\(name), JFFS2_SEED=\(random.seed)")
            if let meaning { meanings.insert(meaning) }
            if SettingMeaning.collection(SettingName(bytes)) != nil {
                #expect(SettingMeaning.mayMean(bytes), "\(name), JFFS2_SEED=\(random.seed)")
            }
        }
        #expect(meanings == Set(SettingMeaning.allCases))
    }

    @Test func mostWordsOfTextsAreSeenAtOnce() {
        let text = "the device is mounted at boot before any of these services start and their logs are written out"
        let words = text.split(separator: " ").filter { $0.count >= 3 }.map { Array($0.utf8) }
        #expect(words.filter(SettingMeaning.mayMean).count < words.count / 2)
    }
}

import Foundation
import TestSupport
import Testing

@testable import Scrub

/// Settings files of cameras and routers with made-up values: the built-in rules take out every secret in them whole.
@Suite struct SettingsCorpusTests {
    struct Sample: Decodable, Sendable {
        var kind: String
        var path: String
        var content: Data
        /// First byte and the byte behind the last one of each secret.
        var secrets: [[Int]]
    }

    static func samples() throws -> [Sample] {
        let text = try String(
            contentsOfFile: Checkout.path("Tests/ScrubTests/Corpus/settings-files.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Sample.self, from: Data($0.utf8)) }
    }

    /// What is left of the secrets of a sample, as texts.
    static func left(_ sample: Sample, path: [UInt8]?) throws -> [String] {
        let search = RuleSet().forImages.search()
        let state = try #require(SecretSearch.State(search))
        let bytes = Array(sample.content)
        if let path, search.placeRule(path, state: state) != nil { return [] }
        var isGone = [Bool](repeating: false, count: bytes.count)
        for match in search.search(bytes.span.bytes, in: 0..<bytes.count, path: path, state: state) {
            for at in match.secret { isGone[at] = true }
        }
        return sample.secrets.compactMap { secret in
            let range = secret[0]..<secret[1]
            return isGone[range].allSatisfy(\.self) ? nil : String(decoding: bytes[range], as: UTF8.self)
        }
    }

    @Test func secretsOfAtLeast77SettingsFilesAreTakenOutWhole() throws {
        let samples = try Self.samples()
        var whole = 0
        var lines: [String] = []
        for sample in samples {
            let left = try Self.left(sample, path: Array(sample.path.utf8.dropFirst()))
            if left.isEmpty { whole += 1 } else { lines.append("\(sample.kind) (\(sample.path)): \(left)") }
        }
        #expect(whole >= 77, "\(whole) of \(samples.count)\n\(lines.joined(separator: "\n"))")
    }

    /// Where the names are lost too: deleted files whose dirent was collected.
    @Test func secretsOfAtLeast60KindsAreFoundWithoutTheNameOfTheFile() throws {
        let samples = try Self.samples()
        var left: [String] = []
        for sample in samples where try !Self.left(sample, path: nil).isEmpty { left.append(sample.kind) }
        #expect(samples.count - left.count >= 60, "\(samples.count - left.count): \(left)")
    }

    /// What hostapd, NVRAM and wpa_supplicant take for a key: any printable ASCII.
    @Test func keysOfAnyPrintableCharactersAreTakenOutWhole() throws {
        var random = LinearCongruence(state: 20_261_128)
        let notations: [(path: String, before: String, after: String)] = [
            ("etc/hostapd.conf", "interface=wlan0\nssid=Garten\nwpa=2\nwpa_passphrase=", "\nwpa_key_mgmt=WPA-PSK\n"),
            ("mnt/nvram", "lan_ipaddr=192.168.1.1\0wl0_ssid=Garten\0wl0_wpa_psk=", "\0wl0_mode=ap\0"),
            ("etc/wpa_supplicant.conf", "network={\n\tssid=\"Garten\"\n\tpsk=\"", "\"\n\tkey_mgmt=WPA-PSK\n}\n"),
        ]
        let search = RuleSet().forImages.search()
        let state = try #require(SecretSearch.State(search))
        var left: [String] = []
        for _ in 0..<300 {
            let key = (0..<8 + random.number(below: 13)).map { _ in UInt8(0x20 + random.number(below: 95)) }
            // Nobody can type a blank at either end, and what is nothing but X was taken out before.
            guard key.first != 0x20, key.last != 0x20 else { continue }
            for notation in notations {
                let start = notation.before.utf8.count
                let text = Array(notation.before.utf8) + key + Array(notation.after.utf8)
                var isGone = [Bool](repeating: false, count: text.count)
                let found = search.search(
                    text.span.bytes, in: 0..<text.count, path: Array(notation.path.utf8), state: state)
                for match in found { for at in match.secret { isGone[at] = true } }
                if !isGone[start..<start + key.count].allSatisfy(\.self) {
                    left.append("\(notation.path): \(String(decoding: key, as: UTF8.self))")
                }
                // What stands around it stays.
                #expect(!isGone[(start + key.count)...].contains(true), "\(String(decoding: key, as: UTF8.self))")
            }
        }
        #expect(left == [])
    }
}

import Foundation
import TestSupport
import Testing

@testable import Scrub

/// Settings that are cut off, mixed up or full of noise: readers of syntaxes find what they find, and never stop the program.
@Suite struct DamagedSettingsTests {
    private static let paths: [String?] = [
        nil, "etc/a.conf", "etc/a.sh", "www/a.php", "www/a.js", "etc/a.xml", "etc/a.json", "etc/a.yaml", "etc/a.lua",
        "bin/a.py", "src/a.c", "etc/a.service", "etc/config/wireless", "mnt/nvram", "etc/ppp/chap-secrets",
        "etc/passwd",
        "log/a.txt", "etc/a.plist", "etc/a.toml", "etc/a.ovpn",
    ]
    private static let pieces = [
        "<![CDATA[", "]]>", "<!--", "-->", "<key>", "</", "=\"", "=>", "\"\"\"", "'''", "<<EOF\n", "EOF\n", "\\\n",
        "$(", "${",
        "`", "|\n  ", "{\"", "[{", "\\\"", "-----BEGIN RSA PRIVATE KEY-----\n", "MIIE", "b3BlbnNzaC1rZXktdjE",
        "00000000  70 73 6b ",
        "psk=", "password: ", "key '", "#define ", "\0", "\u{ff}", "://a:b@", "%", "&#38;", "WIFI:S:", "0x", ";", ",",
        "\r\n",
    ]

    @Test func noDamageStopsTheSearch() throws {
        let samples =
            try SettingsCorpusTests.samples().map { Array($0.content) }
            + KindsOfSettingsTests.kinds.map { Array($0.marked.utf8) }
        let search = RuleSet().forImages.search()
        let state = try #require(SecretSearch.State(search))
        let rounds = Int(ProcessInfo.processInfo.environment["JFFS2_SOAK"] ?? "") ?? 4
        for seed in 0..<rounds {
            var random = LinearCongruence(state: UInt64(seed) &* 77 &+ 5)
            for sample in samples {
                var text = Array(sample.prefix(3000))
                for _ in 0...random.number(below: 4) {
                    let at = text.isEmpty ? 0 : random.number(below: text.count)
                    switch random.number(below: 5) {
                    case 0: text.removeLast(text.count - at)
                    case 1: text.removeFirst(at)
                    case 2: text.insert(contentsOf: Self.pieces[random.number(below: Self.pieces.count)].utf8, at: at)
                    case 3: text.insert(contentsOf: random.bytes(1 + random.number(below: 6)), at: at)
                    default:
                        let other = samples[random.number(below: samples.count)]
                        text.insert(contentsOf: other.prefix(random.number(below: 400)), at: at)
                    }
                }
                let path = Self.paths[random.number(below: Self.paths.count)].map { Array($0.utf8) }
                let start = text.isEmpty ? 0 : random.number(below: text.count)
                for range in [0..<text.count, start..<text.count] {
                    for match in search.search(text.span.bytes, in: range, path: path, state: state) {
                        #expect(match.secret.lowerBound >= 0 && match.secret.upperBound <= text.count)
                    }
                }
            }
        }
        #expect(state.incomplete.isEmpty)
    }
}

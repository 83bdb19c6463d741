import FileTree
import Foundation
import Testing

@testable import Scrub

@Suite struct RuleTests {
    private func found(_ text: String, path: String? = nil, _ rules: RuleSet = RuleSet()) throws -> [String] {
        try found(Array(text.utf8), path: path, rules)
    }

    /// `rule=secret` of each finding.
    private func found(_ text: [UInt8], path: String? = nil, _ rules: RuleSet = RuleSet()) throws -> [String] {
        let search = rules.search()
        let state = try #require(SecretSearch.State(search))
        return search.search(text.span.bytes, in: 0..<text.count, path: path.map { Array($0.utf8) }, state: state).map {
            match in
            guard case .rule(let index) = match.origin else { return "known" }
            return search.rules[index].id + "=" + String(decoding: text[match.secret], as: UTF8.self)
        }
    }

    @Test func allBuiltInPatternsCompile() {
        #expect(BuiltInRules.all.count == 178)
        #expect(Set(BuiltInRules.all.map(\.id)).count == 178)
        for rule in BuiltInRules.all {
            #expect(rule.pattern != nil || rule.path != nil || rule.finder != nil, "\(rule.id)")
        }
        #expect(BuiltInRules.settings != nil && BuiltInRules.documentation != nil)
    }

    @Test(arguments: [
        ("network={\n\tssid=\"My Home\"\n\tpsk=\"s3cret pass\"\n}\n", ["ssid=My Home", "wifi-key=s3cret pass"]),
        ("{\"ssid\": \"HomeNet\", \"wifi_password\":\"pa55word!\"}", ["ssid=HomeNet", "wifi-key=pa55word!"]),
        ("<ssid>HomeNet</ssid><wpa_psk>pa55word!</wpa_psk>", ["ssid=HomeNet", "wifi-key=pa55word!"]),
        ("[wifi]\r\nSSID = HomeNet\r\nWPAPSK1 = pa55word!\r\n", ["ssid=HomeNet", "wifi-key=pa55word!"]),
        ("wl0_ssid=HomeNet\0wl0_wpa_psk=pa55word!\0", ["ssid=HomeNet", "wifi-key=pa55word!"]),
        ("option key_passphrase 'x'\nwpa_passphrase=correcthorse\n", ["wifi-key=correcthorse"]),
        (
            "root:$1$abcdefgh$0123456789abcdefghijkl:0:0:99999:7:::",
            ["password-hash=$1$abcdefgh$0123456789abcdefghijkl"]
        ),
        ("root:ab1Cd2Ef3Gh4I:0:0:root:/root:/bin/sh\n", ["password-hash-des=ab1Cd2Ef3Gh4I"]),
        ("rtsp://admin:hunter22@192.168.1.2/live", ["url-credentials=hunter22"]),
        ("HWaddr C0:72:01:15:A9:08", ["mac-address=C0:72:01:15:A9:08"]),
        ("Authorization: Bearer abcdef0123456789", ["authorization-header=abcdef0123456789"]),
        ("ABCD-123456-EFGHI", ["p2p-identifier=ABCD-123456-EFGHI"]),
        ("latitude=52.520008", ["position=52.520008"]),
        ("email=someone@mail.example.net\n", ["account=someone@mail.example.net"]),
        (
            "wpa_passphrase 'My Home' correcthorse",
            ["wpa-passphrase-network=My Home", "wpa-passphrase-command=correcthorse"]
        ),
        (
            "write IPC: did INEW-000634-DNWLM api_license KJPDXR pwd 123456",
            ["p2p-identifier=INEW-000634-DNWLM", "log-license=KJPDXR", "log-credential=123456"]
        ),
        ("wlan0: Associated with SSID HomeNet2", ["log-ssid=HomeNet2"]),
    ])
    func secretsAreFoundInTheNotationsOfTheField(_ text: String, _ expected: [String]) throws {
        #expect(try found(text) == expected)
    }

    @Test(arguments: [
        "ssid=%s psk=%s", "psk=$PSK", "wpa_passphrase=\"${KEY}\"", "password: function(", "psk=\"********\"",
        "00:00:00:00:00:00 ff:ff:ff:ff:ff:ff 00:11:22:33:44:55", "-----BEGIN RSA PRIVATE KEY-----\0-----END",
        "passwd: files", "rtsp://user:password@host/", "key_mgmt=WPA-PSK",
    ])
    func placeholdersAndKeywordsAreNoSecrets(_ text: String) throws { #expect(try found(text).isEmpty) }

    @Test func textsOfProgramsAreNotTakenForSettings() throws {
        let text = "password=required\0wpa_psk=correcthorse\0ssid=HomeNet\0"
        #expect(try found(Array("\u{7f}ELF\u{1}\u{1}\0\0".utf8) + Array(text.utf8), path: "sbin/hostapd").isEmpty)
        #expect(try found("\u{7f}ELF rtsp://admin:hunter22@cam/", path: "bin/x") == ["url-credentials=hunter22"])
        // What looks like nothing but a key is one in a program, too.
        #expect(try found("\u{7f}ELF\0wpa_psk=c0rrecth0rse9\0", path: "bin/x") == ["wifi-key=c0rrecth0rse9"])
        let hash = "$1$abcdefgh$0123456789abcdefghijkl"
        #expect(try found("\u{7f}ELF\0\(hash)\0", path: "bin/x") == ["password-hash=\(hash)"])
        // That of a library's own test.
        #expect(try found("\u{7f}ELF\0$2a$00$abcdefghihijklmnopqrstuu\0", path: "lib/x.so").isEmpty)
    }

    @Test func secretsAreFoundInFieldsOfFixedWidth() throws {
        var bytes = [UInt8](repeating: 0, count: 256)
        bytes.replaceSubrange(0..<4, with: [1, 2, 3, 4])
        bytes.replaceSubrange(28..<35, with: Array("HomeNet".utf8))
        bytes.replaceSubrange(92..<103, with: Array("pa55 word!!".utf8))
        #expect(try found(bytes) == ["struct-ssid=HomeNet", "struct-wifi-key=pa55 word!!"])
    }

    @Test func rulesOfGitleaksAreReadWithTheirAllowlists() throws {
        let text = """
            [extend]
            disabledRules = ["ssid"]
            [allowlist]
            paths = ['''(^|/)skip/''']
            [[rules]]
            id = "tok"
            description = "A token"
            regex = '''(?i)tok[\\s]*=[\\s]*([a-z0-9]{8})\\b'''
            keywords = ["TOK"]
            entropy = 2.0
            secretGroup = 1
            [[rules.allowlists]]
            condition = "OR"
            regexTarget = "line"
            regexes = ['''# example''']
            stopwords = ["abc"]
            """
        let file = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString).toml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var rules = RuleSet()
        #expect(try rules.add(file: file.path(percentEncoded: false)) == 1)
        #expect(try found("TOK = q1w2e3r4 ssid=HomeNet", rules) == ["tok=q1w2e3r4"])
        #expect(try found("tok=aaaaaaaa", rules).isEmpty)
        #expect(try found("tok=abc4e3r2", rules).isEmpty)
        #expect(try found("tok=q1w2e3r4 # example", rules).isEmpty)
        #expect(try found("tok=q1w2e3r4", path: "etc/skip/x", rules).isEmpty)
        #expect(try found("tok=q1w2e3r4", path: "etc/x", rules) == ["tok=q1w2e3r4"])
    }

    @Test func ruleFilesExtendAndExceptAsGitleaksDoes() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let base = """
            [[rules]]
            id = "one"
            regex = '''one-([0-9]{4})'''
            [[rules]]
            id = "two"
            regex = '''(?i)two-(?:(?-i:[A-Z]{2})|[[:digit:]]{2})([a-z]{4})(?:[\\x60\\s]|$)'''
            keywords = ["two-"]
            [[rules]]
            id = "gone"
            regex = '''[a-z]{4}'''
            """
        let text = """
            [extend]
            path = "base.toml"
            disabledRules = ["gone"]
            [[rules]]
            id = "one"
            path = '''\\.conf$'''
            [[rules]]
            id = "whole"
            path = '''(^|/)secret\\.p12$'''
            [[allowlists]]
            targetRules = ["two"]
            condition = "AND"
            regexTarget = "match"
            regexes = ['''(?i)^two-99''']
            paths = ['''^etc/''']
            """
        try Data(base.utf8).write(to: directory.appending(path: "base.toml"))
        let file = directory.appending(path: "rules.toml")
        try Data(text.utf8).write(to: file)
        var rules = RuleSet(builtIn: false)
        #expect(try rules.add(file: file.path(percentEncoded: false)) == 3)
        let content = "one-1234 two-ABcdef TWO-99ghij` two-abcdef\n"
        #expect(try found(content, path: "etc/x.conf", rules) == ["one=1234", "two=cdef"])
        #expect(try found(content, path: "usr/x", rules) == ["two=cdef", "two=ghij"])
        let search = rules.search()
        let state = try #require(SecretSearch.State(search))
        #expect(search.placeRule(Array("root/secret.p12".utf8), state: state).map { search.rules[$0].id } == "whole")
    }

    private func found(_ text: String, _ rules: RuleSet) throws -> [String] { try found(text, path: nil, rules) }

    @Test func aBadRuleIsNamedWithItsLine() throws {
        let bad = try RuleFile(Array("[[rules]]\nid = \"x\"\n\nregex = '''a(b'''\n".utf8), file: "r.toml")
        #expect(bad.problems.map(\.line) == [4])
        #expect(bad.problems.first?.description.hasPrefix("r.toml:4: rule 'x': its regex cannot be used") == true)
        let error = #expect(throws: RuleFileError.self) { try RuleFile(Array("a = 1\nb == 2\n".utf8), file: "r.toml") }
        #expect(error?.line == 2)
        // toml++ has assertions that such a file fails.
        let broken = #expect(throws: RuleFileError.self) {
            try RuleFile(Array("a = 1\n[b]\n[[\u{0}c]]\nd = 2\n".utf8), file: "r.toml")
        }
        #expect(broken?.description.hasPrefix("r.toml:3: ") == true)
    }

    /// The limit only ends what would never end.
    @Test(.timeLimit(.minutes(15))) func aPatternThatExplodesIsGivenUpAndSaidToBe() throws {
        let file = try RuleFile(
            Array("[[rules]]\nid = \"boom\"\nregex = '''(a+)+(b+)+(a+b+)+c'''\n".utf8), file: "r.toml")
        let search = SecretSearch(rules: file.rules, allowlists: [], secrets: [])
        let state = try #require(SecretSearch.State(search))
        let line = "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbaaaaaaaaab "
        let text = Array(String(repeating: line, count: 200).utf8) + Array("c".utf8)
        #expect(search.search(text.span.bytes, in: 0..<text.count, path: nil, state: state).isEmpty)
        #expect(state.incomplete == [0])
    }

    @Test func regexesOfGitleaksAreTranslatedToPCRE() {
        #expect(RE2Syntax.translated(#"a\v[\s]\s{,3}[]x]"#) == #"a\x0b[\t\n\f\r ][\t\n\f\r ]\{,3}[\]x]"#)
        #expect(RE2Syntax.translated(#"\Q[\s\E[[:alpha:]\]]"#) == #"\Q[\s\E[[:alpha:]\]]"#)
    }
}

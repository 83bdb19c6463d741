import Foundation
import Testing

@testable import Scrub

/// What stands where a value could, and is none: names in programs, templates, sentences, and bytes that are no text. Beside them
/// stand values that must go all the same.
@Suite struct NoValueTests {
    private static func check(_ path: String, _ marked: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        #expect(try KindsOfSettingsTests.gone(text, path: path) == isSecret, "\(path): \(marked)")
    }

    @Test(arguments: [
        ("a.py", "try:\n    token = get(x)\nexcept errors.OAuth1Error as e:\n    pass\n"),
        ("b.py", "class A:\n    password: SecretString2\n    token: Base64Str2 = None\n    secret: Uint8Array2\n"),
        (
            "c.py",
            "def f(self, password: Mapping[str, X509Key], token: Token2Kind = None) -> Key2:\n    return Token2Kind\n"
        ),
        (
            "d.py",
            "password = Password2Field(required=True)\nif token == Token2Kind: pass\npassword = \"«Quoted9xxy»\"\n"
        ),
        ("e.py", "T = \"\"\"\npassword = «Hunter2xx»\n\"\"\"\n# password: «Comment9xx»\npassword = Name2xx\n"),
        ("a.ts", "interface O { secret: Uint8Array; token: Base64Str2; password?: SecretString2; }\n"),
        ("b.ts", "class C { private password: Sha256Hash | null = null; f(token: Token2Kind): void {} }\n"),
        ("c.ts", "const conf = `\npassword=«Back9quote»\n`;\nconst password: Secret2Type = x;\n"),
        (
            "a.rs",
            "struct A { password: SecretString2, token: Option<Base64Str2> }\nlet s: &'static str = \"password=«Rust9quoted»\";\n"
        ),
        ("a.kt", "class A(val password: SecretString2, var token: Base64Str2?)\nval password = \"«Kotlin9quoted»\"\n"),
        ("a.swift", "struct A { let password: SecretString2; func f(secret: UInt8Array2) {} }\n"),
        ("a.go", "var conf = `\npassword=«Back9quote»\n`\nvar password = \"«Go9quoted»\"\nvar token Token2Kind\n"),
        ("a.java", "class A { void f(Token2Kind token) { this.password = Secret2.of(token); } }\n"),
        (
            "a.c",
            "/* password: «Comment9xx» */\nstruct a { char *password; };\na.password = PASS2_DEFAULT;\nchar c = '\"'; a.password = Pass3default;\n"
        ),
        (
            "a.php",
            "<p>Hello</p>\n<?php\n$c = <<<EOT\npassword=«Here9doc1»\nEOT;\n$x->password = Config2::PASS;\n"
                + "define('DB_PASSWORD', '«Def9ined1»');\n?>\n"
        ),
        ("a.lua", "local t = [[\npassword=«Long9bracket»\n]]\nlocal password = conf2.password\n"),
    ])
    func namesInProgramsStay(_ name: String, _ marked: String) throws { try Self.check("opt/\(name)", marked) }

    @Test(arguments: [
        (
            "a.yaml",
            "wifi:\n  ssid: !secret wifi_ssid1\n  password: !secret wifi_password2\n  key: !env_var MQTT_PASS2\n"
        ),
        ("b.yaml", "password: !!str «Str9tag1»\ntoken: !secret abc\n"),
        ("a.toml", "password = \"\"\"«Tr0ub4dor&3»\"\"\"\ntoken = '''«ab9Kx77qLm»'''\nport = 1\n"),
        ("b.toml", "password = \"\"\"\n«Zx81Spectrum»\n\"\"\"\nport = 1\nsecret = '''«first9Line»\n«second8Line»'''\n"),
        (
            "haproxy.cfg",
            "backend web\n    cookie SERVERID1 insert indirect nocache\n    server a 10.0.0.1:80 cookie web1s check\n"
        ),
        (
            "a.json",
            "{\"password\":\"required|min:8|max:64\",\"token\":\"required|string|size:32\",\"secret\":\"«Kq7xv|mZp29w»\"}"
        ),
        (
            "b.json",
            "{\"password\":\"#login-form2 > input.pw2\",\"token\":\".csrf-token1 input[name=token2]\",\"secret\":\"#password\"}"
        ),
        ("c.json", "{\"token\":\"YOUR_TOKEN_1\",\"secret\":\"insert-your-key-2\",\"password\":\"«your7dog»\"}"),
        (
            "d.json",
            "{\"SecretAccessKey\":\"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\",\"NextToken\":\"abcdefg123\",\"uid\":\"ebs-2019-11-02\"}"
        ),
        (
            "e.json",
            "{\"AWS::ApiGateway::ApiKey\":\"48205d4ffd7feba3\",\"S3Key\":\"function7.zip\",\"ApiKey\":\"«48205d4ffd7feba3»\"}"
        ),
        ("a.symbols", "libfido2.so.1\n fido_assert_set_hmac_secret@Base 1.7.0\n fido_set_password@Base 2:1.02.36\n"),
        ("a.templates", " update-passwd hat einen Unterschied zwischen dem System und den Vorgaben gefunden.\n"),
        ("b.templates", "Zakázat ověřování heslem pro uživatele root? ověřit heslo  uživatele root pomocí slovníku\n"),
        ("b.sh", "cat_passwd='getent passwd'\nget_passwd='cat /etc/passwd'\nroot_passwd='«get 9 lives»'\n"),
        ("a.rbs", "def self.pwd: () -> String\n"),
        ("b.py", "x = {Token: colors['base0'], \"token\": '#ABB2BF', 'accesskey': ['Character', '']}\n"),
        ("interfaces", "iface wlan0 inet dhcp\n  wpa-psk «correct horse battery staple»\n"),
    ])
    func whatStandsForAValueStays(_ name: String, _ marked: String) throws { try Self.check("opt/\(name)", marked) }

    /// Known by the name of the file, by nothing beside the value, or by a name that something else stands in front of.
    @Test(arguments: [
        ("run/secrets/db_password", "«Kf83hhQ2xxLm»\n"), ("etc/wifi_password", "«sommerhaus»\n"),
        ("config/token.txt", "«Kf83 hhQ2»"), ("etc/pam.d/passwd", "@include common-password\n"),
        ("etc/password", "# nothing here\n"), ("usr/bin/pass", "#!/bin/sh\n"), ("etc/secrets", "a=1\nb=2\n"),
        ("etc/a.sh", "WIFI_PASS=«sommerhaus»\nftp_password=none\npassword=required\nPASSWD_FILE=abcdefgh\n"),
        ("etc/mail.cfg", "org.openhab.mail:password=«Haus,7am See»\norg.openhab.mqtt:pwd=«abc12)rest99»\n"),
        ("etc/ap.conf", "ssid=«Hof»\nwpa_passphrase=«sommerhaus»\n"), ("www/de.json", "{\"password\": \"Passwort\"}\n"),
        ("etc/x.conf", "wpa_passphrase=«//abc12345def»\npassword=/x/y\n"),
        ("etc/xl2tpd/l2tp-secrets", "* * \"«ab\\\"cd12ef34gh56»\" *\n"),
    ])
    func secretsOfFilesAndWordsOfShells(_ path: String, _ marked: String) throws { try Self.check(path, marked) }

    /// A list in a string may go on behind it, for whoever does not see where it ends.
    @Test func whatGoesOnBehindAStringIsNoFault() throws {
        for name in ["a.py", "a.json", "a.sh", "a"] {
            _ = try KindsOfSettingsTests.gone(
                Array(#""r] = [\n"'  "}",\n'"\] = [\n""#.utf8) + Array("\n".utf8), path: "etc/\(name)")
        }
    }

    @Test func wordsThatWereFoundArePartsOfNoNames() throws {
        let search = SecretSearch(
            rules: [], allowlists: [], secrets: [try #require(KnownSecret(Array("Character".utf8)))], given: 0)
        let state = try #require(SecretSearch.State(search))
        let text = Array("XML_SetCharacterDataHandler A_Character Character's \"Character\"".utf8)
        let found = search.search(text.span.bytes, in: 0..<text.count, path: nil, state: state)
        #expect(found.map(\.secret.lowerBound) == [40, 53])
    }

    /// The same bytes each time.
    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    @Test func settingsInTheMiddleOfNoiseAreNoneUnlessTheyAreLines() throws {
        func isFound(_ text: String, before: UInt8, after: UInt8) throws -> Bool {
            let bytes = Self.noise(4000, seed: 7) + [before] + Array(text.utf8) + [after] + Self.noise(4000, seed: 8)
            return try KindsOfSettingsTests.gone(bytes, path: "opt/a.jpg")[4001..<4001 + text.utf8.count].contains(true)
        }
        for text in ["Pw=Xk81mQz2", "token: a8Kd82kJd0Qx", "ssid=ab7Net"] {
            #expect(try !isFound(text, before: 0x91, after: 0xe1), "\(text)")
            #expect(try !isFound(text, before: 0x00, after: 0xe1), "\(text)")
        }
        // NVRAM between two keys, and lines between two pictures.
        #expect(try isFound("wpa_psk=Nvram12345", before: 0, after: 0))
        #expect(try isFound("admin_password=Line12345", before: 0x0a, after: 0x0a))
    }

    @Test func textBehindNoiseIsReadAsText() throws {
        let text = Array("\n[wifi]\nssid=HomeNet77\npsk=TailKey12345\n".utf8)
        let gone = try KindsOfSettingsTests.gone(Self.noise(2000, seed: 3) + text, path: "opt/a.bin")
        let value = 2000 + "\n[wifi]\nssid=HomeNet77\npsk=".utf8.count
        #expect(gone[value..<value + 12].allSatisfy { $0 })
    }

    @Test func partsOfAProgramInAFolderOfLogsAreNoLogs() throws {
        try ExactValueTests.check("opt/moto/logs/models.py", "def handler():\n    return 1\n")
        #expect(!PackedFileSearch.isPartOfProgram(Array("var/log/messages".utf8)))
    }
}

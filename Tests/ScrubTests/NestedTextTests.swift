import Testing

@testable import Scrub

/// Settings inside of other formats end where all the formats around them end them. « and » stand around what goes.
@Suite struct NestedTextTests {
    @Test(arguments: [
        // Each string around a value takes half of the backslashes.
        (
            "data/one.json",
            #"{"config": "{\"host\": \"h\", \"password\": \"«ayRn'UbH\\\"882\\\\»\", \"port\": 554}", "n": 3}"#
        ),
        (
            "data/two.json",
            #"{"a": "{\"b\": \"{\\\"password\\\": \\\"«Kj8\\\\\\\"3nsP\\\\\\\\»\\\", \\\"port\\\": 1}\", \"n\": 2}"}"#
        ),
        // Keys of a property list are names.
        (
            "etc/e.plist",
            "<plist version=\"1.0\">\n<dict>\n<key>brightness</key>\n<integer>42</integer>\n<key>model</key>\n"
                + "<string>CAM-3000</string>\n<key>password</key>\n<string>«Kj83nsPq92xL»</string>\n</dict>\n</plist>\n"
        ),
        (
            "etc/c.xml",
            "<dev>\n<config>[wifi]\nchannel=4\npsk=«green Fahrrad Meer 47»\nmode=b\n</config>\n<n>1</n>\n</dev>\n"
        ),
        (
            "etc/c2.xml",
            "<dev>\n<config><![CDATA[[wifi]\nchannel=4\npsk=«grün Tor 47»\nmode=b\n]]></config>\n</dev>\n"
        ),
        // The count says where a text ends.
        (
            "var/n.ser",
            #"a:2:{s:3:"psk";s:12:"«Kj83nsPq92xL»";s:3:"net";a:1:{s:7:"api_key";s:13:"«Kj8"nsPq92x"L»";}}"#
        ),
        ("etc/dsn.conf", "conn = Server=db;Port=3306;Password=«Stein green Vogel 42»;Database=x\n"),
        ("etc/dsn.json", #"{"s": "Server=db;Port=3306;Password=«Stein green Vogel 42»;Database=x"}"#),
        ("etc/dsn.ini", "[db]\nurl=Password=«]~iJfP1|-e:Cp)-»;Server=db;User=x\n"),
        // What parts one statement from the next is no part of a list.
        ("etc/a.sh", "#!/bin/sh\na=1; b=2; password=$1; c=3\n"),
        // Doors have codes of digits.
        ("usr/share/iso.xml", "<entries>\n<iso_3166_2_entry code=\"AD-02\" name=\"Canillo\"/>\n</entries>\n"),
        ("var/lib/list", "apt\tpasswd\t1:4.13+dfsg1-1+deb12u1\napt\tlogin\t1:4.13\n"),
    ])
    func valuesEndWhereTheFormatsAroundThemEndThem(_ path: String, _ marked: String) throws {
        try KindsOfSettingsTests.expect(marked, path: path)
    }

    /// All protocols of Python's pickles, of the same dictionary (made by Python 3.11).
    @Test(arguments: [
        "(dp0\nVwifi_password\np1\nV«Kj83nsPq92xL»\np2\nsVport\np3\nI554\ns.",
        "}q\u{0}(X\u{d}\u{0}\u{0}\u{0}wifi_passwordq\u{1}X\u{c}\u{0}\u{0}\u{0}«Kj83nsPq92xL»q\u{2}X\u{4}\u{0}\u{0}\u{0}portq\u{3}M*\u{2}u.",
        "(dp0\nS'psk'\np1\nS'«Kj83nsPq92xL»'\np2\nsS'ssid2'\np3\nI4\ns.",
    ])
    func picklesOfOldProtocols(_ marked: String) throws {
        try KindsOfSettingsTests.expect(marked, path: "var/cache/state")
    }

    @Test func whatOnlyBeginsAsAPickleDoesNoHarm() {
        let whole = Array("(dp0\nVwifi_password\np1\nVKj83nsPq92xL\np2\ns.".utf8)
        #expect(PickleSettings.read(whole, in: 0..<whole.count).count == 1)
        for count in 12..<whole.count { #expect(PickleSettings.read(whole, in: 0..<count).isEmpty) }
        for code in UInt8.min...UInt8.max {
            for byte: UInt8 in [0, 0x7f, 0xff] {
                let bytes = [0x80, 4, code] + [UInt8](repeating: byte, count: 20)
                _ = PickleSettings.read(bytes, in: 0..<bytes.count)
            }
        }
    }

    /// Names and values that Java writes, each behind its count.
    @Test func serializedObjectsOfJava() throws {
        func text(_ text: String) -> [UInt8] { [0x74, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
        let front: [UInt8] = [0xac, 0xed, 0, 5, 0x73, 0x72, 0, 0x11] + Array("java.util.HashMap".utf8) + [5, 7, 0xda]
        let bytes = front + text("password") + text("Kj83nsPq92xL") + text("port") + text("554") + [0x78]
        let gone = try KindsOfSettingsTests.gone(bytes, path: "var/state")
        let start = front.count + 3 + 8 + 3
        #expect(gone.indices.filter { gone[$0] } == Array(start..<start + 12))
    }
}

/// What stands between two values is none, and is looked for nowhere.
@Suite struct SyntaxIsNoValueTests {
    private func finding(_ value: String) -> ScrubFinding? {
        guard let rule = BuiltInRules.all.first(where: { $0.kind == .credential }) else { return nil }
        var finding = ScrubFinding(rule, place: .line(1), size: 0)
        finding.secret = Array(value.utf8)
        return finding
    }

    @Test func piecesOfSyntaxAreLookedForNowhere() throws {
        for value in [#"8Ka1r9Mqkg"}, {"key": "tz"#, #"x9Kq7Lm2", "port":"a"#, #"a1B2c3D4\", \"port\": \"9"#] {
            #expect(try !#require(finding(value)).isDistinctive, "\(value)")
        }
        for value in [#"Kj8"nsPq92x"L"#, #"8Ka1r9",Mqkg77x"#, "8Ka1r9Mqkg77", #"ayRn'UbH\"882xx"#] {
            #expect(try #require(finding(value)).isDistinctive, "\(value)")
        }
    }

    /// A count says where a value ends, whatever quotes are in it and behind it.
    @Test func aCountedValueEndsWhereItsCountSays() throws {
        try KindsOfSettingsTests.expect(
            #"a:2:{s:13:"smtp_password";s:13:"«JYCq\AGk\572"»";s:7:"enabled";b:1;}"#, path: "etc/php-quote.ser")
    }
}

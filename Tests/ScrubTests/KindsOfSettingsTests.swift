import FlashBytes
import Testing

@testable import Scrub

/// Kinds of texts with made-up values, one for each way in which a value is given its name: what stands between « and » goes,
/// whole, and nothing else does.
@Suite struct KindsOfSettingsTests {
    struct Kind: Sendable, CustomStringConvertible {
        var path: String
        var marked: String
        /// Whether it is found by its content alone, too.
        var isForPathsOnly = false
        var description: String { path }
    }

    static let kinds: [Kind] = [
        // Program text.
        Kind(
            path: "www/config.php",
            marked: "<?php\n$cfg['db_pass'] = '«nuvokelise»';\ndefine('DB_PASSWORD', '«gra!4x_Z»');\n"),
        Kind(path: "src/wifi.h", marked: "#define WIFI_SSID \"«Hamsterbau»\"\n#define WIFI_PASS \"«lauf rad 123»\"\n"),
        Kind(path: "bin/a.lua", marked: "local psk = \"«zwivokeli»\"\nlocal t = { ['password'] = '«Fre8!tag»' }\n"),
        Kind(path: "app/settings.py", marked: "DATABASES = {'USER': '«bela77»', 'PASSWORD': '«knoplivo»'}\n"),
        Kind(path: "app/mail.py", marked: "s.login('«vo.ke@muli.de»', '«abcd ef9h»')\n"),
        Kind(path: "bin/up.pl", marked: "my $password = '«thagrabri»';\n$conf{'ftp_pass'} = '«muli wu 77»';\n"),
        Kind(path: "www/app.js", marked: "const o = {user: \"«rake12»\", pass: \"«stu-Ke7x»\"};\n"),
        // Commands.
        Kind(
            path: "etc/a.sh", marked: "#!/bin/sh\nfw_setenv wifi_key '«drei alte 7»'\nnvram set wl_ssid=\"«Turm 12»\"\n"
        ),
        Kind(path: "etc/b.sh", marked: "#!/bin/sh\nuci -q set wireless.ap.key='«ho ch 1Hin»'\n"),
        Kind(path: "etc/c.sh", marked: "#!/bin/sh\nwpa_cli set_network 0 psk '\"«zweit3rTon»\"'\n"),
        Kind(
            path: "etc/app.service",
            marked: "[Service]\nEnvironment=\"API_TOKEN=«k3Jd8sLq0w»\" \"WIFI_KEY=«ab cd 12»\"\n"),
        Kind(path: "startup-config", marked: "enable password «kelivonu»\nsnmp-server community «stugrabri» RO\n"),
        Kind(path: "root/login", marked: "#!/usr/bin/expect\nexpect \"*?assword:*\" { send \"«gehe1m:x»\\r\" }\n"),
        Kind(path: "root/m.sh", marked: "#!/bin/sh\ncat >/etc/msmtprc <<EOF\npassword «ramonuse»\nEOF\necho done\n"),
        // Values that go on.
        Kind(path: "etc/vpn.yaml", marked: "vpn:\n  password: |\n    «sechs mal 7»\n  mtu: 1400\n"),
        Kind(path: "etc/a.toml", marked: "token = \"\"\"\n«k3Jd8sLq0wAz»\"\"\"\nport = 8\n"),
        Kind(path: "etc/c.conf", marked: "password = \\\n    «Nebel7horn»\nport = 8\n"),
        Kind(path: "etc/d.xml", marked: "<a><pass><![CDATA[«p]x<y>&z9»]]></pass></a>\n"),
        // Words that many people have.
        Kind(path: "etc/e.conf", marked: "wpa_passphrase=«sunshine1»\nPIN=«12345678»\nadmin_password=«password»\n"),
        Kind(path: "etc/f.conf", marked: "url=rtsp://cam:«p/w@x#1%20Z»@192.168.1.5:554/h264\n"),
        Kind(path: "etc/g.json", marked: "[{\"name\":\"wifi_password\",\"value\":\"«kelivonu»\"}]"),
        Kind(
            path: "var/log/post.txt",
            marked:
                "--B1\r\nContent-Disposition: form-data; name=\"ssid\"\r\n\r\n«Turm 12»\r\n--B1\r\nContent-Disposition: form-data; "
                + "name=\"psk\"\r\nContent-Type: text/plain\r\n\r\n«acht mal\r\n8»\r\n--B1\r\nContent-Disposition: form-data; "
                + "name=\"mode\"\r\n\r\nwpa2\r\n--B1--\r\n"),
        // Lines of their own form.
        Kind(path: "etc/ipsec.secrets", marked: ": RSA key.pem \"«zwi9kraut»\"\n"),
        Kind(path: "etc/snmp.conf", marked: "createUser x SHA \"«acht mal 8»\" AES «nocheins»\n"),
        Kind(path: "etc/authinfo", marked: "AuthInfo:a.de \"U:«vokeli»\" \"P:«drei mal 3»\"\n"),
        Kind(path: "etc/psk.txt", marked: "10.1.2.3 «Thake47bavo»\n", isForPathsOnly: true),
        Kind(path: "tmp/cookies.txt", marked: "a.de\tFALSE\t/\tTRUE\t0\tsid\t«8f14e45fceea167a»\n"),
    ]

    /// The text, and what of it is to go.
    static func parts(_ marked: String) -> (text: [UInt8], isSecret: [Bool]) {
        var text: [UInt8] = []
        var isSecret: [Bool] = []
        var isInside = false
        for scalar in marked.unicodeScalars {
            if scalar == "«" || scalar == "»" {
                isInside = scalar == "«"
                continue
            }
            for byte in String(scalar).utf8 {
                text.append(byte)
                isSecret.append(isInside)
            }
        }
        return (text, isSecret)
    }

    static func gone(_ text: [UInt8], path: String?) throws -> [Bool] {
        let search = RuleSet().forImages.search()
        let state = try #require(SecretSearch.State(search))
        var isGone = [Bool](repeating: false, count: text.count)
        let path = path.map { Array($0.utf8) }
        for match in search.search(text.span.bytes, in: 0..<text.count, path: path, state: state) {
            for at in match.secret { isGone[at] = true }
        }
        return isGone
    }

    /// What is marked goes, and nothing else; both are said byte by byte.
    static func expect(_ marked: String, path: String) throws {
        let (text, isSecret) = parts(marked)
        let isGone = try gone(text, path: path)
        let left = zip(text, zip(isSecret, isGone)).filter { $1.0 && !$1.1 }.map(\.0)
        let harmed = zip(text, zip(isSecret, isGone)).filter { !$1.0 && $1.1 }.map(\.0)
        #expect(left.isEmpty, "\(marked): left \(String(decoding: left, as: UTF8.self))")
        #expect(harmed.isEmpty, "\(marked): harmed \(String(decoding: harmed, as: UTF8.self))")
    }

    @Test(arguments: kinds)
    func findsWhatIsPrivateAndNothingElse(_ kind: Kind) throws {
        let (text, isSecret) = Self.parts(kind.marked)
        #expect(try Self.gone(text, path: kind.path) == isSecret, "\(kind.marked)")
    }

    @Test(arguments: kinds.filter { !$0.isForPathsOnly })
    func findsItWhereTheNameIsLost(_ kind: Kind) throws {
        let (text, isSecret) = Self.parts(kind.marked)
        let isGone = try Self.gone(text, path: nil)
        let left = zip(isSecret, isGone).count { $0 && !$1 }
        #expect(left == 0, "\(kind.marked)")
    }

    @Test func readsUTF16() throws {
        let narrow = Array("[wifi]\r\nssid=Seestern\r\npassword=kelivonu\r\n".utf8)
        let wide: [UInt8] = [0xff, 0xfe] + narrow.flatMap { byte -> [UInt8] in [byte, 0] }
        let isGone = try Self.gone(wide, path: "mnt/w.ini")
        let start = 2 + 2 * 32
        #expect(isGone[start..<start + 16].allSatisfy { $0 })
        #expect(!isGone[2..<16].contains(true))
    }

    @Test func readsDumpsOfSettings() throws {
        let dump =
            "00000000  70 73 6b 3d 6b 65 6c 69  76 6f 6e 75 31 0a 00 00  |psk=kelivonu1...|\n"
            + "00000010  6d 6f 64 65 3d 61 70 0a  00 00 00 00 00 00 00 00  |mode=ap.........|\n"
        let text = Array(dump.utf8)
        let isGone = try Self.gone(text, path: "mnt/dump.txt")
        #expect(isGone[22..<34].allSatisfy { $0 })
        #expect(isGone[65..<74].allSatisfy { $0 })
        #expect(!isGone[10..<21].contains(true))
    }

    /// Keys by their structure, whatever tears their base64.
    @Test func findsKeysWithoutAFrame() throws {
        // A key of the curve P-256, made up.
        let key =
            "MHcCAQEEIJCGPW+/T8EGMVxL3HQDKeXtohCAw/qetpJb1nC9gZrFoAoGCCqGSM49AwEHoUQDQgAEC0dx6E/jgicKBJExbZLEppGd//C2nv3H"
            + "zZQVZP3KNKT50DCuu16Vq7hvjXVk5NPMQHPilH6aSsIMSUO7kO7kzw=="
        for text in ["\(key)\n", "x=\(key)\n", key.prefix(64) + "\\n\"\n\"" + key.dropFirst(64) + "\\n\"\n"] {
            let bytes = Array(text.utf8)
            let isGone = try Self.gone(bytes, path: "mnt/k.dat")
            #expect(isGone.count { $0 } >= key.utf8.count - 2, "\(text)")
        }
        let certificate = Array(("MIIB" + String(repeating: "kTCB", count: 40) + "\n").utf8)
        #expect(try !Self.gone(certificate, path: "mnt/c.dat").contains(true))
    }

    /// What programs and manuals say about passwords.
    @Test(arguments: [
        ("www/a.js", "input.type = 'password'; var label = {password: 'Password', token: 'identifier'};\n"),
        ("bin/a.py", "parser.add_argument('--password', help='your password')\npassword = getpass('Password: ')\n"),
        (
            "etc/a.sh",
            "#!/bin/sh\necho \"no password given\"\nread password\nPASS=\"$1\"\ncurl --user \"$USER:$PASS\" x\n"
        ),
        ("etc/b.sh", "#!/bin/sh\ncat <<EOF\nusage: a --password PASSWORD\n  password: what you like\nEOF\n"),
        ("src/a.h", "#define MAX_PASSWORD_LENGTH 64\n#define PASSWORD_PROMPT \"Password: \"\n"),
        ("etc/nsswitch.conf", "passwd: files systemd\nshadow: files\n"),
    ])
    func leavesProgramsAlone(_ path: String, _ text: String) throws {
        #expect(try !Self.gone(Array(text.utf8), path: path).contains(true), "\(text)")
    }
}

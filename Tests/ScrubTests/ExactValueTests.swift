import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import Testing

@testable import Scrub

/// A whole image is scrubbed: what stands between « and » goes, whole, and not one byte beside it, in whatever round.
@Suite struct ExactValueTests {
    /// The file as it is after scrubbing.
    private static func scrubbed(_ text: [UInt8], path: String) throws -> [UInt8] {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("exact-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let file = root.appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text).write(to: file)
        var bytes: [UInt8] = []
        let tree = try HostDirectoryReader.read(root.path)
        _ = try ImageBuilder(ImageConfiguration()).write(tree) { (block: RawSpan) throws(FileError) in
            block.withUnsafeBytes { bytes += $0 }
        }
        let images = try ImageOpener.openAll(FileBytes(bytes), path: "image")
        let scrubber = try Scrubber(images: images, options: InputOptions())
        let result = try scrubber.run()
        let output = try #require(try ImageOpener.openAll(FileBytes(result.bytes), path: "output").first)
        let inode = try #require(output.fileSystem.tree.find(FilePathBytes(path)))
        guard case .regular(let contents) = output.fileSystem.tree[inode].payload else { return [] }
        return try contents.readAll()
    }

    static func check(_ path: String, _ marked: String) throws {
        let (text, isSecret) = KindsOfSettingsTests.parts(marked)
        let output = try scrubbed(text, path: path)
        try #require(output.count == text.count, "\(marked)")
        for (at, isPrivate) in isSecret.enumerated() {
            // What is written over a value may be what was there: X, and digits.
            let isGone = output[at] != text[at] || text[at] == 0x58 || (0x30...0x39).contains(text[at])
            #expect(isPrivate ? isGone : output[at] == text[at], "\(marked): byte \(at)")
        }
    }

    /// The end of a value by the rules of each language: quotes and backslashes at its ends, separators in it.
    @Test(arguments: [
        ("etc/a.json", "{\"user\":\"u\",\"password\":\"«Kz7Jzk9Hly\\\"»\",\"enabled\":true,\"port\":1}\n"),
        ("etc/b.json", "{\"user\":\"u\",\"password\":\"«Kz7J\\\"zk9Hl\\\\»\",\"enabled\":true,\"port\":1}\n"),
        (
            "etc/c.json",
            "{\"a\":{\"password\":\"«\\\"Kz7Jzk9Hl\\\"»\"},\"l\":[{\"token\":\"«9f8Ke\\\"77ab2cdXy\\\"»\"}],\"port\":1}"
        ),
        ("etc/a.toml", "[m]\npassword = \"«Kz7Jzk9Hly\\\"»\"\nport = 1\n"),
        (
            "etc/b.toml",
            "users = [{name = \"karl77\", password = \"«Kz7Jzk9Hly\\\"»\"}, {name = \"eva77\", password = \"«Qx9 u\\\"8Lp»\"}]\nport = 1\n"
        ),
        ("etc/a.yaml", "m:\n  password: \"«Kz7Jzk9Hly\\\"»\"\n  port: 1\n"),
        ("etc/b.yaml", "m:\n  password: '«''Kz7Jzk9Hly''»'\n  port: 1\n"),
        ("src/a.h", "#define WIFI_PASSWORD \"«Kz7Jzk9Hly\\\"»\"\n#define PORT 1\n"),
        ("src/b.c", "static const char *password = \"«\\\"Kz7Jzk9Hly\\\"»\";\nint port = 1;\n"),
        ("a/a.py", "HOST = 'x'\nPASSWORD = '«Kz7Jzk9Hly\\'»'\nPORT = 1\n"),
        ("a/b.py", "PASSWORD = \"«Kz7Jzk9Hly\\\\»\"\nPORT = 1\n"),
        ("www/a.php", "<?php\n$db_pass = '«Kz7Jzk9Hly\\'»';\n$db_port = 1;\n"),
        ("etc/a.lua", "return {\n  password = \"«Kz7Jzk9Hly\\\"»\",\n  x = 1,\n}\n"),
        (
            "etc/u.csv",
            "id,username,password,n\n1,«karl7»,\"«Kz7Jzk9Hly\"\"»\",7\n2,«eva78»,\"«\"\"Kz7Jzk9\"\"Hly»\",7\n"
        ),
        ("o.sql", "INSERT INTO users (name,password,n) VALUES ('ulf77','«Kz7Jzk9Hly''»',1);\n"),
        ("p.sql", "INSERT INTO users (name,password,n) VALUES ('ulf77','«''Kz7Jzk9Hly»',1);\n"),
        ("q.sql", "INSERT INTO users (name,password,n) VALUES ('ulf77','«Kz7Jzk9Hly\\»',1);\n"),
        ("etc/d.xml", "<c><a password=\"«Kz7Jzk9Hly&quot;»\" port=\"1\"/></c>\n"),
        ("etc/e.xml", "<c password=\"«~}*@-P&#39;jm`)&quot;»\" port=\"1\"/>\n"),
        ("etc/hostapd.conf", "interface=w\nwpa_passphrase=«Kz7Jzk9Hly\\»\nwpa=2\n"),
        ("etc/m.ini", "[mqtt]\npassword=«Kz7Jzk9Hly\\»\nport=1\n"),
        ("etc/c.properties", "a.password=«Kz7Jzk9Hly\\\\»\na.port=1\n"),
        ("etc/wpa_supplicant.conf", "network={\n\tpsk=\"«a\"bKz7Jzk9»\"\n\tpriority=1\n}\n"),
        ("etc/x/wpa_supplicant.conf", "network={\n\tpsk=\"«_j>Q~#}t\"=_R0 {sds»\"\n\tpriority=1\n}\n"),
        ("etc/y/wpa_supplicant.conf", "network={\n\tpsk=\"«[Pn\"[R;8}»\"\n\tpriority=1\n}\n"),
        ("root/d.sh", "#!/bin/sh\ncurl -u '«karl7»:«abcdeM'\\''5i/%%cM»' http://x/\necho hi\n"),
        ("root/e.sh", "#!/bin/sh\ncurl -u '«karl7»:«`GgJrM'\\'';>»' http://x/\necho hi\n"),
        ("root/f.sh", "#!/bin/sh\ncurl -u '«karl7»:«s`AK8Pp_p'\\''d1:»' http://x/\necho hi\n"),
        ("root/g.sh", "#!/bin/sh\ncurl -u '«karl7»:«fvZnAM`'\\''»' http://x/\necho hi\n"),
        ("root/h.sh", "#!/bin/sh\nPASSWORD=\"«Wy&/X+JDY;P11\\\"»\"\necho hi\n"),
        ("root/i.sh", "#!/bin/sh\nPASSWORD=\"«PLswY{,dZl=|jfR%N<\\$»\"\necho hi\n"),
        ("etc/quagga/zebra.conf", "hostname r1\npassword «ab12cd|ef34gh»\nenable password «ab12cd|ef34gi»\nline vty\n"),
        ("etc/quagga/a.conf", "hostname r1\nenable password «ab12cd&ef34gi»\nline vty\n"),
        ("etc/quagga/b.conf", "hostname r1\nenable password «(89cCM[\"=r1aYqM»\nline vty\n"),
        ("etc/quagga/c.conf", "hostname r1\nenable secret 0 «a;b<cM>=r1a(Y)qM»\nline vty\n"),
        ("etc/vsftpd/virtual_users", "karl\n«Kz7:Jzk9:Hly»\neva\n«Qx9 u8:Lp»\n"),
        ("etc/j.conf", "# a\npassword = \\\n    «Nebel7horn»\nport = 8\n"),
        ("src/Makefile", "WIFI_PASSWORD := «Kq7xvmZp29w»\\\n  «Zw8tYn41c»\nall:\n\techo x\n"),
        ("k.sh", "#!/bin/sh\nPASSWORD=«Kq7xvmZp29w»\\\n«Zw8tYn41c»\necho x\n"),
    ])
    func aValueEndsWhereItsSyntaxEndsIt(_ path: String, _ marked: String) throws {
        try Self.check(path, marked)
    }

    /// Kinds of files that say in a way of their own what is private.
    @Test(arguments: [
        ("etc/davfs2/secrets", "https://dav.example.org «karl77» \"«Kz7Jzk9Hly»\"\n/mnt/x «eva78» \"«Qx9 u8Lp»\"\n"),
        ("root/.davfs2/secrets", "/mnt/x «eva78» «Qx9u8Lp»\n"),
        ("config/gs.cfg", "# SIP password\nP34=«Kz7Jzk9Hly»\n# Admin password\nP2=«Qx9u8LpZ»\nP64=5\n"),
        (
            "opt/fb.cfg",
            "wlancfg {\n        ap_enabled = yes;\n        pskvalue = \"«Kz7J zk9 Hly»\";\n        WMM_enabled = yes;\n}\n"
        ),
        ("etc/de.ini", "[Zugang]\nKennwort=«Kz7Jzk9Hly»\nPasswort=«Qx9u8LpZ»\nPort=80\n"),
        (
            "etc/de2.ini",
            "[a]\nWLAN-Kennwort=«Kz7Jzk9Hly»\nWLAN_Schluessel=«Qx9u8LpZ»\nPort=80\nNetzwerkschlüssel=«Wz7Jzk9Hly»\nZugangscode=«Xz7Jzk9Hly»\n"
        ),
        ("etc/es.ini", "[a]\ncontraseña=«Kz7Jzk9Hly»\nclave_wifi=«Qx9u8LpZ»\nclave=«Yx9u8LpZ»\nport=80\n"),
        (
            "etc/fr.ini",
            "[a]\nmot_de_passe=«Kz7Jzk9Hly»\nmotdepasse=«Qx9u8LpZ»\nmdp=«Yx9u8LpZ»\ncle_wifi=«Wx9u8LpZ»\nport=80\n"
        ),
        ("etc/it.ini", "[a]\nparola_chiave=«Kz7Jzk9Hly»\nchiave_wifi=«Qx9u8LpZ»\nparoladordine=«Vx9u8LpZ»\nport=80\n"),
        ("etc/pt.ini", "[a]\nsenha=«Kz7Jzk9Hly»\npalavra_passe=«Qx9u8LpZ»\nport=80\n"),
        ("etc/nl.ini", "[a]\nwachtwoord=«Kz7Jzk9Hly»\ntoegangscode=«Qx9u8LpZ»\nport=80\n"),
        (
            "etc/o.ini",
            "[a]\nhaslo=«Kz7Jzk9Hly»\nheslo=«Qx9u8LpZ»\njelszo=«Wx9u8LpZ»\nlosenord=«Yx9u8LpZ»\nsifre=«Vx9u8LpZ»\nsalasana=«Ux9u8LpZ»\nparola=«Tx9u8LpZ»\nadgangskode=«Sx9u8LpZ»\nport=80\n"
        ),
        (
            "etc/frr/frr.conf",
            "router bgp 65000\n neighbor 10.0.0.1 remote-as 65001\n neighbor 10.0.0.1 password «Kz7Jzk9Hly»\n ip ospf message-digest-key 1 md5 «Qx9u8LpZ»\n"
        ),
        (
            "etc/frr/b.conf",
            "interface eth0\n ip ospf authentication-key «Kz7Jzk9H»\n isis password md5 «Qx9u8LpZ»\n area-password clear «Wz7Jzk9H»\n"
        ),
        ("etc/app/junos.conf", "security { ike { policy p { pre-shared-key ascii-text \"«Kz7J zk9Hly»\"; } } }\n"),
        ("etc/app/junos2.conf", "    pre-shared-key ascii-text \"«Kz7Jzk9Hly»\"; ## SECRET-DATA\n    mode main;\n"),
        ("etc/proftpd.sql", "SQLConnectInfo ftpdb@localhost «karl77» «Kz7Jzk9Hly»\nSQLAuthTypes Plaintext\n"),
        ("etc/deluge/auth", "localclient:«Kz7Jzk9Hly»:10\nkarl:«Qx9u8LpZ»:5\n"),
        ("etc/acme/account.conf", "SAVED_CF_Key='«Kz7J;zk9Hly»'\nSAVED_CF_Token='«Qx9u8LpZ»'\nUPGRADE_HASH='x'\n"),
        (
            "var/lib/zerotier-one/identity.secret",
            "89e92ceee5:0:2f8c0a:«5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c»"
        ),
        ("var/lib/zerotier-one/authtoken.secret", "«abcd7efgh2ijkl9mnop3qrst»"),
        ("etc/zabbix/agent.psk", "«5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c5e7b3d9c»\n"),
        (
            "etc/qb/qBittorrent.conf",
            "[Preferences]\nWebUI\\Port=8080\nWebUI\\Password_PBKDF2=\"@ByteArray(«ARQ77eY1NUZaQsuDHbIMCA==:0WMRkYTUWVT9wVvdDtHAjU9b3b7uB8NR1Gur2hmQCvCDpm39Q+PsJRJPaCU51dEiz+dTzh8qbPsL8WkFljQYFQ==»)\"\n"
        ),
        (
            "opt/hue.json",
            "{\"ip\":\"10.0.0.6\",\"username\":\"«1028d66426293e821ecfd9ef1a0731df»\",\"clientkey\":\"«0F0F0F77AB12CD34EF56AB78CD90EF12»\"}"
        ),
        ("opt/owm.json", "{\"weather\":{\"appid\":\"«b1b15e88fa797225412429c1c50c122a»\",\"city\":\"Köln\"}}"),
        ("etc/asterisk/voicemail.conf", "[default]\n4711 => «8251»,Karl,karl@example.org\n"),
        ("etc/app/alarm.ini", "[alarm]\nzones=8\nuser_pin=«4821»\nmaster_code=«7391»\n"),
        (
            "etc/otbr.conf",
            "channel=15\nnetworkkey=«00112233445566778899aabbccddeeef»\npskc=«445f2b5ca6f2a93a55ce570a70efeecb»\npanid=0x1234\n"
        ),
        (
            "var/lib/bluetooth/x/y/info",
            "[General]\nName=x\n\n[LinkKey]\nKey=«E1F3A77B2C9D4E5F60718293A4B5C6D7»\nType=4\nPINLength=0\n\n[IdentityResolvingKey]\nKey=«A1F3A77B2C9D4E5F60718293A4B5C6D8»\n"
        ),
        ("etc/hostapd.eap_user", "\"«karl77»\"\tPEAP\n\"«karl77»\"\tMSCHAPV2\t\"«Kz7Jzk9Hly»\"\t[2]\n"),
        (
            "etc/init.d/mjpg",
            "#!/bin/sh\nmjpg_streamer -o 'output_http.so -c karl77:«Kz7Jzk9Hly» -p 8080' -i input_uvc.so\n"
        ),
        (
            "opt/fhem/fhem.cfg",
            "define WEB FHEMWEB 8083 global\nattr allowedWEB basicAuth «a2FybDpLejdKems5SGx5»\nattr allowed_x password «Kz7Jzk9Hly»\n"
        ),
        ("root/my.ini", "a=1\npassword=«R#8 k;2Lq»\nz=2\n"),
        ("etc/fr2.ini", "[réseau]\nclé=«Kz7Jzk9Hly»\nmotdepasse=«Wz7Jzk9Hly»\n"),
        ("etc/vault.cfg", "x = \"«hvs.CAESIJ9pQ2m7c1XyR0abcdefghij»\"\n"),
        ("etc/zw.json", "{\"securityKeys\":{\"S0_Legacy\":\"«7764841BC794A54442E324682A550CEF»\",\"x\":\"y\"}}"),
        ("etc/snap.conf", "vrrp_instance a {\n  authentication {\n    auth_pass «Kz7Jzk9H»\n  }\n}\n"),
        ("etc/r.cfg", "tacacs-server host 10.0.0.1 key «Kz7Jzk9Hly»\n"),
    ])
    func filesOfSinglePrograms(_ path: String, _ marked: String) throws {
        try Self.check(path, marked)
    }

    /// What a literal looks like, where its name says that it is a password.
    @Test(arguments: [
        "QUGu eBk fLTXF", "USpB_JjTwFUp", "[j.Ox$Pr", "$,Ubz=@=;p", "u1O&*17|{{", "%y|!k}qSX$m|V", "MkFr FsP TyuGn",
        "CvhpnrjrsiodIbYZ,", "#< HD=+q",
    ])
    func aKeyNeedsNoDigit(_ value: String) { #expect(SettingValue.isLiteralSecret(Array(value.utf8), isStrong: true)) }

    @Test(arguments: [
        "Enter password:", "Wrong password, try again?", "%s:%s@%s", "input[type=password]", "userPassword",
        "form.password.value", "The password is too short.", "[A-Za-z0-9]{8,}", "$(cat /etc/key)", "${DB_PASS}",
    ])
    func whatIsSaidIsNoKey(_ value: String) {
        #expect(!SettingValue.isLiteralSecret(Array(value.utf8), isStrong: true))
    }

    /// Packages that are called `passwd` and `login`, remarks, files.
    @Test(arguments: [
        ("etc/packages.txt", "login 1:4.13+dfsg1-1\npasswd 1:4.13+dfsg1-1\n"),
        (
            "etc/openssl.cnf",
            "newkey = insta.priv.pem\nsecret = # disable PBM\nprivate_key = $dir/private/cakey.pem# key\n"
        ),
        ("etc/default/cacerts", "# storepass must be at least 6 characters long. It must be\n#storepass=''\n"),
    ])
    func remarksVersionsAndFilesStay(_ path: String, _ text: String) throws {
        #expect(try !KindsOfSettingsTests.gone(Array(text.utf8), path: path).contains(true), "\(text)")
    }

    @Test func nothingToLookForIsNoProof() throws {
        #expect(RuleSet(builtIn: false).rules.isEmpty)
        var rules = RuleSet()
        try rules.skip(["password"])
        #expect(rules.unwanted == ["what was left out, by the rules password"])
        #expect(RuleSet().unwanted.isEmpty)
    }

    @Test func valuesWithNULBetweenThemAreSeveral() throws {
        let secrets = try KnownSecret.list(Array("abcdef1\0ghijkl2\0".utf8), file: "x")
        #expect(secrets.map(\.bytes) == [Array("abcdef1".utf8), Array("ghijkl2".utf8)])
    }

    /// What a value means is looked for besides how it is written.
    @Test(arguments: [
        ("root/a.sh", "#!/bin/sh\nPASSWORD='«it'\\''s7Qx!z»'\n# was «it's7Qx!z» once\n"),
        ("etc/b.json", "{\"password\":\"«ab\\u0022cK9Xy7»\",\"note\":\"was «ab\\\"cK9Xy7» once\"}\n"),
        ("etc/c.yaml", "password: '«do''nt8QxY»'\nnote: \"was «do'nt8QxY» once\"\n"),
    ])
    func aValueGoesInOtherWritingsToo(_ path: String, _ marked: String) throws {
        try Self.check(path, marked)
    }
}

import Testing

@testable import Scrub

/// Values that go on where a line seems to end them: in NVRAM, INI, settings of telephones, and what stands around them stays.
@Suite struct ContinuedValueTests {
    /// Behind a line end.
    @Test(arguments: [
        (
            "etc/y000000000000.cfg",
            "#!version:1.0.0.1\naccount.1.user_name = «knolli7»\naccount.1.password = «x$y»\naccount.1.auth_name "
                + "= «knolli7»\nphone_setting.lang = stays\n"
        ),
        (
            "etc/y.cfg",
            "#!version:1.0.0.1\n\naccount.1.password = «Kq7 x;m&p`w»\nsecurity.user_password = admin:«Kq7$xv#m»\n"
                + "lang.gui = English\n"
        ),
        (
            "etc/y.boot",
            "#!version:1.0.0.1\nstatic.auto_provision.server.password = «p(a)s|s>w»\nx = stays\n"
        ),
        (
            "etc/z.cfg",
            "#!/bin/sh\nPASSWORD=«Kq7xvmZp29w»; echo stays\n"
        ),
        (
            "etc/y.cfg",
            "#!version:1.0.0.1\n##File header \"MAC.cfg\"\nstatic.network.pppoe.password=«wur#zel»\nphone_setting.phone_lock.unlock_pin "
                + "= «4711»\nauto_provision.server.username = «knolli»\nauto_provision.server.password = «it's»\n"
                + "x.y = stays\n"
        ),
        (
            "mnt/settings.dat",
            "lan_ip=192.168.1.1\0http_passwd=«Kuche7\ngruen9»\0wl0_mode=ap\0x=1\0"
        ),
        (
            "mnt/settings.dat",
            "lan_ip=192.168.1.1\0http_passwd=«Kuche7\rgruen9=a»\0wl0_mode=ap\0x=1\0"
        ),
        (
            "mnt/settings.dat",
            "lan_ip=1.1.1.1\0pppoe_passwd=«ab\ncd ef\ngh12»\0ppp_user=«max77»\0x=1\0y=2\0"
        ),
        (
            "mnt/p.bin",
            "\0\0\0\0ssid=«Hamster»\npsk=«wurzelkeks»\nmode=ap\n\0\0\0\0"
        ),
        (
            "etc/a.ini",
            "[db]\npassword = «Kq7xvmZ»\n    «p29wTail»\nhost = stays\n"
        ),
        (
            "etc/b.ini",
            "[db]\npassword = «Kq7xvmZ»\\\n    «p29wTail»\nhost = stays\n"
        ),
        (
            "etc/b.conf",
            "password=«Kq7xvmZ»\\\n«p29wTail»\nhost=stays\n"
        ),
        (
            "etc/c.properties",
            "db.password=«Kq7xvmZ»\\\n   «p29wTail»\ndb.host=stays\n"
        ),
        (
            "etc/c.ini",
            "[db]\nsecret_key =\n    «Kq7xvmZp29w»\nhost = stays\n"
        ),
        (
            "etc/d.ini",
            "[db]\npassword: «Kq7xvmZ»\n\t«p29wTail»\nhost: stays\n"
        ),
        (
            "etc/e.conf",
            "network={\n  psk=\"«Kq7xvmZp9»\"\n  key_mgmt=WPA-PSK\n}\n"
        ),
        (
            "etc/f.conf",
            "password = «Kq7xvmZp9»\n  # remark stays\n  reload all stays\n"
        ),
        (
            "etc/g.conf",
            "server {\n  password = «Kq7xvmZp9»\n    port = 8\n}\n"
        ),
        (
            "etc/a.ini",
            "[a]\napi_key: «Kq7xvmZ»\n  «p29wTail==»\nhosts: a\n  stays\n  too\ntoken = «abc7defg»\n\nother "
                + "= stays\n"
        ),
        (
            "etc/b.ini",
            "[a]\npassword = «Kq7xvmZ»\n    ; remark\nuser_timeout = 5\n\tindented = stays\n[b]\npassphrase "
                + "= «wurzel keks»\n"
        ),
        (
            "etc/s.properties",
            "db.password = «Kq7x» \\\n «tail7»\n"
        ),
        (
            "etc/m.txt",
            "secret =\n    the secret\npassword =\n\nkey =\n   - stays\ntoken = \n  # stays\n"
        ),
        (
            "etc/n.txt",
            "mode: what you like\n    stays\npassword = none\n    stays\npassword = \"«abc123xyz»\"\n    "
                + "stays\n"
        ),
        (
            "mnt/nv.bin",
            "a=1\0b=2\0script=line1\npassword_prompt=x\0c=3\0"
        ),
        (
            "mnt/nv.bin",
            "a=1\0rc_startup=#!/bin/sh\nnvram set http_passwd=«wurzel77»\necho stays\n\0c=3\0"
        ),
        (
            "etc/a.ini",
            "[x]\nprivate_key = «Kq7xvmZabc»\n  «defghijklm»\n  «nopqrstuv==»\nafter = stays\n"
        ),
        (
            "etc/a.conf",
            "password = «Kq7xvmZ\\»\n\nnext = stays\n"
        ),
        (
            "etc/app.conf",
            "secret_key: «lettersonlyword»\n    indented: stays\n"
        ),
        (
            "srv/app.txt",
            "abc&foo\nlogin password=«Kq7xvmZp29w»\nstays here\n"
        ),
        (
            "srv/app.jsonl",
            "bc7xx\",\"a\":1}\n{\"user\":\"«max77»\",\"password\":\"«wurzelkeks»\"}\n{\"x\":\"stays\"}\n"
        ),
        (
            "srv/app.jsonl",
            "rd\":\"stub\"}\n{\"password\":\"«wurzel\\\"keks»\",\"x\":\"stays\"}\n"
        ),
        (
            "srv/app.txt",
            "\"tail\n{\"password\": \"«wurzelkeks»\"}\npsk=\"«Kq7xvmZp»\"\nx='stays'\n"
        ),
        (
            "srv/app.txt",
            "it's a tail\nlogin --password '«Kq7xvm Zp»' x\nstays'y\n"
        ),
        (
            "srv/x.json",
            "rd\": \"x\",\n  \"password\": \"«wurzelkeks»\",\n  \"x\": \"stays\"\n}\n"
        ),
        (
            "srv/x.txt",
            "wd=stub\npasswd=«wurzelkeks»\nx=stays\n"
        ),
        (
            "srv/x.txt",
            "d\":\"stub\\\"a\"}\n2026 post {\"password\":\"«wurzel'keks»\"} it's\npsk='«Kq7xvm'Zp»'\n"
        ),
        (
            "srv/x.txt",
            "wd=ab'cd&foo\nGET /?password=«Kq7xvm»&x=stays\nlogin --password='«wurzelK7»' stays\n"
        ),
    ])
    func linesThatGoOn(_ path: String, _ marked: String) throws { try KindsOfSettingsTests.expect(marked, path: path) }

    /// Bytes that are no UTF-8: ü and þ of Latin-1, and ÿ, which is what erased flash has.
    @Test(arguments: [
        ("mnt/settings.dat", "lan_ip=192.168.1.1\0http_passwd=«K\u{fc}che7gr\u{fc}n»\0wl0_mode=ap\0"),
        ("mnt/settings.dat", "lan_ip=192.168.1.1\0wl0_wpa_psk=«K\u{ff}che7gr\u{fe}n»\0wl0_mode=ap\0x=1\0"),
        ("mnt/settings.dat", "a=1\0wl_ssid=«H\u{e4}user»\0wl_wpa_psk=«gr\u{fc}n gr\u{fc}n»\0wl0_mode=ap\0\0\0"),
        ("mnt/nv.bin", "\u{1}\u{2}admin_pwd=«p\u{e4}ss\nw\u{f6}rd»\0ntp=1\0"),
        ("etc/a.conf", "wpa_passphrase=«gr\u{fc}n-gr\u{fc}n»\nchannel=6\n"),
    ])
    func valuesInLatin1(_ path: String, _ marked: String) throws {
        var (text, isSecret): ([UInt8], [Bool]) = ([], [])
        var isInside = false
        for scalar in marked.unicodeScalars {
            if scalar == "«" || scalar == "»" {
                isInside = scalar == "«"
            } else {
                text.append(UInt8(truncatingIfNeeded: scalar.value))
                isSecret.append(isInside)
            }
        }
        #expect(try KindsOfSettingsTests.gone(text, path: path) == isSecret, "\(marked)")
    }

    /// What is written over a password stays an account and its password: the next search takes no more.
    @Test func theAccountInFrontOfWhatIsGoneStays() throws {
        let text = Array("security.user_password = admin:XXXXXXXX\n".utf8)
        #expect(try !KindsOfSettingsTests.gone(text, path: "etc/y.cfg").contains(true))
    }
}

import Testing

@testable import Scrub

/// Files with the logins of single programs. « and » stand around what goes.
@Suite struct LoginFileTests {
    @Test(arguments: [
        ("etc/ntp/keys", "65535\tM\t«FbLd9Rb9xqODtLM»\n65534\tM\t«lxluWx2MqtYy»\n"),
        ("etc/mosquitto/pwfile", "usera:«Meer Stein Tisch 14»\nuserb:«Kj83nsPq92xL»\n"),
        ("etc/exim/passwd.client", "# host:user:password\n*.example.org:«user»:«Kuchen Nadel Hund 10»\n"),
        ("etc/postfix/sasl_passwd", "[smtp.example.org]:587 «user77»:«river Vogel Treppe 86»\n"),
        ("etc/openvpn/up.pass", "«Vogel Birne Wolke 98»\n"), ("etc/ldap.secret", "«Stein Wolke Treppe 75»\n"),
        ("etc/libnss-ldap.secret", "«river Kuchen Birne 76»"), ("etc/credstore/wifi.psk", "«Lampe river Stein 78»"),
        ("etc/vsftpd_login.db.txt", "joe\n«ZOsubRitbA»\njane\n«0TZjMqZF3Gy»\n"),
        (
            "etc/proxychains.conf",
            "strict_chain\n[ProxyList]\nsocks5 10.0.0.9 1080 joe «7oK14zKq7X»\nhttp 10.0.0.8 80\n"
        ),
        (
            "etc/fetchmailrc",
            "poll pop.x.org proto pop3 user \"joe\" there with password \"«hCdK ne7»\" is joe here\npoll b user x pass «a5mNNwOl» ssl\n"
        ),
        (
            "etc/nut/upsmon.conf",
            "# MONITOR <system> <powervalue> <username>\nMONITOR ups@localhost 1 upsmon «a74hjPbANd» master\n"
        ),
        ("etc/tacplus.conf", "key = \"«stone Wolke Stein 18»\"\nuser = joe { login = cleartext \"«Nadel Tisch»\" }\n"),
        ("etc/monit/monitrc", "set httpd port 2812 and\n allow localhost\n allow admin:\"«Kuchen green Nadel 14»\"\n"),
        ("etc/collectd/auth_file", "joe: «ZYTNJeq4a8ip8»\n"),
        ("etc/3proxy/passwd", "joe:CL:«0zGukAg0IxYm»\njane:NT:«xGT97FhlPu»\n"),
        ("etc/sockd.passwd", "joe «t5Kfpf31G3hV»\n"),
        (
            "etc/iet/ietd.conf",
            "Target iqn.2001-04.com.example:disk\n  IncomingUser joe «FKNtuiuVwN»\n  OutgoingUser j «y86zH4NjIJY»\n"
        ),
        ("etc/babel/babeld.conf", "key id k1 type sha256 value «aca23f8302febc302c09b15db9ca423b»\n"),
        (
            "etc/pam_radius_auth.conf",
            "# server[:port] shared_secret timeout (s)\n127.0.0.1 «qz2rtF3MjjT1rI» 3\n[::1]:1812 «677dc77355443c80» 3\n"
        ),
        (
            "etc/grub.d/40_custom",
            "password_pbkdf2 root «grub.pbkdf2.sha512.10000.D27DBAC71567D8F9BF0406E80577D101.ADD8F21393532E51183F1CE48DB825C3»\n"
        ),
        (
            "etc/bind/Kexample.+157+12345.private",
            "Private-key-format: v1.2\nAlgorithm: 157 (HMAC_MD5)\nKey: «mZ3kQ8vLx2Tn5pR7wY1bCg==»\nBits: AAA=\n"
        ),
    ])
    func theSecretsOfEachLineGo(_ path: String, _ marked: String) throws {
        try KindsOfSettingsTests.expect(marked, path: path)
    }
}

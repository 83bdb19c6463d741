import Testing

@testable import Scrub

/// Settings of servers whose names of passwords say nothing elsewhere. « and » stand around what goes.
@Suite struct ServerSettingsTests {
    /// What a server's manual calls a password.
    @Test(arguments: [
        (
            "etc/redis.conf",
            "port 6379\nmasterauth «wurzel»\nrequirepass «blatt&werk»\nmasteruser «repl7»\nuser alice on "
                + ">«keks» ~* +@all\nuser bob on #«0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef» "
                + "+@all\nuser default off nopass\n"
        ),
        (
            "etc/users.acl",
            "user default on nopass ~* +@all\nuser alice on >«kekswerk» >«Zw8;x» ~cached:* +get\n"
        ),
        (
            "etc/redis.conf",
            "masterauth \"«wur zel»\"\nrequirepass '«bla tt»'\n# requirepass foobared\nsentinel auth-pass "
                + "mymaster «lettersonly»\nsentinel auth-user mymaster «sentusr»\n"
        ),
        (
            "etc/a.ovpn",
            "client\nremote h 1194\n<auth-user-pass>\n«maxx»\n«wurzel werk»\n</auth-user-pass>\nverb 3\n"
        ),
        (
            "etc/b.ovpn",
            "client\n<auth-user-pass>\r\n«maxx»\r\n«wurzel»\r\n</auth-user-pass>\r\n<askpass>\n«blattwerk»\n"
                + "</askpass>\nverb 3\n"
        ),
        (
            "etc/c.ovpn",
            "client\n<http-proxy-user-pass>\n«maxx»\n«wurzel<k»\n</http-proxy-user-pass>\nverb 3\n"
        ),
        (
            "etc/xray/config.json",
            "{\"inbounds\":[{\"protocol\":\"vless\",\"settings\":{\"clients\":[{\"id\":\"«3f2a9c1e-7b54-4d1a-9c3e-5a6b7c8d9e0f»\","
                + "\"email\":\"a\"}]},\"streamSettings\":{\"realitySettings\":{\"privateKey\":\"«aB3dEfGhIjKlMnOpQrStUvWxYz0123456789-_abcDE»\","
                + "\"shortIds\":[\"«0123abcd77»\",\"\"],\"serverNames\":[\"stays\"]}}}]}"
        ),
        (
            "etc/v2ray/config.json",
            "{\"outbounds\":[{\"protocol\":\"vmess\",\"settings\":{\"vnext\":[{\"address\":\"h\",\"users\":[{\"id\":\"«3f2a9c1e-7b54-4d1a-9c3e-5a6b7c8d9e0f»\","
                + "\"alterId\":0}]}]}},{\"protocol\":\"trojan\",\"settings\":{\"servers\":[{\"address\":\"h\",\"password\":\"«wurzel»\"}]}}],"
                + "\"tag\":\"stays\"}"
        ),
        (
            "etc/sing.json",
            "{\"inbounds\":[{\"type\":\"vless\",\"users\":[{\"name\":\"max\",\"uuid\":\"«3f2a9c1e-7b54-4d1a-9c3e-5a6b7c8d9e0f»\"}],"
                + "\"tls\":{\"reality\":{\"short_id\":[\"«0123abcd77»\"]}}}]}"
        ),
        (
            "etc/dahua.json",
            "{\"Users\":[{\"Name\":\"admin\",\"Password\":\"«wurzelwerk»\",\"Group\":\"stays\"}],\"NTP\":{\"Address\":\"stays\"},"
                + "\"DDNS\":[{\"UserName\":\"«knolli»\",\"Password\":\"«blattx»\"}]}"
        ),
        (
            "mnt/Config.json",
            "{\"WLan\":{\"eth2\":{\"SSID\":\"«Garten»\",\"Keys\":[\"«abcdefgh»\",\"\",\"\"],\"KeyID\":0}},"
                + "\"Email\":{\"Password\":\"«wurzel»\",\"UserName\":\"«knolli»\"},\"PPPoE\":{\"Password\":\"«none7»\","
                + "\"Enable\":false}}"
        ),
        (
            "mnt/Account1",
            "{\"Group\":[],\"Users\":[{\"AuthorityList\":[\"Monitor\"],\"Id\":1,\"Name\":\"admin\",\"Password\":\"«hamster»\","
                + "\"Sharable\":true}]}"
        ),
        (
            "mnt/c.json",
            "{\"Password\":\"«secret»\",\"passwd\":\"«admin»\",\"x\":\"stays\"}"
        ),
        (
            "etc/rsyncd.secrets",
            "max:«wu r;ze`l/7»\nroot:«p/w#x:y»\n# stays\n"
        ),
        (
            "etc/rsyncd.secrets",
            "@backup:«wurzel»\nmax7:«#wurzel»\n"
        ),
        (
            "etc/ddclient.conf",
            "protocol=dyndns2\nlogin=«max77»\npassword='«wur,zel»', \\\nserver=stays.lan, \\\npassword=«blatt7»,"
                + " \\\nmyhost.lan\n"
        ),
        (
            "etc/ddclient.conf",
            "use=web, web=checkip.lan\nlogin=«max77», password=«wurzelx», \\\nzone=stays\n"
        ),
        (
            "etc/ddclient/ddclient.conf",
            "ssl=yes\nlogin='«maxl»', password='«wurzel»' \\\nhost.lan\npassword=«keks», host2.lan\n"
        ),
        (
            "etc/a.xml",
            "<a><pwd enc=\"plain\">«wurzel»</pwd><b>stays</b></a>"
        ),
        (
            "etc/a.xml",
            "<a>\n<password type=\"clear\" encoding='none'>«wurzel»</password>\n<pass algorithm=\"plain\">"
                + "«keks»</pass><name id=\"x\">stays</name></a>"
        ),
        (
            "etc/a.xml",
            "<a><user name=\"admin\" pwd=\"«wurzel»\" level=\"3\"/><psk name=\"main\">«blattwerk»</psk></a>"
        ),
        (
            "etc/a.xml",
            "<c><psk enc=\"none\" length=\"8\">«wurzelkeks»</psk><password encrypted=\"false\" hash=\"plain\">"
                + "«blatt»</password><x>stays</x></c>"
        ),
        (
            "etc/msmtprc",
            "account a\nuser «max77»\npassword «wu r;z`e#l»\npasswordeval stays\n"
        ),
        (
            "etc/asterisk/pjsip.conf",
            "[auth]\ntype=auth\nauth_type=userpass\npassword=«wu;rzel»\nusername=«max77»\n"
        ),
        (
            "etc/asterisk/manager.conf",
            "[admin]\nsecret = «wurzel»\npermit=stays\n"
        ),
        (
            "etc/tinyproxy.conf",
            "BasicAuth «max77» «wurzel»\nUpstream http max7:«wurz@el»@10.0.0.1:80\n"
        ),
        (
            "etc/shadowsocks.json",
            "{\"server\":\"h\",\"password\":\"«wurzel»\",\"method\":\"stays\",\"port_password\":{\"8388\":\"«blattkeks»\"}}"
        ),
        (
            "etc/frpc.ini",
            "[common]\ntoken = «wurzelkeks»\nserver_addr = stays\n"
        ),
        (
            "mnt/dahua.lua",
            "table.NAS[0].Address=stays\ntable.NAS[0].UserName=x\ntable.NAS[0].Password=«wurzelkeks»\ntable.Email.Password=«wu "
                + "r;z»\n"
        ),
        (
            "etc/v2ray.json",
            "{\"inbounds\":[{\"settings\":{\"clients\":[{\"id\":\"«0fd3df60-9c82-4092-bcd1-686b4eaffe59»\","
                + "\"alterId\":0}]},\"x\":\"stays\"}]}"
        ),
        (
            "etc/j.json",
            "{\"type\":\"trojan\",\"clients\":[{\"id\":5,\"name\":\"stays\"}],\"ssid\":\"«Garten»\",\"keys\":[\"stays\","
                + "\"ArrowLeft\"]}"
        ),
        (
            "etc/s.xml",
            "<config><P2>stays</P2><a>P2=stays</a></config>"
        ),
        (
            "etc/t.xml",
            "<ul><li>Username</li><ManagementServer><URL>stays</URL><Username></Username></ManagementServer>"
                + "</ul>"
        ),
        (
            "etc/redis.conf",
            "# requirepass foobared\n# masterauth <master-password>\n# user alice on >stays\nrequirepass "
                + "«foo»\nport 1\n"
        ),
        (
            "etc/names.conf",
            "protocol=x, \\\nlogin=«max77», \\\npassword='«wur zel»', \\\nserver=stays.lan\n"
        ),
    ])
    func servers(_ path: String, _ marked: String) throws { try KindsOfSettingsTests.expect(marked, path: path) }
}

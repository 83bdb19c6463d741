import Testing

@testable import Scrub

/// Settings of networks, as the programs read them that they are for. « and » stand around what goes.
@Suite struct NetworkSettingsTests {
    /// The last quote of a line ends a value, and what stands behind `|` is none of it.
    @Test(arguments: [
        (
            "etc/wpa_supplicant.conf",
            "network={\n\tssid=\"«Garten»\"\n\teap=TTLS\n\tidentity=\"«ma\"x7»\"\n\tpassword=\"«ab\"cd7\"ef»\"\n"
                + "}\n"
        ),
        (
            "etc/wpa.conf",
            "network={\n\tkey_mgmt=WPA-EAP\n\tidentity=\"«a7x\" b»\"\n\tpassword=\"«a\"b\", x=\"c»\"\n}\n"
        ),
        (
            "etc/wpa.conf",
            "network={\n\tkey_mgmt=WPA-EAP\n\tidentity=\"«max77»\"\n\tpassword=\"«a\\b\"c12»\" # stays\n\tpsk=\"«Kq7\"xvmZp»\"\n"
                + "}\n"
        ),
        (
            "etc/wpa.conf",
            "network={\n\tssid=P\"«Gar\\tten»\"\n\tpsk=\"«Kq7xvmZp»\"\n\tpassword=P\"«Kq7\"xv\\x41»\"\n}\n"
        ),
        (
            "etc/wpa.conf",
            "network={\n\tssid=«47617274656e»\n\tpsk=«0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde7»\n"
                + "\tsae_password=\"«Kq7\"vm»\"\n}\n"
        ),
        (
            "etc/hostapd.conf",
            "ssid=«Garten»\nsae_password=«secretwurzel»|mac=ff:ff:ff:ff:ff:ff\nsae_password=«really secret»|id=other\n"
                + "channel=6\n"
        ),
        (
            "etc/hostapd.conf",
            "sae_password=«example|secret»|vlanid=3|id=pw identifier\nsae_password=«nopipe»\n"
        ),
        (
            "etc/hostapd.conf",
            "ssid2=P\"«Gar\\tten»\"\nwpa_psk=«0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde7»\n"
                + "wpa_passphrase=«P\"abc\"def»\nssid2=\"«Haus\"hof»\"\nchannel=1\n"
        ),
        (
            "etc/hostapd.wpa_psk",
            "00:00:00:00:00:00 «wurzel keks»\nkeyid=x 00:00:00:00:00:00 «blatt\"keks»\n"
        ),
        (
            "etc/w.conf",
            "network={\n\tssid=\"«Ha\"us»\"\n\tidentity=\"«max mu(ster»\"\n\tanonymous_identity=\"«an\"on»\"\n"
                + "\tpassword=«hash:0123456789abcdef0123456789abcde7»\n\tprivate_key_passwd=\"«wu\"rzel»\"\n\tca_cert=\"/etc/stays.pem\"\n"
                + "}\n"
        ),
        (
            "etc/w.conf",
            "cred={\n\trealm=\"stays\"\n\tusername=\"«max\"7»\"\n\tpassword=\"«wu\"rzel»\"\n\tpin=\"«1234»\"\n"
                + "}\n"
        ),
        (
            "etc/h.conf",
            "wpa_passphrase=«Kq7xvmZ\\»\nchannel=6\nssid=«Garten»\n"
        ),
        (
            "etc/w.conf",
            "network={\n\tidentity=\"«9: }:\")8_af»\"\n\tpassword=\"«wurzel»\"\n}\n"
        ),
    ])
    func wireless(_ path: String, _ marked: String) throws { try KindsOfSettingsTests.expect(marked, path: path) }

    /// Symbols are parts of a word, and so is a semicolon.
    @Test(arguments: [
        (
            "etc/frr/ospfd.conf",
            "interface eth0\n ip ospf message-digest-key 1 md5 «Kq`7x;v»\n ip ospf cost 10\n"
        ),
        (
            "etc/frr/bgpd.conf",
            "router bgp 65000\n neighbor 10.0.0.2 password «Kq;7`x$v\"m»\n neighbor 10.0.0.2 remote-as 1\n"
        ),
        (
            "etc/frr/frr.conf",
            "hostname stays\npassword «Kq;7`x»\nenable password «Zw`8;t»\nenable secret 5 «$1$abcd$Zw8tYn41cKq7xvmZp29wR.»\n"
                + "username admin password 0 «p;a`s'7»\n"
        ),
        (
            "etc/frr/isisd.conf",
            "interface eth0\n isis password md5 «Kq7;x`v»\nrouter isis A\n area-password clear «Zw8;x»\n "
                + "domain-password md5 «Rm4'ktb»\n"
        ),
        (
            "etc/frr/eigrpd.conf",
            "key chain A\n key 1\n  key-string «Kq7;x`v»\n"
        ),
        (
            "etc/frr/ripd.conf",
            "interface eth0\n ip rip authentication string «K;q7`x»\n ip ospf authentication-key «Zw;8'x»\n"
        ),
        (
            "startup-config",
            "enable password 0 «Ab;c`1»\nusername «bob» privilege 15 secret 0 «De'f;2»\nline vty 0 4\n password "
                + "«Gh`i;3»\n login\nradius-server key «Jk;l`4»\n"
        ),
        (
            "etc/frr/ldpd.conf",
            "mpls ldp\n neighbor 10.0.0.3 password «lettersonly»\n"
        ),
        (
            "startup-config",
            "crypto isakmp key «Kq;7`xv» address 10.0.0.1\ncrypto isakmp key 0 «lettersonly» hostname stays\n"
                + "tunnel key 7\n"
        ),
        (
            "startup-config",
            "crypto ikev2 keyring A\n peer B\n  pre-shared-key local «Kq;7x»\n  pre-shared-key remote 0 «Zw`8x»\n"
                + "standby 1 authentication md5 key-string «Rm'4x»\nntp authentication-key 1 md5 «nt;p7x»\nppp "
                + "chap password 0 «ch;ap`7»\n"
        ),
        (
            "etc/j.conf",
            "hostname stays\n password 7 «0822455D0A16»\n"
        ),
        (
            "etc/junos.conf",
            "system {\n root-authentication {\n  plain-text-password-value \"«wur;zel»\";\n }\n}\n"
        ),
        (
            "etc/bird.conf",
            "protocol bgp x {\n  password \"«wur;z`el»\";\n  neighbor 10.0.0.1 as 1;\n}\nprotocol ospf {\n"
                + " authentication cryptographic;\n password \"«k`e;ks»\" { id 1; };\n}\n"
        ),
        (
            "etc/keepalived.conf",
            "vrrp_instance A {\n authentication {\n  auth_type PASS\n  auth_pass «wu;r`z»\n }\n}\n"
        ),
        (
            "startup-config",
            "snmp-server community «st;u`x» RO\nip ftp password 0 «f;t`p»\nip http client password «h;t`t»\n"
                + "tacacs-server host 10.0.0.1 key 0 «t;a`c»\nwpa-psk ascii 0 «w;p`askey»\nvpdn username x password "
                + "«l;2t`p»\ncrypto keyring K\n pre-shared-key address 10.0.0.1 key «ps;k`7»\n"
        ),
        (
            "etc/frr/bgpd.conf",
            "neighbor PEER password «lettersonly»\n area 0 virtual-link 10.0.0.1 message-digest-key 1 md5 "
                + "«k`e;y»\n ip ospf message-digest-key 2 md5 «a;b`cde»;\n"
        ),
        (
            "etc/snmp/snmpd.conf",
            "rocommunity «wur;z`el» 10.0.0.0/8\ncreateUser x SHA \"«wur;z`el»\" AES «ke`ks;7»\n"
        ),
        (
            "etc/ppp/peers/dsl",
            "user \"«max7@isp»\"\npassword \"«wu'r;z`el»\"\nmtu 1492\n"
        ),
        (
            "startup-config",
            "snmp-server community «wur&» RO\nsnmp-server community «ze&l» RW 10\nsnmp-server location stays\n"
        ),
    ])
    func routers(_ path: String, _ marked: String) throws { try KindsOfSettingsTests.expect(marked, path: path) }

    /// A value ends at a blank, not at a comma.
    @Test(arguments: [
        (
            "mnt/export.rsc",
            "/ppp secret\nadd name=«max77» password=\"«a,b c»\" service=l2tp\nadd name=«maxi8» password=«a,"
                + "b,c» service=pptp\n/ip address\nadd address=10.0.0.1/24 comment=stays\n"
        ),
        (
            "mnt/export.rsc",
            "/ppp secret add name=«max77» password=\"«a,b»\" profile=stays\n/interface wireless security-profiles "
                + "set [ find default=yes ] wpa2-pre-shared-key=«Kq,7x\\$vm» mode=dynamic-keys\n/interface pppoe-client "
                + "add password=\"«x\\\"y,z»\" user=«max77»\n"
        ),
        (
            "mnt/x.rsc",
            "/user add name=«max77» group=full password=«ab,cd=ef»\n/snmp community set [ find default=yes "
                + "] name=Zw8tYn\n"
        ),
        (
            "usr/x.txt",
            "/ppp secret\nadd your own name=value here\n/etc/passwd\nset x=stays\n/usr/bin add password=required\n"
        ),
        (
            "etc/exports.rsc",
            "/ip ipsec identity\nadd peer=x secret=\"«wu\\\"r;zel»\"\n/interface wifi security\nadd name=«sec» "
                + "passphrase=«wu,r;zel»\n/tool e-mail\nset address=h user=«max77» password=«wurzel»\n"
        ),
        (
            "etc/long.rsc",
            "/ppp secret\nadd name=«max77» password=«wurzel»\\\n    «keks» service=l2tp\n"
        ),
    ])
    func exportsOfRouterOS(_ path: String, _ marked: String) throws {
        try KindsOfSettingsTests.expect(marked, path: path)
    }

    /// TR-069: the account opens as much as the password.
    @Test(arguments: [
        (
            "etc/cwmp.xml",
            "<cwmp><ManagementServer><URL>http://acs.lan/</URL><Username>«knolli»</Username><Password>«wurzel»</Password>"
                + "<ConnectionRequestUsername>«cpe-77x»</ConnectionRequestUsername><ConnectionRequestPassword>«blatt»</ConnectionRequestPassword>"
                + "</ManagementServer><X>stays</X></cwmp>"
        ),
        (
            "etc/tr1.xml",
            "<InternetGatewayDevice>\n <ManagementServer>\n  <Username>«knolli»</Username>\n  <PeriodicInformEnable>"
                + "1</PeriodicInformEnable>\n  <Password>«wurzel»</Password>\n </ManagementServer>\n</InternetGatewayDevice>"
                + "\n"
        ),
        (
            "etc/tr2.xml",
            "<ParameterValueStruct><Name>InternetGatewayDevice.ManagementServer.Username</Name><Value>«knolli»</Value>"
                + "</ParameterValueStruct><ParameterValueStruct><Name>InternetGatewayDevice.ManagementServer.Password</Name>"
                + "<Value>«wurzel»</Value></ParameterValueStruct>"
        ),
        (
            "etc/tr3.conf",
            "Device.ManagementServer.Username=«knolli»\nDevice.ManagementServer.Password=«wurzel»\nDevice.ManagementServer.ConnectionRequestUsername=«cpe77»\n"
                + "Device.X=stays\n"
        ),
        (
            "etc/tr4.xml",
            "<ManagementServer Username=\"«knolli»\" Password=\"«wurzel»\" ConnectionRequestUsername=\"«cpeuser»\" "
                + "ConnectionRequestPassword=\"«blattwerk»\"/>"
        ),
        (
            "etc/tr5.xml",
            "<WANPPPConnection><Username t=\"string\">«knolli@isp»</Username><Password t=\"string\">«wurzel»</Password>"
                + "</WANPPPConnection>"
        ),
        (
            "etc/tr6.xml",
            "<ManagementServer><ConnectionRequestUsername>«knollicpe»</ConnectionRequestUsername><X>stays</X>"
                + "</ManagementServer>"
        ),
        (
            "etc/config/easycwmp",
            "config acs\n\toption url 'http://acs.lan'\n\toption username '«easyacs»'\n\toption password "
                + "'«wurzel»'\nconfig local\n\toption username '«cpe77»'\n\toption password '«blatt»'\n"
        ),
        (
            "etc/a.json",
            "{\"ManagementServer\":{\"Username\":\"«knolli»\",\"ConnectionRequestUsername\":\"«acsuser»\","
                + "\"URL\":\"stays\"}}"
        ),
        (
            "etc/config/network",
            "config interface 'wan'\n\toption username '«max77»'\n\toption password '«wu\"r;z`el»'\n\toption "
                + "proto 'stays'\nconfig wifi-iface\n\toption key '«wur'\\''zel7»'\n"
        ),
        (
            "etc/config/snmpd",
            "config com2sec public\n\toption secname ro\n\toption source default\n\toption community 'public'\n"
                + "config com2sec x\n\toption secname rw\n\toption community '«wurzel»'\n"
        ),
        (
            "etc/config/openvpn",
            "config openvpn 'c'\n\toption askpass_inline '«H!*.me%:»'\n\toption dev 'stays'\n"
        ),
    ])
    func management(_ path: String, _ marked: String) throws { try KindsOfSettingsTests.expect(marked, path: path) }

    /// By numbers and names of makers of telephones.
    @Test(arguments: [
        (
            "etc/config.txt",
            "# Grandstream GXP\nP2=«adminpass»\nP196=«userpass»\nP34=«sip;pa`ss»\nP35=«knolli»\nP3=stays\n"
                + "P47=sip.lan\n"
        ),
        (
            "etc/cfg000b82aabbcc.xml",
            "<?xml version=\"1.0\"?><gs_provision version=\"1\"><config version=\"1\"><P2>«wurzel»</P2><P34>"
                + "«blatt»</P34><P196>«keks»</P196><P1359>«xmlpw»</P1359><P3>stays</P3></config></gs_provision>"
        ),
        (
            "etc/phone.xml",
            "<gs_provision version=\"1\"><mac>«000b82112233»</mac><config><P2>«wurzel»</P2><P406>«blatt»</P406>"
                + "</config></gs_provision>"
        ),
        (
            "etc/snom.xml",
            "<settings><phone-settings><user_pass idx=\"1\" perm=\"RW\">«wurzel»</user_pass><user_name idx=\"1\" "
                + "perm=\"\">«knolli»</user_name><http_pass perm=\"R\">«blatt»</http_pass><lang perm=\"\">stays</lang>"
                + "</phone-settings></settings>"
        ),
        (
            "etc/snom.txt",
            "# snom\nuser_pass1!: «wurzel»\nhttp_pass!: «blatt»\nlang!: stays\n"
        ),
        (
            "etc/spa.xml",
            "<flat-profile><Password_1_ ua=\"na\">«wurzel»</Password_1_><User_ID_1_ ua=\"na\">«knolli»</User_ID_1_>"
                + "<Admin_Passwd ua=\"na\">«blatt»</Admin_Passwd><X ua=\"rw\">stays</X></flat-profile>"
        ),
        (
            "etc/poly.cfg",
            "<?xml version=\"1.0\"?><reg reg.1.auth.userId=\"knolli\" reg.1.auth.password=\"«wurzel»\" device.auth.localAdminPassword=\"«blatt»\" "
                + "x=\"stays\"/>"
        ),
        (
            "etc/fanvil.txt",
            "<<VOIP CONFIG FILE>>Version:2.0002\n<SIP CONFIG MODULE>\nSIP1 Register User :knolli\nSIP1 Register "
                + "Pswd :«wur;zel»\nSIP1 Phone Number :stays\n"
        ),
        (
            "etc/asterisk/voicemail.conf",
            "[general]\nformat = wav49\n[default]\n1234 => «4242»,Max Knolle,mx@mail.lan\n1235 => -«99871»,"
                + "Root,,,attach=no\n"
        ),
        (
            "etc/asterisk/sip.conf",
            "[general]\nregister => «max77»:«wurzel»@sip.lan\n[100]\nsecret=«blatt»\nhost=stays\n"
        ),
        (
            "etc/asterisk/agents.conf",
            "[agents]\nagent => 1001,«4321»,Max Knolle\n"
        ),
        (
            "etc/asterisk/meetme.conf",
            "[rooms]\nconf => 600,«1234»\nconf => 601,«4711»\n"
        ),
        (
            "etc/asterisk/voicemail.conf",
            "[default]\n1234 => «4242»,Max Knolle,mx@mail.lan,,tz=eu\n1235=>-«9987»,Root\n;1236 => 1111,X\n"
                + "[zones]\neu=Europe/Berlin|'vm-received' q\n"
        ),
        (
            "etc/config.ini",
            "P2=abc\nx=1\ny=2\nz=3\nname=stays\n"
        ),
        (
            "etc/asterisk/voicemail.conf",
            "[default]\n1234 => «wurzel;K»,Max Knolle,stays\n"
        ),
        (
            "etc/y.cfg",
            "#!version:1.0.0.1\nstatic.security.user_password = admin:«i7x/=i:a»\nx.y = stays\n"
        ),
    ])
    func telephones(_ path: String, _ marked: String) throws { try KindsOfSettingsTests.expect(marked, path: path) }
}

/// Credentials as arguments of commands, in addresses, and in notations of single programs.
enum CommandRules {
    static let all: [SecretRule] =
        arguments + FileFormatRules.all + DeviceFileRules.all + ServerFileRules.all
        + NamedFileRules.all + LoginFileRules.all

    private static let arguments: [SecretRule] = [
        rule(
            "curl-user", description: "user in a command",
            pattern:
                #"\b(?:curl|wget|ftpput|ftpget|ncftpput|lftp|smbclient|mosquitto_pub|mosquitto_sub|sendEmail|sendemail)\b[^\r\n\x00|;]{0,400}?\s(?:-u|-U|-xu|--user|--proxy-user|--mail-from|--username)[ =]{0,2}(?:"([^"\r\n\x00$`:%,]{2,128})[":%,]|'([^'\r\n\x00:%,]{2,128})[':%,]|([^\s"'\x00|;&<>$`()\\%:,-][^\s"'\x00|;&<>$`():%,\\]{1,128}))"#,
            kind: .identifier,
            keywords: ["-u", "-xu", "--user", "--mail-from", "--proxy-user"], reach: (512, 200)
        ) { $0.check = { SettingValue.isAccount($0, isCode: false) } },
        rule(
            "curl-user-password", description: "user and password in a command",
            pattern:
                #"\b(?:curl|wget|lftp|smbclient)\b[^\r\n\x00|;]{0,400}?\s(?:-u|-U|--user|--proxy-user)[ =]{0,2}(?:"[^\s"':%]{1,64}[:%]([^"\r\n\x00]{1,128})"|'[^\s"':%]{1,64}[:%]([^'\r\n\x00]{1,128})'|["']?[^\s"':%]{1,64}["']?[:%](?:"([^"\r\n\x00]{1,128})"|'([^'\r\n\x00]{1,128})'|([^\s"'\x00|;&<>]{1,128})))"#,
            keywords: ["-u", "--user", "--proxy-user"], reach: (512, 300)),
        rule(
            "command-password", description: "password in a command",
            pattern:
                #"\b(?:sshpass|ftpput|ftpget|ncftpput|smbclient|mosquitto_pub|mosquitto_sub|htpasswd|zip|unzip|7zr?|7za|rar|unrar|sendEmail|sendemail|swaks|redis-cli|plink|pscp|ipmitool|wput|cadaver)\b[^\r\n\x00|;]{0,400}?\s(?:-p|-P|--pw|-xp|-a |-k )[ =]{0,2}"#
                + word,
            keywords: ["-p", "--pw", "-xp", "-a ", "-k "], reach: (512, 200)),
        rule(
            "sendmail-user", description: "account in a command",
            pattern: #"\bsendmail\b[^\r\n\x00|;]{0,400}?\s-au["']?([^\s"'\x00|;&<>$]{2,128})"#, kind: .identifier,
            keywords: ["-au"], reach: (512, 140)),
        rule(
            "sendmail-password", description: "password in a command",
            pattern: #"\bsendmail\b[^\r\n\x00|;]{0,400}?\s-ap["']?([^\s"'\x00|;&<>$]{2,128})"#,
            keywords: ["-ap"], reach: (512, 140)),
        rule(
            "iwconfig-key", description: "key of a wireless network in a command",
            pattern:
                #"\b(?:iwconfig|iwpriv|iw)\b[^\r\n\x00|;]{0,200}?\s(?:key|enc(?:ryption)?)[ =]{1,3}(?:\[[0-9]\]\s)?(?:s:)?"#
                + word,
            keywords: ["iwconfig", "iwpriv", "iw "], reach: (2, 400)),
        rule(
            "iwconfig-essid", description: "name of a wireless network in a command",
            pattern: #"\b(?:iwconfig|iwpriv|iw|iwctl|nmcli)\b[^\r\n\x00|;]{0,200}?\s(?:essid|connect|ssid=?)[ =]{0,3}"#
                + word,
            kind: .network,
            keywords: ["iwconfig", "iwpriv", "iw ", "iwctl", "nmcli"], reach: (2, 400)),
        rule(
            "wpa-passphrase-network", description: "name of a wireless network in a command",
            pattern:
                #"\bwpa_passphrase\s{1,4}(?:"([^"\r\n$]{1,32})"|'([^'\r\n]{1,32})'|([^\s"'$<>|=]{1,32}))\s{1,4}["']?[^\s"'$]"#,
            kind: .network,
            keywords: ["wpa_passphrase"], reach: (2, 128)),
        rule(
            "chpasswd", description: "password in a command",
            pattern:
                #"\b(?:echo|printf)\s{1,3}(?:-[en]{1,2}\s){0,2}(?:"[a-z_][a-z0-9_-]{0,31}:((?:[^"\\$`\r\n\x00]|\\[^n\r\n]){3,128})(?:\\n)?"|'[a-z_][a-z0-9_-]{0,31}:([^'\r\n\x00]{3,128}?)(?:\\n)?'|[a-z_][a-z0-9_-]{0,31}:([^\s"'$\x00|]{3,128}))\s{0,3}\|\s{0,3}(?:sudo\s{1,3})?(?:/[a-z/]{1,32})?chpasswd"#,
            keywords: ["chpasswd"], reach: (220, 2)),
        rule(
            "echo-passwd", description: "password in a command",
            pattern:
                #"\b(?:echo|printf)\s{1,3}(?:-e\s)?(?:"([^\s"$`\x00\\]{3,64})(?:\\{1,2}n[^"\r\n]{0,80})?"|'([^\s'\x00\\]{3,64})(?:\\n[^'\r\n]{0,80})?'|([^\s"'$`\x00|\\;()&<>]{3,64}))\s{0,3}(?:;[^|\r\n]{0,80})?\)?\s{0,3}\|\s{0,3}(?:/[a-z/]{1,32})?(?:passwd|smbpasswd)\b"#,
            keywords: ["passwd"], reach: (220, 2)),
        rule(
            "echo-passwd-again", description: "password in a command, the second time",
            pattern:
                #"\b(?:echo\s{1,3}-e|printf)\s{1,3}["'](?:[^\s"'\\]{1,64}\\{1,2}n)([^\s"'\\$%]{3,64})(?:\\{1,2}n)?["']\s{0,3}\|\s{0,3}(?:sudo\s)?(?:/[a-z/]{1,32})?(?:passwd|smbpasswd)\b"#,
            keywords: ["passwd"], reach: (260, 2)),
        rule(
            "here-string", description: "password that a command reads",
            pattern:
                #"\b(?:passwd|smbpasswd|chpasswd|sudo[ \t]{1,3}-S)\b[^\r\n<|;]{0,120}<<<[ \t]{0,3}["']?(?:[a-z_][a-z0-9_-]{0,31}:)?([^\s"'$]{3,128})|\bchpasswd\b[^\r\n|;]{0,60}<<-?[ \t]{0,3}["']?[A-Za-z_]{1,32}["']?\r?\n[ \t]{0,16}[a-z_][a-z0-9_-]{0,31}:([^\s$]{3,128})|\becho[ \t]{1,3}["']?([^\s"'$\\;()|&<>]{3,128})["']?[ \t]{0,3}\|[ \t]{0,3}sudo[ \t]{1,3}-S\b"#,
            keywords: ["<<", "sudo "], reach: (200, 200)),
        rule(
            "expect-send", description: "password that a script types",
            pattern:
                #"(?i)(?:assw(?:or)?d|passphrase|secret|assword)[^\r\n"'{}]{0,24}["'}*\\]{0,4}\s{0,4}[;{]?(?:\s{0,16}(?:sleep|after|set timeout)\b[^\r\n"']{0,24}[\r\n;]{1,2}){0,2}[\r\n]{0,4}\s{0,16}(?:exp_)?send\s{1,4}(?:--\s|-s\s)?(?:\\["']([^"'\r\n\\$]{1,128})|"((?:[^"\r\n\\$]|\\[^rnt\r\n])(?:[^"\r\n\\]|\\[^rnt\r\n]){0,127})|'([^'\r\n\\$]{1,128})|\{([^}\r\n\\$]{1,128}))"#,
            keywords: ["assw", "passphrase", "secret"], reach: (2, 400)),
        rule(
            "dialog-answer", description: "password that a program types",
            pattern:
                #"(?i)\b(?:read_until|readuntil|expect|expect_exact|wait|waitfor|wait_for|waitforstring)\b[^\r\n]{0,40}?(?:assw(?:or)?d|passphrase)[^\r\n]{0,32}[\r\n]{1,2}(?:[^\r\n"']{0,60}[\r\n]{1,2}){0,2}[^\r\n"']{0,60}?\b(?:write|writeline|send|sendline|sendln|send_line)\b[ \t(]{0,4}[bu]?(?:"((?:[^"\r\n\\$%{<]|\\[^rnt\r\n])(?:[^"\r\n\\%{<]|\\[^rnt\r\n]){2,127})|'((?:[^'\r\n\\$%{<]|\\[^rnt\r\n])(?:[^'\r\n\\%{<]|\\[^rnt\r\n]){2,127}))|(?<![a-z])a?ssword:?(?:--[^\s"']{1,20})?["']?[ \t]{1,4}["']?([^\s"'\\$%<]{3,64})"#,
            keywords: ["assw", "passphrase", "ssword"], reach: (80, 400)),
        rule(
            "expect-send-user", description: "account that a script types",
            pattern:
                #"(?i)(?:ogin|user(?:name)?)[^\r\n"'{}]{0,8}["'}*]{1,3}\s{0,4}\{?[\r\n]{0,4}\s{0,16}(?:exp_)?send\s{1,4}(?:--\s)?["'{]([^"'}\r\n\\$]{3,128})"#,
            kind: .identifier, keywords: ["ogin", "user"], reach: (2, 400)
        ) { $0.check = { SettingValue.isAccount($0, isCode: false) } },
        rule(
            "net-use", description: "password of a share",
            pattern:
                #"(?i)\bnet[ \t]{1,3}use\b[^\r\n]{0,200}?[ \t]/u(?:ser)?:[^\s]{1,64}[ \t]{1,3}["']?([^\s"'/%*][^\s"']{2,127})|\bnet[ \t]{1,3}use\b[^\r\n/]{0,200}?[ \t]\\\\[^\s]{1,128}[ \t]{1,3}["']?([^\s"'/%*][^\s"']{2,127})["']?[ \t]{1,3}/u(?:ser)?:|\bnet[ \t]{1,3}user[ \t]{1,3}[^\s/]{1,64}[ \t]{1,3}["']?([^\s"'/%*][^\s"']{2,127})["']?[ \t]{1,3}/add"#,
            keywords: ["/user:", "/u:", "/add"], reach: (300, 300)),
        rule(
            "dsn-password", description: "password of a database",
            pattern:
                #"(?i)(?<![^\s"'`=])[^\s:/@"'`<>=,;()$]{1,64}:([^\s"'`<>$]{3,96}?)@(?:tcp[46]?|udp|unix|memory)\(|jdbc:oracle:[a-z]{1,8}:[^\s/:@"']{1,64}/([^\s"'@/$]{3,96})@|["'`][a-z0-9_.-]{1,32}:([^\s"'`@/:$%{<]{6,96})@/[a-z0-9_]{1,64}[?"'`]"#,
            keywords: ["@tcp", "@udp(", "@unix(", "@memory(", "jdbc:oracle", "@/"], reach: (180, 100)),
        rule(
            "secure-string", description: "password in a script of PowerShell",
            pattern:
                #"(?i)\bConvertTo-SecureString\s{1,3}(?:-String\s{1,3})?(?:"([^"\r\n$]{3,128})"|'([^'\r\n]{3,128})')"#,
            keywords: ["convertto-securestring"], reach: (2, 200)),
        rule(
            "cmake-setting", description: "password or key in a script of CMake",
            pattern:
                #"(?i)\bset\s{0,3}\(\s{0,8}[a-z0-9_]{0,32}(?:passwords?|passwd|passphrase|psk|secret|token|api_?key)[0-9]?\s{1,8}(?:"([^"\r\n$]{3,128})"|([^\s"'()$]{3,128}))"#,
            keywords: ["set(", "set ("], reach: (2, 200)
        ) { $0.check = { SettingValue.isLiteralSecret($0, isStrong: true) } },
        rule(
            "slack-webhook", description: "address that lets anybody post",
            pattern:
                #"\bhooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9_/-]{20,128})|discord(?:app)?\.com/api/webhooks/([0-9]{10,24}/[A-Za-z0-9_-]{30,128})|api\.telegram\.org/bot([0-9]{8,10}:[A-Za-z0-9_-]{30,40})|maker\.ifttt\.com/trigger/[^/\s]{1,64}/with/key/([A-Za-z0-9_-]{10,64})|webhook\.office\.com/webhookb2/([A-Za-z0-9@/_-]{30,300})"#,
            keywords: ["hooks.slack", "webhooks/", "telegram.org", "ifttt.com", "webhookb2"], reach: (64, 320)),
        rule(
            "oauth-token", description: "token of OAuth",
            pattern:
                #"\b(GOCSPX-[A-Za-z0-9_-]{20,40}|ya29\.[A-Za-z0-9_-]{20,300}|1//0[A-Za-z0-9_-]{20,200}|EAA[A-Za-z0-9]{60,300}|sk-[A-Za-z0-9_-]{32,200}|hf_[A-Za-z0-9]{30,40}|shpat_[a-f0-9]{32}|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}|AC[a-f0-9]{32}|pk\.eyJ[A-Za-z0-9._-]{20,200})(?![A-Za-z0-9_-])"#,
            keywords: ["gocspx", "ya29.", "1//0", "eaa", "sk-", "hf_", "shpat_", "sg.", "pk.eyj"], reach: (2, 320)),
        rule(
            "sip-register", description: "account of a telephone line",
            pattern: #"(?i)\bregister\s{0,3}=>\s{0,3}([^\s:@]{1,64}):"#, keywords: ["register"], reach: (1, 80)
        ) { $0.kind = .identifier },
        rule(
            "sip-register-password", description: "password of a telephone line",
            pattern: #"(?i)\bregister\s{0,3}=>\s{0,3}[^\s:@]{1,64}:([^\s@/]{1,64})@"#, keywords: ["register"],
            reach: (1, 160)),
        rule(
            "wifi-qr", description: "key of a wireless network in a QR code",
            pattern: #"\bWIFI:(?:[A-Z]:[^;\r\n\x00]{0,64};){0,3}P:"?((?:[^;\\"\r\n\x00]|\\.){1,128})"?;"#,
            keywords: ["wifi:"],
            reach: (1, 300)),
        rule(
            "wifi-qr-network", description: "name of a wireless network in a QR code",
            pattern: #"\bWIFI:(?:[A-Z]:(?:[^;\\\r\n\x00]|\\.){0,64};){0,3}?S:"?((?:[^;\\"\r\n\x00]|\\.){1,64})"?;"#,
            kind: .network,
            keywords: ["wifi:"], reach: (1, 300)),
        rule(
            "wpa-psk-file", description: "key of a wireless network, by station",
            pattern:
                #"(?:^|\n|\x00)(?:[a-z]{2,8}=[^\s]{1,32} ){0,3}(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}[ \t]{1,4}([^\r\n\x00]{8,64})(?=[\r\n\x00]|\z)"#,
            keywords: [":"], reach: (120, 140)
        ) {
            $0.keywords = []
            $0.path = try? BytePattern(source: #"(?i)(?:psk|hostapd|wpa|wlan|wifi)[^/]*\z"#)
            $0.isForKnownPaths = true
        },
        rule(
            "eap-user", description: "password of a user of a wireless network",
            pattern:
                #"(?:^|\n)"[^"\r\n]{1,64}"[ \t]{1,8}(?:[A-Z0-9-]{2,16},?){1,8}[ \t]{1,8}(?:"([^"\r\n]{1,128})"|(hash:[0-9a-f]{32}))"#,
            keywords: ["peap", "ttls", "md5", "mschapv2", "tls", "gtc", "pwd", "fast", "pap"], reach: (160, 200)),
        rule(
            "eap-identity", description: "user of a wireless network",
            pattern: #"(?:^|\n)"([^"\r\n*]{3,64})"[ \t]{1,8}(?:[A-Z0-9-]{2,16},?){1,8}(?=[ \t\r\n]|\z)"#,
            kind: .identifier, keywords: ["peap", "ttls", "md5", "mschapv2", "tls", "gtc", "pwd", "fast", "pap"],
            reach: (160, 100)),
        rule(
            "secrets-line", description: "name and password of a dial-up line",
            pattern:
                ##"(?:^|\n)[ \t]{0,4}(?:"([^"\r\n]{1,128})"|([^\s"#*]{3,128}))[ \t]{1,8}(?:\*|"[^"\r\n]{0,64}"|[a-z0-9]{1,32})[ \t]{1,8}"?[^"\s*]"##,
            keywords: [],
            reach: (1, 300)
        ) {
            $0.check = { SettingValue.isAccount($0, isCode: false) }
            $0.kind = .identifier
            $0.path = secrets
            $0.isForKnownPaths = true
        },
        rule(
            "secrets-line-password", description: "password of a dial-up line",
            pattern:
                ##"(?:^|\n)[ \t]{0,4}(?:"[^"\r\n]{1,128}"|[^\s#"]{1,128})[ \t]{1,8}(?:\*|"[^"\r\n]{0,64}"|[a-z0-9]{1,32})[ \t]{1,8}(?:"((?:[^"\\\r\n]|\\[^\r\n]){1,128})"|([^\s"#]{1,128}))"##,
            keywords: [], reach: (1, 300)
        ) {
            $0.path = secrets
            $0.isForKnownPaths = true
        },
        rule(
            "openvpn-account", description: "user of a VPN",
            pattern: #"\A([^\r\n]{3,128})\r?\n[^\r\n]{1,128}(?:\r?\n)?\z"#,
            kind: .identifier, keywords: [], reach: (0, 0)
        ) {
            $0.path = vpnLogin
            $0.isForKnownPaths = true
        },
        rule(
            "openvpn-login", description: "user and password of a VPN",
            pattern: #"\A[^\r\n]{1,128}\r?\n([^\r\n]{1,128})(?:\r?\n)?\z"#,
            keywords: [], reach: (0, 0)
        ) {
            $0.path = vpnLogin
            $0.isForKnownPaths = true
        },
        rule(
            "ipsec-secret", description: "key or password of a VPN",
            pattern:
                #"(?:^|\n)[^\r\n#:]{0,200}:\s{0,4}(?:PSK|XAUTH|EAP|NTLM|PIN|(?:RSA|ECDSA|BLISS|PKCS8|PKCS12|P12)\s{1,4}[^\s"]{1,128})\s{1,4}(?:"([^"\r\n]{1,256})"|(0[xs][A-Za-z0-9+/=]{8,200})|([^\s"%#]{4,128})(?=\s|\z))"#,
            keywords: ["psk", "xauth", "eap", "ntlm", "pin", "rsa", "p12", "pkcs"], reach: (220, 280)),
        rule(
            "database-password-file", description: "password of a database",
            pattern: #"(?:^|\n)[^\s:#]{1,128}:(?:[0-9]{1,5}|\*):[^\s:]{1,64}:[^\s:]{1,64}:([^\r\n]{1,128})"#,
            keywords: [],
            reach: (1, 400)
        ) {
            $0.path = try? BytePattern(source: #"(?:^|/)\.?pgpass(?:\.conf)?\z"#)
            $0.isForKnownPaths = true
        },
        rule(
            "fetchmail-password", description: "password of a mailbox",
            pattern:
                #"(?i)\buser(?:name)?\s{1,3}["']?[^\s"']{1,64}["']?[^\r\n]{0,80}?\spass(?:word)?\s{1,3}(?:"([^"\r\n]{1,128})"|'([^'\r\n]{1,128})')"#,
            keywords: ["user"], reach: (1, 400)),
        rule(
            "netrc-password", description: "password of an account on another host",
            pattern:
                #"\bmachine\s{1,8}[^\s]{1,128}\s{1,8}login\s{1,8}[^\s]{1,128}\s{1,8}password\s{1,8}(?:"([^"\r\n]{1,128})"|([^\s"]{1,128}))"#,
            keywords: ["machine"], reach: (1, 600)),
        rule(
            "registry-login", description: "user and password of a registry",
            pattern: #""auth"\s{0,4}:\s{0,4}"([A-Za-z0-9+/]{8,400}={0,2})""#, keywords: ["\"auth\""], reach: (1, 460)),
        rule(
            "own-host", description: "name of a host at home",
            pattern:
                #"(?i)(?<![a-z0-9.-])((?!members\.|update\.|www\.|dynupdate\.|api\.|checkip\.|freedns\.|nic\.|ddns\.)(?:[a-z0-9][a-z0-9-]{0,62}\.){1,3}(?:dyndns\.(?:org|com|info|tv)|no-ip\.(?:org|com|biz|info)|ddns\.net|duckdns\.org|hopto\.org|zapto\.org|sytes\.net|homeip\.net|homelinux\.(?:org|net|com)|dnsalias\.(?:net|com|org)|dynv6\.net|freeddns\.org|myfritz\.net|selfhost\.(?:eu|de|me)|spdns\.(?:de|org|eu)|goip\.de|myds\.me|synology\.me|mooo\.com|myqnapcloud\.com|asuscomm\.com|tplinkdns\.com|mynetgear\.com))(?![a-z0-9-])"#,
            kind: .identifier,
            keywords: [
                "dyndns.", "no-ip.", "ddns.net", "duckdns", "hopto.org", "zapto.org", "sytes.net", "homeip.net",
                "homelinux.",
                "dnsalias.", "dynv6", "freeddns", "myfritz", "selfhost.", "spdns.", "goip.de", "myds.me", "synology.me",
                "mooo.com", "myqnapcloud", "asuscomm", "tplinkdns", "mynetgear",
            ], reach: (200, 32)),
    ].compactMap(\.self)

    private static let secrets = try? BytePattern(
        source: #"(?:^|/)(?:chap|pap|l2tp|pptp)[-_]?secrets[^/]*\z|(?:^|/)ppp/[^/]*secrets[^/]*\z"#)

    private static let vpnLogin = try? BytePattern(
        source:
            #"(?i)(?:^|/)(?:openvpn|vpn|ovpn)/[^/]*(?:auth|pass|cred|login|user|secret)[^/]*\z|(?:^|/)[^/]*(?:ovpn|openvpn|vpn)[^/]*(?:auth|pass|cred|login)[^/]*\z"#
    )

    /// One word of a shell, quoted or not, that is no variable.
    private static let word =
        #"(?:"([^"\r\n\x00$`]{2,128})"|'([^'\r\n\x00]{2,128})'|([^\s"'\x00|;&<>$`()\\%-][^\s"'\x00|;&<>$`()]{1,128}))"#

    static func rule(
        _ id: String, description: String, pattern: String, kind: SecretClass = .credential, keywords: [String],
        reach: (before: Int, after: Int), change: (inout SecretRule) -> Void = { _ in }
    ) -> SecretRule? {
        guard let compiled = try? BytePattern(source: pattern) else { return nil }
        var rule = SecretRule(id: id, description: description)
        rule.kind = kind
        rule.pattern = compiled
        rule.keywords = keywords.map { Array($0.utf8) }
        rule.reach = reach
        rule.excludedPath = StructuredRules.manuals
        rule.check = { !SettingValue.isReference($0) && !SettingValue.isRedacted($0) }
        rule.programCheck = { _ in false }
        change(&rule)
        return rule
    }
}

/// Credentials in files whose lines have a form of their own: lists of hosts and passwords, cookies, sessions, statements of
/// SQL, keys in notations of single programs.
enum FileFormatRules {
    static let all: [SecretRule] = keys + lines + commands

    private static func rule(
        _ id: String, description: String, pattern: String, kind: SecretClass = .credential, keywords: [String],
        reach: (before: Int, after: Int) = (256, 512), path: String? = nil,
        change: (inout SecretRule) -> Void = { _ in }
    ) -> SecretRule? {
        CommandRules.rule(
            id, description: description, pattern: pattern, kind: kind, keywords: keywords, reach: reach
        ) {
            if let path {
                $0.path = try? BytePattern(source: path)
                $0.isForKnownPaths = true
            }
            change(&$0)
        }
    }

    private static let keys: [SecretRule] = [
        rule(
            "putty-key", description: "private key of PuTTY",
            pattern: #"Private-Lines: [0-9]{1,3}\r?\n((?:[A-Za-z0-9+/=]{4,80}\r?\n){1,99})"#,
            keywords: ["private-lines"],
            reach: (1, 9000)),
        rule(
            "putty-key-sum", description: "check of a private key of PuTTY",
            pattern: #"Private-(?:MAC|Hash): ([0-9a-f]{40,64})"#,
            keywords: ["private-mac", "private-hash"], reach: (1, 90)),
        rule(
            "json-web-key", description: "private key in JSON",
            pattern: #""(?:d|p|q|dp|dq|qi|k)"\s{0,3}:\s{0,3}"([A-Za-z0-9_-]{20,1400})""#, keywords: ["\"kty\""],
            reach: (3000, 3000)),
        rule(
            "wireguard-key", description: "private key of WireGuard in a command",
            pattern:
                #"\becho\s{1,3}["']?([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)["']?\s{0,3}[|)>]"#,
            keywords: ["echo "], reach: (1, 80)),
        rule(
            "homekit-payload", description: "code that adds a device to a home",
            pattern: #"\b(?:X-HM://([0-9A-Z]{9,20})|MT:([0-9A-Z.-]{19,40}))(?![0-9A-Za-z.-])"#,
            keywords: ["x-hm://", "mt:"],
            reach: (1, 60)),
        rule(
            "shared-access-signature", description: "signature of an access",
            pattern: #"[?&]sig=([A-Za-z0-9%+/=_-]{30,200})"#, keywords: ["sig="], reach: (2, 220)),
        rule(
            "service-token", description: "token of a service",
            pattern:
                #"\b(tskey-[a-z]{2,10}-[A-Za-z0-9-]{16,80}|npm_[A-Za-z0-9]{36}|amzn1\.oa2-cs\.v1\.[0-9a-f]{64}|Atz[ar]\|[A-Za-z0-9_/+=-]{60,2000}|glsa_[A-Za-z0-9_]{32,64}|dop_v1_[a-f0-9]{64}|pypi-[A-Za-z0-9_-]{50,250}|github_pat_[A-Za-z0-9_]{50,90}|AAAA[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{100,180})(?![A-Za-z0-9_-])"#,
            keywords: [
                "tskey-", "npm_", "oa2-cs", "atzr|", "atza|", "glsa_", "dop_v1_", "pypi-", "github_pat_", "apa91b",
            ],
            reach: (16, 2100)),
        rule(
            "telegram-chat", description: "number of a chat",
            pattern: #"(?i)\bchat_?id["']?\s{0,3}[=:]\s{0,3}["']?(-?[0-9]{7,16})"#, kind: .identifier,
            keywords: ["chat"],
            reach: (1, 40)),
    ].compactMap(\.self)

    private static let lines: [SecretRule] = [
        rule(
            "host-login", description: "account at a mail server",
            pattern:
                #"(?:^|\n)\[?[a-z0-9.*-]{1,128}\.[a-z]{2,16}\]?(?::[0-9]{1,5})?(?:[ \t]{1,8}|:)([^\s:@]{1,64}@[^\s:@]{1,128}):[^\s:]{3,128}(?=[\s]|\z)"#,
            kind: .identifier,
            keywords: ["smtp", "mail", ".de:", ".com:", ".net:", ".org:", ".de ", ".com ", ".net ", ".org "],
            reach: (200, 300)),
        rule(
            "host-login-password", description: "password at a mail server",
            pattern:
                #"(?:^|\n)\[?[a-z0-9.*-]{1,128}\.[a-z]{2,16}\]?(?::[0-9]{1,5})?(?:[ \t]{1,8}|:)[^\s:@]{1,64}@[^\s:@]{1,128}:([^\s:]{3,128})(?=[\s]|\z)"#,
            keywords: ["smtp", "mail", ".de:", ".com:", ".net:", ".org:", ".de ", ".com ", ".net ", ".org "],
            reach: (200, 300)),
        rule(
            "mail-login", description: "password at a mail server",
            pattern: #"(?:^|\n)[^\s#]{1,128}(?:[ \t]{1,8}|:)[^\s:]{1,128}:([^\s:]{3,128})(?=[\s]|\z)"#, keywords: [],
            path: #"(?i)(?:^|/)(?:passwd\.client|sasl_passwd|smtp_?(?:auth|passwd)|relay_?passwd)[^/]*\z"#),
        rule(
            "mail-login-user", description: "account at a mail server",
            pattern: #"(?:^|\n)[^\s#]{1,128}(?:[ \t]{1,8}|:)([^\s:]{3,128}):[^\s:]{3,128}(?=[\s]|\z)"#,
            kind: .identifier,
            keywords: [],
            path: #"(?i)(?:^|/)(?:passwd\.client|sasl_passwd|smtp_?(?:auth|passwd)|relay_?passwd)[^/]*\z"#),
        rule(
            "mail-authinfo", description: "password at a mail server", pattern: #""P=?:?([^"\r\n]{3,128})""#,
            keywords: ["authinfo:"], reach: (2, 300)),
        rule(
            "mail-authinfo-user", description: "account at a mail server", pattern: #""[UI]=?:([^"\r\n]{3,128})""#,
            kind: .identifier, keywords: ["authinfo:"], reach: (2, 300)),
        rule(
            "key-of-host", description: "key that is shared with a host",
            pattern:
                #"(?:^|\n)[^\s#:]{1,128}(?:(?::[0-9]{1,5})?[ \t]{1,40}|:)([^\s:]{4,256})(?:[ \t]{1,8}[0-9]{1,4})?[ \t]{0,8}(?=[\r\n]|\z)"#,
            keywords: [],
            path:
                #"(?i)(?:^|/)[^/]*psk[^/]*\.(?:txt|key|secrets?)\z|(?:^|/)pam_radius[^/]*\z|(?:^|/)raddb/server\z|(?:^|/)racoon/[^/]*\z"#
        ),
        rule(
            "dial-up-line", description: "password of a dial-up line",
            pattern:
                ##"(?:\A|\n)[ \t]{0,4}(?:"[^"\r\n]{1,128}"|\*|[^\s"#*]{3,128})[ \t]{1,8}(?:\*|l2tpd|pptpd|pppd|xl2tpd)[ \t]{1,8}(?:"((?:[^"\\\r\n]|\\[^\r\n]){3,128})"(?:[ \t]{1,8}(?:\*|[0-9.]{7,15}))?|([^\s"*]{3,128})[ \t]{1,8}(?:\*|[0-9.]{7,15}))[ \t]{0,8}(?=[\r\n]|\z)"##,
            keywords: [" * ", "\t*\t", "*\t", " l2tpd", " pptpd"], reach: (160, 300)),
        rule(
            "dial-up-account", description: "account of a dial-up line",
            pattern:
                #"(?:\A|\n)[ \t]{0,4}"([^"\r\n]{3,128})"[ \t]{1,8}(?:\*|l2tpd|pptpd|pppd|xl2tpd)[ \t]{1,8}"[^"\r\n]{3,128}""#,
            kind: .identifier, keywords: [" * ", "\t*\t", "*\t", " l2tpd", " pptpd"], reach: (160, 300)),
        rule(
            "station-key", description: "key of a wireless network, by station",
            pattern:
                #"\A(?:(?:#[^\r\n]{0,200}|(?:[a-z]{2,8}=[^\s]{1,32} ){0,3}(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}[ \t][^\r\n]{8,64})\r?\n){0,8}?(?:[a-z]{2,8}=[^\s]{1,32} ){0,3}(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}[ \t](?!(?:[0-9A-Fa-f]{2}:){5})([^\r\n]{8,64})(?=[\r\n]|\z)"#,
            keywords: ["0:", ":0", "a:", "f:", "c:"], reach: (400, 200)),
        rule(
            "authorized-key-owner", description: "whose key may log in",
            pattern:
                #"\b(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp[0-9]{3}) AAAA[A-Za-z0-9+/]{40,1200}={0,2} ([^\s@]{1,64}@[^\s]{1,64})"#,
            kind: .identifier, keywords: ["aaaab3nza", "aaaac3nza", "aaaae2vjz"], reach: (60, 1400)),
        rule(
            "database-account", description: "account of a database",
            pattern: #"(?:^|\n)[^\s:#]{1,128}:(?:[0-9]{1,5}|\*):[^\s:]{1,64}:([^\s:]{3,64}):"#, kind: .identifier,
            keywords: [], path: #"(?:^|/)\.?pgpass(?:\.conf)?\z"#
        ) { $0.check = { SettingValue.isAccount($0, isCode: false) } },
        rule(
            "braced-password", description: "password in a script of Tcl",
            pattern:
                #"(?:^|\n)\s{0,16}set\s{1,4}[A-Za-z0-9_]{0,32}(?:pass(?:word|wd|phrase)?|pwd|psk|secret)[0-9]?\s{1,4}\{([^}\r\n$]{3,128})\}"#,
            keywords: ["set "], reach: (20, 200)),
        rule(
            "cookie-file", description: "cookie of a session",
            pattern:
                #"(?:^|\n)(?:#HttpOnly_)?[^\s]{1,200}\t(?:TRUE|FALSE)\t[^\t\r\n]{1,200}\t(?:TRUE|FALSE)\t[0-9]{1,12}\t[^\t\r\n]{1,100}\t([^\r\n]{6,4096})"#,
            keywords: ["\ttrue\t", "\tfalse\t"], reach: (260, 4600)),
        rule(
            "openvpn-inline-login", description: "password of a VPN",
            pattern:
                #"<(?:auth-user-pass|http-proxy-user-pass|socks-proxy-user-pass)>\s{0,8}[^\r\n<]{1,128}\r?\n([^\r\n]{1,256})|<askpass>\s{0,8}([^\r\n]{1,256})"#,
            keywords: ["-user-pass>", "<askpass>"], reach: (24, 440)),
        rule(
            "openvpn-inline-user", description: "user of a VPN",
            pattern:
                #"<(?:auth-user-pass|http-proxy-user-pass|socks-proxy-user-pass)>\s{0,8}([^\s<]{3,128})[ \t]{0,8}\r?\n"#,
            kind: .identifier, keywords: ["-user-pass>"], reach: (24, 300)),
        rule(
            "openvpn-static-key", description: "key of a VPN, without its frame",
            pattern: #"(?:\A|\n)((?:[0-9a-f]{32}\r?\n){15}[0-9a-f]{32})(?:\r?\n)?(?:\z|[^0-9a-f])"#, keywords: [],
            path: #"(?i)(?:^|/)(?:[^/]*(?:ta|tls|static|vpn|crypt)[^/]*(?:\.key)?|ta[0-9]*)\z"#),
        rule(
            "login-lines", description: "password in a list of logins",
            // By turns: whatever stands in the second line is one.
            pattern: #"(?:\A|\n)[^\r\n]{1,128}\r?\n([^\r\n]{3,128})(?=\r?\n|\z)"#, keywords: [],
            path:
                #"(?i)(?:^|/)(?:[^/]*virtual[^/]*users?[^/]*|(?:vsftpd|ftp)[^/]*/?[^/]*(?:logins?|users?)\.(?:txt|list))\z"#
        ) { $0.secretGroup = 1 },
        rule(
            "ftp-user", description: "password in a script for ftp",
            pattern:
                #"(?:^|\n)[ \t]{0,8}user[ \t]{1,4}[^\s]{1,64}[ \t]{1,4}([^\s$]{3,64})[ \t]{0,4}\r?\n[ \t]{0,8}(?:put|get|cd|bin|lcd|mput|mget|ascii|passive|prompt|quit|bye|mkdir|dele)"#,
            keywords: ["user "], reach: (10, 200)),
        rule(
            "ftp-user-name", description: "account in a script for ftp",
            pattern:
                #"(?:^|\n)[ \t]{0,8}user[ \t]{1,4}([^\s$]{3,64})[ \t]{1,4}[^\s]{3,64}[ \t]{0,4}\r?\n[ \t]{0,8}(?:put|get|cd|bin|lcd|mput|mget|ascii|passive|prompt|quit|bye|mkdir|dele)"#,
            kind: .identifier, keywords: ["user "], reach: (10, 200)),
        rule(
            "ftp-quote-user", description: "account in a script for ftp",
            pattern: #"(?:^|\n)[ \t]{0,8}quote USER[ \t]{1,4}([^\s$]{3,64})"#, kind: .identifier,
            keywords: ["quote user"],
            reach: (10, 90)),
        rule(
            "php-session", description: "password in a session",
            pattern: #"(?i)(?:pass(?:word|wd)?|pwd|token|secret|key)(?:\||";)s:[0-9]{1,4}:"([^"\r\n]{3,1024})""#,
            keywords: ["s:"], reach: (40, 1100)),
        rule(
            "php-session-user", description: "account in a session",
            pattern: #"(?i)(?:user(?:name)?|login|e?mail)(?:\||";)s:[0-9]{1,4}:"([^"\r\n]{3,128})""#, kind: .identifier,
            keywords: ["|s:", ";s:"], reach: (40, 200)
        ) { $0.check = { SettingValue.isAccount($0, isCode: false) } },
        rule(
            "radius-user", description: "password of a user of RADIUS",
            pattern:
                #"\b(?:Cleartext|User|CHAP|Crypt|NT|LM|MD5|SSHA?)-Password\s{0,4}[:=]?=\s{0,4}(?:"([^"\r\n]{3,128})"|([^\s",]{3,128}))"#,
            keywords: ["-password"], reach: (20, 160)),
    ].compactMap(\.self)

    private static let commands: [SecretRule] = [
        rule(
            "sql-password", description: "password of a user of a database",
            pattern:
                #"(?i)\bIDENTIFIED\s{1,4}(?:WITH\s{1,4}[a-z0-9_]{1,40}\s{1,4})?BY\s{1,4}(?:PASSWORD\s{1,4})?(?:'([^'\r\n]{3,128})'|"([^"\r\n]{3,128})")"#,
            keywords: ["identified"], reach: (2, 300)),
        rule(
            "sql-setting", description: "password in a table of settings",
            pattern:
                #"(?i)\bvalue\s{0,3}=\s{0,3}'([^'\r\n]{3,256})'\s{1,4}where\s{1,4}[a-z_"`]{1,32}\s{0,3}=\s{0,3}'[a-z0-9_.-]{0,32}(?:passw(?:or)?d|pwd|psk|secret|token|_key)'"#,
            keywords: ["where"], reach: (300, 100)),
        rule(
            "snmp-user", description: "password of a user of SNMP",
            pattern:
                #"\bcreateUser\s{1,4}(?:-e\s{1,4}[^\s]{1,64}\s{1,4})?[^\s]{1,64}\s{1,4}(?:MD5|SHA[-0-9]{0,4})\s{1,4}(?:"((?:[^"\\\r\n]|\\.){3,128})"|([^\s"]{3,128}))"#,
            keywords: ["createuser"], reach: (1, 300)),
        rule(
            "snmp-user-privacy", description: "second password of a user of SNMP",
            pattern:
                #"\bcreateUser\s[^\r\n]{1,200}?\s(?:DES|AES[-0-9]{0,4}C?)[ \t]{1,4}(?:"((?:[^"\\\r\n]|\\.){3,128})"|([^\s"]{3,128}))"#,
            keywords: ["createuser"], reach: (1, 400)),
        rule(
            "ipsec-user", description: "user of a VPN",
            pattern: ##"(?:^|\n)"?([^\s:@%"#]{3,64})"?\s{1,4}:\s{1,4}(?:EAP|XAUTH|NTLM)\s"##, kind: .identifier,
            keywords: [": eap", ": xauth", ": ntlm"], reach: (80, 8)),
        rule(
            "http-header", description: "key in an HTTP header",
            pattern: #"(?i)\bX-[a-z-]{0,24}(?:key|token|auth|secret)[a-z-]{0,16}: ?([^\s"'$]{8,1024})"#,
            keywords: ["x-"], reach: (1, 1100)
        ) { $0.check = { $0.contains(where: ByteText.isDigit) && !SettingValue.isReference($0) } },
        rule(
            "npm-login", description: "user and password of a registry",
            pattern: #"(?:^|\n|:)_(?:auth|password)\s?=\s?"?([A-Za-z0-9+/]{8,400}={0,2})"#,
            keywords: ["_auth", "_password"],
            reach: (2, 420)),
        rule(
            "snmp-key", description: "keys of a user of SNMP",
            pattern: #"\busmUser\s[^\r\n]{10,400}?\s(0x[0-9a-f]{32,128}(?:\s\.[0-9.]{2,64}\s0x[0-9a-f]{32,128})?)"#,
            keywords: ["usmuser"], reach: (1, 700)),
        rule(
            "snmp-community", description: "community of SNMP",
            pattern:
                #"(?:^|\n)[ \t]{0,8}(?:com2sec6?[ \t]{1,8}(?:-Cn[ \t]{1,4}[^\s]{1,64}[ \t]{1,4})?[^\s]{1,64}[ \t]{1,8}[^\s]{1,64}[ \t]{1,8}([^\s]{3,64})|(?:trap2?sink|informsink)[ \t]{1,8}[^\s]{1,128}[ \t]{1,8}([^\s]{3,64}))"#,
            keywords: ["com2sec", "trapsink", "trap2sink", "informsink"], reach: (10, 300)
        ) {
            let common: Set<[UInt8]> = [Array("public".utf8), Array("private".utf8)]
            $0.check = { !common.contains($0) && !SettingValue.isRedacted($0) }
        },
        rule(
            "sim-pin", description: "PIN of a SIM card",
            pattern: #"(?i)(?:\bAT\+CPIN="?|--(?:verify|unlock|enable|disable)-pin[12]?[ =]"?)([0-9]{4,8})\b"#,
            keywords: ["cpin=", "-pin"], reach: (20, 40)
        ) { $0.check = { value in zip(value, value.dropFirst()).contains { $1 != $0 && $1 != $0 &+ 1 } } },
        rule(
            "sip-number", description: "number of a telephone line",
            pattern: #"(?i)\bsips?:(\+?[0-9]{6,15})@"#, kind: .identifier, keywords: ["sip:", "sips:"], reach: (1, 40)),
        rule(
            "sip-address-password", description: "password of a telephone line",
            pattern: #"(?i)\bsips?:[^\s:@<>"]{1,64}:([^\s@<>"]{3,64})@"#, keywords: ["sip:", "sips:"], reach: (1, 160)),
        rule(
            "sip-address-user", description: "account of a telephone line",
            pattern: #"(?i)\bsips?:([^\s:@<>"]{3,64}):[^\s@<>"]{3,64}@"#, kind: .identifier,
            keywords: ["sip:", "sips:"],
            reach: (1, 160)),
        rule(
            "private-key-text", description: "numbers of a private key, as OpenSSL shows them",
            pattern:
                #"\b(?:privateExponent|prime[12]|exponent[12]|coefficient|priv):[ \t]{0,4}\r?\n((?:[ \t]{1,12}[0-9a-fA-F:]{2,96}\r?\n?){2,120})"#,
            keywords: ["privateexponent:", "prime1:", "prime2:", "exponent1:", "exponent2:", "coefficient:", "priv:"],
            reach: (1, 8192)
        ) { $0.check = { $0.contains { ByteText.isHexDigit($0) && $0 != 0x30 } } },
        rule(
            "openssl-pass", description: "password in a command",
            pattern: #"\s-pass(?:in|out)?[ =]["']?pass:([^\s"'\x00$|;&]{2,128})"#, keywords: ["pass:"], reach: (12, 140)
        ),
        rule(
            "mount-login", description: "user and password in a command",
            pattern:
                #"\b(?:curlftpfs|wdfs|sshfs|davfs2?)\b[^\r\n\x00|;]{0,200}?\s([^\s:@/="'-][^\s:@/="']{0,63}:[^\s@"'$]{2,64})@"#,
            keywords: ["curlftpfs", "wdfs", "sshfs", "davfs"], reach: (1, 360)),
        rule(
            "shell-default", description: "password that a script has for want of another",
            pattern:
                #"\$\{[A-Za-z0-9_]{0,32}(?:PASS(?:WORD|WD|PHRASE)?|PWD|PSK|SECRET|TOKEN|API_?KEY|WIFI_?KEY|pass(?:word|wd)?|psk|secret)[0-9]?:?[-=]["']?([^}\s"'$`]{3,128})["']?\}"#,
            keywords: ["pass", "pwd", "psk", "secret", "token", "key"], reach: (40, 160)),
    ].compactMap(\.self)
}

/// Credentials in files of single programs and devices whose names say nothing that a setting's name would: telephones,
/// routing daemons, gateways of home automation.
enum DeviceFileRules {
    static let all: [SecretRule] = files + lines + tokens

    private static func rule(
        _ id: String, description: String, pattern: String, kind: SecretClass = .credential, keywords: [String] = [],
        path: String? = nil, check: (@Sendable ([UInt8]) -> Bool)? = nil
    ) -> SecretRule? {
        CommandRules.rule(
            id, description: description, pattern: pattern, kind: kind, keywords: keywords, reach: (400, 600)
        ) {
            if let path {
                $0.path = try? BytePattern(source: path)
                $0.isForKnownPaths = true
            }
            if let check { $0.check = check }
        }
    }

    private static let files: [SecretRule] = [
        rule(
            "webdav-login", description: "password of a share",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}[^\s#]{1,256}[ \t]{1,40}(?:"[^"\r\n]{1,128}"|[^\s"]{1,128})[ \t]{1,40}(?:"((?:[^"\\\r\n]|\\.){1,256})"|([^\s"]{1,256}))"#,
            path: #"(?:^|/)\.?davfs2?/secrets[^/]*\z"#),
        rule(
            "webdav-user", description: "account of a share",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}[^\s#]{1,256}[ \t]{1,40}(?:"([^"\r\n]{3,128})"|([^\s"]{3,128}))[ \t]{1,40}[^\s]"#,
            kind: .identifier, path: #"(?:^|/)\.?davfs2?/secrets[^/]*\z"#),
        rule(
            "telephone-setting", description: "password in the settings of a telephone",
            pattern:
                #"(?:\A|\n)[ \t]{0,4}<?P(?:2|34|196|406|506|606|1406|1506|1606|1359)[ \t]{0,2}(?:=|>)[ \t]{0,2}([^\r\n<]{3,64})"#,
            path: #"(?i)(?:^|/)[^/]*(?:gs|gxp|gxv|grandstream|ht[58]|wp8|dp7|cfg[0-9a-f]{6,12})[^/]*\z"#),
        rule(
            "daemon-login", description: "password in a list of logins",
            pattern: #"(?:\A|\n)[^\s:#]{1,64}:([^\r\n]{1,128}):(?:10|5|1|0)(?=\s|\z)"#,
            path: #"(?:^|/)\.?deluged?/auth\z"#),
        rule(
            "network-identity", description: "private key of a member of a network",
            pattern: #"\A[0-9a-f]{10}:0:[0-9a-f]{2,128}:([0-9a-f]{64,256})"#, path: #"(?:^|/)identity\.secret\z"#),
        rule(
            "service-secret", description: "token of a local service",
            pattern: #"\A\s{0,4}([A-Za-z0-9+/=_-]{16,256})\s{0,4}\z"#,
            path:
                #"(?i)(?:^|/)(?:authtoken\.secret|[^/]*(?:auth|api|access)[_-]?(?:token|key|secret)|\.?(?:vault|influxdbv2|sentry)[_-]token)\z"#
        ) { value in
            // The name of the file is looked at as well, and is none.
            value.count >= 16 && value.contains(where: ByteText.isDigit) && value.contains(where: ByteText.isLetter)
        },
        rule(
            "psk-file", description: "key that is shared with a server",
            pattern: #"\A\s{0,4}([0-9A-Fa-f]{32,512})\s{0,4}\z"#,
            path: #"(?i)(?:^|/)[^/]*\.psk\z|(?:^|/)zabbix[^/]*/[^/]*psk[^/]*\z"#),
        rule(
            "network-file", description: "name of a wireless network, as the name of a file",
            // The content has several lines, and is none.
            pattern: #"\A(?:=([0-9a-f]{2,64})|([^=/\r\n\x00][^/\r\n\x00]{0,31}))\.(?:psk|8021x|open)\z"#,
            kind: .network,
            path: #"(?:^|/)iwd/[^/]+\.(?:psk|8021x|open)\z"#),
        rule(
            "camera-users", description: "password of a user of a camera",
            pattern: #"(?:\A|\n)(?:user|admin|viewer)[0-9]{0,2}:[^\s:]{1,32}:([^\r\n:]{3,64})(?=\r?\n|\z)"#,
            path: #"(?i)(?:^|/)(?:users?|accounts?)\.(?:dat|txt|lst)\z"#),
    ].compactMap(\.self)

    private static let lines: [SecretRule] = [
        rule(
            "routing-key", description: "key of a routing protocol",
            pattern:
                #"\b(?:message-digest-key[ \t]{1,4}[0-9]{1,3}[ \t]{1,4}(?:md5|hmac-[a-z0-9-]{3,16})[ \t]{1,4}(?:[0-9][ \t]{1,4})?|authentication-key[ \t]{1,4}(?:[0-9]{1,5}[ \t]{1,4}(?:md5[ \t]{1,4}))?|key-string[ \t]{1,4}(?:[0-9][ \t]{1,4})?|nhrp[ \t]{1,4}authentication[ \t]{1,4}|ospf[ \t]{1,4}authentication-key[ \t]{1,4})(?:([^\s"]{3,128}?)(?=;?[ \t]{0,8}(?:[\r\n]|\z))|([^\s"]{3,128}))"#,
            keywords: ["message-digest-key", "authentication-key", "key-string", "nhrp"]),
        rule(
            "quoted-router-secret", description: "key or password in the settings of a router",
            pattern:
                #"\b(?:ascii-text|hexadecimal|encrypted-password|simple-password|plain-text-password-value|authentication-key|privacy-password)[ \t]{1,4}"((?:[^"\\\r\n]|\\.){3,256})""#,
            keywords: ["ascii-text", "hexadecimal", "-password", "authentication-key"]),
        rule(
            "ftp-database", description: "password of a database",
            pattern:
                #"\bSQLConnectInfo[ \t]{1,8}[^\s]{1,128}[ \t]{1,8}[^\s]{1,64}[ \t]{1,8}(?:"([^"\r\n]{1,128})"|([^\s"]{1,128}))"#,
            keywords: ["sqlconnectinfo"]),
        rule(
            "ftp-database-user", description: "account of a database",
            pattern: #"\bSQLConnectInfo[ \t]{1,8}[^\s]{1,128}[ \t]{1,8}([^\s"]{3,64})[ \t]{1,8}["']?[^\s]"#,
            kind: .identifier,
            keywords: ["sqlconnectinfo"]),
        rule(
            "saved-account", description: "key of a provider of names",
            pattern:
                #"(?i)(?:\A|\n)(?:export[ \t]{1,2})?SAVED_[a-z0-9_]{0,40}(?:key|token|secret|pass(?:word|wd)?|pwd)=(?:'([^'\r\n]{3,256})'|"([^"\r\n]{3,256})")"#,
            keywords: ["saved_"]),
        rule(
            "password-pbkdf2", description: "hash of a password",
            pattern: #"Password_PBKDF2=?"?@ByteArray\(([A-Za-z0-9+/=:]{20,400})\)"#, keywords: ["password_pbkdf2"]),
        rule(
            "stream-login", description: "password in a command",
            pattern: #"\bmjpg_streamer\b[^\r\n]{0,300}?[ \t]-c[ \t]{1,3}[^\s:"']{1,64}:([^\s"']{3,128})"#,
            keywords: ["mjpg_streamer"]),
        rule(
            "basic-authentication", description: "user and password in base64",
            pattern: #"\bbasicAuth[ \t]{1,3}([A-Za-z0-9+/]{8,200}={0,2})(?=\s|\z)"#, keywords: ["basicauth"]),
        rule(
            "vrrp-password", description: "password of a router's neighbors",
            pattern:
                #"\b(?:auth_pass|vrrp[ \t]{1,4}[0-9]{1,3}[ \t]{1,4}authentication(?:[ \t]{1,4}text)?)[ \t]{1,4}([^\s"]{2,63}[^\s";])"#,
            keywords: ["auth_pass", "vrrp"]),
        rule(
            "tacacs-key", description: "key of a server of logins",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}(?:tacacs|radius)(?:-server)?[ \t][^\r\n]{0,120}?\bkey[ \t]{1,4}(?:[0-9][ \t]{1,4})?([^\s"]{3,127}[^\s";])"#,
            keywords: ["tacacs", "radius"]),
    ].compactMap(\.self)

    /// Tokens by the words that services put in front.
    private static let tokens: [SecretRule] = [
        rule(
            "prefixed-token", description: "token of a service",
            pattern:
                #"\b(AGE-SECRET-KEY-1[0-9A-Z]{58}|hvs\.[A-Za-z0-9_-]{24,120}|glrt-[A-Za-z0-9_-]{20,60}|dckr_pat_[A-Za-z0-9_-]{24,40}|lin_api_[A-Za-z0-9]{32,48}|gsk_[A-Za-z0-9]{40,60}|glc_[A-Za-z0-9+/=]{32,400}|pul-[a-f0-9]{40}|rubygems_[a-f0-9]{48}|key-[0-9a-f]{32}|sq0csp-[A-Za-z0-9_-]{40,50}|rk_live_[A-Za-z0-9]{20,99}|whsec_[A-Za-z0-9+/=]{24,80}|xprv[A-Za-z0-9]{100,112}|ntn_[A-Za-z0-9]{40,60}|dp\.(?:pt|st|ct)\.[A-Za-z0-9._-]{40,60}|sk\.eyJ[A-Za-z0-9_.-]{60,400}|nfp_[A-Za-z0-9]{36,60}|sntrys_[A-Za-z0-9+/=_-]{60,400}|phx_[A-Za-z0-9]{40,60})(?![A-Za-z0-9])"#,
            keywords: [
                "age-secret-key-", "hvs.", "glrt-", "dckr_pat_", "lin_api_", "gsk_", "glc_", "pul-", "rubygems_",
                "key-",
                "sq0csp-", "rk_live_", "whsec_", "xprv", "ntn_", "dp.pt.", "dp.st.", "dp.ct.", "sk.eyj", "nfp_",
                "sntrys_", "phx_",
            ])
    ].compactMap(\.self)
}

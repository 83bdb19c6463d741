/// The rules that are always used: what camera and router file systems hold.
///
/// The order counts: of rules that find the same bytes, the first one names them.
enum BuiltInRules {
    static let all: [SecretRule] =
        keys
        + (networks + fields + accounts + identifiers).map { rule in
            var rule = rule
            rule.programCheck = isKeyLike
            return rule
        } + CommandRules.all + StructuredRules.all + BuiltInPlaces.all + texts

    // MARK: - How a value is assigned

    /// Between a name and its value: `=`, `:`, JSON, XML, an attribute, or white space in quotes.
    private static let assignment = #"(?:["']?\s{0,4}(?:=|:[-=?+]?|=>)\s{0,4}|>\s{0,4}|["']\s{0,2},\s{0,2})"#
    /// In front of a name: nothing that would make it part of a longer word, except prefixes with `_`, `-` and `.`.
    private static let start = #"(?<![A-Za-z0-9$%{])(?:[A-Za-z0-9]{1,16}[_.-]){0,3}"#
    /// A quoted value, or a bare one up to where it must end.
    private static func value(_ least: Int, most: Int) -> String {
        #"(?:"((?:[^"\\\x00-\x1f]|\\[^\x00-\x1f]){"# + "\(least),\(most)" + #"})"|'([^'\x00-\x1f]{"#
            + "\(least),\(most)"
            + #"})'|([^\s"'<>,;{}()$`\\\x00-\x1f\x7f-\xff&|*]{"# + "\(least),\(most)"
            + #"})(?=[\x00\xff\r\n<&,;}"'\s]|\z))"#
    }

    private static func rule(
        _ id: String, description: String, kind: SecretClass, pattern: String, keywords: [String],
        reach: (before: Int, after: Int) = (128, 512), change: (inout SecretRule) -> Void = { _ in }
    ) -> SecretRule? {
        // Our own patterns compile: a test holds them to it.
        guard let compiled = try? BytePattern(source: pattern) else { return nil }
        var rule = SecretRule(id: id, description: description)
        rule.kind = kind
        rule.pattern = compiled
        rule.keywords = keywords.map { Array($0.utf8) }
        rule.reach = reach
        change(&rule)
        return rule
    }

    // MARK: - Keys and tokens that are unmistakable

    private static let keys: [SecretRule] = unmistakable.map { rule in
        var rule = rule
        // Programs have hashes to test themselves with, which somebody has typed.
        if rule.id.hasPrefix("password-hash") { rule.programCheck = isRandomHash }
        return rule
    }

    /// Whether the last part of a hash has letters of both cases, or letters and digits.
    private static func isRandomHash(_ hash: [UInt8]) -> Bool {
        let last = hash.split(separator: 0x24).last ?? []
        let ranges: [ClosedRange<UInt8>] = [0x30...0x39, 0x41...0x5a, 0x61...0x7a]
        let kinds = ranges.count { range in last.contains { range.contains($0) } }
        return kinds >= 2
    }

    private static let unmistakable: [SecretRule] = [
        rule(
            "private-key", description: "private key in PEM", kind: .credential,
            pattern:
                #"-----BEGIN (?:(?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V1|OpenVPN tls-crypt-v2 (?:client|server) key)-----[\r\n\\nrt "',+]{0,12}(?:&#x?0?[0-9AaDd]{1,2};){0,2}((?:[A-Za-z-]{3,20}: [^\r\n]{1,80}[\r\n]{1,4}){0,4}[A-Za-z0-9+/=]{12,120}(?:[\r\n\\nrt "',&#;]{0,12}[A-Za-z0-9+/=]{1,120}){0,400})"#,
            keywords: ["private key", "static key", "tls-crypt"], reach: (64, 256)),
        rule(
            "openssh-key", description: "private key of OpenSSH, bare", kind: .credential,
            // The names of a cipher and of how its key is made, one public key: programs have the first words alone.
            pattern:
                #"openssh-key-v1\x00\x00{3}[\x04-\x20][a-z0-9@.-]{4,32}\x00{3}[\x04-\x10](?:none|bcrypt)[\x00-\xff]{4,64}?\x00{3}\x01\x00\x00[\x00-\x0f][\x00-\xff]\x00{3}[\x04-\x30](?:ssh-|ecdsa-|sk-)[\x00-\xff]{60,4096}"#,
            keywords: ["openssh-key-v1"], reach: (0, 16)),
        rule(
            "dropbear-key", description: "private host key of dropbear", kind: .credential,
            pattern:  // Type, then at least three numbers: a public key has two.
                #"\A\x00\x00\x00(?:\x07ssh-rsa|\x07ssh-dss|\x13ecdsa-sha2-nistp(?:256|384|521)|\x0bssh-ed25519)\x00\x00[\x00-\xff]{60,4096}\z"#,
            keywords: ["ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp", "ssh-ed25519"], reach: (4, 1)),
        rule(
            "password-hash", description: "hash of a password", kind: .credential,
            pattern:
                #"(\$(?:1|2[abxy]?|5|6|7|y|gy|md5|sha1|apr1)\$(?:[A-Za-z0-9./+=,]{1,40}\$){1,3}[A-Za-z0-9./+]{22,88}={0,2})(?![A-Za-z0-9./+])"#,
            keywords: [
                "$1$", "$2$", "$2a$", "$2b$", "$2x$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$md5", "$sha1",
                "$apr1$",
            ],
            reach: (0, 16)),
        rule(
            "password-hash-bcrypt", description: "hash of a password (bcrypt)", kind: .credential,
            pattern: #"(\$2[abxy]?\$[0-9]{2}\$[A-Za-z0-9./]{53})"#,
            keywords: ["$2$", "$2a$", "$2b$", "$2x$", "$2y$"], reach: (0, 16)),
        rule(
            "password-hash-des", description: "hash of a password (DES)", kind: .credential,
            pattern: #"(?:^|\n|\x00)[a-z_][a-z0-9_-]{0,31}:([A-Za-z0-9./]{13}):[0-9]{0,7}:[0-9]{0,7}:"#,
            keywords: [":0:", ":1:"],
            reach: (64, 16)),
        rule(
            "jwt", description: "JSON web token", kind: .credential,
            pattern: #"\b(eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,1000})"#,
            keywords: ["eyj"],
            reach: (2, 2)),
        rule(
            "authorization-header", description: "credentials in an HTTP header", kind: .credential,
            pattern:
                #"(?i)\bauthorization(?:["']?\s{0,3}[:=,]\s{0,3}["']?|["']?\s{1,3}["'])(?:bearer|basic|token|digest)\s{1,3}([A-Za-z0-9+/=._~-]{8,2000})"#,
            keywords: ["authorization"], reach: (2, 16)),
        rule(
            "cloud-key", description: "key of a cloud service", kind: .credential,
            pattern:
                #"\b((?:AKIA|ASIA)[A-Z2-7]{16}|gh[pousr]_[A-Za-z0-9]{36,255}|glpat-[A-Za-z0-9_-]{20,64}|xox[abeoprs]-[A-Za-z0-9-]{10,250}|AIza[A-Za-z0-9_-]{35}|LTAI[A-Za-z0-9]{16,24}|sk_live_[A-Za-z0-9]{16,99})(?![A-Za-z0-9_-])"#,
            keywords: [
                "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-", "xox", "aiza", "ltai", "sk_live_",
            ],
            reach: (1, 2)
        ) { $0.check = { !SettingValue.isExample($0) } },
        rule(
            "telegram-token", description: "token of a Telegram bot", kind: .credential,
            pattern: #"(?<![A-Za-z0-9_-])([0-9]{8,10}:AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9_-])"#, keywords: [":aa"],
            reach: (11, 2)),
        rule(
            "url-credentials", description: "user and password in a URL", kind: .credential,
            pattern:
                #"(?i)\b[a-z][a-z0-9+.-]{1,15}://[^\s:/@"'<>\x00-\x1f\x7f-\xff$]{0,64}:(?![0-9]{1,5}(?:[/?#]|\z))((?:(?!://)[^\s"'<>\x00-\x1f\x7f]){1,96}?)@(?:\[?[a-z0-9][a-z0-9.:_-]{0,252}\]?(?=[/?\s"'<>,;)\x00]|\z)|[$#]?\{[^\s{}"']{0,64}\}|%s|\$[a-z_(]|["'`])"#,
            keywords: ["://"], reach: (16, 4)
        ) {
            $0.check = { value in
                !common.contains(lower(value)) && !SettingValue.isReference(value)
                    && (value.first != 0x7b || value.last != 0x7d)
            }
        },
    ].compactMap(\.self)

    // MARK: - Networks

    private static let networks: [SecretRule] = [
        rule(
            "wifi-key", description: "key of a wireless network", kind: .credential,
            pattern: "(?i)" + start
                + #"(?:wpa[_-]?psk(?:key)?\d?|pre[_-]?shared[_-]?key|psk(?:key)?|wpa[_-]?(?:pass(?:phrase|word)?|key|pwd)|passphrase|(?:wi-?fi|wlan|ssid|ap|sta|network|wireless)[_-]?(?:pass(?:word|wd|phrase)?|pwd|pswd|psw|key|psk)|wep[_-]?key\d?|key_?passphrase|sae_password)"#
                + assignment + value(5, most: 64),
            keywords: [
                "psk", "passphrase", "preshared", "pre_shared", "pre-shared", "wpa_", "wpakey", "wpapass", "wpapwd",
                "wpa-",
                "wepkey", "wep_key", "wep-key", "wifi", "wi-fi", "wlan", "ssid", "appass", "ap_", "appwd", "apkey",
                "sta_",
                "stapass", "network", "wireless", "sae_password",
            ], reach: (64, 64)
        ) {
            $0.excludedPath = documentation
            $0.check = isValue
        },
        rule(
            "ssid", description: "name of a wireless network", kind: .network,
            pattern: "(?i)" + start + #"(?:e?ssid\d?|(?:wi-?fi|wlan|ap|sta)[_-]?(?:ssid|name))"# + assignment
                // wpa_supplicant's `P"…"`, which is read as what it is.
                + #"(?!P")"# + value(1, most: 32),
            keywords: ["ssid", "wifi", "wi-fi", "wlan", "ap_name", "apname", "sta_name"], reach: (64, 64)
        ) {
            $0.excludedPath = documentation
            $0.check = { isValue($0) && !isNumber($0) }
        },
        rule(
            "wpa-passphrase-command", description: "key of a wireless network in a command", kind: .credential,
            pattern:
                #"\bwpa_passphrase\s{1,4}(?:"(?:[^"\\\r\n]|\\.){1,64}"|'[^'\r\n]{1,32}'|[^\s"'$]{1,32})\s{1,4}(?:"((?:[^"\\\r\n]|\\.){8,63})"|'([^'\r\n]{8,63})'|([^\s"'$<>|]{8,63}))"#,
            keywords: ["wpa_passphrase"], reach: (2, 128)
        ) {
            $0.excludedPath = StructuredRules.manuals
            $0.check = isValue
        },
    ].compactMap(\.self)

    // MARK: - What programs say and people type

    private static let texts: [SecretRule] = [
        rule(
            "log-credential", description: "password or key that a program names", kind: .credential,
            pattern:
                #"(?i)\b(?:pwd|passw(?:or)?d|passphrase|psk|secret|api[_-]?key)\s{1,3}(?:is\s|to\s)?["']?([^\s"'<>,;:=]{4,64})"#,
            keywords: ["pwd", "passw", "passphrase", "psk", "secret", "api"], reach: (2, 80)
        ) { $0.check = { isValue($0) && $0.contains { (0x30...0x39).contains($0) } } },
        rule(
            "log-license", description: "license of a service that a program names", kind: .credential,
            pattern: #"\b(?:api_?)?licen[sc]e(?:[_ ]?key)?\s{1,3}([A-Z0-9]{6,40})\b"#, keywords: ["licens", "licenc"],
            reach: (8, 64)),
        rule(
            "log-ssid", description: "name of a wireless network that a program names", kind: .network,
            pattern: #"(?i)\be?ssid\s{1,3}(?:is\s|to\s)?["']?([^\s"'<>,;:=()]{2,32})"#, keywords: ["ssid"],
            reach: (2, 48)
        ) { $0.check = { isValue($0) && $0.contains { (0x30...0x5a).contains($0) } } },
    ].compactMap { rule in
        var rule = rule
        rule?.isForTexts = true
        return rule
    }

    private static let fields: [SecretRule] =
        [
            ("struct-wifi-key", "key of a wireless network in a field of fixed width", SecretClass.credential),
            ("struct-ssid", "name of a wireless network in a field of fixed width", SecretClass.network),
        ].map { id, description, kind in
            var rule = SecretRule(id: id, description: description)
            rule.kind = kind
            rule.finder = .fields
            rule.excludedPath = documentation
            return rule
        } + [fragment]

    private static let fragment: SecretRule = {
        var rule = SecretRule(
            id: "settings-fragment", description: "what looks like a key in the rest of an overwritten setting")
        rule.finder = .fragments
        rule.excludedPath = documentation
        return rule
    }()

    // MARK: - Accounts

    private static let accounts: [SecretRule] = [
        rule(
            "password", description: "password in a setting", kind: .credential,
            pattern:
                #"(?i)(?:^|[\r\n\x00{,;&<"'\[]|\bset\s)\s{0,8}(?:(?:option|set|export|config)\s{1,4})?(?:[a-z0-9]{1,16}[_.-]){0,3}[a-z0-9]{0,12}(?:password|passwd|passwrd|passcode|pwd|pswd)\d?"#
                + #"(?:["']?\s{0,4}(?:=|:[-=?+]?)\s{0,4}|["']?\s{1,4}(?=["'])|>\s{0,4})"# + value(3, most: 128),
            keywords: ["passw", "passcode", "pwd", "pswd"], reach: (96, 64)
        ) {
            $0.path = settings
            $0.excludedPath = documentation
            // Behind the name of an account the syntax tells where the password begins.
            $0.check = { isValue($0) && !SettingValue.beginsWithCommonAccount($0) }
        },
        rule(
            "token", description: "token or key of a service", kind: .credential,
            pattern:
                #"(?i)(?:^|[\r\n\x00{,;&<"'\[?])\s{0,8}(?:(?:option|set|export|config)\s{1,4})?(?:[a-z0-9]{1,16}[_.-]){0,3}(?:api[_-]?key|app[_-]?(?:key|secret)|auth[_-]?(?:key|token|code)|access[_-]?(?:key|token)(?:[_-]?(?:id|secret))?|refresh[_-]?token|session[_-]?(?:key|token|id)|device[_-]?(?:key|secret|token)|client[_-]?secret|secret[_-]?(?:access[_-]?)?key|local[_-]?key|p2p[_-]?(?:key|pwd|password|license)|license[_-]?key|product[_-]?secret|secret|token|cookie)"#
                + #"(?:["']?\s{0,4}(?:=|:[-=?+]?)\s{0,4}|["']?\s{1,4}(?=["'])|>\s{0,4})"# + value(8, most: 512),
            keywords: [
                "api", "app", "auth", "access", "refresh", "session", "device", "secret", "localkey", "local_key",
                "local-key",
                "p2p", "license", "token", "cookie",
            ], reach: (96, 64)
        ) {
            $0.path = settings
            $0.excludedPath = documentation
            $0.entropy = 2.5
            $0.check = { isValue($0) && $0.contains { (0x30...0x39).contains($0) } }
        },
        rule(
            "account", description: "account name or e-mail address in a setting", kind: .identifier,
            pattern:
                #"(?i)(?:^|[\r\n\x00{,;&<"'\[])\s{0,8}(?:[a-z0-9]{1,16}[_.-]){0,3}[a-z0-9]{0,12}(?:e?-?mail|account|user(?:[_-]?(?:name|id))?|login|sender|recipient|receiver|from)\d?(?:["']?\s{0,4}[=:]\s{0,4}|>\s{0,4})["']?([a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9][a-z0-9.-]{0,63}\.[a-z]{2,12})\b"#,
            keywords: ["mail", "account", "user", "login", "sender", "recipient", "receiver", "from"], reach: (64, 160)
        ) {
            $0.path = settings
            $0.excludedPath = documentation
        },
    ].compactMap(\.self)

    // MARK: - People and devices

    private static let identifiers: [SecretRule] = [
        rule(
            "mac-address", description: "MAC address", kind: .identifier,
            pattern:
                #"(?<![0-9A-Fa-f:.-])((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2})(?![0-9A-Fa-f:]|-[0-9A-Fa-f]{2})"#,
            keywords: [], reach: (0, 0)
        ) {
            $0.excludedPath = documentation
            $0.check = isDeviceAddress
            // Every address has these at one of five places; the digits differ.
            $0.keywords = macKeywords
            $0.reach = (14, 16)
        },
        rule(
            "mac-setting", description: "MAC address without separators", kind: .identifier,
            pattern: "(?i)" + start + #"(?:mac(?:_?addr(?:ess)?)?|hwaddr|ethaddr|bssid)\d?"# + assignment
                + #"["']?([0-9A-Fa-f]{12})\b"#,
            keywords: ["mac", "hwaddr", "ethaddr", "bssid"], reach: (64, 32)
        ) {
            $0.excludedPath = documentation
        },
        rule(
            "serial-number", description: "number of a device", kind: .identifier,
            pattern:
                #"(?i)(?:^|[\r\n\x00{,;&<"'\[])\s{0,8}(?:[a-z0-9]{1,16}[_.-]){0,3}(?:serial[_-]?(?:no|num(?:ber)?)?|s/?n|device[_-]?(?:id|sn|serial)|dev[_-]?id|imei|did|p2p[_-]?(?:id|uid)|tutk[_-]?uid|uid|uuid|cloud[_-]?id|qr[_-]?code)\d?(?:["']?\s{0,4}[=:]\s{0,4}|>\s{0,4})["']?([A-Za-z0-9][A-Za-z0-9-]{6,39})(?![A-Za-z0-9-])"#,
            keywords: [
                "serial", "sn", "s/n", "devid", "dev_id", "dev-id", "device", "imei", "did", "uid", "cloudid",
                "cloud_id", "cloud-id", "p2p", "qr_code", "qrcode", "qr-code",
            ],
            reach: (96, 48)
        ) {
            $0.path = settings
            $0.excludedPath = documentation
            $0.check = { bytes in
                bytes.count { (0x30...0x39).contains($0) } >= 4 && !bytes.contains(0x2e)
                    && !SettingValue.endsWithDate(bytes)
            }
        },
        rule(
            "p2p-identifier", description: "number of a camera in a P2P network", kind: .identifier,
            pattern: #"(?<![A-Z0-9-])([A-Z]{3,8}-[0-9]{6}-[A-Z]{5})(?![A-Z0-9-])"#,
            keywords: (0...9).map { "-\($0)" }, reach: (10, 16)),
        rule(
            "position", description: "position", kind: .identifier,
            pattern:
                #"(?i)(?:^|[^a-z])(?:lat(?:itude)?|lon(?:g(?:itude)?)?|lng)["']?\s{0,4}[=:>]\s{0,4}["']?(-?[0-9]{1,3}\.[0-9]{4,15})"#,
            keywords: ["lat", "lon", "lng"], reach: (4, 32)),
        rule(
            "position-nmea", description: "position of a GPS receiver", kind: .identifier,
            pattern:
                #"\$G[PNL](?:GGA|RMC|GLL),[0-9.]{0,10},(?:A,)?([0-9]{4}\.[0-9]{2,8},[NS],[0-9]{5}\.[0-9]{2,8},[EW])"#,
            keywords: ["$gp", "$gn", "$gl"], reach: (1, 64)),
    ].compactMap(\.self)

    /// `0:` to `f:`, and with dashes: short, but sorted out by the pattern at once.
    private static let macKeywords: [[UInt8]] = "0123456789abcdef".utf8.flatMap { [[$0, 0x3a], [$0, 0x2d]] }

    // MARK: - Where

    /// Files that hold settings; anything but programs, libraries and scripts.
    static let settings = try? BytePattern(
        source:
            #"(?i)(?:\.(?:conf|cfg|config|ini|json|xml|txt|env|properties|ya?ml|dat|db|bak|old|orig|info|log|nvram|lst|csv|cnf|rc|data|tmp|prop)[~\d.-]*|(?:^|/)(?:[^/.]+|\.[^/.]+|[^/]*(?:conf|config|settings?|nvram|passw|secret|cred|account)[^/]*))\z"#
    )

    /// Where everything is made up.
    static let documentation = try? BytePattern(
        source:
            #"(?:^|/)usr/(?:share|local/share)/(?:doc|man|info|locale|zoneinfo|perl|perl5|python3|bash-completion|mime|misc|i18n|lintian|common-licenses|vim|terminfo|gdb|gcc|nano)/|(?:^|/)usr/(?:include|src)/|(?:^|/)(?:usr/)?(?:local/)?lib(?:32|64)?/(?:python[0-9.]*|perl5?|ruby|node_modules|gcc|git-core)/|\.(?:egg|dist)-info/|\.(?:[ch]|cc|cpp|hpp|pyi|py|pyc|pl|pm|js|css|html?|md|rst|po|mo|so(?:\.[0-9.]+)?|a|ko|sh)\z|(?:^|/)man/(?:[A-Za-z_@.]{2,16}/)?man[1-9n][a-z]*/[^/]+\z|(?:^|/)(?:usr|opt)/(?:[^/]+/){0,6}(?i:change-?log|changes|news)(?:\.[^/]*)?\z|(?:^|/)(?:usr|opt)/(?:[^/]+/){0,6}(?:docs?|manual)/(?:[^/]+/){0,6}[^/]+\.html?\z"#
    )

    // MARK: - What is a value

    /// Values that are in every program, and stand for nothing.
    static let common: Set<[UInt8]> = Set(
        [
            "password", "passwd", "passphrase", "secret", "token", "username", "user", "pass", "key", "none", "null",
            "nil",
            "true", "false", "yes", "no", "on", "off", "default", "required", "optional", "string", "integer",
            "boolean",
            "enabled", "disabled", "undefined", "unknown", "value", "text", "hidden", "example", "sufficient",
            "changeme",
            "your_password", "yourpassword", "mypassword", "your-password", "auto", "empty", "unset", "invalid", "any",
            "ask",
            "prompt", "plain", "files", "compat", "param", "input", "function", "object", "const char", "char", "this",
            "self",
            "the", "your", "must", "was", "will", "can", "has", "not", "and", "please", "are", "may", "should", "with",
            "for", "while", "builtin", "return", "local", "then", "else", "case", "select", "until", "exec", "eval",
            "export",
            "print", "echo", "printf", "read", "test", "die", "foreach", "unless",
            "ssid", "psk", "wpa-psk", "wpa2-psk", "wpa_psk", "hex", "ascii", "open", "broadcast",
            "ignore_broadcast_ssid",
        ].map { Array($0.utf8) })

    private static func lower(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    }

    private static func isNumber(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { (0x30...0x39).contains($0) } && bytes.count < 4
    }

    /// Not a word of a program: a variable, a format, a path, a call.
    static func isValue(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, !common.contains(lower(bytes)) else { return false }
        if SettingValue.isTemplate(bytes) { return false }
        // A tag of YAML.
        if bytes.starts(with: [0x21, 0x21]), bytes.dropFirst(2).allSatisfy(ByteText.isLetter) { return false }
        // The name of the next setting: `password:` and in the line below it `description:`.
        if bytes.last == 0x3a, bytes.dropLast().allSatisfy({ ByteText.isLetter($0) || $0 == 0x5f }) { return false }
        return !"$%@<{[(/&*#=".utf8.contains(first) && !ByteText.contains(bytes, anyOf: programCodes)
    }

    private static let programCodes = [
        "%s", "%d", "%u", "%i", "%x", "%0", "%l", "${", "$(", "<%", "{{", "()", "->", "::", "://",
    ].map { Array($0.utf8) }

    /// Letters and digits as keys and good passwords have them, and words of programs hardly ever.
    static func isKeyLike(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 8, entropy(of: bytes) > 2.5 else { return false }
        return bytes.contains { (0x30...0x39).contains($0) } && bytes.contains { (0x61...0x7a).contains($0 | 0x20) }
    }

    /// An address that one device has: neither all zeros nor multicast, nor one of those that examples use.
    static func isDeviceAddress(_ bytes: [UInt8]) -> Bool {
        let digits = bytes.filter { $0 != 0x3a && $0 != 0x2d }.map { ($0 & 0x0f) + ($0 > 0x39 ? 9 : 0) }
        guard digits.count == 12, digits[1] & 1 == 0 else { return false }
        let text = String(decoding: lower(bytes), as: UTF8.self).replacing("-", with: ":")
        let examples = [
            "00:11:22:33:44:55", "12:34:56:78:9a:bc", "12:34:56:78:90:ab", "aa:bb:cc:dd:ee:ff", "00:00:00:00:00:01",
            "02:00:00:00:00:00", "00:01:02:03:04:05", "0a:0b:0c:0d:0e:0f", "00:aa:bb:cc:dd:ee", "de:ad:be:ef:00:01",
        ]
        // 00:00:5e:00:53 is set aside for documentation (RFC 7042).
        return !examples.contains(text) && !text.hasPrefix("00:00:5e:00:53") && !text.hasPrefix("00:00:00:00:")
            && Set(digits).count > 2
    }
}

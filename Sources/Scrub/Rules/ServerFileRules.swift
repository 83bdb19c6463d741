/// Credentials in files of servers and telephones that are known by their names or by the form of their lines.
enum ServerFileRules {
    static let all: [SecretRule] = [
        CommandRules.rule(
            "voicemail-pin", description: "PIN of a mailbox or a conference",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}[0-9]{2,16}[ \t]{0,8}=>?[ \t]{0,8}-?([^\s,;|>-][^,|\r\n]{2,63})(?=[,\r\n]|\z)|(?:\A|\n)[ \t]{0,8}(?:agent|conf)[ \t]{0,8}=>[ \t]{0,8}[0-9]{1,16},([0-9]{3,16}(?:,[0-9]{3,16})?)(?=[,\s]|\z)"#,
            keywords: ["=>", "= "], reach: (40, 120)
        ) {
            $0.path = try? BytePattern(source: #"(?:^|/)[^/]*(?:voicemail|agents|meetme)[^/]*\.conf[^/]*\z"#)
            // Program text has rows of numbers, too.
            $0.isForKnownPaths = true
        },
        CommandRules.rule(
            "rsync-login", description: "password of a user of rsync",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}(?![#;])[^\r\n:]{1,64}:([^\r\n]{1,256})|\A([^\s:]{3,128})\r?\n\z"#,
            keywords: [], reach: (80, 300)
        ) {
            $0.path = try? BytePattern(
                source:
                    #"(?i)(?:^|/)[^/]*rsync[^/]{0,40}(?:secrets?|passw(?:or)?d|pass|pwd)(?:\.(?:txt|conf|bak))?\z"#)
            $0.isForKnownPaths = true
        },
        file(
            "secret-file",
            pattern: #"\A[ \t]{0,8}([^\s\x00-\x1f\x7f]{4,512})[ \t]{0,8}(?:\r?\n){0,2}\z"#,
            path:
                #"(?i)(?:^|/)(?:run/secrets/[^/]{1,64}|(?:[^/]{0,60}[._-])?(?:passwords?|passwd|passphrase|passwort|pass|psk|token|secret|api[_-]?key|credentials?|pwd)(?:\.(?:txt|key|token|pass|pwd|dat|psk))?|(?:session|secret|auth|api)\.key)\z"#
        ),
        // Of several words, where no other file has fields.
        file(
            "passphrase-file",
            pattern:
                #"\A[ \t]{0,8}([^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]{2,510}[^\s\x00-\x1f\x7f])[ \t]{0,8}(?:\r?\n){0,2}\z"#,
            path:
                #"(?i)(?:^|/)(?:[^/]{0,60}[._-])?(?:(?:password|passphrase|passwort|token)(?:\.(?:txt|key|pass|pwd|dat))?|pass|psk|secret)\z"#
        ),
        CommandRules.rule(
            "proxy-link", description: "login of a proxy in a link",
            pattern:
                #"\b(?:vless|trojan|tuic|hysteria2|hy2|ss)://([^\s@/?#"'<>$%{]{6,256})@[a-z0-9\[]|\bvmess://([A-Za-z0-9+/=_-]{40,4000})"#,
            keywords: ["vless://", "trojan://", "tuic://", "hysteria2://", "hy2://", "ss://"], reach: (8, 4100)),
        CommandRules.rule(
            "telephone-line", description: "password in the settings of a telephone",
            // Snom says behind a name who may change it, Fanvil has names of several words.
            pattern:
                #"(?:\A|\n)[ \t]{0,4}[a-z_]{0,40}(?:pass(?:word|wd)?|secret|pin)[0-9]{0,2}[!&$]:[ \t]{0,2}([^\r\n<]{3,128})|(?:\A|\n)[ \t]{0,4}[A-Za-z0-9 ]{1,40}\bPswd[ \t]{0,8}:[ \t]{0,4}([^\s][^\r\n]{2,63})"#,
            keywords: ["pswd", "!:", "&:", "$:"], reach: (80, 200)),
    ].compactMap(\.self)

    /// A file in which nothing but a secret stands.
    private static func file(_ id: String, pattern: String, path: String) -> SecretRule? {
        CommandRules.rule(
            id, description: "file with nothing but a secret", pattern: pattern, keywords: [], reach: (0, 8)
        ) {
            $0.path = try? BytePattern(source: path)
            $0.excludedPath = programs
            $0.isForKnownPaths = true
            $0.isForContents = true
            $0.check = isAlone
        }
    }

    private static let programs = try? BytePattern(
        source:
            #"(?:^|/)(?:s?bin|pam\.d|share|include|completions|lib|examples?|tests?)/|(?:^|/)(?:etc/passwd|sys/|proc/)"#
    )

    /// Whether a line is a secret, and no directive, path, sentence or record of several fields.
    private static func isAlone(_ line: [UInt8]) -> Bool {
        guard SettingValue.isCredential(line, isCode: false), !"@#%$<[{;".utf8.contains(line[0]),
            line.count(where: { $0 == 0x3a }) < 4
        else { return false }
        return line.count(where: { $0 == 0x20 }) < 6 && !(line.contains(0x20) && line.contains(0x3d))
    }
}

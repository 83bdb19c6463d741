/// Files of which the name says what their lines are, and what of them is a secret.
enum NamedFileRules {
    /// What ends a line, or a remark behind it.
    private static let end = #"[ \t]{0,8}(?=\r?\n|\z)"#

    static let all: [SecretRule] = [
        // Home Assistant, ESPHome: whatever it is called.
        file(
            "yaml-secret", description: "value in a file of secrets",
            pattern:
                #"(?:\A|\n)[A-Za-z_][A-Za-z0-9_.-]{0,63}:[ \t]{1,8}(?:"((?:[^"\\\r\n]|\\.){3,512})"|'((?:[^'\r\n]|''){3,512})'|([^\s"'#|>&*!\[{%][^\r\n#]{1,510}[^\s#])(?=[ \t]{0,8}(?:\r?\n|#|\z)))"#,
            path: #"(?i)(?:^|/)secrets\.ya?ml\z"#
        ) { $0.check = isSecretSetting },
        file(
            "ntp-key", description: "key of NTP",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}[0-9]{1,10}[ \t]{1,16}(?:[A-Za-z][A-Za-z0-9-]{0,15}[ \t]{1,16})?(?:HEX:|ASCII:)?([^\s#]{3,512})"#
                + end,
            path: #"(?i)(?:^|/)(?:[^/]{0,40}(?:ntp|chrony)[^/]{0,40}keys?|(?:ntp|chrony)[^/]{0,20}/[^/]{0,20}keys?)\z"#),
        file(
            "psk-line", description: "key of a peer",
            pattern: #"(?:\A|\n)[ \t]{0,8}(?!#)[^\s#=:]{1,128}[ \t]{1,16}([^\s#=][^\r\n]{2,254})"# + end,
            path: #"(?i)(?:^|/)racoon/[^/]*psk[^/]*\z|(?:^|/)psk\.txt\z"#),
        file(
            "authenticator-secret", description: "secret or code of an authenticator",
            pattern: #"\A([A-Z2-7]{16,128})\r?\n|\n([0-9]{8})(?=\r?\n|\z)"#,
            path: #"(?:^|/)\.?google_authenticator[^/]*\z"#),
        file(
            "fhem-login", description: "login of FHEM",
            pattern:
                #"(?:\A|\n)(?:attr|define|set)[ \t]{1,8}[^\s]{1,64}[ \t]{1,8}(?i:(?:basicauth)[ \t]{1,8}[^\s:]{1,64}:|(?:password|passwd|token|apikey)[ \t]{1,8})([^\s{][^\r\n]{2,254})"#
                + end
                + #"|(?:\A|\n)[A-Za-z0-9_]{0,40}(?i:password|passwd|token|apikey|secret)[A-Za-z0-9_.-]{0,80}:([^\r\n]{3,512})(?=\r?\n|\z)"#,
            path: #"(?i)(?:^|/)fhem[^/]{0,20}\.cfg\z|(?:^|/)FhemUtils/uniqueID\z|(?:^|/)fhem/[^/]{1,40}\.cfg\z"#),
        CommandRules.rule(
            "modem-command", description: "password in a command of a modem",
            pattern:
                #"\bAT\+CW(?:JAP|SAP)[A-Z_]{0,8}="(?:[^"\\\r\n]|\\.){0,64}","((?:[^"\\\r\n]|\\.){3,128})"|\bAT\+(?:CGAUTH|QICSGP|CSTT|MQTTUSERCFG|SAPBR|HTTPAUTH)=(?:[^\r\n"]{0,16}"[^"\r\n]{0,128}"){1,3},"([^"\r\n]{3,128})""#,
            keywords: ["at+"], reach: (2, 600)),
        CommandRules.rule(
            "stream-key", description: "key of a stream",
            pattern: #"\brtmps?://[^\s"'<>@]{3,200}/([A-Za-z0-9][A-Za-z0-9_-]{11,127})(?=["'<>\s?]|\z)"#,
            keywords: ["rtmp://", "rtmps://"], reach: (2, 360)
        ) { $0.check = isStreamKey },
        CommandRules.rule(
            "passed-header", description: "secret in a header that a server adds",
            pattern:
                #"\b(?:proxy|grpc|uwsgi|fastcgi|scgi)_(?:set_header|pass_header|param)[ \t]{1,8}["']?(?i:[a-z_-]{0,40}(?:api[_-]?key|token|secret|password))["']?[ \t]{1,8}(?:"((?:[^"\\$\r\n]|\\.){3,256})"|'([^'$\r\n]{3,256})'|([^\s;"'$]{3,256}))[ \t]{0,4};"#,
            keywords: ["_set_header", "_param", "_pass_header"], reach: (12, 360)),
    ].compactMap(\.self)

    /// A rule about the lines of files with certain names.
    static func file(
        _ id: String, description: String, pattern: String, path: String, change: (inout SecretRule) -> Void = { _ in }
    ) -> SecretRule? {
        CommandRules.rule(id, description: description, pattern: pattern, keywords: [], reach: (80, 600)) {
            $0.path = try? BytePattern(source: path)
            $0.isForKnownPaths = true
            change(&$0)
        }
    }

    /// What is no address without a login, no small number, no switch.
    private static func isSecretSetting(_ value: [UInt8]) -> Bool {
        let text = String(decoding: value, as: UTF8.self).lowercased()
        if ["true", "false", "yes", "no", "null", "none"].contains(text) { return false }
        if value.count < 5, value.allSatisfy(ByteText.isDigit) { return false }
        if text.contains("://"), !value.contains(0x40), !text.contains("token="), !text.contains("key=") {
            return false
        }
        return !SettingValue.isReference(value) && !SettingValue.isRedacted(value)
    }

    /// Letters of both cases, or letters and digits: no word, no name of a file.
    private static func isStreamKey(_ value: [UInt8]) -> Bool {
        let hasDigit = value.contains(where: ByteText.isDigit)
        let hasBoth = value.contains { (0x41...0x5a).contains($0) } && value.contains { (0x61...0x7a).contains($0) }
        let isGrouped = value.count { $0 == 0x2d } >= 2
        return !SettingValue.isRedacted(value) && (hasDigit && (hasBoth || isGrouped) || value.count >= 20 && hasDigit)
    }
}

/// Files of which the name says that their lines hold logins, each program's in a way of its own.
enum LoginFileRules {
    static let all: [SecretRule] = [
        NamedFileRules.file(
            "password-list", description: "password in a list of accounts",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}(?!#)[^\s:#]{1,128}:[ \t]{0,4}(?:(?:CL|NT|CR):)?([^\s:][^\r\n]{2,512})(?=\r?\n|\z)"#,
            path:
                #"(?i)(?:^|/)(?:mosquitto/(?:pwfile|passwd|passwords?)[^/]{0,16}|pwfile|3proxy/passwd|collectd/auth_file|\.?htpasswd[^/]{0,16})\z"#
        ),
        NamedFileRules.file(
            "mail-client-login", description: "password for a mail server",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}(?!#)[^\s:#]{1,255}:[^\s:]{1,128}:([^\s][^\r\n]{2,256})(?=\r?\n|\z)"#,
            path: #"(?i)(?:^|/)passwd\.client\z"#),
        NamedFileRules.file(
            "relay-login", description: "password for a mail server",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}(?!#)[^\s#]{1,255}[ \t]{1,16}[^\s:]{1,128}:([^\s][^\r\n]{2,256})(?=\r?\n|\z)"#,
            path: #"(?i)(?:^|/)(?:sasl_passwd|smtp_auth|relay_passwd)[^/]{0,16}\z"#),
        NamedFileRules.file(
            "login-line", description: "password in a line of a login",
            pattern: #"(?:\A|\n)[ \t]{0,8}(?!#)[^\s#]{1,64}[ \t]{1,16}([^\s#][^\s]{2,128})[ \t]{0,8}(?=\r?\n|\z)"#,
            path: #"(?i)(?:^|/)(?:sockd|danted?)\.passwd\z"#),
        NamedFileRules.file(
            "vsftpd-login", description: "password in the line behind a login",
            pattern: #"(?:\A|\n)[^\s]{1,64}\r?\n([^\r\n]{3,128})(?=\r?\n|\z)"#,
            path: #"(?i)(?:^|/)vsftpd[_-]?(?:login|users?|virtual)[^/]{0,16}\.txt\z"#),
        NamedFileRules.file(
            "proxy-chain", description: "password of a proxy",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}(?:socks[45]|http|raw)[ \t]{1,8}[^\s]{1,128}[ \t]{1,8}[0-9]{1,5}[ \t]{1,8}[^\s]{1,64}[ \t]{1,8}([^\s]{3,128})"#,
            path: #"(?i)(?:^|/)proxychains[^/]{0,16}\.conf\z"#),
        NamedFileRules.file(
            "fetchmail-login", description: "password for a mail server",
            pattern:
                #"(?<=\s)pass(?:word)?[ \t]{1,8}(?:is[ \t]{1,4})?(?:"((?:[^"\\\r\n]|\\.){3,256})"|([^\s"]{3,128}))"#,
            path: #"(?i)(?:^|/)\.?fetchmailrc[^/]{0,16}\z"#),
        NamedFileRules.file(
            "ups-monitor", description: "password of a monitor of power",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}MONITOR[ \t]{1,8}[^\s]{1,128}[ \t]{1,8}[0-9]{1,3}[ \t]{1,8}[^\s]{1,64}[ \t]{1,8}(?:"([^"\r\n]{3,128})"|([^\s"]{3,128}))"#,
            path: #"(?i)(?:^|/)upsmon[^/]{0,16}\.conf\z"#),
        NamedFileRules.file(
            "tacplus-key", description: "key or password of TACACS+",
            pattern:
                #"\b(?:key[ \t]{0,4}=[ \t]{0,4}|cleartext[ \t]{1,4}|des[ \t]{1,4})(?:"((?:[^"\\\r\n]|\\.){3,256})"|([^\s"{}]{3,128}))"#,
            path: #"(?i)(?:^|/)tac_?plus[^/]{0,16}\.(?:conf|cfg)\z"#),
        NamedFileRules.file(
            "monit-login", description: "password of monit",
            pattern: #"\ballow[ \t]{1,8}[^\s:"]{1,64}:(?:"([^"\r\n]{3,128})"|([^\s"]{3,128}))"#,
            path: #"(?i)(?:^|/)(?:\.?monitrc|monit/[^/]{1,64}|monit\.conf)\z"#),
        NamedFileRules.file(
            "radius-server", description: "secret of a RADIUS server",
            pattern:
                #"(?:\A|\n)[ \t]{0,8}(?!#)[^\s#]{3,255}[ \t]{1,16}([^\s#][^\s]{2,128})[ \t]{1,16}[0-9]{1,4}[ \t]{0,8}(?=\r?\n|\z)"#,
            path: #"(?i)(?:^|/)(?:pam_radius_auth[^/]{0,16}\.conf|raddb/server)\z"#),
        NamedFileRules.file(
            "dnssec-key", description: "private key of a zone",
            pattern:
                #"(?:\A|\n)(?:Key|PrivateExponent|Prime[12]|Exponent[12]|Coefficient|PrivateKey)(?:\([a-z0-9]{1,16}\))?:[ \t]{1,4}([A-Za-z0-9+/=]{8,2048})"#,
            path: #"(?:^|/)K[^/]{1,255}\+[0-9]{3}\+[0-9]{5}\.private\z"#),
        CommandRules.rule(
            "iscsi-login", description: "password of an iSCSI target",
            pattern: #"\b(?:Incoming|Outgoing)User[ \t]{1,8}[^\s]{1,128}[ \t]{1,8}([^\s]{3,128})"#,
            keywords: ["incominguser", "outgoinguser"], reach: (2, 300)),
        CommandRules.rule(
            "babel-key", description: "key of a routing protocol",
            pattern:
                #"\bkey[ \t]{1,4}id[ \t]{1,4}[^\s]{1,64}[ \t]{1,4}type[ \t]{1,4}[a-z0-9-]{1,32}[ \t]{1,4}value[ \t]{1,4}([0-9a-fA-F]{8,512})"#,
            keywords: ["key id"], reach: (2, 700)),
        CommandRules.rule(
            "grub-password", description: "hash of a password of GRUB",
            pattern: #"(grub\.pbkdf2\.sha512\.[0-9]{1,8}\.[0-9A-Fa-f]{8,1024}\.[0-9A-Fa-f]{8,1024})"#,
            keywords: ["grub.pbkdf2"], reach: (2, 2200)),
    ].compactMap(\.self)
}

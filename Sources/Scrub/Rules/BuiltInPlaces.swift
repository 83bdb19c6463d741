/// Files that are private as a whole.
enum BuiltInPlaces {
    static let all: [SecretRule] = [
        place(
            "back-bin", description: "settings with SSID and key of Yi cameras", kind: .credential,
            path: #"(?:^|/)back\.bin\z"#, action: .empty),
        place(
            "ssh-key", description: "private key of SSH", kind: .credential,
            path:
                #"(?:^|/)(?:\.ssh/id_[a-z0-9_]+|ssh_host_[a-z0-9]+_key|dropbear_[a-z0-9]+_host_key|dropbear/[^/]*_key)\z"#,
            action: .empty),
        place(
            "known-hosts", description: "where SSH went, and who may log in", kind: .record,
            path: #"(?:^|/)\.ssh/(?:known_hosts|authorized_keys2?)(?:\.old)?\z|(?:^|/)dropbear/authorized_keys\z"#,
            action: .empty),
        place(
            "tls-key", description: "private key of a server", kind: .credential,
            path:
                #"(?i)(?:^|/)(?:etc/ssl/private|ssl/private|private)/[^/]+\.(?:pem|key|der)\z|(?:^|/)[^/]*(?:server|client|device|private|https?d?|uhttpd|lighttpd|mqtt|tls|ssl)[^/]*\.key\z"#,
            action: .empty),
        place(
            "vpn-key", description: "private key of a VPN", kind: .credential,
            path:
                #"(?i)(?:^|/)(?:wireguard|wg)[^/]*/(?:[^/]*[-_.])?(?:private|priv|psk|preshared)[^/]*\z|(?:^|/)\.?vnc/passwd\z|(?:^|/)vncpasswd\z"#,
            action: .empty
        ) { $0.excludedPath = programs },
        place(
            "nvram-copy", description: "copy of the settings in NVRAM", kind: .credential,
            path:
                #"(?i)(?:^|/)(?:nvram(?:\.(?:bin|img|txt|dat|bak|cfg))?|[^/]+\.nvram|config_backup\.bin|backup\.cfg)\z"#,
            action: .empty),
        place(
            "shell-history", description: "what was typed into a shell", kind: .record,
            path:
                #"(?:^|/)\.(?:ash|bash|sh|zsh|mksh|mysql|psql|sqlite|python|node_repl|lesshst|viminfo|wget-hsts)_?(?:history|hsts|info)?\z"#,
            action: .empty
        ) { $0.excludedPath = try? BytePattern(source: #"/\.(?:ash|bash|sh|zsh)\z"#) },
        place(
            "log", description: "log", kind: .record,
            path:
                #"(?i)(?:^|/)(?:var/)?logs?/(?!README)[^/]+(?:/[^/]+)?\z|(?:^|/)(?:messages|syslog|dmesg|log\.txt|boot\.log)(?:[.-][0-9]+)?\z|(?:^|/)(?:home|tmp|mnt|media|root|data|etc)/(?:[^/]+/){0,4}[^/]+\.log(?:[.-][0-9]+)?\z"#,
            action: .empty),
        place(
            "login-record", description: "who logged in", kind: .record,
            path: #"(?:^|/)(?:[wub]tmpx?|lastlog|faillog)\z"#, action: .empty),
        place(
            "cloud-identity", description: "identity of a device in a cloud", kind: .credential,
            path:
                #"(?i)(?:^|/)(?:miio/(?:device|wifi)\.(?:conf|token)|device\.token|tuya[^/]*\.(?:db|json|key)|aws[^/]*\.(?:pem|key)|[^/]+\.p12|[^/]+\.pfx|credentials(?:\.json)?|\.netrc|\.git-credentials|chap-secrets|pap-secrets)\z"#,
            action: .empty
        ) { $0.excludedPath = BuiltInRules.documentation },
    ].compactMap(\.self)

    private static let programs = try? BytePattern(
        source: #"(?:^|/)s?bin/|(?:^|/)usr/(?:share|lib)/|(?:^|/)etc/(?:logrotate\.d|init\.d|sv|runit|default)/"#)

    private static func place(
        _ id: String, description: String, kind: SecretClass, path: String, action: ScrubAction,
        change: (inout SecretRule) -> Void = { _ in }
    ) -> SecretRule? {
        guard let compiled = try? BytePattern(source: path) else { return nil }
        var rule = SecretRule(id: "place-" + id, description: description)
        rule.kind = kind
        rule.path = compiled
        rule.action = action
        // Programs and manuals may have the name of a record; a key is a key wherever it lies.
        if kind == .record || id == "nvram-copy" { rule.excludedPath = programs }
        change(&rule)
        return rule
    }
}

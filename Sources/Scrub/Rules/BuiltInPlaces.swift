/// Files that are private as a whole.
enum BuiltInPlaces {
    static let all: [SecretRule] = [
        place("back-bin", "settings with SSID and key of Yi cameras", .credential, #"(?:^|/)back\.bin\z"#, .empty),
        place(
            "ssh-key", "private key of SSH", .credential,
            #"(?:^|/)(?:\.ssh/id_[a-z0-9_]+|ssh_host_[a-z0-9]+_key|dropbear_[a-z0-9]+_host_key|dropbear/[^/]*_key)\z"#,
            .empty),
        place(
            "known-hosts", "where SSH went, and who may log in", .record,
            #"(?:^|/)\.ssh/(?:known_hosts|authorized_keys2?)(?:\.old)?\z|(?:^|/)dropbear/authorized_keys\z"#, .empty),
        place(
            "tls-key", "private key of a server", .credential,
            #"(?i)(?:^|/)(?:etc/ssl/private|ssl/private|private)/[^/]+\.(?:pem|key|der)\z|(?:^|/)[^/]*(?:server|client|device|private|https?d?|uhttpd|lighttpd|mqtt|tls|ssl)[^/]*\.key\z"#,
            .empty),
        place(
            "nvram-copy", "copy of the settings in NVRAM", .credential,
            #"(?i)(?:^|/)(?:nvram(?:\.(?:bin|img|txt|dat|bak|cfg))?|[^/]+\.nvram|config_backup\.bin|backup\.cfg)\z"#,
            .empty),
        place(
            "shell-history", "what was typed into a shell", .record,
            #"(?:^|/)\.(?:ash|bash|sh|zsh|mksh|mysql|psql|sqlite|python|node_repl|lesshst|viminfo|wget-hsts)_?(?:history|hsts|info)?\z"#,
            .empty
        ) { $0.excludedPath = try? BytePattern(#"/\.(?:ash|bash|sh|zsh)\z"#) },
        place(
            "log", "log", .record,
            #"(?i)(?:^|/)(?:var/)?logs?/(?!README)[^/]+(?:/[^/]+)?\z|(?:^|/)(?:messages|syslog|dmesg|log\.txt|boot\.log)(?:[.-][0-9]+)?\z|(?:^|/)(?:home|tmp|mnt|media|root|data|etc)/(?:[^/]+/){0,4}[^/]+\.log(?:[.-][0-9]+)?\z"#,
            .empty),
        place(
            "login-record", "who logged in", .record, #"(?:^|/)(?:[wub]tmpx?|lastlog|faillog)\z"#, .empty),
        place(
            "cloud-identity", "identity of a device in a cloud", .credential,
            #"(?i)(?:^|/)(?:miio/(?:device|wifi)\.(?:conf|token)|device\.token|tuya[^/]*\.(?:db|json|key)|aws[^/]*\.(?:pem|key)|[^/]+\.p12|[^/]+\.pfx|credentials(?:\.json)?|\.netrc|\.git-credentials|chap-secrets|pap-secrets)\z"#,
            .empty
        ) { $0.excludedPath = BuiltInRules.documentation },
    ].compactMap(\.self)

    private static let programs = try? BytePattern(
        #"(?:^|/)s?bin/|(?:^|/)usr/(?:share|lib)/|(?:^|/)etc/(?:logrotate\.d|init\.d|sv|runit|default)/"#)

    private static func place(
        _ id: String, _ description: String, _ kind: SecretClass, _ path: String, _ action: ScrubAction,
        _ change: (inout SecretRule) -> Void = { _ in }
    ) -> SecretRule? {
        guard let compiled = try? BytePattern(path) else { return nil }
        var rule = SecretRule("place-" + id, description)
        rule.kind = kind
        rule.path = compiled
        rule.action = action
        // Programs and manuals may have the name of a record; a key is a key wherever it lies.
        if kind == .record || id == "nvram-copy" { rule.excludedPath = programs }
        change(&rule)
        return rule
    }
}

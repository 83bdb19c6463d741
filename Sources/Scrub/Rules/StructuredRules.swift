/// Secrets that are found by reading a syntax instead of by a pattern: settings, lists of accounts, keys in DER.
enum StructuredRules {
    static let all: [SecretRule] = [
        rule("private-key-der", description: "private key in DER", finder: .keys),
        rule("database-deleted-rows", description: "deleted rows of a database", finder: .leftovers),
        rule("account-line", description: "password or hash in a list of accounts", finder: .accounts),
    ]

    /// The rule that a setting's meaning belongs to: whoever leaves a rule out leaves out what is read of it as well.
    static func rule(for meaning: SettingMeaning) -> String {
        switch meaning {
        case .credential: "password"
        case .token: "token"
        case .key: "wifi-key"
        case .network: "ssid"
        case .account, .mail: "account"
        case .host: "own-host"
        case .hardwareAddress: "mac-setting"
        case .device, .cloud: "serial-number"
        case .position: "position"
        }
    }

    /// Where everything is made up: manuals, examples, sources of programs.
    static let manuals = try? BytePattern(
        source:
            #"(?:^|/)usr/(?:share|local/share)/(?:doc|man|info|locale|zoneinfo|perl|perl5|python3|bash-completion|mime|misc|i18n|lintian|common-licenses|vim|terminfo|gdb|gcc|nano|zsh|fish|glib-2\.0|icons|fonts)/|(?:^|/)usr/(?:include|src)/|(?:^|/)(?:usr/)?(?:local/)?lib(?:32|64)?/(?:python[0-9.]*|perl5?|ruby|node_modules|gcc|git-core)/|\.(?:egg|dist)-info/|\.(?:pyi|pyc|mo|po|so(?:\.[0-9.]+)?|a|ko|md|rst)\z|(?:^|/)man/(?:[A-Za-z_@.]{2,16}/)?man[1-9n][a-z]*/[^/]+\z|(?:^|/)(?:usr|opt)/(?:[^/]+/){0,6}(?i:change-?log|changes|news)(?:\.[^/]*)?\z|(?:^|/)(?:usr|opt)/(?:[^/]+/){0,6}(?:docs?|manual)/(?:[^/]+/){0,6}[^/]+\.html?\z"#
    )

    private static func rule(
        _ id: String, description: String, finder: SecretRule.Finder
    ) -> SecretRule {
        var rule = SecretRule(id: id, description: description)
        rule.finder = finder
        if finder == .accounts { rule.excludedPath = manuals }
        if finder == .leftovers { rule.kind = .record }
        return rule
    }
}

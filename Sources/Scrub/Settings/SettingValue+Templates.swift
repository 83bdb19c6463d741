/// What stands in place of a value, or says what one has to be like.
extension SettingValue {
    /// Tags of YAML behind which the name of a value stands, and not the value: of Home Assistant, ESPHome, CloudFormation, and
    /// of programs that take values out of the environment.
    private static let referenceTags: Set<String> = [
        "secret", "env", "env_var", "envvar", "env_tag", "include", "ref", "sub", "getatt", "importvalue", "findinmap",
        "vault", "var", "variable", "lookup", "reference", "input", "ssm", "sops", "keyring", "getenv", "param",
        "parameter",
    ]

    /// Whether bytes begin with a tag of YAML that refers to a value: `!secret wifi_password`.
    static func isReferenceTag(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.first == 0x21 else { return false }
        let tag = value.dropFirst().prefix { ByteText.isAlphanumeric($0) || $0 == 0x5f || $0 == 0x3a || $0 == 0x2d }
        guard tag.endIndex == value.endIndex || ByteText.isBlank(value[tag.endIndex]) else { return false }
        let words = String(decoding: tag, as: UTF8.self).lowercased().split(separator: ":")
        return words.first.map { referenceTags.contains(String($0)) } ?? false
    }

    /// Whether a value stands for one, or says what one is like.
    static func isTemplate(_ value: [UInt8]) -> Bool {
        isValidation(value) || isSelector(value) || isBlank(value) || isReferenceTag(value[...]) || isExample(value)
            || isCall(value) || isExpression(value) || isShellCommand(value) || ByteText.contains(value, anyOf: classes)
    }

    /// A type of a function, a member of a list, a color: `() -> String`, `colors['base0']`, `#ABB2BF`.
    private static func isExpression(_ value: [UInt8]) -> Bool {
        // Of Terraform.
        if ["var.", "local.", "data.", "module."].contains(where: { value.starts(with: $0.utf8) }),
            value.allSatisfy({ ByteText.isName($0) || $0 == 0x5b || $0 == 0x5d || $0 == 0x22 })
        {
            return true
        }
        if value.first == 0x28, ByteText.contains(value, anyOf: [Array(") ->".utf8)]) { return true }
        if value.first == 0x23, [7, 9].contains(value.count), value.dropFirst().allSatisfy(ByteText.isHexDigit) {
            return true
        }
        guard let open = value.firstIndex(of: 0x5b), open >= 2, value.last == 0x5d, value.count > open + 3,
            case let quote = value[open + 1], quote == 0x27 || quote == 0x22, value[value.count - 2] == quote
        else { return false }
        return value[..<open].allSatisfy { ByteText.isAlphanumeric($0) || $0 == 0x5f || $0 == 0x2e }
    }

    private static let programs: Set<String> = [
        "cat", "getent", "echo", "grep", "awk", "sed", "curl", "wget", "head", "tail", "cut", "openssl", "gpg", "pass",
        "security",
        "secret-tool", "printf", "sh", "bash", "sudo", "nvram", "uci", "fw_printenv", "lastpass", "op", "bw", "vault",
    ]

    /// What a variable runs to have a value: `getent passwd`, `cat /etc/passwd`.
    private static func isShellCommand(_ value: [UInt8]) -> Bool {
        var value = value[...]
        if value.starts(with: [0x24, 0x28]), value.last == 0x29 { value = value.dropFirst(2).dropLast() }
        let words = value.split(separator: 0x20)
        guard words.count >= 2, let first = words.first, programs.contains(String(decoding: first, as: UTF8.self))
        else {
            return false
        }
        return words.dropFirst().contains { word in
            word.contains(0x2f) || word.first == 0x2d || word.first == 0x24
                || String(decoding: word, as: UTF8.self) == "passwd" || String(decoding: word, as: UTF8.self) == "get"
        }
    }

    /// How classes of characters begin in a pattern.
    private static let classes = ["[a-zA-Z", "[A-Za-z", "[a-z0-9", "[A-Z0-9", "[0-9a-", "[0-9A-"].map { Array($0.utf8) }
    private static let example = [Array("EXAMPLE".utf8)]

    /// What manuals of Amazon's services show for a key: `AKIAIOSFODNN7EXAMPLE`.
    static func isExample(_ value: [UInt8]) -> Bool { value.count >= 16 && ByteText.contains(value, anyOf: example) }

    /// `POSIX::setsid();`
    private static func isCall(_ value: [UInt8]) -> Bool {
        let call = value.last == 0x3b ? value.dropLast() : value[...]
        guard call.count >= 4, call.suffix(2).elementsEqual([0x28, 0x29]) else { return false }
        return call.dropLast(2).allSatisfy { ByteText.isAlphanumeric($0) || "_.:->$".utf8.contains($0) }
    }

    private static let validations: Set<String> = [
        "required", "string", "min", "max", "nullable", "confirmed", "sometimes", "alpha_num", "alpha_dash", "integer",
        "numeric", "email", "size", "between", "regex", "optional", "array", "boolean", "bail", "filled", "present",
        "required_if", "required_with", "required_without", "unique", "exists", "current_password", "same", "different",
        "trim", "minlength", "maxlength", "matches", "min_length", "max_length",
    ]

    /// Whether a value tells a form what one has to be like: `required|min:8|max:64`.
    private static func isValidation(_ value: [UInt8]) -> Bool {
        guard value.contains(0x7c) else { return false }
        let parts = value.split(separator: 0x7c, omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            let word = part.prefix { ByteText.isAlphanumeric($0) || $0 == 0x5f }
            return validations.contains(String(decoding: word, as: UTF8.self).lowercased())
        }
    }

    private static let attributes = ["[name", "[type", "[id=", "[class", "[data-", ":nth-", "::before", "::after"].map {
        Array($0.utf8)
    }

    /// Whether a value names an element of a page: `#login > input.password`, `input[type=password]`.
    private static func isSelector(_ value: [UInt8]) -> Bool {
        guard let first = value.first, ByteText.isLetter(first) || first == 0x23 || first == 0x2e else { return false }
        if ByteText.contains(value, anyOf: attributes), value.last == 0x5d || value.contains(0x20) { return true }
        guard first == 0x23 || first == 0x2e else { return false }
        let name = value.dropFirst()
        guard let start = name.first, ByteText.isLetter(start) else { return false }
        if value.contains(0x20) {
            return value.allSatisfy { ByteText.isName($0) || " #>+~:,*=()".utf8.contains($0) }
                && value.split(separator: 0x20).allSatisfy { $0.count > 1 || ">+~*".utf8.contains($0.first ?? 0) }
        }
        return name.allSatisfy { ByteText.isLetter($0) || $0 == 0x2d || $0 == 0x5f }
            && SettingMeaning.of(Array(name)) != nil
    }

    private static let blanks = ["your", "my", "insert", "enter", "put", "add", "replace", "paste"]

    /// Whether a value says what is to be put in its place: `YOUR_TOKEN_1`, `enter-your-key-here`.
    private static func isBlank(_ value: [UInt8]) -> Bool {
        guard value.contains(where: { $0 == 0x5f || $0 == 0x2d || $0 == 0x20 }),
            value.allSatisfy({ ByteText.isAlphanumeric($0) || "_- ".utf8.contains($0) })
        else { return false }
        let words = value.split { "_- ".utf8.contains($0) }.map { word in
            String(decoding: word.map(ByteText.lower).filter(ByteText.isLetter), as: UTF8.self)
        }
        guard let first = words.first, blanks.contains(first) else { return false }
        let said: Set<String> = [
            "password", "passwd", "pass", "token", "secret", "key", "apikey", "here", "psk", "passphrase",
            "credentials",
        ]
        return words.contains(where: said.contains)
    }

    private static let proxyModes: Set<String> = ["insert", "prefix", "rewrite", "indirect", "nocache", "postonly"]

    /// Whether bytes begin with what HAProxy calls a cookie, and what it does with it: `SERVERID insert indirect`.
    static func isProxyCookie(_ text: ArraySlice<UInt8>) -> Bool {
        let line = text.prefix(longestDirective).prefix { $0 != 0x0a && $0 != 0x0d }
        return line.split(separator: 0x20).dropFirst().contains {
            proxyModes.contains(String(decoding: $0, as: UTF8.self))
        }
    }

    /// No directive is longer (bytes).
    private static let longestDirective = 256
}

/// Whether a value can be what its name says.
enum SettingValue {
    /// Words that switch something or name a method, where a credential would stand.
    private static let words: Set<String> = [
        "none", "null", "nil", "true", "false", "yes", "no", "on", "off", "enabled", "disabled", "enable", "disable",
        "undefined", "unset", "required", "optional", "sufficient", "requisite", "include", "substack", "prompt", "ask",
        "files", "compat", "md5", "sha1", "sha256", "sha512", "hex", "ascii", "open", "auto", "(null)", "<none>", "n/a",
        "wpa-psk", "wpa2-psk", "wpa_psk", "sae", "psk", "wpa-eap", "string", "integer", "boolean", "object", "function",
        "nullptr", "hidden", "interactive", "environment", "env", "stdin", "\"\"", "''", "(none)", "empty", "int",
        "char",
        "text", "bool", "array", "default", "password", "plain", "yescrypt", "bcrypt", "define", "undef",
        "scram-sha-256", "generate", "write", "read", "ntlmv2", "keyring", "required,",
    ]

    /// Words that people take for a password, and that stand for none only where nothing gives them a name.
    static let commonPasswords: Set<[UInt8]> = Set(
        ["password", "default", "hidden", "empty", "plain", "open", "secret"].map { Array($0.utf8) })

    /// What `nsswitch.conf` has behind its names.
    private static let lookups: Set<String> = [
        "files", "compat", "systemd", "nis", "nisplus", "ldap", "winbind", "sss", "db", "dns", "hesiod", "mymachines",
        "extrausers", "cache", "wins", "usrfiles",
    ]

    private static let descriptions = [" password", " passphrase"].map { Array($0.utf8) }

    /// A password, a key, a token.
    static func isCredential(_ value: [UInt8], isCode: Bool) -> Bool {
        guard value.count >= 3, value.count <= 8192, !isRedacted(value), !isReference(value), isText(value) else {
            return false
        }
        let text = String(decoding: value, as: UTF8.self)
        let lower = text.lowercased()
        if words.contains(lower) || isPath(value) { return false }
        // `passwd: files [NOTFOUND=return] systemd` says where names are looked up.
        if lookups.contains(lower) { return false }
        if value.contains(0x20) {
            let places = lower.split(separator: " ").filter { !($0.hasPrefix("[") && $0.hasSuffix("]")) }
            if !places.isEmpty, places.allSatisfy({ lookups.contains(String($0)) }) { return false }
            // `A challenge password`: says what stands there.
            if ByteText.contains(Array(lower.utf8), anyOf: descriptions) { return false }
        }
        if isRemark(value) || isFileName(value) || isTemplate(value) { return false }
        if isCode { return isLiteralInCode(value) }
        return true
    }

    /// Whether a value is something that is said to people: letters without a digit, of one kind of case in a word.
    static func isWording(_ value: [UInt8]) -> Bool {
        if value.contains(where: ByteText.isDigit) || value.contains(where: { $0 < 0x20 }) { return false }
        let letters = value.count { ByteText.isLetter($0) || $0 >= 0x80 }
        let signs = value.count { !ByteText.isLetter($0) && $0 < 0x80 && !" .,:;!?'-()/%".utf8.contains($0) }
        guard letters >= 3, signs == 0 else { return false }
        // `kLmNoP` is no word.
        return !zip(value, value.dropFirst()).contains {
            (0x61...0x7a).contains($0) && (0x41...0x5a).contains($1)
        }
    }

    /// Whether there is no control character in it but a tab: escape sequences of a terminal are no values.
    private static func isText(_ value: [UInt8]) -> Bool {
        value.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    }

    /// What `scrub` leaves behind, and what programs show in place of a value: nothing but `X` and `*`, with other signs
    /// around them.
    static func isRedacted(_ value: [UInt8]) -> Bool {
        let letters = value.filter { ByteText.isLetter($0) || ByteText.isDigit($0) || $0 >= 0x80 }
        if letters.isEmpty { return value.allSatisfy { "*.-_ \"'?#".utf8.contains($0) } || value.count < 3 }
        // X in hexadecimal, and in base64.
        if value.count >= 4, value.count.isMultiple(of: 2),
            value.indices.allSatisfy({ value[$0] == ($0.isMultiple(of: 2) ? 0x35 : 0x38) })
        {
            return true
        }
        if value.count >= 6, value.dropFirst().dropLast().allSatisfy({ "WFhY=".utf8.contains($0) }) { return true }
        return letters.allSatisfy { $0 | 0x20 == 0x78 } || value.allSatisfy { $0 == 0x41 }
            || value.allSatisfy { $0 == 0x30 }
    }

    /// A variable or a place in a template: `$KEY`, `${key}`, `%s`, `{{ key }}`, `@KEY@`, `<%= key %>`.
    static func isReference(_ value: [UInt8]) -> Bool {
        guard let first = value.first, let last = value.last else { return true }
        func isWordByte(_ byte: UInt8) -> Bool { ByteText.isLetter(byte) || ByteText.isDigit(byte) || byte == 0x5f }
        switch first {
        case 0x21: return isReferenceTag(value[...])
        case 0x24:
            let rest = value.dropFirst()
            // `${{ secrets.KEY }}`
            if rest.starts(with: [0x7b, 0x7b]) { return value.suffix(2) == [0x7d, 0x7d] }
            if let second = rest.first, second == 0x7b || second == 0x28 {
                return last == (second == 0x7b ? 0x7d : 0x29)
                    && rest.dropFirst().dropLast().allSatisfy { ByteText.isName($0) || $0 == 0x20 }
            }
            // `$dir/key.pem`, `$section::name`.
            if let end = rest.firstIndex(where: { !isWordByte($0) }) {
                return end > rest.startIndex + 1 && (rest[end] == 0x2f || rest[end...].starts(with: [0x3a, 0x3a]))
                    && rest[end...].prefix { !ByteText.isBlank($0) }
                        .allSatisfy { ByteText.isName($0) || "/:$#".utf8.contains($0) }
            }
            // `$KEY`, `$key`: keys of people mix both.
            return rest.allSatisfy { !(0x61...0x7a).contains($0) }
                || rest.allSatisfy { !(0x41...0x5a).contains($0) && !ByteText.isDigit($0) }
        case 0x25:
            let formats: [[UInt8]] = ["%s", "%d", "%u", "%x"].map { Array($0.utf8) }
            guard formats.contains(where: { value.starts(with: $0) }) else {
                return last == 0x25 && value.dropFirst().dropLast().allSatisfy(isWordByte) || value.count <= 2
            }
            return value.count <= 4
                || zip(value.dropFirst(), value.dropFirst(2)).contains { formats.contains([$0, $1]) }
        case 0x40: return last == 0x40 && value.dropFirst().dropLast().allSatisfy(isWordByte)
        case 0x7b: return value.starts(with: [0x7b, 0x7b]) && value.suffix(2) == [0x7d, 0x7d]
        case 0x3c:
            return last == 0x3e
                && value.dropFirst().dropLast().allSatisfy { isWordByte($0) || "-% =?/".utf8.contains($0) }
        case 0x5f: return value.count > 4 && value.starts(with: [0x5f, 0x5f]) && last == 0x5f
        default:
            if last == 0x28 { return calls.contains(String(decoding: value.dropLast(), as: UTF8.self)) }
            return value.starts(with: Array("0x%".utf8)) || value == Array("\\0".utf8)
        }
    }

    /// What begins a call of a script.
    private static let calls: Set<String> = [
        "function", "prompt", "getpass", "input", "require", "func", "lambda", "new",
    ]

    /// `/etc/ssl/key.pem`, `./key`, `file:…`.
    static func isPath(_ value: [UInt8]) -> Bool {
        guard value.first == 0x2f || value.starts(with: Array("./".utf8)) || value.starts(with: Array("~/".utf8)) else {
            return value.starts(with: Array("file:".utf8)) || value.starts(with: Array("env:".utf8))
        }
        // A key may begin with two of them.
        return value.drop { $0 == 0x2f }.contains(0x2f)
            && value.allSatisfy { ByteText.isName($0) || $0 == 0x2f || $0 == 0x7e }
    }

    /// A literal in a program's text that nobody would write for a word: with letters and digits or signs, no call, no format.
    static func isLiteralInCode(_ value: [UInt8]) -> Bool {
        if value.contains(where: { "$`(){}[]<>\\%;".utf8.contains($0) }) { return false }
        let letters = value.contains(where: ByteText.isLetter)
        // A number.
        if value.starts(with: Array("0x".utf8)), value.count <= 10 { return false }
        return letters && value.contains(where: ByteText.isDigit) && value.count >= 5 && !value.contains(0x20)
    }

    private static let expressions = [
        "${", "$(", "%s", "%d", "%w", "{{", "#{", "{0}", "%{", "<%", "<?", "\\(", "$_", "%%", "]=", "->", "()",
    ].map { Array($0.utf8) }

    /// A literal or an argument that can be a credential.
    ///
    /// - Parameter isStrong: whether its name says password or key of a network: then one word will do.
    static func isLiteralSecret(_ value: [UInt8], isStrong: Bool) -> Bool {
        guard isCredential(value, isCode: false), value.count >= 4 else { return false }
        if isStrong, looksRandom(value) { return true }
        let text = String(decoding: value, as: UTF8.self)
        let hasDigit = value.contains(where: ByteText.isDigit)
        // Places for something else, names of variables, expressions.
        if ByteText.contains(value, anyOf: expressions) || ByteText.contains(value, anyOf: classes) { return false }
        if let first = value.first, "$%<[{(&*@`".utf8.contains(first), !hasDigit || !isStrong || first == 0x60 {
            return false
        }
        if let last = value.last, ",.:`".utf8.contains(last), !hasDigit, !isMixedWord(value) { return false }
        if value.contains(0x20) { return isStrong && hasDigit && !".:?!,".utf8.contains(value.last ?? 0) }
        if hasDigit, value.contains(where: { ByteText.isLetter($0) }) || isStrong && value.count >= 6 {
            return value.count >= 5 && (isStrong || value.count >= 8)
        }
        return isStrong && value.count >= 6 && isOwnWord(value, text: text)
    }

    /// Classes of characters in a pattern that tells what a password has to look like.
    private static let classes = ["[a-z", "[A-Z", "[0-9", "a-z]", "A-Z]", "0-9]"].map { Array($0.utf8) }

    /// Letters of which capitals follow small ones more than once: `kLmNoP`.
    private static func isMixedWord(_ value: [UInt8]) -> Bool {
        !value.contains(0x20) && value.count >= 8
            && zip(value, value.dropFirst()).count { (0x61...0x7a).contains($0) && (0x41...0x5a).contains($1) } >= 2
    }

    /// What a command takes for a secret: nothing that stands there for one (`PASSWORD`, `your_password`, `${x}`).
    static func isArgument(_ value: [UInt8]) -> Bool {
        guard isCredential(value, isCode: false) else { return false }
        if looksRandom(value) { return true }
        guard !ByteText.contains(value, anyOf: expressions), let first = value.first, let last = value.last else {
            return false
        }
        let hasDigit = value.contains(where: ByteText.isDigit)
        if first == 0x60 || "$%<[{(&*@-|".utf8.contains(first) && !hasDigit { return false }
        // `$1`, `$2`
        if first == 0x24, value.count <= 3 || value.dropFirst().first == 0x7b { return false }
        if value.starts(with: Array("fd:".utf8)) || ",.:".utf8.contains(last) && !hasDigit { return false }
        if value.contains(0x20) { return hasDigit && !".:?!,".utf8.contains(last) }
        if ["public", "private"].contains(String(decoding: value, as: UTF8.self)) || hasDigit { return hasDigit }
        return value.contains { !(0x41...0x5a).contains($0) && $0 != 0x5f && $0 != 0x2d }
            && SettingMeaning.of(value) == nil
    }

    /// Letters of both cases and digits among them, or many hexadecimal digits: no word with a number behind it.
    static func isRandomToken(_ value: [UInt8]) -> Bool {
        if value.count >= 16, value.allSatisfy(ByteText.isHexDigit) { return true }
        // Parsers' patterns are no tokens either.
        guard value.count >= 16, value.count(where: ByteText.isDigit) >= 2,
            value.allSatisfy({ ByteText.isAlphanumeric($0) || "+/=.-".utf8.contains($0) })
        else { return false }
        let hasInnerDigit = zip(value, value.dropFirst()).contains { ByteText.isDigit($0) && ByteText.isLetter($1) }
        return hasInnerDigit && value.contains { (0x41...0x5a).contains($0) }
            && value.contains { (0x61...0x7a).contains($0) } && !value.contains(0x5f)
    }

    /// Letters of both cases and digits or signs among them: nobody calls anything else so.
    static func isMixed(_ value: ArraySlice<UInt8>) -> Bool {
        guard (8...128).contains(value.count), isCollected(Array(value)) else { return false }
        let hasBoth = value.contains { (0x41...0x5a).contains($0) } && value.contains { (0x61...0x7a).contains($0) }
        let hasSign = value.contains { "!#%^&*?".utf8.contains($0) }
        return hasSign
            || hasBoth && value.allSatisfy { ByteText.isAlphanumeric($0) }
                && zip(value, value.dropFirst()).contains { ByteText.isDigit($0) && ByteText.isLetter($1) }
    }

    /// `T_PLUS2`: what programs call something.
    private static func isConstant(_ value: [UInt8]) -> Bool {
        let name = value.prefix { !ByteText.isDigit($0) }
        return value.count - name.count <= 2 && value.contains(0x5f)
            && name.allSatisfy { (0x41...0x5a).contains($0) || $0 == 0x5f }
            && value[name.count...].allSatisfy(ByteText.isDigit)
    }

    /// What stands in a list or a map of secrets and is like one: letters and digits, no time, no address, no color, no size.
    static func isCollected(_ value: [UInt8]) -> Bool {
        guard isLiteralSecret(value, isStrong: true), value.count >= 6, !value.contains(0x20),
            value.contains(where: ByteText.isDigit), value.contains(where: ByteText.isLetter), value.first != 0x23,
            !value.contains(0x2f) || value.count >= 20, SettingMeaning.of(value) == nil,
            !isConstant(value)
        else { return false }
        if value.contains(0x3a), value.contains(0x2d) || value.contains(0x2f) { return false }
        // `1.25rem`
        let number = value.prefix { ByteText.isDigit($0) || $0 == 0x2e }
        return number.isEmpty || value.count - number.count > 4
    }

    static let programWords = [
        "pass", "pwd", "secret", "token", "user", "login", "text", "key", "hidden", "auth", "string", "value",
    ].map { Array($0.utf8) }

    /// Letters that somebody thought of, and not the name of something in a program (`userPassword`, `text-field`, `Password`).
    private static func isOwnWord(_ value: [UInt8], text: String) -> Bool {
        if ByteText.contains(Array(text.lowercased().utf8), anyOf: programWords) { return false }
        func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }
        let letters = value.filter(ByteText.isLetter)
        if letters.count == value.count {
            if letters.allSatisfy({ !isUpper($0) }) { return true }
            // `ABC`, `Abc`, `abCd` are words of programs.
            return letters.contains { !isUpper($0) }
                && zip(letters, letters.dropFirst()).contains { isUpper($0) && isUpper($1) }
        }
        if value.contains(where: { !ByteText.isLetter($0) && !"_-./:".utf8.contains($0) }) { return true }
        return letters.contains { !isUpper($0) } && letters.dropFirst().contains(where: isUpper)
    }

    /// `name:password`, of which the second part is no name again.
    static func isAccountWithPassword(_ value: [UInt8]) -> Bool {
        let parts = value.split(separator: 0x3a, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count >= 2, parts[1].count >= 4, !value.contains(0x20), parts[0] != parts[1],
            !parts[1].starts(with: [0x2f, 0x2f]), !isReference(Array(parts[1])), !isPath(Array(parts[1]))
        else { return false }
        return parts[0].allSatisfy { ByteText.isName($0) } && parts[1].contains(where: ByteText.isLetter)
            && !parts[0].allSatisfy(ByteText.isDigit) && !parts[1].contains(0x3a)
    }

    /// Somebody's address: `name@host.tld`.
    static func isMail(_ value: [UInt8]) -> Bool {
        guard let sign = value.firstIndex(of: 0x40), sign > 0, sign + 3 < value.count else { return false }
        let host = value[(sign + 1)...]
        guard let dot = host.lastIndex(of: 0x2e), dot > sign + 1, dot + 2 < value.count else { return false }
        return value.allSatisfy { ByteText.isName($0) || $0 == 0x2b || $0 == 0x25 }
            && !String(decoding: host, as: UTF8.self).lowercased().hasPrefix("example.")
    }

    /// Names of accounts that every device has.
    static let commonAccounts: Set<String> = [
        "admin", "root", "user", "guest", "anonymous", "nobody", "administrator", "ubnt", "default", "service",
        "support",
        "operator", "username", "test", "www-data", "daemon", "ftp", "mail", "system", "supervisor", "none", "true",
        "false",
        "yes", "no", "null", "login", "name", "required", "optional", "viewer", "public", "private", "local", "all",
        "pi",
    ]

    static func isAccount(_ value: [UInt8], isCode: Bool) -> Bool {
        guard value.count >= 3, value.count <= 128, !isRedacted(value), !isReference(value), !isPath(value),
            !isExample(value)
        else { return false }
        if commonAccounts.contains(String(decoding: value, as: UTF8.self).lowercased()) { return false }
        if isCode { return isMail(value) || isLiteralInCode(value) }
        return value.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x27 && $0 != 0x28 }
    }

    static func isNetwork(_ value: [UInt8], isCode: Bool) -> Bool {
        guard !value.isEmpty, value.count <= 64, !isRedacted(value), !isReference(value), isText(value) else {
            return false
        }
        let text = String(decoding: value, as: UTF8.self).lowercased()
        if words.contains(text) || ["any", "ssid", "openwrt", "lede", "default"].contains(text) { return false }
        if value.allSatisfy(ByteText.isDigit), value.count < 4 { return false }
        if isCode { return !value.contains { "$`(){}[]<>\\%;,+".utf8.contains($0) } && value.count >= 3 }
        return true
    }

    static func isDeviceNumber(_ value: [UInt8]) -> Bool {
        guard (6...64).contains(value.count), !isRedacted(value), !endsWithDate(value), !isExample(value) else {
            return false
        }
        guard
            value.allSatisfy({
                ByteText.isLetter($0) || ByteText.isDigit($0) || $0 == 0x2d || $0 == 0x5f || $0 == 0x3a || $0 == 0x2b
            }
            )
        else { return false }
        // TUTK: 20 capitals and digits.
        if value.count == 20, value.contains(where: ByteText.isDigit),
            !value.contains(where: { (0x61...0x7a).contains($0) })
        {
            return true
        }
        return value.count(where: ByteText.isDigit) >= 4
    }

    /// `ebs-2019-11-02`: a version of something.
    static func endsWithDate(_ value: [UInt8]) -> Bool {
        let date = Array(value.suffix(11))
        return date.count == 11
            && date.indices.allSatisfy { [0, 5, 8].contains($0) ? date[$0] == 0x2d : ByteText.isDigit(date[$0]) }
            && value.dropLast(11).contains(where: ByteText.isLetter)
    }

    static func isPosition(_ value: [UInt8]) -> Bool {
        // Latitude and longitude in one.
        if let comma = value.firstIndex(of: 0x2c) {
            return [value[..<comma], value[(comma + 1)...].drop { $0 == 0x20 }].allSatisfy { isPosition(Array($0)) }
        }
        guard let dot = value.firstIndex(of: 0x2e), value.count - dot > 3 else { return false }
        let number = value.first == 0x2d || value.first == 0x2b ? value.dropFirst() : value[...]
        return number.count { $0 == 0x2e } == 1 && number.allSatisfy { ByteText.isDigit($0) || $0 == 0x2e }
            && number.contains { $0 != 0x30 && $0 != 0x2e }
    }

    static func isHardwareAddress(_ value: [UInt8]) -> Bool {
        let digits = value.filter { $0 != 0x3a && $0 != 0x2d }
        guard digits.count == 12, [12, 17].contains(value.count), digits.allSatisfy(ByteText.isHexDigit) else {
            return false
        }
        return BuiltInRules.isDeviceAddress(value)
    }

    /// Services that give people a name for their own address.
    private static let dynamicDomains = [
        "dyndns.org", "dyndns.com", "no-ip.org", "no-ip.com", "no-ip.biz", "noip.me", "ddns.net", "duckdns.org",
        "hopto.org",
        "zapto.org", "sytes.net", "homeip.net", "homelinux.org", "homelinux.net", "dnsalias.net", "dnsalias.com",
        "dyn.com",
        "dynv6.net", "freeddns.org", "myfritz.net", "selfhost.eu", "selfhost.de", "spdns.de", "goip.de", "3322.org",
        "oray.com", "myds.me", "synology.me", "afraid.org", "mooo.com", "dyndns.info", "myqnapcloud.com",
        "asuscomm.com",
        "tplinkdns.com", "chickenkiller.com", "servebeer.com", "servehttp.com", "redirectme.net", "is-a-geek.org",
    ]

    /// A host of one's own: below a service for such, or (`isOwn`) any name with a dot that is no service's.
    static func isHost(_ value: [UInt8], isOwn: Bool) -> Bool {
        let text = String(decoding: value, as: UTF8.self).lowercased()
        guard value.count <= 253, value.allSatisfy({ ByteText.isName($0) || $0 == 0x3a }) else { return false }
        let host = text.split(separator: ":").first.map(String.init) ?? ""
        if dynamicDomains.contains(where: {
            host.hasSuffix("." + $0) && !host.hasPrefix("members.") && !host.hasPrefix("update.")
                && !host.hasPrefix("www.")
        }) {
            return true
        }
        let labels = host.split(separator: ".")
        guard isOwn, labels.count >= 2, !labels.allSatisfy({ $0.allSatisfy(\.isNumber) }) else { return false }
        return !host.hasSuffix(".local") && !host.hasSuffix(".lan") && !host.contains("example")
    }
}

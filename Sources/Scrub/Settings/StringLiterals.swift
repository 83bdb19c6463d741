/// Reads what program text gives a name: `$cfg['db_pass'] = '…'`, `#define WIFI_PASS "…"`, `local psk = "…"`,
/// `define('DB_PASSWORD', '…')`, `setPassword("…")`, and the arguments of calls that log in.
struct StringLiterals {
    private let bytes: [UInt8]
    private let source: SettingsSource
    private(set) var settings: [Setting] = []

    private static let longestLine = 8192
    /// Calls whose last two literals are a name and a password.
    private static let logins: Set<String> = [
        "login", "begin", "username_pw_set", "basic_auth", "basicauth", "auth", "authenticate", "ftp_login",
        "httpbasicauth",
        "httpdigestauth", "setcredentials", "credentials", "setauth", "setauthentication",
        "usernamepasswordcredentials",
        "passwordauthentication", "connectwifi", "wifi_connect", "smtpauth", "setlogin", "digestauth", "addap",
    ]
    /// Calls whose second and third argument are a name and a password; of two, both are those of a network.
    private static let connections: Set<String> = [
        "connect", "mysqli_connect", "mysql_connect", "mysqli", "pdo", "real_connect", "do_connect", "getconnection",
    ]
    private static let types: Set<String> = ["str", "string", "char", "text", "bytes", "optional", "final"]

    static func read(_ bytes: [UInt8], in range: Range<Int>, source: SettingsSource) -> [Setting] {
        var reader = StringLiterals(bytes: bytes, source: source)
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            var hasQuote = false
            while end < range.upperBound, bytes[end] != 0x0a, bytes[end] != 0 {
                let byte = bytes[end]
                if byte == 0x22 || byte == 0x27 || byte == 0x60 { hasQuote = true }
                end += 1
            }
            if hasQuote, end - start <= longestLine { reader.line(start..<end) }
            start = end + 1
        }
        return reader.settings
    }

    private init(bytes: [UInt8], source: SettingsSource) {
        self.bytes = bytes
        self.source = source
    }

    /// A literal that was read before on the same line.
    private struct Literal {
        var text: Range<Int>
        /// Behind its closing quote.
        var end: Int
    }

    private mutating func line(_ line: Range<Int>) {
        var previous: Literal?
        var arguments: [Literal] = []
        var at = line.lowerBound
        while at < line.upperBound {
            let quote = bytes[at]
            guard quote == 0x22 || quote == 0x27 || quote == 0x60 else {
                at += 1
                continue
            }
            // An apostrophe.
            let before = at > line.lowerBound ? bytes[at - 1] : 0x20
            if quote == 0x27, ByteText.isAlphanumeric(before), !isPrefix(at - 1, line: line) {
                at += 1
                continue
            }
            // Python's `"""…"""`.
            let width =
                at + 2 < line.upperBound && bytes[at + 1] == quote && bytes[at + 2] == quote
                    && (at + 3 < line.upperBound && bytes[at + 3] != quote) ? 3 : 1
            guard let end = close(quote, from: at + width, line: line) else {
                at += 1
                continue
            }
            let literal = Literal(text: at + width..<end, end: min(line.upperBound, end + width))
            name(literal, quote: at, previous: previous, line: line)
            if let last = previous, isBetween(last.end, and: at, only: 0x2c) {
                arguments.append(literal)
            } else {
                arguments = [literal]
            }
            call(arguments, line: line)
            previous = literal
            at = literal.end
        }
    }

    private func isPrefix(_ place: Int, line: Range<Int>) -> Bool {
        "rbuflRBUFLN".utf8.contains(bytes[place])
            && (place == line.lowerBound || !ByteText.isAlphanumeric(bytes[place - 1]))
    }

    private func close(_ quote: UInt8, from start: Int, line: Range<Int>) -> Int? {
        var at = start
        while at < line.upperBound {
            if bytes[at] == 0x5c {
                at += 2
                continue
            }
            if bytes[at] == quote { return at }
            at += 1
        }
        return nil
    }

    private func isBetween(_ start: Int, and end: Int, only sign: UInt8) -> Bool {
        start <= end && bytes[start..<end].allSatisfy { ByteText.isBlank($0) || $0 == sign }
            && bytes[start..<end].contains(sign)
    }

    // MARK: - What names a literal

    private mutating func name(_ literal: Literal, quote: Int, previous: Literal?, line: Range<Int>) {
        guard literal.text.count >= 3 else { return }
        var at = quote
        if at > line.lowerBound, isPrefix(at - 1, line: line) { at -= 1 }
        at = skipBlanks(before: at, line: line)
        guard at > line.lowerBound else { return }
        let sign = bytes[at - 1]
        let second: UInt8 = at - 2 >= line.lowerBound ? bytes[at - 2] : 0
        switch sign {
        case 0x3d:
            if "=!<>~+.*".utf8.contains(second) { return }
            note(
                nameBefore(second == 0x3a || second == 0x3f || second == 0x7c ? at - 2 : at - 1, line: line),
                literal: literal)
        case 0x3e where second == 0x3d:
            note(nameBefore(at - 2, line: line), literal: literal)
        case 0x3a where second != 0x3a:
            note(nameBefore(at - 1, line: line, isColon: true), literal: literal)
        case 0x28 where second == 0x3d || second == 0x20 && at - 3 >= line.lowerBound && bytes[at - 3] == 0x3d:
            // `psk = ("…"`
            note(nameBefore(second == 0x3d ? at - 2 : at - 3, line: line), literal: literal)
        case 0x28:
            note(nameBefore(at - 1, line: line), literal: literal, isCall: true)
        case 0x2c:
            if let previous, isBetween(previous.end, and: at, only: 0x2c), isFirst(previous, line: line) {
                note(previous.text, literal: literal, isCall: true)
            }
            // Ruby's `set :api_key, '…'`.
            else if let name = nameBefore(at - 1, line: line), name.lowerBound > line.lowerBound {
                if bytes[name.lowerBound - 1] == 0x3a {
                    note(name, literal: literal)
                } else if isConstant(name, line: line) {
                    note(name, literal: literal, isCall: true)
                }
            }
        default:
            let trimmed = ByteText.trimmed(bytes, range: line)
            guard
                ByteText.has("#define", bytes: bytes, at: trimmed.lowerBound)
                    || ByteText.has("#  define", bytes: bytes, at: trimmed.lowerBound)
                    || ByteText.has("set ", bytes: bytes, at: trimmed.lowerBound)
            else { return }
            note(nameBefore(at, line: line), literal: literal)
        }
    }

    /// Whether a name in capitals is an argument of its own: `curl_setopt($c, CURLOPT_PASSWORD, "…")`.
    private func isConstant(_ name: Range<Int>, line: Range<Int>) -> Bool {
        let at = skipBlanks(before: name.lowerBound, line: line)
        return at > line.lowerBound && "(,.:".utf8.contains(bytes[at - 1])
            && bytes[name].allSatisfy { (0x41...0x5a).contains($0) || $0 == 0x5f }
    }

    /// Whether a bracket opens in front of a literal.
    private func isFirst(_ literal: Literal, line: Range<Int>) -> Bool {
        let at = skipBlanks(before: literal.text.lowerBound - 1, line: line)
        return at > line.lowerBound && "([{".utf8.contains(bytes[at - 1])
    }

    private func skipBlanks(before place: Int, line: Range<Int>) -> Int {
        var at = place
        while at > line.lowerBound, ByteText.isBlank(bytes[at - 1]) { at -= 1 }
        return at
    }

    /// The name that ends in front of a place: a word, or what stands in the brackets or quotes there.
    private func nameBefore(_ place: Int, line: Range<Int>, isColon: Bool = false) -> Range<Int>? {
        var end = skipBlanks(before: place, line: line)
        guard end > line.lowerBound else { return nil }
        // `psk[]`, `psk[64]`, `cfg['psk']`, `conf{'psk'}`
        if bytes[end - 1] == 0x5d || bytes[end - 1] == 0x7d {
            let opening: UInt8 = bytes[end - 1] == 0x5d ? 0x5b : 0x7b
            guard let open = ByteText.last(opening, bytes: bytes, in: line.lowerBound..<end - 1) else { return nil }
            let inner = ByteText.trimmed(bytes, range: open + 1..<end - 1)
            if inner.count > 2, !bytes[inner].allSatisfy(ByteText.isDigit) {
                let name = bytes[inner].filter { !"'\":".utf8.contains($0) }.count
                guard name <= 64, name >= inner.count - 2 else { return nil }
                return inner.count == name
                    ? inner
                    : inner.lowerBound + 1..<(inner.count == name + 2 ? inner.upperBound - 1 : inner.upperBound)
            }
            end = skipBlanks(before: open, line: line)
        }
        guard end > line.lowerBound else { return nil }
        if bytes[end - 1] == 0x22 || bytes[end - 1] == 0x27 {
            guard let open = ByteText.last(bytes[end - 1], bytes: bytes, in: line.lowerBound..<end - 1) else {
                return nil
            }
            // `isShown ? 'text' : 'password'`
            let front = skipBlanks(before: open, line: line)
            if isColon, front > line.lowerBound, bytes[front - 1] == 0x3f { return nil }
            return open + 1..<end - 1
        }
        var start = end
        while start > line.lowerBound, isWordByte(bytes[start - 1]) { start -= 1 }
        guard start < end, end - start <= 64 else { return nil }
        let word = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
        if !isColon, Self.types.contains(word) {
            // `KEY: str = …`, `var key string = …`
            var front = skipBlanks(before: start, line: line)
            // Rust's `&str`, `&'static str`.
            if ByteText.has("'static", bytes: bytes, at: front - 7) {
                front = skipBlanks(before: front - 7, line: line)
            }
            if front > line.lowerBound, bytes[front - 1] == 0x26 { front = skipBlanks(before: front - 1, line: line) }
            guard front > line.lowerBound else { return nil }
            return nameBefore(bytes[front - 1] == 0x3a ? front - 1 : front, line: line, isColon: true)
        }
        return start..<end
    }

    private func isWordByte(_ byte: UInt8) -> Bool { ByteText.isAlphanumeric(byte) || byte == 0x5f || byte == 0x2d }

    private mutating func note(_ name: Range<Int>?, literal: Literal, isCall: Bool = false) {
        guard let name, name.count >= 2, name.count <= 64 else { return }
        var words = Array(bytes[name])
        // `setPassword`, `set_key`
        for prefix in ["set", "with"] where isCall && words.count > prefix.count + 2 {
            if String(decoding: words.prefix(prefix.count), as: UTF8.self).lowercased() == prefix {
                words.removeFirst(prefix.count)
            }
        }
        guard let meaning = SettingMeaning.of(words) else { return }
        if isCall, ![.credential, .token, .network].contains(meaning) { return }
        if isCall, meaning == .token { return }
        settings.append(Setting(names: [words], value: literal.text, isLiteral: true))
    }

    // MARK: - Calls

    /// The name in front of the bracket before the first of some arguments.
    private mutating func call(_ arguments: [Literal], line: Range<Int>) {
        guard arguments.count >= 2, let first = arguments.first else { return }
        var open = first.text.lowerBound - 1
        open = skipBlanks(before: open, line: line)
        guard open > line.lowerBound, bytes[open - 1] == 0x28 else { return }
        guard let end = arguments.last?.end,
            let close = bytes[end..<line.upperBound].first(where: { !ByteText.isBlank($0) }),
            close == 0x29 || arguments.count >= 3
        else { return }
        var start = open - 1
        while start > line.lowerBound, isWordByte(bytes[start - 1]) { start -= 1 }
        let name = String(decoding: bytes[start..<open - 1], as: UTF8.self).lowercased()
        var receiver = start
        while receiver > line.lowerBound, isWordByte(bytes[receiver - 1]) || ".:>".utf8.contains(bytes[receiver - 1]) {
            receiver -= 1
        }
        let owner = String(decoding: bytes[receiver..<start], as: UTF8.self).lowercased()
        // `imap` ends like an access point.
        let isNetwork =
            ["wifi", "wlan"].contains { owner.contains($0) || name.contains($0) }
            || owner.split(whereSeparator: { !$0.isLetter }).contains { ["sta", "nic", "ap"].contains($0) }
        if Self.logins.contains(name), close == 0x29, arguments.count == 2 {
            log(arguments[0], password: arguments[1], isNetwork: isNetwork)
        } else if Self.connections.contains(name) {
            if arguments.count >= 3 {
                if arguments.count == 3 || close == 0x29 { log(arguments[1], password: arguments[2], isNetwork: false) }
            } else if isNetwork {
                log(arguments[0], password: arguments[1], isNetwork: true)
            }
        }
    }

    private mutating func log(_ name: Literal, password: Literal, isNetwork: Bool) {
        let words: [String] = isNetwork ? ["ssid", "password"] : ["user", "password"]
        settings.append(Setting(names: [Array(words[0].utf8)], value: name.text, isLiteral: true))
        settings.append(Setting(names: [Array(words[1].utf8)], value: password.text, isLiteral: true))
    }
}

/// Reads names and values among the words of a command, and of the statements of a command line interface:
/// `--password secret`, `nvram set key="…"`, `fw_setenv wifi_key '…'`, `enable password 7 …`, `-o user=a,password=b`.
struct CommandArguments {
    private let bytes: [UInt8]
    private let source: SettingsSource
    private(set) var settings: [Setting] = []
    /// Which of them are of the line that is read.
    private var lineStart = 0
    /// What words mean: those of a log come again and again.
    private var meanings: [[UInt8]: SettingMeaning?] = [:]

    private static let mostMeanings = 4096
    /// How deep commands in commands are followed.
    private static let deepest = 2
    /// Longer lines are no commands (bytes).
    private static let longestLine = 4096
    /// Commands whose words are texts, names of variables, or patterns.
    private static let talkers: Set<String> = [
        "echo", "printf", "print", "read", "grep", "egrep", "fgrep", "sed", "awk", "test", "[", "[[", "if", "elif",
        "while",
        "until", "for", "case", "local", "export", "unset", "declare", "typeset", "readonly", "logger", "log", "die",
        "warn", "error", "puts", "expect", "return", "then", "else", "do", "usage", "cat", "rm", "cp", "mv", "ls",
        "chmod", "chown", "mkdir", "touch", "function", "def", "class", "import", "from", "use", "complete", "compgen",
        "apt", "apt-get", "dpkg", "opkg", "man", "help", "alias", "type", "which", "command", "source", ".", "exit",
        "#", "//", "*", "-", "--", "the", "a", "option", "config", "list", "module", "include", "auth", "account",
        "session", "passwd:", "shadow:", "require", "db_input", "db_get", "db_set", "db_go", "template:",
        "description:", "sentinel",
    ]
    /// What stands between the name of a password and itself on the command line of a network device.
    private static let notations: Set<String> = [
        "0", "5", "6", "7", "8", "9", "ascii", "hex", "clear", "cleartext", "plain", "encrypted", "cipher", "simple",
        "irreversible-cipher", "md5", "sha256", "passphrase", "password", "secret", "key", "string", "static", "=", ":",
    ]

    static func read(_ bytes: [UInt8], in range: Range<Int>, source: SettingsSource) -> [Setting] {
        if source.isCode, !source.isShell { return [] }
        var reader = CommandArguments(bytes: bytes, source: source)
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, bytes[end] != 0x0a, bytes[end] != 0, bytes[end] != 0xff { end += 1 }
            // A backslash at the end of a line goes on in the next one; where no shell reads it, behind a blank.
            while end < range.upperBound, end > start, bytes[end] == 0x0a, bytes[end - 1] == 0x5c, end - start < 2048,
                source.isShell || source.isString || source.isMakefile || end > start + 1 && bytes[end - 2] <= 0x20
            {
                end += 1
                while end < range.upperBound, bytes[end] != 0x0a, bytes[end] != 0, bytes[end] != 0xff { end += 1 }
            }
            let line = ByteText.trimmed(bytes, range: start..<end)
            // Compressed bytes have no lines.
            let isText = !bytes[line].contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }
            if isText, line.count >= 8, line.count <= longestLine, let first = line.first,
                !"#<{;".utf8.contains(bytes[first]),
                bytes[line].contains(where: { $0 <= 0x20 || $0 == 0x22 || $0 == 0x27 })
            {
                reader.lineStart = reader.settings.count
                reader.line(line)
            }
            start = end + 1
        }
        return reader.settings
    }

    private init(bytes: [UInt8], source: SettingsSource) {
        self.bytes = bytes
        self.source = source
    }

    /// What the strings of a list say that are the words of a command.
    static func read(_ list: [ShellWord], of bytes: [UInt8], source: SettingsSource) -> [Setting] {
        var reader = CommandArguments(bytes: bytes, source: source)
        for (index, word) in list.enumerated() {
            guard let first = word.text.first, bytes[first] == 0x2d else { continue }
            reader.option(word, next: index + 1 < list.count ? list[index + 1] : nil)
        }
        reader.note(secrets: CommandSecrets.find(list, in: bytes, isList: true))
        return reader.settings
    }

    private mutating func line(_ line: Range<Int>, depth: Int = 0) {
        let commands = ShellWord.commands(bytes, in: line, isShell: source.isShell || source.isString)
        for words in commands where words.count <= 128 {
            arguments(words)
            note(secrets: CommandSecrets.find(words, in: bytes))
            guard source.isShell || source.isString, depth < Self.deepest else { continue }
            for word in words { substitution(word, depth: depth) }
        }
        if commands.count > 1 || source.isShell || source.isString {
            note(secrets: CommandSecrets.piped(commands, in: bytes))
        }
    }

    /// The command in `$(…)` or in backquotes.
    private mutating func substitution(_ word: ShellWord, depth: Int) {
        var at = word.whole.lowerBound
        while at + 1 < word.whole.upperBound {
            let isOld = bytes[at] == 0x60
            guard isOld || bytes[at] == 0x24 && bytes[at + 1] == 0x28 else {
                at += 1
                continue
            }
            let start = at + (isOld ? 1 : 2)
            guard start < word.whole.upperBound,
                let end = ByteText.first(isOld ? 0x60 : 0x29, bytes: bytes, in: start..<word.whole.upperBound)
            else { return }
            line(start..<end, depth: depth + 1)
            at = end + 1
        }
    }

    private static func isWithin(_ part: Range<Int>, whole: Range<Int>) -> Bool {
        part.lowerBound >= whole.lowerBound && part.upperBound <= whole.upperBound
    }

    private static func isCredential(_ setting: Setting) -> Bool {
        setting.isArgument || setting.names.last.map(SettingMeaning.namesCredential) ?? false
    }

    private mutating func note(secrets: [Range<Int>]) {
        for secret in secrets {
            // A name in the argument says more (`token=x`), and what is taken for an account may hold it (`root:x`).
            if settings[lineStart...].contains(where: {
                Self.isWithin($0.value, whole: secret) && Self.isCredential($0)
            }) {
                continue
            }
            let others = settings[lineStart...].filter {
                !Self.isWithin(secret, whole: $0.value) || $0.value == secret || $0.isArgument
            }
            settings.replaceSubrange(lineStart..., with: others)
            let pieces = lines(of: behindSource(secret))
            guard let piece = pieces.first else { continue }
            settings.append(
                Setting(
                    names: [Array("password".utf8)], value: piece, further: Array(pieces.dropFirst()),
                    isArgument: true))
        }
    }

    private mutating func arguments(_ words: [ShellWord]) {
        for (index, word) in words.enumerated() {
            if word.text.isEmpty { continue }
            let next = index + 1 < words.count ? words[index + 1] : nil
            if bytes[word.text.lowerBound] == 0x2d {
                option(word, next: next)
            } else {
                assignments(word)
                if let next { pair(words, index: index, next: next) }
            }
        }
    }

    private func text(_ word: ShellWord) -> String { String(decoding: bytes[word.text].prefix(64), as: UTF8.self) }

    /// `--password secret`, `--password=secret`, `-passwd secret`
    private mutating func option(_ word: ShellWord, next: ShellWord?) {
        var start = word.text.lowerBound
        while start < word.text.upperBound, bytes[start] == 0x2d { start += 1 }
        let sign = ByteText.first(0x3d, bytes: bytes, in: start..<word.text.upperBound)
        let name = start..<(sign ?? word.text.upperBound)
        guard (2...40).contains(name.count), bytes[name].allSatisfy(ByteText.isName) else { return }
        if let sign {
            note(named: [Array(bytes[name])], value: unquoted(sign + 1..<word.text.upperBound))
        } else if let next, !next.text.isEmpty, next.isQuoted || bytes[next.text.lowerBound] != 0x2d {
            note(named: [Array(bytes[name])], value: behindSource(unquoted(next.text)))
        }
    }

    /// openssl's `-passin pass:x`
    private func behindSource(_ value: Range<Int>) -> Range<Int> {
        ByteText.has("pass:", bytes: bytes, at: value.lowerBound) && value.count > 5
            ? value.lowerBound + 5..<value.upperBound : value
    }

    /// `name=value` in a word, several of them with commas between.
    private mutating func assignments(_ word: ShellWord, isInner: Bool = false) {
        guard ByteText.first(0x3d, bytes: bytes, in: word.text) != nil else { return }
        var start = word.text.lowerBound
        while start < word.text.upperBound {
            let end = piece(from: start, of: word)
            if let sign = ByteText.first(0x3d, bytes: bytes, in: start..<end), sign > start, sign - start <= 64,
                bytes[start..<sign].allSatisfy(ByteText.isName)
            {
                let names = bytes[start..<sign].split(separator: 0x2e).map(Array.init)
                let value = unquoted(sign + 1..<end)
                note(named: names, value: value)
                // `Environment="KEY=…"`
                if !isInner, value.count >= 5 { assignments(ShellWord(text: value, whole: value), isInner: true) }
            }
            start = end + 1
        }
    }

    /// Where a part of a word ends: at a comma behind which another name or a flag of a mount stands.
    private func piece(from start: Int, of word: ShellWord) -> Int {
        var at = start
        while let comma = ByteText.first(0x2c, bytes: bytes, in: at..<word.text.upperBound) {
            if MountOptions.follow(bytes, behind: comma, in: word.text) { return comma }
            at = comma + 1
        }
        return word.text.upperBound
    }

    /// `fw_setenv wifi_key secret`, `enable password 7 secret`
    private mutating func pair(_ words: [ShellWord], index: Int, next: ShellWord) {
        let word = words[index]
        // nginx's `set $api_key`
        let name = bytes[word.text].first == 0x24 ? bytes[word.text].dropFirst() : bytes[word.text]
        guard !word.isQuoted, name.count <= 64, name.allSatisfy(ByteText.isName),
            let meaning = meaning(Array(name), behind: index > 0 ? words[index - 1] : nil),
            [.credential, .token, .network, .key, .account].contains(meaning)
        else { return }
        let command = text(words[0]).lowercased()
        if Self.talkers.contains(command) || command.hasSuffix(":") { return }
        // Accounts stand beside a password.
        if meaning == .account, !words.dropFirst(index + 2).contains(where: { isCredentialName($0) }) { return }
        var value = next
        var place = index + 1
        while place + 1 < words.count, Self.notations.contains(text(words[place]).lowercased()) { place += 1 }
        value = words[place]
        // `key` alone is said of many things.
        if meaning == .key, word.text.count <= 3, !value.isQuoted, place == index + 1 { return }
        // A shell has words of all kinds beside a name.
        if index == 0, source.isShell || words.count == 2 { return }
        // `set_network wep_key0 wpa-wep-key0` names where the value is.
        if source.isShell, !value.isQuoted, isWord(value.text) || compact(value.text).hasSuffix(compact(word.text)) {
            return
        }
        // A command as well.
        if name.elementsEqual("pwd".utf8), !value.isQuoted { return }
        // An option, or a list, which is read as one.
        guard !value.text.isEmpty, value.isQuoted || !"-[{".utf8.contains(bytes[value.text.lowerBound]) else { return }
        // A sentence in a language without blanks.
        if !value.isQuoted, bytes[value.text].count(where: { $0 >= 0x80 }) >= 24 { return }
        // What a program says of a network is a sentence, too.
        let isPlain = ["psk", "ssid", "passphrase"].contains(text(word).lowercased())
        // A router's `set` is no sentence, however many words stand in front of the value.
        let isStatement = command == "set" && [0x22, 0x27].contains(bytes[value.whole.lowerBound])
        if isProse(words), !source.isShell, !isStatement,
            !isPlain || !bytes[value.text].contains(where: ByteText.isDigit)
        {
            return
        }
        note(names(words, index: index), value: unquoted(value.text))
    }

    private func isWord(_ range: Range<Int>) -> Bool {
        bytes[range].allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x2d }
    }

    /// Letters and digits alone.
    private func compact(_ range: Range<Int>) -> String {
        String(decoding: bytes[range].filter(ByteText.isAlphanumeric).map(ByteText.lower), as: UTF8.self)
    }

    /// By the name alone, or by it and the word in front: `snmp-server community`.
    private mutating func meaning(_ name: [UInt8], behind word: ShellWord?) -> SettingMeaning? {
        if let known = meanings[name] { return known }
        var meaning = SettingMeaning.of(name)
        if meaning == nil, let word, word.text.count <= 32, name.elementsEqual("community".utf8) {
            meaning = SettingMeaning.of(bytes[word.text] + [0x5f] + name)
        } else if meanings.count < Self.mostMeanings {
            meanings[name] = .some(meaning)
        }
        return meaning
    }

    private func isCredentialName(_ word: ShellWord) -> Bool {
        !word.isQuoted && word.text.count <= 64 && bytes[word.text].allSatisfy(ByteText.isName)
            && SettingMeaning.namesCredential(Array(bytes[word.text]))
    }

    /// Whether the words are a sentence.
    private func isProse(_ words: [ShellWord]) -> Bool {
        let articles: Set<String> = [
            "the", "a", "an", "is", "are", "to", "of", "for", "in", "and", "or", "be", "not", "this", "that", "with",
            "if",
            "you", "your", "will", "can", "must", "it", "as", "by", "on", "from",
        ]
        // In whatever language: many words, and hardly anything but letters in them.
        let isLong = words.count >= 6 && words.count(where: isOfLetters) * 5 >= words.count * 4
        return isLong || words.contains { articles.contains(text($0).lowercased()) }
    }

    /// Whether a word is one that people say: letters, and what ends a sentence.
    private func isOfLetters(_ word: ShellWord) -> Bool {
        let text = bytes[word.text]
        return text.dropLast().allSatisfy { ByteText.isLetter($0) || $0 >= 0x80 || $0 == 0x2d || $0 == 0x27 }
            && (text.last.map { ByteText.isLetter($0) || $0 >= 0x80 || ".,:;?!".utf8.contains($0) } ?? false)
    }

    /// The words in front of a name say what it is about: `wlan ssid x`.
    private func names(_ words: [ShellWord], index: Int) -> [[UInt8]] {
        words[max(0, index - 3)..<index].filter { !$0.isQuoted && bytes[$0.text].allSatisfy(ByteText.isName) }
            .map { Array(bytes[$0.text]) } + [Array(bytes[words[index].text])]
    }

    /// Without quotes inside of quotes: `'"secret"'`; and without what ends a value behind its own: `"secret",`.
    private func unquoted(_ range: Range<Int>) -> Range<Int> {
        guard range.count >= 2, let first = range.first, bytes[first] == 0x22 || bytes[first] == 0x27 else {
            return range
        }
        var end = range.upperBound
        while end > range.lowerBound + 2, ",;)]}".utf8.contains(bytes[end - 1]) { end -= 1 }
        // TOML's three quotes, of which those at the end may stand in another line.
        if source.isTOML, end - range.lowerBound > 3, bytes[range].prefix(3).allSatisfy({ $0 == bytes[first] }) {
            let isClosed =
                end - range.lowerBound > 6 && bytes[range.lowerBound..<end].suffix(3).allSatisfy { $0 == bytes[first] }
            return range.lowerBound + 3..<(isClosed ? end - 3 : range.upperBound)
        }
        // Of a value with a blank or a comma in it the word may hold the beginning alone, and its quote is none of that.
        return bytes[end - 1] == bytes[first] ? range.lowerBound + 1..<end - 1 : range.lowerBound + 1..<range.upperBound
    }

    private mutating func note(named names: [[UInt8]], value: Range<Int>) {
        guard let last = names.last, SettingMeaning.of(last) != nil else { return }
        note(names, value: value)
    }

    private mutating func note(_ names: [[UInt8]], value: Range<Int>) {
        guard let first = value.first, !names.isEmpty else { return }
        // What a shell puts there is no value, unless it stands in single quotes.
        let isVariable = bytes[first] == 0x24 || bytes[first] == 0x60
        if source.isShell, isVariable, value.lowerBound == 0 || bytes[value.lowerBound - 1] != 0x27 { return }
        let pieces = lines(of: value)
        guard let piece = pieces.first else { return }
        settings.append(Setting(names: names, value: piece, further: Array(pieces.dropFirst()), isLiteral: true))
    }

    /// The parts of a value that goes on behind a backslash at the end of a line; neither is of the value.
    private func lines(of value: Range<Int>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = value.lowerBound
        for at in value where at >= start && bytes[at] == 0x5c && at + 1 < value.upperBound && bytes[at + 1] == 0x0a {
            if at > start { lines.append(start..<at) }
            start = at + 2
        }
        return start < value.upperBound ? lines + [start..<value.upperBound] : lines
    }
}

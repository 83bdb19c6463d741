/// Finds the secrets among the words of one command, by what its manual says of its options and operands.
struct CommandSecrets {
    private let bytes: [UInt8]
    private let words: [ShellWord]
    /// Whether they are the strings of a list: quotes say nothing, and a word may have blanks.
    private let isList: Bool
    private(set) var secrets: [Range<Int>] = []

    /// So many words may stand in front of a command: `sudo`, `env`, the times of cron.
    private static let mostInFront = 12
    /// What stands in front of a command as its first word.
    private static let introductions: Set<String> = [
        "sudo", "env", "exec", "if", "then", "do", "else", "while", "until", "!", "time", "nohup", "nice", "busybox",
        "timeout", "setsid", "command", "doas", "xargs", "chroot", "eval", "{", "&&", "||", "@",
    ]

    static func find(_ words: [ShellWord], in bytes: [UInt8], isList: Bool = false) -> [Range<Int>] {
        for index in words.indices.prefix(mostInFront) where isList || !words[index].isQuoted {
            guard let name = name(of: words[index], in: bytes) else { continue }
            // `execl` has the name twice.
            if isList, index + 1 < words.count, self.name(of: words[index + 1], in: bytes) == name { continue }
            let isInFront = isIntroduced(words[..<index], in: bytes)
            for syntax in CommandSyntax.all(of: name) {
                var finder = CommandSecrets(bytes: bytes, words: Array(words[(index + 1)...]), isList: isList)
                finder.read(syntax, isCertain: isInFront)
                if !finder.secrets.isEmpty { return finder.secrets }
            }
        }
        return []
    }

    private init(bytes: [UInt8], words: [ShellWord], isList: Bool) {
        self.bytes = bytes
        self.words = words
        self.isList = isList
    }

    /// The name of a command without its path; nil for what cannot be one.
    static func name(of word: ShellWord, in bytes: [UInt8]) -> String? {
        guard word.text.count <= 64, let first = word.text.first,
            ByteText.isAlphanumeric(bytes[first]) || "/.~".utf8.contains(bytes[first])
        else { return nil }
        let name = bytes[word.text].split(separator: 0x2f).last ?? []
        guard (2...24).contains(name.count) else { return nil }
        guard name.suffix(4).map(ByteText.lower) == Array(".exe".utf8) else {
            return String(decoding: name, as: UTF8.self)
        }
        // Windows knows no case.
        return String(decoding: name.dropLast(4).map(ByteText.lower), as: UTF8.self)
    }

    /// Whether a text begins with the name of a command that takes secrets.
    static func begins(_ text: ArraySlice<UInt8>) -> Bool {
        let word = text.prefix(48).prefix { $0 > 0x20 }
        guard let name = word.split(separator: 0x2f).last, (2...24).contains(name.count) else { return false }
        return !CommandSyntax.all(of: String(decoding: name, as: UTF8.self)).isEmpty
    }

    /// Whether nothing but what introduces a command stands in front of it.
    private static func isIntroduced(_ words: ArraySlice<ShellWord>, in bytes: [UInt8]) -> Bool {
        words.allSatisfy { word in
            guard let first = word.text.first else { return true }
            let text = String(decoding: bytes[word.text].prefix(16), as: UTF8.self)
            return introductions.contains(text) || bytes[first] == 0x2d || ByteText.isDigit(bytes[first])
                || bytes[word.text].contains(0x3d)
        }
    }

    private mutating func read(_ syntax: CommandSyntax, isCertain: Bool) {
        var start = words.startIndex
        if !syntax.subcommands.isEmpty {
            guard let place = words.firstIndex(where: { syntax.subcommands.contains(text($0)) }) else { return }
            start = place + 1
        }
        var operands: [ShellWord] = []
        var isBatch = false
        var index = words.startIndex
        while index < words.endIndex {
            let word = words[index]
            let next = index + 1 < words.endIndex ? words[index + 1] : nil
            index += 1
            guard let first = word.text.first else {
                operands.append(word)
                continue
            }
            if let used = option(word, next: next, further: index + 1, syntax: syntax) {
                index += used
            } else if bytes[first] == syntax.optionSign, word.text.count > 1 {
                if bytes[word.text.dropFirst()].first != 0x2d, bytes[word.text].contains(0x62) { isBatch = true }
                if syntax.valued.contains(text(word)) { index += 1 }
            } else if index > start, !isNamed(word) {
                operands.append(word)
            }
        }
        guard isCertain else { return }
        for place in syntax.operands where place < operands.count { note(operands[place].text) }
        if syntax.isBatch, isBatch, operands.count >= 2, let last = operands.last { note(last.text) }
        if syntax.isAccount, let first = operands.first { account(first.text, separator: syntax.separator) }
    }

    /// Whether an operand has a name that says what it is: `username=x`.
    private func isNamed(_ word: ShellWord) -> Bool {
        guard let sign = ByteText.first(0x3d, bytes: bytes, in: word.text), sign > word.text.lowerBound,
            sign - word.text.lowerBound <= 64
        else { return false }
        let name = Array(bytes[word.text.lowerBound..<sign])
        return name.allSatisfy(ByteText.isName) && SettingMeaning.of(name) != nil
    }

    /// - Returns: how many words behind an option belong to it; nil for none of those that are wanted.
    private mutating func option(
        _ word: ShellWord, next: ShellWord?, further: Int, syntax: CommandSyntax
    ) -> Int? {
        let name = text(word)
        if syntax.pairs.contains(name) {
            if further < words.endIndex { note(words[further].text) }
            return 2
        }
        if syntax.joining != .joined, let next {
            if syntax.secrets.contains(name) {
                guard !isOption(next) else { return 0 }
                note(next.text)
                return 1
            }
            if syntax.accounts.contains(name) {
                account(next.text, separator: syntax.separator)
                return 1
            }
            if syntax.headers.contains(name) {
                header(next.text)
                return 1
            }
        }
        return joined(word, syntax: syntax) ? 0 : nil
    }

    /// `-psecret`, `--password=secret`, `/p:secret`
    private mutating func joined(_ word: ShellWord, syntax: CommandSyntax) -> Bool {
        if let option = syntax.headers.first(where: { bytes[word.text].starts(with: ($0 + "=").utf8) }) {
            header(unquoted(word.text.lowerBound + option.utf8.count + 1..<word.text.upperBound))
            return true
        }
        for (options, isAccount) in [(syntax.secrets, false), (syntax.accounts, true)] {
            for option in options where option.utf8.count < word.text.count {
                guard bytes[word.text].starts(with: option.utf8) else { continue }
                var start = word.text.lowerBound + option.utf8.count
                let isLong = option.hasPrefix("--")
                if isLong {
                    guard bytes[start] == 0x3d else { continue }
                    start += 1
                } else if syntax.joining == .apart, !option.hasSuffix(":") {
                    continue
                }
                let value = unquoted(start..<word.text.upperBound)
                if isAccount { account(value, separator: syntax.separator) } else { note(value) }
                return true
            }
        }
        return false
    }

    /// `X-Api-Key: secret`, `Authorization: Bearer secret`
    private mutating func header(_ line: Range<Int>) {
        guard let colon = ByteText.first(0x3a, bytes: bytes, in: line), (3...48).contains(colon - line.lowerBound)
        else {
            return
        }
        var value = ByteText.trimmed(bytes, range: colon + 1..<line.upperBound)
        let name = SettingName(Array(bytes[line.lowerBound..<colon]))
        if name.compact.hasSuffix("authorization") {
            // How it is written stands in front.
            if let blank = value.first(where: { ByteText.isBlank(bytes[$0]) }) {
                value = ByteText.trimmed(bytes, range: blank..<value.upperBound)
            }
        } else if !SettingMeaning.namesCredential(Array(name.compact.utf8)) {
            return
        }
        if !bytes[value].contains(where: ByteText.isBlank) { note(value) }
    }

    private func text(_ word: ShellWord) -> String { String(decoding: bytes[word.text].prefix(64), as: UTF8.self) }

    private func isOption(_ word: ShellWord) -> Bool {
        word.text.isEmpty || (isList || !word.isQuoted) && bytes[word.text.lowerBound] == 0x2d
    }

    /// `name:secret`; of `name/secret@service` without the service.
    private mutating func account(_ whole: Range<Int>, separator: UInt8) {
        guard let sign = ByteText.first(separator, bytes: bytes, in: whole), sign > whole.lowerBound else { return }
        var end = whole.upperBound
        if separator == 0x2f, let at = ByteText.last(0x40, bytes: bytes, in: sign + 1..<end) { end = at }
        note(unquoted(sign + 1..<end))
    }

    private func unquoted(_ range: Range<Int>) -> Range<Int> {
        guard range.count >= 2, let first = range.first, bytes[first] == 0x22 || bytes[first] == 0x27,
            bytes[range.upperBound - 1] == bytes[first]
        else { return range }
        return range.lowerBound + 1..<range.upperBound - 1
    }

    private mutating func note(_ value: Range<Int>) {
        let value = unquoted(value)
        if value.count >= 3 { secrets.append(value) }
    }
}

// MARK: - Passwords that are written to a command

extension CommandSecrets {
    private static let writers: Set<String> = ["echo", "printf", "yes"]

    /// What commands write to one that reads a password: `echo secret | cryptsetup …`, `kinit <<< secret`.
    static func piped(_ commands: [[ShellWord]], in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for (index, words) in commands.enumerated() {
            guard
                let place = words.prefix(4).firstIndex(where: { word in
                    guard let name = name(of: word, in: bytes) else { return false }
                    return CommandSyntax.readsSecret(
                        name, words: words.map { String(decoding: bytes[$0.text].prefix(32), as: UTF8.self) })
                })
            else { continue }
            if let fed = words.dropFirst(place + 1).first(where: { isFed($0, in: bytes) }) { found.append(fed.text) }
            var before = index - 1
            var follower = words
            while before >= 0, let first = commands[before].first, let last = commands[before].last,
                let next = follower.first, let name = name(of: first, in: bytes), writers.contains(name),
                isWritten(bytes[last.whole.upperBound..<next.whole.lowerBound], isLast: before == index - 1)
            {
                found += written(commands[before], in: bytes)
                follower = commands[before]
                before -= 1
            }
        }
        return found
    }

    /// Whether `<<<` stands in front of a word.
    private static func isFed(_ word: ShellWord, in bytes: [UInt8]) -> Bool {
        var at = word.whole.lowerBound
        while at > 3, ByteText.isBlank(bytes[at - 1]) { at -= 1 }
        return at >= 3 && bytes[at - 3..<at].allSatisfy { $0 == 0x3c }
    }

    /// Whether what stands between two commands sends what the first one writes to the second one, or both to a third.
    private static func isWritten(_ gap: ArraySlice<UInt8>, isLast: Bool) -> Bool {
        gap.count { $0 == 0x7c } == (isLast ? 1 : 0) && !gap.contains(0x26)
    }

    private static func written(_ words: [ShellWord], in bytes: [UInt8]) -> [Range<Int>] {
        let operands = words.dropFirst().filter { word in
            !bytes[word.text].starts(with: [0x2d]) && !bytes[word.text].starts(with: Array("%s".utf8))
        }
        guard operands.count == 1, let text = operands.first?.text else { return [] }
        // Several lines, written with `\n`.
        var found: [Range<Int>] = []
        var start = text.lowerBound
        for at in text where at >= start && bytes[at] == 0x5c {
            guard ByteText.has("\\n", bytes: bytes, at: at) || ByteText.has("\\r", bytes: bytes, at: at) else {
                continue
            }
            // `\\n` in double quotes.
            var end = at
            while end > start, bytes[end - 1] == 0x5c { end -= 1 }
            if end > start { found.append(start..<end) }
            start = at + 2
        }
        return start < text.upperBound ? found + [start..<text.upperBound] : found
    }
}

/// The keys that the text of a boot asks for to stop it: `Press SPACE to abort`, `Enter "stop" to`, `Type "123<ENTER>"`,
/// `[f] key and Enter`, `4: Entr boot command line interface`.
struct StopKeys {
    private let words: [Substring]
    private var keys: [[UInt8]] = []

    private static let verbs: Set<String> = ["press", "hit", "type", "enter", "input", "push", "use", "hold", "send"]
    private static let fillers: Set<String> = [
        "the", "a", "key", "keys", "of", "on", "character", "characters", "string", "word", "combination", "letter",
        "down",
        "button", "then", "please",
    ]
    private static let names: [String: [UInt8]] = [
        "space": [0x20], "spacebar": [0x20], "blank": [0x20], "enter": [0x0d], "return": [0x0d], "cr": [0x0d],
        "esc": [0x1b, 0x1b], "escape": [0x1b, 0x1b], "tab": [0x09], "interrupt": [0x03], "any": [0x20],
        "asterisk": [0x2a],
        "del": [0x7f], "delete": [0x7f],
    ]

    /// - Parameter text: the last that the board printed.
    static func asked(in text: String) -> [[UInt8]] {
        var finder = StopKeys(words: text.split(whereSeparator: \.isWhitespace))
        finder.findVerbs()
        finder.findMenu(text)
        // TP-Link names no key.
        if finder.keys.isEmpty, text.contains("Autobooting in") { return [Array("tpl".utf8)] }
        return finder.keys
    }

    private init(words: [Substring]) { self.words = words }

    private mutating func findVerbs() {
        for (index, word) in words.enumerated() {
            let verb = String(word.lowercased().filter(\.isLetter))
            guard Self.verbs.contains(verb), verb.count == word.filter(\.isLetter).count else { continue }
            // "Enter password" names no key; a word in quotes is one.
            var at = index + 1
            while at < words.count, Self.fillers.contains(Self.bare(words[at]).lowercased()), !Self.isQuoted(words[at])
            {
                at += 1
            }
            guard let (found, next) = key(at, mustBeQuoted: verb == "enter" || verb == "use" || verb == "send") else {
                continue
            }
            var key = found
            if hasEnterBehind(next), key.last != 0x0d { key.append(0x0d) }
            if !keys.contains(key) { keys.append(key) }
            if next < words.count, words[next].lowercased() == "or",
                let (other, _) = self.key(next + 1, mustBeQuoted: false),
                !keys.contains(other)
            {
                keys.append(other)
            }
        }
    }

    /// The key that stands at a word, and the word behind it.
    private func key(_ start: Int, mustBeQuoted: Bool) -> (key: [UInt8], next: Int)? {
        guard start < words.count else { return nil }
        var word = String(words[start])
        var next = start + 1
        if let quote = word.first, let closing = Self.closing[quote] {
            // To the other quote, which may be words away: "Ctrl + B".
            while word.dropFirst().firstIndex(of: closing) == nil, next < min(words.count, start + 4) {
                word += " " + words[next]
                next += 1
            }
            guard let end = word.dropFirst().firstIndex(of: closing) else { return nil }
            var inside = String(word[word.index(after: word.startIndex)..<end])
            // <Ctrl>+C
            if inside.lowercased() == "ctrl" || inside.lowercased() == "control" {
                inside += word[word.index(after: end)...]
            }
            return Self.decode(inside, isQuoted: true).map { ($0, next) }
        }
        if mustBeQuoted, Self.names[Self.bare(words[start]).lowercased()] == nil { return nil }
        let lower = Self.bare(words[start]).lowercased()
        // Ctrl + C, CTRL C
        if lower == "ctrl" || lower == "control" {
            while next < words.count, !words[next].contains(where: \.isLetter), next < start + 3 { next += 1 }
            guard next < words.count else { return nil }
            return Self.decode("ctrl+" + Self.bare(words[next]), isQuoted: false).map { ($0, next + 1) }
        }
        // An unquoted word is a key only where something says what it is for.
        let isNamed = Self.names[lower] != nil || lower.hasPrefix("ctrl") || word.hasPrefix("^")
        let rest = words[next...].prefix(3).map { Self.bare($0).lowercased() }
        guard isNamed || rest.contains("to") || rest.contains("key") || rest.contains("for") else { return nil }
        return Self.decode(Self.bare(words[start]), isQuoted: false).map { ($0, next) }
    }

    private static let closing: [Character: Character] = [
        "\"": "\"", "'": "'", "`": "'", "<": ">", "[": "]", "(": ")", "{": "}",
    ]

    private static func isQuoted(_ word: Substring) -> Bool { word.first.map { closing[$0] != nil } ?? false }

    private static func bare(_ word: Substring) -> String {
        var word = word
        while let last = word.last, ",.:;!?".contains(last), word.count > 1 { word.removeLast() }
        return String(word)
    }

    /// What a name stands for: `Space`, `Ctrl+B`, `^C`, `<INTERRUPT>`, `123<ENTER>`, `slp`.
    private static func decode(_ name: String, isQuoted: Bool) -> [UInt8]? {
        let lower = name.lowercased()
        if let key = names[lower.filter(\.isLetter)], lower.allSatisfy({ !$0.isNumber && $0 != "+" }) { return key }
        let letters = lower.filter { $0.isLetter || $0 == "\\" || $0 == "]" }
        if lower.hasPrefix("ctrl") || lower.hasPrefix("control") || lower.hasPrefix("^") || lower.hasPrefix("<ctrl") {
            guard let last = letters.utf8.last, (0x61...0x7a).contains(last),
                letters.hasPrefix("c") || lower.hasPrefix("^")
            else { return nil }
            return [last & 0x1f]
        }
        var text = name
        var tail: [UInt8] = []
        for end in ["<enter>", "<cr>", "<return>", "[enter]", "\\r", "\\n"] where text.lowercased().hasSuffix(end) {
            text.removeLast(end.count)
            tail = [0x0d]
        }
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 16, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        return bytes + tail
    }

    /// `and Enter`, `and hit [enter]`
    private func hasEnterBehind(_ start: Int) -> Bool {
        var sawAnd = false
        for word in words[min(start, words.count)...].prefix(5) {
            let lower = word.lowercased().filter(\.isLetter)
            if lower == "to" || lower == "or" { return false }
            if lower == "and" || lower == "then" || lower == "followed" { sawAnd = true }
            if sawAnd, lower == "enter" || lower == "return" { return true }
        }
        return false
    }

    /// A menu with an entry for the command line.
    private mutating func findMenu(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let lower = line.lowercased()
            guard lower.contains("command line") || lower.contains("u-boot console") || lower.contains("boot shell"),
                let digit = line.first(where: { !$0.isWhitespace && $0 != "[" && $0 != "(" }), digit.isASCII,
                digit.isNumber || digit.isLetter, let position = line.firstIndex(of: digit)
            else { continue }
            let behind = line[line.index(after: position)...]
            if let next = behind.first, ":.)]- ".contains(next), let key = digit.asciiValue, !keys.contains([key]) {
                // Whatever else stands in the menu may write.
                keys = [[key]]
            }
        }
    }
}

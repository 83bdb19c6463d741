/// The keys that the text of a boot asks for to stop it: `Press SPACE to abort`, `Enter "stop" to`, `Type "123<ENTER>"`,
/// `[f] key and Enter`, `4: Entr boot command line interface`.
///
/// A key counts only where its own clause says that it stops the boot, and never where it says that it writes: `Press 1 to
/// erase NVRAM, 2 to upgrade, 9 for command line`.
struct StopKeys {
    private let words: [Substring]
    /// Where each line begins.
    private let lineStarts: Set<Int>
    /// Keys that stop the boot.
    private(set) var keys: [[UInt8]] = []
    /// Keys that do something else, which nobody wants.
    private(set) var forbidden: Set<[UInt8]> = []
    /// Whether any key at all does that.
    private(set) var isAnyForbidden = false

    private static let verbs: Set<String> = [
        "press", "hit", "type", "enter", "input", "push", "use", "hold", "send", "pressing", "hitting", "typing",
    ]
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
    /// "Please input password" asks for no such word.
    private static let secrets: Set<String> = ["password", "passwd", "passphrase", "login", "username", "pin"]

    /// - Parameter text: the last that the board printed.
    init(in text: String) {
        var words: [Substring] = []
        var starts: Set<Int> = []
        for line in text.split(whereSeparator: \.isNewline) {
            starts.insert(words.count)
            words += line.split(whereSeparator: \.isWhitespace)
        }
        self.words = words
        lineStarts = starts
        findVerbs()
        findMenu(text)
        // A word is typed letter by letter, and each of them may be a key.
        keys.removeAll { key in forbidden.contains(key) || key.contains { forbidden.contains([$0]) } }
        // TP-Link names no key.
        if keys.isEmpty, forbidden.isEmpty, !isAnyForbidden, text.contains("Autobooting in") {
            keys = [Array("tpl".utf8)]
        }
    }

    /// Whether a key that was sent unasked must not be sent any more.
    func forbids(_ key: [UInt8]) -> Bool { isAnyForbidden || forbidden.contains(key) }

    private mutating func findVerbs() {
        var sentence = 0
        for (index, word) in words.enumerated() {
            guard isVerb(index) else {
                if let last = word.last, ".!;".contains(last) { sentence = index + 1 }
                continue
            }
            let verb = word.lowercased().filter(\.isLetter)
            // "Enter password" names no key; a word in quotes is one.
            var at = index + 1
            while at < words.count, Self.fillers.contains(Self.bare(words[at]).lowercased()), !Self.isQuoted(words[at])
            {
                at += 1
            }
            let mustBeQuoted = verb == "enter" || verb == "use" || verb == "send"
            guard let (found, next) = key(at, mustBeQuoted: mustBeQuoted) else { continue }
            var key = found
            if hasEnterBehind(next), key.last != 0x0d { key.append(0x0d) }
            let line = lineStarts.filter { $0 <= index }.max() ?? 0
            add(
                key, isAny: Self.bare(words[at]).lowercased() == "any", start: next, before: max(sentence, line)..<index
            )
            sentence = next
        }
    }

    private func isVerb(_ index: Int) -> Bool {
        // Not `<ENTER>`, which is a key.
        let word = words[index].drop { "(*-".contains($0) }
        return Self.verbs.contains(Self.bare(word).lowercased())
    }

    /// Takes in a key, and those that the same sentence names behind it.
    ///
    /// - Parameters:
    ///   - start: the word behind the key.
    ///   - before: what stands in front of the verb, which tells what the key is for if nothing behind it does.
    private mutating func add(_ key: [UInt8], isAny: Bool, start: Int, before: Range<Int>) {
        var group = [(key, isAny)]
        var next = start
        while true {
            let clause = next..<clauseEnd(next)
            // `A or B to stop`: both are for the same.
            if clause.isEmpty || words[clause].allSatisfy({ Self.isSeparator($0) }),
                let (other, behind) = alternative(clause.upperBound)
            {
                group.append((other, false))
                next = behind
                continue
            }
            var purpose = KeyPurpose(words[clause])
            if purpose == .unknown { purpose = KeyPurpose(words[before]) }
            if purpose == .unknown { purpose = KeyPurpose(words[clause.lowerBound..<lineBehind(clause.upperBound)]) }
            for (key, isAny) in group { add(key, isAny: isAny, purpose: purpose) }
            guard let (other, behind) = alternative(clause.upperBound) else { return }
            group = [(other, Self.bare(words[clause.upperBound]).lowercased() == "any")]
            next = behind
        }
    }

    private mutating func add(_ key: [UInt8], isAny: Bool, purpose: KeyPurpose) {
        switch purpose {
        case .stops: if !keys.contains(key) { keys.append(key) }
        case .harms where isAny: isAnyForbidden = true
        case .harms:
            forbidden.insert(key)
            // What is sent for it would do the same.
            if key.count == 2, key[0] == key[1] { forbidden.insert([key[0]]) }
        case .unknown: break
        }
    }

    /// Where the words end that say what a key is for: at the next verb, key or line.
    private func clauseEnd(_ start: Int) -> Int {
        var at = start
        while at < words.count {
            let isVerb = isVerb(at)
            if lineStarts.contains(at), at > start || isVerb { return at }
            if at > start, isVerb, !["and", "then", "to"].contains(words[at - 1].lowercased()) { return at }
            if alternative(at) != nil { return at }
            at += 1
        }
        return at
    }

    /// The end of the line behind the one that ends at a word, if it goes on with what a key is for.
    private func lineBehind(_ start: Int) -> Int {
        guard start < words.count, lineStarts.contains(start), ["to", "for"].contains(words[start].lowercased()) else {
            return start
        }
        var at = start
        repeat {
            if isVerb(at) { return at }
            at += 1
        } while at < words.count && !lineStarts.contains(at)
        return at
    }

    private static func isSeparator(_ word: Substring) -> Bool {
        ["or", "/", ",", "and", ";", "|"].contains(word.lowercased())
    }

    /// A further key of a sentence: `, 2 to upgrade`, `or ^C to cancel`, `, any other key to stop`.
    private func alternative(_ start: Int) -> (key: [UInt8], next: Int)? {
        guard start > 0, start < words.count else { return nil }
        let before = words[start - 1]
        guard Self.isSeparator(before) || before.last.map({ ",;/".contains($0) }) == true else { return nil }
        let bare = Self.bare(words[start]).lowercased()
        let isNamed =
            Self.isQuoted(words[start]) || Self.names[bare] != nil || bare.hasPrefix("^") || bare.hasPrefix("ctrl")
        let rest = words[(start + 1)...].prefix(3).map { Self.bare($0).lowercased() }
        guard isNamed || bare.count == 1 && ["to", "for", "=", "key"].contains(rest.first ?? "") else { return nil }
        return key(start, mustBeQuoted: false)
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
            while next < words.count, ["+", "-"].contains(words[next]), next < start + 3 { next += 1 }
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
        if let prefix = ["<ctrl", "control", "ctrl", "^"].first(where: lower.hasPrefix) {
            return control(lower.dropFirst(prefix.count)).map { [$0] }
        }
        var text = name
        var tail: [UInt8] = []
        for end in ["<enter>", "<cr>", "<return>", "[enter]", "\\r", "\\n"] where text.lowercased().hasSuffix(end) {
            text.removeLast(end.count)
            tail = [0x0d]
        }
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 16, bytes.allSatisfy({ (0x21...0x7e).contains($0) }),
            isQuoted || !secrets.contains(lower)
        else { return nil }
        return bytes + tail
    }

    /// The control character of what stands behind `Ctrl`: `+c`, `-\`, `>+c`, `-c)`.
    private static func control(_ name: Substring) -> UInt8? {
        let rest = name.drop { "+->_ ".contains($0) }
        guard let key = rest.utf8.first, rest.dropFirst().first?.isLetter != true else { return nil }
        // Beside letters \ ] ^, with nothing behind them: else they belong to the text around the key.
        let isSign = (0x5c...0x5e).contains(key) && (rest.utf8.count == 1 || rest.dropFirst() == ">")
        guard isSign || (0x61...0x7a).contains(key) else { return nil }
        return key & 0x1f
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
                KeyPurpose(line.split(whereSeparator: \.isWhitespace)) != .harms,
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

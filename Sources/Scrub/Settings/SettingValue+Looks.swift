/// What a value looks like: a key that a program made up, or something that is said to people.
extension SettingValue {
    /// The kind of a character; a key goes from one to another all the time, a word or a call hardly ever.
    private static func kind(_ byte: UInt8) -> Int {
        switch byte {
        case 0x30...0x39: 0
        case 0x41...0x5a: 1
        case 0x61...0x7a: 2
        case 0x80...: 3
        default: 4
        }
    }

    /// Patterns: no key has them, or hardly one in a thousand.
    private static let patterns = ["a-z", "A-Z", "0-9", "\\d", "\\w", "\\s", "(?", "[^", "</", "/>"].map {
        Array($0.utf8)
    }

    /// Whether characters of all kinds follow one another as in a key that was made up, with blanks or without.
    static func looksRandom(_ value: [UInt8]) -> Bool {
        guard value.count >= 6, !isCommand(value) else { return false }
        let rest = withoutPlaces(withoutEscapes(value))
        guard rest.count >= 6, rest.count * 2 >= value.count, !ByteText.contains(rest, anyOf: patterns) else {
            return false
        }
        if rest.contains(0x20), isSaid(rest) { return false }
        let kinds = Set(rest.map(kind)).count
        let signs = Set(rest.filter { kind($0) == 4 && $0 != 0x20 }).count
        guard kinds >= 3 || signs >= 3 else { return false }
        let changes = changes(rest)
        if changes >= 4, changes * 100 >= (rest.count - 1) * 40 { return true }
        // Few letters among many signs.
        return signs >= 4 && !ByteText.contains(rest.map(ByteText.lower), anyOf: programWords)
    }

    private static func changes(_ value: [UInt8]) -> Int {
        zip(value, value.dropFirst()).count { kind($0) != kind($1) }
    }

    /// `\"` is one character.
    private static func withoutEscapes(_ value: [UInt8]) -> [UInt8] {
        var rest: [UInt8] = []
        var at = 0
        while at < value.count {
            if value[at] == 0x5c, at + 1 < value.count, [0x5c, 0x22, 0x27].contains(value[at + 1]) { at += 1 }
            rest.append(value[at])
            at += 1
        }
        return rest
    }

    /// `$(command)`, and the same in backquotes.
    private static func isCommand(_ value: [UInt8]) -> Bool {
        value.starts(with: [0x24, 0x28]) && value.last == 0x29 || value.first == 0x60 && value.last == 0x60
            || value.starts(with: [0x22, 0x24]) || value.starts(with: [0x24, 0x7b])
    }

    /// Without formats and places for something else: `%s`, `%(name)s`, `${name}`, `{name}`, `$name`, `<name>`.
    private static func withoutPlaces(_ value: [UInt8]) -> [UInt8] {
        var rest: [UInt8] = []
        var at = 0
        while at < value.count {
            if let end = behindPlace(value, at: at) {
                at = end
            } else {
                rest.append(value[at])
                at += 1
            }
        }
        return rest
    }

    private static func behindPlace(_ value: [UInt8], at start: Int) -> Int? {
        func name(from first: Int, least: Int = 2) -> Int? {
            var end = first
            while end < value.count, ByteText.isAlphanumeric(value[end]) || "_.- ".utf8.contains(value[end]) {
                end += 1
            }
            return end - first >= least ? end : nil
        }
        func closed(from first: Int, by close: UInt8, least: Int = 2) -> Int? {
            guard let end = name(from: first, least: least), end < value.count, value[end] == close else { return nil }
            return end + 1
        }
        let next = start + 1 < value.count ? value[start + 1] : 0
        switch value[start] {
        case 0x25 where next == 0x28: return closed(from: start + 2, by: 0x29).map { min($0 + 1, value.count) }
        case 0x25 where "sduxifcp".utf8.contains(next): return start + 2
        case 0x24 where next == 0x7b: return closed(from: start + 2, by: 0x7d, least: 1)
        case 0x24 where ByteText.isLetter(next):
            var end = start + 1
            while end < value.count, ByteText.isAlphanumeric(value[end]) || value[end] == 0x5f { end += 1 }
            // A name has letters of one case, a key of both.
            let word = value[start + 1..<end]
            let isName =
                word.count >= 3
                && !(word.contains { (0x41...0x5a).contains($0) } && word.contains { (0x61...0x7a).contains($0) })
            return isName ? end : nil
        case 0x7b: return closed(from: start + 1, by: 0x7d, least: 1)
        case 0x3c: return closed(from: start + 1, by: 0x3e)
        default: return nil
        }
    }

    /// Whether words are said to people: most of them are such as a dictionary has, with signs at their ends alone.
    static func isSaid(_ value: [UInt8]) -> Bool {
        let words = value.split(separator: 0x20)
        guard words.count >= 2 else { return false }
        let cores = words.map(core).filter { $0.count >= 2 }
        return cores.count { isOdd($0) } * 2 < cores.count || cores.isEmpty
    }

    /// A word without the signs around it.
    private static func core(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let signs = ".,:;!?'\"()\\"
        var core = word.drop { signs.utf8.contains($0) }
        while let last = core.last, signs.utf8.contains(last) { core.removeLast() }
        return core.isEmpty && word.count >= 3 ? word : core
    }

    private static func isOdd(_ word: ArraySlice<UInt8>) -> Bool {
        if word.contains(where: { !ByteText.isAlphanumeric($0) && $0 < 0x80 && !"-'/_.".utf8.contains($0) }) {
            return true
        }
        let hasDigit = word.contains(where: ByteText.isDigit)
        if hasDigit, word.contains(where: ByteText.isLetter) { return true }
        let letters = word.filter(ByteText.isLetter)
        func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }
        if letters.count >= 2, letters.dropFirst().contains(where: isUpper), letters.contains(where: { !isUpper($0) }) {
            return true
        }
        return letters.count >= 4 && !letters.contains { "aeiouyAEIOUY".utf8.contains($0) }
    }

    // MARK: - What stands where a value could

    /// `# disable it`: a remark where a value could stand.
    static func isRemark(_ value: [UInt8]) -> Bool {
        guard let first = value.first, first == 0x23 || first == 0x3b, value.count > 2, ByteText.isBlank(value[1])
        else {
            return false
        }
        return value.count { $0 == 0x20 } == 1 && !value.contains(where: ByteText.isDigit)
            || isSaid(Array(value.dropFirst(2)))
    }

    private static let keyFiles: Set<String> = [
        "pem", "key", "crt", "cer", "cert", "der", "p12", "pfx", "csr", "jks", "p8", "ppk",
        "zip", "jar", "tgz", "json",
    ]

    /// `server.key.pem`: the file that has a key in it.
    static func isFileName(_ value: [UInt8]) -> Bool {
        guard let dot = value.lastIndex(of: 0x2e), dot > 2, value.count - dot <= 5 else { return false }
        return keyFiles.contains(String(decoding: value[(dot + 1)...].map(ByteText.lower), as: UTF8.self))
            && value.allSatisfy { ByteText.isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    /// `1:4.13+dfsg1-1`: the version of a package that is called `passwd` or `login`; `2:1.02.36`, `8.3~rc1`, in which one has
    /// a symbol of that name.
    static func isPackageVersion(_ value: [UInt8]) -> Bool {
        let epoch = value.prefix(while: ByteText.isDigit)
        let version =
            epoch.endIndex < value.count && value[epoch.endIndex] == 0x3a ? value[(epoch.endIndex + 1)...] : value[...]
        let major = version.prefix(while: ByteText.isDigit)
        guard !major.isEmpty, major.endIndex + 1 < value.count, value[major.endIndex] == 0x2e,
            ByteText.isDigit(value[major.endIndex + 1])
        else { return false }
        let hasEpoch = version.startIndex > value.startIndex
        return (hasEpoch || version.contains { "-+~".utf8.contains($0) } || version.count { $0 == 0x2e } >= 2)
            && version.allSatisfy { ByteText.isAlphanumeric($0) || ".-+~:".utf8.contains($0) }
    }
}

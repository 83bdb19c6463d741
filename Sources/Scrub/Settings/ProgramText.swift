/// Which parts of a program's text are names, calls and signs: neither a string nor a comment. Not of Lua, whose names settings of
/// cameras have that are none (`table.NAS[0].Password=x`).
///
/// In languages whose strings always stand in quotes, a word there is the name of something — a type, a variable, a class of
/// errors — and never a secret, whatever it is like: `secret: Uint8Array`, `except errors.OAuth1Error as e`. Where the text
/// leaves it open, a part counts as a string: what is looked at once too often does less harm than what is passed over.
struct ProgramText {
    /// What a language has besides `"…"` and `'…'`.
    private struct Language {
        /// What begins a comment that ends with its line.
        var lineComments: [[UInt8]]
        var hasBlockComments = true
        /// `"""…"""` over several lines, and `'''…'''`.
        var hasTripleQuotes = false
        /// A string in backquotes over several lines.
        var hasBackquotes = false
        /// `<<EOF` and lines up to that word.
        var hasHereDocuments = false
        /// A quote begins one character, or what is no string at all (`'a` of Rust).
        var hasCharacters = false
        /// Program text stands between `<?php` and `?>` alone.
        var isInPage = false
    }

    /// Ascending: neither strings nor comments (bytes of the text).
    private var parts: [Range<Int>] = []
    /// What is added to a place of the bytes that were read to have one of the text.
    private var distance = 0

    /// - Parameters:
    ///   - range: begins with a line.
    ///   - path: without `/` in front; nil where it is not known any more.
    /// - Returns: nil where the language is none of these, or not known.
    init?(_ bytes: [UInt8], in range: Range<Int>, path: [UInt8]?) {
        guard let language = Self.language(bytes, in: range, path: path) else { return nil }
        read(bytes, in: range, language: language)
    }

    /// The same, for a text that has something in front.
    func moved(by distance: Int) -> ProgramText {
        var moved = self
        moved.distance += distance
        return moved
    }

    /// Whether what stands at a place is a name: it begins with a letter, and no string or comment is around it.
    func isName(_ place: Range<Int>, in bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, ByteText.isLetter(first) || first == 0x5f || first >= 0x80 else { return false }
        let start = place.lowerBound - distance
        var (low, high) = (0, parts.count)
        while low < high {
            let middle = (low + high) / 2
            if parts[middle].upperBound <= start { low = middle + 1 } else { high = middle }
        }
        return low < parts.count && parts[low].lowerBound <= start
    }

    // MARK: - Languages

    private static func language(_ bytes: [UInt8], in range: Range<Int>, path: [UInt8]?) -> Language? {
        let suffix = PathSuffix.of(path)
        let slashes = [Array("//".utf8)]
        switch suffix {
        case "py", "pyi", "pyx":
            return Language(lineComments: [[0x23]], hasBlockComments: false, hasTripleQuotes: true)
        case "js", "mjs", "cjs", "ts", "mts", "jsx", "tsx": return Language(lineComments: slashes, hasBackquotes: true)
        case "go": return Language(lineComments: slashes, hasBackquotes: true, hasCharacters: true)
        case "java", "kt", "scala", "swift":
            return Language(lineComments: slashes, hasTripleQuotes: true, hasCharacters: true)
        case "dart", "groovy": return Language(lineComments: slashes, hasTripleQuotes: true)
        case "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "ino", "cs", "m", "mm", "rs", "zig":
            return Language(lineComments: slashes, hasCharacters: true)
        case "php": return Language(lineComments: slashes + [[0x23]], hasHereDocuments: true, isInPage: true)
        case "rb": return Language(lineComments: [[0x23]], hasBlockComments: false, hasHereDocuments: true)
        default: break
        }
        guard let first = ByteText.start(of: bytes, in: range), ByteText.has("#!", bytes: bytes, at: first) else {
            return nil
        }
        let line = String(
            decoding: bytes[first..<min(range.upperBound, first + 64)].prefix { $0 != 0x0a }, as: UTF8.self)
        if line.contains("python") {
            return Language(lineComments: [[0x23]], hasBlockComments: false, hasTripleQuotes: true)
        }
        if line.contains("node") { return Language(lineComments: slashes, hasBackquotes: true) }
        return nil
    }

    // MARK: - Reading

    private mutating func read(_ bytes: [UInt8], in range: Range<Int>, language: Language) {
        let end = range.upperBound
        var at = range.lowerBound
        if language.isInPage { at = Self.behind("<?php", from: at, in: bytes, end: end) }
        var start = at
        func starts(_ word: [UInt8]) -> Bool { bytes[at..<end].starts(with: word) }
        func close(upTo next: Int) {
            if start < at { parts.append(start..<at) }
            at = max(at + 1, min(next, end))
            start = at
        }
        while at < end {
            switch bytes[at] {
            case 0x22, 0x27:
                close(upTo: Self.behindString(bytes, at: at, end: end, language: language))
            case 0x60 where language.hasBackquotes:
                close(upTo: Self.behind(quote: 0x60, from: at + 1, in: bytes, end: end, isLine: false) ?? end)
            case 0x3c where language.hasHereDocuments && starts([0x3c, 0x3c]):
                if let next = Self.behindHereDocument(bytes, at: at, end: end) { close(upTo: next) } else { at += 2 }
            case 0x3f where language.isInPage && starts(Array("?>".utf8)):
                close(upTo: Self.behind("<?php", from: at, in: bytes, end: end))
            case 0x2f where language.hasBlockComments && starts(Array("/*".utf8)):
                close(upTo: Self.behind("*/", from: at + 2, in: bytes, end: end))
            default:
                if language.lineComments.contains(where: starts) {
                    close(upTo: ByteText.first(0x0a, bytes: bytes, in: at..<end) ?? end)
                } else {
                    at += 1
                }
            }
        }
        if start < end { parts.append(start..<end) }
    }

    private static func behind(_ word: String, from place: Int, in bytes: [UInt8], end: Int) -> Int {
        guard place < end else { return end }
        return ByteText.first(Array(word.utf8), bytes: bytes, in: place..<end)?.upperBound ?? end
    }

    /// Behind the quote that ends a string, which a backslash takes with it; nil where none does.
    private static func behind(quote: UInt8, from place: Int, in bytes: [UInt8], end: Int, isLine: Bool) -> Int? {
        var at = place
        while at < end {
            if bytes[at] == quote { return at + 1 }
            if isLine, bytes[at] == 0x0a { return nil }
            at += bytes[at] == 0x5c ? 2 : 1
        }
        return nil
    }

    /// What a character takes in a program at most: `'\u{10ffff}'` (bytes).
    private static let longestCharacter = 12

    private static func behindString(_ bytes: [UInt8], at place: Int, end: Int, language: Language) -> Int {
        let quote = bytes[place]
        if language.hasTripleQuotes, place + 2 < end, bytes[place + 1] == quote, bytes[place + 2] == quote {
            return behind(
                String(decoding: [quote, quote, quote], as: UTF8.self), from: place + 3, in: bytes, end: end)
        }
        // Of a raw string nobody knows here where it ends: C++'s `R"(`, Rust's `r#"`, C#'s `@"`.
        let before = place > 0 ? bytes[place - 1] : 0
        if language.hasCharacters, quote == 0x22, [0x52, 0x23, 0x40].contains(before) {
            return behind(quote: quote, from: place + 1, in: bytes, end: end, isLine: false) ?? end
        }
        let isCharacter = language.hasCharacters && quote == 0x27
        let limit = isCharacter ? min(end, place + longestCharacter) : end
        if let next = behind(quote: quote, from: place + 1, in: bytes, end: limit, isLine: true) { return next }
        // An apostrophe; else what goes on in the next line is not known, and the rest of this one is the string.
        return isCharacter ? place + 1 : ByteText.first(0x0a, bytes: bytes, in: place..<end) ?? end
    }

    /// Whoever writes a text into a program writes no longer one (bytes).
    private static let longestHereDocument = 64 << 10

    /// Behind the last line of what `<<EOF`, `<<~'EOF'` or `<<<EOF` begin; nil where it is a shift, or never ends.
    private static func behindHereDocument(_ bytes: [UInt8], at place: Int, end limit: Int) -> Int? {
        let end = min(limit, place + longestHereDocument)
        var at = place + 2
        while at < end, "<-~'\"".utf8.contains(bytes[at]) { at += 1 }
        let word = bytes[at..<end].prefix { ByteText.isAlphanumeric($0) || $0 == 0x5f }
        guard let first = word.first, ByteText.isLetter(first) || first == 0x5f, word.count >= 2 else { return nil }
        var line = ByteText.first(0x0a, bytes: bytes, in: word.endIndex..<end)
        while let start = line {
            let text = ByteText.trimmed(
                bytes, range: start + 1..<(ByteText.first(0x0a, bytes: bytes, in: start + 1..<end) ?? end))
            if bytes[text].starts(with: word) { return text.lowerBound + word.count }
            line = ByteText.first(0x0a, bytes: bytes, in: start + 1..<end)
        }
        return nil
    }
}

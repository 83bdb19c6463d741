/// Where strings end by the rules of the language that a file is written in.
///
/// What finds a value by its name has to guess where it ends. Where the language of a file is known, nobody has to: a value
/// that begins in a string ends in it. Without that, a piece of syntax (`","port":`) is taken for a part of a value, and then
/// taken out wherever it stands.
struct LiteralEnds {
    /// How a language writes a quote inside of a string.
    enum Quoting {
        /// `\"`; the backslash takes any byte with it.
        case backslash
        /// `''`
        case doubled
        /// Both: SQL, where some programs take the backslash for one, and some do not.
        case either
        /// Not at all.
        case never
    }

    /// What begins a string, and how it ends.
    struct Language {
        var double: Quoting?
        var single: Quoting?
        var backquote: Quoting?
        /// Three quotes begin a string of several lines.
        var hasTripleQuotes = false
        /// A string begins behind a separator alone: elsewhere a quote is a character of a bare word.
        var needsSeparator = false
        var isMarkup = false
        var isShell = false
    }

    /// Without their quotes, ascending (bytes of the text).
    private var strings: [Range<Int>] = []
    private let bytes: [UInt8]
    private let isShell: Bool
    /// What is added to a place of `bytes` to have one of the text.
    private var distance = 0

    /// Longer lines of a shell are no commands (bytes).
    private static let longestLine = 64 << 10

    /// - Parameters:
    ///   - path: without `/` in front; nil where it is not known any more.
    ///   - range: begins with a line.
    /// - Returns: nil where the language is not known, or has no strings.
    init?(_ bytes: [UInt8], in range: Range<Int>, path: [UInt8]?) {
        guard let language = Self.language(bytes, in: range, path: path) else { return nil }
        self.bytes = bytes
        isShell = language.isShell
        if language.isMarkup { readMarkup(bytes, in: range) } else { readLines(bytes, in: range, language: language) }
    }

    /// The same, for a text that has something in front.
    func moved(by distance: Int) -> LiteralEnds {
        var moved = self
        moved.distance += distance
        return moved
    }

    /// The value that begins where one was found, as far as its string goes; the same where it stands in none.
    func exact(_ place: Range<Int>) -> Range<Int> {
        let found = place.lowerBound - distance..<place.upperBound - distance
        guard found.lowerBound >= 0, found.upperBound <= bytes.count, let string = string(at: found.lowerBound) else {
            return place
        }
        let start = max(found.lowerBound, string.lowerBound)
        var end = min(found.upperBound, string.upperBound)
        // Whoever saw a quote there took it for the end.
        if end < string.upperBound, start == string.lowerBound || isShell, looksClosed(at: end, of: string) {
            end = string.upperBound
        }
        return start < end ? start + distance..<end + distance : place
    }

    /// Whether a place is behind a quote that a string holds, or in front of it.
    private func looksClosed(at end: Int, of string: Range<Int>) -> Bool {
        let quote = bytes[string.lowerBound - 1]
        if bytes[end] == quote { return true }
        return bytes[end] == 0x5c && end + 1 < string.upperBound && bytes[end + 1] == quote
    }

    /// The string that begins behind a place, or that a place is in.
    private func string(at place: Int) -> Range<Int>? {
        var (low, high) = (0, strings.count)
        while low < high {
            let middle = (low + high) / 2
            if strings[middle].upperBound <= place { low = middle + 1 } else { high = middle }
        }
        guard low < strings.count, strings[low].lowerBound - 1 <= place else { return nil }
        return strings[low]
    }

    // MARK: - Languages

    /// The language of a file, by the end of its name or by how it begins; nil for one whose values have no quotes that count.
    static func language(_ bytes: [UInt8], in range: Range<Int>, path: [UInt8]?) -> Language? {
        if JSONSettings.start(of: bytes, in: range) != nil { return Language(double: .backslash) }
        let suffix = PathSuffix.of(path)
        switch suffix {
        case "json", "jsonl", "ndjson": return Language(double: .backslash)
        case "toml": return Language(double: .backslash, single: .never, hasTripleQuotes: true)
        case "yaml", "yml": return Language(double: .backslash, single: .doubled, needsSeparator: true)
        case "csv", "tsv": return Language(double: .doubled, needsSeparator: true)
        case "sql": return Language(double: .either, single: .either)
        case "sh", "bash", "ash": return Language(isShell: true)
        default: break
        }
        if backslashed.contains(suffix) {
            return Language(
                double: .backslash, single: .backslash, backquote: scripts.contains(suffix) ? .backslash : nil,
                hasTripleQuotes: suffix == "py")
        }
        guard let first = ByteText.start(of: bytes, in: range) else { return nil }
        if bytes[first] == 0x3c, !ByteText.has("<?php", bytes: bytes, at: first),
            !ByteText.has("<sip", bytes: bytes, at: first)
        {
            return Language(isMarkup: true)
        }
        guard ByteText.has("#!", bytes: bytes, at: first) else { return nil }
        let line = String(
            decoding: bytes[first..<min(range.upperBound, first + 64)].prefix { $0 != 0x0a }, as: UTF8.self)
        if line.hasSuffix("sh") || line.contains("sh ") { return Language(isShell: true) }
        if line.contains("python") {
            return Language(double: .backslash, single: .backslash, hasTripleQuotes: true)
        }
        return ["perl", "lua", "php", "node", "ruby"].contains { line.contains($0) }
            ? Language(double: .backslash, single: .backslash) : nil
    }

    private static let backslashed: Set<String> = [
        "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "ino", "java", "go", "rs", "cs", "m", "mm", "swift", "kt", "scala",
        "dart", "js", "mjs", "ts", "jsx", "tsx", "php", "py", "pl", "pm", "rb", "lua", "groovy", "json5", "zig",
    ]
    private static let scripts: Set<String> = ["js", "mjs", "ts", "jsx", "tsx"]

    // MARK: - Strings of a line

    private mutating func readLines(_ bytes: [UInt8], in range: Range<Int>, language: Language) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = ByteText.first(0x0a, bytes: bytes, in: start..<range.upperBound) ?? range.upperBound
            if language.isShell {
                if end - start <= Self.longestLine { readWords(bytes, in: start..<end) }
            } else {
                readLine(bytes, in: start..<end, language: language)
            }
            start = end + 1
        }
    }

    private mutating func readLine(_ bytes: [UInt8], in line: Range<Int>, language: Language) {
        var at = line.lowerBound
        // Up to where no quote of a kind closes a string.
        var unclosed: [UInt8: Int] = [:]
        while at < line.upperBound {
            let quote = bytes[at]
            let quoting: Quoting? =
                switch quote {
                case 0x22: language.double
                case 0x27: language.single
                case 0x60: language.backquote
                default: nil
                }
            guard let quoting, unclosed[quote] == nil, begins(bytes, at: at, of: line, language: language) else {
                at += 1
                continue
            }
            if language.hasTripleQuotes, at + 2 < line.upperBound, bytes[at + 1] == quote, bytes[at + 2] == quote {
                return
            }
            guard let end = Self.close(quoting, of: at, bytes: bytes, limit: line.upperBound) else {
                unclosed[quote] = at
                at += 1
                continue
            }
            if end > at + 1 { strings.append(at + 1..<end) }
            at = end + 1
        }
    }

    /// Whether a quote begins a string, and is no apostrophe.
    private func begins(_ bytes: [UInt8], at place: Int, of line: Range<Int>, language: Language) -> Bool {
        guard place > line.lowerBound else { return true }
        let before = bytes[place - 1]
        if language.needsSeparator { return before <= 0x20 || "[{(,;:".utf8.contains(before) }
        guard bytes[place] == 0x27, ByteText.isAlphanumeric(before) else { return true }
        // `b'…'`
        return "rbuflRBUFLN".utf8.contains(before)
            && (place - 1 == line.lowerBound || !ByteText.isAlphanumeric(bytes[place - 2]))
    }

    /// The quote that ends the string which one begins; nil where none does.
    ///
    /// - Parameter limit: where its line or its statement ends.
    static func close(_ quoting: Quoting, of quote: Int, bytes: [UInt8], limit: Int) -> Int? {
        var at = quote + 1
        // Where a text of SQL ends if a backslash is a character like any other.
        var plain: Int?
        while at < limit {
            if bytes[at] == 0x5c, quoting == .backslash || quoting == .either {
                if plain == nil, quoting == .either, isEnd(at + 1, of: quote, bytes: bytes, limit: limit) {
                    plain = at + 1
                }
                at += 2
                continue
            }
            guard bytes[at] == bytes[quote] else {
                at += 1
                continue
            }
            if quoting == .doubled || quoting == .either, at + 1 < limit, bytes[at + 1] == bytes[quote] {
                at += 2
                continue
            }
            guard let plain else { return at }
            // The other quotes of the line tell: they come in pairs.
            return isPaired(bytes[at + 1..<limit], quote: bytes[quote]) ? at : plain
        }
        return plain
    }

    /// Whether a quote stands at a place, behind which a list of values goes on or ends, and quotes come in pairs.
    private static func isEnd(_ place: Int, of quote: Int, bytes: [UInt8], limit: Int) -> Bool {
        guard place < limit, bytes[place] == bytes[quote] else { return false }
        var next = place + 1
        while next < limit, ByteText.isBlank(bytes[next]) { next += 1 }
        guard next == limit || ",);".utf8.contains(bytes[next]) else { return false }
        return isPaired(bytes[place + 1..<limit], quote: bytes[quote])
    }

    private static func isPaired(_ rest: ArraySlice<UInt8>, quote: UInt8) -> Bool {
        rest.prefix { $0 != 0x0a }.count { $0 == quote }.isMultiple(of: 2)
    }

    // MARK: - Words of a shell

    /// Words of which quotes are the whole or the beginning: they end where the word does, at its last quote.
    private mutating func readWords(_ bytes: [UInt8], in line: Range<Int>) {
        var at = line.lowerBound
        while at < line.upperBound {
            let byte = bytes[at]
            if byte == 0x5c {
                at += 2
            } else if byte == 0x23, at == line.lowerBound || ByteText.isBlank(bytes[at - 1]) {
                return
            } else if byte == 0x22 || byte == 0x27 {
                guard
                    let first = Self.close(
                        byte == 0x22 || isEscaped(bytes, at: at, of: line) ? .backslash : .never, of: at,
                        bytes: bytes, limit: line.upperBound)
                else {
                    at += 1
                    continue
                }
                let end = Self.behindWord(bytes, from: first, quote: byte, limit: line.upperBound)
                if end > at + 1 { strings.append(at + 1..<end) }
                at = max(end, first) + 1
            } else {
                at += 1
            }
        }
    }

    /// `$'…'`, where a backslash takes the next byte with it.
    private func isEscaped(_ bytes: [UInt8], at quote: Int, of line: Range<Int>) -> Bool {
        bytes[quote] == 0x27 && quote > line.lowerBound && bytes[quote - 1] == 0x24
    }

    /// The end of what goes on behind a closing quote with quotes alone: `'a'\''b'`, `'a'"'"'b'`. The last quote of the
    /// kind that began it is none of the value.
    private static func behindWord(_ bytes: [UInt8], from close: Int, quote: UInt8, limit: Int) -> Int {
        var end = close
        var at = close + 1
        while at < limit {
            if bytes[at] == 0x5c, at + 1 < limit {
                at += 2
            } else if bytes[at] == 0x22 || bytes[at] == 0x27,
                let next = Self.close(bytes[at] == 0x22 ? .backslash : .never, of: at, bytes: bytes, limit: limit)
            {
                // What a shell puts there is none of the value.
                if bytes[at] == 0x22, bytes[at..<next].contains(0x24) { return end }
                if bytes[at] == quote { end = next }
                at = next + 1
            } else {
                return end
            }
        }
        return end
    }

    // MARK: - Attributes

    private mutating func readMarkup(_ bytes: [UInt8], in range: Range<Int>) {
        var at = range.lowerBound
        while let open = ByteText.first(0x3c, bytes: bytes, in: at..<range.upperBound) {
            at = open + 1
            guard at < range.upperBound else { return }
            if ByteText.has("!--", bytes: bytes, at: at) || ByteText.has("![cdata[", bytes: bytes, at: at) {
                let mark = Array((bytes[at + 1] == 0x2d ? "-->" : "]]>").utf8)
                at = ByteText.first(mark, bytes: bytes, in: at..<range.upperBound)?.upperBound ?? range.upperBound
                continue
            }
            guard ByteText.isLetter(bytes[at]) || bytes[at] == 0x5f || bytes[at] == 0x3f else { continue }
            while at < range.upperBound, bytes[at] != 0x3e, bytes[at] != 0x3c {
                let quote = bytes[at]
                guard quote == 0x22 || quote == 0x27 else {
                    at += 1
                    continue
                }
                guard let end = ByteText.first(quote, bytes: bytes, in: at + 1..<range.upperBound) else { return }
                if end > at + 1 { strings.append(at + 1..<end) }
                at = end + 1
            }
        }
    }
}

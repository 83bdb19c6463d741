/// What goes on with a value behind the end of its first piece: `"abc" + "def"`, `"abc" "def"`, `'abc''def'`,
/// `<![CDATA[abc]]><![CDATA[def]]>`. What finds a value by its name sees the first piece alone.
struct ValuePieces {
    private let bytes: [UInt8]
    private let value: Range<Int>
    private let languages: Languages
    private var pieces: [Range<Int>] = []

    /// How the text may join pieces, as far as its file tells.
    struct Languages {
        /// Strings with nothing but white space between them are one: C, Python, Ruby, awk.
        var joinsNeighbors = false
        /// A word goes on behind its quotes.
        var isShell = false
        /// The name of the file is lost.
        var isUnknown = false
        /// Two strings are never one: JSON, TOML, tables.
        var hasNoPieces = false

        private static let neighborSuffixes: Set<String> = [
            "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "ino", "m", "mm", "py", "rb", "awk", "d", "sql",
        ]

        /// - Parameter path: without `/` in front; nil where it is not known any more.
        init(path: [UInt8]?, source: SettingsSource) {
            let suffix = PathSuffix.of(path)
            joinsNeighbors =
                Self.neighborSuffixes.contains(suffix) || source.isCode && suffix.isEmpty && !source.isShell
            isShell = source.isShell
            isUnknown = path == nil
            hasNoPieces = ["json", "jsonl", "toml", "csv", "tsv"].contains(suffix)
        }
    }

    /// More pieces are no value.
    private static let most = 64
    /// Between two pieces at most so much stands (bytes).
    private static let widestJoint = 256
    /// How far behind the first piece the last one may end (bytes).
    static let reach = 4096

    /// The pieces behind the first one, without their quotes; none where the value ends with that.
    ///
    /// - Parameter value: the first piece, in `bytes`.
    static func further(
        behind value: Range<Int>, in bytes: [UInt8], languages: Languages
    ) -> [Range<Int>] {
        guard value.upperBound < bytes.count, !value.isEmpty, !languages.hasNoPieces else { return [] }
        var reader = ValuePieces(bytes: bytes, value: value, languages: languages)
        reader.read()
        return reader.pieces
    }

    /// Whether a value may go on behind a byte.
    static func mayFollow(_ byte: UInt8) -> Bool {
        byte == 0x22 || byte == 0x27 || byte == 0x60 || byte == 0x5d || byte == 0x3c
    }

    private init(bytes: [UInt8], value: Range<Int>, languages: Languages) {
        self.bytes = bytes
        self.value = value
        self.languages = languages
    }

    private var end: Int { min(bytes.count, value.upperBound + Self.reach) }

    private mutating func read() {
        var at = value.upperBound
        // Of a value that is a part of its literal the next piece has a part, too.
        let isPart = value.lowerBound == 0 || bytes[value.lowerBound - 1] != bytes[at]
        while pieces.count < Self.most, at < end {
            let piece =
                switch bytes[at] {
                case 0x22, 0x27, 0x60: behindQuote(at, isPart: isPart)
                case 0x5d, 0x3c: inMarkup(at)
                default: languages.isShell && !pieces.isEmpty ? word(at) : nil as Range<Int>?
                }
            guard let piece, !piece.isEmpty else { return }
            pieces.append(piece)
            at = piece.upperBound
        }
    }

    // MARK: - Strings

    private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 || byte == 0x60 }

    /// The piece that follows a quote which ends one.
    private func behindQuote(_ quote: Int, isPart: Bool) -> Range<Int>? {
        let next = quote + 1
        guard next < end else { return nil }
        // `'a''b'`: a shell's word, or a quote in quotes.
        if bytes[next] == 0x22 || bytes[next] == 0x27 { return literal(from: next, isPart: false) }
        if languages.isShell, isOwnQuote, ByteText.isAlphanumeric(bytes[next]) || bytes[next] == 0x5f,
            let word = word(next)
        {
            return word
        }
        guard let start = behindJoint(next), let piece = literal(from: start, isPart: isPart) else { return nil }
        return piece
    }

    /// Whether the quote of the value begins it in a shell, and not in another string: `'{"a":"b","c"'`.
    private var isOwnQuote: Bool {
        guard value.lowerBound > 0, Self.isQuote(bytes[value.lowerBound - 1]) else { return false }
        return value.lowerBound == 1 || "= \t".utf8.contains(bytes[value.lowerBound - 2])
    }

    /// What stands in a literal.
    ///
    /// - Parameter isPart: whether it ends where a sign ends a value in a text: `user=a&password=b`.
    private func literal(from quote: Int, isPart: Bool) -> Range<Int>? {
        var at = quote + 1
        while at < end, bytes[at] != bytes[quote] {
            if isPart, bytes[at] <= 0x20 || "&;,".utf8.contains(bytes[at]) { break }
            guard bytes[at] != 0x0a, bytes[at] != 0 else { return nil }
            at += bytes[at] == 0x5c ? 2 : 1
        }
        return at < end ? quote + 1..<at : nil
    }

    /// The part of a shell's word that no quotes surround.
    private func word(_ start: Int) -> Range<Int>? {
        var at = start
        while at < end, bytes[at] > 0x20, !"\"';&|<>()`$".utf8.contains(bytes[at]) { at += bytes[at] == 0x5c ? 2 : 1 }
        return at > start && at <= end ? start..<at : nil
    }

    /// The quote that begins the next literal behind an operator that joins two, or behind white space where a language
    /// needs none; nil for anything else.
    private func behindJoint(_ start: Int) -> Int? {
        var at = start
        var isJoined = false
        while at < end, at - start <= Self.widestJoint {
            let byte = bytes[at]
            if byte <= 0x20 && byte != 0 {
                at += 1
            } else if byte == 0x5c, at + 1 < end, bytes[at + 1] == 0x0a || bytes[at + 1] == 0x0d {
                at += 2
            } else if let close = ByteText.behindComment(bytes, at: at, before: min(end, at + Self.widestJoint)) {
                at = close
            } else if ByteText.has(".concat(", bytes: bytes, at: at) {
                isJoined = true
                at += 8
            } else if ByteText.has("<<", bytes: bytes, at: at) {
                isJoined = true
                at += 2
            } else if byte == 0x2b || byte == 0x2e || byte == 0x26 || byte == 0x7c || byte == 0x7e {
                isJoined = true
                at += 1
            } else if let quote = literalStart(at) {
                return isJoined || joinsNeighbor(at, quote: quote) ? quote : nil
            } else if isJoined, let close = behindOperand(at) {
                // What is computed stands between two pieces: `"abc" + x + "def"`.
                at = close
                isJoined = false
            } else {
                return nil
            }
        }
        return nil
    }

    /// Where a literal opens at a place, behind its prefix: `u"…"`, `R'…'`.
    private func literalStart(_ place: Int) -> Int? {
        var at = place
        while at < end, at - place < 2, "rbuflRBUFL@$".utf8.contains(bytes[at]) { at += 1 }
        return at < end && Self.isQuote(bytes[at]) ? at : nil
    }

    /// Whether a literal is one with that in front of it, with white space between them.
    private func joinsNeighbor(_ place: Int, quote: Int) -> Bool {
        if languages.joinsNeighbors { return true }
        guard languages.isUnknown, let piece = literal(from: quote, isPart: false) else { return false }
        // In a text whose name is lost, a statement ends behind it.
        var at = piece.upperBound + 1
        while at < end, bytes[at] <= 0x20, bytes[at] != 0 { at += 1 }
        return at < end && (";),".utf8.contains(bytes[at]) || Self.isQuote(bytes[at]))
    }

    private func behindOperand(_ start: Int) -> Int? {
        var at = start
        while at < end, at - start <= 64, ByteText.isAlphanumeric(bytes[at]) || "_$.[]()->:'".utf8.contains(bytes[at]) {
            at += 1
        }
        guard at > start else { return nil }
        var next = at
        while next < end, ByteText.isBlank(bytes[next]) { next += 1 }
        return next < end && "+.&|~".utf8.contains(bytes[next]) || bytes[at - 1] == 0x2e ? at : nil
    }

    // MARK: - Markup

    /// The piece behind the end of a section of characters, in front of one, or behind a comment.
    private func inMarkup(_ place: Int) -> Range<Int>? {
        var at = place
        var isOpen = false
        while at < end {
            if ByteText.has("]]>", bytes: bytes, at: at) {
                at += 3
                isOpen = false
            } else if ByteText.has("<![cdata[", bytes: bytes, at: at) {
                at += 9
                isOpen = true
            } else if !isOpen, ByteText.has("<!--", bytes: bytes, at: at) || ByteText.has("<?", bytes: bytes, at: at) {
                let mark = Array(bytes[at + 1] == 0x3f ? "?>".utf8 : "-->".utf8)
                guard let close = ByteText.first(mark, bytes: bytes, in: at..<end) else { return nil }
                at = close.upperBound
            } else {
                break
            }
        }
        guard at > place, at < end else { return nil }
        let stop =
            isOpen
            ? ByteText.first(Array("]]>".utf8), bytes: bytes, in: at..<end)?.lowerBound
            : ByteText.first(0x3c, bytes: bytes, in: at..<end)
        guard let stop else { return nil }
        let piece = at..<stop
        // Line ends in front of the next element belong to nothing.
        return bytes[piece].allSatisfy { $0 <= 0x20 } ? nil : piece
    }
}

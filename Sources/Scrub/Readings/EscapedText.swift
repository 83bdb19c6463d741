/// A piece of a text as a reader of its syntax sees it, and where each of its bytes is written.
///
/// A value can be escaped in more ways than can be listed: each of its characters may be or not, by a number or a name, and
/// what is escaped once may be again. So the text is read instead, and the value is looked for in what is read.
struct EscapedText {
    /// Who takes the place of characters.
    enum Syntax: Int, CaseIterable {
        /// `\"`, `\n`, `\u0041`, `\x41`, `\101`: JSON, programs, shells.
        case backslashes
        /// `&amp;`, `&#38;`, `&#x26;`: XML and HTML.
        case entities
        /// `%41`
        case percents
        /// The same, and `+` is a blank.
        case form
        /// `=41`, and `=` at the end of a line: mails.
        case quotedPrintable
        /// A quote in quotes: twice as in SQL and CSV, `'\''` and `'"'"'` as in shells.
        case quotes
        /// `\70`: CSS, LDAP.
        case hexBackslashes
        /// `\112`: Lua, zone files of DNS.
        case decimalBackslashes
        /// `\Z`: a shell, which takes any character behind a backslash as it is.
        case literalBackslashes
        /// `\0112`, as `echo -e` and `printf %b` have it.
        case zeroBackslashes
        /// A text in pieces: `"pass" "word"`, `'pass' + 'word'`, `["pass", "word"]`, `pass]]><![CDATA[word`.
        case pieces
        /// `pass'word'`, `pass'&'word`: a shell.
        case words
        /// `pass^&word`: the shell of Windows.
        case carets
        /// `pass`$word`: PowerShell.
        case backquotes

        var notation: Notation {
            switch self {
            case .backslashes: .jsonEscaped
            case .entities: .xmlEscaped
            case .percents, .form: .urlEncoded
            case .quotedPrintable: .quotedPrintable
            case .quotes, .carets, .backquotes: .shellQuoted
            case .hexBackslashes, .decimalBackslashes, .literalBackslashes, .zeroBackslashes: .jsonEscaped
            case .pieces, .words: .plain
            }
        }

        /// What an escape begins with.
        fileprivate var signs: [UInt8] {
            switch self {
            case .backslashes, .hexBackslashes, .decimalBackslashes, .literalBackslashes, .zeroBackslashes: [0x5c]
            case .entities: [0x26]
            case .percents, .form: [0x25]
            case .quotedPrintable: [0x3d]
            case .quotes: [0x22, 0x27]
            case .pieces: [0x22, 0x27, 0x60, 0x5d, 0x3c, 0x5c]
            case .words: [0x22, 0x27]
            case .carets: [0x5e]
            case .backquotes: [0x60]
            }
        }
    }

    private(set) var bytes: [UInt8] = []
    /// Where the written form of each byte begins, and behind those where the last one ends.
    private(set) var places: [Int] = []
    /// How long it is (bytes): several of one escape have it in common.
    private var lengths: [UInt8] = []
    let syntax: Syntax

    /// Where in what is read the bytes of escapes are, ascending.
    private(set) var escapes: [Int] = []

    /// - Returns: nil for a text in which nothing is escaped.
    init?(_ source: [UInt8], syntax: Syntax) {
        let isSign = Self.signs[syntax.rawValue]
        guard
            let first = source.indices.first(where: {
                isSign[Int(source[$0])] && Escape(source, at: $0, by: syntax) != nil
            })
        else { return nil }
        self.syntax = syntax
        bytes.reserveCapacity(source.count)
        places.reserveCapacity(source.count + 1)
        lengths.reserveCapacity(source.count)
        var at = 0
        while at < source.count {
            let byte = source[at]
            guard at >= first, isSign[Int(byte)], let escape = Escape(source, at: at, by: syntax) else {
                bytes.append(syntax == .form && byte == 0x2b ? 0x20 : byte)
                places.append(at)
                lengths.append(1)
                at += 1
                continue
            }
            let start = bytes.count
            escapes.append(start)
            escape.append(to: &bytes)
            for _ in start..<bytes.count {
                places.append(at)
                lengths.append(UInt8(clamping: escape.count))
            }
            at += escape.count
        }
        places.append(source.count)
    }

    /// The bytes of the source that say a range of what is read: of one escape that gives several bytes, all of it.
    func source(of range: Range<Int>) -> Range<Int> {
        guard let last = range.last else { return places[range.lowerBound]..<places[range.lowerBound] }
        return places[range.lowerBound]..<places[last] + Int(lengths[last])
    }

    /// The same, without what says nothing and has to stay: joints of pieces, ends of lines.
    func parts(of range: Range<Int>) -> [Range<Int>] {
        parts(of: WrittenPart(place: range, notation: .plain)).places
    }

    /// The parts of the source that write a part of what is read: in the notation of that where no escape stands, else in
    /// that of the escapes.
    func parts(of part: WrittenPart) -> [WrittenPart] {
        var parts: [WrittenPart] = []
        for index in part.place {
            let place = places[index]..<places[index] + Int(lengths[index])
            let notation = place.count > 1 ? syntax.notation : part.notation
            guard let last = parts.last, last.place.upperBound >= place.lowerBound, last.notation == notation else {
                parts.append(WrittenPart(place: place, notation: notation))
                continue
            }
            parts[parts.count - 1].place = last.place.lowerBound..<max(last.place.upperBound, place.upperBound)
        }
        // Where something stands between digits, they can not be counted.
        if parts.count == 1, parts[0].place.count == part.place.count { parts[0].digits = part.digits }
        return parts
    }

    /// Of each syntax, which bytes its escapes begin with.
    private static let signs: [[Bool]] = Syntax.allCases.map { syntax in
        (0..<256).map { syntax.signs.contains(UInt8($0)) }
    }
    /// Which bytes escapes of any syntax begin with.
    static let anySign: [Bool] = (0..<256).map { byte in signs.contains { $0[byte] } }

    /// How many escapes of a syntax a text has; not more than are asked for.
    static func count(of syntax: Syntax, in source: [UInt8], most: Int) -> Int {
        let isSign = signs[syntax.rawValue]
        var count = 0
        for at in source.indices where isSign[Int(source[at])] && Escape(source, at: at, by: syntax) != nil {
            count += 1
            if count == most { break }
        }
        return count
    }

    /// Longer lines are read in parts (bytes).
    private static let longestLine = 16 << 10

    /// The lines of a text with an escape in them, and how many of them stand together.
    static func lines(of syntax: Syntax, in source: [UInt8]) -> [Range<Int>] {
        let isSign = signs[syntax.rawValue]
        var lines: [Range<Int>] = []
        var at = 0
        while at < source.count {
            guard isSign[Int(source[at])], Escape(source, at: at, by: syntax) != nil else {
                at += 1
                continue
            }
            var start = at
            while start > (lines.last?.upperBound ?? 0), at - start < longestLine, source[start - 1] != 0x0a {
                start -= 1
            }
            var end = at
            while end < source.count, end - at < longestLine, source[end] != 0x0a { end += 1 }
            end = min(end + 1, source.count)
            if let last = lines.last, last.upperBound == start, end - last.lowerBound <= longestLine {
                lines[lines.count - 1] = last.lowerBound..<end
            } else {
                lines.append(start..<end)
            }
            at = end
        }
        return lines
    }

    /// The syntaxes in which something is escaped at a place.
    static func syntaxes(_ source: [UInt8], at place: Int) -> [Syntax] {
        Syntax.allCases.filter {
            signs[$0.rawValue][Int(source[place])] && Escape(source, at: place, by: $0) != nil
        }
    }
}

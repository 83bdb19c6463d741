/// One escape: what it stands for, and how long it is (bytes).
struct Escape {
    enum Value {
        case nothing
        case byte(UInt8)
        case scalar(UInt32)
    }

    var value: Value
    var count: Int

    init?(_ source: [UInt8], at place: Int, by syntax: EscapedText.Syntax) {
        let escape: Escape? =
            switch syntax {
            case .backslashes: Self.backslash(source, at: place)
            case .entities: Self.entity(source, at: place)
            case .percents, .form: Self.percent(source, at: place)
            case .quotedPrintable: Self.quotedPrintable(source, at: place)
            case .quotes: Self.quote(source, at: place)
            case .hexBackslashes: Self.hexBackslash(source, at: place)
            case .decimalBackslashes:
                Self.number(source, from: place + 1, radix: 10, least: 1, most: 3).flatMap { digits in
                    digits.value < 256
                        ? Escape(.byte(UInt8(truncatingIfNeeded: digits.value)), count: digits.count + 1) : nil
                }
            case .literalBackslashes: Self.literalBackslash(source, at: place)
            case .zeroBackslashes: Self.zeroBackslash(source, at: place)
            case .pieces: Self.joint(source, at: place)
            case .words: Self.lone(source, at: place)
            case .carets: Self.literal(source, behind: place, signs: "&|<>^()%!\"=;,@")
            case .backquotes: Self.literal(source, behind: place, signs: "$\"'`&|();{}<>#,@%")
            }
        guard let escape else { return nil }
        self = escape
    }

    private init(_ value: Value, count: Int) {
        self.value = value
        self.count = count
    }

    func append(to bytes: inout [UInt8]) {
        switch value {
        case .nothing: break
        case .byte(let byte): bytes.append(byte)
        case .scalar(let number):
            if let scalar = Unicode.Scalar(number) { bytes += Array(String(scalar).utf8) }
        }
    }

    /// The number that some digits say, and how many there are.
    private static func number(
        _ source: [UInt8], from start: Int, radix: UInt32, least: Int, most: Int
    ) -> (value: UInt32, count: Int)? {
        var value: UInt32 = 0
        var count = 0
        while count < most, start + count < source.count {
            let byte = source[start + count]
            guard ByteText.isHexDigit(byte) else { break }
            let digit = UInt32(ByteText.hexValue(byte))
            guard digit < radix else { break }
            value = value &* radix &+ digit
            count += 1
        }
        return count >= least ? (value, count) : nil
    }

    private static let letters: [UInt8: UInt8] = [
        0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09, 0x62: 0x08, 0x66: 0x0c, 0x76: 0x0b, 0x61: 0x07, 0x65: 0x1b,
    ]

    private static func backslash(_ source: [UInt8], at place: Int) -> Escape? {
        guard place + 1 < source.count else { return nil }
        let next = source[place + 1]
        switch next {
        case 0x75, 0x55:
            // `\u{1f600}` of programs, `\U0001f600`.
            if place + 2 < source.count, source[place + 2] == 0x7b {
                guard let digits = number(source, from: place + 3, radix: 16, least: 1, most: 6),
                    place + 3 + digits.count < source.count, source[place + 3 + digits.count] == 0x7d
                else { return nil }
                return Escape(.scalar(digits.value), count: digits.count + 4)
            }
            let most = next == 0x75 ? 4 : 8
            guard let unit = number(source, from: place + 2, radix: 16, least: most, most: most) else { return nil }
            return surrogates(source, at: place, first: unit.value) ?? Escape(.scalar(unit.value), count: most + 2)
        case 0x78 where place + 2 < source.count && source[place + 2] == 0x7b:
            guard let digits = number(source, from: place + 3, radix: 16, least: 1, most: 6),
                place + 3 + digits.count < source.count, source[place + 3 + digits.count] == 0x7d
            else { return nil }
            return Escape(.scalar(digits.value), count: digits.count + 4)
        case 0x78:
            guard let digits = number(source, from: place + 2, radix: 16, least: 1, most: 2) else { return nil }
            return Escape(.byte(UInt8(truncatingIfNeeded: digits.value)), count: digits.count + 2)
        case 0x30...0x37:
            guard let digits = number(source, from: place + 1, radix: 8, least: 1, most: 3), digits.value < 256 else {
                return nil
            }
            return Escape(.byte(UInt8(truncatingIfNeeded: digits.value)), count: digits.count + 1)
        case 0x0a: return Escape(.nothing, count: 2)
        case 0x0d:
            return Escape(.nothing, count: place + 2 < source.count && source[place + 2] == 0x0a ? 3 : 2)
        default:
            if let letter = letters[next] { return Escape(.byte(letter), count: 2) }
            // Signs are themselves; what else begins with a backslash is none.
            return next > 0x20 && next < 0x7f && !ByteText.isAlphanumeric(next) || next == 0x20
                ? Escape(.byte(next), count: 2) : nil
        }
    }

    /// What a shell makes of it; what indents the line behind a line end belongs to that in make and YAML.
    private static func literalBackslash(_ source: [UInt8], at place: Int) -> Escape? {
        guard place + 1 < source.count else { return nil }
        if ByteText.isAlphanumeric(source[place + 1]) { return Escape(.byte(source[place + 1]), count: 2) }
        guard var escape = backslash(source, at: place) else { return nil }
        if case .nothing = escape.value {
            while place + escape.count < source.count, escape.count < 250,
                ByteText.isBlank(source[place + escape.count])
            {
                escape.count += 1
            }
        }
        return escape
    }

    private static func zeroBackslash(_ source: [UInt8], at place: Int) -> Escape? {
        guard place + 1 < source.count, source[place + 1] == 0x30,
            let digits = number(source, from: place + 2, radix: 8, least: 2, most: 3), digits.value < 256
        else { return nil }
        return Escape(.byte(UInt8(truncatingIfNeeded: digits.value)), count: digits.count + 2)
    }

    /// A character that UTF-16 writes in two units.
    private static func surrogates(_ source: [UInt8], at place: Int, first: UInt32) -> Escape? {
        guard (0xd800..<0xdc00).contains(first), place + 7 < source.count, source[place + 6] == 0x5c,
            source[place + 7] == 0x75, let second = number(source, from: place + 8, radix: 16, least: 4, most: 4),
            (0xdc00..<0xe000).contains(second.value)
        else { return nil }
        return Escape(.scalar(0x10000 + (first - 0xd800) << 10 + (second.value - 0xdc00)), count: 12)
    }

    private static func entity(_ source: [UInt8], at place: Int) -> Escape? {
        guard place + 2 < source.count else { return nil }
        var escape: Escape?
        if source[place + 1] == 0x23 {
            if source[place + 2] | 0x20 == 0x78 {
                escape = number(source, from: place + 3, radix: 16, least: 1, most: 8)
                    .map { Escape(.scalar($0.value), count: $0.count + 3) }
            } else {
                escape = number(source, from: place + 2, radix: 10, least: 1, most: 8)
                    .map { Escape(.scalar($0.value), count: $0.count + 2) }
            }
        } else {
            var end = place + 1
            while end < source.count, end - place <= 10, ByteText.isAlphanumeric(source[end]) { end += 1 }
            guard end < source.count, source[end] == 0x3b,
                let value = EntityNames.values[String(decoding: source[place + 1..<end], as: UTF8.self)]
            else { return nil }
            escape = Escape(.scalar(value), count: end - place)
        }
        guard var escape else { return nil }
        if place + escape.count < source.count, source[place + escape.count] == 0x3b { escape.count += 1 }
        return escape
    }

    private static func percent(_ source: [UInt8], at place: Int) -> Escape? {
        // `%u00e4` is no standard, but in use.
        if place + 1 < source.count, source[place + 1] | 0x20 == 0x75,
            let unit = number(source, from: place + 2, radix: 16, least: 4, most: 4)
        {
            return Escape(.scalar(unit.value), count: 6)
        }
        guard let digits = number(source, from: place + 1, radix: 16, least: 2, most: 2) else { return nil }
        return Escape(.byte(UInt8(truncatingIfNeeded: digits.value)), count: 3)
    }

    private static func quotedPrintable(_ source: [UInt8], at place: Int) -> Escape? {
        if let digits = number(source, from: place + 1, radix: 16, least: 2, most: 2) {
            return Escape(.byte(UInt8(truncatingIfNeeded: digits.value)), count: 3)
        }
        var end = place + 1
        while end < source.count, ByteText.isBlank(source[end]) || source[end] == 0x0d { end += 1 }
        return end < source.count && source[end] == 0x0a ? Escape(.nothing, count: end + 1 - place) : nil
    }

    private static func quote(_ source: [UInt8], at place: Int) -> Escape? {
        let sign = source[place]
        let rest = source.dropFirst(place).prefix(5)
        if sign == 0x27 {
            for form in ["'\\''", "'\"'\"'"] where rest.starts(with: form.utf8) {
                return Escape(.byte(sign), count: form.utf8.count)
            }
        }
        return rest.dropFirst().first == sign ? Escape(.byte(sign), count: 2) : nil
    }

    /// `\70`, and `\000070` with a blank behind it in CSS.
    private static func hexBackslash(_ source: [UInt8], at place: Int) -> Escape? {
        guard let digits = number(source, from: place + 1, radix: 16, least: 2, most: 6) else { return nil }
        let end = place + 1 + digits.count
        let hasBlank = end < source.count && ByteText.isBlank(source[end])
        if digits.count == 6 || hasBlank {
            return Escape(.scalar(digits.value), count: digits.count + (hasBlank ? 2 : 1))
        }
        let byte = ByteText.hexValue(source[place + 1]) << 4 | ByteText.hexValue(source[place + 2])
        return Escape(.byte(byte), count: 3)
    }

    /// Between two strings so much stands at most (bytes).
    private static let widestJoint = 64
    private static let border = (end: Array("]]>".utf8), start: Array("<![CDATA[".utf8))
    private static let instructionEnd = Array("?>".utf8)
    private static let comment = (start: Array("<!--".utf8), end: Array("-->".utf8))

    /// What ends a piece of a text and begins the next one.
    private static func joint(_ source: [UInt8], at place: Int) -> Escape? {
        switch source[place] {
        case 0x5d:
            guard starts(source, with: border.end, at: place) else { return nil }
            var end = place + border.end.count
            while end < source.count, source[end] <= 0x20 { end += 1 }
            let isFollowed = starts(source, with: border.start, at: end)
            return Escape(.nothing, count: isFollowed ? end + border.start.count - place : border.end.count)
        case 0x3c:
            if starts(source, with: border.start, at: place) { return Escape(.nothing, count: border.start.count) }
            let isComment = starts(source, with: comment.start, at: place)
            guard isComment || place + 1 < source.count && source[place + 1] == 0x3f else { return nil }
            let mark = isComment ? comment.end : instructionEnd
            let limit = min(source.count, place + widestJoint) - mark.count
            var at = place + 2
            while at <= limit, !starts(source, with: mark, at: at) { at += 1 }
            return at <= limit ? Escape(.nothing, count: at + mark.count - place) : nil
        case 0x5c:
            // A string in a string: `\" + \"`.
            var quote = place
            while quote < source.count, quote - place < 4, source[quote] == 0x5c { quote += 1 }
            guard quote < source.count, isQuote(source[quote]) else { return nil }
            return stringJoint(source, at: quote).map { Escape(.nothing, count: $0 - place) }
        default: return stringJoint(source, at: place).map { Escape(.nothing, count: $0 - place) }
        }
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 || byte == 0x60 }

    private static func starts(_ source: [UInt8], with bytes: [UInt8], at place: Int) -> Bool {
        guard place + bytes.count <= source.count else { return false }
        for index in bytes.indices where source[place + index] != bytes[index] { return false }
        return true
    }

    /// Behind the quote that begins the next string, from the quote on that ends one.
    private static func stringJoint(_ source: [UInt8], at place: Int) -> Int? {
        var end = place + 1
        while end < source.count, end - place < widestJoint {
            let byte = source[end]
            if byte <= 0x20 || ",+.&|\\<".utf8.contains(byte) {
                end += 1
            } else if let close = ByteText.behindComment(source, at: end, before: min(source.count, end + widestJoint))
            {
                end = close
            } else {
                break
            }
        }
        // `L"…"`, `$'…'`
        var quote = end
        while quote < source.count, quote - end < 2, "LuUrRbBfF$@".utf8.contains(source[quote]) { quote += 1 }
        if quote < source.count, isQuote(source[quote]) { return quote + 1 }
        return end < source.count && isQuote(source[end]) ? end + 1 : nil
    }

    /// A quote in a word: between letters, beside a sign that a shell would take for its own, or around one sign.
    private static func lone(_ source: [UInt8], at place: Int) -> Escape? {
        guard place > 0, place + 1 < source.count else { return nil }
        let (before, after) = (source[place - 1], source[place + 1])
        let letters = [before, after].count(where: ByteText.isAlphanumeric)
        if letters == 2 { return Escape(.nothing, count: 1) }
        guard letters == 1 else { return nil }
        let isBehind = ByteText.isAlphanumeric(before)
        let sign = isBehind ? after : before
        if "&|<$#*?~!^@%\\".utf8.contains(sign) { return Escape(.nothing, count: 1) }
        // Those that other languages have beside a quote, too.
        let other = isBehind ? place + 2 : place - 2
        guard "();>{}[]".utf8.contains(sign), source.indices.contains(other), source[other] == source[place] else {
            return nil
        }
        return Escape(.nothing, count: 1)
    }

    /// A sign behind another one that takes its meaning away.
    private static func literal(_ source: [UInt8], behind place: Int, signs: String) -> Escape? {
        guard place + 1 < source.count, signs.utf8.contains(source[place + 1]) else { return nil }
        return Escape(.byte(source[place + 1]), count: 2)
    }
}

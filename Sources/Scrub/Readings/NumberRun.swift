/// A list of numbers and characters in a text, each of them a byte: `0x1f, 0x8b`, `1f:8b`, `[31, 139]`, `'p', 'w'`, `037 213`.
struct NumberRun {
    private enum Form {
        /// `0x1f`
        case prefixed
        /// `\x1f`, in a string.
        case escaped
        /// Digits alone.
        case bare
        /// `0o163`, `0163`
        case octal
        /// `'p'`
        case character
    }

    private struct Token {
        var form: Form
        /// Its digits, or its character.
        var place: Range<Int>
        /// What an escape in quotes stands for: `'\''`.
        var escaped: UInt8?
    }

    private let source: [UInt8]
    private var tokens: [Token] = []
    /// Behind its last number.
    private(set) var end: Int

    /// Blanks, line ends, and signs between numbers.
    private static let isGap: [Bool] = (0..<256).map { $0 <= 0x20 || ",;:-{}[]()+|$".utf8.contains(UInt8($0)) }

    /// How many numbers there are.
    var count: Int { tokens.count }

    /// Fewer numbers without a sign in front are something else.
    private static let fewestBare = 8
    /// Between two numbers at most so much stands (bytes).
    private static let widestGap = 40

    /// Reads from one number on, as long as others follow.
    init(_ source: [UInt8], from start: Int) {
        self.source = source
        end = start
        var at = start
        while let token = token(at: at) {
            if let last = tokens.last, !isFollowed(last, by: token) { break }
            tokens.append(token)
            at = token.place.upperBound
            if token.form == .character { at += 1 }
            // `31U`, `1fh`
            if at < source.count, source[at] | 0x20 == 0x75 || source[at] | 0x20 == 0x68 { at += 1 }
            end = at
            at = behindGap(from: at, isInString: token.form == .escaped)
        }
    }

    /// Words of digits without anything between them are no list, and neither are `12 'a'`.
    private func isFollowed(_ last: Token, by next: Token) -> Bool {
        if last.form == .character || next.form == .character || last.form != .bare { return true }
        return next.place.lowerBound > last.place.upperBound
    }

    private func token(at place: Int) -> Token? {
        guard place < source.count else { return nil }
        let byte = source[place]
        if byte == 0x27 || byte == 0x22 {
            guard place + 2 < source.count, source[place + 1] >= 0x20, source[place + 1] != byte else { return nil }
            if source[place + 1] == 0x5c, place + 3 < source.count, source[place + 3] == byte {
                let escaped = source[place + 2]
                guard escaped > 0x20, !ByteText.isAlphanumeric(escaped) else { return nil }
                return Token(form: .character, place: place + 1..<place + 3, escaped: escaped)
            }
            guard source[place + 2] == byte, source[place + 1] != 0x5c, !isKey(behind: place + 3) else { return nil }
            return Token(form: .character, place: place + 1..<place + 2)
        }
        if byte == 0x30, let octal = octal(at: place) { return octal }
        let isPrefixed =
            (byte == 0x30 || byte == 0x5c) && place + 1 < source.count && source[place + 1] | 0x20 == 0x78
        let first = isPrefixed ? place + 2 : place
        var end = first
        let most = byte == 0x5c ? 2 : 4
        while end < source.count, end - first < most, ByteText.isHexDigit(source[end]) { end += 1 }
        guard (1...(isPrefixed ? 2 : 3)).contains(end - first) else { return nil }
        // Assemblers want a digit first: `0a5h`.
        let hasZero = !isPrefixed && end - first == 3 && source[first] == 0x30
        if byte != 0x5c, end < source.count, ByteText.isAlphanumeric(source[end]) {
            guard source[end] | 0x20 == 0x75 || source[end] | 0x20 == 0x68,
                end + 1 == source.count || !ByteText.isAlphanumeric(source[end + 1])
            else { return nil }
            if hasZero, source[end] | 0x20 == 0x68 { return Token(form: .bare, place: first + 1..<end) }
        }
        return Token(form: byte == 0x5c ? .escaped : isPrefixed ? .prefixed : .bare, place: first..<end)
    }

    /// Whether what ends in front of a place is the name of a member of JSON.
    private func isKey(behind place: Int) -> Bool {
        var at = place
        while at < source.count, ByteText.isBlank(source[at]) { at += 1 }
        return at < source.count && source[at] == 0x3a
    }

    /// `0o163` of Python, `0163` of C.
    private func octal(at place: Int) -> Token? {
        let first = place + 1 < source.count && source[place + 1] | 0x20 == 0x6f ? place + 2 : place
        var end = first
        while end < source.count, end - first < 5, (0x30...0x37).contains(source[end]) { end += 1 }
        guard end == source.count || !ByteText.isAlphanumeric(source[end]) else { return nil }
        // `062` of a list in C; rows of od have no commas.
        let isShort = first == place && end - first == 3 && end < source.count && source[end] == 0x2c
        return isShort || (first > place ? 1...3 : 4...4).contains(end - first)
            ? Token(form: .octal, place: first..<end) : nil
    }

    /// Behind signs, blanks and line ends that separate two numbers, and comments.
    ///
    /// - Parameter isInString: whether quotes end a string and begin the next; else a character may stand in them.
    private func behindGap(from start: Int, isInString: Bool) -> Int {
        var at = start
        while at < source.count, at - start < Self.widestGap {
            let byte = source[at]
            if Self.isGap[Int(byte)] || byte == 0x26 || byte == 0x2e && source[at - 1] == 0x29 {
                at += 1
                // The offset in front of a line of od.
                if byte == 0x0a, let next = behindOffset(at: at) { at = next }
            } else if byte == 0x22 || byte == 0x27 {
                // Of `"\x1f" "\x8b"`; but not that of a character.
                guard isInString || token(at: at) == nil else { return at }
                at += 1
            } else if byte == 0x5c, at + 1 < source.count, source[at + 1] == 0x0a || source[at + 1] == 0x0d {
                at += 1
            } else if !isInString, let next = behindWord(at: at) {
                at = next
            } else if ByteText.has("/*", bytes: source, at: at) {
                guard let last = (at + 2..<min(source.count, at + 82)).first(where: { source[$0] == 0x2f }),
                    source[last - 1] == 0x2a
                else { return at }
                at = last + 1
            } else {
                return at
            }
        }
        return at
    }

    private static let directives: Set<String> = ["byte", "db", "dc.b", "dcb", "defb", "fcb", "dfb"]
    private static let longestDirective = 4

    /// Behind the name of what makes a character or a byte of a number: `chr(112)`, `(byte)0x70`.
    private func behindWord(at place: Int) -> Int? {
        var end = place
        if source[end] == 0x2e { end += 1 }
        let first = end
        while end < source.count, end - place <= 24,
            ByteText.isAlphanumeric(source[end]) || "_.".utf8.contains(source[end])
        {
            end += 1
        }
        // An assembler's line for each byte.
        if end - first <= Self.longestDirective, end < source.count, ByteText.isBlank(source[end]),
            Self.directives.contains(String(decoding: source[first..<end], as: UTF8.self).lowercased())
        {
            return end + 1
        }
        // `ff` is a number.
        guard first == place, end - place > 2, end < source.count, ByteText.isLetter(source[place]) else { return nil }
        if source[end] == 0x28 { return end + 1 }
        return source[end] == 0x29 && place > 0 && source[place - 1] == 0x28 ? end + 1 : nil
    }

    /// Behind the number of six digits or more that begins a line, and the blank behind it; nil where there is none.
    private func behindOffset(at place: Int) -> Int? {
        guard let end = ByteText.behindAddress(source, at: place), ByteText.isBlank(source[end]) else { return nil }
        return end + 1
    }

    /// What the numbers may mean: digits alone can be read in several ways.
    var readings: [WrittenBytes] {
        if tokens.contains(where: { $0.form != .bare }) { return [reading(radix: 10)].compactMap { $0 } }
        // Times, addresses of IPv4 and MAC addresses are no text.
        guard tokens.count >= Self.fewestBare else { return [] }
        return [16, 10, 8].compactMap { reading(radix: $0) }
    }

    /// What is written over the digits.
    private func notation(radix: Int) -> Notation {
        if tokens.contains(where: { $0.form == .octal }) { return .octal }
        if tokens.contains(where: { $0.form == .prefixed || $0.form == .escaped }) { return .hex }
        return radix == 10 ? .decimal : radix == 8 ? .octal : .hex
    }

    /// The numbers without such at their ends as do not belong to them: the 1 of `hex(1):70,00,73,00`.
    private func fitting(radix: Int) -> ArraySlice<Token> {
        let width = radix == 16 ? 2 : radix == 8 ? 3 : 0
        var tokens = tokens[...]
        func isOther(_ token: Token?) -> Bool {
            guard let token, token.form == .bare else { return false }
            return width > 0 ? token.place.count != width : !source[token.place].allSatisfy(ByteText.isDigit)
        }
        guard tokens.count >= Self.fewestBare else { return tokens }
        for _ in 0..<2 where isOther(tokens.first) { tokens.removeFirst() }
        for _ in 0..<2 where isOther(tokens.last) { tokens.removeLast() }
        return tokens.count >= Self.fewestBare ? tokens : self.tokens[...]
    }

    /// - Parameter radix: of numbers without a sign in front.
    /// - Returns: nil where one of them is no byte in that.
    private func reading(radix: Int) -> WrittenBytes? {
        let tokens = fitting(radix: radix)
        var reading = WrittenBytes(notation: notation(radix: radix))
        for token in tokens {
            switch token.form {
            case .character:
                let byte = token.escaped ?? source[token.place.lowerBound]
                reading.append(byte, at: token.place, isCharacter: true)
            case .prefixed, .escaped, .bare, .octal:
                let radix = token.form == .bare ? radix : token.form == .octal ? 8 : 16
                if radix == 16, token.form == .bare, token.place.count != 2 { return nil }
                if radix == 8, token.form == .bare, token.place.count != 3 { return nil }
                var value = 0
                for digit in source[token.place] {
                    let digit = Int(ByteText.hexValue(digit))
                    guard digit < radix else { return nil }
                    value = value * radix + digit
                }
                guard let byte = UInt8(exactly: value) else { return nil }
                reading.append(byte, at: token.place)
            }
        }
        return reading
    }
}

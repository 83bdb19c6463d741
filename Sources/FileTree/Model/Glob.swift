/// A pattern over bytes as shells have it: `*` and `?`, `[a-z]`, `[!a-z]`, `[[:digit:]]`, a backslash in front of what is meant
/// literally; a backslash and three octal digits for a byte, as names are printed.
package struct Glob: Sendable, Hashable {
    private enum Token: Sendable, Hashable {
        case byte(UInt8)
        case anyByte
        case anyBytes
        case oneOf([ClosedRange<UInt8>], isInverted: Bool)
    }

    private let tokens: [Token]

    /// A pattern as a user writes it; every text is one.
    package init(_ text: some Collection<UInt8>) {
        var tokens: [Token] = []
        var rest = Array(text)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"): if tokens.last != .anyBytes { tokens.append(.anyBytes) }
            case UInt8(ascii: "?"): tokens.append(.anyByte)
            case UInt8(ascii: "\\"): tokens.append(.byte(Self.octal(&rest) ?? rest.popFirst() ?? byte))
            case UInt8(ascii: "["):
                if let (set, after) = Self.set(rest) {
                    tokens.append(set)
                    rest = after
                } else {
                    tokens.append(.byte(byte))
                }
            default: tokens.append(.byte(byte))
            }
        }
        self.tokens = tokens
    }

    /// The same pattern for texts whose ASCII letters are small; such are to be compared.
    package var lowercased: Glob {
        Glob(
            tokens: tokens.map { token in
                switch token {
                case .byte(let byte): .byte(byte.lowercasedASCII)
                case .oneOf(let ranges, let isInverted):
                    // What of a range are capital letters, as small ones besides.
                    .oneOf(
                        ranges
                            + ranges.compactMap { range in
                                let capitals = range.clamped(to: UInt8(ascii: "A")...UInt8(ascii: "Z"))
                                guard range.overlaps(capitals) else { return nil }
                                return capitals.lowerBound.lowercasedASCII...capitals.upperBound.lowercasedASCII
                            }, isInverted: isInverted)
                case .anyByte, .anyBytes: token
                }
            })
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    /// Whether the whole text matches.
    package func matches(_ text: [UInt8]) -> Bool {
        var at = 0
        var token = 0
        // Only the latest `*` needs another try: what it took can always be taken by it instead of an earlier one.
        var retry: (at: Int, token: Int)?
        while at < text.count {
            if token < tokens.count {
                switch tokens[token] {
                case .anyBytes:
                    retry = (at, token + 1)
                    token += 1
                    continue
                case .byte(text[at]), .anyByte:
                    at += 1
                    token += 1
                    continue
                case .oneOf(let ranges, let isInverted) where ranges.contains { $0.contains(text[at]) } != isInverted:
                    at += 1
                    token += 1
                    continue
                default: break
                }
            }
            guard let last = retry else { return false }
            retry = (last.at + 1, last.token)
            at = last.at + 1
            token = last.token
        }
        return tokens[token...].allSatisfy { $0 == .anyBytes }
    }

    /// The byte that three octal digits are; nil for anything else.
    private static func octal(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
        let digits = rest.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }),
            let byte = UInt8(exactly: digits.reduce(0) { $0 << 3 | Int($1 & 7) })
        else { return nil }
        rest = rest.dropFirst(3)
        return byte
    }

    /// What stands between brackets; nil when they are not closed.
    private static func set(_ text: ArraySlice<UInt8>) -> (Token, rest: ArraySlice<UInt8>)? {
        var rest = text
        let isInverted = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isInverted { rest.removeFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        var isFirst = true
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "]"), !isFirst { return (.oneOf(ranges, isInverted: isInverted), rest) }
            isFirst = false
            if byte == UInt8(ascii: "["), let (members, after) = characterClass(rest) {
                ranges += members
                rest = after
                continue
            }
            var low = byte
            if byte == UInt8(ascii: "\\"), let next = octal(&rest) ?? rest.popFirst() { low = next }
            var high = low
            if rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first, end != UInt8(ascii: "]") {
                rest = rest.dropFirst(2)
                high = end
            }
            // `[z-a]` is none of them.
            if low <= high { ranges.append(low...high) }
        }
        return nil
    }

    /// `:digit:]`, behind a bracket; nil for what is none.
    private static func characterClass(
        _ text: ArraySlice<UInt8>
    ) -> (members: [ClosedRange<UInt8>], rest: ArraySlice<UInt8>)? {
        guard text.first == UInt8(ascii: ":"), let end = text.dropFirst().firstIndex(of: UInt8(ascii: ":")),
            end + 1 < text.endIndex, text[end + 1] == UInt8(ascii: "]"),
            let members = classes[String(decoding: text[(text.startIndex + 1)..<end], as: UTF8.self)]
        else { return nil }
        return (members, text[(end + 2)...])
    }

    /// As in the C locale.
    private static let classes: [String: [ClosedRange<UInt8>]] = {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let small = UInt8(ascii: "a")...UInt8(ascii: "z")
        return [
            "digit": [digits], "upper": [capitals], "lower": [small], "alpha": [capitals, small],
            "alnum": [digits, capitals, small], "space": [0x09...0x0d, 0x20...0x20],
            "blank": [0x09...0x09, 0x20...0x20],
            "cntrl": [0x00...0x1f, 0x7f...0x7f], "print": [0x20...0x7e], "graph": [0x21...0x7e],
            "punct": [0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e],
            "xdigit": [digits, UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "a")...UInt8(ascii: "f")],
        ]
    }()
}

extension UInt8 {
    /// A small letter for a capital one of ASCII.
    package var lowercasedASCII: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self + 0x20 : self }
}

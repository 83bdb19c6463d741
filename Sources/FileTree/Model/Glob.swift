/// A pattern over characters as shells have it: `*` and `?`, `[a-z]`, `[!a-z]`, `[[:digit:]]`, a backslash in front of what is
/// meant literally; a backslash and three octal digits for a byte, as names are printed.
///
/// As with find in a locale of UTF-8, characters are those of UTF-8 where text and pattern are both valid, else bytes.
package struct Glob: Sendable, Hashable {
    private enum Token: Sendable, Hashable {
        case character(UInt32)
        case anyCharacter
        case anyCharacters
        case oneOf(GlobSet)
    }

    /// nil where the pattern is not valid UTF-8.
    private let characters: [Token]?
    private let bytes: [Token]
    private var ignoresCase = false

    /// A pattern as a user writes it; every text is one.
    package init(_ text: some Collection<UInt8>) {
        let elements = GlobElement.elements(of: text)
        characters = GlobElement.characters(of: elements).map { Self.tokens($0) }
        bytes = Self.tokens(elements.map { GlobElement(value: GlobText.unit($0.value), isLiteral: $0.isLiteral) })
    }

    /// The same pattern for capital and small letters alike.
    package var ignoringCase: Glob {
        var glob = self
        glob.ignoresCase = true
        return glob
    }

    private static func tokens(_ elements: [GlobElement]) -> [Token] {
        var tokens: [Token] = []
        var rest = elements[...]
        while let element = rest.popFirst() {
            if element.isSign("*") {
                if tokens.last != .anyCharacters { tokens.append(.anyCharacters) }
            } else if element.isSign("?") {
                tokens.append(.anyCharacter)
            } else if element.isSign("["), let (set, after) = GlobSet.reading(rest) {
                tokens.append(.oneOf(set))
                rest = after
            } else {
                tokens.append(.character(element.value))
            }
        }
        return tokens
    }

    /// Whether the whole text matches.
    package func matches(_ text: [UInt8]) -> Bool {
        if let characters, let text = GlobText.characters(of: text) { return matches(text, by: characters) }
        return matches(text.map { GlobText.unit(UInt32($0)) }, by: bytes)
    }

    private func matches(_ text: [UInt32], by tokens: [Token]) -> Bool {
        var at = 0
        var token = 0
        // Only the latest `*` needs another try: what it took can always be taken by it instead of an earlier one.
        var retry: (at: Int, token: Int)?
        while at < text.count {
            if token < tokens.count {
                if tokens[token] == .anyCharacters {
                    retry = (at, token + 1)
                    token += 1
                    continue
                }
                if isOne(text[at], of: tokens[token]) {
                    at += 1
                    token += 1
                    continue
                }
            }
            guard let last = retry else { return false }
            retry = (last.at + 1, last.token)
            at = last.at + 1
            token = last.token
        }
        return tokens[token...].allSatisfy { $0 == .anyCharacters }
    }

    private func isOne(_ character: UInt32, of token: Token) -> Bool {
        switch token {
        case .anyCharacter: true
        case .anyCharacters: false
        case .character(let wanted):
            character == wanted || ignoresCase && GlobText.small(character) == GlobText.small(wanted)
        case .oneOf(let set): set.contains(character, ignoringCase: ignoresCase) != set.isInverted
        }
    }
}

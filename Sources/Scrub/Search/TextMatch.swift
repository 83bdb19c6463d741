/// Something that was found in a text.
struct TextMatch: Sendable {
    /// What found it.
    enum Origin: Sendable, Hashable {
        /// The index in `SecretSearch.rules`.
        case rule(Int)
        /// The index in `SecretSearch.secrets`.
        case secret(Int, Notation)
    }

    var origin: Origin
    /// With what surrounds it, for an excerpt.
    var match: Range<Int>
    /// The bytes that must go.
    var secret: Range<Int>
    /// Which of these bytes belong to something else (word-swapped dumps), where true; empty if none.
    var foreign: [Bool] = []

    var notation: Notation {
        if case .secret(_, let notation) = origin { return notation }
        return .plain
    }
}

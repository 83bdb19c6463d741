import FlashBytes

/// What is found without a name beside it.
extension SecretSearch {
    /// Fields of fixed width in C structs.
    func findFields(_ text: RawSpan, path: [UInt8]?, state: State, into found: inout [TextMatch]) {
        let rules = rules.indices.filter {
            self.rules[$0].finder == .fields && applies($0, path: path, state: state)
        }
        if rules.isEmpty { return }
        for (kind, place) in FixedWidthFields.find(text) {
            guard let rule = rules.first(where: { self.rules[$0].kind == kind }) else { continue }
            found.append(TextMatch(origin: .rule(rule), match: place, secret: place))
        }
    }

    /// Words that look like keys, in a text of which the context is lost.
    func fragments(_ text: RawSpan, path: [UInt8]?, state: State) -> [TextMatch] {
        let wanted = rules.indices.filter {
            rules[$0].finder == .fragments && applies($0, path: path, state: state)
        }
        guard let rule = wanted.first else { return [] }
        return KeyLikeWords.find(text).map { TextMatch(origin: .rule(rule), match: $0, secret: $0) }
    }
}

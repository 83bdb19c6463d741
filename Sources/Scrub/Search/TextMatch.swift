import FlashBytes

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
    /// What is written over digits of base64; nil where no bits of others are in them.
    var digits: DigitMask?
    /// Whether it is a number that has to stay one.
    var isNumber = false
    /// The value of which `secret` is one of several pieces; nil where it is all of it.
    var whole: [UInt8]?

    var notation: Notation {
        if case .secret(_, let notation) = origin { return notation }
        return .plain
    }
}

extension [TextMatch] {
    /// Takes out what rules found at some places, with all its pieces.
    mutating func removeRules(from isPlace: (Int) -> Bool) {
        func isRule(_ match: TextMatch) -> Bool {
            if case .rule = match.origin { true } else { false }
        }
        let places = filter { isRule($0) && isPlace($0.secret.lowerBound) }
        if places.isEmpty { return }
        let wholes = Set(places.compactMap(\.whole))
        removeAll { isRule($0) && (isPlace($0.secret.lowerBound) || $0.whole.map(wholes.contains) ?? false) }
    }

    /// Where several rules find the same bytes, the first one stays; known secrets always stay.
    var withoutOverlaps: [TextMatch] {
        if count < 2 { return self }
        func rank(_ match: TextMatch) -> Int {
            switch match.origin {
            case .secret: -1
            case .rule(let index): index
            }
        }
        let sorted = self.sorted {
            $0.secret.lowerBound != $1.secret.lowerBound
                ? $0.secret.lowerBound < $1.secret.lowerBound : rank($0) < rank($1)
        }
        var kept: [TextMatch] = []
        for match in sorted {
            if let last = kept.last, last.secret.overlaps(match.secret) {
                // The longer range covers both; the better rule names it.
                let union = last.secret.lowerBound..<Swift.max(last.secret.upperBound, match.secret.upperBound)
                let best = rank(match) < rank(last) ? match : last
                if last.foreign.isEmpty, match.foreign.isEmpty {
                    kept[kept.count - 1] = TextMatch(
                        origin: best.origin,
                        match: Swift.min(
                            last.match.lowerBound, match.match.lowerBound)..<Swift.max(
                                last.match.upperBound, match.match.upperBound), secret: union)
                    kept[kept.count - 1].isNumber =
                        last.isNumber && match.isNumber || last.isNumber && last.secret == union
                    kept[kept.count - 1].whole = last.whole ?? match.whole
                    if match.secret.upperBound > last.secret.upperBound {
                        kept[kept.count - 1].digits = match.digits.flatMap { last.digits?.joined(with: $0) }
                    } else {
                        kept[kept.count - 1].digits = last.digits
                    }
                    continue
                }
            }
            kept.append(match)
        }
        return kept
    }
}

extension [Range<Int>] {
    /// Whether a place is in one of them, which ascend and do not overlap.
    func hasRange(at place: Int) -> Bool {
        let next = partitionPoint { $0.upperBound <= place }
        return next < count && self[next].lowerBound <= place
    }
}

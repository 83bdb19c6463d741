/// What stands between the brackets of a pattern.
struct GlobSet: Sendable, Hashable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var classes: [GlobClass] = []
    /// Whether all others are meant.
    private(set) var isInverted = false

    /// Whether a character is between the brackets; classes have the case that they say also where it is ignored, as for find.
    func contains(_ character: UInt32, ignoringCase: Bool) -> Bool {
        if isInRange(character) { return true }
        if ignoringCase {
            let (small, capital) = (GlobText.small(character), GlobText.capital(character))
            // The other sigma at the end of a word has the capital of the common one, but is another letter.
            if isInRange(small) || GlobText.small(capital) == small && isInRange(capital) { return true }
        }
        guard !classes.isEmpty, let scalar = Unicode.Scalar(character) else { return false }
        return classes.contains { $0.contains(scalar) }
    }

    private func isInRange(_ character: UInt32) -> Bool { ranges.contains { $0.contains(character) } }

    /// Reads what stands behind the first bracket; nil when it is not closed.
    static func reading(_ text: ArraySlice<GlobElement>) -> (set: GlobSet, rest: ArraySlice<GlobElement>)? {
        var rest = text
        var set = GlobSet()
        if let first = rest.first, first.isSign("!") || first.isSign("^") {
            set.isInverted = true
            rest.removeFirst()
        }
        var isFirst = true
        while let element = rest.popFirst() {
            if element.isSign("]"), !isFirst { return (set, rest) }
            isFirst = false
            if element.isSign("["), let (members, after) = characterClass(rest) {
                set.classes.append(members)
                rest = after
                continue
            }
            var high = element.value
            if let sign = rest.first, sign.isSign("-"), let end = rest.dropFirst().first, !end.isSign("]") {
                rest = rest.dropFirst(2)
                high = end.value
            }
            // `[z-a]` is none of them.
            if element.value <= high { set.ranges.append(element.value...high) }
        }
        return nil
    }

    /// `:digit:]`, behind a bracket; nil for what is none.
    private static func characterClass(
        _ text: ArraySlice<GlobElement>
    ) -> (members: GlobClass, rest: ArraySlice<GlobElement>)? {
        guard let colon = text.first, colon.isSign(":"),
            let end = text.dropFirst().firstIndex(where: { $0.isSign(":") }), end + 1 < text.endIndex,
            text[end + 1].isSign("]")
        else { return nil }
        let letters = text[(text.startIndex + 1)..<end].map { UInt8(truncatingIfNeeded: $0.value) }
        guard let members = GlobClass(rawValue: String(decoding: letters, as: UTF8.self)) else { return nil }
        return (members, text[(end + 2)...])
    }
}

/// A class of characters, as the locale C.UTF-8 has them.
private enum GlobClass: String, Sendable {
    case alnum, alpha, blank, cntrl, digit, graph, lower, print, punct, space, upper, xdigit

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return switch self {
        case .digit: ("0"..."9").contains(scalar)
        case .xdigit: properties.isASCIIHexDigit
        case .upper: properties.isUppercase
        case .lower: properties.isLowercase
        // The digits of other scripts are letters to C.
        case .alpha:
            properties.isAlphabetic || properties.generalCategory == .decimalNumber && !scalar.isASCII
        case .alnum: Self.alpha.contains(scalar) || Self.digit.contains(scalar)
        case .space: properties.isWhitespace && !Self.isKeptTogether(scalar)
        case .blank:
            scalar == "\t" || properties.generalCategory == .spaceSeparator && !Self.isKeptTogether(scalar)
        case .cntrl: Self.isControl(properties)
        case .print: !Self.isControl(properties) && properties.generalCategory != .unassigned
        case .graph: Self.print.contains(scalar) && !Self.space.contains(scalar)
        case .punct: Self.graph.contains(scalar) && !Self.alnum.contains(scalar)
        }
    }

    /// Spaces at which no line ends are none to C.
    private static func isKeptTogether(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{a0}" || scalar == "\u{2007}" || scalar == "\u{202f}"
    }

    private static func isControl(_ properties: Unicode.Scalar.Properties) -> Bool {
        [.control, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
    }
}

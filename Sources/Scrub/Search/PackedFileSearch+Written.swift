import FlashBytes

/// Settings of which names or values are written with escapes or in numbers.
extension PackedFileSearch {
    /// How far in front of a value its name may begin (bytes).
    private static let longestName = 64
    /// Between its name and its first number so much stands at most (bytes).
    private static let widestSign = 48

    /// Keys of 128 and of 256 bits (bytes).
    static let keySizes: Set<Int> = [16, 32]

    /// A list of numbers or characters that has a name: `char password[] = { 0x4b, 0x71 }`, `"password": [75, 113]`.
    func named(_ written: WrittenBytes, in layer: Layer, sink: inout Sink, state: SecretSearch.State) {
        guard let first = written.firstNumber, let name = Self.name(before: first, in: layer.bytes),
            SettingMeaning.of(name) != nil
        else { return }
        var value = written.bytes[...]
        // C ends a text with it.
        while value.last == 0 { value.removeLast() }
        // The numbers of a key of 128 or 256 bits are no characters.
        let isKey =
            Self.keySizes.contains(written.bytes.count) && !written.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x22 }
        if isKey { value = hexadecimal(written.bytes).utf8.map { $0 }[...] }
        guard value.count >= KnownSecret.minimumLength, value.allSatisfy({ $0 >= 0x20 && $0 != 0x22 }) else { return }
        let lead = name + Array("=\"".utf8)
        let text = lead + value + [0x22, 0x0a]
        let span = unsafe text.span.bytes
        for match in search.search(span, in: 0..<text.count, path: nil, isProgram: false, state: state) {
            guard case .rule = match.origin, match.secret.lowerBound >= lead.count,
                match.secret.upperBound <= lead.count + value.count
            else { continue }
            let finding = ScrubFinding(match: match, in: span, search: search, place: sink.place.place(at: first))
            let own =
                isKey
                ? 0..<written.bytes.count : match.secret.lowerBound - lead.count..<match.secret.upperBound - lead.count
            sink.add(finding, parts: written.parts(of: own, in: layer.bytes).flatMap(layer.written(by:)))
        }
    }

    /// The name that a list has: behind it stand a sign, the type of an array, and brackets.
    private static func name(before place: Int, in bytes: [UInt8]) -> [UInt8]? {
        let limit = max(0, place - widestSign)
        var at = place
        func skip(_ isSkipped: (UInt8) -> Bool) { while at > limit, isSkipped(bytes[at - 1]) { at -= 1 } }
        // `0x`, and the quote of a character.
        if at > limit + 1, "xXo".utf8.contains(bytes[at - 1]), bytes[at - 2] == 0x30 { at -= 2 }
        skip { $0 == 0x22 || $0 == 0x27 }
        let first = at
        skip { $0 <= 0x20 || "[{(".utf8.contains($0) }
        guard bytes[at..<first].contains(where: { "[{(".utf8.contains($0) }) else { return nil }
        // `= bytes([`, `= new byte[] {`
        if at > limit, bytes[at - 1] == 0x5d || ByteText.isName(bytes[at - 1]) {
            skip { ByteText.isName($0) || $0 <= 0x20 }
        }
        guard at > limit, bytes[at - 1] == 0x3d || bytes[at - 1] == 0x3a else { return nil }
        at -= 1
        skip { $0 <= 0x20 || $0 == 0x22 || $0 == 0x27 }
        if at > limit, bytes[at - 1] == 0x5d, let open = bytes[limit..<at].lastIndex(of: 0x5b) { at = open }
        let end = at
        while at > 0, end - at <= longestName, ByteText.isName(bytes[at - 1]), bytes[at - 1] != 0x5b,
            bytes[at - 1] != 0x5d
        {
            at -= 1
        }
        return end > at ? Array(bytes[at..<end]) : nil
    }

    /// What rules find in parts of a text that have escapes in them, once those are read: a form in an address, XML in XML,
    /// JSON in a string. What stands there without an escape was found as it is.
    func escapedSettings(
        in layer: Layer, sink: inout Sink, decoded: inout Int, state: SecretSearch.State
    ) {
        for syntax in [EscapedText.Syntax.percents, .entities] {
            for lines in EscapedText.lines(of: syntax, in: layer.bytes) {
                guard take(lines.count, of: &decoded, at: sink.place, state: state) else { return }
                guard let read = EscapedText(Array(layer.bytes[lines]), syntax: syntax) else { continue }
                rules(in: read.bytes, of: layer, sink: &sink, state: state) { place in
                    guard read.escapes.hasAny(in: Self.near(place)), Self.isDelimited(place, in: read) else {
                        return []
                    }
                    return read.parts(of: WrittenPart(place: place, notation: .plain))
                        .map { $0.moved(by: lines.lowerBound) }
                }
            }
        }
        let source = SettingsSource(path: sink.place.plain, text: layer.bytes, range: 0..<layer.bytes.count)
        if source.isCode { return }
        // Each string by itself: `\"x\"","y"` ends where the string does.
        let strings = StringTexts(layer.bytes, in: 0..<layer.bytes.count, wantsEscapes: true)
        guard !strings.texts.isEmpty, take(strings.bytes.count, of: &decoded, at: sink.place, state: state) else {
            return
        }
        rules(in: strings.bytes, of: layer, sink: &sink, state: state) { place in
            guard strings.hasEscape(in: Self.near(place)) else { return [] }
            return strings.parts(of: place)
        }
    }

    /// Whether both quotes around a value are written in the same way: `"a&quot;` has the end of another string.
    private static func isDelimited(_ value: Range<Int>, in read: EscapedText) -> Bool {
        guard value.lowerBound > 0, value.upperBound < read.bytes.count else { return true }
        let (before, after) = (read.bytes[value.lowerBound - 1], read.bytes[value.upperBound])
        guard [0x22, 0x27].contains(before) || [0x22, 0x27].contains(after) else { return true }
        func isEscaped(_ place: Int) -> Bool { read.escapes.hasAny(in: place..<place + 1) }
        return isEscaped(value.lowerBound - 1) == isEscaped(value.upperBound)
    }

    /// A value, and what its name may be written with.
    private static func near(_ value: Range<Int>) -> Range<Int> {
        max(0, value.lowerBound - longestName)..<value.upperBound + 1
    }

    /// What rules find in a text that was read from a layer, and that `parts` finds there.
    private func rules(
        in text: [UInt8], of layer: Layer, sink: inout Sink, state: SecretSearch.State,
        parts: (Range<Int>) -> [WrittenPart]
    ) {
        let span = unsafe text.span.bytes
        var rejected: Set<[UInt8]> = []
        for match in search.search(span, in: 0..<text.count, path: sink.place.plain, isProgram: false, state: state) {
            guard case .rule = match.origin, match.whole.map({ !rejected.contains($0) }) ?? true else { continue }
            let parts = parts(match.secret)
            guard let first = parts.first else {
                // Of a value that is none, no piece is one.
                if let whole = match.whole { rejected.insert(whole) }
                continue
            }
            let finding = ScrubFinding(
                match: match, in: span, search: search, place: sink.place.place(at: first.place.lowerBound))
            sink.add(finding, parts: parts.flatMap(layer.written(by:)))
        }
    }
}

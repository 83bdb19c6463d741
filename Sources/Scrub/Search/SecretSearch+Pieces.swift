import FlashBytes

extension SecretSearch {
    /// Notes what a rule found, and where it goes on: a pattern sees the first piece of a value alone.
    func note(
        _ rule: Int, match: Range<Int>, secret: Range<Int>, text: RawSpan, path: [UInt8]?,
        into found: inout [TextMatch]
    ) {
        let pieces = rules[rule].kind == .record ? [] : further(behind: secret, text: text, path: path)
        let parts = pieces.isEmpty ? [] : ([secret] + pieces).compactMap { try? text.bytes(in: $0) }
        let whole = pieces.isEmpty ? nil : Array(parts.joined())
        let isNumber = Self.isNumber(secret, in: text)
        found.append(
            TextMatch(origin: .rule(rule), match: match, secret: secret, isNumber: isNumber, whole: whole))
        for piece in pieces {
            found.append(TextMatch(origin: .rule(rule), match: piece, secret: piece, whole: whole))
        }
    }

    /// Whether a value is a number of JSON: nothing but a colon or a bracket stands in front of it.
    static func isNumber(_ value: Range<Int>, in text: RawSpan) -> Bool {
        guard value.count <= 32, value.lowerBound > 0, let bytes = try? text.bytes(in: value),
            ByteText.isNumber(bytes)
        else { return false }
        var at = value.lowerBound - 1
        while at > 0, let byte = try? text.uint8(at: at), byte <= 0x20 { at -= 1 }
        guard at > 0, (try? text.uint8(at: at)) == 0x3a else { return false }
        at -= 1
        while at > 0, let byte = try? text.uint8(at: at), byte <= 0x20 { at -= 1 }
        guard (try? text.uint8(at: at)) == 0x22 else { return false }
        guard value.upperBound < text.byteCount, let next = try? text.uint8(at: value.upperBound) else { return true }
        return next <= 0x20 || next == 0x2c || next == 0x7d || next == 0x5d
    }

    private func further(behind value: Range<Int>, text: RawSpan, path: [UInt8]?) -> [Range<Int>] {
        guard let next = try? text.uint8(at: value.upperBound), ValuePieces.mayFollow(next) else { return [] }
        let start = max(0, value.lowerBound - 1)
        let end = min(text.byteCount, value.upperBound + ValuePieces.reach)
        guard let bytes = try? text.bytes(in: start..<end) else { return [] }
        let head = (try? text.bytes(in: 0..<min(64, text.byteCount))) ?? []
        let source = SettingsSource(path: path, text: head, range: 0..<head.count)
        return ValuePieces.further(
            behind: value.lowerBound - start..<value.upperBound - start, in: bytes,
            languages: ValuePieces.Languages(path: path, source: source)
        ).map { $0.lowerBound + start..<$0.upperBound + start }
    }
}

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
        found.append(TextMatch(origin: .rule(rule), match: match, secret: secret, whole: whole))
        for piece in pieces {
            found.append(TextMatch(origin: .rule(rule), match: piece, secret: piece, whole: whole))
        }
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

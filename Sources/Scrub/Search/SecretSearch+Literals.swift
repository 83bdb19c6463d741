import FlashBytes

/// Values as far as the strings go in which they begin.
extension SecretSearch {
    /// Rules that find what goes on in several strings, or is no value of a setting.
    private static let spanning: Set<String> = [
        "private-key", "openssh-key", "dropbear-key", "putty-key", "openvpn-static-key", "private-key-text",
    ]
    /// How far in front of a range a line may begin, and how far behind it a string may end (bytes).
    private static let literalReach = (before: 64 << 10, after: 8 << 10)

    /// What a pattern found, as far as the string goes in which it begins.
    func exact(
        _ secret: Range<Int>, rule: Int, text: RawSpan, near range: Range<Int>, path: [UInt8]?, state: State
    ) -> Range<Int> {
        if rules[rule].kind == .record || Self.spanning.contains(rules[rule].id) { return secret }
        return literals(of: text, near: range, path: path, state: state)?.exact(secret) ?? secret
    }

    /// Where strings end in a part of a text, in places of that; nil where its language is not known.
    func literals(of text: RawSpan, near range: Range<Int>, path: [UInt8]?, state: State) -> LiteralEnds? {
        if let known = state.literals { return known }
        let ends = Self.lines(of: text, near: range).flatMap { bytes, first, start in
            LiteralEnds(bytes, in: start..<bytes.count, path: path)?.moved(by: first)
        }
        state.literals = .some(ends)
        return ends
    }

    /// Which parts of a text are a program's own, in places of the text; nil where it is none, or nobody knows its language.
    func program(of text: RawSpan, near range: Range<Int>, path: [UInt8]?, state: State) -> ProgramText? {
        if let known = state.program { return known }
        let program =
            path == nil
            ? nil
            : Self.lines(of: text, near: range).flatMap { bytes, first, start in
                ProgramText(bytes, in: start..<bytes.count, path: path)?.moved(by: first)
            }
        state.program = .some(program)
        return program
    }

    /// A part of a text around a range, where it begins in the text, and where its first whole line begins in it: in the middle
    /// of a line nobody knows which quotes begin strings.
    private static func lines(
        of text: RawSpan, near range: Range<Int>
    ) -> (bytes: [UInt8], first: Int, start: Int)? {
        let first = max(0, range.lowerBound - literalReach.before)
        let end = min(text.byteCount, range.upperBound + literalReach.after)
        guard let bytes = try? text.bytes(in: first..<end) else { return nil }
        let start = first == 0 ? 0 : bytes.prefix(range.lowerBound - first).lastIndex(of: 0x0a).map { $0 + 1 }
        return start.map { (bytes, first, $0) }
    }

    static func secret(of groups: [Range<Int>?], _ wanted: Int) -> Range<Int>? {
        if wanted > 0 { return wanted < groups.count ? groups[wanted] : nil }
        return groups.dropFirst().first { $0.map { !$0.isEmpty } ?? false } ?? nil
    }
}

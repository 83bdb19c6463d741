import FlashBytes

/// What rules take for a text among bytes that are none.
extension SecretSearch {
    /// How many bytes beside a finding are looked at, and how few tell nothing.
    private static let surroundings = (most: 128, least: 96)
    /// Of what can be told apart by so many bytes at the most, how much compressed data has, and no text, table or program.
    private static let noise = 0.88

    /// Takes out what rules about texts found in the middle of compressed or encrypted data, as `Pw=` and some letters stand
    /// in every few hundred megabytes of those: overwritten, a sound archive or picture is none any more. Known secrets, keys and
    /// what stands in lines of its own there stay.
    func removeNoise(of text: RawSpan, from found: inout [TextMatch]) {
        found.removeAll { match in
            guard case .rule(let rule) = match.origin, isAboutText(rules[rule]) else { return false }
            return Self.isNoise(match.secret, in: text)
        }
    }

    /// Whether a rule goes by a name and a sign, or by some letters.
    private func isAboutText(_ rule: SecretRule) -> Bool { rule.finder == nil && !Self.unmistakable.contains(rule.id) }

    /// Whether bytes on both sides are what a compressor makes, and the text between them neither begins nor ends as a line does.
    static func isNoise(_ place: Range<Int>, in text: RawSpan) -> Bool {
        func isPrintable(_ byte: UInt8) -> Bool { 0x20...0x7e ~= byte || byte == 0x09 }
        func byte(_ place: Int) -> UInt8? { try? text.uint8(at: place) }
        var (start, end) = (place.lowerBound, place.upperBound)
        while place.lowerBound - start < surroundings.most, start > 0, byte(start - 1).map(isPrintable) ?? false {
            start -= 1
        }
        while end - place.upperBound < surroundings.most, byte(end).map(isPrintable) ?? false { end += 1 }
        func isEnd(_ byte: UInt8?) -> Bool { byte == nil || [0x00, 0x0a, 0x0d].contains(byte) }
        if isEnd(start > 0 ? byte(start - 1) : nil), isEnd(byte(end)) { return false }
        let before = max(0, start - surroundings.most)..<start
        let after = end..<min(text.byteCount, max(end, end + surroundings.most))
        let known = [before, after].filter { $0.count >= surroundings.least }
        return !known.isEmpty && known.allSatisfy { isDense($0, in: text) }
    }

    private static func isDense(_ range: Range<Int>, in text: RawSpan) -> Bool {
        guard let bytes = try? text.bytes(in: range) else { return false }
        return entropy(of: bytes) >= noise * largestEntropy(of: range.count)
    }
}

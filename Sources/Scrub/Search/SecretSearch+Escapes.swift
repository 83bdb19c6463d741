import FlashBytes

/// Known secrets in texts that write some of their bytes otherwise.
extension SecretSearch {
    /// A longer secret is looked for as it is (bytes).
    static let longestEscaped = 256
    /// How many bytes write one, at most: `&#x00e4;`, or `\\u00e4` in a string in a string.
    private static let mostWritten = 8
    /// How much is read at once (bytes).
    private static let piece = 1 << 18
    /// What is escaped in what is escaped.
    private static let deepest = 2

    /// What texts with escapes say, and the secrets in it.
    ///
    /// - Parameter range: where a finding must begin.
    func searchEscapes(_ text: RawSpan, in range: Range<Int>, into found: inout [TextMatch]) {
        guard !escapedNeedles.isEmpty else { return }
        let reach = escapedNeedles.longest * Self.mostWritten
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.piece) {
            let own = start..<min(start + Self.piece, range.upperBound)
            let window = max(0, own.lowerBound - reach)..<min(text.byteCount, own.upperBound + reach)
            guard Self.hasSign(text, in: window), let bytes = try? text.bytes(in: window) else { continue }
            for region in Self.regions(bytes, reach: reach) {
                let part = Array(bytes[region])
                let base = window.lowerBound + region.lowerBound
                look(in: part, depth: 1) { secret, syntax, place in
                    let place = place.lowerBound + base..<place.upperBound + base
                    guard own.contains(place.lowerBound) else { return }
                    found.append(TextMatch(origin: .secret(secret, syntax.notation), match: place, secret: place))
                }
            }
        }
    }

    private static func hasSign(_ text: RawSpan, in range: Range<Int>) -> Bool {
        let signs = EscapedText.signs
        return range.contains { signs[Int((try? text.uint8(at: $0)) ?? 0)] }
    }

    /// The parts of a text that are near an escape.
    private static func regions(_ bytes: [UInt8], reach: Int) -> [Range<Int>] {
        let signs = EscapedText.signs
        var regions: [Range<Int>] = []
        for at in bytes.indices where signs[Int(bytes[at])] && EscapedText.isEscape(bytes, at: at) {
            let region = max(0, at - reach)..<min(bytes.count, at + reach)
            if let last = regions.last, region.lowerBound <= last.upperBound {
                regions[regions.count - 1] = last.lowerBound..<region.upperBound
            } else {
                regions.append(region)
            }
        }
        return regions
    }

    /// Calls `found` with each secret that stands there with an escape in it, and the range that writes it.
    private func look(
        in bytes: [UInt8], depth: Int, found: (_ secret: Int, EscapedText.Syntax, _ place: Range<Int>) -> Void
    ) {
        for syntax in EscapedText.Syntax.allCases {
            guard let read = EscapedText(bytes, syntax: syntax) else { continue }
            let span = unsafe read.bytes.span.bytes
            escapedNeedles.search(span, in: 0..<read.bytes.count) { needle, place in
                let source = read.source(of: place)
                // As it is: found without this.
                if source.count > place.count { found(needle.owner, syntax, source) }
            }
            if depth < Self.deepest {
                look(in: read.bytes, depth: depth + 1) { secret, _, place in
                    found(secret, syntax, read.source(of: place))
                }
            }
        }
    }

    /// Known secrets in the bytes that a text shows as `xxd` and `hexdump -C` do.
    func searchHexdump(_ text: RawSpan, in range: Range<Int>, into found: inout [TextMatch]) {
        guard !secrets.isEmpty, let bytes = try? text.bytes(in: range),
            let dump = HexdumpText(bytes, in: 0..<bytes.count)
        else { return }
        let shown = unsafe dump.bytes.span.bytes
        needles.search(shown, in: 0..<dump.bytes.count) { needle, place in
            guard let form = form(of: needle) else { return }
            for part in dump.places(of: place) {
                let part = part.lowerBound + range.lowerBound..<part.upperBound + range.lowerBound
                found.append(TextMatch(origin: .secret(form.secret, .plain), match: part, secret: part))
            }
        }
    }
}

import FlashBytes

/// Known secrets in texts that write some of their bytes otherwise.
extension SecretSearch {
    /// A longer secret is looked for as it is (bytes).
    static let longestEscaped = 256
    /// How many bytes write one, at most: `&#x00e4;`, or `\\u00e4` in a string in a string.
    private static let longestEscape = 24
    /// How much is read at once (bytes).
    private static let piece = 1 << 18
    /// What is escaped or encoded in what is escaped or encoded.
    private static let deepest = 3
    /// How far a run of digits goes on in front of its first escape and behind the last one (bytes).
    private static let longestRun = 16 << 10
    /// How much of what stands in digits is read again (bytes).
    private static let mostDecoded = 4 << 20

    /// What texts with escapes say, and the secrets in it.
    ///
    /// - Parameter range: where a finding must begin.
    func searchEscapes(_ text: RawSpan, in range: Range<Int>, into found: inout [TextMatch]) {
        guard !secrets.isEmpty, !isForWords else { return }
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.piece) {
            let own = start..<min(start + Self.piece, range.upperBound)
            let around = reach + Self.longestRun
            let window = max(0, own.lowerBound - around)..<min(text.byteCount, own.upperBound + around)
            guard let bytes = try? text.bytes(in: window) else { continue }
            func note(_ secret: Int, parts: [WrittenPart], from base: Int) {
                for part in parts {
                    let place = part.place.lowerBound + base..<part.place.upperBound + base
                    guard own.contains(place.lowerBound) else { continue }
                    found.append(
                        TextMatch(
                            origin: .secret(secret, part.notation), match: place, secret: place, digits: part.digits))
                }
            }
            lookInEscapes(in: bytes, depth: 1) { secret, parts in note(secret, parts: parts, from: window.lowerBound) }
            lookInDigits(in: bytes, depth: 1) { secret, parts in note(secret, parts: parts, from: window.lowerBound) }
            guard let wide = WideText(bytes, in: 0..<bytes.count) else { continue }
            func noteWide(_ secret: Int, parts: [WrittenPart]) {
                note(
                    secret, parts: parts.map { WrittenPart(place: wide.place($0.place), notation: .utf16LittleEndian) },
                    from: window.lowerBound)
            }
            lookInEscapes(in: wide.bytes, depth: 1, found: noteWide(_:parts:))
            lookInDigits(in: wide.bytes, depth: 1, found: noteWide(_:parts:))
        }
    }

    /// How far from an escape in it a secret can begin or end: each other escape in it is one itself (bytes).
    private var reach: Int { longestEscapedSecret + Self.longestEscape }

    private static func hasSign(_ bytes: [UInt8]) -> Bool {
        let isSign = EscapedText.anySign
        return bytes.contains { isSign[Int($0)] }
    }

    /// Of each syntax, the parts of a text that are near an escape; a run of digits is in one of them as a whole.
    private func regions(_ bytes: [UInt8]) -> [[Range<Int>]] {
        let isSign = EscapedText.anySign
        let reach = reach
        var regions: [[Range<Int>]] = Array(repeating: [], count: EscapedText.Syntax.allCases.count)
        for at in bytes.indices where isSign[Int(bytes[at])] {
            for syntax in EscapedText.syntaxes(bytes, at: at) {
                let index = syntax.rawValue
                if let last = regions[index].last, at + reach <= last.upperBound { continue }
                var (lower, upper) = (max(0, at - reach), min(bytes.count, at + reach))
                let (first, last) = (max(0, lower - Self.longestRun), min(bytes.count, upper + Self.longestRun))
                while lower > first, Base64Run.isDigit(bytes[lower - 1]) { lower -= 1 }
                while upper < last, Base64Run.isDigit(bytes[upper]) { upper += 1 }
                if let before = regions[index].last, lower <= before.upperBound {
                    regions[index][regions[index].count - 1] =
                        before.lowerBound..<max(upper, before.upperBound)
                } else {
                    regions[index].append(lower..<upper)
                }
            }
        }
        return regions
    }

    /// Whether bytes are no text, and hold none: what is compressed, programs.
    private static func isNoise(_ bytes: ArraySlice<UInt8>) -> Bool {
        let controls = bytes.count { $0 < 0x20 && $0 != 0 && !(0x09...0x0d).contains($0) }
        if controls * 16 <= bytes.count { return false }
        // A name between numbers.
        var run = 0
        return !bytes.contains { byte in
            run = (0x20..<0x7f).contains(byte) ? run + 1 : 0
            return run == shortestText
        }
    }

    /// A secret of the least size, with something escaped in it (bytes).
    private static let shortestText = 6

    /// Calls `found` with each secret that stands there with an escape in it, and the parts that write it.
    ///
    /// - Parameter places: where an escape of another syntax was read; only what is near one is new. Nil for the text itself.
    private func lookInEscapes(
        in bytes: [UInt8], near places: [Int]? = nil, depth: Int, found: (_ secret: Int, _ parts: [WrittenPart]) -> Void
    ) {
        guard !escapedNeedles.isEmpty, Self.hasSign(bytes) else { return }
        for (syntax, regions) in zip(EscapedText.Syntax.allCases, regions(bytes)) {
            for region in regions {
                guard places?.hasAny(in: region) ?? true, !Self.isNoise(bytes[region]),
                    let read = EscapedText(Array(bytes[region]), syntax: syntax)
                else { continue }
                let base = region.lowerBound
                func note(_ secret: Int, parts: [WrittenPart]) {
                    let written = parts.flatMap(read.parts(of:)).map { $0.moved(by: base) }
                    // The quote behind a value that ends in one is none of it, though two of them can write one.
                    if let first = written.first, let last = written.last,
                        Self.contains(
                            bytes, in: first.place.lowerBound..<last.place.upperBound, secret: secrets[secret].bytes)
                    {
                        return
                    }
                    found(secret, written)
                }
                look(in: read, depth: depth, found: note(_:parts:))
            }
        }
    }

    /// Whether a part of a text has a secret in it as it is, and something else: it is found without reading escapes.
    private static func contains(_ bytes: [UInt8], in part: Range<Int>, secret: [UInt8]) -> Bool {
        guard part.count > secret.count, part.count <= secret.count + longestEscape, let first = secret.first else {
            return false
        }
        return part.dropLast(secret.count - 1).contains { at in
            bytes[at] == first && bytes[at..<at + secret.count].elementsEqual(secret)
        }
    }

    private func look(in read: EscapedText, depth: Int, found: (_ secret: Int, _ parts: [WrittenPart]) -> Void) {
        let span = unsafe read.bytes.span.bytes
        escapedNeedles.search(span, in: 0..<read.bytes.count) { needle, place in
            if needle.owner < firstSecret ?? 0 { return }
            let part = WrittenPart(place: place, notation: .plain)
            // As it is: found without this.
            let written = read.parts(of: part)
            if written.count == 1, written[0].place.count == place.count { return }
            found(needle.owner, [part])
        }
        guard depth < Self.deepest else { return }
        if let dump = HexdumpText(read.bytes, in: 0..<read.bytes.count) { look(in: dump, of: read.bytes, found: found) }
        lookInDigits(in: read.bytes, near: read.escapes, depth: depth + 1, found: found)
        lookInEscapes(in: read.bytes, near: read.escapes, depth: depth + 1, found: found)
    }

    /// The same for what stands in base64, in hexadecimal or in lists of numbers: in any of the notations that are searched
    /// for, or escaped.
    private func lookInDigits(
        in bytes: [UInt8], near places: [Int]? = nil, depth: Int, found: (_ secret: Int, _ parts: [WrittenPart]) -> Void
    ) {
        var left = Self.mostDecoded
        for written in WrittenBytes.all(in: bytes, from: 0..<bytes.count, near: places)
            + NumberItems.all(in: bytes, near: places)
        where written.bytes.count <= left {
            left -= written.bytes.count
            let span = unsafe written.bytes.span.bytes
            func note(_ secret: Int, places: [WrittenPart]) {
                for part in places where !part.place.isEmpty {
                    found(secret, written.parts(of: part.place, in: bytes))
                }
            }
            needles.search(span, in: 0..<written.bytes.count) { needle, place in
                guard let form = form(of: needle), !isPart(place, of: span, form: form) else { return }
                note(form.secret, places: [WrittenPart(place: place, notation: form.notation)])
            }
            guard depth < Self.deepest, written.bytes.count >= Self.smallestNested else { continue }
            lookInDigits(in: written.bytes, depth: depth + 1) { secret, parts in note(secret, places: parts) }
            lookInEscapes(in: written.bytes, depth: depth + 1) { secret, parts in note(secret, places: parts) }
        }
    }

    /// A shorter text holds nothing that is encoded once more (bytes).
    private static let smallestNested = 8

    /// Known secrets in the bytes that a text shows as `xxd` and `hexdump -C` do.
    func searchHexdump(_ text: RawSpan, in range: Range<Int>, into found: inout [TextMatch]) {
        guard !secrets.isEmpty, let bytes = try? text.bytes(in: range),
            let dump = HexdumpText(bytes, in: 0..<bytes.count)
        else { return }
        look(in: dump, of: bytes) { secret, parts in
            for part in parts {
                let place = part.moved(by: range.lowerBound).place
                found.append(TextMatch(origin: .secret(secret, .plain), match: place, secret: place))
            }
        }
    }

    /// Known secrets in the bytes and in the characters that a dump shows.
    private func look(
        in dump: HexdumpText, of bytes: [UInt8], found: (_ secret: Int, _ parts: [WrittenPart]) -> Void
    ) {
        let shown = unsafe dump.bytes.span.bytes
        needles.search(shown, in: 0..<dump.bytes.count) { needle, place in
            guard let form = form(of: needle) else { return }
            found(form.secret, dump.places(of: place).map { WrittenPart(place: $0, notation: .plain) })
        }
        let column = unsafe dump.column.bytes.span.bytes
        needles.search(column, in: 0..<dump.column.bytes.count) { needle, place in
            guard let form = form(of: needle), form.notation == .plain else { return }
            found(form.secret, dump.column.parts(of: place, in: bytes))
        }
    }
}

import FlashBytes

/// A value that must not be in an image, in all notations in which it may be there.
package struct KnownSecret: Sendable, Hashable {
    /// As the user gave it, or as it was found.
    package let bytes: [UInt8]

    /// The shortest secret that is searched for (bytes): shorter ones are in every program.
    package static let minimumLength = 4

    /// - Returns: nil for a value that is too short.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.minimumLength else { return nil }
        self.bytes = bytes
    }

    /// One secret a line, in UTF-8 or any other bytes; empty lines do not count.
    ///
    /// - Throws: names the line of one that is too short.
    package static func list(_ text: [UInt8], file: String) throws(ScrubError) -> [KnownSecret] {
        // Windows writes lists in UTF-16, or with a mark in front; any other byte may belong to a value.
        let plain = PlainText(assuming: unsafe text.span.bytes)
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = plain.encoding == .utf8 ? text.starts(with: mark) ? Array(text.dropFirst(3)) : text : plain.bytes
        var secrets: [KnownSecret] = []
        // What `find -print0` and dumps of NVRAM write; old Macs end lines with CR alone.
        let end: UInt8 = text.contains(0) ? 0 : text.contains(0x0a) ? 0x0a : 0x0d
        for (index, line) in text.split(separator: end, omittingEmptySubsequences: false).enumerated() {
            var line = line
            if end == 0 { while line.last == 0x0a || line.last == 0x0d { line.removeLast() } }
            let value = Array(line.last == 0x0d ? line.dropLast() : line)
            let trimmed = Self.trimmed(value)
            if trimmed.isEmpty { continue }
            // Blanks at the ends may be of the value, or of the one who typed it.
            if trimmed != value, let secret = KnownSecret(trimmed) { secrets.append(secret) }
            guard let secret = KnownSecret(value) else {
                throw .options(
                    "\(file):\(index + 1): a secret of \(value.count) bytes is found everywhere; "
                        + "\(minimumLength) is the least")
            }
            secrets.append(secret)
        }
        return secrets
    }

    /// Without blanks, tabs and non-breaking blanks at its ends.
    private static func trimmed(_ value: [UInt8]) -> [UInt8] {
        var value = value[...]
        let blanks: [[UInt8]] = [[0x20], [0x09], [0xc2, 0xa0]]
        while let blank = blanks.first(where: { value.starts(with: $0) }) { value = value.dropFirst(blank.count) }
        while let blank = blanks.first(where: { value.suffix($0.count).elementsEqual($0) }) {
            value = value.dropLast(blank.count)
        }
        return Array(value)
    }

    /// Whether it is nothing but digits.
    var isNumber: Bool { bytes.count < 10 && bytes.allSatisfy(ByteText.isDigit) }

    /// Whether it is nothing but letters, as a dictionary or a program has them: at most one capital behind a small one.
    var isWord: Bool {
        bytes.count < 20 && bytes.allSatisfy(ByteText.isLetter)
            && zip(bytes, bytes.dropFirst()).count { (0x61...0x7a).contains($0) && (0x41...0x5a).contains($1) } <= 1
    }

    /// All forms to search for, in all ways of writing its characters.
    func needles(owner: Int) -> [(needle: NeedleSet.Needle, notation: Notation)] {
        let others = otherSpellings
        if others.isEmpty { return ownNeedles(owner: owner) }
        return ownNeedles(owner: owner) + others.flatMap { $0.ownNeedles(owner: owner) }
    }

    private func ownNeedles(owner: Int) -> [(needle: NeedleSet.Needle, notation: Notation)] {
        var forms = Forms(owner: owner)
        forms.add(.plain, bytes: bytes)
        let text = String(validating: bytes, as: UTF8.self)
        if let text {
            let units = Array(text.utf16)
            forms.add(.utf16LittleEndian, bytes: units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
            forms.add(.utf16BigEndian, bytes: units.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] })
            let scalars = text.unicodeScalars.map { scalar in
                (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> ($0 * 8)) }
            }
            forms.add(.utf16LittleEndian, bytes: scalars.flatMap { $0 })
            forms.add(.utf16BigEndian, bytes: scalars.flatMap { $0.reversed() })
            // A device may write Latin-1.
            let latin1 = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
            if latin1.count == text.unicodeScalars.count { forms.add(.plain, bytes: latin1) }
        } else {
            forms.add(.plain, bytes: Array(bytes.flatMap { Array(String(UnicodeScalar($0)).utf8) }))
            forms.add(.utf16LittleEndian, bytes: bytes.flatMap { [$0, 0] })
            forms.add(.utf16BigEndian, bytes: bytes.flatMap { [0, $0] })
        }
        forms.add(.hex, bytes: digits(separator: []) { _ in false }, foldsCase: true, skipsLineEnds: true)
        // Two bytes in a group, as xxd and hexdump show them, from either byte on.
        for first in [0, 1] {
            forms.add(.hex, bytes: digits(separator: [0x20]) { $0 % 2 == first }, foldsCase: true)
        }
        for separator in Self.separators {
            // OpenSSL shows numbers over several lines.
            forms.add(
                .hex, bytes: digits(separator: separator) { _ in true }, foldsCase: true,
                skipsLineEnds: separator == [0x3a])
        }
        for alphabet in [Self.base64, Self.base64URL] {
            for alignment in 0..<3 { addBase64(alignment, alphabet: alphabet, into: &forms) }
        }
        if bytes.count > SecretSearch.longestEscaped { addEscaped(into: &forms) }
        for group in [2, 4, 8] {
            for alignment in 0..<group { addSwapped(group, alignment: alignment, into: &forms) }
        }
        return forms.all
    }

    private static let separators = [":", " ", "-", "\\x", "0x", ", 0x", ",0x"].map { Array($0.utf8) }

    /// Two hexadecimal digits a byte, with a separator in front of those bytes behind the first one that are to have it.
    private func digits(separator: [UInt8], isApart: (Int) -> Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * (2 + separator.count))
        for (index, byte) in bytes.enumerated() {
            if index > 0, isApart(index) { text += separator }
            text.append(Self.digit(byte >> 4))
            text.append(Self.digit(byte & 15))
        }
        return text
    }

    private struct Forms {
        let owner: Int
        var all: [(needle: NeedleSet.Needle, notation: Notation)] = []
        var seen: Set<[UInt8]> = []

        mutating func add(
            _ notation: Notation, bytes: [UInt8], foldsCase: Bool = false, skipsLineEnds: Bool = false
        ) {
            guard bytes.count >= KnownSecret.minimumLength, seen.insert(bytes).inserted else { return }
            all.append(
                (
                    NeedleSet.Needle(
                        bytes: bytes, foldsCase: foldsCase, skipsLineEnds: skipsLineEnds, owner: owner), notation
                ))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

    static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let base64URL = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The characters of base64 that depend on these bytes only, when `alignment` other bytes stand in front of them in
    /// their group of three.
    private func addBase64(_ alignment: Int, alphabet: [UInt8], into forms: inout Forms) {
        let firstBit = alignment * 8
        let lastBit = firstBit + bytes.count * 8
        var text: [UInt8] = []
        for position in (firstBit + 5) / 6..<lastBit / 6 {
            var value = 0
            for bit in position * 6 - firstBit..<position * 6 - firstBit + 6 {
                value = value << 1 | Int(bytes[bit / 8] >> UInt8(7 - bit % 8) & 1)
            }
            text.append(alphabet[value])
        }
        guard text.count >= Self.minimumLength, forms.seen.insert(text).inserted else { return }
        // The characters at both ends hold bits of the secret, too.
        let needle = NeedleSet.Needle(
            bytes: text, lead: firstBit % 6 == 0 ? 0 : 1, trail: lastBit % 6 == 0 ? 0 : 1,
            digits: DigitMask(bits: 6, of: alignment..<alignment + bytes.count), skipsLineEnds: true,
            owner: forms.owner)
        forms.all.append((needle, .base64))
    }

    /// A long one in the usual ways of writing it: `SecretSearch.searchEscapes` reads what holds shorter ones.
    private func addEscaped(into forms: inout Forms) {
        let plain = Array("-._~".utf8)
        func encoded(_ unreserved: [UInt8]) -> [UInt8] {
            bytes.flatMap { byte -> [UInt8] in
                ByteText.isAlphanumeric(byte) || unreserved.contains(byte)
                    ? [byte] : [0x25, Self.digit(byte >> 4), Self.digit(byte & 15)]
            }
        }
        forms.add(.urlEncoded, bytes: encoded(plain), foldsCase: true)
        forms.add(.urlEncoded, bytes: encoded(plain + [0x2f]), foldsCase: true)
        let letters: [UInt8: String] = [0x0a: "\\n", 0x0d: "\\r", 0x09: "\\t", 0x22: "\\\"", 0x5c: "\\\\"]
        let json = bytes.flatMap { byte in letters[byte].map { Array($0.utf8) } ?? [byte] }
        forms.add(.jsonEscaped, bytes: json)
        forms.add(.jsonEscaped, bytes: json.flatMap { $0 == 0x2f ? [0x5c, 0x2f] : [$0] })
        let names: [UInt8: String] = [0x26: "&amp;", 0x3c: "&lt;", 0x3e: "&gt;", 0x22: "&quot;", 0x27: "&apos;"]
        forms.add(.xmlEscaped, bytes: bytes.flatMap { byte in names[byte].map { Array($0.utf8) } ?? [byte] })
    }

    /// The whole groups of a swapped dump that hold nothing but this secret, when its first byte is number `alignment` of a
    /// group; of the groups at both ends, the bytes that are known.
    private func addSwapped(_ group: Int, alignment: Int, into forms: inout Forms) {
        let groups = (alignment + bytes.count + group - 1) / group
        var pattern = [UInt8](repeating: 0, count: groups * group)
        var wildcards = [Bool](repeating: true, count: groups * group)
        for (index, byte) in bytes.enumerated() {
            let place = alignment + index
            let swapped = place / group * group + (group - 1 - place % group)
            pattern[swapped] = byte
            wildcards[swapped] = false
        }
        // The search needs four known bytes to begin with.
        guard
            let start = (0...max(0, pattern.count - 4)).first(where: { start in
                start + 4 <= pattern.count && !wildcards[start..<start + 4].contains(true)
            })
        else { return }
        let first = wildcards.firstIndex(of: false) ?? 0
        let end = wildcards.lastIndex(of: false).map { $0 + 1 } ?? pattern.count
        let bytes = Array(pattern[first..<end])
        guard bytes != self.bytes else { return }
        let needle = NeedleSet.Needle(
            bytes: bytes, wildcards: Array(wildcards[first..<end]), anchor: start - first, owner: forms.owner)
        forms.all.append((needle, .wordSwapped))
    }
}

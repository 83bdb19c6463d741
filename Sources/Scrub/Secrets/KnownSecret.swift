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
        // Old Macs end lines with CR alone.
        let end: UInt8 = text.contains(0x0a) ? 0x0a : 0x0d
        for (index, line) in text.split(separator: end, omittingEmptySubsequences: false).enumerated() {
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

    /// All forms to search for, in all ways of writing its characters.
    func needles(owner: Int) -> [(needle: NeedleSet.Needle, notation: Notation)] {
        ownNeedles(owner: owner) + otherSpellings.flatMap { $0.ownNeedles(owner: owner) }
    }

    private func ownNeedles(owner: Int) -> [(needle: NeedleSet.Needle, notation: Notation)] {
        var forms = Forms(owner: owner)
        forms.add(.plain, bytes: bytes)
        let text = String(validating: bytes, as: UTF8.self)
        if let text {
            let units = Array(text.utf16)
            forms.add(.utf16LittleEndian, bytes: units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
            forms.add(.utf16BigEndian, bytes: units.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] })
            // A device may write Latin-1.
            let latin1 = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
            if latin1.count == text.unicodeScalars.count { forms.add(.plain, bytes: latin1) }
        } else {
            forms.add(.plain, bytes: Array(bytes.flatMap { Array(String(UnicodeScalar($0)).utf8) }))
            forms.add(.utf16LittleEndian, bytes: bytes.flatMap { [$0, 0] })
            forms.add(.utf16BigEndian, bytes: bytes.flatMap { [0, $0] })
        }
        let digits = bytes.map { [Self.digit($0 >> 4), Self.digit($0 & 15)] }
        forms.add(.hex, bytes: digits.flatMap { $0 }, foldsCase: true, skipsLineEnds: true)
        // Two bytes in a group, as xxd and hexdump show them, from either byte on.
        for first in [0, 1] {
            var text: [UInt8] = []
            for (index, digits) in digits.enumerated() {
                if index > 0, index % 2 == first { text.append(0x20) }
                text += digits
            }
            forms.add(.hex, bytes: text, foldsCase: true)
        }
        for separator in [":", " ", "-", "\\x", "0x", ", 0x", ",0x"] {
            forms.add(.hex, bytes: Array(digits.joined(separator: Array(separator.utf8))), foldsCase: true)
        }
        for alphabet in [Self.base64, Self.base64URL] {
            for alignment in 0..<3 { addBase64(alignment, alphabet: alphabet, into: &forms) }
        }
        let everything = bytes.flatMap { [0x25, Self.digit($0 >> 4), Self.digit($0 & 15)] }
        forms.add(.urlEncoded, bytes: everything, foldsCase: true)
        for unreserved in ["-._~", "-._~/", "-._*", "-_.!~*'()", "-._~!$&'()*+,;=:@/"] {
            forms.add(.urlEncoded, bytes: urlEncoded(unreserved, space: nil), foldsCase: false)
            forms.add(.urlEncoded, bytes: urlEncoded(unreserved, space: 0x2b), foldsCase: false)
            forms.add(.urlEncoded, bytes: urlEncoded(unreserved, space: nil, isUpper: false), foldsCase: false)
            forms.add(.urlEncoded, bytes: urlEncoded(unreserved, space: 0x2b, isUpper: false), foldsCase: false)
        }
        addEscaped(text, into: &forms)
        for group in [2, 4, 8] {
            for alignment in 0..<group { addSwapped(group, alignment: alignment, into: &forms) }
        }
        return forms.all
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
            bytes: text, lead: firstBit % 6 == 0 ? 0 : 1, trail: lastBit % 6 == 0 ? 0 : 1, skipsLineEnds: true,
            owner: forms.owner)
        forms.all.append((needle, .base64))
    }

    private func urlEncoded(_ unreserved: String, space: UInt8?, isUpper: Bool = true) -> [UInt8] {
        let unreserved = Array(unreserved.utf8)
        return bytes.flatMap { byte -> [UInt8] in
            if byte == 0x20, let space { return [space] }
            let isPlain =
                ByteText.isAlphanumeric(byte)
                || unreserved.contains(byte)
            return isPlain
                ? [byte]
                : Array("%".utf8) + [byte >> 4, byte & 15].map { isUpper ? Self.upperDigit($0) : Self.digit($0) }
        }
    }

    private static func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    private func addEscaped(_ text: String?, into forms: inout Forms) {
        let plain = Array(":.-_".utf8)
        let isPlain = bytes.allSatisfy { ByteText.isAlphanumeric($0) || plain.contains($0) }
        if !isPlain {
            addMarkup(into: &forms)
            addNumbered(into: &forms)
            addShellQuoted(into: &forms)
        }
        addQuotedPrintable(into: &forms)
        guard let text else { return }
        func escaped(_ unit: UInt16) -> [UInt8] {
            Array("\\u".utf8) + [12, 8, 4, 0].map { Self.digit(UInt8(truncatingIfNeeded: unit >> $0) & 15) }
        }
        forms.add(.jsonEscaped, bytes: text.utf16.flatMap(escaped), foldsCase: true)
        forms.add(.jsonEscaped, bytes: text.utf16.flatMap { $0 < 0x80 ? [UInt8($0)] : escaped($0) })
    }

    /// In JSON, once or twice, and in XML.
    private func addMarkup(into forms: inout Forms) {
        var json: [UInt8] = []
        var xml: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0x22, 0x5c: json += [0x5c, byte]
            default: json.append(byte)
            }
            switch byte {
            case 0x26: xml += Array("&amp;".utf8)
            case 0x3c: xml += Array("&lt;".utf8)
            case 0x3e: xml += Array("&gt;".utf8)
            case 0x22: xml += Array("&quot;".utf8)
            case 0x27: xml += Array("&apos;".utf8)
            default: xml.append(byte)
            }
        }
        forms.add(.jsonEscaped, bytes: json)
        forms.add(.jsonEscaped, bytes: json.flatMap { $0 == 0x2f ? [0x5c, 0x2f] : [$0] })
        forms.add(.xmlEscaped, bytes: xml)
        // In JSON that is a text of JSON again.
        forms.add(.jsonEscaped, bytes: json.flatMap { [0x22, 0x5c].contains($0) ? [0x5c, $0] : [$0] })
    }

    /// In the quotes of a shell.
    private func addShellQuoted(into forms: inout Forms) {
        forms.add(.shellQuoted, bytes: bytes.flatMap { $0 == 0x27 ? Array("'\\''".utf8) : [$0] })
        forms.add(.shellQuoted, bytes: bytes.flatMap { $0 == 0x27 ? Array("'\"'\"'".utf8) : [$0] })
        for signs in ["\"\\$`", " \"\\$`'&;|<>()*?#!~[]{}"] {
            let signs = Array(signs.utf8)
            forms.add(.shellQuoted, bytes: bytes.flatMap { signs.contains($0) ? [0x5c, $0] : [$0] })
        }
    }

    /// Characters that mean something in HTML by their numbers: `&#38;`, `&#x26;`, `\u0026`.
    private func addNumbered(into forms: inout Forms) {
        for special in ["&<>\"'", "&<>\"'/=+`", "<>&", "'", "<>&'"] {
            let special = Array(special.utf8)
            guard bytes.contains(where: special.contains) else { continue }
            func replaced(_ form: (UInt8) -> String) -> [UInt8] {
                bytes.flatMap { special.contains($0) ? Array(form($0).utf8) : [$0] }
            }
            forms.add(.xmlEscaped, bytes: replaced { "&#\($0);" })
            forms.add(.xmlEscaped, bytes: replaced { "&#x\(String($0, radix: 16));" })
            forms.add(.xmlEscaped, bytes: replaced { "&#x\(String($0, radix: 16, uppercase: true));" })
            forms.add(.xmlEscaped, bytes: replaced { $0 < 0x64 ? "&#0\($0);" : "&#\($0);" })
            let digits = { (byte: UInt8) in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }
            forms.add(.jsonEscaped, bytes: replaced { "\\u00" + digits($0) })
            forms.add(.jsonEscaped, bytes: replaced { "\\u00" + digits($0).uppercased() })
            forms.add(.jsonEscaped, bytes: replaced { "\\x" + digits($0) })
        }
        // Apostrophes have two names more; HTML needs none in a text.
        let named: [UInt8: String] = [0x26: "&amp;", 0x3c: "&lt;", 0x3e: "&gt;", 0x22: "&quot;"]
        for apostrophe in ["&#39;", "&#x27;", "&#039;", "'"] {
            forms.add(
                .xmlEscaped,
                bytes: bytes.flatMap {
                    Array(($0 == 0x27 ? apostrophe : named[$0])?.utf8 ?? "".utf8)
                        + (named[$0] == nil && $0 != 0x27 ? [$0] : [])
                })
        }
        forms.add(
            .xmlEscaped,
            bytes: bytes.flatMap { [0x26, 0x3c, 0x3e].contains($0) ? Array((named[$0] ?? "").utf8) : [$0] })
    }

    /// `=3D`: of mails, with the signs that must be written so, and with all but letters and digits.
    private func addQuotedPrintable(into forms: inout Forms) {
        func digits(_ byte: UInt8) -> [UInt8] { [0x3d, Self.upperDigit(byte >> 4), Self.upperDigit(byte & 15)] }
        forms.add(.quotedPrintable, bytes: bytes.flatMap { $0 == 0x3d || $0 >= 0x7f ? digits($0) : [$0] })
        forms.add(
            .quotedPrintable,
            bytes: bytes.flatMap { byte in
                ByteText.isAlphanumeric(byte)
                    ? [byte] : digits(byte)
            })
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

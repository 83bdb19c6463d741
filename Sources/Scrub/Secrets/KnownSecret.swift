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
        for (index, line) in text.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let value = Array(line.last == 0x0d ? line.dropLast() : line)
            if value.isEmpty { continue }
            guard let secret = KnownSecret(value) else {
                throw .options(
                    "\(file):\(index + 1): a secret of \(value.count) bytes is found everywhere; "
                        + "\(minimumLength) is the least")
            }
            secrets.append(secret)
        }
        return secrets
    }

    /// All forms to search for.
    func needles(owner: Int) -> [(needle: NeedleSet.Needle, notation: Notation)] {
        var forms = Forms(owner: owner)
        forms.add(.plain, bytes: bytes)
        let text = String(validating: bytes, as: UTF8.self)
        if let text {
            let units = Array(text.utf16)
            forms.add(.utf16LittleEndian, bytes: units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
            forms.add(.utf16BigEndian, bytes: units.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] })
        } else {
            forms.add(.utf16LittleEndian, bytes: bytes.flatMap { [$0, 0] })
            forms.add(.utf16BigEndian, bytes: bytes.flatMap { [0, $0] })
        }
        let digits = bytes.map { [Self.digit($0 >> 4), Self.digit($0 & 15)] }
        forms.add(.hex, bytes: digits.flatMap { $0 }, foldsCase: true, skipsLineEnds: true)
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

    private static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
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

    private func urlEncoded(_ unreserved: String, space: UInt8?) -> [UInt8] {
        let unreserved = Set(unreserved.utf8)
        return bytes.flatMap { byte -> [UInt8] in
            if byte == 0x20, let space { return [space] }
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || unreserved.contains(byte)
            return isPlain ? [byte] : Array("%".utf8) + [byte >> 4, byte & 15].map { Self.upperDigit($0) }
        }
    }

    private static func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    private func addEscaped(_ text: String?, into forms: inout Forms) {
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
        guard let text else { return }
        func escaped(_ unit: UInt16) -> [UInt8] {
            Array("\\u".utf8) + [12, 8, 4, 0].map { Self.digit(UInt8(truncatingIfNeeded: unit >> $0) & 15) }
        }
        forms.add(.jsonEscaped, bytes: text.utf16.flatMap(escaped), foldsCase: true)
        forms.add(.jsonEscaped, bytes: text.utf16.flatMap { $0 < 0x80 ? [UInt8($0)] : escaped($0) })
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

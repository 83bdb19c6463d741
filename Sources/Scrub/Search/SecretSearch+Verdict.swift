import FlashBytes

/// What is no secret.
extension SecretSearch {
    /// Whether what a pattern matched is a value, by the rule's own checks and all allowlists.
    func isSecret(
        _ rule: SecretRule, secret: Range<Int>, match: Range<Int>, text: RawSpan, path: [UInt8]?,
        isProgram: Bool, state: State
    ) -> Bool {
        guard !secret.isEmpty, let bytes = try? text.bytes(in: secret), !isPlaceholder(bytes) else { return false }
        if let least = rule.entropy, entropy(of: bytes) <= least { return false }
        // gitleaks wants a digit in what its generic rules find.
        if rule.id.hasPrefix("generic"), rule.line != nil, !bytes.contains(where: { (0x30...0x39).contains($0) }) {
            return false
        }
        if let check = rule.check, !check(bytes) { return false }
        if let path, TranslationFile.isOne(path), SettingValue.isWording(bytes) { return false }
        if isProgram, !isForProtected, let check = rule.programCheck, !check(bytes) { return false }
        let lists = rule.allowlists + allowlists
        return !lists.contains { allows($0, secret: bytes, match: match, text: text, path: path, state: state) }
    }

    /// Rules about what nobody writes by chance, in quotes or not.
    static let unmistakable: Set<String> = [
        "private-key", "openssh-key", "dropbear-key", "password-hash", "password-hash-bcrypt", "password-hash-des",
        "jwt",
        "cloud-key", "telegram-token", "url-credentials", "service-token",
    ]

    /// Whether what a rule takes for a value is the name of something in a program.
    func isName(
        _ secret: Range<Int>, of rule: SecretRule, text: RawSpan, near range: Range<Int>, path: [UInt8]?, state: State
    ) -> Bool {
        if rule.line != nil || Self.unmistakable.contains(rule.id) { return false }
        guard let program = program(of: text, near: range, path: path, state: state),
            let first = try? text.bytes(in: secret)
        else { return false }
        return program.isName(secret, in: first[...])
    }

    /// Whether what was found is a piece of a longer word or number, and too short to be anything else.
    func isPart(_ place: Range<Int>, of text: RawSpan, form: (secret: Int, notation: Notation)) -> Bool {
        guard form.notation == .plain, isForWords || form.secret >= given else { return false }
        let secret = secrets[form.secret]
        // A word that was found is a part of names in programs: `Character` of `XML_SetCharacterDataHandler`.
        let isWord = secret.isWord
        guard isForWords || secret.isNumber || isWord else { return false }
        let neighbors = [place.lowerBound - 1, place.upperBound].filter { $0 >= 0 && $0 < text.byteCount }
        return neighbors.contains {
            let byte = (try? text.uint8(at: $0)) ?? 0
            return ByteText.isAlphanumeric(byte) || isWord && byte == 0x5f
        }
    }

    /// Whether a list lets a value pass.
    func allows(
        _ list: Allowlist, secret: [UInt8], match: Range<Int>, text: RawSpan, path: [UInt8]?, state: State
    ) -> Bool {
        var verdicts: [Bool] = []
        if !list.regexes.isEmpty {
            let target: [UInt8] =
                switch list.target {
                case .secret: secret
                case .match: (try? text.bytes(in: match)) ?? []
                case .line: (try? text.bytes(in: Self.line(around: match, text))) ?? []
                }
            verdicts.append(list.regexes.contains { state.matcher.matches($0, text: target) })
        }
        if !list.stopwords.isEmpty {
            let lower = secret.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
            verdicts.append(list.stopwords.contains { Self.contains(lower, part: $0) })
        }
        if !list.paths.isEmpty {
            verdicts.append(path.map { Self.allows(list.paths, bytes: $0, state: state) } ?? false)
        }
        return list.wantsAll ? !verdicts.isEmpty && !verdicts.contains(false) : verdicts.contains(true)
    }

    private static func contains(_ bytes: [UInt8], part: [UInt8]) -> Bool {
        guard part.count <= bytes.count, !part.isEmpty else { return false }
        return (0...bytes.count - part.count).contains { bytes[$0..<$0 + part.count].elementsEqual(part) }
    }

    private static func line(around match: Range<Int>, _ text: RawSpan) -> Range<Int> {
        var start = match.lowerBound
        var end = match.upperBound
        // Binary files have no lines: some KiB are enough.
        while start > 0, match.lowerBound - start < 4096, (try? text.uint8(at: start - 1)) != 0x0a { start -= 1 }
        while end < text.byteCount, end - match.upperBound < 4096, (try? text.uint8(at: end)) != 0x0a { end += 1 }
        return start..<end
    }
}

/// Whether a value stands for another one, or was redacted already: `XXXXXXXX`, `********`, `00:00:00:00:00:00`.
func isPlaceholder(_ bytes: [UInt8]) -> Bool {
    let letters = bytes.filter {
        (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 >= 0x80
    }
    guard let first = letters.first else { return true }
    return letters.allSatisfy { $0 == first } || isWrittenMask(letters)
}

/// Whether digits say nothing but X: what is left of a secret in base64 or hexadecimal. Those at the ends of base64 may hold
/// bits of what stands beside it.
private func isWrittenMask(_ digits: [UInt8]) -> Bool {
    guard digits.count >= 8 else { return false }
    if digits.allSatisfy({ $0 == 0x35 || $0 == 0x38 }) {
        return zip(digits, digits.dropFirst()).allSatisfy { $0 != $1 }
    }
    return digits.dropFirst().dropLast(2).allSatisfy { "WFhY".utf8.contains($0) }
}

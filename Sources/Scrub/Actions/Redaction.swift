extension ScrubFinding {
    /// What is written over the secret: as long as it was, and of the same notation.
    var redacted: [UInt8] {
        // JSON has no number that begins with zeros.
        if isNumber, carrier == nil || notation == .plain {
            let number = carrier ?? secret
            // SQL has numbers in hexadecimal, too.
            let isDecimal = ByteText.isNumber(number)
            return number.map { isDecimal ? ByteText.isDigit($0) : ByteText.isHexDigit($0) }
                .enumerated().map { $1 ? 0x31 : number[$0] }
        }
        if let digits { return digits.masked(carrier ?? secret) }
        if let carrier { return Self.masked(carrier, notation: notation) }
        // Programs read addresses; this one stands for none.
        if rule.hasPrefix("mac-") || isAddress {
            return secret.map { ByteText.isAlphanumeric($0) ? 0x30 : $0 }
        }
        if [.base64, .hex, .urlEncoded].contains(notation) { return Self.masked(secret, notation: notation) }
        if notation == .plain, WideText.narrowed(secret) != nil { return secret.map { $0 == 0 ? 0 : 0x58 } }
        return secret.enumerated().map { index, byte in
            // A key in PEM stays as many lines.
            let isLineEnd = notation == .plain && (byte == 0x0a || byte == 0x0d)
            return isLineEnd || index < foreign.count && foreign[index] ? byte : notation.mask(byte, at: index)
        }
    }

    /// Whether digits are such that anything may have them: few of them, rows such as 12345678, days such as 20240131.
    private var isCount: Bool {
        if secret.count < 8 { return true }
        let steps = zip(secret, secret.dropFirst()).count { $1 == $0 || $1 == $0 &+ 1 || $1 &+ 1 == $0 }
        if steps * 2 >= secret.count { return true }
        let digits = secret.map { Int($0) - 0x30 }
        let (month, day) = (digits[4] * 10 + digits[5], digits[6] * 10 + digits[7])
        return [19, 20].contains(digits[0] * 10 + digits[1]) && (1...12).contains(month) && (1...31).contains(day)
    }

    /// Digits of base64 keep their line ends and their indentation, written as `\n` or not.
    private static func masked(_ bytes: [UInt8], notation: Notation) -> [UInt8] {
        if notation == .hex { return maskedHex(bytes) }
        if notation == .urlEncoded { return maskedPercents(bytes) }
        guard notation == .base64 else { return bytes.enumerated().map { notation.mask($1, at: $0) } }
        var isEscaped = false
        return bytes.map { byte in
            let isLetterOfEscape = isEscaped && byte != 0x5c
            isEscaped = byte == 0x5c
            return isEscaped || isLetterOfEscape || byte <= 0x20 ? byte : notation.mask(byte, at: 0)
        }
    }

    /// Hexadecimal digits that say X, byte by byte: a text in them stays a text.
    private static func maskedHex(_ bytes: [UInt8]) -> [UInt8] {
        var masked = bytes
        var isSecond = false
        for at in bytes.indices {
            let isPrefix = bytes[at] == 0x30 && at + 1 < bytes.count && bytes[at + 1] | 0x20 == 0x78
            guard ByteText.isHexDigit(bytes[at]), !isPrefix else {
                isSecond = false
                continue
            }
            masked[at] = isSecond ? 0x38 : 0x35
            isSecond.toggle()
        }
        return masked
    }

    /// A text of a URL, each character of it an X: `%58`, `%u0058`.
    private static func maskedPercents(_ bytes: [UInt8]) -> [UInt8] {
        var masked = [UInt8](repeating: 0x58, count: bytes.count)
        for at in bytes.indices where bytes[at] == 0x25 {
            let isWide = at + 1 < bytes.count && bytes[at + 1] | 0x20 == 0x75
            let escape = isWide ? Array("%u0058".utf8) : Array("%58".utf8)
            for (index, byte) in escape.enumerated() where at + index < bytes.count { masked[at + index] = byte }
        }
        return masked
    }

    /// The value, of which `secret` may be one of several pieces.
    var value: [UInt8] { whole ?? secret }

    /// The values that are searched for everywhere because of this one: itself, and of a key in PEM what is in it.
    var searchedValues: [[UInt8]] {
        var values = isDistinctive ? [WideText.narrowed(value) ?? value] : []
        // Other files have it as it is, or escaped in another way.
        values += values.flatMap { EscapedValue.readings(of: $0) }
        if rule == "private-key", notation == .plain, let key = KnownSecret(pem: secret) {
            // A program may keep the numbers of a key without the key.
            values += [key.bytes] + DERKeys.privateNumbers(of: key.bytes)
        }
        // Of what was redacted nothing is looked for: it is everywhere.
        return values.filter { !isPlaceholder($0) }
    }

    /// Whether it is written as a MAC address is.
    private var isAddress: Bool {
        secret.count == 17 && notation == .plain
            && secret.enumerated().allSatisfy { index, byte in
                index % 3 == 2 ? byte == 0x3a || byte == 0x2d : Self.isHexDigit(byte)
            }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    /// Longer values are files (bytes).
    private static let longest = 8192

    /// Whether it is what a program computes, and programs have it as they are: `form.get("pw").value`.
    private var isExpression: Bool {
        guard let open = secret.firstIndex(of: 0x28), open > 2, secret.contains(0x29), kind == .credential else {
            return false
        }
        let callee = secret[..<open]
        return ByteText.isLetter(callee[0])
            && callee.contains(where: { $0 == 0x2e || $0 == 0x5f || ByteText.isLetter($0) })
            && callee.allSatisfy { ByteText.isAlphanumeric($0) || $0 == 0x2e || $0 == 0x5f || $0 == 0x24 }
            && secret.last.map { $0 == 0x29 || $0 == 0x3b || ByteText.isLetter($0) } == true
            && (callee.contains(0x2e) || secret[open...].contains(0x22) || secret[open...].contains(0x27)
                || secret.last == 0x3b || secret.last == 0x29 && secret.contains(0x2e))
    }

    /// Whether it holds what ends a string and begins another one: `x", "port":` is no value, whoever took it for one, and stands in
    /// texts that hold no secret.
    private var isSyntax: Bool {
        let value = value
        guard value.count(where: { $0 == 0x22 }) >= 2, let last = value.lastIndex(of: 0x22) else { return false }
        return value[..<last].indices.contains { at in
            guard value[at] == 0x22 else { return false }
            let rest = value[(at + 1)...last].drop { ByteText.isBlank($0) || $0 == 0x5c }
            guard let sign = rest.first, ",:}]".utf8.contains(sign) else { return false }
            let next = rest.dropFirst().first { !ByteText.isBlank($0) && !",:}]{[\\".utf8.contains($0) }
            return next == 0x22
        }
    }

    /// Whether the value is searched for everywhere else: not one that programs use as a word, or as a number.
    package var isDistinctive: Bool {
        let secret = value
        guard !secret.isEmpty, secret.count <= Self.longest else { return false }
        if kind == .known || kind == .record || notation != .plain && carrier == nil { return false }
        if BuiltInRules.common.contains(secret.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }) { return false }
        if isExpression || isSyntax { return false }
        var hasDigit = false
        var hasUpper = false
        var hasLower = false
        var hasOther = false
        for byte in secret {
            switch byte {
            case 0x30...0x39: hasDigit = true
            case 0x41...0x5a: hasUpper = true
            case 0x61...0x7a: hasLower = true
            default: hasOther = true
            }
        }
        let kinds = [hasDigit, hasUpper, hasLower, hasOther].count { $0 }
        if Set(secret).count < 4 { return false }
        switch secret.count {
        case 14...: return true
        case 10...: return kinds >= 2 || hasDigit
        case 7...: return kinds >= 2 || hasDigit && !isCount
        default: return kinds >= 3 && secret.count >= 6
        }
    }
}

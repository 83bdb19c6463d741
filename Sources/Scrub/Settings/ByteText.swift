/// Small questions about bytes of a text, in the words of its syntax.
enum ByteText {
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

    /// What a hexadecimal digit says.
    static func hexValue(_ digit: UInt8) -> UInt8 { isDigit(digit) ? digit & 15 : (digit & 15) + 9 }

    static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

    /// Whether bytes are what JSON writes for a number.
    static func isNumber(_ text: some Collection<UInt8>) -> Bool {
        text.contains(where: isDigit) && text.allSatisfy { isDigit($0) || "-+.eE".utf8.contains($0) }
    }

    /// Behind a comment that begins at a place, of C or of one that ends with its line: there where the line ends.
    ///
    /// - Returns: nil where none begins, or none ends before the limit.
    static func behindComment(_ bytes: [UInt8], at place: Int, before limit: Int) -> Int? {
        if has("/*", bytes: bytes, at: place) {
            var at = place + 3
            while at < limit {
                if bytes[at] == 0x2f, bytes[at - 1] == 0x2a { return at + 1 }
                at += 1
            }
            return nil
        }
        guard bytes[place] == 0x23 || has("//", bytes: bytes, at: place) || has("--", bytes: bytes, at: place) else {
            return nil
        }
        return first(0x0a, bytes: bytes, in: place..<limit)
    }

    /// Behind the address that begins a line of a dump: six digits or more. Nil where none does, or nothing follows it.
    static func behindAddress(_ bytes: [UInt8], at place: Int) -> Int? {
        var end = place
        while end < bytes.count, end - place <= 16, isHexDigit(bytes[end]) { end += 1 }
        return (6...16).contains(end - place) && end < bytes.count ? end : nil
    }

    /// A byte of a name: letters, digits, `_`, `-`, `.`, and what uci and NVRAM have besides.
    static func isName(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == 0x5f || byte == 0x2d || byte == 0x2e || byte == 0x40 || byte == 0x5b
            || byte == 0x5d
    }

    /// Where a text begins, behind white space and a mark of UTF-8; nil for an empty one.
    static func start(of bytes: [UInt8], in range: Range<Int>) -> Int? {
        range.first { bytes[$0] > 0x20 && bytes[$0] != 0xef && bytes[$0] != 0xbb && bytes[$0] != 0xbf }
    }

    /// What is left of a range without white space at its ends.
    static func trimmed(_ bytes: [UInt8], range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isBlank(bytes[start]) || bytes[start] == 0x0d { start += 1 }
        while end > start, isBlank(bytes[end - 1]) || bytes[end - 1] == 0x0d { end -= 1 }
        return start..<end
    }

    /// Whether the bytes at a place are these, ASCII letters in either case.
    static func has(_ word: StaticString, bytes: [UInt8], at place: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        guard place >= 0, place + count <= bytes.count else { return false }
        return word.withUTF8Buffer { letters in
            for index in 0..<count {
                let letter = unsafe letters[index]
                if lower(bytes[place + index]) != letter { return false }
            }
            return true
        }
    }

    /// Whether one of some words stands in bytes, as it is: a `String` would be taken apart into characters for that.
    static func contains(_ bytes: [UInt8], anyOf words: [[UInt8]]) -> Bool {
        bytes.indices.contains { at in
            words.contains { word in
                bytes[at] == word.first && word.count <= bytes.count - at
                    && word.indices.allSatisfy { bytes[at + $0] == word[$0] }
            }
        }
    }

    /// The quote that ends the string which one begins, in the same line and in front of `limit`; a backslash takes the next
    /// byte with it.
    static func closingQuote(of quote: Int, bytes: [UInt8], limit: Int) -> Int? {
        var at = quote + 1
        while at < limit, bytes[at] != 0x0a {
            if bytes[at] == bytes[quote] { return at }
            at += bytes[at] == 0x5c ? 2 : 1
        }
        return nil
    }

    /// The first place of some bytes in a range: what Swift has for any collection takes a hundred times as long to begin.
    static func first(_ word: [UInt8], bytes: [UInt8], in range: Range<Int>) -> Range<Int>? {
        guard let letter = word.first, word.count <= range.count else { return nil }
        var at = range.lowerBound
        let last = range.upperBound - word.count
        while at <= last {
            if bytes[at] == letter {
                var index = 1
                while index < word.count, bytes[at + index] == word[index] { index += 1 }
                if index == word.count { return at..<at + word.count }
            }
            at += 1
        }
        return nil
    }

    /// The first place of a byte in a range.
    static func first(_ byte: UInt8, bytes: [UInt8], in range: Range<Int>) -> Int? {
        bytes[range].firstIndex(of: byte)
    }

    /// The last place of a byte in a range.
    static func last(_ byte: UInt8, bytes: [UInt8], in range: Range<Int>) -> Int? {
        bytes[range].lastIndex(of: byte)
    }
}

/// The words of a command as a shell splits them.
struct ShellWord {
    /// Without the quotes at its ends (bytes of the text).
    var text: Range<Int>
    /// With them.
    var whole: Range<Int>
    /// Whether quotes surround all of it.
    var isQuoted = false

    /// The commands of a line: words between `|`, `;`, `&`, `(` and `)`.
    ///
    /// - Parameter isShell: whether `<` and `>` end a word as well.
    static func commands(_ bytes: [UInt8], in line: Range<Int>, isShell: Bool) -> [[ShellWord]] {
        var commands: [[ShellWord]] = []
        var words: [ShellWord] = []
        var at = line.lowerBound
        while at < line.upperBound {
            let byte = bytes[at]
            if ByteText.isBlank(byte) || isShell && isRedirection(byte) {
                at += 1
            } else if separates(bytes, at: at, in: line, isShell: isShell) {
                if !words.isEmpty { commands.append(words) }
                words = []
                at += 1
            } else if byte == 0x23, words.isEmpty || ByteText.isBlank(bytes[at - 1]) {
                break
            } else {
                let word = word(bytes, from: at, in: line, isShell: isShell)
                words.append(word)
                at = max(word.whole.upperBound, at + 1)
            }
        }
        if !words.isEmpty { commands.append(words) }
        return commands
    }

    @inline(__always)
    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x7c, 0x3b, 0x26, 0x28, 0x29: true
        default: false
        }
    }

    /// Whether a byte stands between two commands. Where no shell reads a line it does so beside a blank alone: a router's
    /// `enable password a|b` has one word there.
    private static func separates(_ bytes: [UInt8], at place: Int, in line: Range<Int>, isShell: Bool) -> Bool {
        guard isSeparator(bytes[place]) else { return false }
        if isShell { return true }
        let isBehindBlank = place == line.lowerBound || ByteText.isBlank(bytes[place - 1])
        let isLast = place + 1 == line.upperBound
        let isBeforeBlank = isLast || ByteText.isBlank(bytes[place + 1])
        switch bytes[place] {
        case 0x28: return isBehindBlank && ByteText.first(0x29, bytes: bytes, in: place..<line.upperBound) != nil
        case 0x29: return isBeforeBlank && ByteText.first(0x28, bytes: bytes, in: line.lowerBound..<place) != nil
        case 0x3b: return isBeforeBlank || isBehindBlank
        default:
            let isDouble =
                !isLast && bytes[place + 1] == bytes[place]
                || place > line.lowerBound && bytes[place - 1] == bytes[place]
            return isBeforeBlank && !isLast || isBehindBlank || isDouble
        }
    }

    private static func isRedirection(_ byte: UInt8) -> Bool { byte == 0x3c || byte == 0x3e }

    private static func word(_ bytes: [UInt8], from start: Int, in line: Range<Int>, isShell: Bool) -> ShellWord {
        let end = line.upperBound
        var at = start
        var quote: UInt8 = 0
        while at < end {
            let byte = bytes[at]
            if quote != 0 {
                if byte == quote { quote = 0 } else if byte == 0x5c, quote == 0x22 { at += 1 }
            } else if byte == 0x22 || byte == 0x27 {
                // A quote that nothing closes is an apostrophe.
                guard ByteText.first(byte, bytes: bytes, in: at + 1..<end) != nil else {
                    at += 1
                    continue
                }
                quote = byte
            } else if byte == 0x5c {
                at += 1
            } else if byte == 0x24, at + 1 < end, bytes[at + 1] == 0x28 || bytes[at + 1] == 0x7b {
                at = ByteText.first(bytes[at + 1] == 0x28 ? 0x29 : 0x7d, bytes: bytes, in: at + 1..<end) ?? at
            } else if ByteText.isBlank(byte) || isShell && isRedirection(byte)
                || separates(bytes, at: at, in: line, isShell: isShell)
            {
                break
            }
            at += 1
        }
        let whole = start..<min(at, end)
        let isQuoted = isQuoted(bytes, word: whole)
        return ShellWord(
            text: isQuoted ? whole.lowerBound + 1..<whole.upperBound - 1 : whole, whole: whole, isQuoted: isQuoted)
    }

    /// Whether one pair of quotes surrounds all of a word.
    private static func isQuoted(_ bytes: [UInt8], word: Range<Int>) -> Bool {
        guard word.count >= 2, let first = word.first, bytes[first] == 0x22 || bytes[first] == 0x27,
            bytes[word.upperBound - 1] == bytes[first]
        else { return false }
        var at = first + 1
        while at < word.upperBound - 1 {
            if bytes[at] == 0x5c, bytes[first] == 0x22 {
                at += 1
            } else if bytes[at] == bytes[first] {
                return false
            }
            at += 1
        }
        return true
    }
}

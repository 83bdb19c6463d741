/// Where a value ends that begins behind a sign: at the end of its line in a settings file, at the quote that closes it,
/// behind a word in a shell script or in program text.
struct ValueSyntax {
    let bytes: [UInt8]
    let source: SettingsSource
    /// Whether the line is in a block (`network={`), where a quoted value goes up to the last quote.
    let isInBlock: Bool

    /// The value that begins behind a sign: its bytes without quotes, empty for none.
    ///
    /// - Parameters:
    ///   - isFirst: whether its name begins the line.
    ///   - isOption: whether its name is that of an option, whose value is a word of a command.
    func value(from place: Int, in whole: Range<Int>, isFirst: Bool, isOption: Bool = false) -> Range<Int> {
        // A line that goes on in the next one.
        let goesOn =
            (source.isShell || source.isMakefile) && whole.upperBound > place + 1
            && bytes[whole.upperBound - 1] == 0x5c
        let line = goesOn ? whole.lowerBound..<whole.upperBound - 1 : whole
        var start = place
        // hostapd's `wpa_passphrase= x` begins with a blank; nobody means one.
        while start < line.upperBound, ByteText.isBlank(bytes[start]) { start += 1 }
        if source.isYAML { start = behindProperties(start, in: line) }
        guard start < line.upperBound else { return line.upperBound..<line.upperBound }
        if source.isShell, let word = escapedWord(start, in: line) { return word }
        if source.isShell, isExpansion(start, in: line) { return inExpansion(start, in: line) }
        if source.isShell || isOption {
            return shellWord(start..<line.upperBound, line: line, isFirst: isFirst)
        }
        if source.isString { return inString(start, in: line, isFirst: isFirst) }
        // wpa_supplicant's `P"…"`.
        if isInBlock, bytes[start] == 0x50, start + 1 < line.upperBound, bytes[start + 1] == 0x22 { start += 1 }
        let byte = bytes[start]
        if let value = tripleQuoted(start, in: line) { return value }
        if byte == 0x22 || byte == 0x27 || (byte == 0x60 && source.isCode) {
            return quoted(start, in: line, isFirst: isFirst && !source.isCode)
        }
        if isFirst, !source.isCode {
            // `set "PASSWORD=x"`
            let isQuoted =
                [0x22, 0x27].contains(bytes[line.lowerBound]) && bytes[line.upperBound - 1] == bytes[line.lowerBound]
            return start..<(isQuoted ? max(start, line.upperBound - 1) : line.upperBound)
        }
        var end = start
        while end < line.upperBound, !" \t,;&\"')}]|<>".utf8.contains(bytes[end]) { end += 1 }
        return start..<end
    }

    /// What stands in a shell's `$'…'`, where a backslash takes the next byte with it.
    private func escapedWord(_ place: Int, in line: Range<Int>) -> Range<Int>? {
        guard place + 2 < line.upperBound, bytes[place] == 0x24, bytes[place + 1] == 0x27,
            let end = ByteText.closingQuote(of: place + 1, bytes: bytes, limit: line.upperBound)
        else { return nil }
        return place + 2..<end
    }

    /// Behind the tags and anchors of YAML: `!!str x`, `&name x`.
    private func behindProperties(_ place: Int, in line: Range<Int>) -> Int {
        var at = place
        while at < line.upperBound, bytes[at] == 0x21 || bytes[at] == 0x26 {
            if SettingValue.isReferenceTag(bytes[at..<line.upperBound]) { return line.upperBound }
            guard let blank = (at..<line.upperBound).first(where: { ByteText.isBlank(bytes[$0]) }) else { return at }
            at = blank
            while at < line.upperBound, ByteText.isBlank(bytes[at]) { at += 1 }
        }
        return at
    }

    /// A value in a string: of a form or an address up to the next part of it, of a command one word, and on a line of its
    /// own up to the end of that.
    private func inString(_ start: Int, in line: Range<Int>, isFirst: Bool) -> Range<Int> {
        if bytes[start] == 0x22 || bytes[start] == 0x27 {
            return shellWord(start..<line.upperBound, line: line, isFirst: isFirst)
        }
        let outer = openQuote(before: start, in: line)
        var at = start
        while at < line.upperBound {
            let byte = bytes[at]
            if outer != 0, byte == outer { break }
            switch byte {
            case 0x26: return start..<at
            case 0x7d where isExpansion(start, in: line): return start..<at
            case 0x3b, 0x2c:
                let isEnd = at + 1 == line.upperBound || ByteText.isBlank(bytes[at + 1])
                if isEnd || isFollowedByName(at, in: line)
                    || MountOptions.follow(bytes, behind: at, in: start..<line.upperBound)
                {
                    return start..<at
                }
            case 0x20, 0x09:
                if !isFirst || isFollowedByName(at, in: line) || isFollowedByCommand(at, in: line) {
                    return start..<at
                }
            case 0x22, 0x27, 0x60, 0x7c, 0x3c, 0x3e, 0x29:
                if !isFirst { return start..<at }
            default: break
            }
            at += 1
        }
        return start..<at
    }

    /// Whether an option or what ends a command follows, or the command that a value is for: `PGPASSWORD=x psql …`.
    private func isFollowedByCommand(_ place: Int, in line: Range<Int>) -> Bool {
        guard let next = (place..<line.upperBound).first(where: { !ByteText.isBlank(bytes[$0]) }) else { return false }
        if "-|;&<>".utf8.contains(bytes[next]) { return true }
        return CommandSyntax.takesEnvironment(bytes[next..<line.upperBound].prefix(32))
    }

    /// TOML's `"""…"""` and `'''…'''`; nil where three quotes do not begin it. Of what goes on in the next lines nothing but the
    /// last quote is the value, which is none.
    private func tripleQuoted(_ start: Int, in line: Range<Int>) -> Range<Int>? {
        let quote = bytes[start]
        guard !isInBlock, !source.isYAML, quote == 0x22 || quote == 0x27, start + 2 < line.upperBound,
            bytes[start + 1] == quote,
            bytes[start + 2] == quote
        else { return nil }
        var at = start + 3
        while at + 2 < line.upperBound {
            // The last three of a row of quotes end it.
            if bytes[at] == quote, bytes[at + 1] == quote, bytes[at + 2] == quote,
                at + 3 == line.upperBound || bytes[at + 3] != quote
            {
                return source.isTOML || isEnd(at + 3, of: line) ? start + 3..<at : nil
            }
            at += bytes[at] == 0x5c && quote == 0x22 ? 2 : 1
        }
        if start + 3 == line.upperBound { return start + 2..<start + 3 }
        return source.isTOML ? start + 3..<line.upperBound : nil
    }

    /// A quoted value that begins here: up to the quote that closes it. In a block or where no other name follows it is the
    /// last one of the line: nobody escapes quotes there.
    private func quoted(_ start: Int, in line: Range<Int>, isFirst: Bool) -> Range<Int> {
        let quote = bytes[start]
        guard let last = ByteText.last(quote, bytes: bytes, in: start + 1..<line.upperBound) else {
            return isFirst && !source.isYAML ? start..<line.upperBound : start + 1..<line.upperBound
        }
        if isInBlock, isFirst { return start + 1..<last }
        var place = start + 1
        while place < last {
            if bytes[place] == 0x5c, quote == 0x22 {
                place += 2
                continue
            }
            if bytes[place] == quote, source.isCode || isFollowedByName(place + 1, in: line) {
                return start + 1..<place
            }
            place += 1
        }
        // A value that begins with a quote and goes on behind the next one is not quoted: hostapd takes it as it is.
        return isFirst && !isEnd(last + 1, of: line) ? start..<line.upperBound : start + 1..<last
    }

    /// Whether nothing but separators, closing brackets or a comment follows.
    private func isEnd(_ place: Int, of line: Range<Int>) -> Bool {
        let rest = ByteText.trimmed(bytes, range: place..<line.upperBound)
        guard let first = rest.first else { return true }
        if rest.lowerBound > place, "#;".utf8.contains(bytes[first]) { return true }
        return bytes[rest].allSatisfy { ",;)}] ".utf8.contains($0) }
    }

    /// Whether a separator, a name and a sign follow.
    private func isFollowedByName(_ place: Int, in line: Range<Int>) -> Bool {
        var at = place
        while at < line.upperBound, " \t,;&|)}]".utf8.contains(bytes[at]) { at += 1 }
        guard at > place else { return false }
        if at < line.upperBound, bytes[at] == 0x22 || bytes[at] == 0x27 || bytes[at] == 0x2d { at += 1 }
        let start = at
        while at < line.upperBound, ByteText.isName(bytes[at]) { at += 1 }
        guard at > start else { return false }
        // `"abc","def"`: a list.
        let isQuoted = at < line.upperBound && start > place && (bytes[start - 1] == 0x22 || bytes[start - 1] == 0x27)
        if isQuoted, bytes[at] == bytes[start - 1], bytes[place..<start].contains(0x2c) { return true }
        if at < line.upperBound, bytes[at] == 0x22 || bytes[at] == 0x27 { at += 1 }
        while at < line.upperBound, ByteText.isBlank(bytes[at]) { at += 1 }
        return at < line.upperBound && (bytes[at] == 0x3d || bytes[at] == 0x3a)
    }

    /// Whether a value is what a variable has without another one: `${NAME:-value}`.
    private func isExpansion(_ place: Int, in line: Range<Int>) -> Bool {
        var at = place
        while at > line.lowerBound, "-=?+:\"'".utf8.contains(bytes[at - 1]) { at -= 1 }
        while at > line.lowerBound, ByteText.isAlphanumeric(bytes[at - 1]) || bytes[at - 1] == 0x5f { at -= 1 }
        return at > line.lowerBound + 1 && bytes[at - 1] == 0x7b && bytes[at - 2] == 0x24
    }

    /// What `${NAME:-…}` gives where nothing else is there: up to the bracket that closes it, without the quotes around it.
    private func inExpansion(_ start: Int, in line: Range<Int>) -> Range<Int> {
        if bytes[start] == 0x22 || bytes[start] == 0x27,
            let close = ByteText.closingQuote(of: start, bytes: bytes, limit: line.upperBound)
        {
            return start + 1..<close
        }
        var at = start
        while at < line.upperBound, bytes[at] != 0x7d { at += bytes[at] == 0x5c ? 2 : 1 }
        return start..<min(at, line.upperBound)
    }

    /// The quote that is open in front of a place: `sh -c 'export password=…'`.
    private func openQuote(before place: Int, in line: Range<Int>) -> UInt8 {
        var quote: UInt8 = 0
        var at = line.lowerBound
        while at < place {
            let byte = bytes[at]
            if byte == 0x5c, quote != 0x27 {
                at += 1
            } else if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
            }
            at += 1
        }
        return quote
    }

    /// One word of a shell, of which the quotes at its ends do not count.
    private func shellWord(_ range: Range<Int>, line: Range<Int>, isFirst: Bool) -> Range<Int> {
        var at = range.lowerBound
        var quote: UInt8 = 0
        let outer = openQuote(before: range.lowerBound, in: line)
        let closing: UInt8? = isExpansion(range.lowerBound, in: line) ? 0x7d : nil
        // Where no shell reads it: `mysql -e "UPDATE users SET password='x', name='y'"`.
        let isInside = outer != 0 || source.isString
        var depth = 0
        while at < range.upperBound {
            let byte = bytes[at]
            if byte == outer, outer != 0 { break }
            if quote != 0 {
                if byte == 0x5c, quote == 0x22 { at += 1 }
                if byte == quote {
                    quote = 0
                    if isInside, bytes[range.lowerBound] == byte, isListed(at + 1, in: range) {
                        at += 1
                        break
                    }
                }
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if byte == 0x5c {
                at += 1
            } else if byte == 0x7d, depth > 0 {
                depth -= 1
            } else if byte == 0x24, at + 1 < range.upperBound, bytes[at + 1] == 0x7b {
                depth += 1
            } else if " \t;&|<>()".utf8.contains(byte) || byte == closing {
                break
            } else if byte == 0x2c, !isFirst, MountOptions.follow(bytes, behind: at, in: range) {
                break
            }
            at += 1
        }
        var start = range.lowerBound
        var end = min(at, range.upperBound)
        // It is closed in a further line.
        if quote != 0, start < end, bytes[start] == quote { return start + 1..<end }
        if end - start >= 2, bytes[start] == bytes[end - 1], bytes[start] == 0x22 || bytes[start] == 0x27 {
            start += 1
            end -= 1
        }
        return withoutExpansion(start..<end)
    }

    /// Whether a comma follows that a list has between two values.
    private func isListed(_ place: Int, in line: Range<Int>) -> Bool {
        guard place < line.upperBound, bytes[place] == 0x2c else { return false }
        return place + 1 == line.upperBound || ByteText.isBlank(bytes[place + 1]) || isFollowedByName(place, in: line)
    }

    /// What a variable has without another one: of `${1:-value}` the value.
    private func withoutExpansion(_ word: Range<Int>) -> Range<Int> {
        guard ByteText.has("${", bytes: bytes, at: word.lowerBound), word.count > 5,
            bytes[word.upperBound - 1] == 0x7d
        else { return word }
        let end = word.upperBound - 1
        var at = word.lowerBound + 2
        while at < end, ByteText.isAlphanumeric(bytes[at]) || bytes[at] == 0x5f { at += 1 }
        if at < end, bytes[at] == 0x3a { at += 1 }
        guard at + 1 < end, bytes[at] == 0x2d || bytes[at] == 0x3d else { return word }
        let isQuoted =
            end - at > 3 && bytes[at + 1] == bytes[end - 1] && (bytes[at + 1] == 0x22 || bytes[at + 1] == 0x27)
        return isQuoted ? at + 2..<end - 1 : at + 1..<end
    }
}

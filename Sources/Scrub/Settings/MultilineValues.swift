/// Finds the lines behind the first one of a value that goes on: YAML's `key: |`, TOML's `"""`, a backslash at the end.
enum MultilineValues {
    private static let mostLines = 64
    /// What may stand between a value and the end of its line: a remark (bytes).
    private static let longestRest = 81
    /// A line that is longer does not go on with a value (bytes).
    private static let longestLine = 1024

    /// The lines that belong to settings besides, each as a setting of the same name.
    static func read(
        _ settings: [Setting], bytes: [UInt8], in range: Range<Int>, source: SettingsSource
    ) -> [Setting] {
        var found: [Setting] = []
        for setting in settings where !setting.isCommentedOut && !setting.isSeparatedByBlanks {
            let value = setting.value
            // No further than that: a text without line ends would be gone through again for each setting.
            let reach = min(value.upperBound + longestRest, range.upperBound)
            guard value.upperBound <= reach,
                let end = ByteText.first(0x0a, bytes: bytes, in: value.upperBound..<reach)
            else { continue }
            let lines: [Range<Int>] =
                if isBlockMark(bytes[value]) {
                    block(bytes, value: value, from: end + 1, range: range)
                } else if let quotes = quotes(bytes, value: value, range: range) {
                    quoted(bytes, quotes: quotes, from: end + 1, range: range)
                } else if goesOn(bytes, value: value, end: end, range: range, source: source),
                    !isClosed(bytes, value: value), !bytes[value].dropLast().contains(0x20)
                {
                    continued(
                        bytes, quote: value.lowerBound > 0 ? bytes[value.lowerBound - 1] : 0, from: end + 1,
                        range: range)
                } else if source.isYAML {
                    folded(bytes, value: value, from: end + 1, range: range)
                } else {
                    []
                }
            guard !lines.isEmpty, let last = setting.names.last, SettingMeaning.of(last) != nil else {
                continue
            }
            found += lines.map { line in
                var part = setting
                part.value = line
                return part
            }
        }
        return found
    }

    /// `|`, `>-`, `|2`
    static func isBlockMark(_ value: ArraySlice<UInt8>) -> Bool {
        guard let first = value.first, first == 0x7c || first == 0x3e else { return false }
        let mark = value.prefix { $0 > 0x20 }
        let rest = value[mark.endIndex...].drop { $0 == 0x20 }
        return mark.count <= 3 && mark.dropFirst().allSatisfy { "+-0123456789".utf8.contains($0) }
            && (rest.isEmpty || rest.first == 0x23)
    }

    /// The lines further to the right, up to one that is a setting of its own.
    private static func folded(
        _ bytes: [UInt8], value: Range<Int>, from start: Int, range: Range<Int>
    ) -> [Range<Int>] {
        // What ends with its quote ends there.
        if isClosed(bytes, value: value) { return [] }
        let quote = value.lowerBound > 0 ? bytes[value.lowerBound - 1] : 0
        let isQuoted = quote == 0x22 || quote == 0x27
        let lines = block(bytes, value: value, from: start, range: range)
        var found: [Range<Int>] = []
        for line in lines {
            if isQuoted, let close = ByteText.first(quote, bytes: bytes, in: line) {
                return close > line.lowerBound ? found + [line.lowerBound..<close] : found
            }
            let isSetting = line.contains { at in
                bytes[at] == 0x3a && (at + 1 == line.upperBound || ByteText.isBlank(bytes[at + 1]))
            }
            // A list of values, if none stands in front.
            if value.isEmpty, bytes[line.lowerBound] == 0x2d, !isSetting {
                found.append(item(bytes, line: line))
                continue
            }
            if !isQuoted, isSetting || bytes[line.lowerBound] == 0x23 || bytes[line.lowerBound] == 0x2d { break }
            found.append(line)
        }
        return isQuoted ? [] : found
    }

    /// What stands behind the dash of a list, without its quotes.
    private static func item(_ bytes: [UInt8], line: Range<Int>) -> Range<Int> {
        let text = ByteText.trimmed(bytes, range: line.lowerBound + 1..<line.upperBound)
        guard let first = text.first, text.count > 2, bytes[first] == 0x22 || bytes[first] == 0x27,
            let close = ByteText.first(bytes[first], bytes: bytes, in: first + 1..<text.upperBound)
        else { return text }
        return first + 1..<close
    }

    private static func indentation(_ bytes: [UInt8], line: Range<Int>) -> Int {
        line.prefix { ByteText.isBlank(bytes[$0]) }.count
    }

    private static func block(
        _ bytes: [UInt8], value: Range<Int>, from start: Int, range: Range<Int>
    ) -> [Range<Int>] {
        var first = value.lowerBound
        while first > range.lowerBound, bytes[first - 1] != 0x0a { first -= 1 }
        let outer = indentation(bytes, line: first..<value.lowerBound)
        var lines: [Range<Int>] = []
        for line in following(bytes, from: start, range: range) {
            let text = ByteText.trimmed(bytes, range: line)
            if text.isEmpty { continue }
            guard indentation(bytes, line: line) > outer else { break }
            lines.append(text)
        }
        return lines
    }

    /// Three quotes around the beginning of a value: the quote.
    private static func quotes(_ bytes: [UInt8], value: Range<Int>, range: Range<Int>) -> UInt8? {
        let front = max(range.lowerBound, value.lowerBound - 3)..<min(range.upperBound, value.lowerBound + 3)
        for quote: UInt8 in [0x22, 0x27] {
            // They end it in the same line.
            let behind = bytes[value.upperBound..<min(range.upperBound, value.upperBound + 3)]
            if value.count > 1, behind.count == 3, behind.allSatisfy({ $0 == quote }) { return nil }
            var count = 0
            for at in front {
                count = bytes[at] == quote ? count + 1 : 0
                if count == 3 { return quote }
            }
        }
        return nil
    }

    private static func quoted(
        _ bytes: [UInt8], quotes: UInt8, from start: Int, range: Range<Int>
    ) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        for line in following(bytes, from: start, range: range) {
            if let place = line.dropLast(2).first(where: { at in
                bytes[at] == quotes && bytes[at + 1] == quotes && bytes[at + 2] == quotes
            }) {
                let text = ByteText.trimmed(bytes, range: line.lowerBound..<place)
                return text.isEmpty ? lines : lines + [text]
            }
            let text = ByteText.trimmed(bytes, range: line)
            if !text.isEmpty { lines.append(text) }
        }
        return []
    }

    /// Whether a backslash at the end of a line takes the next one to it: in scripts and Makefiles, and where nothing else
    /// stands in front of it or the next line stands further to the right and is no setting. Elsewhere it is a character:
    /// hostapd and INI know no such thing.
    private static func goesOn(
        _ bytes: [UInt8], value: Range<Int>, end: Int, range: Range<Int>, source: SettingsSource
    ) -> Bool {
        let last = end > value.lowerBound && bytes[end - 1] == 0x0d ? end - 1 : end
        var first = last
        while first > range.lowerBound, bytes[first - 1] == 0x5c { first -= 1 }
        guard !(last - first).isMultiple(of: 2) else { return false }
        if source.isShell || source.isMakefile || source.isCode || first <= value.lowerBound { return true }
        let limit = min(range.upperBound, end + 1 + longestLine)
        let next = end + 1..<(ByteText.first(0x0a, bytes: bytes, in: min(end + 1, limit)..<limit) ?? limit)
        guard let start = next.first, ByteText.isBlank(bytes[start]) else { return false }
        return !bytes[next].contains { $0 == 0x3d || $0 == 0x3a }
    }

    /// Whether a value ends with its own quote: what goes on is another string.
    private static func isClosed(_ bytes: [UInt8], value: Range<Int>) -> Bool {
        guard value.lowerBound > 0, value.upperBound < bytes.count else { return false }
        let quote = bytes[value.upperBound]
        return (quote == 0x22 || quote == 0x27) && bytes[value.lowerBound - 1] == quote
    }

    private static func continued(
        _ bytes: [UInt8], quote: UInt8, from start: Int, range: Range<Int>
    ) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        for line in following(bytes, from: start, range: range) {
            var text = ByteText.trimmed(bytes, range: line)
            // The quote in front of the first line closes the last one.
            if quote == 0x22 || quote == 0x27, let close = ByteText.first(quote, bytes: bytes, in: text) {
                text = text.lowerBound..<close
            }
            guard let last = text.last else { break }
            if bytes[last] != 0x5c {
                lines.append(text)
                break
            }
            let part = ByteText.trimmed(bytes, range: text.lowerBound..<last)
            if !part.isEmpty { lines.append(part) }
        }
        // A name of its own: the value was empty.
        return lines.filter { line in !bytes[line].contains(0x20) }
    }

    private static func following(_ bytes: [UInt8], from start: Int, range: Range<Int>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var at = start
        while at < range.upperBound, lines.count < mostLines {
            let end = ByteText.first(0x0a, bytes: bytes, in: at..<range.upperBound) ?? range.upperBound
            lines.append(at..<end)
            at = end + 1
        }
        return lines
    }
}

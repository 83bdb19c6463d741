/// Reads names and values line by line: INI, hostapd, wpa_supplicant, uci, NVRAM, shell assignments, YAML, TOML, Lua, and
/// several of them on one line (`ssid="…",psk="…"`, `username=…,password=…`).
///
/// A value ends where the syntax of its file ends it: at the end of the line in a settings file, at the quote that closes
/// it, behind a word in a shell script.
struct LineSettings {
    let bytes: [UInt8]
    let source: SettingsSource
    private(set) var settings: [Setting] = []
    /// The section that the lines are in: `[wifi]`, `config wifi-iface`.
    private var section: [[UInt8]] = []
    /// The blocks that are open: `network={`.
    private var blocks: [[UInt8]] = []
    /// YAML's keys without a value, with their indentation.
    private var parents: [(indentation: Int, name: [UInt8])] = []
    /// The name that a line of its own gives the next one.
    private var key: [UInt8] = []
    /// The names of the columns, after a line that only names some.
    private var columns: [[UInt8]] = []
    private var columnSeparator: UInt8 = 0x2c

    /// Longer lines are no settings (bytes).
    static let longestLine = 64 << 10
    private static let longestName = 64
    /// Values that end in one place: more are looked for in no word.
    private static let mostInWord = 64

    static func read(_ bytes: [UInt8], in range: Range<Int>, source: SettingsSource) -> [Setting] {
        var reader = LineSettings(bytes: bytes, source: source)
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            // NVRAM ends its lines with NUL, erased flash follows the last one.
            while end < range.upperBound, bytes[end] != 0x0a, bytes[end] != 0, bytes[end] != 0xff, bytes[end] != 0x0d {
                end += 1
            }
            if end > start, end - start <= Self.longestLine { reader.line(start..<end) }
            start = end + 1
        }
        return reader.settings
    }

    private init(bytes: [UInt8], source: SettingsSource) {
        self.bytes = bytes
        self.source = source
    }

    private mutating func line(_ whole: Range<Int>) {
        let line = ByteText.trimmed(bytes, range: whole)
        guard let first = line.first, line.count >= 3 else {
            if let first = line.first, bytes[first] == 0x7d { _ = blocks.popLast() }
            return
        }
        switch bytes[first] {
        case 0x5b where bytes[line.upperBound - 1] == 0x5d:
            section = [Array(bytes[line.dropFirst().dropLast()])]
            return
        case 0x7d:
            _ = blocks.popLast()
        case 0x23, 0x3b:
            return comment(line)
        case 0x3c where !ByteText.has("<sip", bytes: bytes, at: first):
            settings += MarkupSettings.read(bytes, in: line)
            return
        default: break
        }
        if let start = object(in: line) {
            settings += JSONSettings.read(bytes, in: start..<line.upperBound, names: context)
            if start == first { return }
        }
        if ByteText.has("backlog ", bytes: bytes, at: line.lowerBound) { return backlog(line) }
        if row(line) { return }
        statement(line, indentation: first - whole.lowerBound)
    }

    private var context: [[UInt8]] { section + blocks }

    /// Where JSON begins in a line: behind `{` or `[` stands a quote.
    private func object(in line: Range<Int>) -> Int? {
        var place = line.lowerBound
        while let start = ByteText.first(0x7b, bytes: bytes, in: place..<line.upperBound) {
            var next = start + 1
            while next < line.upperBound, ByteText.isBlank(bytes[next]) { next += 1 }
            if next < line.upperBound, bytes[next] == 0x22 { return start }
            place = start + 1
        }
        return nil
    }

    /// `#psk="…"`: what is commented out is still there.
    private mutating func comment(_ line: Range<Int>) {
        var start = line.lowerBound
        while start < line.upperBound, bytes[start] == 0x23 || bytes[start] == 0x3b { start += 1 }
        let rest = ByteText.trimmed(bytes, range: start..<line.upperBound)
        let before = settings.count
        statement(rest, indentation: 0)
        for index in before..<settings.count { settings[index].isCommentedOut = true }
    }

    // MARK: - One statement

    private mutating func statement(_ line: Range<Int>, indentation: Int) {
        var line = line
        if ByteText.has("config ", bytes: bytes, at: line.lowerBound) {
            section = words(line).dropFirst().map { Array(bytes[$0]) }
            return
        }
        for word: StaticString in ["option ", "list "] where ByteText.has(word, bytes: bytes, at: line.lowerBound) {
            return option(line)
        }
        for word: StaticString in Self.introductions where ByteText.has(word, bytes: bytes, at: line.lowerBound) {
            let start = min(line.lowerBound + word.utf8CodeUnitCount, line.upperBound)
            line = ByteText.trimmed(bytes, range: start..<line.upperBound)
        }
        // wpa_cli's `set_network 0 psk "…"`.
        if ByteText.has("set_network ", bytes: bytes, at: line.lowerBound) {
            let words = words(line)
            if words.count > 3 { line = words[2].lowerBound..<line.upperBound }
            return pair(line)
        }
        if source.isYAML, complexKey(line, indentation: indentation) { return }
        if beginsWithCredential(line) { return pair(line) }
        if let name = blockName(line) { return open(name) }
        var hasAssignment = false
        var (at, wordEnd, inWord) = (line.lowerBound, line.lowerBound, 0)
        while let sign = assignment(from: at, in: line) {
            hasAssignment = true
            let value = value(behind: sign, in: line)
            if sign.isBlockStart {
                open(Array(bytes[sign.name]))
                at = value.lowerBound
                continue
            }
            // YAML's value may stand below.
            if !value.isEmpty || source.isYAML { note(sign, value: value, in: line, indentation: indentation) }
            if value.isEmpty, sign.isColon, sign.name.lowerBound <= line.lowerBound + 1 {
                parents.removeAll { $0.indentation >= indentation }
                parents.append((indentation, Array(bytes[sign.name])))
                noteAccessPoint(sign.name)
                if parents.count > 16 { parents.removeFirst() }
            }
            // Of a word with a sign at every other byte, each one begins a value that ends where the word does.
            inWord = value.upperBound == wordEnd ? inWord + 1 : 0
            wordEnd = value.upperBound
            if inWord > Self.mostInWord {
                at = max(sign.end, wordEnd)
                continue
            }
            // A value may hold others: an address with `user=…&password=…`.
            let isQuoted = value.upperBound < line.upperBound && value.lowerBound > sign.end
            at = isQuoted ? max(sign.end, value.upperBound) : max(sign.end, at + 1)
        }
        if !hasAssignment { pair(line) }
    }

    /// YAML's `? name` with `: value` in the line below it.
    private mutating func complexKey(_ line: Range<Int>, indentation: Int) -> Bool {
        guard line.count >= 3, let first = line.first, ByteText.isBlank(bytes[first + 1]) else { return false }
        let rest = unquoted(ByteText.trimmed(bytes, range: first + 1..<line.upperBound))
        if bytes[first] == 0x3f {
            key = Array(bytes[rest].prefix(Self.longestName))
            return true
        }
        guard bytes[first] == 0x3a, !key.isEmpty else { return false }
        settings.append(Setting(names: context + parents.map(\.name) + [key], value: rest))
        key = []
        return true
    }

    private mutating func open(_ block: [UInt8]) {
        blocks.append(block)
        if blocks.count > 16 { blocks.removeFirst() }
    }

    private static let introductions: [StaticString] = [
        "export ", "nvram set ", "uci set ", "setenv ", "set ", "local ", "readonly ", "declare ", "env ", "const ",
        "let ",
        "var ", "- ", "override ",
    ]

    private struct Assignment {
        var name: Range<Int>
        /// Behind the sign.
        var end: Int
        var isColon: Bool
        var isBlockStart = false
    }

    /// The next `name =`, `name:`, `"name" =>` in a line.
    private func assignment(from start: Int, in line: Range<Int>) -> Assignment? {
        var at = start
        while at < line.upperBound {
            let byte = bytes[at]
            guard byte == 0x3d || byte == 0x3a else {
                at += 1
                continue
            }
            let next = at + 1 < line.upperBound ? bytes[at + 1] : 0
            let previous = at > line.lowerBound ? bytes[at - 1] : 0
            // Comparisons, addresses, C++. A value may begin with such a sign where nobody compares.
            let isApart = source.isCode || ByteText.isBlank(previous)
            let compares = isApart && byte == 0x3d && (next == 0x3d || next == 0x7e)
            if "!<>".utf8.contains(previous) || compares || (byte == 0x3a && (next == 0x3a || next == 0x2f)) {
                at += 2
                continue
            }
            var end = at + 1
            if byte == 0x3a, next == 0x3d { end += 1 }
            if source.isShell || source.isString, byte == 0x3a, "-?+".utf8.contains(next) { end += 1 }
            if byte == 0x3d, next == 0x3e, isApart || previous == 0x22 || previous == 0x27 || previous == 0x5d {
                end += 1
            }
            // `+=`, `:=`, `?=`, `:::=`; U-Boot's `serial#=`.
            var first = at
            while first > line.lowerBound, at - first < 3, "+:?#".utf8.contains(bytes[first - 1]) { first -= 1 }
            if let name = name(before: first, in: line) {
                let rest = ByteText.trimmed(bytes, range: end..<line.upperBound)
                let opens = rest.count == 1 && bytes[rest.lowerBound] == 0x7b
                return Assignment(
                    name: name, end: opens ? line.upperBound : end, isColon: byte == 0x3a, isBlockStart: opens)
            }
            at = end
        }
        return nil
    }

    /// The name that ends in front of a sign, without its quotes; of several words the last three at the most.
    private func name(before sign: Int, in line: Range<Int>) -> Range<Int>? {
        var end = sign
        while end > line.lowerBound, ByteText.isBlank(bytes[end - 1]) { end -= 1 }
        guard end > line.lowerBound else { return nil }
        let quote = bytes[end - 1]
        if quote == 0x22 || quote == 0x27 {
            guard let open = ByteText.last(quote, bytes: bytes, in: line.lowerBound..<end - 1), open + 1 < end - 1,
                end - 1 - open <= Self.longestName
            else { return nil }
            return open + 1..<end - 1
        }
        var start = end
        func isLetter(_ byte: UInt8) -> Bool { ByteText.isName(byte) || byte >= 0x80 && byte < 0xff }
        while start > line.lowerBound, isLetter(bytes[start - 1]), end - start <= Self.longestName { start -= 1 }
        guard start < end, end - start <= Self.longestName else { return nil }
        // An option of a command.
        if bytes[start] == 0x2d { return start..<end }
        // `Wireless key: …` at the start of a line.
        var first = start
        var words = 1
        while first > line.lowerBound, words < 3, ByteText.isBlank(bytes[first - 1]) {
            var word = first - 1
            while word > line.lowerBound, ByteText.isBlank(bytes[word - 1]) { word -= 1 }
            let last = word
            while word > line.lowerBound, ByteText.isName(bytes[word - 1]) { word -= 1 }
            if word == last { break }
            first = word
            words += 1
        }
        return first == line.lowerBound && sign - first <= Self.longestName && !source.isCode
            ? first..<end : start..<end
    }

    // MARK: - Values

    private func value(behind sign: Assignment, in line: Range<Int>) -> Range<Int> {
        ValueSyntax(bytes: bytes, source: source, isInBlock: !blocks.isEmpty)
            .value(
                from: sign.end, in: line,
                isFirst: (sign.name.lowerBound <= line.lowerBound + 1
                    || isBehindPrefix(sign.name.lowerBound, value: sign.isColon ? nil : sign.end, in: line))
                    && !(source.isYAML && bytes[line.lowerBound] == 0x7b),
                isOption: !source.isCode && bytes[sign.name.lowerBound] == 0x2d)
    }

    private mutating func note(_ sign: Assignment, value: Range<Int>, in line: Range<Int>, indentation: Int) {
        var names = context
        if parents.last.map({ $0.indentation >= indentation }) == true {
            parents.removeAll { $0.indentation >= indentation }
        }
        names += parents.map(\.name)
        // uci's `wireless.radio0.key`, and names of programs that do the same.
        let parts = bytes[sign.name].split(separator: 0x2e).map(Array.init)
        names += parts
        if names.isEmpty { return }
        let strings = ListOfStrings.read(bytes, from: sign.end, isYAML: source.isYAML)
        let isIndented = !parents.isEmpty
        settings += (strings.isEmpty ? [value] : strings).map {
            Setting(names: names, value: $0, isIndented: isIndented)
        }
    }

    /// netplan has the names of networks as keys: `access-points:` and below it `"Home":`.
    private mutating func noteAccessPoint(_ name: Range<Int>) {
        guard parents.count >= 2, parents[parents.count - 2].name == Array("access-points".utf8) else { return }
        settings.append(Setting(names: [Array("ssid".utf8)], value: name))
    }

    /// uci: `option NAME 'VALUE'`.
    private mutating func option(_ line: Range<Int>) {
        let words = words(line)
        guard words.count >= 3 else { return }
        let value = words[2].lowerBound..<line.upperBound
        let name = Array(bytes[words[1]]).filter { $0 != 0x27 && $0 != 0x22 }
        settings.append(Setting(names: section + [name], value: unquoted(value)))
    }

    /// `name value`: of a line that has no sign at all.
    private mutating func pair(_ line: Range<Int>) {
        guard !source.isCode else { return }
        let words = words(line)
        guard words.count >= 2, words[0].count <= Self.longestName, bytes[words[0]].allSatisfy(ByteText.isName) else {
            return
        }
        // Behind an option a command goes on; a router says first how the value is written.
        let isOption = bytes[words[0].lowerBound] == 0x2d
        let value =
            isOption
            ? unquoted(words[1])
            : isCommunity(words[0])
                ? firstWord(from: words[1].lowerBound, in: line)
                : unquoted(words[valueWord(of: words)].lowerBound..<line.upperBound)
        // A command that has a setting's name; a port of a service.
        guard let first = value.first, bytes[words[0]] != ArraySlice("wpa_passphrase".utf8), !isPort(words[1]),
            !source.isString || bytes[first] != 0x2d
        else { return }
        settings.append(Setting(names: context + [Array(bytes[words[0]])], value: value, isSeparatedByBlanks: true))
    }

    /// Whether the first word names a credential, and no sign follows it: the value may hold one.
    private func beginsWithCredential(_ line: Range<Int>) -> Bool {
        guard !source.isCode, let end = bytes[line].firstIndex(where: { !ByteText.isName($0) }), end > line.lowerBound,
            ByteText.isBlank(bytes[end])
        else { return false }
        let rest = ByteText.trimmed(bytes, range: end..<line.upperBound)
        guard rest.first.map({ !"=:+".utf8.contains(bytes[$0]) }) ?? false else { return false }
        let text = Array(bytes[line.lowerBound..<end])
        let meaning = SettingMeaning.of(text)
        return meaning == .credential || meaning == .token || meaning == .key && SettingName(text).words.count > 1
    }

    /// Tasmota's `Backlog SSID1 home; Password1 secret`.
    private mutating func backlog(_ line: Range<Int>) {
        var start = line.lowerBound + 8
        while start < line.upperBound {
            let end = ByteText.first(0x3b, bytes: bytes, in: start..<line.upperBound) ?? line.upperBound
            let before = settings.count
            pair(ByteText.trimmed(bytes, range: start..<end))
            for index in before..<settings.count { settings[index].isSeparatedByBlanks = false }
            start = end + 1
        }
    }

    // MARK: - Tables

    /// A line of a table whose first line names the columns.
    private mutating func row(_ line: Range<Int>) -> Bool {
        if columns.isEmpty {
            guard !source.isCode, settings.isEmpty, !bytes[line].contains(0x3d), !bytes[line].contains(0x3a) else {
                return false
            }
            for separator: UInt8 in [0x2c, 0x3b, 0x09] {
                let cells = cells(line, separator: separator)
                guard cells.count >= 2,
                    cells.allSatisfy({ cell in !cell.isEmpty && bytes[cell].allSatisfy(ByteText.isName) }),
                    cells.contains(where: { SettingMeaning.namesCredential(Array(bytes[$0])) })
                else { continue }
                columns = cells.map { Array(bytes[$0]) }
                columnSeparator = separator
                return true
            }
            return false
        }
        let cells = cells(line, separator: columnSeparator)
        guard cells.count == columns.count else {
            columns = []
            return false
        }
        for (name, cell) in zip(columns, cells) where !cell.isEmpty {
            settings.append(Setting(names: [name], value: cell))
        }
        return true
    }

    private func cells(_ line: Range<Int>, separator: UInt8) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var start = line.lowerBound
        var isQuoted = false
        for at in line {
            if bytes[at] == 0x22 { isQuoted.toggle() }
            guard bytes[at] == separator, !isQuoted else { continue }
            cells.append(unquoted(ByteText.trimmed(bytes, range: start..<at)))
            start = at + 1
        }
        cells.append(unquoted(ByteText.trimmed(bytes, range: start..<line.upperBound)))
        return cells
    }
}

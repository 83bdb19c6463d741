/// Values of INI and its relatives that go on in the next lines: those that stand further to the right, or those behind a
/// backslash.
///
/// The parts are one value: it is looked for as a whole, and the backslash stays, which joins its lines.
struct ContinuedValues {
    private let bytes: [UInt8]
    private let range: Range<Int>

    private static let mostLines = 16
    /// A longer line is no part of a value (bytes).
    private static let longestLine = 1024

    /// The settings, each with all its lines.
    static func joined(
        _ settings: [Setting], bytes: [UInt8], in range: Range<Int>, source: SettingsSource
    ) -> [Setting] {
        // There a string or a backslash says what goes on.
        if source.isCode || source.isShell || source.isString || source.isYAML || source.isMakefile { return settings }
        let reader = ContinuedValues(bytes: bytes, range: range)
        return settings.map { reader.joined($0) } + reader.belowTheirNames()
    }

    private func joined(_ setting: Setting) -> Setting {
        let value = setting.value
        guard setting.further.isEmpty, !setting.isCommentedOut, !setting.isSeparatedByBlanks, !value.isEmpty,
            let next = lineBehind(value.upperBound), next < range.upperBound
        else { return setting }
        let goesOn = endsWithBackslash(value) && (!isApart(value) || ByteText.isBlank(bytes[next]))
        guard goesOn || ByteText.isBlank(bytes[next]), let name = setting.names.last, Self.isWanted(name) else {
            return setting
        }
        // What is no value is none with the next line, either: `password = none`.
        if !goesOn, !SettingValue.isCredential(Array(bytes[value]), isCode: false) { return setting }
        var whole = setting
        if goesOn { whole.value = ByteText.trimmed(bytes, range: value.lowerBound..<value.upperBound - 1) }
        whole.further = lines(from: next, behindBackslash: goesOn, indentation: indentation(of: value.lowerBound))
        // A backslash that nothing follows is a character.
        return goesOn && whole.further.isEmpty || whole.value.isEmpty ? setting : whole
    }

    private static func isWanted(_ name: [UInt8]) -> Bool {
        guard let meaning = SettingMeaning.of(name) else { return false }
        return [.credential, .token, .key].contains(meaning)
    }

    /// `secret =` with the value in the line below it.
    private func belowTheirNames() -> [Setting] {
        var settings: [Setting] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = ByteText.first(0x0a, bytes: bytes, in: start..<range.upperBound) ?? range.upperBound
            let line = ByteText.trimmed(bytes, range: start..<end)
            defer { start = end + 1 }
            guard line.count >= 4, line.count <= 72, bytes[line.upperBound - 1] == 0x3d, end + 1 < range.upperBound,
                ByteText.isBlank(bytes[end + 1])
            else { continue }
            let name = ByteText.trimmed(bytes, range: line.lowerBound..<line.upperBound - 1)
            guard bytes[name].allSatisfy(ByteText.isName), Self.isWanted(Array(bytes[name])) else { continue }
            let parts = lines(from: end + 1, behindBackslash: false, indentation: line.lowerBound - start)
            guard let first = parts.first else { continue }
            settings.append(
                Setting(names: [Array(bytes[name])], value: first, further: Array(parts.dropFirst())))
        }
        return settings
    }

    /// Where the line behind a value begins; nil where something else follows on its own.
    private func lineBehind(_ place: Int) -> Int? {
        var at = place
        while at < range.upperBound, at - place < 16, ByteText.isBlank(bytes[at]) || bytes[at] == 0x0d { at += 1 }
        return at < range.upperBound && bytes[at] == 0x0a ? at + 1 : nil
    }

    private func endsWithBackslash(_ part: Range<Int>) -> Bool {
        var first = part.upperBound
        while first > part.lowerBound, bytes[first - 1] == 0x5c { first -= 1 }
        return !(part.upperBound - first).isMultiple(of: 2)
    }

    /// Whether a blank or a comma stands between a value and the backslash: what follows is something else.
    private func isApart(_ part: Range<Int>) -> Bool {
        part.count >= 2 && (ByteText.isBlank(bytes[part.upperBound - 2]) || bytes[part.upperBound - 2] == 0x2c)
    }

    private func indentation(of place: Int) -> Int {
        var start = place
        while start > range.lowerBound, bytes[start - 1] != 0x0a, place - start <= Self.longestLine { start -= 1 }
        return (start..<place).prefix { ByteText.isBlank(bytes[$0]) }.count
    }

    /// The lines that belong to a value.
    private func lines(from start: Int, behindBackslash: Bool, indentation: Int) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var at = start
        var isJoined = behindBackslash
        while at < range.upperBound, parts.count < Self.mostLines {
            let limit = min(range.upperBound, at + Self.longestLine)
            let end = ByteText.first(0x0a, bytes: bytes, in: at..<limit) ?? limit
            var part = ByteText.trimmed(bytes, range: at..<end)
            guard isPart(part), isJoined || part.lowerBound - at > indentation else { break }
            isJoined = endsWithBackslash(part)
            if isJoined { part = ByteText.trimmed(bytes, range: part.lowerBound..<part.upperBound - 1) }
            if !part.isEmpty { parts.append(part) }
            if behindBackslash, !isJoined { break }
            at = end + 1
        }
        return parts
    }

    /// One word that is no setting, no remark and no bracket.
    private func isPart(_ part: Range<Int>) -> Bool {
        guard let first = part.first, part.count >= 2, !"#;[]{}()<>-=:\"'/".utf8.contains(bytes[first]) else {
            return false
        }
        var end = part.upperBound
        // Base64 ends so.
        while end > part.lowerBound, bytes[end - 1] == 0x3d { end -= 1 }
        return !bytes[part.lowerBound..<end].contains { ByteText.isBlank($0) || $0 == 0x3d || $0 == 0x3a }
            && bytes[part.upperBound - 1] != 0x7b
    }
}

/// What strings hold as texts of their own: `"cmd": "login --password 'x'"`, `"password=x\n"`.
struct SettingsInStrings {
    /// What is private in them.
    private(set) var findings: [SettingsSearch.Finding] = []
    /// Where values begin that end before their string does, private or not (bytes of the text).
    private(set) var values: Set<Int> = []

    /// - Parameter path: without `/` in front; nil where it is not known any more.
    init(_ bytes: [UInt8], in range: Range<Int>, path: [UInt8]?) {
        let strings = StringTexts(bytes, in: range)
        var source = SettingsSource()
        source.isString = true
        var statements = SQLStatements.read(strings.bytes, in: 0..<strings.bytes.count)[...]
        for text in strings.texts {
            let own = statements.prefix { $0.value.lowerBound < text.upperBound }
            statements = statements[own.endIndex...]
            var settings = (SettingsSearch.read(strings.bytes, in: text, source: source) + own)
                .filter {
                    SettingsSearch.meaning($0, in: strings.bytes) != nil
                        && !Self.isSaid($0, in: text, of: strings.bytes)
                }
            if settings.isEmpty { continue }
            for index in settings.indices {
                settings[index].isLiteral = true
                // What is gone already goes no further than it did.
                if SettingValue.isRedacted(settings[index].text(in: strings.bytes)) {
                    note(settings[index].value, of: text, in: strings, bytes: bytes)
                }
            }
            for finding in SettingsSearch.judge(settings, bytes: strings.bytes, source: source, path: path) {
                note(finding.value, of: text, in: strings, bytes: bytes)
                let pieces = [finding.value] + finding.further
                let places = pieces.flatMap { strings.parts(of: $0).places }
                guard let first = places.first else { continue }
                findings.append(
                    SettingsSearch.Finding(
                        meaning: finding.meaning, value: first, further: Array(places.dropFirst()),
                        isNumber: finding.isNumber, whole: Array(pieces.map { strings.bytes[$0] }.joined())))
            }
        }
    }

    /// Whether a line says something to people: `Password: must be 8 letters`, `password: changed`.
    private static func isSaid(_ setting: Setting, in text: Range<Int>, of bytes: [UInt8]) -> Bool {
        var sign = setting.value.lowerBound - 1
        while sign > text.lowerBound, ByteText.isBlank(bytes[sign]) { sign -= 1 }
        let value = bytes[setting.value]
        guard sign >= text.lowerBound, !setting.isArgument,
            setting.isSeparatedByBlanks || bytes[sign] == 0x3a && !bytes[text].dropLast().contains(0x0a)
        else { return false }
        return value.contains(0x20) || !value.contains(where: ByteText.isDigit)
    }

    /// With the quote in front of a value, which whoever does not read the string takes for a part of it: `psk=\"x\"`.
    private mutating func note(_ value: Range<Int>, of text: Range<Int>, in strings: StringTexts, bytes: [UInt8]) {
        guard value.upperBound < text.upperBound, let first = strings.parts(of: value).first else { return }
        var at = first.place.lowerBound
        values.insert(at)
        guard at > 1, bytes[at - 1] == 0x22 || bytes[at - 1] == 0x27, bytes[at - 2] == 0x5c else { return }
        values.insert(at - 1)
        at -= 2
        while at > 0, bytes[at - 1] == 0x5c { at -= 1 }
        values.insert(at)
    }
}

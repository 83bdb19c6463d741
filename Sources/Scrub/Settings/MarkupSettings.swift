/// Reads names and values out of XML, HTML and property lists: an element's text (`<psk>…</psk>`), attributes
/// (`<wifi psk="…"/>`), a name and a value in attributes (`<parm name="psk" value="…"/>`) or in neighbours
/// (`<key>psk</key><string>…</string>`).
struct MarkupSettings {
    private let bytes: [UInt8]
    private let end: Int
    private var at: Int
    private var open: [[UInt8]] = []
    /// What the element before this one named: `<key>`, `<name>`.
    private var label: [UInt8]?
    private var settings: [Setting] = []

    private static let mostOpen = 64
    private static let smallestDocument = 12
    private static let nameAttributes: Set<String> = [
        "name", "id", "key", "n", "param", "parameter", "option", "field",
    ]
    private static let valueAttributes: Set<String> = ["value", "val", "v", "default", "content"]
    /// Elements of HTML that have no text.
    private static let voidElements: Set<String> = ["input", "img", "br", "hr", "meta", "link", "area", "source"]
    private static let labels: Set<String> = ["key", "name", "param", "parameter", "option", "field"]

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var reader = MarkupSettings(bytes: bytes, range: range)
        reader.read()
        return reader.settings
    }

    private init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        at = range.lowerBound
        end = range.upperBound
    }

    private mutating func read() {
        while let start = ByteText.first(0x3c, bytes: bytes, in: at..<end) {
            at = start + 1
            guard at < end else { return }
            if ByteText.has("!--", bytes: bytes, at: at) {
                at = comment(from: at)
            } else if ByteText.has("![cdata[", bytes: bytes, at: at) {
                at += 8
            } else if bytes[at] == 0x2f {
                _ = open.popLast()
                at = ByteText.first(0x3e, bytes: bytes, in: at..<end).map { $0 + 1 } ?? end
            } else {
                element()
            }
        }
    }

    private func comment(from start: Int) -> Int {
        var place = start + 3
        while place + 2 < end {
            if bytes[place] == 0x2d, bytes[place + 1] == 0x2d, bytes[place + 2] == 0x3e { return place + 3 }
            place += 1
        }
        return end
    }

    /// From behind its `<`.
    private mutating func element() {
        let start = at
        while at < end, ByteText.isName(bytes[at]) || bytes[at] == 0x3a { at += 1 }
        let name = Array(bytes[start..<at])
        guard !name.isEmpty else { return }
        let attributes = attributes()
        guard at < end else { return }
        let isVoid = Self.voidElements.contains(String(decoding: name, as: UTF8.self).lowercased())
        let isEmpty = bytes[at] == 0x2f || name.first == 0x3f || isVoid
        at = ByteText.first(0x3e, bytes: bytes, in: at..<end).map { $0 + 1 } ?? end
        note(attributes, of: name)
        // What a field of a form is called says nothing of the button behind it.
        if isVoid { label = nil }
        if isEmpty { return }
        if open.count < Self.mostOpen { open.append(name) }
        let isNamed = attributes.contains {
            Self.nameAttributes.contains(String(decoding: $0.name, as: UTF8.self).lowercased())
        }
        text(of: name, isNamed: isNamed)
    }

    private mutating func attributes() -> [(name: [UInt8], value: Range<Int>)] {
        var found: [(name: [UInt8], value: Range<Int>)] = []
        while at < end, bytes[at] != 0x3e {
            if bytes[at] == 0x2f, at + 1 < end, bytes[at + 1] == 0x3e { break }
            let start = at
            while at < end, ByteText.isName(bytes[at]) || bytes[at] == 0x3a { at += 1 }
            let name = start..<at
            if name.isEmpty {
                at += 1
                continue
            }
            while at < end, ByteText.isBlank(bytes[at]) { at += 1 }
            guard at < end, bytes[at] == 0x3d else { continue }
            at += 1
            while at < end, ByteText.isBlank(bytes[at]) { at += 1 }
            guard at < end else { break }
            let quote = bytes[at]
            if quote == 0x22 || quote == 0x27 {
                guard let close = ByteText.first(quote, bytes: bytes, in: at + 1..<end) else { return found }
                found.append((Array(bytes[name]), at + 1..<close))
                at = close + 1
            } else {
                let value = at
                while at < end, !" \t\r\n>".utf8.contains(bytes[at]) { at += 1 }
                found.append((Array(bytes[name]), value..<at))
            }
        }
        return found
    }

    private mutating func note(_ attributes: [(name: [UInt8], value: Range<Int>)], of element: [UInt8]) {
        func word(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self).lowercased() }
        // What a field of a page is called says less than that nobody is to see what is in it.
        let named =
            attributes.first { word($0.name) == "type" && word(Array(bytes[$0.value])) == "password" }
            ?? attributes.first { Self.nameAttributes.contains(word($0.name)) }
        for attribute in attributes {
            if let named, Self.valueAttributes.contains(word(attribute.name)) {
                settings.append(Setting(names: open + [Array(bytes[named.value])], value: attribute.value))
            } else if Self.valueAttributes.contains(word(attribute.name)) {
                settings.append(Setting(names: open + [element], value: attribute.value))
            } else {
                settings.append(Setting(names: open + [element, attribute.name], value: attribute.value))
            }
        }
        if let named { label = Array(bytes[named.value]) }
    }

    /// Whether the next end of an element is that of a name.
    private func isClosed(_ name: [UInt8], behind value: Range<Int>) -> Bool {
        let stop = ByteText.first(0x3c, bytes: bytes, in: value.upperBound..<end) ?? end
        return stop + 2 + name.count <= end && bytes[stop + 1] == 0x2f
            && bytes[stop + 2..<stop + 2 + name.count].elementsEqual(name)
    }

    /// What stands between an element's begin and the next `<`.
    private mutating func text(of name: [UInt8], isNamed: Bool) {
        var stop = ByteText.first(0x3c, bytes: bytes, in: at..<end) ?? end
        if ByteText.has("<![cdata[", bytes: bytes, at: at) {
            at += 9
            let close = (at..<min(end, at + 4096)).first { ByteText.has("]]>", bytes: bytes, at: $0) }
            stop = close ?? ByteText.first(0x3c, bytes: bytes, in: at..<end) ?? end
        }
        var value = ByteText.trimmed(bytes, range: at..<stop)
        if value.upperBound - 3 >= value.lowerBound, ByteText.has("]]>", bytes: bytes, at: value.upperBound - 3) {
            value = value.lowerBound..<value.upperBound - 3
        }
        guard !value.isEmpty, !bytes[value].allSatisfy({ $0 <= 0x20 }) else { return }
        if !isNamed, Self.labels.contains(String(decoding: name, as: UTF8.self).lowercased()) {
            label = Array(bytes[value].prefix(128))
            // A property list's keys are names, and nothing else.
            let isPropertyList = open.dropLast().last.map { $0.elementsEqual("dict".utf8) } ?? false
            if !isPropertyList { settings.append(Setting(names: open, value: value)) }
            return
        }
        // Lines of settings, or JSON, in an element.
        if value.count >= Self.smallestDocument, isClosed(name, behind: value),
            bytes[value].contains(0x0a) || JSONSettings.start(of: bytes, in: value) != nil
                || bytes[value].contains(0x3d) && bytes[value].contains(where: { $0 == 0x26 || $0 == 0x3b })
        {
            settings += SettingsSearch.document(bytes, in: value)
        }
        // The second name of a pair is its own: `<name>psk</name><value>…</value>`.
        if let label { settings.append(Setting(names: open.dropLast() + [label], value: value)) }
        settings.append(Setting(names: open.isEmpty ? [name] : open, value: value))
        label = nil
    }
}

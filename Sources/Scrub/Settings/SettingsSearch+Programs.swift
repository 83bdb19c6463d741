/// What single programs and devices write in ways of their own.
extension SettingsSearch {
    /// In lines of settings and in program text.
    ///
    /// - Parameter settings: those that are read by common syntaxes.
    static func programs(
        _ bytes: [UInt8], in range: Range<Int>, source: SettingsSource
    ) -> [Setting] {
        if source.isString { return [] }
        if source.isCode, !source.isShell {
            return CopyCalls.read(bytes, in: range) + PHPConstants.read(bytes, in: range)
                + TableLines.read(bytes, in: range)
        }
        var settings = ServerLines.read(bytes, in: range)
        if source.isShell { return settings }
        settings += NVRAMSettings.read(bytes, in: range)
        settings += TelephoneSettings.read(bytes, in: range)
        settings += RouterScript.read(bytes, in: range)
        settings += MultipartForms.read(bytes, in: range)
        // A text whose name is lost may be program text.
        return settings + CopyCalls.read(bytes, in: range) + PHPConstants.read(bytes, in: range)
    }

    /// Whether the value of a name that says nothing has settings of its own: JSON, XML, lines, a form.
    static func isDocument(_ setting: Setting, in bytes: [UInt8]) -> Bool {
        guard setting.decoded == nil, setting.value.count >= smallestDocument,
            bytes[setting.value].contains(where: { "={[<:\n".utf8.contains($0) })
        else { return false }
        return meaning(setting, in: bytes) == nil
    }

    private static let smallestDocument = 12

    /// Whether a text has what settings are written with, and may be one of its own; `isDocument` looks closer.
    static func mayBeDocument(_ value: Range<Int>, in bytes: [UInt8]) -> Bool {
        value.count >= smallestDocument && bytes[value].contains { "={[<".utf8.contains($0) }
    }

    /// Whether a binary format's value is one to look at: by its name, or because it may be a text of its own.
    static func isWanted(_ value: Range<Int>, of name: [UInt8], in bytes: [UInt8]) -> Bool {
        SettingMeaning.of(name) != nil || mayBeDocument(value, in: bytes)
    }

    /// The settings of a text in another one. What has no lines of its own is a form, or some such.
    static func document(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var source = SettingsSource()
        source.isString = !bytes[range].contains(0x0a)
        return read(bytes, in: range, source: source)
    }

    /// In formats that are no text.
    static func binary(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        if ByteText.has("bplist0", bytes: bytes, at: range.lowerBound) {
            return BinaryPropertyList.read(bytes, in: range)
        }
        for read in [PickleSettings.read, CBORSettings.read, PHPSerialized.read] {
            let settings = read(bytes, range)
            if !settings.isEmpty { return settings }
        }
        let flash = FlashKeyValues.read(bytes, in: range)
        return flash.isEmpty ? CountedSettings.read(bytes, in: range) : flash
    }

    /// The settings of some text, each with the value that its program reads.
    ///
    /// - Parameters:
    ///   - path: without `/` in front; nil where it is not known any more.
    ///   - ends: where strings end; nil where nobody knows the language.
    static func exact(
        _ settings: [Setting], bytes: [UInt8], path: [UInt8]?, ends: LiteralEnds?
    ) -> [Setting] {
        let isDynamicNames = FieldForms.isDynamicNames(path, settings: settings)
        let firstLines = firstLines(of: settings)
        return settings.map { setting in
            guard !setting.value.isEmpty else { return setting }
            var exact = FieldForms.exact(setting, bytes: bytes, isDynamicNames: isDynamicNames)
            if let end = firstLines[exact.value.lowerBound], end < exact.value.upperBound {
                exact.value = exact.value.lowerBound..<end
            }
            if let ends { exact.value = ends.exact(exact.value) }
            return exact
        }
    }

    /// Where the first lines of values end that go on: whoever knows where that is knows that a backslash joins them.
    private static func firstLines(of settings: [Setting]) -> [Int: Int] {
        var ends: [Int: Int] = [:]
        for setting in settings where !setting.further.isEmpty {
            ends[setting.value.lowerBound] = setting.value.upperBound
        }
        return ends
    }

    /// Logins in addresses that nothing escapes.
    static func addresses(_ bytes: [UInt8], in range: Range<Int>) -> [Finding] {
        AddressLogins.find(bytes, in: range).map { Finding(meaning: .credential, value: $0) }
    }

    /// Whether a setting is what wpa_supplicant calls an account, in quotes: blanks and quotes may be in it.
    static func isIdentity(_ setting: Setting, bytes: [UInt8]) -> Bool {
        guard setting.value.lowerBound > 0, bytes[setting.value.lowerBound - 1] == 0x22, let name = setting.names.last
        else { return false }
        let isInterworking = setting.names.count >= 2 && setting.names[setting.names.count - 2] == Array("cred".utf8)
        return SettingName(name).compact.hasSuffix("identity") || isInterworking && name == Array("username".utf8)
    }

    /// Without what an account has hardly ever in it.
    static func plain(_ value: [UInt8]) -> [UInt8] { value.filter { $0 > 0x20 && !"\"'(".utf8.contains($0) } }
}

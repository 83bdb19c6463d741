/// Finds what is private in settings: reads them by their syntax, then judges their names.
enum SettingsSearch {
    /// What was found: what it means, and where it stands.
    struct Finding {
        var meaning: SettingMeaning
        var value: Range<Int>
        /// Where it goes on, if it stands in pieces.
        var further: [Range<Int>] = []
        /// Whether it is a number of JSON, and has to stay one.
        var isNumber = false
        /// What it says, where its bytes do not as they are.
        var whole: [UInt8]?
        /// Whether a count says where it ends.
        var isCounted = false
    }

    /// - Parameters:
    ///   - path: without `/` in front; nil where it is not known any more.
    ///   - ends: where strings end; nil where nobody knows the language.
    ///   - program: what is a program's own text; nil where there is none.
    static func find(
        _ bytes: [UInt8], in range: Range<Int>, path: [UInt8]?, ends: LiteralEnds? = nil, program: ProgramText? = nil
    ) -> [Finding] {
        guard range.count >= 4 else { return [] }
        let source = SettingsSource(path: path, text: bytes, range: range)
        var settings = read(bytes, in: range, source: source)
        // Where a count says how long a value is, nothing else in it does; but it may be a text of its own.
        var counted = binary(bytes, in: range)
        for index in counted.indices { counted[index].isCounted = true }
        let documents = counted.filter { isDocument($0, in: bytes) }
        settings.removeAll(in: documents + counted.filter { meaning($0, in: bytes) != nil })
        settings += counted + documents.flatMap { document(bytes, in: $0.value) }
        if let program { settings.removeAll { program.isName($0.value, in: bytes[$0.value]) } }
        settings = exact(settings, bytes: bytes, path: path, ends: ends)
        var found = judge(settings, bytes: bytes, source: source, path: path) + addresses(bytes, in: range)
        if let dump = HexdumpText(bytes, in: range) {
            let shown = dump.bytes
            let settings = lines(shown, in: 0..<shown.count, source: SettingsSource())
            for finding in judge(settings, bytes: shown, source: SettingsSource(), path: path) {
                found += dump.places(of: finding.value).map { Finding(meaning: finding.meaning, value: $0) }
            }
        }
        return found
    }

    static func read(_ bytes: [UInt8], in range: Range<Int>, source: SettingsSource) -> [Setting] {
        if let start = JSONSettings.start(of: bytes, in: range) {
            let settings = JSONSettings.read(bytes, in: start..<range.upperBound)
            return settings + LabeledValues.read(settings, bytes: bytes) + NeighborNames.read(settings, bytes: bytes)
                + ArgumentLists.read(bytes, in: start..<range.upperBound, source: source)
        }
        guard let first = ByteText.start(of: bytes, in: range) else { return [] }
        if bytes[first] == 0x3c, !source.isShell, !source.isPHP, !ByteText.has("<sip", bytes: bytes, at: first) {
            let settings =
                MarkupSettings.read(bytes, in: first..<range.upperBound)
                + TelephoneSettings.read(bytes, in: first..<range.upperBound)
            // What a script in a page gives a name.
            return source.isCode ? settings + StringLiterals.read(bytes, in: range, source: source) : settings
        }
        return lines(bytes, in: range, source: source)
    }

    /// What is no JSON and no XML as a whole: lines of settings, program text, commands.
    private static func lines(_ bytes: [UInt8], in range: Range<Int>, source: SettingsSource) -> [Setting] {
        var settings = LineSettings.read(bytes, in: range, source: source)
        for index in settings.indices {
            settings[index].isInCode = source.isCode
            // A list may go on behind the string that is read.
            settings[index].value = settings[index].value.clamped(to: range)
        }
        settings += LabeledValues.read(settings, bytes: bytes)
        settings += MultilineValues.read(settings, bytes: bytes, in: range, source: source)
        settings += StringLiterals.read(bytes, in: range, source: source)
        settings += CommandArguments.read(bytes, in: range, source: source)
        settings = ContinuedValues.joined(settings, bytes: bytes, in: range, source: source)
        settings += NamedCollections.read(bytes, in: range, source: source)
        settings += ArgumentLists.read(bytes, in: range, source: source)
        settings += LoginCalls.read(bytes, in: range)
        settings += programs(bytes, in: range, source: source)
        // Of strings the statements of all of them are read together: what a table has may stand in another one.
        if !source.isString { settings += SQLStatements.read(bytes, in: range) }
        if !source.isCode {
            let connections = ConnectionStrings.read(bytes, in: range)
            settings.removeAll(in: connections)
            settings += connections
        }
        settings = TestLog.without(settings, bytes: bytes, in: range)
        guard source.isShell else { return settings }
        let bodies = HereDocuments.find(bytes, in: range)
        for body in bodies { settings += lines(bytes, in: body, source: SettingsSource()) }
        return settings + FedDocuments.read(bodies, of: bytes)
    }

    // MARK: - Which of them are private

    private struct Judged {
        var setting: Setting
        var meaning: SettingMeaning
    }

    private static let wireless: Set<String> = [
        "wifi", "wlan", "wireless", "wl", "wpa", "wep", "ssid", "sta", "ap", "psk", "station", "hostapd", "miio",
        "iface",
        "rt", "ra", "ath",
    ]

    /// What stands beside a setting.
    private struct Group {
        var hasCredential = false
        var hasNetwork = false
        /// A key of a network, by its name: what is called `Name` beside it names the network.
        var hasPassphrase = false
        var hasDevice = false
    }

    /// What a setting means by its last name, or by that and the one that it belongs to (`snmp.community`).
    static func meaning(_ setting: Setting, in bytes: [UInt8]) -> SettingMeaning? {
        guard let last = setting.names.last, !last.starts(with: Self.resourceType) else { return nil }
        // What is in a collection may be called anything.
        guard setting.names.suffix(2).contains(where: SettingMeaning.mayMean) else { return nil }
        let name = SettingName(last)
        let own = SettingMeaning.of(name)
        let isOther = own.map { [.mail, .account, .host, .device, .cloud].contains($0) } ?? true
        if isOther, setting.names.count >= 2, !SettingMeaning.isAboutValue(name),
            case let outer = SettingName(setting.names[setting.names.count - 2]),
            let kind = SettingMeaning.collection(outer), !SettingMeaning.isAttribute(name, of: outer),
            kind == .secrets && own == nil || SettingMeaning.isCommonAccount(last)
                || own == nil && SettingValue.isMixed(bytes[setting.value])
        {
            return .credential
        }
        if own == .account && SettingMeaning.isManagementAccount(setting.names)
            || SettingMeaning.isCommunity(setting.names)
                && !["public", "private"].contains(String(decoding: bytes[setting.value], as: UTF8.self))
        {
            return .credential
        }
        if let own, own != .key { return own }
        if setting.names.count >= 2, name.words.count <= 2, !setting.isInCode, !SettingMeaning.isNotation(name) {
            let outer = setting.names[setting.names.count - 2]
            // `<iso_3166_2_entry code="AD-02"/>` is none of a door.
            let isDoors = name.compact != "code" || bytes[setting.value].allSatisfy(ByteText.isDigit)
            if isDoors, SettingMeaning.of(outer + [0x5f] + last) == .credential { return .credential }
        }
        if own != nil || name.compact != "name" || setting.isInCode { return own }
        // A name of a network, if its key stands beside it.
        let isInside = setting.names.count >= 2 && !setting.isIndented
        return isInside || setting.isSeparatedByBlanks ? .network : nil
    }

    /// What CloudFormation calls a kind of a thing: `AWS::ApiGateway::ApiKey`.
    private static let resourceType = Array("AWS::".utf8)
    private static let mostKnown = 4096

    static func judge(
        _ settings: [Setting], bytes: [UInt8], source: SettingsSource, path: [UInt8]?
    ) -> [Finding] {
        var context = Context(source: source, count: settings.count)
        // The names of a log's settings come again and again.
        var known: [[UInt8]: SettingMeaning?] = [:]
        var judged: [Judged] = []
        var languages: ValuePieces.Languages?
        for setting in settings {
            var meaning: SettingMeaning?
            if setting.names.count == 1, !setting.isSeparatedByBlanks, let name = setting.names.last {
                meaning = known[name] ?? Self.meaning(setting, in: bytes)
                if known.count < mostKnown { known[name] = .some(meaning) }
            } else {
                meaning = Self.meaning(setting, in: bytes)
            }
            guard let meaning else { continue }
            var named = setting
            if setting.further.isEmpty {
                let known = languages ?? ValuePieces.Languages(path: path, source: source)
                languages = known
                named.further = ValuePieces.further(behind: setting.value, in: bytes, languages: known)
            }
            judged.append(Judged(setting: named, meaning: meaning))
        }
        if judged.isEmpty { return [] }
        context.isOfSettings = isOfSettings(settings, bytes: bytes)
        for item in judged { context.note(item, bytes: bytes) }
        context.isWireless = path.map { isAboutWireless(SettingName($0)) } ?? false
        let isTranslation = path.map(TranslationFile.isOne) ?? false
        var found: [Finding] = []
        for item in judged {
            let setting = item.setting
            if isTranslation, SettingValue.isWording(setting.text(in: bytes)) { continue }
            // In program text what is no credential counts beside one only.
            if source.isCode || source.isString, !context.hasCredential,
                ![.credential, .token, .key].contains(item.meaning)
            {
                continue
            }
            guard isPrivate(item, bytes: bytes, context: context),
                !setting.isCommentedOut || [.credential, .token].contains(item.meaning)
            else { continue }
            let isNetworks = context.isAboutNetwork(setting)
            let meaning: SettingMeaning =
                switch item.meaning {
                case .credential where isAboutWireless(setting): .key
                case .key where !isNetworks: .token
                default: item.meaning
                }
            found.append(
                Finding(
                    meaning: meaning, value: range(of: setting, item.meaning, bytes: bytes), further: setting.further,
                    isNumber: setting.isNumber, whole: setting.decoded, isCounted: setting.isCounted))
        }
        return found
    }

    /// What is known of all settings of a text.
    private struct Context {
        let source: SettingsSource
        let count: Int
        var groups: [[[UInt8]]: Group] = [:]
        var hasCredential = false
        /// Whether most lines with a name and a blank have one word behind it: then they are settings, and no text.
        var isOfSettings = false
        /// Whether the file's name says so.
        var isWireless = false

        init(source: SettingsSource, count: Int) {
            self.source = source
            self.count = count
        }

        func group(of setting: Setting) -> Group { groups[Array(setting.names.dropLast())] ?? Group() }

        func isAboutNetwork(_ setting: Setting) -> Bool {
            group(of: setting).hasNetwork || isWireless || isAboutWireless(setting)
        }

        mutating func note(_ item: Judged, bytes: [UInt8]) {
            let setting = item.setting
            let value = setting.text(in: bytes)
            let outer = Array(setting.names.dropLast())
            let name = SettingName(setting.names.last ?? [])
            switch item.meaning {
            case .credential, .token:
                guard isCredential(setting, value: value, bytes: bytes, context: self) else { return }
                groups[outer, default: Group()].hasCredential = true
                if name.has(anyOf: ["psk", "passphrase"]) { groups[outer]?.hasPassphrase = true }
                hasCredential = true
            case .network where name.compact != "name":
                if SettingValue.isNetwork(value, isCode: setting.isInCode) {
                    groups[outer, default: Group()].hasNetwork = true
                }
            case .device, .hardwareAddress: groups[outer, default: Group()].hasDevice = true
            default: break
            }
        }
    }

    private static func isPrivate(_ item: Judged, bytes: [UInt8], context: Context) -> Bool {
        let setting = item.setting
        let value = setting.text(in: bytes)
        let group = context.group(of: setting)
        let isCode = setting.isInCode
        switch item.meaning {
        case .credential, .token: return isCredential(setting, value: value, bytes: bytes, context: context)
        case .key:
            return isCredential(setting, value: value, bytes: bytes, context: context) && value.count >= 5
                // `"key": "wifi_ssid"` names another value.
                && SettingMeaning.of(value) == nil
                && (context.isAboutNetwork(setting) || group.hasCredential || group.hasDevice && isRandom(value))
        case .network:
            let isQuoted = setting.value.lowerBound > 0 && bytes[setting.value.lowerBound - 1] == 0x22
            return SettingValue.isNetwork(value, isCode: isCode)
                && (!setting.isSeparatedByBlanks || isQuoted || group.hasCredential)
                && (SettingName(setting.names.last ?? []).compact != "name" || group.hasPassphrase
                    || SettingValue.isMail(value))
                && (!setting.isLiteral || context.hasCredential)
        case .account:
            if SettingValue.isPackageVersion(value) { return false }
            let isBesideCredential = group.hasCredential || context.hasCredential && context.count < 64
            return (isBesideCredential || SettingValue.isMail(value))
                && SettingValue.isAccount(isIdentity(setting, bytes: bytes) ? plain(value) : value, isCode: isCode)
                || !isCode && SettingValue.isAccountWithPassword(value)
                // What a bridge calls a name of a user is its key.
                || !isCode && !context.source.isString && value.count >= 24 && !value.contains(0x26)
                    && SettingValue.isRandomToken(value)
        case .mail: return SettingValue.isMail(value)
        case .host: return SettingValue.isHost(value, isOwn: isOwnHost(setting))
        case .hardwareAddress: return SettingValue.isHardwareAddress(value)
        case .device: return SettingValue.isDeviceNumber(value)
        case .cloud:
            let isKey = !isCode && value.count >= 32 && value.allSatisfy(ByteText.isHexDigit)
            return (context.hasCredential || isKey) && value.count >= 5
                && SettingValue.isAccount(value, isCode: isCode)
        case .position: return SettingValue.isPosition(value)
        }
    }

    /// Letters and digits as a program makes them.
    private static func isRandom(_ value: [UInt8]) -> Bool {
        let capitals = value.count { (0x41...0x5a).contains($0) }
        return value.count >= 12 && !value.contains(0x20) && value.contains(where: ByteText.isLetter)
            && (value.contains(where: ByteText.isDigit) || capitals >= 4 && value.count - capitals >= 4)
    }

    /// Of an endpoint the host alone, and of `admin:password` the password.
    private static func range(of setting: Setting, _ meaning: SettingMeaning, bytes: [UInt8]) -> Range<Int> {
        if meaning == .account, !isIdentity(setting, bytes: bytes),
            let colon = ByteText.first(0x3a, bytes: bytes, in: setting.value),
            !SettingValue.isAccount(Array(bytes[setting.value.lowerBound..<colon]), isCode: false)
        {
            return colon + 1..<setting.value.upperBound
        }
        // curl's `USERPWD`.
        if meaning == .credential, let name = setting.names.last, SettingName(name).compact.hasSuffix("userpwd"),
            SettingValue.isAccountWithPassword(Array(bytes[setting.value])),
            let colon = ByteText.first(0x3a, bytes: bytes, in: setting.value)
        {
            return colon + 1..<setting.value.upperBound
        }
        guard meaning == .host, let colon = ByteText.last(0x3a, bytes: bytes, in: setting.value) else {
            return setting.value
        }
        return setting.value.lowerBound..<colon
    }

    private static func isOwnHost(_ setting: Setting) -> Bool {
        let name = SettingName(setting.names.last ?? [])
        return name.has(anyOf: ["ddns", "dyndns", "endpoint"])
    }

    private static func isAboutWireless(_ name: SettingName) -> Bool {
        name.words.contains { wireless.contains($0) || $0.hasPrefix("wifi") || $0.hasPrefix("wlan") }
    }

    private static func isAboutWireless(_ setting: Setting) -> Bool {
        setting.names.contains { isAboutWireless(SettingName($0)) }
    }

    private static func isCredential(
        _ setting: Setting, value: [UInt8], bytes: [UInt8], context: Context
    ) -> Bool {
        let source = context.source
        if setting.isArgument { return SettingValue.isArgument(value) }
        let name = SettingName(setting.names.last ?? [])
        if isCollected(setting, name: name) {
            guard SettingValue.isCollected(value) else { return false }
            // Parsers have tables of words that they call tokens.
            let isOfTokens = setting.names.suffix(2).contains { SettingMeaning.isWeakPlural(SettingName($0)) }
            if setting.isLiteral, isOfTokens, !SettingValue.isRandomToken(value) { return false }
        }
        if MultilineValues.isBlockMark(value[...]) || setting.isInCode && isMember(setting, value: value, bytes: bytes)
        {
            return false
        }
        if setting.isLiteral {
            if isWordOfParser(value, name: name) { return false }
            guard SettingValue.isLiteralSecret(value, isStrong: SettingMeaning.isStrong(name)) else { return false }
        } else if !isAssigned(setting, bytes: bytes) || !SettingValue.commonPasswords.contains(value) {
            let isCode =
                setting.isInCode && !isLiteral(setting, bytes: bytes, source: source)
                && !isWordOfShell(setting, name: name, bytes: bytes, source: source)
            guard SettingValue.isCredential(value, isCode: isCode) else { return false }
        }
        if name.compact == "cookie", SettingValue.isProxyCookie(bytes[setting.value.lowerBound...]) { return false }
        // SIP's hash of name and password.
        if name.compact == "ha", value.count != 32 || !value.allSatisfy(ByteText.isHexDigit) { return false }
        // The password of motion's `user:password` may have blanks.
        if name.compact.hasSuffix("authentication"), !SettingValue.isAccountWithPassword(value.filter { $0 != 0x20 }) {
            return false
        }
        // A shell's own directories, flags, and examples that are commented out.
        if name.compact == "pwd" || name.compact == "oldpwd", value.first == 0x2f { return false }
        if value.count <= 3, value.allSatisfy(ByteText.isDigit) { return false }
        if ["passwd", "login"].contains(name.words.last), SettingValue.isPackageVersion(value) { return false }
        if setting.isCommentedOut {
            // `# storepass must be at least 6 characters long`
            if setting.isSeparatedByBlanks, value.count(where: { $0 == 0x20 }) >= 2, SettingValue.isSaid(value) {
                return false
            }
            return value.contains(where: ByteText.isDigit) || name.words.last == "psk" && !value.contains(0x20)
                || isWirelessPSK(setting)
        }
        if ["pin", "puk"].contains(name.words.last), name.words.count == 1,
            !value.allSatisfy(ByteText.isDigit) && !isSetupCode(value)
        {
            return false
        }
        return !setting.isSeparatedByBlanks || isBehindBlank(value, name: name, isOfSettings: context.isOfSettings)
    }

    /// Whether the name of its list or map alone makes it a secret.
    private static func isCollected(_ setting: Setting, name: SettingName) -> Bool {
        if SettingMeaning.isWeakPlural(name) { return true }
        guard setting.names.count >= 2, ![.credential, .token, .key].contains(SettingMeaning.of(name)) else {
            return false
        }
        return SettingMeaning.collection(SettingName(setting.names[setting.names.count - 2])) != nil
    }
}

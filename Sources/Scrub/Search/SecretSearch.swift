import FileTree
import FlashBytes

/// Rules and known secrets, ready to be searched for; shared by all threads.
final class SecretSearch: Sendable {
    let rules: [SecretRule]
    let secrets: [KnownSecret]
    let allowlists: [Allowlist]
    let needles: NeedleSet
    /// The secrets as they are and in UTF-16, by index: for texts that are read before they are searched.
    let escapedNeedles: NeedleSet
    /// The size of the longest of them, as it is (bytes).
    let longestEscapedSecret: Int
    /// Of each needle: the rules whose keyword it is.
    private let keywordRules: [[Int]]
    /// Of each needle behind the keywords: the secret, and how it is written.
    private let forms: [(secret: Int, notation: Notation)]
    /// Rules that look at every text.
    private let unconditional: [Int]
    /// Rules that read a syntax.
    private let finderRules: [Int]
    /// To which rule a setting belongs.
    private let settingRules: [SettingMeaning: Int]

    /// The secrets from here on are searched for alone, without rules; nil for everything.
    let firstSecret: Int?
    /// Whether it is for files in which nothing is changed: no rule leaves one out.
    let isForProtected: Bool

    /// How long one rule may take in a thread before it is given up (nanoseconds).
    private static let budget: UInt64 = 10_000_000_000
    /// How many bytes of a text are tried before the clock is looked at.
    private static let slice = 4096
    /// How often a pattern is tried before the clock is looked at: to ask it costs more than most tries.
    private static let triesPerClock = 16
    /// - Parameters:
    ///   - given: how many of the secrets the user has given.
    ///   - isForWords: whether secrets are words that stand alone, as they are.
    ///   - isForProtected: whether it is for files in which nothing is changed.
    init(
        rules: [SecretRule], allowlists: [Allowlist], secrets: [KnownSecret], given: Int = 0, isForWords: Bool = false,
        isForProtected: Bool = false
    ) {
        self.isForProtected = isForProtected
        self.given = given
        firstSecret = nil
        self.isForWords = isForWords
        self.rules = rules
        self.allowlists = allowlists
        self.secrets = secrets
        var keywords: [[UInt8]: Int] = [:]
        var keywordRules: [[Int]] = []
        var needles: [NeedleSet.Needle] = []
        var unconditional: [Int] = []
        for (index, rule) in rules.enumerated() where rule.pattern != nil {
            if rule.keywords.isEmpty || rule.keywords.contains(where: { $0.count < 2 }) {
                unconditional.append(index)
                continue
            }
            for word in rule.keywords {
                if let known = keywords[word] {
                    keywordRules[known].append(index)
                } else {
                    keywords[word] = needles.count
                    keywordRules.append([index])
                    needles.append(NeedleSet.Needle(bytes: word, foldsCase: true, owner: needles.count))
                }
            }
        }
        var forms: [(Int, Notation)] = []
        var plain: [NeedleSet.Needle] = []
        for (index, secret) in secrets.enumerated() {
            for (needle, notation) in secret.needles(owner: 0) where notation == .plain || !isForWords {
                var needle = needle
                let isUsual = secret.isNumber && index >= given
                let isText = [.plain, .utf16LittleEndian, .utf16BigEndian].contains(notation)
                if isText, !isForWords, !isUsual, needle.bytes.count <= Self.longestEscaped {
                    needle.owner = index
                    plain.append(needle)
                }
                needle.owner = needles.count
                needles.append(needle)
                forms.append((index, notation))
            }
        }
        self.keywordRules = keywordRules
        self.forms = forms
        self.unconditional = unconditional
        finderRules = rules.indices.filter { [.accounts, .keys].contains(rules[$0].finder) }
        settingRules = Self.settingRules(rules)
        longestEscapedSecret =
            secrets.lazy.map { $0.bytes.count }.filter { $0 <= Self.longestEscaped }.max() ?? 0
        self.needles = NeedleSet(needles)
        escapedNeedles = NeedleSet(plain)
    }

    private static func settingRules(_ rules: [SecretRule]) -> [SettingMeaning: Int] {
        var indices: [SettingMeaning: Int] = [:]
        for meaning in SettingMeaning.allCases {
            let id = StructuredRules.rule(for: meaning)
            indices[meaning] = rules.firstIndex { $0.id == id && $0.line == nil }
        }
        return indices
    }

    /// The last of the secrets of a search, without rules: what both of them look for is made ready once.
    init(_ search: SecretSearch, from firstSecret: Int) {
        self.firstSecret = firstSecret
        isForProtected = false
        rules = []
        secrets = search.secrets
        allowlists = []
        needles = search.needles
        escapedNeedles = search.escapedNeedles
        longestEscapedSecret = search.longestEscapedSecret
        keywordRules = search.keywordRules
        forms = search.forms
        unconditional = []
        finderRules = []
        settingRules = [:]
        given = search.given
        isForWords = search.isForWords
    }

    /// How many of the secrets the user has given; the others were found.
    let given: Int
    let isForWords: Bool

    /// What one thread needs.
    final class State {
        let matcher: PatternMatcher
        fileprivate var windows: [[Range<Int>]]
        fileprivate var touched: [Int] = []
        fileprivate var spent: [UInt64]
        /// Rules that were given up: their patterns explode.
        private(set) var incomplete: Set<Int> = []

        init?(_ search: SecretSearch) {
            guard let matcher = PatternMatcher() else { return nil }
            self.matcher = matcher
            windows = Array(repeating: [], count: search.rules.count)
            spent = Array(repeating: 0, count: search.rules.count)
        }

        /// Whether texts in UTF-16 are read as what they are; whoever knows of encodings does that before.
        var readsWideText = true

        /// Where strings end around what is searched; nil until somebody asks.
        var literals: LiteralEnds??
        /// What of it is a program's own text; nil until somebody asks.
        var program: ProgramText??

        /// What was not searched, as sentences.
        private(set) var notSearched: Set<String> = []

        func note(notSearched sentence: String) { notSearched.insert(sentence) }

        fileprivate func give(up rule: Int) { incomplete.insert(rule) }

        /// Whether a rule's pattern for paths matches; a rule is given up whose pattern explodes.
        fileprivate func matches(_ pattern: BytePattern, path: [UInt8], rule: Int) -> Bool {
            let text = unsafe path.span.bytes
            switch matcher.firstMatch(pattern, in: text, startingIn: 0..<path.count) {
            case .match: return true
            case .none: return false
            case .tooComplex:
                give(up: rule)
                return false
            }
        }

        /// Whether nodes with damaged headers were not all looked at.
        private(set) var lacksTornNodes = false

        func giveUpTornNodes() { lacksTornNodes = true }
    }

    /// Everything in a text, ascending by place.
    ///
    /// - Parameters:
    ///   - range: where a finding must begin.
    ///   - path: of the file, where it is known, without `/` in front.
    ///   - isProgram: whether the text is a piece of a program; nil to look at how it begins.
    ///   - isWhole: whether it is a whole file, which may be a C struct; nil if all of it is looked at.
    ///   - isContent: whether it is what a file holds, and not its name or an attribute.
    func search(
        _ text: RawSpan, in range: Range<Int>, path: [UInt8]?, isProgram: Bool? = nil, isWhole: Bool? = nil,
        isContent: Bool = true, state: State
    ) -> [TextMatch] {
        let path = isContent ? path.map { SourceLanguage.path($0, of: text) } : path
        var found: [TextMatch] = []
        state.literals = nil
        state.program = nil
        needles.search(text, in: range) { needle, place in
            if needle.owner < keywordRules.count {
                if firstSecret != nil { return }
                for rule in keywordRules[needle.owner] {
                    note(rule, place: place, count: text.byteCount, range: range, state: state)
                }
            } else {
                guard let form = form(of: needle) else { return }
                if isPart(place, of: text, form: form) { return }
                found.append(
                    TextMatch(
                        origin: .secret(form.secret, form.notation), match: place, secret: place,
                        foreign: needle.wildcards, digits: needle.digits,
                        isNumber: form.notation == .plain && Self.isNumber(place, in: text)))
            }
        }
        searchEscapes(text, in: range, into: &found)
        searchHexdump(text, in: range, into: &found)
        for rule in unconditional { note(rule, place: range, count: text.byteCount, range: range, state: state) }
        if !state.touched.isEmpty {
            let isAllowed = path.map { path in
                allowlists.contains { !$0.wantsAll && Self.allows($0.paths, bytes: path, state: state) }
            }
            let isProgram = isProgram ?? Self.isProgram(text)
            for rule in state.touched.sorted() {
                let windows = state.windows[rule]
                state.windows[rule].removeAll(keepingCapacity: true)
                if isAllowed == true || !isContent && rules[rule].isForContents { continue }
                if !applies(rule, path: path, state: state) { continue }
                for window in windows {
                    run(
                        rule, text: text, window: window.clamped(to: range), path: path, isProgram: isProgram,
                        state: state, into: &found)
                }
            }
            state.touched.removeAll(keepingCapacity: true)
        }
        if isWhole ?? (range == 0..<text.byteCount), text.byteCount <= FixedWidthFields.largest {
            findFields(text, path: path, state: state, into: &found)
        }
        if !finderRules.isEmpty || !settingRules.isEmpty, isForProtected || !(isProgram ?? Self.isProgram(text)) {
            readSyntax(text, range: range, path: path, state: state, into: &found)
        }
        removeNoise(of: text, from: &found)
        return found.withoutOverlaps
    }

    /// The secret of a needle, and how it is written; nil for a keyword of rules.
    func form(of needle: NeedleSet.Needle) -> (secret: Int, notation: Notation)? {
        let form = needle.owner < keywordRules.count ? nil : forms[needle.owner - keywordRules.count]
        return form.flatMap { $0.secret < firstSecret ?? 0 ? nil : $0 }
    }

    /// How far in front of a range its settings may begin, and how far behind it their values may end (bytes).
    private static let syntaxReach = (before: 8 << 10, after: 4 << 10)

    /// What is found by reading settings, lists of accounts and keys as what they are.
    private func readSyntax(
        _ text: RawSpan, range: Range<Int>, path: [UInt8]?, state: State, into found: inout [TextMatch]
    ) {
        let wanted = finderRules.filter { applies($0, path: path, state: state) }
        func rule(_ finder: SecretRule.Finder, kind: SecretClass) -> Int? {
            wanted.first { rules[$0].finder == finder && rules[$0].kind == kind }
        }
        let start = max(0, range.lowerBound - Self.syntaxReach.before)
        let end = min(text.byteCount, range.upperBound + Self.syntaxReach.after)
        guard var bytes = try? text.bytes(in: start..<end) else { return }
        let wide = state.readsWideText ? WideText(bytes, in: 0..<bytes.count) : nil
        if let wide { bytes = wide.bytes }
        func isRedacted(_ bytes: [UInt8]) -> Bool { bytes.allSatisfy { $0 == 0x58 || $0 == 0x0a || $0 == 0x0d } }
        func note(_ rule: Int, shown: Range<Int>, whole: [UInt8]? = nil, isNumber: Bool = false) {
            let shown = wide?.place(shown) ?? shown
            let place = shown.lowerBound + start..<shown.upperBound + start
            guard range.contains(place.lowerBound) || whole != nil else { return }
            // What was redacted has the form that it had.
            if let bytes = try? text.bytes(in: place), isRedacted(WideText.narrowed(bytes) ?? bytes) { return }
            found.append(TextMatch(origin: .rule(rule), match: place, secret: place, isNumber: isNumber, whole: whole))
        }
        if let rule = rule(.keys, kind: .credential) {
            let keys = max(0, range.lowerBound - 4096)..<range.upperBound
            for place in DERKeys.find(text, in: keys, isFile: path != nil) where range.contains(place.lowerBound) {
                if let bytes = try? text.bytes(in: place), isRedacted(bytes) { continue }
                found.append(TextMatch(origin: .rule(rule), match: place, secret: place))
            }
            for place in Base64Keys.find(bytes, in: 0..<bytes.count) { note(rule, shown: place) }
        }
        if let rule = rule(.accounts, kind: .credential) {
            for place in AccountLines.find(bytes, in: 0..<bytes.count, path: path) { note(rule, shown: place) }
        }
        let isManual =
            path.map { path in StructuredRules.manuals.map { state.matcher.matches($0, text: path) } ?? false } ?? false
        if settingRules.isEmpty || isManual && !isForProtected { return }
        let inStrings = SettingsInStrings(bytes, in: 0..<bytes.count, path: path)
        // Whoever does not see that a string holds a text of its own sees its values end elsewhere.
        let places = Set(inStrings.values.map { start + (wide?.place($0..<$0).lowerBound ?? $0) })
        found.removeRules { places.contains($0) }
        let ends = wide == nil ? literals(of: text, near: range, path: path, state: state)?.moved(by: -start) : nil
        let program =
            wide == nil ? program(of: text, near: range, path: path, state: state)?.moved(by: -start) : nil
        let plain = SettingsSearch.find(bytes, in: 0..<bytes.count, path: path, ends: ends, program: program)
            .filter { $0.isCounted || !inStrings.values.contains($0.value.lowerBound) }
        let counted = plain.filter(\.isCounted).map(\.value).sorted { $0.lowerBound < $1.lowerBound }
        if !counted.isEmpty { found.removeRules { counted.hasRange(at: $0 - start) } }
        for finding in plain + inStrings.findings.filter({ !counted.hasRange(at: $0.value.lowerBound) }) {
            guard let rule = settingRules[finding.meaning] else { continue }
            let isAllowed = allowlists.contains {
                allows(
                    $0, secret: Array(bytes[finding.value]), match: finding.value, text: unsafe bytes.span.bytes,
                    path: path, state: state)
            }
            if isAllowed { continue }
            let pieces = [finding.value] + finding.further
            let whole = finding.whole ?? (finding.further.isEmpty ? nil : pieces.flatMap { Array(bytes[$0]) })
            for piece in pieces { note(rule, shown: piece, whole: whole, isNumber: finding.isNumber) }
        }
    }

    /// Whether a file begins as a program or a library does.
    static func isProgram(_ text: RawSpan) -> Bool {
        guard let start = try? text.bytes(in: 0..<min(BinaryFormat.headSize, text.byteCount)) else { return false }
        return BinaryFormat.isProgram(start)
    }

    /// The first rule that wants a whole file because of its path.
    func placeRule(_ path: [UInt8], state: State) -> Int? {
        rules.indices.first { index in
            rules[index].isAboutPlaces
                && applies(index, path: path, state: state) && rules[index].path != nil
                && !allowlists.contains { Self.allows($0.paths, bytes: path, state: state) }
        }
    }

    private func note(_ rule: Int, place: Range<Int>, count: Int, range: Range<Int>, state: State) {
        if state.incomplete.contains(rule) { return }
        let reach = rules[rule].reach
        let start = max(0, place.lowerBound - reach.before)
        let end = min(count, place.upperBound + reach.after)
        guard let last = state.windows[rule].last else {
            state.touched.append(rule)
            state.windows[rule].append(start..<end)
            return
        }
        if start <= last.upperBound {
            state.windows[rule][state.windows[rule].count - 1] = min(start, last.lowerBound)..<max(end, last.upperBound)
        } else {
            state.windows[rule].append(start..<end)
        }
    }

    func applies(_ index: Int, path: [UInt8]?, state: State) -> Bool {
        let rule = rules[index]
        guard let path else { return !rule.isForKnownPaths }
        if let pattern = rule.path, !state.matches(pattern, path: path, rule: index) { return false }
        if !isForProtected, let pattern = rule.excludedPath, state.matches(pattern, path: path, rule: index) {
            return false
        }
        return !rule.allowlists.contains { list in
            (!list.wantsAll || (list.regexes.isEmpty && list.stopwords.isEmpty))
                && Self.allows(list.paths, bytes: path, state: state)
        }
    }

    static func allows(_ patterns: [BytePattern], bytes: [UInt8], state: State) -> Bool {
        patterns.contains { state.matcher.matches($0, text: bytes) }
    }

    private func run(
        _ index: Int, text: RawSpan, window: Range<Int>, path: [UInt8]?, isProgram: Bool, state: State,
        into found: inout [TextMatch]
    ) {
        guard let pattern = rules[index].pattern, !state.incomplete.contains(index) else { return }
        var (at, tries) = (window.lowerBound, 0)
        var start = ThreadClock.now
        defer { state.spent[index] &+= ThreadClock.now &- start }
        while at < window.upperBound {
            let end = min(at + Self.slice, window.upperBound)
            var next = end
            switch state.matcher.firstMatch(pattern, in: text, startingIn: at..<end) {
            case .none: break
            case .tooComplex: return state.give(up: index)
            case .match(let groups):
                guard let whole = groups.first ?? nil else { break }
                let secret = exact(
                    Self.secret(of: groups, rules[index].secretGroup) ?? whole, rule: index, text: text,
                    near: window, path: path, state: state)
                if isSecret(
                    rules[index], secret: secret, match: whole, text: text, path: path, isProgram: isProgram,
                    state: state), !isName(secret, of: rules[index], text: text, near: window, path: path, state: state)
                {
                    note(index, match: whole, secret: secret, text: text, path: path, into: &found)
                }
                // What follows the secret may be the start of the next match (a separator between two).
                next = max(secret.upperBound, at + 1, whole.lowerBound + 1)
            }
            at = next
            tries += 1
            guard tries.isMultiple(of: Self.triesPerClock) else { continue }
            let now = ThreadClock.now
            state.spent[index] &+= now &- start
            start = now
            if state.spent[index] > Self.budget { return state.give(up: index) }
        }
    }
}

import FlashBytes

/// A file of rules in gitleaks' TOML: https://github.com/gitleaks/gitleaks#configuration
///
/// `extend.path` is read beside the file; `extend.useDefault` means the built-in rules here, which are used anyway. Commits
/// and tags mean nothing in an image. A rule that requires others nearby (`required`) is used without that condition: it
/// finds more.
struct RuleFile {
    private(set) var rules: [SecretRule] = []
    /// For all rules.
    private(set) var allowlists: [Allowlist] = []
    /// Rules of other files, built-in ones included, that are not to be used.
    private(set) var disabled: Set<String> = []
    /// Rules that cannot be used, and why.
    private(set) var problems: [RuleFileError] = []

    private let file: String
    /// Allowlists of `[[allowlists]]` that name their rules.
    private var targeted: [(rules: Set<String>, allowlist: Allowlist)] = []

    init(path: String, depth: Int = 0) throws(RuleFileError) {
        try self.init(Self.read(path), file: path, depth: depth)
    }

    private static func read(_ path: String) throws(RuleFileError) -> [UInt8] {
        do {
            return try FileBytes(path: path).withBytes { Array($0) }
        } catch {
            throw RuleFileError(file: path, reason: "cannot \(error.action): \(error.errno)")
        }
    }

    init(_ text: [UInt8], file: String, depth: Int = 0) throws(RuleFileError) {
        self.file = file
        let document = try TOMLDocument.parse(text, file: file)
        if let extend = document["extend"]?.table { try readExtension(extend, depth: depth) }
        for entry in document["rules"]?.array ?? [] { readRule(entry) }
        if let entry = document["allowlist"], let list = allowlist(entry, rule: nil) { allowlists.append(list) }
        for entry in document["allowlists"]?.array ?? [] {
            guard let list = allowlist(entry, rule: nil) else { continue }
            let names = Set((entry.table?["targetRules"]?.array ?? []).compactMap(\.string))
            if names.isEmpty { allowlists.append(list) } else { targeted.append((names, list)) }
        }
        for (names, list) in targeted {
            for index in rules.indices where names.contains(rules[index].id) { rules[index].allowlists.append(list) }
        }
        if rules.isEmpty, problems.isEmpty, allowlists.isEmpty, disabled.isEmpty {
            problems.append(RuleFileError(file: file, reason: "there is no [[rules]] in it"))
        }
    }

    private mutating func readExtension(_ extend: [String: TOMLEntry], depth: Int) throws(RuleFileError) {
        disabled = Set((extend["disabledRules"]?.array ?? []).compactMap(\.string))
        guard let entry = extend["path"], let path = entry.string, !path.isEmpty else { return }
        guard depth < 4 else {
            throw RuleFileError(file: file, line: entry.line, reason: "files extend each other more than 4 deep")
        }
        let directory = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        let base = try RuleFile(path: path.hasPrefix("/") ? path : directory + path, depth: depth + 1)
        rules = base.rules.filter { !disabled.contains($0.id) }
        allowlists = base.allowlists
        problems = base.problems
        disabled.formUnion(base.disabled)
    }

    private mutating func readRule(_ entry: TOMLEntry) {
        guard let table = entry.table else { return }
        guard let id = table["id"]?.string, !id.isEmpty else {
            return fail(entry.line, rule: nil, reason: "it has no id")
        }
        let known = rules.firstIndex { $0.id == id }
        var rule = known.map { rules[$0] } ?? SecretRule(id: id, description: "")
        rule.line = entry.line
        if let text = table["description"]?.string { rule.description = text }
        for (key, path) in [("regex", \SecretRule.pattern), ("path", \SecretRule.path)] {
            guard let entry = table[key] else { continue }
            guard let text = entry.string else { return fail(entry.line, rule: id, reason: "\(key) is no text") }
            do {
                rule[keyPath: path] = try BytePattern(source: text, syntax: .re2)
            } catch {
                return fail(entry.line, rule: id, reason: "its \(key) cannot be used: \(error)")
            }
        }
        guard rule.pattern != nil || rule.path != nil else {
            return fail(entry.line, rule: id, reason: "it has neither regex nor path")
        }
        if let entry = table["secretGroup"] {
            guard let group = entry.integer, group >= 0, group <= rule.pattern?.groupCount ?? 0 else {
                return fail(
                    entry.line, rule: id,
                    reason: "secretGroup is not one of the \(rule.pattern?.groupCount ?? 0) groups of its regex"
                )
            }
            rule.secretGroup = group
        }
        if let entry = table["entropy"] {
            guard let number = entry.number else { return fail(entry.line, rule: id, reason: "entropy is no number") }
            rule.entropy = number
        }
        if let words = table["keywords"]?.array {
            rule.keywords = words.compactMap(\.string).map { Array($0.lowercased().utf8) }
        }
        let lists = (table["allowlists"]?.array ?? []) + [table["allowlist"]].compactMap(\.self)
        for list in lists {
            guard let list = allowlist(list, rule: id) else { return }
            rule.allowlists.append(list)
        }
        if let known { rules[known] = rule } else { rules.append(rule) }
    }

    private mutating func allowlist(_ entry: TOMLEntry, rule: String?) -> Allowlist? {
        guard let table = entry.table else { return nil }
        var list = Allowlist()
        for (key, path) in [("regexes", \Allowlist.regexes), ("paths", \Allowlist.paths)] {
            for entry in table[key]?.array ?? [] {
                guard let text = entry.string else { continue }
                do {
                    list[keyPath: path].append(try BytePattern(source: text, syntax: .re2))
                } catch {
                    fail(entry.line, rule: rule, reason: "a pattern of its allowlist cannot be used: \(error)")
                    return nil
                }
            }
        }
        list.stopwords = (table["stopwords"]?.array ?? []).compactMap(\.string).map { Array($0.lowercased().utf8) }
        list.wantsAll = table["condition"]?.string?.uppercased() == "AND"
        switch table["regexTarget"]?.string {
        case "match": list.target = .match
        case "line": list.target = .line
        default: list.target = .secret
        }
        return list
    }

    private mutating func fail(_ line: Int, rule: String?, reason: String) {
        problems.append(RuleFileError(file: file, line: line, rule: rule, reason: reason))
    }
}

/// What counts as a secret: the built-in rules, those of files, and values that the user gave.
package struct RuleSet: Sendable {
    /// The built-in rules first.
    package private(set) var rules: [SecretRule]
    private(set) var allowlists: [Allowlist] = []
    /// Values that the user gave.
    package var secrets: [KnownSecret] = []
    /// The files that rules were read from, as the user named them.
    package private(set) var files: [String] = []
    /// Rules that the user does not want.
    package private(set) var skipped: [String] = []

    /// The built-in rules, or none.
    package init(builtIn: Bool = true) { rules = builtIn ? BuiltInRules.all : [] }

    /// Adds the rules of a file in gitleaks' TOML.
    ///
    /// - Throws: all rules that cannot be used, one a line.
    /// - Returns: how many rules there are in it.
    @discardableResult
    package mutating func add(file: String) throws(ScrubError) -> Int {
        let loaded: RuleFile
        do {
            loaded = try RuleFile(path: file)
        } catch {
            throw .rules(error)
        }
        guard loaded.problems.isEmpty else {
            throw .options(loaded.problems.map(\.description).joined(separator: "\n"))
        }
        // A rule of the user's goes before a built-in one: it says what it is.
        rules = loaded.rules + rules.filter { !loaded.disabled.contains($0.id) }
        allowlists += loaded.allowlists
        files.append(file)
        return loaded.rules.count
    }

    /// Takes rules out.
    ///
    /// - Throws: for an id that there is not.
    package mutating func skip(_ ids: [String]) throws(ScrubError) {
        for id in ids {
            guard rules.contains(where: { $0.id == id }) else { throw .options("there is no rule '\(id)'") }
            rules.removeAll { $0.id == id }
            skipped.append(id)
        }
    }

    /// What was not looked for because the user did not want it, as a sentence; none for everything.
    package var unwanted: [String] {
        skipped.isEmpty ? [] : ["what was left out, by the rules " + Set(skipped).sorted().joined(separator: ", ")]
    }

    /// The rules that images are searched for.
    var forImages: RuleSet {
        var rules = self
        rules.rules.removeAll(where: \.isForTexts)
        return rules
    }

    /// Takes a whole class of rules out.
    package mutating func skip(_ kind: SecretClass) {
        skipped += rules.filter { $0.kind == kind }.map(\.id)
        rules.removeAll { $0.kind == kind }
    }

    /// Ready to be searched for, with further values.
    func search(adding values: [KnownSecret] = []) -> SecretSearch {
        SecretSearch(rules: rules, allowlists: allowlists, secrets: secrets + values, given: secrets.count)
    }

    /// Ready for files in which nothing is changed: the rules alone.
    func searchOfProtectedFiles() -> SecretSearch {
        SecretSearch(rules: rules, allowlists: allowlists, secrets: [], isForProtected: true)
    }
}

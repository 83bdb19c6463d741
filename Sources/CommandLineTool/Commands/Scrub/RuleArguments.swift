import ArgumentParser
import FlashBytes
import Scrub

/// What counts as a secret.
struct RuleArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "More rules, in gitleaks' TOML (repeatable). All 222 default rules of gitleaks 8.30 can be used.",
            valueName: "file"), completion: .file())
    var rules: [String] = []

    @Option(
        help: ArgumentHelp(
            "A value that must not be in the image, however it is written (repeatable; others can see it while jffs2 runs).",
            valueName: "text"))
    var secret: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file of such values, one a line, or with NUL between them (repeatable).", valueName: "file"),
        completion: .file())
    var secrets: [String] = []

    @Option(help: ArgumentHelp("Do without a rule, named by its id (repeatable).", valueName: "rule"))
    var skip: [String] = []

    @Flag(help: "Leave MAC addresses, serial numbers, accounts and positions alone.")
    var noIdentifiers = false

    @Flag(help: "Use no built-in rule.")
    var noBuiltIn = false

    /// All rules and values.
    ///
    /// - Parameter needsSome: whether there must be one of them; a report has its own.
    func ruleSet(needsSome: Bool = true) throws -> RuleSet {
        var set = RuleSet(builtIn: !noBuiltIn)
        for file in rules { try set.add(file: file) }
        if noIdentifiers { set.skip(.identifier) }
        try set.skip(skip)
        for text in secret {
            // What takes the place of bytes that are no UTF-8.
            if text.unicodeScalars.contains("\u{fffd}") {
                throw ValidationError("The value of --secret is no UTF-8; write it into a file, for --secrets FILE.")
            }
            guard let known = KnownSecret(Array(text.utf8)) else {
                throw ValidationError("A secret of less than \(KnownSecret.minimumLength) bytes is found everywhere.")
            }
            set.secrets.append(known)
        }
        for file in secrets {
            let bytes = try FileBytes(path: file).withBytes { try $0.bytes(in: 0..<$0.byteCount) }
            set.secrets += try KnownSecret.list(bytes, file: file)
        }
        // What was not looked for was not found either.
        if needsSome, set.rules.isEmpty, set.secrets.isEmpty {
            throw Failure(
                "nothing to look for: no rule is left, and no value is given; give --rules FILE, --secret TEXT or "
                    + "--secrets FILE, or do without --no-built-in",
                status: .usage)
        }
        return set
    }
}

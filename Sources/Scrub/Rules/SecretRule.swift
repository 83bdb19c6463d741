/// What a finding is about. The raw values are part of the JSON output.
package enum SecretClass: String, Sendable, Hashable, CaseIterable {
    /// Opens something: passwords, keys, tokens, hashes of passwords.
    case credential
    /// Names a network.
    case network
    /// Points to a person or a device: accounts, MAC addresses, serial numbers, positions.
    case identifier
    /// A file that is private as a whole: histories, logs.
    case record
    /// Given by the user, or removed before.
    case known
}

/// What makes a match no finding: gitleaks' allowlists, and ours.
struct Allowlist: Sendable {
    enum Target: Sendable {
        case secret, match, line
    }

    var regexes: [BytePattern] = []
    var target = Target.secret
    var paths: [BytePattern] = []
    /// In lower case.
    var stopwords: [[UInt8]] = []
    /// Whether all kinds of criteria must hold that are there, instead of one.
    var wantsAll = false
}

/// How to find one kind of secret.
package struct SecretRule: Sendable {
    /// `id`: unique in a set.
    package var id: String
    package var description: String
    package var kind: SecretClass = .credential
    /// What to look for in content; nil for a rule about paths alone: then the whole file is the finding.
    var pattern: BytePattern?
    /// What finds it instead of a pattern.
    var finder: Finder?
    /// Only for texts such as boot logs: what programs say is not what files hold.
    var isForTexts = false
    /// Only where the path of the file is known: its content alone says too little.
    var isForKnownPaths = false
    /// Not for names, targets of symlinks and attributes, which are texts of a path as well.
    var isForContents = false
    /// Which group of the pattern is the secret; 0 for the first one that took part (or all of the match).
    var secretGroup = 0
    /// Some text without one of these is not looked at; in lower case. Empty: all is looked at.
    var keywords: [[UInt8]] = []
    /// Where the file must be. Content whose path is not known any more is looked at all the same.
    var path: BytePattern?
    /// What the file must not be; nil for no exception.
    var excludedPath: BytePattern?
    /// The secret must have more entropy than this (bits a byte).
    var entropy: Double?
    var allowlists: [Allowlist] = []
    /// How far a match may begin before a keyword, and end behind it (bytes).
    var reach = (before: Self.wideReach, after: Self.wideReach)
    /// Looks at the secret itself and at what surrounds it; for what patterns cannot say.
    var check: (@Sendable ([UInt8]) -> Bool)?
    /// What a secret must be like in programs (ELF) besides: their texts lie side by side like names and values.
    var programCheck: (@Sendable ([UInt8]) -> Bool)?
    /// What is done with the finding unless the user says otherwise.
    var action = ScrubAction.redact
    /// Where the rule stands in its file; nil for built-in rules.
    package var line: Int?

    /// For rules of others, whose patterns may span lines (bytes).
    static let wideReach = 16 << 10
    /// How much of a path is asked for its names, from its end (bytes): no program opens longer ones.
    static let longestPath = 4096

    /// Whether it wants whole files because of their paths.
    var isAboutPlaces: Bool { pattern == nil && finder == nil }

    /// What knows a syntax that patterns cannot follow. Rules with the same one differ in their kind.
    enum Finder: Sendable, Hashable {
        /// Fields of fixed width in C structs.
        case fields
        /// Words that are like keys in what is left of an overwritten file.
        case fragments
        /// Lines of password files.
        case accounts
        /// Private keys in DER.
        case keys
        /// What is left of deleted rows in databases.
        case leftovers
    }

    init(id: String, description: String) {
        self.id = id
        self.description = description
    }
}

/// What is done with a file that holds a secret. The raw values are the words of the command line.
package enum ScrubAction: String, Sendable, Hashable, CaseIterable {
    /// The file goes.
    case delete
    /// The file stays, without content.
    case empty
    /// The secret is overwritten, byte for byte.
    case redact
    /// The content is replaced by one that the user gives.
    case template
}

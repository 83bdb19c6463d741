/// What is wrong with a rule file.
public struct RuleFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, as the user named it.
    public let file: String
    /// From 1; nil where no line is to blame.
    public let line: Int?
    /// The `id` of the rule, if there is one.
    public let rule: String?
    /// A sentence without capital and full stop.
    public let reason: String

    public init(file: String, line: Int? = nil, rule: String? = nil, reason: String) {
        self.file = file
        self.line = line
        self.rule = rule
        self.reason = reason
    }

    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return place + ": " + (rule.map { "rule '\($0)': " } ?? "") + reason
    }
}

/// What is wrong with a rule file.
package struct RuleFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, as the user named it.
    package let file: String
    /// From 1; nil where no line is to blame.
    package let line: Int?
    /// The `id` of the rule, if there is one.
    package let rule: String?
    /// A sentence without capital and full stop.
    package let reason: String

    package init(file: String, line: Int? = nil, rule: String? = nil, reason: String) {
        self.file = file
        self.line = line
        self.rule = rule
        self.reason = reason
    }

    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return place + ": " + (rule.map { "rule '\($0)': " } ?? "") + reason
    }
}

/// Takes the arguments of `find` apart: paths and the program's own options, and the expression, whose words begin with one dash.
enum FindArguments {
    /// The long options that have a value behind them.
    private static let optionsWithValue: Set<String> = [
        "--offset", "--length", "--endian", "--erase-size", "--swap", "--oob", "--select", "--member", "--max-input",
        "--at",
    ]

    /// The arguments in the parser's own manner: each word of the expression is the value of an option of its own. Long options
    /// may stand behind the expression, too.
    static func normalized(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        var isExpression = false
        func take(_ word: String) { result += ["--expression", word] }
        while let word = rest.popFirst() {
            if word == "--" {
                result += [word] + rest
                break
            } else if word.hasPrefix("--") {
                result.append(word)
                if optionsWithValue.contains(word), let value = rest.popFirst() { result.append(value) }
            } else if isShortOption(word) {
                result.append(word)
            } else if isExpression || begins(word) {
                isExpression = true
                take(word)
                if FindParser.wordsWithValue.contains(word), let value = rest.popFirst() { take(value) }
            } else {
                result.append(word)
            }
        }
        return result
    }

    private static func begins(_ word: String) -> Bool {
        ["(", ")", "!", ","].contains(word) || word.hasPrefix("-") && word != "-"
    }

    /// `-q`, `-v` and `-h`, which find does not have.
    private static func isShortOption(_ word: String) -> Bool {
        word.hasPrefix("-") && word.count > 1 && word.dropFirst().allSatisfy { "qvh".contains($0) }
    }
}

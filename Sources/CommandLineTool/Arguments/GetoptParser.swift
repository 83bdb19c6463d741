/// Reads arguments as getopt_long does, for the drop-in names whose options are not those of a command of ours: clustered
/// letters, joined values, long options that are shortened, and operands between options.
struct GetoptParser {
    /// An option that was given.
    struct Given: Equatable {
        let letter: Character
        /// Nil for an option that takes none.
        let value: String?
    }

    /// What stands in the arguments.
    struct Result {
        var options: [Given] = []
        var operands: [String] = []
        /// The first thing that is wrong, as getopt says it; what stands behind it is not read.
        var problem: String?

        /// Whether an option was given.
        func has(_ letter: Character) -> Bool { options.contains { $0.letter == letter } }

        /// The last value of an option.
        func value(of letter: Character) -> String? { options.last { $0.letter == letter }?.value }
    }

    /// The letters; a colon follows those that take a value.
    let letters: String
    /// The names of options that have one, with the letter that each stands for.
    let names: [String: Character]

    /// Reads arguments up to the first problem.
    func parsed(_ arguments: [String]) -> Result {
        var result = Result()
        var rest = arguments[...]
        while result.problem == nil, let argument = rest.popFirst() {
            if argument == "--" {
                result.operands += rest
                break
            } else if argument.hasPrefix("--") {
                long(argument.dropFirst(2), rest: &rest, result: &result)
            } else if argument.hasPrefix("-"), argument.count > 1 {
                cluster(argument.dropFirst(), rest: &rest, result: &result)
            } else {
                result.operands.append(argument)
            }
        }
        return result
    }

    /// Whether a letter takes a value; nil for one that is no option.
    private func takesValue(_ letter: Character) -> Bool? {
        guard letter != ":", let place = letters.firstIndex(of: letter) else { return nil }
        return letters[letters.index(after: place)...].first == ":"
    }

    private func long(_ text: Substring, rest: inout ArraySlice<String>, result: inout Result) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let candidates = names[name].map { [name: $0] } ?? names.filter { $0.key.hasPrefix(name) }
        guard let (known, letter) = candidates.first else {
            result.problem = "unrecognized option '--\(name)'"
            return
        }
        guard Set(candidates.values).count == 1 else {
            let list = candidates.keys.sorted().map { "'--\($0)'" }.joined(separator: " ")
            result.problem = "option '--\(name)' is ambiguous; possibilities: \(list)"
            return
        }
        var value = parts.count > 1 ? String(parts[1]) : nil
        if takesValue(letter) == true {
            value = value ?? rest.popFirst()
            if value == nil { result.problem = "option '--\(known)' requires an argument" }
        } else if value != nil {
            result.problem = "option '--\(known)' doesn't allow an argument"
        }
        if result.problem == nil { result.options.append(Given(letter: letter, value: value)) }
    }

    private func cluster(_ text: Substring, rest: inout ArraySlice<String>, result: inout Result) {
        var text = text
        while let letter = text.popFirst() {
            guard let takesValue = takesValue(letter) else {
                result.problem = "invalid option -- '\(letter)'"
                return
            }
            guard takesValue else {
                result.options.append(Given(letter: letter, value: nil))
                continue
            }
            guard let value = text.isEmpty ? rest.popFirst() : String(text) else {
                result.problem = "option requires an argument -- '\(letter)'"
                return
            }
            result.options.append(Given(letter: letter, value: value))
            return
        }
    }
}

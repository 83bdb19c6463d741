/// Takes clusters of short options apart, in all commands that have no older grammar of their own: `-fqd out`, `-dout`.
enum ShortOptions {
    /// The arguments in the parser's own manner. What is not known stays as it is, so that the parser names it.
    static func normalized(_ arguments: [String]) -> [String] {
        // Most command lines have none, and need not wait for the list of options.
        guard arguments.contains(where: isCluster) else { return arguments }
        let options = InvokedCommand(arguments).options
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" { return result + [argument] + rest }
            result += isCluster(argument) ? separated(argument, options: options) ?? [argument] : [argument]
        }
        return result
    }

    private static func isCluster(_ argument: String) -> Bool {
        argument.count > 2 && argument.hasPrefix("-") && !argument.hasPrefix("--")
    }

    /// Nil where a letter is none of the command's.
    private static func separated(_ argument: String, options: [InvokedCommand.Option]) -> [String]? {
        var result: [String] = []
        var text = argument.dropFirst()
        while let letter = text.popFirst() {
            let name = "-\(letter)"
            guard let option = options.first(where: { $0.names.contains(name) }) else { return nil }
            if option.takesValue {
                // A value behind an equals sign is the parser's own way.
                if text.first == "=" { return result + [name + text] }
                return result + [name] + (text.isEmpty ? [] : [String(text)])
            }
            result.append(name)
        }
        return result
    }
}

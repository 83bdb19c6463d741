import ArgumentParser

/// The command that arguments begin with, and what its help says about its options.
struct InvokedCommand {
    /// `["uimage", "info"]`; empty where the arguments begin with no command.
    let names: [String]
    let type: any ParsableCommand.Type

    /// An option, by its names, and whether it takes a value.
    struct Option {
        var names: [String]
        var takesValue: Bool
    }

    /// The longest run of names of commands at the front of the arguments.
    init(_ arguments: [String]) {
        var names: [String] = []
        var type: any ParsableCommand.Type = JFFS2Command.self
        for argument in arguments {
            guard let next = type.configuration.subcommands.first(where: { $0._commandName == argument }) else { break }
            names.append(argument)
            type = next
        }
        self.names = names
        self.type = type
    }

    /// The names of its subcommands.
    var subcommandNames: [String] { type.configuration.subcommands.map { $0._commandName } }

    /// `unpack: `, in front of what is said about it; empty without a command.
    var prefix: String { names.isEmpty ? "" : names.joined(separator: " ") + ": " }

    /// How to ask for its help.
    var helpLine: String { (["jffs2"] + names + ["--help"]).joined(separator: " ") }

    /// All options that its help tells of: the parser keeps its own list to itself.
    var options: [Option] {
        JFFS2Command.helpMessage(for: type, includeHidden: true, columns: 120).split(separator: "\n").compactMap {
            line in
            guard line.hasPrefix("  -") else { return nil }
            var option = Option(names: [], takesValue: false)
            for word in line.split(separator: " ") {
                guard word.hasPrefix("-") else {
                    option.takesValue = word.hasPrefix("<")
                    break
                }
                option.names += word.split(separator: "/").map { String($0.last == "," ? $0.dropLast() : $0) }
            }
            return option.names.isEmpty ? nil : option
        }
    }
}

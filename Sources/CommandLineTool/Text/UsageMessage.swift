import ArgumentParser
import FlashBytes
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A wrong usage in one line: which command, what is wrong, and what to do. The usage itself is what --help is for.
struct UsageMessage {
    /// `unpack: there is no option '--forec'; did you mean '--force'?`
    let text: String

    /// What the argument parser, or a command, found to be wrong.
    init(_ error: any Error, arguments: [String]) {
        let command = InvokedCommand(arguments)
        let lines = JFFS2Command.message(for: error).split(separator: "\n")
        let first = lines.first.map(String.init) ?? "wrong usage"
        let sentence =
            // A command that misses something says so before the parser says what it does not know.
            Self.strangeOption(in: arguments, of: command, whileSaying: error)
            .map { Self.unknown(option: $0, command: command) }
            ?? Self.sentence(first, further: lines.dropFirst().map(String.init), command: command)
        text = command.prefix + sentence
    }

    private static func sentence(_ message: String, further: [String], command: InvokedCommand) -> String {
        let quoted = quoted(message)
        if message.hasPrefix("Unknown option"), let option = quoted.first {
            return unknown(option: option, command: command)
        }
        if message.contains("nexpected argument"), let argument = quoted.first {
            if !command.subcommandNames.isEmpty { return unknown(command: argument, of: command) }
            return "'\(argument)' is one argument too many" + help(command)
        }
        if message.hasPrefix("Missing expected argument"), let name = quoted.first {
            return "\(placeholder(name)) is missing" + help(command)
        }
        if message.hasPrefix("Missing value for"), let option = quoted.first {
            let parts = option.split(separator: " ", maxSplits: 1)
            let value = parts.count > 1 ? placeholder(String(parts[1])) : "VALUE"
            return "\(parts[0]) needs a value: \(parts[0]) \(value)" + help(command)
        }
        if message.hasPrefix("The value "), quoted.count > 1 {
            return invalid(value: quoted[0], of: quoted[1], in: ([message] + further).joined(separator: " "))
                + help(command)
        }
        return (message.last == "." ? String(message.dropLast()) : message) + help(command)
    }

    /// The first option that the command does not have, where a command found something to be wrong.
    private static func strangeOption(
        in arguments: [String], of command: InvokedCommand, whileSaying error: any Error
    ) -> String? {
        // The words of find have a grammar of their own.
        guard !command.names.isEmpty, command.names != ["find"],
            !JFFS2Command.message(for: error).contains("nknown option")
        else { return nil }
        let names = Set(command.options.flatMap(\.names))
        return arguments.dropFirst(command.names.count).prefix { $0 != "--" }.first { argument in
            guard argument.count > 1, argument.hasPrefix("-"), !argument.dropFirst().allSatisfy(\.isNumber) else {
                return false
            }
            let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
            return !names.contains(name)
        }
    }

    private static func help(_ command: InvokedCommand) -> String { "; see '\(command.helpLine)'" }

    /// The words in single quotes.
    private static func quoted(_ message: String) -> [String] {
        message.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .compactMap { $0.offset % 2 == 1 ? String($0.element) : nil }
    }

    /// `<number or name>` as `NUMBER OR NAME`: as manuals write it.
    private static func placeholder(_ name: String) -> String {
        name.filter { $0 != "<" && $0 != ">" }.uppercased().replacing("...", with: "…").replacing(" …", with: "…")
    }

    private static func invalid(value: String, of option: String, in message: String) -> String {
        let name = option.split(separator: " ").first.map(String.init) ?? option
        var reason = "'\(value)' is no value for it"
        // What the option itself says about its values, or the list of them.
        if let detail = message.ranges(of: "': ").last.map({ message[$0.upperBound...] }), !detail.isEmpty {
            reason = String(detail)
        } else if let list = message.ranges(of: "Please provide one of ").last.map({ message[$0.upperBound...] }) {
            reason += "; it takes \(list)"
        }
        if reason.last == "." { reason.removeLast() }
        let words = reason.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
        let meant = NearestWord.of(value, among: words.filter { $0 != value })
        return "\(name.hasPrefix("-") ? name : placeholder(option)): \(reason)"
            + (meant.map { "; did you mean '\($0)'?" } ?? "")
    }

    private static func unknown(option: String, command: InvokedCommand) -> String {
        if command.names.isEmpty {
            let advice = Habits.commands[option].map { "; did you mean 'jffs2 \($0)'?" } ?? help(command)
            return "there is no option '\(option)' in front of a command" + advice
        }
        let name = option.split(separator: "=", maxSplits: 1).first.map(String.init) ?? option
        let names = command.options.flatMap(\.names)
        let isLong = name.hasPrefix("--")
        // Of ls, -d is something else.
        func isPlace(_ habit: String) -> Bool { ["-d", "--directory"].contains(habit) }
        let meant =
            Habits.options[name]?.first { habit in
                command.options.contains { $0.names.contains(habit) && ($0.takesValue || !isPlace(habit)) }
            }
            ?? (isLong ? NearestWord.of(name, among: names.filter { $0.hasPrefix("--") }) : nil)
        return "there is no option '\(option)'"
            + (meant.map { "; did you mean '\($0)'?" } ?? help(command))
    }

    /// A command that there is none of, or a file where a command is wanted.
    static func unknown(command word: String, of parent: InvokedCommand) -> String {
        let path = (["jffs2"] + parent.names).joined(separator: " ")
        if parent.names.isEmpty, unsafe access(word, F_OK) == 0 {
            return
                "'\(word)' is a file where a command is wanted; 'jffs2 info \(ShellWord.quoted(word))' says what it is"
        }
        let names = parent.subcommandNames
        let habit = parent.names.isEmpty ? Habits.commands[word.lowercased()] : nil
        let meant = habit ?? NearestWord.of(word, among: names)
        return "there is no command '\(word)'"
            + (meant.map { "; did you mean '\(path) \($0)'?" } ?? "; '\(path) --help' lists the commands")
    }
}

import FlashBytes

/// A word of a command line, quoted so that it can be pasted into a shell.
enum ShellWord {
    /// What needs no quotes.
    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%".unicodeScalars)

    /// The word in quotes where it needs them; a control character as an escape, which bash, zsh and ksh know.
    static func quoted(_ word: String) -> String {
        if !word.isEmpty, word.unicodeScalars.allSatisfy(plain.contains) { return word }
        guard word.unicodeScalars.contains(where: \.isUnprintable) else {
            return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
        }
        var text = "$'"
        for scalar in word.unicodeScalars {
            if scalar == "'" || scalar == "\\" {
                text += "\\\(scalar)"
            } else if scalar.isUnprintable {
                for byte in String(scalar).utf8 { text += #"\x"# + hexadecimal([byte]) }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }

    /// The name of a file as an argument: no option, whatever it begins with.
    static func file(_ path: String) -> String { quoted(path.hasPrefix("-") && path != "-" ? "./" + path : path) }
}

/// Commands that print bytes, and whether the log shows that they did: a dump without one row is missing as a whole.
struct LogAnswers {
    /// The last one, unless it is answered.
    private var asked: String?
    private var missing: [String] = []
    private static let most = 64

    /// A command that prints bytes.
    mutating func ask(_ command: String) { asked = command }

    /// Bytes follow it. What was typed before may have been only the beginning of its line, drawn once more.
    mutating func answer() {
        guard let asked else { return }
        self.asked = nil
        if !missing.isEmpty { missing.removeAll { asked.hasPrefix($0) } }
    }

    /// The line that follows tells why there are none: it has failed, or was aborted.
    mutating func excuse(_ line: ArraySlice<UInt8>) {
        guard let command = asked, line.count < 300 else { return }
        // The line in which it was typed.
        if LogInterpreter.trimmed(line).suffix(command.utf8.count).elementsEqual(command.utf8) { return }
        let text = String(decoding: line, as: UTF8.self).lowercased()
        if text.contains("^c") || LogLoad.isFailure(line) || Self.signs.contains(where: text.contains) { asked = nil }
    }
    private static let signs = [
        "no such", "denied", "can't", "cannot", "unrecogni", "resource busy", "directory", "not supported",
        "not permitted",
    ]

    /// The next command comes.
    ///
    /// - Parameter isPartly: whether the last one is several, of which only some were answered.
    mutating func close(isPartly: Bool, command: String?) {
        if isPartly, asked == nil { asked = command }
        guard let asked else { return }
        self.asked = nil
        if missing.count < Self.most, !missing.contains(asked) { missing.append(asked) }
    }

    /// As sentences.
    var doubts: [String] { missing.map { "the log shows nothing that '\($0)' has printed" } }
}

extension LogInterpreter {
    /// Something was typed at a prompt.
    @discardableResult func type(_ shell: ShellLine) -> ShellLine {
        var shell = shell
        shell.follow(copies)
        for copy in shell.copies {
            copies.removeAll { $0.target == copy.target }
            copies.append(copy)
        }
        typed = shell
        for part in shell.command.split(separator: ";") { variables.type(part) }
        noteChange(by: shell.command)
        return shell
    }

    /// What a command is about, or what it says of it.
    func note(subjects: [LogSubject], isAnswer: Bool = false) {
        if !isAnswer { asked = subjects }
        for subject in subjects where !picture.subjects.contains(subject) && picture.subjects.count < 1024 {
            willShow(subject.range)
            picture.subjects.append(subject)
        }
    }
}

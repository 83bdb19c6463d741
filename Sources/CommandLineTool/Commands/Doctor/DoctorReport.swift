import FlashBytes
import ImageFile

/// What `doctor` says of a file.
struct DoctorReport {
    let name: String
    let diagnoses: [Diagnosis]
    let remedy: Remedy
    /// How many bytes of memory a text shows; nil where the file is none.
    var rows: Int?

    /// What `--json` prints of a file.
    struct Result: Encodable {
        var file: String
        var healthy: Bool
        var diagnoses: [Entry]
    }

    struct Entry: Encodable {
        /// What it is, for programs.
        var code: String
        var message: String
        /// Which of several file systems.
        var select: Int?
        /// What speaks for it.
        var evidence: [String]
        /// What speaks against it.
        var doubts: [String]
        /// Command lines to paste.
        var commands: [String]
        var advice: [String]
    }

    /// Whether nothing is wrong.
    var isHealthy: Bool { diagnoses.allSatisfy(\.isHealthy) }

    var result: Result { Result(file: name, healthy: isHealthy, diagnoses: entries) }

    /// The folder into which a command line unpacks.
    private static func folder(of command: String) -> Substring? {
        guard command.hasPrefix("jffs2 unpack ") else { return nil }
        return command.split(separator: " -d ", omittingEmptySubsequences: false).dropFirst().last
    }

    /// Of commands that unpack into the same folder, the one of the first diagnosis is the best.
    private var entries: [Entry] {
        var folders: [Substring: String] = [:]
        return diagnoses.map { diagnosis in
            var entry = entry(diagnosis)
            entry.commands = entry.commands.filter { command in
                guard let folder = Self.folder(of: command) else { return true }
                if let other = folders[folder] { return other == command }
                folders[folder] = command
                return true
            }
            return entry
        }
    }

    private func entry(_ diagnosis: Diagnosis) -> Entry {
        var (reasons, doubts) = (
            diagnosis.evidence.filter(\.isFor).map(\.text), diagnosis.evidence.filter { !$0.isFor }.map(\.text)
        )
        var commands = remedy.commands(diagnosis)
        if case .text = diagnosis.kind, let rows {
            if rows > 0 {
                reasons.append("it shows \(rows) bytes of memory, as a boot loader or a shell prints them")
            } else {
                doubts.append("no row of memory is in it")
                commands.removeFirst()
            }
        }
        return Entry(
            code: diagnosis.kind.word, message: diagnosis.text, select: diagnosis.number, evidence: reasons,
            doubts: doubts, commands: commands, advice: [remedy.advice(diagnosis)].compactMap(\.self))
    }

    /// Text of strangers is in it, as printable characters.
    var lines: [String] {
        var lines: [String] = []
        // What several diagnoses ask for is done once.
        var told: Set<String> = []
        for entry in entries {
            let number = entry.select.map { "number \($0): " } ?? ""
            lines.append(Printable.text("\(name): \(number)\(entry.message)"))
            for text in entry.evidence { lines.append(Printable.text("  for      \(text)")) }
            for text in entry.doubts { lines.append(Printable.text("  against  \(text)")) }
            for advice in entry.advice where told.insert(advice).inserted { lines.append("  advice   \(advice)") }
            for command in entry.commands where told.insert(command).inserted { lines.append("  next     \(command)") }
        }
        return lines
    }
}

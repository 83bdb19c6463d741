/// Passwords in the texts that a script feeds to a command which reads them: `chpasswd <<EOF`, `passwd root <<EOF`.
enum FedDocuments {
    /// - Parameter bodies: of the script's here-documents.
    static func read(_ bodies: [Range<Int>], of bytes: [UInt8]) -> [Setting] {
        bodies.flatMap { body -> [Setting] in
            let end = body.lowerBound - 1
            guard end > 0 else { return [] }
            let start = (bytes[..<end].lastIndex(of: 0x0a) ?? -1) + 1
            let names = ShellWord.commands(bytes, in: start..<end, isShell: true).flatMap { words in
                words.prefix(4).compactMap { reader($0, of: words, in: bytes) }
            }
            guard let hasAccounts = names.first else { return [] }
            return lines(bytes, in: body).compactMap { line in
                let value = hasAccounts ? behindAccount(line, bytes: bytes) : line
                return value.map { Setting(names: [Array("password".utf8)], value: $0) }
            }
        }
    }

    /// Whether a word is a command that reads passwords: true for one that reads names of accounts as well, nil for others.
    private static func reader(_ word: ShellWord, of words: [ShellWord], in bytes: [UInt8]) -> Bool? {
        guard let name = CommandSecrets.name(of: word, in: bytes) else { return nil }
        if name == "chpasswd" { return true }
        let texts = words.map { String(decoding: bytes[$0.text].prefix(32), as: UTF8.self) }
        return CommandSyntax.readsSecret(name, words: texts) ? false : nil
    }

    private static func lines(_ bytes: [UInt8], in body: Range<Int>) -> [Range<Int>] {
        bytes[body].split(separator: 0x0a).map { line in
            // `<<-` takes tabs away.
            let start = line.firstIndex { $0 != 0x09 } ?? line.endIndex
            let end = line.last == 0x0d ? line.endIndex - 1 : line.endIndex
            return start..<max(start, end)
        }
    }

    private static func behindAccount(_ line: Range<Int>, bytes: [UInt8]) -> Range<Int>? {
        ByteText.first(0x3a, bytes: bytes, in: line).map { $0 + 1..<line.upperBound }
    }
}

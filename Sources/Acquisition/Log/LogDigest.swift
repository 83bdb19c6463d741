internal import FlashBytes

/// A digest that a log shows: of a range, as U-Boot's `md5sum` and `hash` answer, or of a file, as those of shells do.
struct LogDigest: Hashable {
    enum Kind: Hashable { case md5, sha256 }
    var kind: Kind
    /// What it is about; nil for a file.
    var range: Range<UInt64>?
    /// The file.
    var path = ""
    /// In small letters.
    var digits: String

    /// Nil if the line is anything else.
    init?(_ line: ArraySlice<UInt8>) {
        guard (34..<300).contains(line.count) else { return nil }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count >= 2, words.count <= 12 else { return nil }
        // md5 for 82000000 ... 82001fff ==> 2f0e…
        if let name = words.firstIndex(where: { ["md5", "sha256"].contains($0.lowercased()) }),
            words.count >= name + 7, words[name + 1] == "for", words[name + 3] == "...", words[name + 5] == "==>",
            let start = ChecksumLine.number(words[name + 2]), let last = ChecksumLine.number(words[name + 4]),
            last >= start, last < UInt64.max, let found = Self.digits(words[name + 6]),
            found.kind == (words[name].lowercased() == "md5" ? .md5 : .sha256)
        {
            (kind, digits) = found
            range = start..<last + 1
            return
        }
        guard let found = Self.digits(words[words.count - 2]) else { return nil }
        (kind, digits) = found
        let name = words[words.count - 1]
        path = String(name.first == "*" ? name.dropFirst() : name)
    }

    private static func digits(_ word: Substring) -> (kind: Kind, digits: String)? {
        guard let kind: Kind = [32: .md5, 64: .sha256][word.utf8.count],
            word.utf8.allSatisfy({ hexadecimalValue($0) != nil })
        else { return nil }
        return (kind, word.lowercased())
    }

    /// Whether it is that of these bytes; nil if it cannot be computed here.
    func holds(for bytes: [UInt8]) -> Bool? {
        switch kind {
        case .md5: return MD5.digest(bytes) == digits
        case .sha256: return SHA256.digest(unsafe bytes.span.bytes).map { hexadecimal($0) == digits }
        }
    }

    /// For messages.
    var name: String { kind == .md5 ? "md5" : "sha256" }
}

/// A command of a shell that prints a file.
struct ShellDump: Hashable {
    private let words: [Substring]
    /// Where it was typed.
    let prompt: [UInt8]
    /// What was typed, for messages.
    let command: String

    init(_ line: ArraySlice<UInt8>) {
        let text = String(decoding: line.prefix(300), as: UTF8.self)
        words = text.split { $0.isWhitespace || "<;|&=".contains($0) }
        let end = line.firstIndex { $0 == 0x23 || $0 == 0x24 } ?? line.startIndex
        prompt = line.contains(0x23) || line.contains(0x24) ? Array(line[...end]) : []
        command = String(latin1: Array(LogInterpreter.trimmed(line.dropFirst(prompt.count).prefix(200))))
    }

    /// Whether all of a file was printed, as far as the command tells.
    func isWhole(_ path: String) -> Bool {
        guard words.contains(where: { $0 == path }) else { return false }
        let parts = ["dd", "head", "tail", "cut", "skip", "count"]
        return !words.contains { word in
            parts.contains(String(word))
                || ["-n", "-s", "-j", "-N", "-l"].contains { word.hasPrefix($0) && !word.hasPrefix("--") }
                || ["--length", "--skip", "--read-bytes", "--skip-bytes"].contains { word.hasPrefix($0) }
        }
    }

    /// Whether it prints a flash, whose size is one of blocks; what is unknown may be one.
    var isFlash: Bool { words.contains { $0.contains("mtd") } }
}

/// Tells a menu, in which single keys choose, from a command line.
enum MenuText {
    /// Whether what Ctrl-C brings is a list of choices, or a question: nothing may be typed there.
    ///
    /// - Parameters:
    ///   - lines: what comes each time, in front of the prompt.
    ///   - prompt: the last of it.
    static func isMenu(_ lines: [[UInt8]], prompt: [UInt8]) -> Bool {
        if isQuestion(prompt) { return true }
        let choices = (lines + [prompt]).compactMap { choice(in: $0) }
        return Set(choices).count > 1
    }

    /// `Erase it? (y/n)`
    private static func isQuestion(_ prompt: [UInt8]) -> Bool {
        let text = String(decoding: prompt, as: UTF8.self).lowercased()
        return ["y/n", "yes/no", "y or n", "yes or no"].contains { text.contains($0) }
    }

    /// The key of a line such as `2. Load code`, `b) boot`, `[4] Command line`, `m - monitor`.
    private static func choice(in line: [UInt8]) -> [UInt8]? {
        let brackets: [UInt8] = Array("[(<{ *".utf8)
        let text = line.drop { brackets.contains($0) || $0 == 0x09 }
        let isLetter = text.first.map { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a } ?? false
        let key = isLetter ? text.prefix(1) : text.prefix { (0x30...0x39).contains($0) }
        guard (1...2).contains(key.count) else { return nil }
        let rest = text.dropFirst(key.count)
        let mark = rest.drop { $0 == 0x20 }
        // Behind a letter a blank alone is a word: "a board".
        guard let first = mark.first, Array(".):]>}-=".utf8).contains(first) else { return nil }
        let behind = mark.dropFirst()
        let isSpaced = behind.first == 0x20 || behind.first == 0x09 || first == 0x5d || first == 0x29
        return isSpaced && behind.contains { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a } ? Array(key) : nil
    }
}

/// A file that a command makes of another one: `dd if=/dev/mtd2 of=/tmp/x`, `cat /dev/mtd2 > /tmp/x`.
struct ShellCopy: Hashable {
    /// Names without directories.
    let source: String
    let target: String
    /// Whether it is a copy of all of it, as far as the command tells.
    let isWhole: Bool
    /// How many bytes the command asks for, if it says that.
    let count: Int?

    /// - Parameter part: a command of a line, up to the `;`.
    init?(_ part: Substring) {
        let stages = part.split(separator: "|")
        guard let first = stages.first, let last = stages.last else { return nil }
        var words = Self.words(first)
        guard let program = ShellLine.program(words) else { return nil }
        let redirected = Self.target(of: last)
        if let cut = words.firstIndex(where: { $0.contains(">") }) { words = Array(words[..<cut]) }
        guard stages.count == 1 || redirected != nil && stages.dropFirst().allSatisfy({ $0.contains("cat") }) else {
            return nil
        }
        let operands = words.drop { !$0.hasSuffix(program) }.dropFirst().filter { !$0.hasPrefix("-") }
        var (source, target): (Substring?, Substring?) = (operands.first, redirected)
        var isWhole = true
        var count = ShellLine.count(words)
        switch program {
        case "dd":
            source = ShellLine.operand("if=", of: words)
            target = ShellLine.operand("of=", of: words) ?? redirected
            isWhole = !words.contains { word in
                ["skip=", "count=", "seek="].contains { word.hasPrefix($0) } || word.contains("swab")
            }
        case "cat": isWhole = operands.count == 1
        case "cp", "mv":
            guard operands.count == 2 else { return nil }
            target = operands.last
        case "head":
            source = operands.last
            isWhole = false
        case "nanddump":
            source = operands.last { $0.hasPrefix("/dev/") }
            target =
                words.firstIndex(of: "-f").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
                ?? words.first { $0.hasPrefix("-f/") }?.dropFirst(2)
                ?? words.first { $0.hasPrefix("--file=") }?.dropFirst(7) ?? redirected
            isWhole = !words.contains { $0.hasPrefix("-l") || $0.hasPrefix("-s") || $0.hasPrefix("--") }
        case "mtd_debug":
            guard operands.count == 5, operands[operands.startIndex] == "read" else { return nil }
            (source, target) = (operands[operands.startIndex + 1], operands.last)
            isWhole = false
            count = ShellLine.number(operands[operands.startIndex + 3])
        default: return nil
        }
        guard let source, let target, !target.hasPrefix("/dev/"), !target.hasPrefix("&") else { return nil }
        (self.source, self.target) = (ShellLine.name(source), ShellLine.name(target))
        (self.isWhole, self.count) = (isWhole, count)
    }

    private static func words(_ stage: Substring) -> [Substring] {
        stage.split { $0.isWhitespace || $0 == "<" }
    }

    /// The file into which a command prints; nil if it prints to the terminal.
    static func target(of stage: Substring) -> Substring? {
        guard let sign = stage.lastIndex(of: ">"), sign > stage.startIndex else { return nil }
        let before = stage[stage.index(before: sign)]
        guard before != "2", before != ">" else { return nil }
        return words(stage[stage.index(after: sign)...]).first
    }
}

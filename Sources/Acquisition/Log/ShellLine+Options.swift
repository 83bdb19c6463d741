/// What the words of a command say about what it prints.
extension ShellLine {
    /// Whether the shell finds out a part of it: `$(grep rootfs /proc/mtd)`.
    var hasSubstitution: Bool { command.contains("$(") && !command.contains("$((") || command.contains("`") }

    /// Whether rows are all that tells where its dump ends: `xxd`, and of a flash the others, too.
    var printsRows: Bool { printer == "xxd" || ["hexdump", "hd", "od"].contains(printer) && isFlash }

    /// Whether `hexdump -e` prints in a form of its own.
    var hasFormat: Bool { stages.last?.contains { $0.hasPrefix("-e") || $0.hasPrefix("-ve") } ?? false }

    /// Whether `nanddump` reads it, which may add spare areas.
    var isOfNAND: Bool { stages.dropLast().contains { Self.program($0) == "nanddump" } }

    /// How many characters of base64 a line has, where the command says that; 0 for all in one.
    var columns: Int? {
        guard let stage = stages.last, printer == "base64" else { return nil }
        for (index, word) in stage.enumerated() {
            guard word.hasPrefix("-w") || word.hasPrefix("-") && word.contains("wrap=") else { continue }
            if !word.contains(where: \.isNumber) { return index + 1 < stage.count ? Int(stage[index + 1]) : nil }
            return Int(word.drop { !$0.isNumber })
        }
        return nil
    }

    /// Whether one of its words is that file, of `/proc` for example.
    func reads(_ path: String) -> Bool { stages.joined().contains { $0 == path } }

    /// The number of the flash whose size is printed: `cat /sys/class/mtd/mtd2/size`.
    var sizeOfFlash: String? {
        for word in stages.joined() where word.hasPrefix("/sys/class/mtd/mtd") && word.hasSuffix("/size") {
            return word.split(separator: "/").dropLast().last.map(String.init)
        }
        return nil
    }
}

/// The words by which a board tells of its boot: that it has reset, or starts its system, or wants a password.
enum BootSigns {
    /// What U-Boot prints for Ctrl-C at its prompt.
    static let interrupt = Array("<INTERRUPT>".utf8)

    /// The sign in a line, if it begins with one; only line starts count, since flash contents show in md's last column.
    static func reset(in line: [UInt8]) -> String? {
        // A reset leaves glitches in front of its first line.
        let text = String(decoding: line.drop { $0 < 0x20 || $0 > 0x7e }, as: UTF8.self)
        let starts = [
            "U-Boot 1", "U-Boot 2", "U-Boot SPL", "resetting ...", "Resetting CPU", "data abort", "prefetch abort",
            "undefined instruction", "\"Synchronous Abort\"", "Hit any key to stop autoboot",
            "Press Ctrl+C to stop autoboot", "Uncompressing Linux", "Starting kernel", "System startup", "DRAM:  ",
            "Autobooting in", "Booting Linux", "barebox 20", "CFE version", "RedBoot(tm)",
        ]
        return starts.contains { text.hasPrefix($0) } || text.lowercased().contains("stop autoboot")
            ? String(text.prefix(60)) : nil
    }

    /// The lines of what a board printed that say how its boot is stopped; the last ones if none does.
    static func telling(_ seen: [UInt8]) -> String {
        let lines = seen.split(whereSeparator: BoardConsole.isLineEnd).filter { line in line.contains { $0 > 0x20 } }
        let words = [
            "autoboot", "press", "hit ", "abort", "any key", "enter ", "command line", "password", "stop",
            "wrong", "interrupt",
        ]
        let telling = lines.filter { line in
            let lower = String(decoding: line, as: UTF8.self).lowercased()
            return words.contains { lower.contains($0) }
        }
        let shown = telling.isEmpty ? lines.suffix(4) : telling.prefix(4)
        return shown.map { BoardConsole.shown($0.filter { $0 >= 0x20 && $0 < 0x7f }.prefix(120)) }.joined(
            separator: " / ")
    }

    /// Whether the last line asks for a password.
    static func asksForPassword(_ tail: [UInt8]) -> Bool {
        let line = tail.split(whereSeparator: BoardConsole.isLineEnd).last ?? []
        let text = String(decoding: line, as: UTF8.self).lowercased()
        return text.contains("password") && text.reversed().first { $0 != " " && $0 != "*" } == ":"
    }

    /// Whether what a board says to a password means that it was a wrong one.
    static func refusesPassword(_ answer: [UInt8]) -> Bool {
        let text = String(decoding: answer, as: UTF8.self).lowercased()
        return ["wrong", "incorrect", "invalid", "denied"].contains { text.contains($0) }
    }
}

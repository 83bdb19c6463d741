/// How a line tells that the board has reset, or is about to start its system.
enum BootSigns {
    /// The sign in a line, if it begins with one; only line starts count, since flash contents show in md's last column.
    static func reset(in line: [UInt8]) -> String? {
        // A reset leaves glitches in front of its first line.
        let text = String(decoding: line.drop { $0 < 0x20 || $0 > 0x7e }, as: UTF8.self)
        let starts = [
            "U-Boot 1", "U-Boot 2", "U-Boot SPL", "resetting ...", "Resetting CPU", "data abort", "prefetch abort",
            "undefined instruction", "\"Synchronous Abort\"", "Hit any key to stop autoboot",
            "Press Ctrl+C to stop autoboot", "Uncompressing Linux", "Starting kernel",
        ]
        return starts.contains { text.hasPrefix($0) } || text.lowercased().contains("stop autoboot")
            ? String(text.prefix(60)) : nil
    }

    /// The keys that a text asks for to stop the boot.
    static func keys(for text: String) -> [[UInt8]] {
        let lower = text.lowercased()
        var keys: [[UInt8]] = []
        if lower.contains("press space") || lower.contains("space to") { keys.append([0x20]) }
        if lower.contains("esc to") || lower.contains("press esc") || lower.contains("<esc>") {
            keys.append([0x1b, 0x1b])
        }
        if lower.contains("any key") || lower.contains("autoboot in") { keys.append([0x20]) }
        if lower.contains("press enter") { keys.append([0x0d]) }
        for quote in ["'", "\""] {
            let parts = lower.split(separator: quote, omittingEmptySubsequences: false)
            if parts.count >= 3,
                parts[0].hasSuffix("press ") || parts[0].hasSuffix("hit ") || parts[0].hasSuffix("enter ")
            {
                keys.append(Array(parts[1].utf8))
            }
        }
        return keys
    }
}

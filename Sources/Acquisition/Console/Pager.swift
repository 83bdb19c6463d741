/// A console that stops after a screen of rows and waits for a key.
enum Pager {
    /// A blank goes on everywhere, and does nothing at a prompt.
    static let key: UInt8 = 0x20

    /// Whether the last that came is such a question: `--More-- (any key)`, `Press any key to continue`.
    static func asks(_ unread: ArraySlice<UInt8>) -> Bool {
        guard (4...80).contains(unread.count), unread.contains(where: { $0 == 0x6d || $0 == 0x4d || $0 == 0x6b })
        else { return false }
        let text = String(decoding: unread, as: UTF8.self).lowercased()
        if text.contains("boot") { return false }
        return text.contains("-more-") || text.contains("any key") || text.hasPrefix("more")
            || text.contains("continue") && text.contains("press")
    }
}

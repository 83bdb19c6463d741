/// Reads what RouterOS exports: below a menu (`/ppp secret`) lines of `add name=x password="a,b"`, or both in one line.
///
/// A value without quotes goes up to a blank, whatever signs are in it; a backslash at the end of a line takes the next one
/// to it, without its blanks.
struct RouterScript {
    private let bytes: [UInt8]
    private var settings: [Setting] = []
    private var number = 0

    private static let longestName = 40
    private static let accountNames: Set<String> = ["name", "user", "username"]

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var reader = RouterScript(bytes: bytes)
        var isInMenu = false
        var start = range.lowerBound
        while start < range.upperBound {
            var end = ByteText.first(0x0a, bytes: bytes, in: start..<range.upperBound) ?? range.upperBound
            let line = ByteText.trimmed(bytes, range: start..<end)
            if let first = line.first {
                if bytes[first] == 0x2f {
                    isInMenu = reader.isMenu(line)
                } else if bytes[first] != 0x23, !reader.isCommand(line) {
                    isInMenu = false
                }
                if isInMenu, bytes[first] != 0x23 {
                    while end < range.upperBound, reader.goesOn(end, from: start), end - start < 8192 {
                        end = ByteText.first(0x0a, bytes: bytes, in: end + 1..<range.upperBound) ?? range.upperBound
                    }
                    reader.statement(line.lowerBound..<end)
                }
            }
            start = end + 1
        }
        return reader.settings
    }

    private static let actions = [" add ", " set "].map { Array($0.utf8) }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// `/interface wireless`, with or without a command behind it; no path of a file.
    private func isMenu(_ line: Range<Int>) -> Bool {
        guard line.count >= 4, ByteText.isLetter(bytes[line.lowerBound + 1]) else { return false }
        let menu = line.dropFirst().prefix { at in
            (0x61...0x7a).contains(bytes[at]) || ByteText.isDigit(bytes[at]) || "- /".utf8.contains(bytes[at])
        }
        if menu.endIndex == line.upperBound { return !bytes[line.dropFirst()].contains(0x2f) }
        return Self.actions.contains { ByteText.first($0, bytes: bytes, in: line) != nil }
    }

    private func isCommand(_ line: Range<Int>) -> Bool {
        ByteText.has("add ", bytes: bytes, at: line.lowerBound)
            || ByteText.has("set ", bytes: bytes, at: line.lowerBound)
    }

    /// Whether a line end has an odd number of backslashes in front.
    private func goesOn(_ end: Int, from start: Int) -> Bool {
        var last = end > start && bytes[end - 1] == 0x0d ? end - 1 : end
        var count = 0
        while last > start, bytes[last - 1] == 0x5c {
            count += 1
            last -= 1
        }
        return !count.isMultiple(of: 2)
    }

    private mutating func statement(_ text: Range<Int>) {
        number += 1
        let outer = Array("item\(number)".utf8)
        var accounts: [Setting] = []
        var hasCredential = false
        var at = text.lowerBound
        while let sign = ByteText.first(0x3d, bytes: bytes, in: at..<text.upperBound) {
            var start = sign
            while start > at, sign - start <= Self.longestName,
                ByteText.isAlphanumeric(bytes[start - 1]) || bytes[start - 1] == 0x2d || bytes[start - 1] == 0x2e
            {
                start -= 1
            }
            let name = Array(bytes[start..<sign])
            let (parts, end) = value(from: sign + 1, limit: text.upperBound)
            at = max(end, sign + 1)
            guard let first = parts.first, !name.isEmpty else { continue }
            let setting = Setting(names: [outer, name], value: first, further: Array(parts.dropFirst()))
            if Self.accountNames.contains(String(decoding: name, as: UTF8.self)) {
                var account = setting
                account.names = [outer, Array("user".utf8)]
                accounts.append(account)
            } else if let meaning = SettingMeaning.of(name),
                [.credential, .token].contains(meaning) || meaning == .key && name.count > 3
            {
                hasCredential = true
                settings.append(setting)
            }
        }
        if hasCredential { settings += accounts }
    }

    /// The parts of a value, one for each of its lines, and where it ends.
    private func value(from start: Int, limit: Int) -> (parts: [Range<Int>], end: Int) {
        let isQuoted = start < limit && bytes[start] == 0x22
        var parts: [Range<Int>] = []
        var first = isQuoted ? start + 1 : start
        var at = first
        while at < limit {
            let byte = bytes[at]
            if byte == 0x5c, let next = behindLineEnd(at + 1, limit: limit) {
                if at > first { parts.append(first..<at) }
                first = next
                at = next
            } else if byte == 0x5c {
                at += 2
            } else if isQuoted ? byte == 0x22 : byte <= 0x20 {
                break
            } else {
                at += 1
            }
        }
        let end = min(at, limit)
        if end > first { parts.append(first..<end) }
        return (parts, end)
    }

    private func behindLineEnd(_ place: Int, limit: Int) -> Int? {
        var at = place
        if at < limit, bytes[at] == 0x0d { at += 1 }
        guard at < limit, bytes[at] == 0x0a else { return nil }
        at += 1
        while at < limit, ByteText.isBlank(bytes[at]) { at += 1 }
        return at
    }
}

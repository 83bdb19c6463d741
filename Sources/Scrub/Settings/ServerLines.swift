/// Reads lines of servers and routers whose words have their meaning by their order: redis' `masterauth x` and
/// `user alice on >x`, `sentinel auth-pass main x`, `crypto isakmp key x address y`, `ip rip authentication string x`.
struct ServerLines {
    private let bytes: [UInt8]
    private var settings: [Setting] = []

    private static let longestLine = 1024
    private static let mostWords = 64

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        var reader = ServerLines(bytes: bytes)
        var start = range.lowerBound
        while start < range.upperBound {
            let end = ByteText.first(0x0a, bytes: bytes, in: start..<range.upperBound) ?? range.upperBound
            let line = ByteText.trimmed(bytes, range: start..<end)
            if line.count >= 8, line.count <= longestLine { reader.line(line) }
            start = end + 1
        }
        return reader.settings
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func line(_ line: Range<Int>) {
        switch bytes[line.lowerBound] | 0x20 {
        case 0x6d where has("masterauth ", in: line), 0x72 where has("requirepass ", in: line):
            let words = words(line)
            if words.count == 2 { note("password", value: words[1]) }
        case 0x6d where has("masteruser ", in: line):
            let words = words(line)
            if words.count == 2 { note("user", value: words[1]) }
        case 0x73 where has("snmp-server community ", in: line):
            let words = words(line)
            let place = words.count > 3 && words[2].count == 1 ? 3 : 2
            if place < words.count { note("snmp_community", value: words[place]) }
        case 0x73 where has("sentinel auth-", in: line):
            let words = words(line)
            guard words.count == 4 else { return }
            if equals("auth-pass", at: words[1]) { note("password", value: words[3]) }
            if equals("auth-user", at: words[1]) { note("user", value: words[3]) }
        case 0x62 where has("basicauth ", in: line):
            let words = words(line)
            if words.count == 3 {
                note("user", value: words[1])
                note("password", value: words[2])
            }
        case 0x75 where has("upstream ", in: line): parent(words(line))
        case 0x75 where has("user ", in: line): account(words(line).dropFirst(2))
        case 0x61 where has("acl setuser ", in: line): account(words(line).dropFirst(3))
        case 0x63 where has("crypto isakmp key ", in: line): exchange(words(line).dropFirst(3))
        case 0x69 where has("ip ", in: line) || has("ipv6 ", in: line):
            let words = words(line)
            neighbor(words)
            login(words)
        case 0x65 where has("enable ", in: line), 0x75 where has("username ", in: line),
            0x6e where has("neighbor ", in: line),
            0x70 where has("ppp ", in: line), 0x76 where has("vpdn ", in: line):
            login(words(line))
        default: break
        }
    }

    /// `ip ftp password 0 secret`: the last word, if it is none of a sentence.
    private mutating func login(_ words: [Range<Int>]) {
        guard let place = words.firstIndex(where: { equals("password", at: $0) || equals("secret", at: $0) }),
            place > 0,
            let value = words.last, words.count - place == 2 || words.count - place == 3
        else { return }
        let notation = words[place + 1]
        let isNoted = words.count - place == 3
        if isNoted, notation.count != 1 || !ByteText.isDigit(bytes[notation.lowerBound]) { return }
        if isNoted || bytes[value].contains(where: { !ByteText.isLetter($0) && !"-.,:;!?'_".utf8.contains($0) }) {
            note("password", value: value)
        }
    }

    /// The rules of an account of redis: each `>` adds a password, each `#` its hash.
    private mutating func account(_ rules: ArraySlice<Range<Int>>) {
        guard rules.contains(where: { equals("on", at: $0) || equals("off", at: $0) || equals("reset", at: $0) }) else {
            return
        }
        for rule in rules where rule.count >= 3 {
            let value = rule.lowerBound + 1..<rule.upperBound
            switch bytes[rule.lowerBound] {
            case 0x3e: note("password", value: value)
            case 0x23 where value.count == 64 && bytes[value].allSatisfy(ByteText.isHexDigit):
                note("password", value: value)
            default: break
            }
        }
    }

    /// `key 0 secret address 10.0.0.1`
    private mutating func exchange(_ words: ArraySlice<Range<Int>>) {
        guard let place = words.lastIndex(where: { equals("address", at: $0) || equals("hostname", at: $0) }),
            place > words.startIndex
        else { return }
        note("password", value: words[place - 1])
    }

    /// tinyproxy's `upstream http user:secret@host:port`.
    private mutating func parent(_ words: [Range<Int>]) {
        guard words.count >= 3, let sign = ByteText.last(0x40, bytes: bytes, in: words[2]),
            let colon = ByteText.first(0x3a, bytes: bytes, in: words[2].lowerBound..<sign)
        else { return }
        note("password", value: colon + 1..<sign)
    }

    private mutating func neighbor(_ words: [Range<Int>]) {
        guard let place = words.firstIndex(where: { equals("authentication", at: $0) }), place + 2 < words.count,
            ["string", "text"].contains(where: { equals($0, at: words[place + 1]) })
        else { return }
        note("password", value: words[place + 2].lowerBound..<words[words.count - 1].upperBound)
    }

    private mutating func note(_ name: String, value: Range<Int>) {
        settings.append(Setting(names: [Array(name.utf8)], value: value))
    }

    private func has(_ start: StaticString, in line: Range<Int>) -> Bool {
        ByteText.has(start, bytes: bytes, at: line.lowerBound)
    }

    private func equals(_ text: String, at word: Range<Int>) -> Bool {
        word.count == text.utf8.count && bytes[word].map(ByteText.lower).elementsEqual(text.utf8)
    }

    /// Without the quotes around one.
    private func words(_ line: Range<Int>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var at = line.lowerBound
        while at < line.upperBound, words.count < Self.mostWords {
            let byte = bytes[at]
            if ByteText.isBlank(byte) {
                at += 1
            } else if byte == 0x22 || byte == 0x27,
                let close = ByteText.closingQuote(of: at, bytes: bytes, limit: line.upperBound)
            {
                words.append(at + 1..<close)
                at = close + 1
            } else {
                let end = (at..<line.upperBound).first { ByteText.isBlank(bytes[$0]) } ?? line.upperBound
                words.append(at..<end)
                at = end
            }
        }
        return words
    }
}

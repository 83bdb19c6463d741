/// Reads commands that stand as lists of strings: `['mysql', '-psecret']`, `execl("x", "x", "-p", "secret", 0)`,
/// `["login", "--password", "secret"]`, and YAML's lists with an item in each line.
struct ArgumentLists {
    private let bytes: [UInt8]
    private let range: Range<Int>
    private let source: SettingsSource
    private(set) var settings: [Setting] = []

    private static let longestString = 1024
    private static let longestGap = 48
    private static let mostStrings = 128
    /// What may stand between two arguments besides blanks and line ends.
    private static let separators: Set<String> = [
        ",", ",[", ",{", ").arg(", ").args([", ").args(&[", ").arg(&", "],[", ",newString[]{",
    ]

    static func read(_ bytes: [UInt8], in range: Range<Int>, source: SettingsSource) -> [Setting] {
        var reader = ArgumentLists(bytes: bytes, range: range, source: source)
        reader.readStrings()
        if !source.isCode, !source.isString { reader.readItems() }
        return reader.settings
    }

    private init(bytes: [UInt8], range: Range<Int>, source: SettingsSource) {
        self.bytes = bytes
        self.range = range
        self.source = source
    }

    private mutating func readStrings() {
        var list: [ShellWord] = []
        var at = range.lowerBound
        while at < range.upperBound {
            let quote = bytes[at]
            guard quote == 0x22 || quote == 0x27 else {
                at += 1
                continue
            }
            guard let end = close(at) else {
                at += 1
                continue
            }
            let string = ShellWord(text: at + 1..<end, whole: at..<end + 1)
            if let last = list.last, list.count >= Self.mostStrings || !isSeparator(last.whole.upperBound..<at) {
                flush(list)
                list = []
            }
            list.append(string)
            at = end + 1
        }
        flush(list)
    }

    /// The quote that ends the string that one begins; nil for an apostrophe.
    private func close(_ place: Int) -> Int? {
        let quote = bytes[place]
        if quote == 0x27, place > range.lowerBound, ByteText.isAlphanumeric(bytes[place - 1]),
            !"rbuRBU".utf8.contains(bytes[place - 1])
        {
            return nil
        }
        return ByteText.closingQuote(
            of: place, bytes: bytes, limit: min(range.upperBound, place + Self.longestString + 1))
    }

    private func isSeparator(_ gap: Range<Int>) -> Bool {
        guard (1...Self.longestGap).contains(gap.count) else { return false }
        // By far the most.
        if bytes[gap].allSatisfy({ $0 <= 0x20 || $0 == 0x2c }) { return bytes[gap].count { $0 == 0x2c } == 1 }
        return Self.separators.contains(String(decoding: bytes[gap].filter { $0 > 0x20 }, as: UTF8.self))
    }

    private mutating func flush(_ list: [ShellWord]) {
        guard list.count >= 2 else { return }
        let isCommand = list.contains { word in
            word.text.first.map { bytes[$0] == 0x2d || bytes[$0] == 0x2f } ?? false
        }
        guard
            isCommand
                || list.first.flatMap({ CommandSecrets.name(of: $0, in: bytes) })
                    .map({ !CommandSyntax.all(of: $0).isEmpty }) ?? false
        else { return }
        settings += CommandArguments.read(list, of: bytes, source: source)
    }

    /// Lines that begin with a dash, all of them as far to the right.
    private mutating func readItems() {
        var list: [ShellWord] = []
        var indentation = 0
        var start = range.lowerBound
        while start < range.upperBound {
            let end = ByteText.first(0x0a, bytes: bytes, in: start..<range.upperBound) ?? range.upperBound
            let line = ByteText.trimmed(bytes, range: start..<end)
            if line.count > 2, bytes[line.lowerBound] == 0x2d, ByteText.isBlank(bytes[line.lowerBound + 1]),
                line.count <= Self.longestString
            {
                if line.lowerBound - start != indentation || list.count >= Self.mostStrings {
                    flush(list)
                    list = []
                }
                indentation = line.lowerBound - start
                list.append(item(line))
            } else if !list.isEmpty {
                flush(list)
                list = []
            }
            start = end + 1
        }
        flush(list)
    }

    private func item(_ line: Range<Int>) -> ShellWord {
        let whole = ByteText.trimmed(bytes, range: line.lowerBound + 1..<line.upperBound)
        guard let first = whole.first, bytes[first] == 0x22 || bytes[first] == 0x27, let end = close(first) else {
            return ShellWord(text: whole, whole: whole)
        }
        return ShellWord(text: first + 1..<end, whole: whole)
    }
}

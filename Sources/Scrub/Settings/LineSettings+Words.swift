/// Words of a line.
extension LineSettings {
    /// `513/tcp`
    func isPort(_ word: Range<Int>) -> Bool {
        guard let slash = ByteText.first(0x2f, bytes: bytes, in: word), slash > word.lowerBound else { return false }
        return bytes[word.lowerBound..<slash].allSatisfy(ByteText.isDigit)
    }

    func unquoted(_ range: Range<Int>) -> Range<Int> {
        guard let first = range.first, bytes[first] == 0x22 || bytes[first] == 0x27, range.count >= 2,
            let last = ByteText.last(bytes[first], bytes: bytes, in: first + 1..<range.upperBound)
        else { return range }
        return first + 1..<last
    }

    /// A word, or what stands in the quotes that begin there.
    func firstWord(from start: Int, in line: Range<Int>) -> Range<Int> {
        if bytes[start] == 0x22 || bytes[start] == 0x27,
            let close = ByteText.closingQuote(of: start, bytes: bytes, limit: line.upperBound)
        {
            return start + 1..<close
        }
        return start..<((start..<line.upperBound).first { ByteText.isBlank(bytes[$0]) } ?? line.upperBound)
    }

    func words(_ line: Range<Int>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for at in line {
            if ByteText.isBlank(bytes[at]) {
                if let first = start { words.append(first..<at) }
                start = nil
            } else if start == nil {
                start = at
            }
        }
        if let start { words.append(start..<line.upperBound) }
        return words
    }

    /// Which of the words of `name value` begins the value: behind what a router says of how it is written, and for whom.
    func valueWord(of words: [Range<Int>]) -> Int {
        var place = 1
        if bytes[words[0]].contains(0x2d) {
            // `pre-shared-key address 10.0.0.1 key x`
            if words.count >= 5, ["address", "hostname"].contains(text(words[1])), text(words[3]) == "key" {
                place = 4
            }
            while place + 1 < words.count, Self.notations.contains(text(words[place])) { place += 1 }
        }
        // `password 7 0822455D`
        if place + 2 == words.count, words[place].count == 1, "056789".utf8.contains(bytes[words[place].lowerBound]) {
            place += 1
        }
        return place
    }

    /// snmpd's `rocommunity secret 10.0.0.0/8`: who may ask stands behind it.
    func isCommunity(_ word: Range<Int>) -> Bool {
        ["rocommunity", "rwcommunity", "rocommunity6", "rwcommunity6"].contains(text(word).lowercased())
    }

    private func text(_ word: Range<Int>) -> String { String(decoding: bytes[word].prefix(16), as: UTF8.self) }

    private static let notations: Set<String> = [
        "clear", "md5", "ascii-text", "hexadecimal", "cleartext", "encrypted", "local", "remote", "ascii", "hex",
    ]

    /// openHAB's `org.openhab.mail:password=…`: nothing else stands in the line.
    ///
    /// - Parameter value: where it begins; nil where no `=` stands in front of it.
    func isBehindPrefix(_ name: Int, value: Int?, in line: Range<Int>) -> Bool {
        let prefix = bytes[line.lowerBound..<name]
        guard let value, !source.isCode, !source.isString, prefix.last == 0x3a, prefix.count >= 4 else { return false }
        return prefix.allSatisfy { ByteText.isName($0) || $0 == 0x3a } && !bytes[value..<line.upperBound].contains(0x3d)
    }

    /// The name in quotes of a block that opens with the line: `variable "db_password" {`.
    func blockName(_ line: Range<Int>) -> [UInt8]? {
        guard line.count >= 6, bytes[line.upperBound - 1] == 0x7b, let first = line.first,
            ByteText.isLetter(bytes[first])
        else { return nil }
        let words = words(line.lowerBound..<line.upperBound - 1)
        guard words.count >= 2, bytes[words[0]].allSatisfy(ByteText.isName),
            words.dropFirst().allSatisfy({ word in
                word.count > 2 && bytes[word.lowerBound] == 0x22 && bytes[word.upperBound - 1] == 0x22
            })
        else { return nil }
        return words.last.map { Array(bytes[$0.dropFirst().dropLast()]) }
    }
}

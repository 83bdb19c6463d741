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
}

/// Finds the texts that a script writes into files or feeds to programs: `cat > wpa.conf <<EOF`.
enum HereDocuments {
    private static let longest = 32 << 10

    /// The bodies, without those that are shown to people (`cat <<EOF` without a file).
    static func find(_ bytes: [UInt8], in range: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = ByteText.first(0x0a, bytes: bytes, in: start..<range.upperBound) ?? range.upperBound
            let line = start..<end
            start = end + 1
            guard end - line.lowerBound <= 1024, let word = word(bytes, in: line), isWritten(bytes, line: line) else {
                continue
            }
            if let stop = self.end(of: word, bytes: bytes, from: start, to: min(range.upperBound, start + longest)) {
                found.append(start..<stop)
                start = stop
            }
        }
        return found
    }

    /// The word that ends the text that a line begins.
    private static func word(_ bytes: [UInt8], in line: Range<Int>) -> ArraySlice<UInt8>? {
        var place = line.lowerBound
        while let sign = ByteText.first(0x3c, bytes: bytes, in: place..<line.upperBound) {
            place = sign + 1
            guard place < line.upperBound, bytes[place] == 0x3c else { continue }
            place += 1
            // `<<<` feeds one word.
            if place < line.upperBound, bytes[place] == 0x3c {
                place += 1
                continue
            }
            while place < line.upperBound, "-~ \t\"'\\".utf8.contains(bytes[place]) { place += 1 }
            var end = place
            while end < line.upperBound, ByteText.isAlphanumeric(bytes[end]) || bytes[end] == 0x5f { end += 1 }
            if end - place >= 1, end - place <= 32, !ByteText.isDigit(bytes[place]) { return bytes[place..<end] }
        }
        return nil
    }

    private static func isWritten(_ bytes: [UInt8], line: Range<Int>) -> Bool {
        let text = ByteText.trimmed(bytes, range: line)
        if !ByteText.has("cat ", bytes: bytes, at: text.lowerBound),
            !ByteText.has("cat<", bytes: bytes, at: text.lowerBound)
        {
            return true
        }
        return bytes[text].contains(0x3e) || bytes[text].contains(0x7c)
    }

    private static func end(of word: ArraySlice<UInt8>, bytes: [UInt8], from start: Int, to limit: Int) -> Int? {
        var at = start
        while at < limit {
            let end = ByteText.first(0x0a, bytes: bytes, in: at..<limit) ?? limit
            if bytes[ByteText.trimmed(bytes, range: at..<end)] == word { return at }
            at = end + 1
        }
        return nil
    }
}

/// Text that shows bytes as `hexdump -C` and `xxd` do, put together again: what the bytes say, and where each of them stands.
struct HexdumpText {
    private(set) var bytes: [UInt8] = []
    /// What the column at the right shows, for dumps whose digits are turned round.
    private(set) var column = WrittenBytes(notation: .plain)
    /// Of each byte: its digits, and its character in the column at the right.
    private var places: [(digits: Int, character: Int?)] = []

    /// - Returns: nil for a text that is hardly made of such rows.
    init?(_ text: [UInt8], in range: Range<Int>) {
        guard range.count >= 40 else { return nil }
        var start = range.lowerBound
        var others = 0
        while start < range.upperBound {
            let end = ByteText.first(0x0a, bytes: text, in: start..<range.upperBound) ?? range.upperBound
            if end - start <= 256, !row(text, line: start..<end), !prefixedRow(text, line: start..<end) { others += 1 }
            if others > 16, bytes.isEmpty { return nil }
            start = end + 1
        }
        if bytes.count < 16 { return nil }
    }

    /// The parts of the text that show a range of the bytes, row by row.
    func places(of range: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        func add(_ place: Range<Int>) {
            if let last = found.last, place.lowerBound >= last.upperBound, place.lowerBound - last.upperBound <= 2 {
                found[found.count - 1] = last.lowerBound..<place.upperBound
            } else {
                found.append(place)
            }
        }
        for place in places[range] { add(place.digits..<place.digits + 2) }
        for place in places[range] { if let character = place.character { add(character..<character + 1) } }
        return found
    }

    /// Reads `00000010: 7370 6b3d …  sp k=`; false for another line.
    private mutating func row(_ text: [UInt8], line: Range<Int>, fewest: Int = 2) -> Bool {
        let end = line.upperBound > line.lowerBound && text[line.upperBound - 1] == 0x0d ? 1 : 0
        let start = line.first { !ByteText.isBlank(text[$0]) } ?? line.upperBound
        let line = start..<max(start, line.upperBound - end)
        var at = line.lowerBound
        while at < line.upperBound, ByteText.isHexDigit(text[at]) { at += 1 }
        guard (4...16).contains(at - line.lowerBound), at < line.upperBound,
            text[at] == 0x3a || ByteText.isBlank(text[at])
        else { return false }
        // xxd has its groups one blank apart, and the characters two.
        let widest = text[at] == 0x3a ? 2 : 3
        // xxd -c1
        let isNarrow = text[at] == 0x3a && at - line.lowerBound == 8
        at += 1
        var digits: [Int] = []
        var blanks = 0
        while at < line.upperBound, digits.count < 32 {
            if ByteText.isBlank(text[at]) {
                blanks += 1
                at += 1
                if blanks >= widest, !digits.isEmpty { break }
                continue
            }
            guard at + 1 < line.upperBound, ByteText.isHexDigit(text[at]), ByteText.isHexDigit(text[at + 1]) else {
                break
            }
            blanks = 0
            digits.append(at)
            at += 2
        }
        guard digits.count >= (isNarrow ? 1 : fewest) else { return false }
        let shown = digits.map { ByteText.hexValue(text[$0]) << 4 | ByteText.hexValue(text[$0 + 1]) }
        let characters = characters(
            of: shown, digits: digits, text: text, line: max(line.lowerBound, at - 1)..<line.upperBound)
        for (index, place) in digits.enumerated() {
            bytes.append(shown[index])
            places.append((place, characters?[index]))
        }
        for character in (characters ?? []).sorted() {
            column.append(text[character], at: character..<character + 1)
        }
        return true
    }

    /// Where the character of each byte stands in the column that ends a row, in bars or not; nil where there is none.
    ///
    /// - Parameter line: what stands behind the digits.
    private func characters(of shown: [UInt8], digits: [Int], text: [UInt8], line: Range<Int>) -> [Int]? {
        // The digits of a word may be turned round.
        var turned: [Int] = []
        var group: [Int] = []
        for (index, place) in digits.enumerated() {
            group.append(index)
            if index + 1 == digits.count || digits[index + 1] != place + 2 {
                turned += group.reversed()
                group = []
            }
        }
        for bars in Self.bars(text, line: line) {
            let column = line.upperBound - digits.count - bars
            guard column >= line.lowerBound, column > (digits.last ?? 0) + 1 else { continue }
            for order in [Array(digits.indices), turned] {
                let others = zip(order, column...).count { index, place in
                    (0x20..<0x7f).contains(shown[index]) && text[place] != shown[index]
                }
                if others * 4 > digits.count { continue }
                var characters = Array(repeating: 0, count: digits.count)
                for (index, place) in zip(order, column...) { characters[index] = place }
                return characters
            }
        }
        return nil
    }

    /// How many bytes the bar may have that ends the column: none, `|` or `<`, which is `&lt;` in a page.
    private static func bars(_ text: [UInt8], line: Range<Int>) -> [Int] {
        if text[line].suffix(4).elementsEqual("&lt;".utf8) { return [4, 0] }
        return [0x7c, 0x3c].contains(text[line].last) ? [1, 0] : [0]
    }

    /// A row behind what a log writes in front of its lines: `[    1.0] kernel: 00000010: 70 61 …`.
    private mutating func prefixedRow(_ text: [UInt8], line: Range<Int>) -> Bool {
        var tries = 0
        for at in line.dropFirst() where ByteText.isBlank(text[at - 1]) && ByteText.isHexDigit(text[at]) {
            if row(text, line: at..<line.upperBound, fewest: 8) { return true }
            tries += 1
            if tries == 8 { return false }
        }
        return false
    }
}

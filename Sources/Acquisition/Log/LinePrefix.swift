internal import FlashBytes

/// What a terminal program, a test bench or a quoting mail writes in front of each line of a log, learned from its first
/// lines: all begin alike, but for the digits, however many they are.
///
///     10:00:00.123 | 82000000: 85 19 03 20
///     [2026-11-29 10:00:00] ttyUSB0: 82000000: 85 19 03 20
struct LinePrefix {
    /// One digit stands for all in succession.
    private let shape: [UInt8]
    private static let longest = 64
    private static let zero: UInt8 = 0x30

    /// Nil if lines do not begin alike, or with what may be data.
    init?(lines: [ArraySlice<UInt8>]) {
        let lines = lines.filter { line in !line.allSatisfy(MemoryRow.isBlank) }
        guard lines.count >= 2 else { return nil }
        var best: (shape: [UInt8], count: Int)?
        for reference in [lines[lines.count / 2], lines[lines.count / 4], lines[lines.count * 3 / 4]] {
            for end in Self.ends(in: reference) {
                let shape = Self.shape(reference[..<end])
                let count = lines.count { Self.length(of: shape, in: $0) != nil }
                // What begins a dump tells that nothing stands in front of lines.
                if count * 10 >= lines.count * 9, count > best?.count ?? 0,
                    !lines.contains(where: { Self.length(of: shape, in: $0) == nil && Self.beginsDump($0) })
                {
                    best = (shape, count)
                }
            }
        }
        guard let best else { return nil }
        shape = best.shape
    }

    /// What stands behind it in a line; all of a line that has none.
    func rest(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let length = Self.length(of: shape, in: line) else { return line }
        return line.dropFirst(length)
    }

    /// Where it may end, the longest first: behind a blank, in front of everything that digits of a row or an address
    /// may be.
    private static func ends(in line: ArraySlice<UInt8>) -> [Int] {
        var ends: [Int] = []
        // A time alone is read in each line by itself, however wide it is.
        let stamp = LineStamp.end(line)
        var at = stamp ?? line.startIndex
        var isBlank = stamp != nil
        while at < line.endIndex, at - line.startIndex < longest {
            if MemoryRow.isBlank(line[at]) {
                at += 1
                if !isBlank { ends.append(at) }
                continue
            }
            let word = line[at...].prefix { !MemoryRow.isBlank($0) }
            if let glued = gluedEnd(word) { ends.append(glued) }
            if word.endIndex == line.endIndex || isData(word) { break }
            isBlank = false
            at = word.endIndex
        }
        return ends.reversed()
    }

    /// Where the signs of a mail that quotes another one end, or the name of a port: `>>`, `/dev/ttyUSB0|`.
    private static func gluedEnd(_ word: ArraySlice<UInt8>) -> Int? {
        let text = word.drop { $0 == 0x3e }
        if text.startIndex - word.startIndex > 1, !text.isEmpty { return text.startIndex }
        guard let bar = word.firstIndex(of: 0x7c), bar + 1 < word.endIndex,
            word[..<bar].contains(where: { (0x67...0x7a).contains($0 | 0x20) }),
            word[..<bar].contains(0x2f) || word[..<bar].starts(with: "tty".utf8)
        else { return nil }
        return bar + 1
    }

    private static func isData(_ word: ArraySlice<UInt8>) -> Bool {
        var word = word
        while let last = word.last, [0x2c, 0x3a].contains(last) { word.removeLast() }
        if word.count > 2, word.first == zero, word[word.startIndex + 1] | 0x20 == 0x78 { return true }
        return word.count >= 2 && word.allSatisfy { hexadecimalValue($0) != nil }
    }

    /// How long it is in a line, where the blanks at its end may be missing: they may be those of rows, and not of commands.
    /// Nil if the line begins otherwise.
    private static func length(of shape: [UInt8], in line: ArraySlice<UInt8>) -> Int? {
        var at = line.startIndex
        var isInBrackets = false
        for (place, sign) in shape.enumerated() {
            guard at < line.endIndex, Self.sign(line[at], isInBrackets: &isInBrackets) == sign else {
                return place > 0 && shape[place...].allSatisfy(MemoryRow.isBlank) ? at - line.startIndex : nil
            }
            at += 1
            while sign == zero, at < line.endIndex, Self.sign(line[at], isInBrackets: &isInBrackets) == zero { at += 1 }
        }
        return at - line.startIndex
    }

    private static func shape(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var isInBrackets = false
        var shape: [UInt8] = []
        for byte in text {
            let sign = sign(byte, isInBrackets: &isInBrackets)
            if sign != zero || shape.last != zero { shape.append(sign) }
        }
        return shape
    }

    /// Blanks in brackets are digits that are still zero: `[    9.123456] `.
    private static func sign(_ byte: UInt8, isInBrackets: inout Bool) -> UInt8 {
        if byte == 0x5b { isInBrackets = true }
        if byte == 0x5d { isInBrackets = false }
        return (0x30...0x39).contains(byte) || isInBrackets && byte == 0x20 ? zero : byte
    }

    private static func beginsDump(_ line: ArraySlice<UInt8>) -> Bool {
        LogCommand.begin(in: line) != nil || !LogCommand.all(in: line).isEmpty
    }
}

/// What single lines hold besides memory.
extension LogInterpreter {
    /// Behind a bad block that was skipped, everything comes from somewhere else.
    static func tellsBadBlock(_ line: ArraySlice<UInt8>) -> Bool {
        line.count < 200 && String(decoding: line, as: UTF8.self).lowercased().contains("bad block")
    }

    /// Whether most words of a line are digits of bytes or words.
    static func resemblesRow(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count >= 20, line.count < 400 else { return false }
        let words = line.split(whereSeparator: MemoryRow.isBlank)
        if words.first?.starts(with: "OOB".utf8) ?? true { return false }
        let digits = words.count { [2, 4, 8, 16].contains($0.count) && $0.allSatisfy { hexadecimalValue($0) != nil } }
        return digits >= 4 && digits * 2 >= words.count
    }

    /// What stands behind the `--More--` or `--More--(12%) ` of a pager, and in front of the `<br>` of a page.
    static func withoutMarks(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        if line.last == 0x3e {
            for mark in ["<br>", "<br/>", "<br />", "<BR>"] where line.suffix(mark.utf8.count).elementsEqual(mark.utf8)
            {
                line = line.dropLast(mark.utf8.count)
            }
        }
        guard line.first == 0x2d else { return line }
        var rest = line
        repeat {
            guard let mark = ["--More--", "-- More --"].first(where: { rest.starts(with: $0.utf8) }) else { break }
            rest = rest.dropFirst(mark.utf8.count)
            if rest.first == 0x28, let close = rest.prefix(40).firstIndex(of: 0x29) { rest = rest[(close + 1)...] }
            if rest.first == 0x20 { rest = rest.dropFirst() }
        } while !rest.isEmpty
        return rest
    }

    static func withoutBlanksBehind(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, MemoryRow.isBlank(last) { line.removeLast() }
        return line
    }

    static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, MemoryRow.isBlank(last) { line.removeLast() }
        return line.drop(while: MemoryRow.isBlank)
    }

    /// With blanks for non-breaking ones, of UTF-8 and of Latin-1.
    static func withoutHardBlanks(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var at = line.startIndex
        while at < line.endIndex {
            if line[at] == 0xc2, at + 1 < line.endIndex, line[at + 1] == 0xa0 {
                result.append(0x20)
                at += 2
            } else {
                result.append(line[at])
                at += 1
            }
        }
        return result
    }

    static func withoutEntities(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = line
        let entities: [(String, UInt8)] = [
            ("&amp;", 0x26), ("&lt;", 0x3c), ("&gt;", 0x3e), ("&quot;", 0x22), ("&apos;", 0x27), ("&#39;", 0x27),
            ("&#x27;", 0x27), ("&#34;", 0x22), ("&#38;", 0x26), ("&#60;", 0x3c), ("&#62;", 0x3e), ("&nbsp;", 0x20),
            ("&#160;", 0x20),
        ]
        while let byte = rest.first {
            if byte == 0x26, let (name, character) = entities.first(where: { rest.starts(with: $0.0.utf8) }) {
                result.append(character)
                rest = rest.dropFirst(name.utf8.count)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// The answer of `crc32` in a line.
    func checksum(_ line: ArraySlice<UInt8>) -> ChecksumLine? {
        guard line.count >= 30, line.count < 200, line.contains(0x3d) else { return nil }
        var at = line.startIndex
        while let start = line[at...].firstIndex(where: { $0 == 0x63 || $0 == 0x43 }) {
            if let sum = ChecksumLine(line[start...]) { return sum }
            at = start + 1
        }
        return nil
    }

    /// The same in other words, of which boards have many: `CRC32 for 82000000 - 82000fff = 29058c73`, or nothing but a sum
    /// behind its command. Two sums are the one that there is and the one that there should be.
    func otherChecksums(_ line: ArraySlice<UInt8>) -> [ChecksumLine] {
        guard line.count >= 8, line.count < 200 else { return [] }
        let text = String(decoding: line, as: UTF8.self).lowercased()
        let parts: [Substring]
        if let name = text.firstRange(of: "crc") {
            let rest = text[name.upperBound...].drop { $0.isLetter || $0.isNumber }
            guard rest.contains(where: { "=:>".contains($0) }) || rest.contains(" for ") else { return [] }
            parts = rest.split { !($0.isLetter || $0.isNumber) }
        } else {
            parts = text.split { !($0.isLetter || $0.isNumber) }
            guard parts.count == 1 else { return [] }
        }
        let words = parts.filter { !["for", "of", "is", "to", "error", "ok"].contains($0) }
        let numbers = words.compactMap { ChecksumLine.number($0) }
        guard numbers.count == words.count, let last = words.last, last.count >= 7 else { return [] }
        var range: Range<UInt64>?
        var sums = numbers[...]
        if numbers.count >= 3, numbers[1] > numbers[0] {
            range = numbers[0]..<numbers[1]
            sums = sums.dropFirst(2)
        } else if asked.count == 1, asked[0].what.lowercased().hasPrefix("crc") {
            range = asked[0].range.lowerBound..<asked[0].range.upperBound - 1
        }
        guard let range, sums.count <= 2 else { return [] }
        return sums.compactMap { sum in
            UInt32(exactly: sum).map { ChecksumLine(start: range.lowerBound, end: range.upperBound, sum: $0) }
        }
    }

    func readOtherChecksums(_ line: ArraySlice<UInt8>) -> Bool {
        let sums = otherChecksums(line)
        for sum in sums {
            willShow(sum.start..<max(sum.start, sum.end))
            picture.sums.append(sum)
        }
        return !sums.isEmpty
    }
}

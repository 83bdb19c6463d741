/// The time that a terminal program, `ts` or the kernel writes in front of a line.
///
///     [2026-11-29 07:47:59.123] 82000000: 85 19 03 20
///     Nov 29 07:47:59 82000000: 85 19 03 20
///     [   12.345678] random: crng init done
enum LineStamp {
    private static let longest = 48
    private static let monthLetters = Set("JFMASOND".utf8)

    /// Where the text behind a stamp begins; nil if there is none.
    static func end(_ line: ArraySlice<UInt8>) -> Int? {
        guard let first = line.first else { return nil }
        // Tue Jan 12 10:00:00 2024
        if days.contains(where: { line.starts(with: $0.utf8) }), let time = end(line.dropFirst(4)) {
            guard let year = word(line, at: time), isNumber(line[year], count: 4...4) else { return time }
            return behindBlank(line, at: year.upperBound)
        }
        // Few rows of data begin so.
        if first == 0x5b { return bracketed(line) }
        if isDigit(first) {
            // An address is longer, or holds letters.
            guard let sign = line.prefix(14).firstIndex(where: { !isDigit($0) }) else { return nil }
            // 1700000000123, a time in milliseconds.
            if sign - line.startIndex == 13, first == 0x31 { return behindBlank(line, at: sign) }
            guard sign - line.startIndex < 12 else { return nil }
            switch line[sign] {
            case 0x3a: if sign - line.startIndex > 2 { return nil }
            case 0x2d, 0x2e, 0x2f: break
            default: return nil
            }
        } else if !monthLetters.contains(first) || !months.contains(where: { line.starts(with: $0.utf8) }) {
            return nil
        }
        return bare(line)
    }

    /// Whether the kernel has written a line: `[   12.345678] `.
    static func isKernel(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.first == 0x5b, let close = line.prefix(longest).firstIndex(of: 0x5d) else { return false }
        let number = line[(line.startIndex + 1)..<close].drop { $0 == 0x20 }
        let parts = number.split(separator: 0x2e, omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].count == 6 && parts.joined().allSatisfy(isDigit)
    }

    /// `[10:00:00.123] `, `[Sun Nov 29 07:47:59 2026] `, `[0.000002 0.000002] `
    private static func bracketed(_ line: ArraySlice<UInt8>) -> Int? {
        guard let close = line.prefix(longest).firstIndex(of: 0x5d) else { return nil }
        let inside = line[(line.startIndex + 1)..<close]
        guard inside.contains(where: isDigit), inside.contains(where: { $0 == 0x3a || $0 == 0x2e }),
            inside.allSatisfy({
                isDigit($0) || isLetter($0) || [0x20, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x3a].contains($0)
            })
        else { return nil }
        return behindBlank(line, at: close + 1)
    }

    /// `10:00:00.123 `, `2026-11-29T07:47:59+01:00 `, `Nov 29 07:47:59 `, `1764402479.123456 `
    private static func bare(_ line: ArraySlice<UInt8>) -> Int? {
        var at = line.startIndex
        if isLetter(line[at]) {
            guard let day = word(line, at: at + 3), isNumber(line[day], count: 1...2) else { return nil }
            at = day.upperBound
        }
        guard var time = word(line, at: at) else { return nil }
        if isDate(line[time]) {
            guard let next = word(line, at: time.upperBound) else { return nil }
            time = next
        }
        guard isTime(line[time]) || isEpoch(line[time]) else { return nil }
        return behindBlank(line, at: time.upperBound)
    }

    /// Where the next word lies.
    private static func word(_ line: ArraySlice<UInt8>, at start: Int) -> Range<Int>? {
        guard start <= line.endIndex else { return nil }
        let begin = line[start...].firstIndex { $0 != 0x20 } ?? line.endIndex
        let end = line[begin...].firstIndex { $0 == 0x20 } ?? line.endIndex
        return begin < end && end - line.startIndex < longest ? begin..<end : nil
    }

    private static func isDate(_ word: ArraySlice<UInt8>) -> Bool {
        let parts = word.split { $0 == 0x2d || $0 == 0x2f || $0 == 0x2e }
        return parts.count == 3 && word.count <= 10 && parts.allSatisfy { isNumber($0, count: 1...4) }
            && !word.contains(0x3a)
            && !(word.contains(0x2e) && parts[2].count != 4)
    }

    /// `10:00:00`, with a fraction, a date, a time zone or a colon.
    private static func isTime(_ word: ArraySlice<UInt8>) -> Bool {
        var word = word
        if let letter = word.firstIndex(of: 0x54), isDate(word[..<letter]) { word = word[(letter + 1)...] }
        let parts = word.split(separator: 0x3a, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.count <= 5, isNumber(parts[0], count: 1...2), isNumber(parts[1], count: 2...2),
            isNumber(parts[2].prefix(2), count: 2...2)
        else { return false }
        return word.allSatisfy { isDigit($0) || [0x2b, 0x2c, 0x2d, 0x2e, 0x3a, 0x5a].contains($0) }
    }

    private static func isEpoch(_ word: ArraySlice<UInt8>) -> Bool {
        let parts = word.split(separator: 0x2e, omittingEmptySubsequences: false)
        return parts.count == 2 && isNumber(parts[0], count: 1...10) && isNumber(parts[1], count: 3...9)
    }

    /// One blank belongs to the stamp; further ones may be data.
    private static func behindBlank(_ line: ArraySlice<UInt8>, at: Int) -> Int? {
        if at == line.endIndex { return at }
        guard MemoryRow.isBlank(line[at]) else { return nil }
        return at + 1
    }

    private static func isNumber(_ word: ArraySlice<UInt8>, count counts: ClosedRange<Int>) -> Bool {
        counts.contains(word.count) && word.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
    private static let days = ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "]
    private static let months = [
        "Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec ",
    ]
}

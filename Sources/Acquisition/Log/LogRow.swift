/// Finds rows in lines; knows what the rows before were like.
struct LogRowReader {
    /// Where the row began in the last line that had one.
    private(set) var column = 0
    /// What follows the last row.
    private(set) var next: UInt64?
    /// Bytes in the last row.
    private(set) var size = 16
    /// Whether the last row had a text, and how many rows came without a gap.
    private var hasText = false
    private var run = 0
    /// Characters of a full row with text, without what stands in front and behind it.
    private var length = 0

    /// A row behind `ADDRESS:`.
    mutating func row(_ line: ArraySlice<UInt8>) -> MemoryRow? {
        // Where the last one stood, most often; but never in the middle of an address.
        if line.count > column + 8, column == 0 || hexadecimalValue(line[line.startIndex + column - 1]) == nil,
            let found = row(line[(line.startIndex + column)...], isBehindText: column > 0)
        {
            return accept(found, start: line.startIndex + column, line: line)
        }
        guard line.count >= 8 else { return nil }
        for colon in line.indices.dropFirst() where line[colon] == 0x3a {
            guard colon + 1 < line.endIndex, MemoryRow.isBlank(line[colon + 1]),
                let start = addressStart(line, before: colon)
            else { continue }
            if let found = row(line[start...], isBehindText: start > line.startIndex) {
                return accept(found, start: start, line: line)
            }
        }
        return nil
    }

    private mutating func accept(
        _ found: (row: MemoryRow, count: Int), start: Int, line: ArraySlice<UInt8>
    ) -> MemoryRow {
        let (row, count) = found
        column = start - line.startIndex
        hasText = row.hasText
        if row.hasText { length = size == row.digits.count ? max(length, count) : count }
        follow(row.address, count: row.digits.count)
        return row
    }

    /// Notes that a row was there.
    mutating func follow(_ address: UInt64, count: Int) {
        if let next, next == address {
            size = max(size, count)
            run += 1
        } else {
            size = count
            run = 1
        }
        next = address &+ UInt64(count)
    }

    /// What comes may look otherwise.
    mutating func begin() { (hasText, run) = (false, 0) }

    /// A row, and how many characters are its own.
    private func row(_ line: ArraySlice<UInt8>, isBehindText: Bool) -> (row: MemoryRow, count: Int)? {
        if let row = bareRow(line, isBehindText: isBehindText) { return (row, line.count) }
        // Behind the text something else may stand, of the kernel's for example: the text must be whole and agree.
        guard length > 0, line.count > length, let row = bareRow(line.prefix(length), isBehindText: isBehindText),
            row.hasText, row.digits.count == size
        else { return nil }
        return (row, length)
    }

    private func bareRow(_ line: ArraySlice<UInt8>, isBehindText: Bool) -> MemoryRow? {
        guard let (address, end) = MemoryRow.address(line) else { return nil }
        let rest = line[end...]
        // What the rows before were like is tried first: text may look like a group more.
        let row =
            (next == address ? MemoryRow(rest, address: address, expected: size, trimmed: true) : nil)
            ?? MemoryRow(rest, address: address, expected: nil, trimmed: true)
            ?? UnpaddedRow.read(rest, address: address)
        guard let row else { return nil }
        // A row that is longer than those before, or lacks the text that they have, is damaged.
        if next == address, !row.hasText {
            if hasText, row.lacksText { return nil }
            if run >= 2, row.digits.count > size { return nil }
        }
        // A time stamp and a prompt may stand in front; without a text that agrees, only where the row is expected.
        if isBehindText, !row.hasText, next != address, next != nil { return nil }
        return row
    }

    /// Where the address before a colon begins; where an echo has lost its line end, only the last eight digits count.
    private func addressStart(_ line: ArraySlice<UInt8>, before colon: Int) -> Int? {
        var end = colon
        if end > line.startIndex, line[end - 1] == 0x20 { end -= 1 }
        var start = end
        while start > line.startIndex, hexadecimalValue(line[start - 1]) != nil { start -= 1 }
        guard start < end else { return nil }
        if end - start > 8, end - start < 16 {
            let before = line[..<start]
            if before.last == 0x20, before.contains(0x6d) { return end - 8 }
        }
        if start - line.startIndex >= 2, line[start - 1] | 0x20 == 0x78, line[start - 2] == 0x30 { return start - 2 }
        return start
    }

    /// The address of a line that begins like a row, and is none.
    func damagedAddress(_ line: ArraySlice<UInt8>) -> UInt64? {
        for start in [line.startIndex + min(column, line.count), line.startIndex] {
            let part = line[start...]
            guard let (address, end) = MemoryRow.address(part), end - part.startIndex >= 7,
                part.endIndex - end > 8 || address == next
            else { continue }
            return address
        }
        return nil
    }
}

/// A row of a build whose printf leaves out leading zeros: only the text tells how many bytes there are.
enum UnpaddedRow {
    static func read(_ rest: ArraySlice<UInt8>, address: UInt64) -> MemoryRow? {
        var values: [UInt64] = []
        var longest = 0
        var at = rest.startIndex
        while at < rest.endIndex, values.count < 16 {
            var start = at
            while start < rest.endIndex, MemoryRow.isBlank(rest[start]) { start += 1 }
            guard start > at else { break }
            var end = start
            var value: UInt64 = 0
            while end < rest.endIndex, end - start < 16, let digit = hexadecimalValue(rest[end]) {
                value = value << 4 | UInt64(digit)
                end += 1
            }
            guard end > start, end == rest.endIndex || MemoryRow.isBlank(rest[end]) else { break }
            values.append(value)
            longest = max(longest, end - start)
            at = end
        }
        guard let unit = [1, 2, 4, 8].first(where: { $0 * 2 >= longest }), values.count > 1 else { return nil }
        // As it would have been with them.
        let digits = values.map { value in
            let text = String(value, radix: 16)
            return " " + String(repeating: "0", count: max(0, unit * 2 - text.count)) + text
        }
        let padded = Array(digits.joined().utf8) + rest[at...]
        guard var row = MemoryRow(padded[...], address: address, expected: values.count * unit, trimmed: true),
            row.hasText
        else { return nil }
        row.isUnpadded = true
        return row
    }
}

internal import FlashBytes

/// The rows of `hexdump`, `od`, `xxd` and their kin so far: what `*` repeats, and what the next one must be like.
struct HexdumpRows {
    private(set) var last: MemoryRow?
    /// Of the first row.
    private var first: UInt64 = 0
    /// What follows the last row that did not fit: two in succession are another copy of the dump.
    private var rejectedEnd: UInt64?
    private(set) var isStarred = false
    /// Whether the first row is missing, which a `*` repeats.
    private(set) var isHeadless = false
    /// Whether the dump ends with a line that has only an address.
    var hasLastLine = false
    /// Whether a line stands behind the last row that is none: another one that is damaged. What `*` repeats is not known
    /// then, or how often.
    private var isBroken = false
    /// Whether a line stands behind the last row that is neither.
    private(set) var isFollowed = false
    /// Bytes of a full row, and how many of them there were.
    private var full = (size: 0, count: 0)

    /// What follows the last row.
    var end: UInt64? { last.map { $0.address &+ UInt64($0.digits.count) } }

    /// Whether a row is like those before: behind them, not longer, and with a text if they have one.
    func fits(_ row: MemoryRow) -> Bool {
        guard let last, let end else { return true }
        // They go on, or begin once more.
        if row.address < end, row.address != first, row.address != rejectedEnd { return false }
        if full.count >= 2, row.digits.count > full.size { return false }
        return !last.hasText || !row.lacksText
    }

    /// A row that does not fit.
    mutating func reject(_ row: MemoryRow) { rejectedEnd = row.address &+ UInt64(row.digits.count) }

    mutating func add(_ row: MemoryRow) {
        rejectedEnd = nil
        if row.digits.count > full.size {
            full = (row.digits.count, 1)
        } else if row.digits.count == full.size {
            full.count += 1
        }
        if last == nil { first = row.address }
        last = row
        isStarred = false
        isBroken = false
        isFollowed = false
    }

    /// A line that is no row.
    mutating func addOther() {
        isBroken = last != nil
        isFollowed = true
    }

    /// Whether a line that is no row begins with the address of the next one.
    func isNext(_ line: ArraySlice<UInt8>, radix: Int) -> Bool {
        guard let end, case let digits = line.prefix(while: { hexadecimalValue($0) != nil }), digits.count >= 6,
            digits.endIndex < line.endIndex, MemoryRow.isBlank(line[digits.endIndex])
        else { return false }
        return UInt64(String(decoding: digits, as: UTF8.self), radix: radix) == end
    }

    /// A `*` in front of all rows.
    mutating func starBefore() { isHeadless = true }

    /// A `*`.
    ///
    /// - Returns: what speaks against repeating the last row.
    mutating func star() -> DumpDoubt? {
        guard let last, let end else { return nil }
        defer { isStarred = true }
        if isStarred { return .said("a row is missing behind \(hex(end)): two '*' in succession") }
        let size = last.digits.count
        if !isBroken, size == full.size, size == 16, !Self.isPattern(last.digits) {
            return .mayLack(
                "a '*' repeats the row at \(hex(last.address)), which is no pattern: the first of the rows that it stands for "
                    + "may be missing (dump with -v)")
        }
        guard isBroken || size < full.size || full.count == 1 && size & (size - 1) != 0 else { return nil }
        isBroken = true
        return .said("the row at \(hex(end)) that a '*' repeats is damaged")
    }

    /// What stands in a flash again and again: it is blank, repeats itself within a row, or is a text.
    private static func isPattern(_ row: [UInt8]) -> Bool {
        row.indices.dropFirst(8).allSatisfy { row[$0] == row[$0 - 8] } || row.allSatisfy { (0x20...0x7e).contains($0) }
    }

    /// What a `*` stands for.
    ///
    /// - Parameters:
    ///   - next: the row behind it; nil for the line that has only an address.
    ///   - most: how many bytes at most.
    func repeated(to end: UInt64, next: MemoryRow?, most: UInt64) -> (start: UInt64, row: MemoryRow)? {
        guard isStarred, !isBroken, let last, let start = self.end, end > start, end - start <= most,
            !last.digits.isEmpty, (next?.digits.count ?? 0) <= last.digits.count
        else { return nil }
        return (start, last)
    }

    /// The line that has only an address has come.
    mutating func close() {
        self = HexdumpRows()
    }
}

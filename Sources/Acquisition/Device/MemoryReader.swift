internal import FlashBytes

/// Reads memory of the board, verified: every row by its address and text, every block by the board's own crc32, or
/// by reading it twice where the board has none.
final class MemoryReader {
    let console: BoardConsole
    /// The fastest display that the board has, and `md.b` for what is not aligned.
    private(set) var formats: [RowFormat] = []
    /// Whether a group's last byte in memory is shown first; nil as long as nothing has proved it.
    private(set) var isReversed: Bool?
    /// Whether the text agrees with groups that are reversed; nil as long as the rows have not told. Boards exist whose
    /// text has the order of the digits, so this proves nothing about memory.
    private var isTextReversed: Bool?
    /// Memory that was not the same when it was read and when it was summed.
    private(set) var changes: [Range<UInt64>] = []
    /// Commands that may show memory, in the order in which they are tried.
    var displays = ConsoleKind.uBoot.displays
    /// What the board's own crc32 says.
    let sums: BoardChecksums
    /// The board's `saves`.
    let records: RecordReader
    /// Whether a block that no crc32 can verify is read twice.
    var readsTwice = true
    private var rowsCorrected = 0
    /// Rows and blocks that had to be read again.
    var corrected: Int { rowsCorrected + records.corrected }
    /// Called while a block is read, with the bytes of it that came.
    var onProgress: ((Int) -> Void)?
    /// Votes of rows for either order.
    private var votes = (reversed: 0, straight: 0)

    init(console: BoardConsole) {
        self.console = console
        sums = BoardChecksums(console: console)
        records = RecordReader(console: console)
    }

    // MARK: Learning

    /// Finds out what the board prints; at least 64 bytes at `address` are read.
    func learn(at address: UInt64) throws(AcquisitionError) {
        guard formats.isEmpty else { return }
        var answer: [String] = []
        for command in displays {
            if !formats.isEmpty, command.isSubstitute { continue }
            if address % command.alignment != 0 { continue }
            if let format = try learn(command, at: address, answer: &answer) { formats.append(format) }
            if command.isKnownStraight, !formats.isEmpty { isReversed = false }
        }
        guard !formats.isEmpty else {
            throw .noMemoryDisplay(answer.first { !$0.isEmpty } ?? "no answer")
        }
        formats.sort { $0.lineLength * $1.rowSize < $1.lineLength * $0.rowSize }
    }

    private func learn(
        _ command: DisplayCommand, at address: UInt64, answer: inout [String]
    ) throws(AcquisitionError) -> RowFormat? {
        var seen: [RowFormat: Int] = [:]
        for _ in 0..<5 {
            var rows: [[UInt8]] = []
            var others: [String] = []
            try console.run(command.text(address, size: 64)) { line in
                if MemoryRow(line) == nil {
                    others.append(BoardConsole.shown(line))
                } else {
                    rows.append(line)
                }
                return .more
            }
            // Two equal findings: a damaged pair of rows may look like another format.
            if let format = RowFormat(command: command, rows: rows), format.unit == command.unit ?? format.unit {
                seen[format, default: 0] += 1
                vote(rows, format: format)
                if rows.count * format.rowSize == 64 || seen[format] == 2 { return format }
            } else if rows.isEmpty {
                answer = others
                seen[RowFormat.none, default: 0] += 1
                if seen[RowFormat.none] == 2 { return nil }
            }
        }
        return nil
    }

    /// The display that shows single bytes.
    private func bytewise(at address: UInt64, _ answer: inout [String]) throws(AcquisitionError) -> RowFormat? {
        for command in displays where command.unit == 1 {
            if let format = try learn(command, at: address, answer: &answer) { return format }
        }
        return nil
    }

    private func vote(_ lines: [[UInt8]], format: RowFormat) {
        for line in lines {
            if let row = MemoryRow(line, expected: format.rowSize) { vote(row) }
        }
    }

    private func vote(_ row: MemoryRow) {
        guard isTextReversed == nil, row.unit > 1, row.hasText else { return }
        let reversed = row.agrees(reversed: true)
        let straight = row.agrees(reversed: false)
        if reversed == straight { return }
        if reversed { votes.reversed += 1 } else { votes.straight += 1 }
        if votes.reversed >= 4, votes.straight == 0 { isTextReversed = true }
        if votes.straight >= 4, votes.reversed == 0 { isTextReversed = false }
    }

    /// The display for a range; `md.b` for ends that are not aligned.
    private func format(for range: Range<UInt64>) throws(AcquisitionError) -> RowFormat {
        let size = range.upperBound - range.lowerBound
        if let format = formats.first(where: {
            range.lowerBound % UInt64($0.unit) == 0 && size % UInt64($0.unit) == 0
        }) {
            return format
        }
        var answer: [String] = []
        guard let format = try bytewise(at: range.lowerBound, &answer) else {
            throw .noMemoryDisplay(answer.first ?? "no command of it shows single bytes")
        }
        formats.append(format)
        return format
    }

    /// The display in use, for the journal.
    var method: String { records.isInUse ? "saves" : formats.first?.command.name ?? "" }

    /// Bytes on the line for each byte of memory.
    var overhead: Double {
        if records.isInUse { return RecordReader.overhead }
        return formats.first.map { Double($0.lineLength) / Double($0.rowSize) } ?? 4.2
    }

    static func digits(_ number: UInt64) -> String { String(number, radix: 16) }

    // MARK: Reading

    /// Tries the board's crc32 on memory that has been read twice: it may have another form, or another sum.
    ///
    /// - Returns: what is wrong with it, as a sentence; nil if nothing is.
    func tryChecksums(at address: UInt64) throws(AcquisitionError) -> String? {
        guard sums.hasCommand == nil, sums.isAllowed, console.hasEcho else { return nil }
        let range = address..<address + 64
        let digits: [UInt8]
        do throws(AcquisitionError) { digits = try readTwice(range) } catch .unreadable { return nil }
        let unit = try format(for: range).unit
        let orders = [digits, Self.ordered(digits, unit: unit, reversed: true)]
        let known = orders.map { CRC32.zlib(unsafe $0.span.bytes) }
        let trial = try sums.attempt(on: range, sums: known)
        if trial == .silent { sums.isAllowed = false }
        guard case .wrong(let sum) = trial else { return nil }
        // Live memory is no proof of anything.
        guard try readTwice(range) == digits else { return nil }
        sums.isAllowed = false
        return "the board's crc32 is not the usual one (it says \(hex(UInt64(sum))) of bytes whose sum is "
            + "\(hex(UInt64(known[0])))): it is not used"
    }

    /// Reads a range, verified.
    ///
    /// - Parameters:
    ///   - sum: what the board says the range sums to; nil if it cannot say, then the range is read twice.
    ///   - isFixed: whether the sum is what two copies of the flash agreed on, so that memory with another one has changed.
    /// - Returns: the bytes in memory order, and the sum that holds.
    /// - Throws: `memoryChanged`
    func read(
        _ range: Range<UInt64>, sum: UInt32?, isFixed: Bool = false
    ) throws(AcquisitionError) -> (bytes: [UInt8], sum: UInt32) {
        guard var wanted = sum else {
            let digits = readsTwice ? try readTwice(range) : try readRows(range)
            let bytes = try memoryOrder(digits, range: range)
            return (bytes, CRC32.zlib(unsafe bytes.span.bytes))
        }
        if let bytes = try records.read(range, onProgress: onProgress),
            CRC32.zlib(unsafe bytes.span.bytes) == wanted
        {
            return (bytes, wanted)
        }
        let format = try format(for: range)
        var rows = RowCollector(range: range, rowSize: format.rowSize)
        for _ in 0..<10 {
            let digits = try fill(&rows, format: format)
            for reversed in orders(format) {
                let bytes = Self.ordered(digits, unit: format.unit, reversed: reversed)
                if CRC32.zlib(unsafe bytes.span.bytes) == wanted {
                    if format.unit > 1, digits != bytes || !isSymmetric(digits, unit: format.unit) {
                        isReversed = reversed
                    }
                    return (bytes, wanted)
                }
            }
            rowsCorrected += 1
            // What the board says now may be the line's doing; said twice, the memory is not what it was.
            if let again = try sums.of(range), again != wanted, try sums.of(range) == again {
                if isFixed {
                    throw .memoryChanged(address: range.lowerBound, size: Int(range.upperBound - range.lowerBound))
                }
                if !changes.contains(range) { changes.append(range) }
                wanted = again
                rows.forget(range)
                continue
            }
            try narrow(&rows, digits: digits, format: format)
        }
        throw .unreadable(
            address: range.lowerBound, size: Int(range.upperBound - range.lowerBound),
            reason: "its crc32 on the board never agrees with what is read; does the memory change?")
    }

    /// Reads a range without anything that verifies it but addresses and text of the rows.
    func readOnce(_ range: Range<UInt64>) throws(AcquisitionError) -> [UInt8] {
        try memoryOrder(readRows(range), range: range)
    }

    private func isSymmetric(_ digits: [UInt8], unit: Int) -> Bool {
        Self.ordered(digits, unit: unit, reversed: true) == digits
    }

    private func orders(_ format: RowFormat) -> [Bool] {
        format.unit == 1 ? [false] : isReversed.map { [$0] } ?? [true, false]
    }

    /// Forgets the rows of those parts whose sums do not agree.
    private func narrow(
        _ rows: inout RowCollector, digits: [UInt8], format: RowFormat
    ) throws(AcquisitionError) {
        let range = rows.range
        let part = max(format.rowSize * 4, digits.count / 8 / format.rowSize * format.rowSize)
        var isNarrowed = false
        for start in stride(from: 0, to: digits.count, by: part) {
            let end = min(start + part, digits.count)
            let piece = range.lowerBound + UInt64(start)..<range.lowerBound + UInt64(end)
            guard let sum = try sums.of(piece) else { break }
            let isRight = orders(format).contains { reversed in
                CRC32.zlib(
                    unsafe Self.ordered(Array(digits[start..<end]), unit: format.unit, reversed: reversed).span.bytes)
                    == sum
            }
            if !isRight {
                rows.forget(piece)
                isNarrowed = true
            }
        }
        if !isNarrowed { rows.forget(range) }
    }

    /// The digits of two readings that agree, row by row.
    private func readTwice(_ range: Range<UInt64>) throws(AcquisitionError) -> [UInt8] {
        let format = try format(for: range)
        var readings = [try readRows(range)]
        var agreed = [[UInt8]?](repeating: nil, count: (readings[0].count + format.rowSize - 1) / format.rowSize)
        for _ in 0..<8 {
            var rows = RowCollector(range: range, rowSize: format.rowSize)
            readings.append(try fill(&rows, format: format))
            for slot in agreed.indices where agreed[slot] == nil {
                let part = slot * format.rowSize..<min((slot + 1) * format.rowSize, readings[0].count)
                var counts: [[UInt8]: Int] = [:]
                for reading in readings { counts[Array(reading[part]), default: 0] += 1 }
                agreed[slot] = counts.first { $0.value >= 2 }?.key
            }
            let digits = agreed.compactMap(\.self).flatMap(\.self)
            if digits.count == readings[0].count { return digits }
            rowsCorrected += 1
        }
        throw .unreadable(
            address: range.lowerBound, size: readings[0].count, reason: "no two readings agree; does the memory change?"
        )
    }

    private func readRows(_ range: Range<UInt64>) throws(AcquisitionError) -> [UInt8] {
        let format = try format(for: range)
        var rows = RowCollector(range: range, rowSize: format.rowSize)
        return try fill(&rows, format: format)
    }

    /// Turns digits into memory order; asks `md.b` if nothing else has told the order.
    private func memoryOrder(_ digits: [UInt8], range: Range<UInt64>) throws(AcquisitionError) -> [UInt8] {
        let format = try format(for: range)
        let reversed = Self.ordered(digits, unit: format.unit, reversed: true)
        if reversed == digits { return digits }
        if let isReversed { return isReversed ? reversed : digits }
        let first = zip(reversed, digits).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
        let start = range.lowerBound + UInt64(first - first % format.unit)
        let piece = start..<start + UInt64(format.unit)
        var answer: [String] = []
        if !formats.contains(where: { $0.unit == 1 }), let bytes = try bytewise(at: start, &answer) {
            formats.append(bytes)
        }
        guard let bytes = formats.first(where: { $0.unit == 1 }) else {
            if let isTextReversed { return isTextReversed ? reversed : digits }
            throw .noMemoryDisplay("the byte order cannot be told: no text column, no crc32 and no md.b")
        }
        var counts: [Bool: Int] = [:]
        for _ in 0..<6 {
            var rows = RowCollector(range: piece, rowSize: bytes.rowSize)
            let read = try fill(&rows, format: bytes)
            let at = first - first % format.unit
            if read == Array(reversed[at..<at + format.unit]) { counts[true, default: 0] += 1 }
            if read == Array(digits[at..<at + format.unit]) { counts[false, default: 0] += 1 }
            if let (order, _) = counts.first(where: { $0.value >= 2 }) {
                isReversed = order
                return order ? reversed : digits
            }
        }
        throw .unreadable(address: start, size: format.unit, reason: "md.b and \(format.command.name) disagree")
    }

    static func ordered(_ digits: [UInt8], unit: Int, reversed: Bool) -> [UInt8] {
        guard reversed, unit > 1 else { return digits }
        return WordSwap.swapped(unsafe digits.span.bytes, group: unit)
    }

    /// Reads until no row is missing.
    private func fill(_ rows: inout RowCollector, format: RowFormat) throws(AcquisitionError) -> [UInt8] {
        var idle = 0
        var isFirst = true
        while true {
            if let digits = rows.bytes { return digits }
            let missing = rows.missing
            if !isFirst { rowsCorrected += 1 }
            isFirst = false
            for part in Self.joined(missing, distance: UInt64(format.rowSize) * 4) {
                let reading = try read(part, format: format, rows: rows)
                rows.add(reading, asked: part)
            }
            let left = rows.missing.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
            let before = missing.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
            idle = left < before ? 0 : idle + 1
            if idle > 8 {
                throw .unreadable(
                    address: rows.missing[0].lowerBound, size: Int(left), reason: "no undamaged row in 9 attempts")
            }
        }
    }

    /// Neighbouring ranges as one, where a command of its own costs more than the rows between.
    private static func joined(_ ranges: [Range<UInt64>], distance: UInt64) -> [Range<UInt64>] {
        var joined: [Range<UInt64>] = []
        for range in ranges {
            if let last = joined.last, range.lowerBound - last.upperBound <= distance {
                joined[joined.count - 1] = last.lowerBound..<range.upperBound
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    /// One `md`.
    private func read(
        _ part: Range<UInt64>, format: RowFormat, rows: RowCollector
    ) throws(AcquisitionError) -> [(address: UInt64, bytes: [UInt8])] {
        var reading: [(address: UInt64, bytes: [UInt8])] = []
        let size = part.upperBound - part.lowerBound
        var strangers = 0
        try console.run(format.command.text(part.lowerBound, size: size)) { line in
            guard let row = format.row(line, count: { part.contains($0) ? rows.count(at: $0) : nil }),
                isTextReversed.map(row.agrees) ?? true
            else {
                // A wrong command's output is not worth waiting for.
                strangers += 1
                return strangers > 40 && strangers > reading.count ? .stop : .more
            }
            vote(row)
            reading.append((row.address, row.digits))
            onProgress?(row.digits.count)
            return row.address + UInt64(format.rowSize) >= part.upperBound ? .complete : .more
        }
        return reading
    }
}

extension RowFormat {
    /// Stands for "no rows at all" when findings are counted.
    static let none = RowFormat()
    private init() {
        command = .md(0)
        unit = 0
        rowSize = 0
        hasText = false
        lineLength = 0
    }
}

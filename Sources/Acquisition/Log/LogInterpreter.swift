internal import FlashBytes

/// Reads the lines of logs one after the other, and gathers what they show of memory.
///
/// What a later line puts into memory (`sf read`, `mw`) makes the rows before it old: they become a picture of their own.
final class LogInterpreter {
    /// What one state of the memory was shown to be.
    struct Picture {
        var memory = SparseMemory()
        /// What the commands say should be shown.
        var expected: [Range<UInt64>] = []
        /// Rows that are damaged, but whose address can be read.
        var damaged: [Range<UInt64>] = []
        var sums: [ChecksumLine] = []
        /// Rows of words whose text does not tell the order: addresses, sizes of words, bytes as the digits show them.
        var words: [(address: UInt64, unit: Int, digits: [UInt8])] = []
        /// What was put into memory before, and where.
        var loads: [(range: Range<UInt64>, what: String)] = []
    }

    private(set) var picture = Picture()
    /// What was shown before something else was put there.
    private(set) var older: [Picture] = []
    /// Votes of texts for words whose last byte is shown first, by size of word.
    private(set) var reversed: [Int: Int] = [:]
    /// Bytes that came without addresses, from offset 0 on.
    private(set) var plain = SparseMemory()
    private(set) var plainGaps: [Range<UInt64>] = []
    private(set) var damagedLines = 0
    /// Whether the log is that of a loader of boards that are all big-endian: Realtek's.
    private(set) var isBigEndian = false
    /// Lines that may belong to a partition table.
    private(set) var otherText: [UInt8] = []
    private static let mostOtherText = 1 << 20

    private enum Context {
        case none
        case hexdump(radix: Int)
        case base64(at: UInt64, width: Int, isSure: Bool)
        case uuencode(at: UInt64)
        case nandPage(at: UInt64, isSpare: Bool)
        case plainBytes(at: UInt64)
    }
    private var context = Context.none
    private var rows = LogRowReader()
    private var hexdumps = LogRowReader()
    /// The bytes of the last row of hexdump, which `*` repeats.
    private var lastHexdump: (end: UInt64, bytes: [UInt8], unit: Int)?
    private var isStarred = false
    /// The beginning of a row that a terminal may have wrapped.
    private var wrapped: [UInt8]?
    private var intelBase: UInt64 = 0
    /// The command whose rows come now.
    private var display: LogDisplay?
    /// Where the last `Page … dump` began.
    private var page: (start: UInt64, shown: UInt64)?

    /// One line, without line end.
    func line(_ line: ArraySlice<UInt8>) {
        var line = line
        if line.contains(0xc2) || line.contains(0xa0) { line = Self.withoutHardBlanks(line)[...] }
        if read(line) {
            if let wrapped { noteDamage(wrapped[...]) }
            wrapped = nil
            return
        }
        if let first = wrapped {
            wrapped = nil
            let joined = first + line
            if readRow(joined[...]) { return }
            noteDamage(first[...])
        }
        if line.contains(0x26), readRow(Self.withoutEntities(line)[...]) { return }
        if rows.damagedAddress(line) != nil {
            if line.count >= 40 { wrapped = Array(line) } else { noteDamage(line) }
            return
        }
        if otherText.count < Self.mostOtherText { otherText += line + [0x0a] }
    }

    /// The end of a log.
    func finish() {
        if let wrapped { noteDamage(wrapped[...]) }
        wrapped = nil
        context = .none
        closePage()
        closeDisplay()
    }

    private func closeDisplay() {
        if let range = display?.expected { picture.expected.append(range) }
        display = nil
    }

    private func noteDamage(_ line: ArraySlice<UInt8>) {
        damagedLines += 1
        if let address = rows.damagedAddress(line), address <= UInt64.max - 256 {
            picture.damaged.append(address..<address + UInt64(rows.size))
            display?.add(address..<address + UInt64(rows.size), unit: nil)
        }
    }

    // MARK: Lines

    private func read(_ line: ArraySlice<UInt8>) -> Bool {
        if readContext(line) { return true }
        if let row = rows.row(line) {
            // An echo whose line end was lost stands in front of its first row.
            let front = line.prefix(rows.column)
            if !front.isEmpty, let command = LogCommand(front) { take(command) }
            add(row)
            return true
        }
        let trimmed = Self.trimmed(line)
        if let record = SRecord(Array(trimmed)) {
            if record.isData { add(record.data, record.address) }
            return true
        }
        if let record = IntelRecord(trimmed) {
            switch record.kind {
            case .data: add(record.data, intelBase &+ record.address)
            case .segment(let base): intelBase = base
            case .end: intelBase = 0
            }
            return true
        }
        if let sum = checksum(line) {
            picture.sums.append(sum)
            return true
        }
        if readHexdump(line) { return true }
        if let command = LogCommand(line) {
            isBigEndian = isBigEndian || line.starts(with: Array("<RealTek>".utf8))
            take(command)
            return false
        }
        return readBase64(line)
    }

    private func readRow(_ line: ArraySlice<UInt8>) -> Bool {
        guard let row = rows.row(line) else { return false }
        add(row)
        return true
    }

    private func add(_ row: MemoryRow) {
        let (end, isOver) = row.address.addingReportingOverflow(UInt64(row.digits.count))
        if !isOver { display?.add(row.address..<end, unit: row.unit) }
        guard row.unit > 1, !row.isSymmetric else { return picture.memory.add(row.digits, at: row.address) }
        let agrees = (
            straight: row.hasText && row.agrees(reversed: false), reversed: row.hasText && row.agrees(reversed: true)
        )
        if agrees.straight == agrees.reversed {
            picture.words.append((row.address, row.unit, row.digits))
            return
        }
        reversed[row.unit, default: 0] += agrees.reversed ? 1 : -1
        picture.memory.add(row.bytes(reversed: agrees.reversed), at: row.address)
    }

    private func add(_ bytes: [UInt8], _ address: UInt64) { picture.memory.add(bytes, at: address) }

    private func checksum(_ line: ArraySlice<UInt8>) -> ChecksumLine? {
        guard line.count >= 30, line.count < 200, line.contains(0x3d) else { return nil }
        var at = line.startIndex
        while let start = line[at...].firstIndex(where: { $0 == 0x63 || $0 == 0x43 }) {
            if let sum = ChecksumLine(line[start...]) { return sum }
            at = start + 1
        }
        return nil
    }

    /// Something that was typed.
    private func take(_ command: LogCommand) {
        context = .none
        closePage()
        closeDisplay()
        switch command {
        case .show(let address, let sizes): display = LogDisplay(address: address, sizes: sizes)
        case .load(let range, let what): load(range, what)
        case .plainBytes(let offset, let size):
            context = .plainBytes(at: offset)
            if let size, size > 0, size <= 1 << 31, offset <= UInt64.max - size {
                picture.expected.append(offset..<offset + size)
            }
        case .base64: context = .base64(at: 0, width: 0, isSure: true)
        case .hexdump(let radix): context = .hexdump(radix: radix)
        }
    }

    /// Memory has been changed: what was shown of it is old, unless the same was put there once more.
    private func load(_ range: Range<UInt64>, _ what: String) {
        if let last = picture.loads.last, last.what == what { return }
        resolveWords()
        let taken = picture.memory.take(range)
        if !taken.isEmpty {
            var old = Picture()
            old.memory = taken
            old.loads = picture.loads
            old.sums = picture.sums.filter { range.contains($0.start) }
            old.expected = picture.expected.filter { range.contains($0.lowerBound) }
            older.append(old)
        }
        picture.sums.removeAll { $0.start < range.upperBound && $0.end >= range.lowerBound }
        picture.expected.removeAll { $0.overlaps(range) }
        picture.damaged.removeAll { $0.overlaps(range) }
        picture.loads.removeAll { $0.range.overlaps(range) }
        picture.loads.append((range, what))
    }

    /// Puts the rows of words into memory, in the order for which the texts so far have voted.
    ///
    /// - Parameter order: for sizes of words about which no text says anything.
    func resolveWords(_ order: (Int) -> Bool = { _ in true }) {
        for (address, unit, digits) in picture.words {
            let votes = reversed[unit] ?? reversed.values.first ?? 0
            let isReversed = votes == 0 ? order(unit) : votes > 0
            picture.memory.add(MemoryReader.ordered(digits, unit, isReversed), at: address)
        }
        picture.words = []
    }

    // MARK: Formats without a colon

    private func readHexdump(_ line: ArraySlice<UInt8>) -> Bool {
        var asked: Int?
        if case .hexdump(let radix) = context { asked = radix }
        let trimmed = Self.trimmed(line)
        if trimmed.elementsEqual([0x2a]), lastHexdump != nil {
            isStarred = true
            return true
        }
        for start in Self.hexdumpStarts(line) {
            guard let found = HexdumpRow(line[start...], radix: asked ?? 16) else { continue }
            guard let row = found.row else {
                // Only the end of a dump is an address alone.
                guard let last = lastHexdump, found.address >= last.end, isStarred || found.address == last.end else {
                    continue
                }
                repeatLast(to: found.address)
                lastHexdump = nil
                return true
            }
            let follows = lastHexdump.map { $0.end == row.address } ?? false
            guard asked != nil || row.hasText || follows || isStarred || row.digits.count == 16 else { continue }
            // od counts in octal.
            if asked == nil, let last = lastHexdump, last.end != row.address, last.bytes.count == 16,
                row.address == last.end + 16,
                row.address & 0x1f == 0, !isStarred, last.end == 16
            {
                context = .hexdump(radix: 8)
                return readHexdump(line)
            }
            repeatLast(to: row.address)
            lastHexdump = (row.address &+ UInt64(row.digits.count), row.digits, row.unit)
            add(row)
            return true
        }
        return false
    }

    private static func hexdumpStarts(_ line: ArraySlice<UInt8>) -> [Int] {
        guard let first = line.firstIndex(where: { !MemoryRow.isBlank($0) && $0 != 0x3e }) else { return [] }
        var starts = [first]
        if line[first] == 0x5b, let end = line.prefix(60).lastIndex(of: 0x5d) {
            if let start = line[(end + 1)...].firstIndex(where: { !MemoryRow.isBlank($0) }) { starts.append(start) }
        } else if hexadecimalValue(line[first]) != nil || line[first] > 0x40 {
            // A time stamp without brackets: the words of it hold colons.
            let words = line.prefix(48)
            if let colon = words.lastIndex(of: 0x3a), let blank = line[colon...].firstIndex(of: 0x20),
                let start = line[blank...].firstIndex(where: { !MemoryRow.isBlank($0) })
            {
                starts.append(start)
            }
        }
        return starts
    }

    /// What `*` stands for.
    private func repeatLast(to end: UInt64) {
        defer { isStarred = false }
        guard isStarred, let last = lastHexdump, end > last.end, end - last.end <= 1 << 31, !last.bytes.isEmpty else {
            return
        }
        var at = last.end
        while at < end {
            let part = Array(last.bytes.prefix(Int(min(UInt64(last.bytes.count), end - at))))
            if last.unit > 1, MemoryReader.ordered(part, last.unit, true) != part, part.count % last.unit == 0 {
                picture.words.append((at, last.unit, part))
            } else {
                picture.memory.add(part, at: at)
            }
            at += UInt64(part.count)
        }
    }

    /// What stands where only the lines before tell the address.
    private func readContext(_ line: ArraySlice<UInt8>) -> Bool {
        let trimmed = Self.trimmed(line)
        if let start = PageDump.start(trimmed) {
            closePage()
            page = (start, 0)
            context = .nandPage(at: start, isSpare: false)
            return true
        }
        if trimmed.starts(with: Array("begin".utf8)) {
            if trimmed.starts(with: Array("begin-base64 ".utf8)) {
                context = .base64(at: 0, width: 0, isSure: true)
                return true
            }
            let words = trimmed.split(separator: 0x20)
            if words.count == 3, words[0].count == 5, words[1].count >= 3,
                words[1].allSatisfy({ (0x30...0x37).contains($0) })
            {
                context = .uuencode(at: 0)
                return true
            }
        }
        switch context {
        case .nandPage(let at, let isSpare):
            if trimmed.starts(with: Array("OOB".utf8)) {
                context = .nandPage(at: at, isSpare: true)
                return true
            }
            guard let bytes = PageDump.bytes(trimmed), bytes.count <= 64 else { return false }
            if !isSpare {
                add(bytes, at)
                page?.shown += UInt64(bytes.count)
                context = .nandPage(at: at &+ UInt64(bytes.count), isSpare: false)
            }
            return true
        case .plainBytes(let at):
            guard let bytes = PageDump.bytes(trimmed) else { return false }
            add(bytes, at)
            context = .plainBytes(at: at &+ UInt64(bytes.count))
            return true
        case .uuencode(let at):
            if trimmed.elementsEqual("end".utf8) {
                context = .none
                return true
            }
            guard let bytes = TextCode.uuencoded(line) else { return false }
            plain.add(bytes, at: at)
            context = .uuencode(at: at + UInt64(bytes.count))
            return true
        case .base64(_, _, true): return readBase64(line)
        default: return false
        }
    }

    /// Lines of one length; the last may be shorter. One of another length in the middle is damaged.
    private func readBase64(_ line: ArraySlice<UInt8>) -> Bool {
        let trimmed = Self.trimmed(line)
        var (at, width, isSure) = (UInt64(0), 0, false)
        if case .base64(let place, let known, let sure) = context { (at, width, isSure) = (place, known, sure) }
        if isSure, trimmed.elementsEqual("====".utf8) {
            context = .none
            return true
        }
        guard isSure || trimmed.count >= 60, trimmed.count <= 76 * 64 else { return false }
        guard let bytes = TextCode.base64(trimmed), width == 0 || trimmed.count <= width else {
            // In the middle of a dump something is missing.
            if isSure, width > 0, trimmed.count > width / 2 {
                plainGaps.append(at..<at + UInt64(width / 4 * 3))
                damagedLines += 1
                context = .base64(at: at + UInt64(width / 4 * 3), width: width, isSure: true)
                return true
            }
            return false
        }
        if width > 0, trimmed.count < width, trimmed.count > 8, !trimmed.contains(0x3d), bytes.count < width / 4 * 3 - 3
        {
            // The last, unless more comes: then it was cut.
            plain.add(bytes, at: at)
            context = .base64(at: at + UInt64(bytes.count), width: width, isSure: true)
            return true
        }
        plain.add(bytes, at: at)
        context = .base64(at: at + UInt64(bytes.count), width: width == 0 ? trimmed.count : width, isSure: true)
        return true
    }

    /// A page that is not whole has a gap.
    private func closePage() {
        guard let page else { return }
        self.page = nil
        var size: UInt64 = 512
        while size < page.shown { size <<= 1 }
        if page.shown > 0, page.shown < size { picture.expected.append(page.start..<page.start + size) }
    }

    // MARK: Characters

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, MemoryRow.isBlank(last) { line.removeLast() }
        return line.drop(while: MemoryRow.isBlank)
    }

    /// With blanks for non-breaking ones, of UTF-8 and of Latin-1.
    private static func withoutHardBlanks(_ line: ArraySlice<UInt8>) -> [UInt8] {
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

    private static func withoutEntities(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = line
        let entities: [(String, UInt8)] = [
            ("&amp;", 0x26), ("&lt;", 0x3c), ("&gt;", 0x3e), ("&quot;", 0x22), ("&#39;", 0x27), ("&nbsp;", 0x20),
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
}

internal import FlashBytes

/// Formats whose rows are no `ADDRESS:`.
extension LogInterpreter {
    func readHexdump(_ line: ArraySlice<UInt8>) -> Bool {
        var asked: Int?
        if case .hexdump(let radix) = context { asked = radix }
        let trimmed = Self.trimmed(line).drop { $0 == 0x3e || MemoryRow.isBlank($0) }
        if trimmed.elementsEqual([0x2a]), hexdump.end != nil {
            if let doubt = hexdump.star() { unfinished.append(doubt) }
            return true
        }
        if trimmed.elementsEqual([0x2a]) { hexdump.starBefore() }
        for start in Self.hexdumpStarts(line) {
            guard let found = HexdumpRow(line[start...], radix: asked ?? 16) else { continue }
            guard let row = found.row else {
                if hexdump.end == nil, found.address == 0, case .hexdump = context { answers.answer() }
                // Only the end of a dump is an address alone.
                guard let end = hexdump.end, found.address >= end || cutLastWord(to: found.address) else { continue }
                if !hexdump.isStarred, found.address > end {
                    // The last rows are missing; what no dump announces may be any number.
                    guard hexdump.hasLastLine, found.address - end <= 1 << 28 else { continue }
                    picture.expected.append(end - 1..<found.address)
                }
                repeatLast(to: found.address, next: nil)
                // Nothing stands behind it but the line's end, or what fills the width of a terminal: not the blanks that
                // stand in front of bytes.
                let blanks = line.count - Self.withoutBlanksBehind(line).count
                if !isTerminated || hexdump.hasLastLine && (1...2).contains(blanks) {
                    unfinished.append(.stops(at: found.address, without: "the rest of its last line"))
                }
                hexdump.close()
                return true
            }
            if asked == nil, let radix = radix(of: row) {
                context = .hexdump(radix: radix)
                return readHexdump(line)
            }
            let follows = hexdump.end == row.address
            guard asked != nil || row.hasText || follows || hexdump.isStarred || row.digits.count == 16 else {
                continue
            }
            let isFirst = hexdump.end == nil
            guard addHexdump(row) else { continue }
            // What prints such rows ends with an address.
            if asked == nil, isFirst { hexdump.hasLastLine = row.hasText }
            add(row)
            return true
        }
        return false
    }

    /// Whether addresses are octal or decimal, as the second row of a dump shows that begins at 0; nil where they are not.
    private func radix(of row: MemoryRow) -> Int? {
        guard let last = hexdump.last, last.address == 0, hexdump.end == UInt64(last.digits.count) else { return nil }
        let (size, digits) = (last.digits.count, String(row.address, radix: 16))
        guard size >= 8, row.digits.count <= size else { return nil }
        if !hexdump.isStarred {
            return [8, 10].first { digits == String(size, radix: $0) }
        }
        // A step of rows in decimal is none in hexadecimal.
        guard row.address % UInt64(size) != 0, let address = UInt64(digits), address % UInt64(size) == 0 else {
            return nil
        }
        return address > UInt64(size) ? 10 : nil
    }

    /// The last word is filled with zeros where a file ends within it.
    private func cutLastWord(to end: UInt64) -> Bool {
        guard let last = hexdump.last, last.unit > 1, let old = hexdump.end, end < old, old - end < UInt64(last.unit)
        else { return false }
        picture.cuts.append(end..<old)
        return true
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

    /// A row of a dump in which `*` may repeat it; whether it is like those before.
    func addHexdump(_ row: MemoryRow) -> Bool {
        guard hexdump.fits(row) else {
            hexdump.reject(row)
            return false
        }
        expectBeginning(of: row)
        repeatLast(to: row.address, next: row)
        hexdump.add(row)
        return true
    }

    /// A file begins at 0, unless the command says otherwise: before the first row others are missing.
    private func expectBeginning(of row: MemoryRow) {
        guard hexdump.last == nil, row.address > 0, row.address <= 1 << 28 else { return }
        var begins = hexdump.isHeadless || row.address < 512
        if case .hexdump = context, let typed { begins = begins || !typed.skips }
        if begins, !row.digits.isEmpty { picture.expected.append(0..<row.address + UInt64(row.digits.count)) }
    }

    /// What `*` stands for.
    private func repeatLast(to end: UInt64, next: MemoryRow?) {
        // Where no command tells that all of a flash is shown, it may be an address that is damaged.
        var most: UInt64 = 1 << 28
        if case .hexdump = context { most = 1 << 31 }
        guard let (start, last) = hexdump.repeated(to: end, next: next, most: most) else {
            if hexdump.isStarred, let start = hexdump.end, end > start, end - start > most {
                unfinished.append(.said("a '*' stands for more than \(most >> 20) MiB, which are not filled in"))
            }
            return
        }
        let size = UInt64(last.digits.count)
        let reversed = typed?.reversesWords
        let isOpen = reversed == nil && last.unit > 1 && !last.isSymmetric
        // Many rows at a time, where nothing has to be decided of each.
        let count = isOpen ? 1 : max(1, min(4096, (end - start) / size))
        let rows = [[UInt8]](repeating: last.digits, count: Int(count)).flatMap(\.self)
        var at = start
        while at < end {
            let whole = min(UInt64(rows.count), (end - at) / size * size)
            let part = Array(rows.prefix(Int(whole > 0 ? whole : end - at)))
            if let reversed {
                picture.memory.add(MemoryReader.ordered(part, unit: last.unit, reversed: reversed), at: at)
            } else if isOpen, part.count % last.unit == 0 {
                picture.words.append(
                    .init(address: at, unit: last.unit, digits: part, age: picture.memory.age))
            } else {
                picture.memory.add(part, at: at)
            }
            at += UInt64(part.count)
        }
    }

    /// What stands where only the lines before tell the address.
    func readContext(_ line: ArraySlice<UInt8>) -> Bool {
        let trimmed = Self.trimmed(line)
        if let start = PageDump.start(trimmed) {
            closePage()
            page = LogPage(start: start)
            context = .nandPage(at: start, isSpare: false)
            return true
        }
        if let area = DeviceDump.area(trimmed) {
            context = area.isSpare ? .spare(left: area.size) : .none
            if !area.isSpare { picture.expected.append(area.start..<area.start + area.size) }
            return true
        }
        if let begin = LogCommand.begin(in: trimmed), begin.starts(with: "begin-base64 ".utf8) {
            text.begin(
                .base64, name: String(latin1: Array(begin.split(separator: 0x20)[2])), command: typed,
                ending: "the '====' that ends it")
            return true
        }
        if coded.begins(trimmed, command: typed) {
            context = .coded
            return true
        }
        switch context {
        case .spare(let left):
            guard left > 0, let row = MemoryRow(trimmed, trimmed: true) else { return false }
            context = .spare(left: left - min(left, UInt64(row.digits.count)))
            return true
        case .nandPage(let at, let isSpare):
            if trimmed.starts(with: Array("OOB".utf8)) {
                context = .nandPage(at: at, isSpare: true)
                return true
            }
            return readPage(trimmed, at: at, isSpare: isSpare)
        case .plainBytes(let at):
            if trimmed.elementsEqual([0x2a]) {
                unfinished.append(.said("rows have no addresses: nothing tells how many a '*' stands for"))
                return true
            }
            guard let row = PageDump.bytes(trimmed), case let bytes = row.bytes else { return false }
            note(isUnpadded: row.isUnpadded, hasLeadingZero: row.hasLeadingZero, address: at)
            add(bytes, address: at)
            context = .plainBytes(at: at &+ UInt64(bytes.count))
            return true
        case .coded:
            switch coded.take(line.contains(0x26) ? Self.withoutEntities(line)[...] : line) {
            case .taken:
                answers.answer()
                return true
            case .over:
                context = .none
                return true
            case .other: return false
            }
        default: return false
        }
    }

    /// A row of a page, or of its spare area.
    private func readPage(_ line: ArraySlice<UInt8>, at: UInt64, isSpare: Bool) -> Bool {
        guard let row = PageDump.bytes(line), case let bytes = row.bytes, bytes.count <= 64 else { return false }
        if !isSpare {
            page?.isFollowed = false
            if let width = page?.width, bytes.count != width {
                unfinished.append(
                    .said(
                        "rows of the page at \(hex(page?.start ?? at)) are followed by others of \(bytes.count) bytes: those of a "
                            + "spare area whose first line is missing, or damaged ones"))
                context = .nandPage(at: at, isSpare: true)
                return true
            }
            page?.width = bytes.count
            note(isUnpadded: row.isUnpadded, hasLeadingZero: row.hasLeadingZero, address: at)
            add(bytes, address: at)
            page?.shown += UInt64(bytes.count)
            context = .nandPage(at: at &+ UInt64(bytes.count), isSpare: false)
        } else if let page {
            let spare = page.spare + UInt64(bytes.count)
            self.page?.spare = spare
            self.page?.isFollowed = false
            showsSpare = true
            // Real ones have an eighth at most.
            if page.spare * 4 <= page.shown, spare * 4 > page.shown {
                unfinished.append(
                    .said(
                        "more rows stand behind the page at \(hex(page.start)) than a spare area has: those of another page"
                    ))
            }
        }
        return true
    }

    /// A line of Motorola's or Intel's format.
    func readRecord(_ line: ArraySlice<UInt8>) -> Bool {
        guard let record = records.take(line) else { return false }
        if let data = record.data { add(data, address: record.address) }
        if records.isOver { closeRecords() }
        return true
    }

    func closeRecords() {
        unfinished += records.close()
    }

    /// Text without addresses, behind its command or where it looks like nothing else.
    func readText(_ line: ArraySlice<UInt8>) -> Bool {
        if text.isOpen, line.elementsEqual("====".utf8) {
            text.end(isWhole: true)
            return true
        }
        guard text.line(line) else { return false }
        answers.answer()
        return true
    }

    /// The log ends within a page, or within its spare area: what stands behind may be missing too.
    func noteEndOfPage() {
        guard let page, !page.isFollowed, !isTerminated || showsSpare && page.spare * 32 < page.shown else { return }
        unfinished.append(
            .said(
                "the log stops within what it shows of the page at \(hex(page.start)): others behind it may be missing")
        )
    }

    /// A page that is not whole has a gap.
    func closePage() {
        guard let page else { return }
        self.page = nil
        var size: UInt64 = 512
        while size < page.shown { size <<= 1 }
        if page.shown == 0 {
            unfinished.append(.said("the page at \(hex(page.start)) shows no bytes, and they are missing"))
        }
        guard page.shown > 0, page.shown < size else { return }
        picture.expected.append(page.start..<page.start + size)
        // The next one may fill the gap.
        unfinished.append(.said("the page at \(hex(page.start)) shows \(page.shown) bytes, which is the size of none"))
    }
}

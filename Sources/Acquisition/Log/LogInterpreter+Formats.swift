internal import FlashBytes

/// Formats whose rows are no `ADDRESS:`.
extension LogInterpreter {
    func readHexdump(_ line: ArraySlice<UInt8>) -> Bool {
        var asked: Int?
        if case .hexdump(let radix) = context { asked = radix }
        let trimmed = Self.trimmed(line)
        if trimmed.elementsEqual([0x2a]), let last = lastHexdump {
            if isStarred { unfinished.append((nil, "a row is missing behind \(hex(last.end)): two '*' in succession")) }
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
                (lastHexdump, hasLastLine) = (nil, false)
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
    func repeatLast(to end: UInt64) {
        defer { isStarred = false }
        guard isStarred, let last = lastHexdump, end > last.end, end - last.end <= 1 << 31, !last.bytes.isEmpty else {
            return
        }
        var at = last.end
        while at < end {
            let part = Array(last.bytes.prefix(Int(min(UInt64(last.bytes.count), end - at))))
            if last.unit > 1, MemoryReader.ordered(part, unit: last.unit, reversed: true) != part,
                part.count % last.unit == 0
            {
                picture.words.append((at, last.unit, part))
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
            page = (start, 0)
            context = .nandPage(at: start, isSpare: false)
            return true
        }
        if let begin = LogCommand.begin(in: trimmed), begin.starts(with: "begin-base64 ".utf8) {
            text.begin(
                .base64, name: String(latin1: Array(begin.split(separator: 0x20)[2])),
                ending: "the '====' that ends it")
            return true
        }
        if coded.begins(trimmed) {
            context = .coded
            return true
        }
        switch context {
        case .nandPage(let at, let isSpare):
            if trimmed.starts(with: Array("OOB".utf8)) {
                context = .nandPage(at: at, isSpare: true)
                return true
            }
            guard let row = PageDump.bytes(trimmed), case let bytes = row.bytes, bytes.count <= 64 else { return false }
            if !isSpare {
                note(isUnpadded: row.isUnpadded, hasLeadingZero: row.hasLeadingZero, address: at)
                add(bytes, address: at)
                page?.shown += UInt64(bytes.count)
                context = .nandPage(at: at &+ UInt64(bytes.count), isSpare: false)
            }
            return true
        case .plainBytes(let at):
            if trimmed.elementsEqual([0x2a]) {
                unfinished.append((nil, "rows have no addresses: nothing tells how many a '*' stands for"))
                return true
            }
            guard let row = PageDump.bytes(trimmed), case let bytes = row.bytes else { return false }
            note(isUnpadded: row.isUnpadded, hasLeadingZero: row.hasLeadingZero, address: at)
            add(bytes, address: at)
            context = .plainBytes(at: at &+ UInt64(bytes.count))
            return true
        case .coded:
            switch coded.take(line) {
            case .taken: return true
            case .over:
                context = .none
                return true
            case .other: return false
            }
        default: return false
        }
    }

    /// Text without addresses, behind its command or where it looks like nothing else.
    func readText(_ line: ArraySlice<UInt8>) -> Bool {
        if text.isOpen, line.elementsEqual("====".utf8) {
            text.end(isWhole: true)
            return true
        }
        return text.line(line, prompt: shellDumps.last?.prompt ?? [])
    }

    /// A page that is not whole has a gap.
    func closePage() {
        guard let page else { return }
        self.page = nil
        var size: UInt64 = 512
        while size < page.shown { size <<= 1 }
        if page.shown > 0, page.shown < size { picture.expected.append(page.start..<page.start + size) }
    }
}

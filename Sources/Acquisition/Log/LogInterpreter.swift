internal import FlashBytes

/// Reads the lines of logs one after the other, and gathers what they show of memory.
///
/// What a later line puts into memory (`sf read`, `mw`) makes the rows before it old: they become a picture of their own.
final class LogInterpreter {
    var picture = LogPicture()
    /// What was shown before something else was put there and shown too.
    var older: [LogPicture] = []
    /// Votes of texts for words whose last byte is shown first, by size of word.
    private(set) var reversed: [Int: Int] = [:]
    /// Bytes that came without addresses, from offset 0 on: as text, and in lines that count their bytes.
    var text = TextDump()
    var coded = CodedDump()
    var damagedLines = 0
    /// Dumps with addresses of which the log does not show the end: where they stop (nil if nobody knows), and what is
    /// missing.
    var unfinished: [DumpDoubt] = []
    /// What programs say that have copied a flash, and could not read all of it, as sentences.
    var readErrors: [String] = []
    /// What was typed last at a prompt.
    var typed: ShellLine?
    /// The copies of files that were made so far, one of each name.
    var copies: [ShellCopy] = []
    var answers = LogAnswers()
    /// A loader's environment, as far as it is known.
    var variables = LogVariables()
    /// What the last command is about.
    var asked: [LogSubject] = []
    /// Whether a stamp stood in front of the last line that told something.
    private var isStamped: Bool?
    /// Whether the log is that of a loader of boards that are all big-endian: Realtek's.
    var isBigEndian = false
    /// Rows with numbers that have no leading zeros: of a build that prints them so, or with a digit that got lost.
    private(set) var unpaddedRows: [UInt64] = []
    /// Whether a row has leading zeros.
    private(set) var showsLeadingZeros = false
    /// Lines that may belong to a partition table.
    private(set) var otherText: [UInt8] = []
    private static let mostOtherText = 1 << 20

    enum Context {
        case none
        case hexdump(radix: Int)
        case coded
        case nandPage(at: UInt64, isSpare: Bool)
        /// Rows of a spare area, whose addresses are none of the flash: how many bytes are still to come.
        case spare(left: UInt64)
        case plainBytes(at: UInt64)
        /// Of a command whose answer is not read.
        case unread
    }
    var context = Context.none
    var rows = LogRowReader()
    /// Whether a loader's command has shown memory.
    var showsMemory = false
    /// Whether a command has written to a flash since the last load.
    var isFlashWritten = false
    /// The last command whose rows have addresses in a file, unless memory was shown since.
    var file: ShellLine?
    /// Whether the line is not one that the end of the log has cut off.
    var isTerminated = true
    /// How many lines have told something of a dump.
    private(set) var knownLines = 0
    /// The last line if it told nothing.
    var fragment: ArraySlice<UInt8>?
    /// Rows of hexdump and its kin.
    var hexdump = HexdumpRows()
    /// What makes rows of lines that are none by themselves.
    var rowLines: RowLines?
    /// The beginning of a row that a terminal may have wrapped.
    private var wrapped: [UInt8]?
    /// The commands whose rows come now.
    var displays: [LogDisplay] = []
    /// Where the last `Page … dump` began.
    var page: LogPage?
    /// Whether a page of the log has a spare area.
    var showsSpare = false
    /// What was put into memory since, and has not been shown yet.
    var pending: [LogLoad] = []
    /// Whether lines may be the answer of a load.
    var isLoading = false
    var records = RecordDump()

    /// One line, without line end.
    ///
    /// - Parameter isTerminated: whether it had one.
    func line(_ line: ArraySlice<UInt8>, isTerminated: Bool = true) {
        self.isTerminated = isTerminated
        let start = LineStamp.end(line)
        let text = Self.withoutMarks(start.map { line[$0...] } ?? line)
        if text.isEmpty { return }
        // The kernel's, in the midst of lines that have no address.
        if start != nil, isStamped == false, isOpen {
            tellOther(text, whole: line)
            return
        }
        if let typed, !typed.prompt.isEmpty, let end = self.text.end(of: text, before: typed.prompt) {
            readLine(text[..<end], whole: line, isStamped: start != nil)
            readLine(text[end...], whole: text[end...], isStamped: start != nil)
        } else {
            readLine(text, whole: line, isStamped: start != nil)
        }
    }

    /// Whether lines come whose place only those before tell.
    private var isOpen: Bool {
        if text.isOpen { return true }
        switch context {
        case .coded, .plainBytes, .nandPage: return true
        case .none, .hexdump, .unread, .spare: return false
        }
    }

    /// - Parameter whole: with the stamp in front of it.
    private func readLine(_ line: ArraySlice<UInt8>, whole: ArraySlice<UInt8>, isStamped: Bool) {
        var line = line
        if line.contains(0xc2) || line.contains(0xa0) { line = Self.withoutHardBlanks(line)[...] }
        fragment = nil
        if read(line) {
            knownLines += 1
            self.isStamped = isStamped
            if let wrapped { noteDamage(wrapped[...]) }
            wrapped = nil
            return
        }
        if line.contains(0x24) { line = variables.expanded(line)[...] }
        if let shell = ShellLine(line) {
            type(shell)
            note(subjects: LogSubject.all(shell.command))
            self.isStamped = isStamped
        }
        if let first = wrapped {
            wrapped = nil
            let joined = first + line
            if readRow(joined[...]) { return }
            noteDamage(first[...])
        }
        if line.contains(0x26), case let plain = Self.withoutEntities(line), plain.count < line.count,
            read(plain[...])
        {
            return
        }
        if let usual = LogRowForm.usual(line), readRow(usual[...]) { return }
        let barred = LogRowForm.withoutBars(line)
        for row in barred where readRow(row[...]) { return }
        if let row = barred.first { line = row[...] }
        if rows.damagedAddress(line) != nil {
            hexdump.addOther()
            if line.count >= 40 { wrapped = Array(line) } else { noteDamage(line) }
            return
        }
        if !LineStamp.isKernel(whole) || self.isStamped == true {
            answers.excuse(line)
            noteAbort(line)
            noteOther(line)
        }
        tellOther(line, whole: whole)
    }

    /// A line that shows no memory.
    private func tellOther(_ line: ArraySlice<UInt8>, whole: ArraySlice<UInt8>) {
        variables.tell(Self.trimmed(line))
        note(subjects: LogSubject.objections(line, asked: asked), isAnswer: true)
        if isLoading, let last = pending.indices.last, pending[last].failure == nil, LogLoad.isFailure(line) {
            pending[last].failure = String(decoding: Self.trimmed(line), as: UTF8.self)
        } else if isLoading, let last = pending.indices.last, Self.tellsBadBlock(line) {
            pending[last].flashOffset = nil
            pending[last].failure = String(decoding: Self.trimmed(line), as: UTF8.self)
        } else if isLoading, let last = pending.indices.last, pending[last].isOfStorage || !pending[last].isSizeKnown,
            let size = LogLoad.loaded(line), size > 0, size < pending[last].range.count
        {
            let start = pending[last].range.lowerBound
            pending[last].range = start..<start + size
            pending[last].isTold = !pending[last].isSizeKnown
            (pending[last].isSizeKnown, pending[last].isShort) = (true, true)
        } else if isLoading, let last = pending.indices.last, let offset = pending[last].flashOffset,
            let told = LogLoad.offset(line), told != offset
        {
            pending[last].failure = String(decoding: Self.trimmed(line), as: UTF8.self)
        }
        if otherText.count < Self.mostOtherText { otherText += whole + [0x0a] }
    }

    /// The end of a log.
    func finish() {
        if let wrapped { noteDamage(wrapped[...]) }
        wrapped = nil
        text.endLog(isTerminated: isTerminated)
        noteEndOfPage()
        if let end = hexdump.end ?? rows.next, endsInAddress(end) {
            unfinished.append(.stops(at: end, without: "the rest of its last line"))
        } else if case .hexdump = context, let end = hexdump.end, !hexdump.isFollowed, !hexdump.hasLastLine {
            unfinished.append(.stops(at: end, without: "anything behind its last line: the log may be cut off there"))
        }
        close()
    }

    /// What comes is no longer that of the command before.
    func close() {
        if case .coded = context { coded.end() }
        context = .none
        rowLines = nil
        text.end()
        closeHexdump()
        closePage()
        if displays.contains(where: \.isOpen), let command = typed?.command {
            unfinished.append(
                .said("'\(command)' says how much it shows with a variable, and the log does not tell its value"))
        }
        for range in displays.compactMap(\.expected) {
            // What is shown next may be another state.
            picture.expected.append(range)
        }
        answers.close(
            isPartly: displays.contains { !$0.isUnanswered } && displays.contains(where: \.isUnanswered),
            command: typed?.command)
        displays = []
        isLoading = false
    }

    private func closeHexdump() {
        if let end = hexdump.end {
            if hexdump.isStarred {
                unfinished.append(.stops(at: end, without: "what stands behind its last '*'"))
            } else if hexdump.hasLastLine {
                unfinished.append(.stops(at: end, without: "its last line, which has only an address"))
            }
        }
        hexdump.close()
        rows.begin()
    }

    private func noteDamage(_ line: ArraySlice<UInt8>) {
        damagedLines += 1
        answers.answer()
        if let address = rows.damagedAddress(line), address <= UInt64.max - 256 {
            let row = address..<address + UInt64(rows.size)
            willShow(row)
            picture.damaged.append(row)
            for index in displays.indices { displays[index].add(row, unit: nil) }
        }
    }

    // MARK: Lines

    private func read(_ line: ArraySlice<UInt8>) -> Bool {
        var line = line
        switch rowOutcome(line) {
        case .row(let row): line = row[...]
        case .passed: return true
        case .other: break
        }
        if let row = LogRowForm.withBlanks(line) ?? LogRowForm.withoutBits(line) { line = row[...] }
        if readContext(line) { return true }
        let trimmed = Self.trimmed(line)
        if readRecord(trimmed) { return true }
        // A row of bytes may begin with what is a command elsewhere: `db`.
        if text.isOpen, text.showsBytes, readText(trimmed) { return true }
        if text.isOpen, !text.showsBytes, LogDigest(line, command: typed) == nil, LogCommand.all(in: line).isEmpty,
            readText(trimmed)
        {
            return true
        }
        if case .hexdump = context, typed?.showsDecimalAddresses ?? false, let decimal = LogRowForm.decimal(line) {
            guard let row = rows.row(decimal[...]), addHexdump(row) else { return false }
            add(row)
            return true
        }
        if let row = rows.row(line) {
            // An echo whose line end was lost stands in front of its first row.
            let front = line.prefix(rows.column)
            if !front.isEmpty { take(LogCommand.all(in: front), line: front) }
            // xxd -a
            if case .hexdump = context, !addHexdump(row) { return false }
            add(row)
            return true
        }
        if let sum = checksum(line) {
            willShow(sum.start..<max(sum.start, sum.end))
            picture.sums.append(sum)
            return true
        }
        if readOtherChecksums(line) { return true }
        if let digest = LogDigest(trimmed, command: typed) {
            if let range = digest.range { willShow(range) }
            picture.digests.append(digest)
            return true
        }
        if readHexdump(line) { return true }
        if line.contains(0x24) { line = variables.expanded(line)[...] }
        let commands = LogCommand.all(in: line)
        if !commands.isEmpty {
            isBigEndian = isBigEndian || line.starts(with: Array("<RealTek>".utf8))
            take(commands, line: line)
            return false
        }
        if case .unread = context { return false }
        return text.isOpen ? false : readText(trimmed)
    }

    /// What a line is where not each is a row by itself.
    private func rowOutcome(_ line: ArraySlice<UInt8>) -> RowLines.Outcome {
        guard case .hexdump = context else { return .other }
        return rowLines?.take(line) ?? .other
    }

    private func readRow(_ line: ArraySlice<UInt8>) -> Bool {
        guard let row = rows.row(line) else { return false }
        add(row)
        return true
    }

    func add(_ row: MemoryRow) {
        isLoading = false
        answers.answer()
        note(isUnpadded: row.isUnpadded, hasLeadingZero: row.hasLeadingZero, address: row.address)
        let (end, isOver) = row.address.addingReportingOverflow(UInt64(row.digits.count))
        if !isOver {
            willShow(row.address..<end)
            for index in displays.indices { displays[index].add(row.address..<end, unit: row.unit) }
        }
        if !isTerminated, !row.hasText, row.digits.count < rows.size, !isOver {
            unfinished.append(.stops(at: end, without: "the end of its last row"))
        }
        if isOtherOrder(row), !isOver {
            damagedLines += 1
            picture.damaged.append(row.address..<end)
            return
        }
        guard row.unit > 1, !row.isSymmetric else {
            return picture.memory.add(row.digits, at: row.address, hasText: row.hasText)
        }
        if case .hexdump = context, let reversed = typed?.reversesWords {
            return picture.memory.add(row.bytes(reversed: reversed), at: row.address, hasText: row.hasText)
        }
        let agrees = (
            straight: row.hasText && row.agrees(reversed: false), reversed: row.hasText && row.agrees(reversed: true)
        )
        if agrees.straight == agrees.reversed {
            picture.words.append(
                .init(
                    address: row.address, unit: row.unit, digits: row.digits, age: picture.memory.age,
                    hasText: row.hasText))
            return
        }
        if picture.command == nil {
            reversed[row.unit, default: 0] += agrees.reversed ? 1 : -1
        } else {
            picture.reversed[row.unit, default: 0] += agrees.reversed ? 1 : -1
        }
        picture.memory.add(row.bytes(reversed: agrees.reversed), at: row.address, hasText: true)
    }

    /// Whether a row's numbers have leading zeros.
    func note(isUnpadded: Bool, hasLeadingZero: @autoclosure () -> Bool, address: UInt64) {
        if isUnpadded {
            unpaddedRows.append(address)
        } else if !showsLeadingZeros {
            showsLeadingZeros = hasLeadingZero()
        }
    }

    func add(_ bytes: [UInt8], address: UInt64) {
        answers.answer()
        guard address <= UInt64.max - UInt64(bytes.count) else { return }
        let range = address..<address + UInt64(bytes.count)
        willShow(range)
        for index in displays.indices { displays[index].add(range, unit: nil) }
        picture.memory.add(bytes, at: address)
    }
}

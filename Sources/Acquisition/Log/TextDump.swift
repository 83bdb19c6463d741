/// Bytes as text without addresses: base64, or nothing but hexadecimal digits (`xxd -p`), with blanks
/// between bytes or without. Where a line lies is told by
/// the lines before it alone.
struct TextDump {
    enum Kind {
        case base64, hexadecimal
        /// Hexadecimal digits of bytes with blanks between (`od -An -t x1`).
        case bytes
    }

    private var dumps = FileDumps()
    var files: [FileDump] { dumps.files }
    /// Whether lines belong to it now.
    private(set) var isOpen = false
    /// Nil as long as lines may be either.
    private var kind: Kind?
    private var at: UInt64 = 0
    /// Whether lines are of bytes with blanks between.
    var showsBytes: Bool { kind == .bytes }
    /// Characters of a full line.
    private var width = 0
    /// Damaged lines in front of the first that is none.
    private var lostBefore = 0
    /// Words that stand before the text: line numbers, time stamps.
    private var wordsBefore: Int?
    /// Lines that may be either.
    private var undecided: [[UInt8]] = []
    /// A line that is shorter than the others: the last, or a damaged one.
    private var short: [UInt8]?
    private var isPadded = false
    /// Characters of base64 so far: which, and whether some are none of base32.
    private var letters: Set<UInt8> = []
    private var isBase32 = true
    /// What ends it, where something does.
    private var ending: String?
    /// Whether a command was seen that prints it.
    private var isTyped = false
    /// Whether the last line was another one.
    private var isFollowed = false
    /// Characters of a line, where the command has asked for so many that lines alone cannot be read, and those so far.
    private var columns: Int?
    private var gathered: [UInt8] = []
    /// Whether a line with fewer was there.
    private var isGathered = false
    private static let shortest = 60

    /// Such text follows.
    ///
    /// - Parameters:
    ///   - name: of the file; nil where nothing tells it.
    ///   - command: that printed it, where it was seen.
    ///   - ending: the line that ends the text, for messages, where there is one.
    ///   - columns: of base64, how many characters a line has; nil if the command does not say it.
    mutating func begin(
        _ kind: Kind?, name: String?, command: ShellLine?, ending: String? = nil, columns: Int? = nil
    ) {
        end()
        self.columns = columns.flatMap { $0 > 0 && ($0 % 4 != 0 || $0 < 24) ? $0 : nil }
        isGathered = false
        self.kind = kind
        self.ending = ending
        isTyped = name != nil
        dumps.begin(name, command: command)
        if command?.isSeries ?? false {
            dumps.current.unfinished.append(
                .said(
                    "'\(command?.command ?? "")' prints more than one file, perhaps, and nothing tells where one ends"))
        }
        isOpen = true
        (at, width, wordsBefore, isPadded, isFollowed, lostBefore) = (0, 0, nil, false, false, 0)
    }

    /// Nothing more belongs to it.
    ///
    /// - Parameter isWhole: whether the line that ends it was there.
    mutating func end(isWhole: Bool = false) {
        closeColumns()
        decide(nil)
        if let short, let bytes = Self.bytes(short[...], kind: kind ?? .base64) { put(bytes) }
        if let ending, !isWhole, isOpen { dumps.current.unfinished.append(.stops(at: at, without: ending)) }
        if isBase32, letters.count >= 16, at >= 256 {
            dumps.current.unfinished.append(
                .said("all its characters are those of base32, which is not read: use base64"))
        }
        (letters, isBase32) = ([], true)
        short = nil
        ending = nil
        isOpen = false
        kind = nil
    }

    /// Whether the line before was one of it.
    private(set) var wasRunning = false
    private var isRunning: Bool { isOpen && width > 0 && !isFollowed }
    /// Whether its command was seen, and none of its lines.
    var isExpected: Bool { isOpen && isTyped && width == 0 }

    /// Files may hold something else from here on.
    mutating func mayChange(_ what: String) { dumps.mayChange(what) }

    /// Something speaks against it, as a sentence.
    mutating func doubt(_ why: String) { dumps.current.unfinished.append(.said(why)) }

    /// Whether a line is the next one of it, where the log before has stopped.
    func goesOn(with line: ArraySlice<UInt8>) -> Bool {
        guard isOpen, !isFollowed, !isPadded, short == nil else { return false }
        let words = line.split(whereSeparator: MemoryRow.isBlank)
        if kind == .bytes {
            let digits = words.reduce(0) { $0 + $1.count }
            return width > 0 && digits <= width
                && words.allSatisfy { $0.count == 2 && $0.allSatisfy { hexadecimalValue($0) != nil } }
        }
        let full = width > 0 ? width : undecided.last?.count ?? 0
        if full == 0 {
            // `base64 -w0`
            return isTyped && line.count > 300 && line.prefix(300).allSatisfy(Self.isCharacter)
        }
        guard let text = words.last, text.endIndex == line.endIndex, words.count == (wordsBefore ?? 0) + 1,
            text.count <= full
        else { return false }
        return Self.bytes(text, kind: kind ?? .base64) != nil
    }

    /// The next log goes on with it.
    mutating func join(isWithinLine: Bool) {
        if isOpen, !isWithinLine { dumps.current.isJoined = true }
    }

    /// The log is over. Behind text that is whole stands a prompt, or its last line is shorter than the others.
    ///
    /// - Parameter isTerminated: whether its last line had an end.
    mutating func endLog(isTerminated: Bool) {
        decide(nil)
        if isOpen, !isFollowed, !isTerminated, short != nil {
            ending = "the end of its last line: the log may be cut off there"
        }
        if isOpen, isTyped, !isFollowed, ending == nil, width > 0, short == nil, !isPadded {
            ending = "anything behind its last line: the log may be cut off there"
        }
        end()
    }

    /// Takes in a line without blanks around it.
    mutating func line(_ line: ArraySlice<UInt8>) -> Bool {
        wasRunning = isRunning
        if LogLoad.isAbort(line) {
            if isRunning { dumps.current.unfinished.append(.stops(at: at, without: "the rest: it was aborted")) }
            isFollowed = true
            return false
        }
        var isTaken = takeLine(line)
        if !isTaken, wasRunning, short == nil, !isPadded, holdsRow(line) {
            loseLine()
            isTaken = true
        }
        // What has no other characters may be the beginning of a line that is cut off, or of none.
        isFollowed =
            !isTaken
            && !line.allSatisfy {
                $0 == 0x20 || (kind == .bytes ? hexadecimalValue($0) != nil : Self.isCharacter($0))
            }
        return isTaken
    }

    /// Whether most of a row stands in a line, with something else in front of it or behind.
    private func holdsRow(_ line: ArraySlice<UInt8>) -> Bool {
        if kind == .bytes {
            let words = line.split(whereSeparator: MemoryRow.isBlank)
            return words.count { $0.count == 2 && $0.allSatisfy { hexadecimalValue($0) != nil } } >= max(4, width / 4)
        }
        let runs = line.split { kind == .hexadecimal ? hexadecimalValue($0) == nil : !Self.isCharacter($0) }
        return (runs.map(\.count).max() ?? 0) >= max(24, width / 2)
    }

    /// Where text ends behind which a prompt stands in the same line (`base64 -w0`); nil if none does.
    func end(of line: ArraySlice<UInt8>, before prompt: [UInt8]) -> Int? {
        guard let last = prompt.last, isOpen && width == 0 && isTyped || line.count > 300 else { return nil }
        let word = prompt.split(separator: 0x20).last ?? []
        var at = line.startIndex
        while let sign = line[at...].firstIndex(of: last) {
            let head = line[...sign]
            at = sign + 1
            for mark in [prompt[...], word] where head.hasSuffix(mark) {
                let text = LogInterpreter.withoutBlanksBehind(head.dropLast(mark.count))
                if text.count >= 4, text.allSatisfy({ Self.isCharacter($0) || $0 == 0x20 }), text.last != 0x20 {
                    return text.endIndex
                }
            }
        }
        return nil
    }

    private mutating func takeLine(_ line: ArraySlice<UInt8>) -> Bool {
        if kind == .bytes { return takeBytes(line) }
        if let columns { return takeColumns(line, columns: columns) }
        var words = line.split(maxSplits: 8, whereSeparator: MemoryRow.isBlank)
        guard let text = words.popLast() else { return false }
        if text.endIndex < line.endIndex { return false }
        if !isOpen {
            guard words.count <= 4,
                Self.isText(text, least: 32, kind: .hexadecimal)
                    || Self.isText(text, least: Self.shortest, kind: .base64)
            else { return false }
            begin(nil, name: nil, command: nil)
        }
        if isPadded || words.count != wordsBefore ?? words.count { return false }
        if width == 0, text.count < 4 || Self.bytes(text, kind: kind ?? .base64) == nil,
            !Self.isText(text, least: 2, kind: .hexadecimal)
        {
            return loseFirst(text)
        }
        // `base64: /dev/mtd9: No such file` is none.
        if wordsBefore == nil, !words.isEmpty, words.count > 4 || text.count < 32 { return false }
        wordsBefore = words.count
        return take(text)
    }

    /// A line that is no whole number of groups, or hardly one.
    private mutating func takeColumns(_ line: ArraySlice<UInt8>, columns: Int) -> Bool {
        guard line.count <= columns, line.allSatisfy(Self.isCharacter) else {
            isGathered = isGathered || width > 0 || !gathered.isEmpty
            return false
        }
        if isGathered { doubt("something stands between the lines of '\(dumps.current.command?.command ?? "")'") }
        gathered += line
        isGathered = line.count < columns
        while gathered.count > 76 {
            _ = take(gathered.prefix(76))
            gathered.removeFirst(76)
        }
        return true
    }

    private mutating func closeColumns() {
        guard columns != nil else { return }
        columns = nil
        let rest = gathered
        gathered = []
        if !rest.isEmpty, !take(rest[...]) { doubt("characters of it are missing") }
    }

    /// Bytes with blanks between, and perhaps their text in signs (`od -An -t x1z`).
    private mutating func takeBytes(_ line: ArraySlice<UInt8>) -> Bool {
        var line = line
        if line.elementsEqual([0x2a]) {
            dumps.current.unfinished.append(.said("rows have no addresses: nothing tells how many a '*' stands for"))
            return true
        }
        if line.last == 0x3c, let open = line.firstIndex(of: 0x3e) { line = line[..<open] }
        let words = line.split(whereSeparator: MemoryRow.isBlank)
        // A digest is longer.
        guard !words.isEmpty, words.allSatisfy({ $0.count <= 8 }) else { return false }
        let digits = Array(words.joined())[...]
        if width > 0, digits.count * 2 <= width, !words.allSatisfy({ $0.count == 2 }) { return false }
        if width == 0, !words.allSatisfy({ $0.count == 2 }) { return loseFirst(digits) }
        return take(digits)
    }

    private mutating func take(_ text: ArraySlice<UInt8>) -> Bool {
        let isHexadecimal = Self.isText(text, least: 2, kind: .hexadecimal)
        if kind == nil {
            // No base64 has only digits for so long, unless it is of zeros.
            if isHexadecimal, text.count > 512, Set(text).count > 4 { decide(.hexadecimal) }
            if isHexadecimal, text.count <= 512 {
                undecided.append(Array(text))
                return true
            }
            if kind == nil {
                guard Self.isText(text, least: 4, kind: .base64) else { return false }
                decide(.base64)
            }
        }
        guard let kind else { return false }
        if kind == .base64, isBase32 {
            letters.formUnion(text)
            isBase32 = letters.allSatisfy { (0x41...0x5a).contains($0) || (0x32...0x37).contains($0) || $0 == 0x3d }
        }
        guard let bytes = Self.bytes(text, kind: kind), width == 0 || text.count <= width else {
            guard width > 0, text.count > width / 2, Self.looksLike(text, kind: kind) else { return false }
            loseLine()
            return true
        }
        if width == 0 {
            width = text.count
            for _ in 0..<lostBefore { loseLine() }
        }
        if text.count < width {
            if short != nil {
                guard text.count > width / 2 else { return false }
                loseLine()
            }
            short = Array(text)
            isPadded = text.last == 0x3d
            if isPadded { closeShort(bytes) }
            return true
        }
        if short != nil { loseLine() }
        isPadded = text.last == 0x3d
        put(bytes)
        return true
    }

    /// A damaged line in front of all others of a dump that somebody asked for.
    private mutating func loseFirst(_ text: ArraySlice<UInt8>) -> Bool {
        guard isTyped, let kind, text.count >= 24, Self.looksLike(text, kind: kind) else { return false }
        lostBefore += 1
        return true
    }

    private mutating func closeShort(_ bytes: [UInt8]) {
        put(bytes)
        short = nil
    }

    /// A line in the middle is damaged, the short one or this.
    private mutating func loseLine() {
        let size = UInt64(kind == .base64 ? width / 4 * 3 : width / 2)
        dumps.current.gaps.append(at..<at + size)
        at += size
        short = nil
    }

    private mutating func put(_ bytes: [UInt8]) {
        dumps.current.memory.add(bytes, at: at)
        at += UInt64(bytes.count)
    }

    /// What the lines are that may be either: digits, unless another line is base64.
    private mutating func decide(_ decision: Kind?) {
        let lines = undecided
        undecided = []
        if let decision { kind = decision }
        guard !lines.isEmpty else { return }
        if decision == nil {
            // One line may be a sum; zeros in base64 are lines of A.
            let isZeros = lines.allSatisfy { $0.allSatisfy { $0 == 0x41 } } && lines[0].count != Self.shortest
            kind = isZeros ? .base64 : .hexadecimal
            if lines.count < 2, lines[0].count < Self.shortest { return }
        }
        for line in lines { _ = take(line[...]) }
    }

    // MARK: Characters

    private static func isText(_ text: ArraySlice<UInt8>, least: Int, kind: Kind) -> Bool {
        guard text.count >= least else { return false }
        switch kind {
        case .hexadecimal, .bytes: return text.count % 2 == 0 && text.allSatisfy { hexadecimalValue($0) != nil }
        case .base64: return TextCode.base64(text) != nil
        }
    }

    private static func bytes(_ text: ArraySlice<UInt8>, kind: Kind) -> [UInt8]? {
        switch kind {
        case .base64: return TextCode.base64(text)
        case .hexadecimal, .bytes:
            guard text.count % 2 == 0 else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.count / 2)
            var at = text.startIndex
            while at < text.endIndex {
                guard let high = hexadecimalValue(text[at]), let low = hexadecimalValue(text[at + 1]) else {
                    return nil
                }
                bytes.append(high << 4 | low)
                at += 2
            }
            return bytes
        }
    }

    /// Whether a line is one of these with a few wrong characters.
    private static func looksLike(_ text: ArraySlice<UInt8>, kind: Kind) -> Bool {
        let right = text.count { kind == .base64 ? isCharacter($0) : hexadecimalValue($0) != nil }
        return right * 8 >= text.count * 7
    }

    /// Whether it is one of base64, whose characters hold the digits.
    static func isCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5a, 0x61...0x7a, 0x30...0x39, 0x2b, 0x2f, 0x3d: true
        default: false
        }
    }
}

extension Collection where Element: Equatable, Self: BidirectionalCollection {
    /// Whether it ends so.
    fileprivate func hasSuffix(_ other: some BidirectionalCollection<Element>) -> Bool {
        count >= other.count && suffix(other.count).elementsEqual(other)
    }
}

internal import FlashBytes

/// Bytes in lines without addresses that are put between a first and a last line: uuencode, and the arrays of `xxd -i`.
struct CodedDump {
    private enum Form { case uuencode, array }

    /// What became of a line.
    enum Outcome {
        case taken
        /// It was the last one.
        case over
        /// It does not belong to it.
        case other
    }

    private var dumps = FileDumps()
    var files: [FileDump] { dumps.files }
    private var form = Form.uuencode
    /// Whether a dump has begun, and not ended.
    private var isOpen = false
    private var at: UInt64 = 0
    /// Bytes of a full line.
    private var width: UInt64 = 0
    /// Whether the last line was shorter than the others.
    private var isShort = false
    /// Whether a line is expected that ends it.
    private var isNamed = false
    /// How many bytes the first line of an array says that it has.
    private var declared: UInt64?
    /// Whether that is said behind the array.
    private var isCountExpected = true
    /// Whether uuencode writes zero as "`", so that no blanks at the end of a line can get lost.
    private var isBackquoted = false
    /// Whether each line of uuencode ends with the sum of its bytes.
    private var isSummed: Bool?
    /// Lines of uuencode that lack characters: blanks at their ends, or others.
    private var short: [Range<UInt64>] = []
    /// Damaged lines in front of the first that is none.
    private var lostBefore = 0

    /// Whether a line begins a dump: `begin 644 mtd2`, `unsigned char mtd2[] = {`, or a row of an array.
    mutating func begins(_ line: ArraySlice<UInt8>, command: ShellLine?) -> Bool {
        if let start = LogCommand.begin(in: line) {
            let words = start.split(separator: 0x20)
            guard words.count >= 3, words[0].count == 5, words[1].count >= 3,
                words[1].allSatisfy({ (0x30...0x37).contains($0) })
            else { return false }
            begin(.uuencode, name: String(latin1: Array(words[2...].joined(separator: [0x20]))), command: command)
            return true
        }
        if let (name, count) = TextCode.arrayDeclaration(line) {
            begin(.array, name: String(latin1: Array(name)), command: command)
            declared = count
            isCountExpected = count == nil && line.starts(with: "unsigned char ".utf8)
            return true
        }
        // `xxd -i <FILE` prints nothing but rows.
        guard !isOpen, let bytes = TextCode.array(line), bytes.count >= 8 else { return false }
        begin(.array, name: command?.command ?? "", command: command)
        isNamed = false
        put(bytes)
        return true
    }

    private mutating func begin(_ form: Form, name: String?, command: ShellLine?) {
        if isOpen { end() }
        self.form = form
        isNamed = name != nil
        dumps.begin(name, command: command)
        (at, width, isShort, isOpen, isBackquoted, short, lostBefore) = (0, 0, false, true, false, [], 0)
        isSummed = nil
        (declared, isCountExpected) = (nil, true)
    }

    /// Takes in a line behind the first one.
    mutating func take(_ line: ArraySlice<UInt8>) -> Outcome {
        let trimmed = LogInterpreter.trimmed(line)
        switch form {
        case .uuencode:
            if trimmed.elementsEqual("end".utf8) {
                closeShort()
                isOpen = false
                return .over
            }
            isBackquoted = isBackquoted || line.contains(0x60)
            guard let (bytes, isSummed) = TextCode.uuencoded(line, isComplete: isBackquoted),
                bytes.isEmpty || isSummed == nil || isSummed == self.isSummed ?? isSummed
            else {
                return lose(where: line.count > 20 && (line.first == 0x4d || TextCode.isUuencode(line)))
            }
            if bytes.isEmpty { return .taken }
            self.isSummed = isSummed ?? self.isSummed
            let start = at
            put(bytes)
            if line.count < (bytes.count + 2) / 3 * 4 + 1, at > start { short.append(start..<at) }
        case .array:
            if trimmed.starts(with: "};".utf8) { return closeArray() }
            if let count = TextCode.arrayLength(trimmed) {
                dumps.current.isCounted = count == at && dumps.current.gaps.isEmpty
                if count != at {
                    dumps.current.unfinished.append(.said("the array has \(count) bytes, and \(at) of them are there"))
                }
                isOpen = false
                return .over
            }
            guard let bytes = TextCode.array(trimmed) else {
                return lose(where: trimmed.split(separator: 0x2c).count { $0.contains(0x78) } > 2)
            }
            put(bytes)
            if trimmed.last == 0x3b { return closeArray() }
        }
        return .taken
    }

    /// The end of an array; behind it, `xxd -i` says how many bytes it has.
    private mutating func closeArray() -> Outcome {
        if let declared, isNamed {
            dumps.current.isCounted = declared == at && dumps.current.gaps.isEmpty
            if declared != at {
                dumps.current.unfinished.append(
                    .said("the array is declared with \(declared) bytes, and \(at) of them are there"))
            }
        }
        if isCountExpected { return .taken }
        isOpen = false
        return .over
    }

    /// Whether a line is the next one of it, where the log before has stopped.
    func goesOn(with line: ArraySlice<UInt8>) -> Bool {
        guard isOpen else { return false }
        switch form {
        case .uuencode:
            if line.elementsEqual("end".utf8) || line.elementsEqual([0x60]) { return true }
            return !isShort
                && TextCode.uuencoded(line, isComplete: isBackquoted).map { UInt64($0.bytes.count) } == width
        case .array:
            return line.starts(with: "};".utf8) || TextCode.arrayLength(line) != nil || TextCode.array(line) != nil
        }
    }

    /// The next log goes on with it.
    mutating func join(isWithinLine: Bool) {
        if isOpen, !isWithinLine { dumps.current.isJoined = true }
    }

    /// Files may hold something else from here on.
    mutating func mayChange(_ what: String) { dumps.mayChange(what) }

    /// Something speaks against it, as a sentence.
    mutating func doubt(_ why: String) { dumps.current.unfinished.append(.said(why)) }

    /// It was ended before its end.
    mutating func abort(_ why: String) {
        guard isOpen else { return }
        dumps.current.unfinished.append(.stops(at: at, without: why))
    }

    /// Lines of uuencode that are too short: damaged, where zero is no blank.
    private mutating func closeShort() {
        for line in short {
            if isBackquoted {
                _ = dumps.current.memory.take(line)
                dumps.current.gaps.append(line)
            } else {
                dumps.current.unfinished.append(
                    .said(
                        "the line at \(hex(line.lowerBound)) lacks characters, which were blanks at its end, or others")
                )
            }
        }
        short = []
    }

    /// Nothing more comes, though the line that ends it was not there.
    mutating func end() {
        closeShort()
        isOpen = false
        guard isNamed else { return }
        dumps.current.unfinished.append(
            .stops(
                at: at,
                without: form == .uuencode
                    ? "the 'end' of uuencode"
                    : isCountExpected ? "the line that counts its bytes" : "the end of the array"))
    }

    private mutating func put(_ bytes: [UInt8]) {
        let count = UInt64(bytes.count)
        if width == 0 {
            width = count
            for _ in 0..<lostBefore { loseLine(from: at) }
        }
        // Only the last line may be shorter, and none longer.
        if isShort { loseLine(from: at / width * width) }
        if count > width { return loseLine(from: at) }
        dumps.current.memory.add(bytes, at: at)
        at += count
        isShort = count < width
    }

    private mutating func lose(where isLine: Bool) -> Outcome {
        guard isLine else { return .other }
        if width == 0 {
            lostBefore += 1
            return .taken
        }
        if isShort { loseLine(from: at / width * width) }
        loseLine(from: at)
        return .taken
    }

    private mutating func loseLine(from start: UInt64) {
        let line = start..<start + width
        _ = dumps.current.memory.take(line)
        dumps.current.gaps.append(line)
        at = line.upperBound
        isShort = false
    }
}

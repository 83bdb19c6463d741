/// A U-Boot console: knows its prompt, sends commands so that a damaged one is never carried out, and hands out what
/// comes back line by line.
package final class BoardConsole {
    let transport: any Transport
    var timing: ConsoleTiming
    let transcript: Transcript?
    /// Learnt by `PromptFinder`.
    var prompt = Prompt()
    /// Lines that come with every prompt, in front of it.
    var promptHead: [[UInt8]] = []
    /// How the console shows what is typed.
    var echo = EchoForm.plain
    /// Whether what arrived of a command can be compared before it is entered.
    var hasEcho: Bool { echo != .none }
    /// Whether anything at all came back of what was typed.
    var showsTyping = true
    /// How often the board has reset when Ctrl-C asked for a prompt.
    var resetsAfterInterrupt = 0
    /// Whether Ctrl-C resets the board.
    var resetsOnInterrupt: Bool { resetsAfterInterrupt >= 2 }
    /// What came last, for a message.
    private(set) var recent: [UInt8] = []
    private(set) var counters = Counters()
    /// Whether an earlier acquisition may have left the board in a command that waits for Enter.
    var mayHaveLeftQuestion = false
    /// Called before a command that waits for Enter is typed for the first time.
    var onQuestion: (() throws(AcquisitionError) -> Void)?
    /// What was entered last.
    private var lastCommand: String?

    /// What went over the line.
    struct Counters {
        var bytesIn = 0
        var bytesOut = 0
        var commands = 0
        /// Commands whose echo was wrong, so that they were typed again.
        var retyped = 0
        /// Times that the prompt had to be found again.
        var recoveries = 0
    }

    private var filter = ControlSequenceFilter()
    /// Received and not yet handed out, from `head` on.
    private var buffer: [UInt8] = []
    private var head = 0
    /// Whether the prompt was the last that came, and nothing has been typed since.
    private var isAtPrompt = false

    static let enter: UInt8 = 0x0d
    private static let recentSize = 200
    static let control = (c: UInt8(0x03), u: UInt8(0x15))

    init(transport: any Transport, timing: ConsoleTiming, transcript: Transcript?) {
        self.transport = transport
        self.timing = timing
        self.transcript = transcript
    }

    // MARK: Bytes

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) throws(AcquisitionError) {
        try transcript?.record(.host, bytes: bytes)
        try transport.write(bytes)
        counters.bytesOut += bytes.count
    }

    /// Takes in what comes within `timeout`; how many bytes came.
    func receive(_ timeout: Duration) throws(AcquisitionError) -> Int {
        let bytes = try transport.read(timeout: timeout)
        guard !bytes.isEmpty else { return 0 }
        try transcript?.record(.device, bytes: bytes)
        counters.bytesIn += bytes.count
        recent = Array((recent + bytes.suffix(Self.recentSize)).suffix(Self.recentSize))
        if head > 1 << 16 {
            buffer.removeFirst(head)
            head = 0
        }
        buffer += filter.filter(bytes)
        return bytes.count
    }

    /// What came and was not handed out, with its line ends.
    var raw: ArraySlice<UInt8> { buffer[head...] }

    /// What came and was not handed out, from the first character that is no line end.
    var unread: ArraySlice<UInt8> { raw.drop(while: Self.isLineEnd) }

    static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    /// How often the line editor has rung, since it takes no more.
    var bells: Int { filter.bells }

    func discard() {
        buffer.removeAll(keepingCapacity: true)
        head = 0
    }

    /// Forgets that the prompt was seen: the port was opened anew, or the board was reset.
    func forgetState() {
        discard()
        filter = ControlSequenceFilter()
        isAtPrompt = false
    }

    /// The next line that is not empty, without its line end: CR LF, LF CR, or either alone.
    func nextLine() -> [UInt8]? {
        let rest = unread
        guard let end = rest.firstIndex(where: Self.isLineEnd) else { return nil }
        head = end + 1
        return Array(rest[..<end])
    }

    /// Receives until nothing has come for `quiet`, or `limit` is over.
    func receiveUntilQuiet(_ quiet: Duration, limit: Duration) throws(AcquisitionError) {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, try receive(quiet) > 0 {}
    }

    // MARK: Commands

    /// What the reader of an answer makes of a line.
    enum LineVerdict {
        /// More is to come.
        case more
        /// All that was asked for is there; the prompt is next.
        case complete
        /// No use to go on: interrupt it.
        case stop
        /// The board waits for something else than the prompt allows; the caller goes on.
        case stopHere
    }

    /// Runs a command and hands its answer over line by line.
    ///
    /// - Parameters:
    ///   - command: without Enter; must not contain a character that is one bit away from an Enter (`M`, `-`, `J`, `*`).
    ///   - patience: the longest silence while the board works, before the prompt is asked for again.
    ///   - attempts: how often it is typed at most; nil takes the usual number.
    ///   - read: sees each line; the echo of the command is not among them.
    /// - Throws: `boardReset` when the board restarts meanwhile.
    func run(
        _ command: String, patience: Duration? = nil, attempts: Int? = nil, read: (_ line: [UInt8]) -> LineVerdict
    ) throws(AcquisitionError) {
        let patience = patience ?? timing.pause
        try type(command, patience: patience, attempts: attempts)
        // Its answer is the line with which a boot begins.
        let printsVersion = command == "version"
        if try !collect(patience: patience, printsVersion: printsVersion, read) {
            try resynchronize(patience: patience)
        }
    }

    /// Whether nothing has been typed since the last prompt.
    var isKnownToBeAtPrompt: Bool { isAtPrompt }

    /// Reads lines until the prompt; false if it does not come.
    func collect(
        patience: Duration, printsVersion: Bool = false, _ read: (_ line: [UInt8]) -> LineVerdict
    ) throws(AcquisitionError) -> Bool {
        var isComplete = false
        while true {
            while let line = nextLine() {
                if !printsVersion, let sign = BootSigns.reset(in: line) { throw .boardReset(sign: sign) }
                switch read(line) {
                case .more: break
                case .complete: isComplete = true
                case .stop: return false
                case .stopHere: return true
                }
            }
            if prompt.matches(unread) {
                // A row of memory may look like a prompt until its rest is there.
                if isComplete {
                    isAtPrompt = true
                } else if try receive(timing.promptQuiet) == 0 {
                    isAtPrompt = true
                }
                if isAtPrompt {
                    discard()
                    return true
                }
                continue
            }
            if Pager.asks(unread), try receive(timing.promptQuiet) == 0 {
                try send([Pager.key])
            }
            if try receive(isComplete ? min(patience, timing.echo) : patience) == 0 {
                return false
            }
        }
    }

    /// Runs a command and returns its answer.
    func lines(_ command: String, patience: Duration? = nil) throws(AcquisitionError) -> [String] {
        var lines: [[UInt8]] = []
        try run(command, patience: patience) {
            lines.append($0)
            return .more
        }
        if lines.count >= promptHead.count, lines.suffix(promptHead.count).elementsEqual(promptHead) {
            lines.removeLast(promptHead.count)
        }
        return lines.map { String(latin1: $0) }
    }

    /// Types a command, compares the echo, and only then presses Enter.
    ///
    /// - Parameter attempts: how often at most; nil takes the usual number.
    func type(_ command: String, patience: Duration, attempts: Int? = nil) throws(AcquisitionError) {
        let bytes = Array(command.utf8)
        guard hasEcho || CommandSafety.isHarmlessWhenDamaged(command) else { throw .needsEcho(command: command) }
        let attempts = attempts ?? timing.attempts
        if command.hasPrefix("saves") || command.hasPrefix("setenv baudrate"), let tell = onQuestion {
            onQuestion = nil
            try tell()
        }
        for attempt in 1...attempts {
            _ = try receive(.zero)
            if !isAtPrompt || !unread.isEmpty { try resynchronize(patience: patience) }
            isAtPrompt = false
            if hasEcho {
                // A line that loses characters when they come fast gets them one by one.
                let bells = bells
                let isEchoed = attempt < 4 ? try isEchoed(bytes) : try isEchoedSlowly(bytes)
                guard isEchoed else {
                    counters.retyped += 1
                    // Rung twice at the same place: it does not fit, whatever the line does.
                    if attempt > 1, self.bells - bells > 1 {
                        try resynchronize(patience: patience, dropsLine: true)
                        throw .commandLost(command: command, attempts: attempt)
                    }
                    try resynchronize(patience: patience, dropsLine: true)
                    continue
                }
                discard()
                try send([Self.enter])
                lastCommand = command
                if try isEntered() {
                    counters.commands += 1
                    return
                }
                counters.retyped += 1
                try resynchronize(patience: patience, dropsLine: true)
            } else {
                try send(bytes + [Self.enter])
                lastCommand = command
                counters.commands += 1
                return
            }
        }
        throw .commandLost(command: command, attempts: attempts)
    }

    /// Sends characters and waits for exactly these.
    private func isEchoed(_ bytes: [UInt8]) throws(AcquisitionError) -> Bool {
        try send(bytes)
        while !echo.isEcho(raw, of: bytes, prompt: prompt) {
            if try receive(timing.echo) == 0 || !echo.mayBecome(raw, command: bytes) { return false }
        }
        return true
    }

    private func isEchoedSlowly(_ bytes: [UInt8]) throws(AcquisitionError) -> Bool {
        for (index, byte) in bytes.enumerated() {
            let typed = Array(bytes[...index])
            try send([byte])
            while !echo.isEcho(raw, of: typed, prompt: prompt) {
                if try receive(timing.echo) == 0 || !echo.mayBecome(raw, command: typed) { return false }
            }
        }
        return true
    }

    /// Waits for the line end that answers Enter.
    private func isEntered() throws(AcquisitionError) -> Bool {
        while !raw.contains(where: Self.isLineEnd) {
            if try receive(timing.echo) == 0 {
                // An Enter that came as another character was echoed as that; one whose line end was lost has rows
                // behind it.
                return raw.count > 2
            }
        }
        return true
    }

    // MARK: Recovery

    /// Whether the board may be in a command that waits for an Enter, and hears nothing else. Both are commands that an
    /// Enter behind them does not repeat.
    var mayWaitForEnter: Bool {
        lastCommand.map { $0.hasPrefix("saves") || $0.hasPrefix("setenv baudrate") } ?? mayHaveLeftQuestion
    }

    /// What gives a fresh prompt.
    private func interruption(dropsLine: Bool) -> [UInt8] {
        dropsLine && !resetsOnInterrupt ? [Self.control.u] + freshPromptKeys : freshPromptKeys
    }

    /// Gives a fresh prompt where nothing is typed yet. Where Ctrl-C resets the board, it has just been reset, and
    /// Enter repeats at most what was typed here.
    var freshPromptKeys: [UInt8] {
        resetsOnInterrupt ? [Self.control.u, Self.enter] : [Self.control.c]
    }

    /// Stops whatever runs and gets a fresh prompt by Ctrl-C; not by Enter, which would repeat the last command.
    ///
    /// - Parameter dropsLine: characters stand behind the prompt, of which nobody knows which arrived.
    func resynchronize(patience: Duration, dropsLine: Bool = false) throws(AcquisitionError) {
        counters.recoveries += 1
        isAtPrompt = false
        var seen: [UInt8] = []
        let end = ContinuousClock.now + max(patience * 4, timing.scaled(.seconds(6)))
        var attempt = 0
        while ContinuousClock.now < end || attempt < 6 {
            attempt += 1
            try send(interruption(dropsLine: dropsLine || attempt > 1))
            if attempt > 2, mayWaitForEnter { try send([Self.enter]) }
            // A command that does not look at Ctrl-C goes on until it is done.
            let wait = min(timing.echo * attempt, patience)
            if try receive(max(wait, timing.echo)) > 0 {
                try receiveUntilQuiet(timing.settle, limit: .seconds(2))
            }
            while let line = nextLine() {
                if let sign = BootSigns.reset(in: line) { throw .boardReset(sign: sign) }
                seen = line
            }
            if let sign = BootSigns.reset(in: Array(unread)) { throw .boardReset(sign: sign) }
            // The last Ctrl-C may still be on its way, with a second prompt behind it.
            if prompt.matches(unread), try receive(timing.settle) == 0 {
                discard()
                isAtPrompt = true
                return
            }
            if !unread.isEmpty { seen = Array(unread) }
        }
        throw .noPrompt(
            port: transport.name, rate: transport.baudRate, seen: BoardConsole.shown(seen.isEmpty ? recent : seen))
    }

    /// Whether a line says that the board does not know a command.
    static func isUnknownCommand(_ line: [UInt8]) -> Bool {
        let text = String(decoding: line, as: UTF8.self).lowercased()
        return [
            "unknown command", "no such file", "not found", "illegal command", "invalid command", "bad command",
            "command not", "unrecognized command", "inaccessible",
        ].contains { text.contains($0) }
    }

    /// Whether a line is, or has been cut short by, a message of a kernel: `[   75.344341] mmc0: error`.
    static func isKernelMessage(_ line: String) -> Bool {
        line.utf8.split(separator: UInt8(ascii: "[")).contains { part in
            let time = part.drop { $0 == 0x20 }.prefix { (0x30...0x39).contains($0) || $0 == 0x2e }
            return time.count > 7 && time.contains(0x2e)
                && part.dropFirst(time.startIndex - part.startIndex + time.count).first == 0x5d
        }
    }

    /// Bytes for a message: printable, and not long.
    static func shown(_ bytes: some Collection<UInt8>) -> String {
        var text = ""
        for byte in bytes.suffix(recentSize) {
            switch byte {
            case 0x0d: text += "\\r"
            case 0x0a: text += "\\n"
            case 0x09: text += "\\t"
            case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text
    }
}

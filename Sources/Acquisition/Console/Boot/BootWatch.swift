/// What is known of a boot.
struct BootWatch {
    private(set) var isBooting: Bool
    let prompt: Prompt
    private(set) var seen: [UInt8] = []
    /// Keys that the text asks for.
    private(set) var asked = StopKeys(in: "")
    /// Whether a prompt answers.
    private(set) var isAtPrompt = false
    private var lines = 0
    private var linesBefore = 0
    private var interrupts = 0
    private var tails: [[UInt8]: (count: Int, lines: Int)] = [:]
    private var lastTail: [UInt8] = []

    init(isBooting: Bool, prompt: Prompt) {
        self.isBooting = isBooting
        self.prompt = prompt
    }

    /// Whether the board waits for a password.
    var asksForPassword: Bool { isBooting && BootSigns.asksForPassword(lastTail) }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        seen += bytes
        asked = StopKeys(in: String(decoding: seen.suffix(1000), as: UTF8.self))
        lines += bytes.count(where: BoardConsole.isLineEnd)
    }

    mutating func line(_ line: [UInt8]) {
        if BootSigns.reset(in: line) != nil {
            isBooting = true
            interrupts = 0
            tails = [:]
        }
        // It stands behind the prompt, which is not known yet.
        if line.suffix(BootSigns.interrupt.count).elementsEqual(BootSigns.interrupt) { interrupts += 1 }
    }

    /// What stands behind the last line end.
    mutating func tail(_ tail: [UInt8]) {
        lastTail = tail
        if BootSigns.reset(in: tail) != nil { isBooting = true }
        if prompt.matches(tail[...]) { isAtPrompt = true }
        guard !tail.isEmpty, tail.count < 80, !tail.contains(0x08) else { return }
        // Blanks that were sent stand behind it.
        let tail = Array(tail.prefix { $0 != 0x20 } + tail.drop { $0 != 0x20 }.prefix(1))
        // The same text behind a line end of its own each time is a prompt that answers.
        let known = tails[tail] ?? (0, -1)
        if known.lines != lines { tails[tail] = (known.count + 1, lines) }
        let count = tails[tail]?.count ?? 0
        if interrupts >= 2, count >= 2 { isAtPrompt = true }
        if isBooting, count >= 4 { isAtPrompt = true }
    }

    mutating func forgetTail() {
        lastTail = []
        tails = [:]
        linesBefore = lines
    }

    /// Whether a line has ended since the tail was forgotten.
    var hasNewLine: Bool { lines > linesBefore }

    /// Whether the last that came is a key, again and again.
    func echoes(_ key: [UInt8]) -> Bool {
        guard key.allSatisfy({ (0x20...0x7e).contains($0) }), lastTail.count >= key.count * 5 else { return false }
        return zip(lastTail.reversed(), (0..<key.count * 5).map { key[key.count - 1 - $0 % key.count] }).allSatisfy {
            $0 == $1
        }
    }
}

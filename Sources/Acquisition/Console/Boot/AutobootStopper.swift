/// Stops the boot of a board that has just been switched on or has reset.
struct Autoboot {
    let console: Console
    /// Keys of the user instead of those that the text asks for.
    var keys: [UInt8]?
    /// For boards that ask for one.
    var password: String?

    /// Sends keys until the boot stops; the caller then learns or finds the prompt.
    ///
    /// Ctrl-C is "any key", stops HiSilicon's countdown, and does nothing at a prompt. Enter would repeat a command there
    /// that nobody knows: it is sent only when a text has asked for it after the board has shown that it starts.
    ///
    /// - Parameters:
    ///   - limit: how long to wait for the board to say something.
    ///   - hasStarted: the board is known to be booting.
    /// - Returns: what the board printed.
    func stop(limit: Duration, hasStarted: Bool) throws(AcquisitionError) -> [UInt8] {
        var watch = BootWatch(isBooting: hasStarted, prompt: console.prompt)
        var pace = KeyPace(rate: console.transport.baudRate)
        let end = ContinuousClock.now + limit
        var lastOutput: ContinuousClock.Instant?
        var next = 0
        while ContinuousClock.now < end, !watch.isAtPrompt {
            let wanted = wanted(watch)
            let key = wanted.isEmpty ? nil : wanted[next % wanted.count]
            var burst: [UInt8] = []
            while !wanted.isEmpty, burst.count < 16, pace.allows(wanted[next % wanted.count].count) {
                burst += wanted[next % wanted.count]
                next += 1
            }
            if !burst.isEmpty { try console.send(burst) }
            if try receive(.milliseconds(1), watch: &watch) {
                lastOutput = .now
                if watch.asksForPassword {
                    try answer(&watch)
                    watch.forgetTail()
                } else if let key, watch.echoes(key) {
                    if console.resetsAfterInterrupt > 0, watch.isBooting { break }
                    // Nothing but a line editor shows what is typed.
                    try probe(&watch, times: 2)
                    if watch.hasNewLine, watch.isBooting { break }
                }
            } else if let lastOutput, ContinuousClock.now - lastOutput > console.timing.scaled(.seconds(3)) {
                break
            }
        }
        console.forgetState()
        return watch.seen
    }

    /// Whether something came.
    private func receive(_ time: Duration, watch: inout BootWatch) throws(AcquisitionError) -> Bool {
        let known = console.raw.count
        guard try console.receive(time) > 0 else { return false }
        watch.add(console.raw.dropFirst(known))
        while let line = console.nextLine() { watch.line(line) }
        watch.tail(Array(console.unread))
        return true
    }

    /// Asks for a prompt by Ctrl-C.
    private func probe(_ watch: inout BootWatch, times: Int) throws(AcquisitionError) {
        watch.forgetTail()
        for _ in 0..<times where !watch.isAtPrompt {
            try console.send(console.resetsAfterInterrupt > 0 ? [0x20] : [Console.control.c])
            let end = ContinuousClock.now + console.timing.scaled(.milliseconds(250)) + console.timing.latency
            while ContinuousClock.now < end, !watch.hasNewLine { _ = try receive(.milliseconds(20), watch: &watch) }
            while try receive(console.timing.scaled(.milliseconds(30)), watch: &watch) {}
        }
    }

    private func wanted(_ watch: BootWatch) -> [[UInt8]] {
        if let keys {
            let isHarmless = !keys.contains(Console.enter) && !keys.contains(0x0a)
            return isHarmless || watch.isBooting ? [keys] : [[Console.control.c]]
        }
        let any: [[UInt8]] = console.resetsAfterInterrupt > 0 ? [[0x20]] : [[Console.control.c], [0x20]]
        let asked = watch.asked
        return any.filter { !asked.forbids($0) } + (watch.isBooting ? asked.keys.filter { $0 != [0x20] } : [])
    }

    /// Types the password, and once more: keys that were sent before may have stood in front of it. Not oftener, since
    /// some boards do something after a number of wrong ones.
    private func answer(_ watch: inout BootWatch) throws(AcquisitionError) {
        guard let password else {
            throw .wantsPassword(port: console.transport.name, seen: BootSigns.telling(watch.seen))
        }
        var said: [UInt8] = []
        for _ in 0..<2 {
            try console.receiveUntilQuiet(console.timing.settle, limit: .seconds(1))
            console.discard()
            try console.send(Array(password.utf8) + [Console.enter])
            try console.receiveUntilQuiet(
                console.timing.scaled(.milliseconds(300)) + console.timing.latency, limit: .seconds(2))
            watch.add(console.raw)
            said = Array(console.raw)
            let text = String(decoding: said, as: UTF8.self).lowercased()
            let isRefused =
                BootWatch.asksForPassword(Array(console.unread))
                || ["wrong", "incorrect", "invalid", "denied"].contains { text.contains($0) }
            if !isRefused { return }
        }
        throw .wrongPassword(port: console.transport.name, seen: BootSigns.telling(said))
    }
}

/// What is known of a boot.
private struct BootWatch {
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
    private static let interrupt = Array("<INTERRUPT>".utf8)

    init(isBooting: Bool, prompt: Prompt) {
        self.isBooting = isBooting
        self.prompt = prompt
    }

    /// Whether the board waits for a password.
    var asksForPassword: Bool { isBooting && Self.asksForPassword(lastTail) }

    /// Whether the last line is the question for one.
    static func asksForPassword(_ tail: [UInt8]) -> Bool {
        let line = tail.split(whereSeparator: Console.isLineEnd).last ?? []
        let text = String(decoding: line, as: UTF8.self).lowercased()
        return text.contains("password") && text.reversed().first { $0 != " " && $0 != "*" } == ":"
    }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        seen += bytes
        asked = StopKeys(in: String(decoding: seen.suffix(1000), as: UTF8.self))
        lines += bytes.count(where: Console.isLineEnd)
    }

    mutating func line(_ line: [UInt8]) {
        if BootSigns.reset(in: line) != nil {
            isBooting = true
            interrupts = 0
            tails = [:]
        }
        // It stands behind the prompt, which is not known yet.
        if line.suffix(Self.interrupt.count).elementsEqual(Self.interrupt) { interrupts += 1 }
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

/// Keys as fast as the line carries them, and no faster: what waits in a buffer comes too late.
private struct KeyPace {
    private let rate: Double
    private var credit = 0.0
    private var last = ContinuousClock.now

    init(rate: Int?) { self.rate = min(Double(rate ?? 10_000) / 10 * 0.8, 4000) }

    mutating func allows(_ count: Int) -> Bool {
        let now = ContinuousClock.now
        credit = min(credit + (now - last).inSeconds * rate, 64)
        last = now
        guard credit >= Double(count) else { return false }
        credit -= Double(count)
        return true
    }
}

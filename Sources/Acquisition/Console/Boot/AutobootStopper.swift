/// Stops the boot of a board that has just been switched on or has reset.
struct AutobootStopper {
    let console: BoardConsole
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
            try console.send(console.resetsAfterInterrupt > 0 ? [0x20] : [BoardConsole.control.c])
            let end = ContinuousClock.now + console.timing.scaled(.milliseconds(250)) + console.timing.latency
            while ContinuousClock.now < end, !watch.hasNewLine { _ = try receive(.milliseconds(20), watch: &watch) }
            while try receive(console.timing.scaled(.milliseconds(30)), watch: &watch) {}
        }
    }

    private func wanted(_ watch: BootWatch) -> [[UInt8]] {
        if let keys {
            let isHarmless = !keys.contains(BoardConsole.enter) && !keys.contains(0x0a)
            return isHarmless || watch.isBooting ? [keys] : [[BoardConsole.control.c]]
        }
        let any: [[UInt8]] = console.resetsAfterInterrupt > 0 ? [[0x20]] : [[BoardConsole.control.c], [0x20]]
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
            try console.send(Array(password.utf8) + [BoardConsole.enter])
            try console.receiveUntilQuiet(
                console.timing.scaled(.milliseconds(300)) + console.timing.latency, limit: .seconds(2))
            watch.add(console.raw)
            said = Array(console.raw)
            if !BootSigns.asksForPassword(Array(console.unread)), !BootSigns.refusesPassword(said) { return }
        }
        throw .wrongPassword(port: console.transport.name, seen: BootSigns.telling(said))
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

/// Stops the boot of a board that has just been switched on or has reset.
struct Autoboot {
    let console: Console
    /// Keys of the user instead of those that the text asks for.
    var keys: [UInt8]?

    /// Sends keys until the boot stops; the caller then learns or finds the prompt.
    ///
    /// - Parameters:
    ///   - limit: how long to wait for the board to say something.
    ///   - hasStarted: the board is known to be booting.
    /// - Returns: what the board printed.
    func stop(limit: Duration, hasStarted: Bool) throws(AcquisitionError) -> [UInt8] {
        var seen: [UInt8] = []
        let end = ContinuousClock.now + limit
        var lastOutput: ContinuousClock.Instant?
        var isBooting = hasStarted
        // A prompt that is not known yet answers each Ctrl-C with this.
        var interrupts = 0
        while ContinuousClock.now < end {
            // Ctrl-C is "any key", stops HiSilicon's countdown, and does nothing at a prompt. Others only where a text
            // asks for them after a reset: at a prompt an Enter would repeat a command that nobody knows.
            var wanted: [[UInt8]] = keys.map { [$0] } ?? [[Console.control.c]]
            if keys == nil, isBooting {
                wanted += BootSigns.keys(for: String(decoding: seen.suffix(200), as: UTF8.self))
            }
            for key in wanted { try console.send(key) }
            if try receive(for: .milliseconds(50), &seen) {
                lastOutput = .now
                while let line = console.nextLine() {
                    if BootSigns.reset(in: line) != nil {
                        isBooting = true
                        interrupts = 0
                    }
                    // It stands behind the prompt, which is not known yet.
                    if line.suffix(11).elementsEqual("<INTERRUPT>".utf8) { interrupts += 1 }
                }
                if interrupts >= 4 { break }
                if BootSigns.reset(in: Array(console.unread)) != nil { isBooting = true }
                if isAtPrompt() { break }
                console.discardAllButLastLine()
            } else if let lastOutput, ContinuousClock.now - lastOutput > console.timing.scaled(.seconds(3)) {
                break
            }
        }
        console.forgetState()
        return seen
    }

    /// Takes in what comes until a time is over: a board prints in small pieces, and a key for each would be too many.
    private func receive(for time: Duration, _ seen: inout [UInt8]) throws(AcquisitionError) -> Bool {
        let end = ContinuousClock.now + time
        var hasCome = false
        while ContinuousClock.now < end {
            let known = console.unread.count
            guard try console.receive(end - .now) > 0 else { continue }
            hasCome = true
            seen += console.unread.dropFirst(known)
        }
        return hasCome
    }

    /// A known prompt, or the same text behind `<INTERRUPT>` again and again.
    private func isAtPrompt() -> Bool {
        !console.prompt.isEmpty && console.unread.elementsEqual(console.prompt)
    }
}

extension Console {
    /// Keeps what stands behind the last line end.
    func discardAllButLastLine() {
        while nextLine() != nil {}
    }
}

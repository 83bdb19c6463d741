/// What follows when the line or the board has failed, and at the end.
extension Acquisition {
    /// Does something anew when the line or the board has failed meanwhile, a few times.
    func persistently<Result>(_ body: () throws(AcquisitionError) -> Result) throws(AcquisitionError) -> Result {
        for _ in 0..<5 {
            do throws(AcquisitionError) { return try body() } catch {
                switch error {
                case .boardReset, .disconnected: break
                // A console that has never answered will not: the user has to do something.
                default: guard error.isLineTrouble, !console.prompt.isEmpty else { throw error }
                }
                guard !Interruption.isRequested else { throw error }
                report.interruptions += 1
                if case .boardReset = error { doubtMemory() }
                observer?.note("\(error.description.split(separator: ";")[0]); setting up again")
                try recover(from: error)
            }
        }
        return try body()
    }

    /// A reset leaves nothing in RAM that can be relied on.
    func doubtMemory() {
        guard case .memory = request.source, !request.isMappedFlash, !request.powerOn else { return }
        note(doubt: "the board has reset: RAM may not hold what it held before")
    }

    /// Gets back to a prompt after the port vanished or the board reset.
    func recover(from error: AcquisitionError) throws(AcquisitionError) {
        let end = ContinuousClock.now + console.timing.recovery
        loaded = nil
        var last = error
        var isTold = false
        while ContinuousClock.now < end {
            do throws(AcquisitionError) {
                if case .disconnected = last {
                    // The adapter needs a moment.
                    try pause(.milliseconds(200))
                    try console.transport.open()
                }
                if let originalRate, console.transport.baudRate != originalRate {
                    // A board that only lost its port still has the other rate.
                    if case .boardReset = last {
                        try console.transport.setBaudRate(originalRate)
                    } else if (try? PromptFinder(console: console).learn()) == nil {
                        try console.transport.setBaudRate(originalRate)
                    }
                }
                console.forgetState()
                if case .boardReset = last {
                    bootLog += try autoboot.stop(limit: .seconds(8), hasStarted: true)
                }
                try PromptFinder(console: console).learn()
                return
            } catch {
                switch error {
                case .interrupted, .file: throw error
                case .cannotOpen, .busy, .notATerminal, .unreachable: last = .disconnected(port: console.transport.name)
                case .noPrompt, .wantsLogin, .unknownConsole, .silent, .garbage:
                    if !isTold {
                        observer?.note("no prompt; if the device has started its system, switch it off and on now")
                        isTold = true
                    }
                    last = .boardReset(sign: "no prompt")
                default: last = error
                }
            }
        }
        throw last
    }

    func pause(_ time: Duration) throws(AcquisitionError) {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            try Interruption.check()
            _ = try? console.transport.read(timeout: .milliseconds(20))
            if ContinuousClock.now < end { sleepBriefly() }
        }
    }

    /// Leaves the board at a prompt, at the rate at which it was found.
    func leaveCleanly(after error: AcquisitionError?) throws(AcquisitionError) {
        if error == .interrupted {
            // The wish has been heard; what runs is stopped, and the next Ctrl-C counts anew.
            Interruption.clear()
            try? console.resynchronize(patience: console.timing.scaled(.milliseconds(300)))
        }
        if let originalRate, let rate = console.transport.baudRate, rate != originalRate,
            (try? BaudRateSwitch(console: console).change(to: originalRate)) != true
        {
            observer?.note("the board could not be set back to \(originalRate) baud; it still talks at \(rate)")
        }
        try console.transcript?.flush()
    }
}

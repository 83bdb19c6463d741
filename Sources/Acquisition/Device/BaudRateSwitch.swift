/// Changes the rate on both sides with `setenv baudrate`, which is not saved on the board.
struct BaudRateSwitch {
    let console: BoardConsole

    /// Changes to `rate`; if that does not work, goes back by itself.
    ///
    /// - Returns: whether both sides talk at the new rate.
    func change(to rate: Int) throws(AcquisitionError) -> Bool {
        guard let old = console.transport.baudRate, old != rate else { return true }
        var isOffered = false
        do throws(AcquisitionError) {
            try console.run("setenv baudrate \(rate)") { line in
                let text = String(decoding: line, as: UTF8.self)
                if text.contains("Switch baudrate") {
                    isOffered = true
                    return .stopHere
                }
                return .more
            }
        } catch {
            // Silence instead of the question, which the line has damaged: it waits at the new rate.
            guard case .noPrompt = error else { throw error }
            isOffered = true
        }
        // Without the question: not in the board's table, or a build that cannot.
        guard isOffered else { return false }
        try console.transport.setBaudRate(rate)
        // The board waits 50 ms before it changes.
        try console.receiveUntilQuiet(.milliseconds(120), limit: .milliseconds(400))
        for _ in 0..<4 {
            console.forgetState()
            // The board waits for an Enter; at the prompt it would repeat setenv with the rate that is set already.
            try console.send([BoardConsole.enter])
            _ = try console.receive(console.timing.echo)
            try console.receiveUntilQuiet(console.timing.settle, limit: .seconds(1))
            do throws(AcquisitionError) {
                try console.resynchronize(patience: console.timing.scaled(.milliseconds(300)))
                return true
            } catch .noPrompt {
                continue
            } catch {
                throw error
            }
        }
        try console.transport.setBaudRate(old)
        console.forgetState()
        try console.resynchronize(patience: console.timing.scaled(.seconds(1)))
        return false
    }
}

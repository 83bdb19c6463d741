extension Console {
    /// Runs `saves`, which asks for an Enter of its own before it sends.
    func runRecords(_ command: String, read: (_ line: [UInt8]) -> Void) throws(AcquisitionError) {
        var isWaiting = false
        var isDone = false
        try run(command, patience: timing.echo) { line in
            let text = String(decoding: line, as: UTF8.self)
            if text.contains("Ready for S") || text.contains("press ENTER") {
                isWaiting = true
                // run() would wait for a prompt that comes only after an Enter.
                return .stopHere
            }
            if text.contains("upload complete") || text.contains("upload aborted") { isDone = true }
            read(line)
            return .more
        }
        guard isWaiting else { return }
        for _ in 0..<3 where !isDone {
            // In front of `saves` an Enter is what is asked for; behind it the prompt gets it, and saves is one of the
            // commands that an empty line does not repeat.
            try send([Console.enter])
            try continueReading { line in
                let text = String(decoding: line, as: UTF8.self)
                if text.contains("upload complete") || text.contains("upload aborted") {
                    isDone = true
                    return .complete
                }
                isDone = isDone || SRecord(line) != nil
                read(line)
                return .more
            }
        }
        if !isKnownToBeAtPrompt { try resynchronize(patience: timing.pause) }
    }
}

extension BoardConsole {
    /// Runs `saves`, which asks for an Enter of its own before it sends.
    func runRecords(_ command: String, read: (_ line: [UInt8]) -> Void) throws(AcquisitionError) {
        try type(command, patience: timing.echo)
        _ = try collect(patience: timing.echo) { line in
            read(line)
            // "## Ready for S-Record upload, press ENTER to proceed ..."
            return String(decoding: line, as: UTF8.self).contains("press ENTER") ? .stopHere : .more
        }
        // No prompt, no answer: a question that the line has damaged.
        var isDone = isKnownToBeAtPrompt
        for _ in 0..<3 where !isDone {
            try send([BoardConsole.enter])
            _ = try collect(patience: timing.pause) { line in
                let text = String(decoding: line, as: UTF8.self)
                if text.contains("upload complete") || text.contains("upload aborted") {
                    isDone = true
                    return .complete
                }
                isDone = isDone || SRecord(line) != nil
                read(line)
                return .more
            }
            isDone = isDone || isKnownToBeAtPrompt
        }
        if !isKnownToBeAtPrompt { try resynchronize(patience: timing.pause) }
    }
}

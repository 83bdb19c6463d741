internal import FlashBytes

/// Sums of memory by the board's own crc32.
final class BoardChecksums {
    private let console: Console
    /// Whether the board has crc32; nil as long as nobody has asked.
    private(set) var hasCommand: Bool?
    /// Whether the shell has `while`; nil as long as nobody has asked.
    private var hasLoops: Bool?

    init(console: Console) { self.console = console }

    /// The board's own sum of a range; nil if it has no crc32, or none that may be asked.
    func of(_ range: Range<UInt64>) throws(AcquisitionError) -> UInt32? {
        guard hasCommand != false else { return nil }
        guard console.hasEcho else {
            hasCommand = false
            return nil
        }
        let size = Int(range.upperBound - range.lowerBound)
        var refusals = 0
        for _ in 0..<8 {
            var sum: UInt32?
            var isUnknown = false
            try console.run(
                "crc32 \(MemoryReader.digits(range.lowerBound)) \(MemoryReader.digits(UInt64(size)))",
                patience: console.timing.summing(size)
            ) { line in
                if let line = ChecksumLine(line), line.covers(range.lowerBound, size) {
                    sum = line.sum
                    return .complete
                }
                isUnknown = isUnknown || Console.isUnknownCommand(line)
                return .more
            }
            if let sum {
                hasCommand = true
                return sum
            }
            if isUnknown, hasCommand == nil {
                refusals += 1
                if refusals == 2 {
                    hasCommand = false
                    return nil
                }
            }
        }
        throw .commandFailed(
            command: "crc32", answer: "no sum of \(size) bytes at \(hex(range.lowerBound)) in 8 attempts")
    }

    /// The board's sums of many blocks, with one command if its shell has loops.
    ///
    /// - Returns: by first address; empty if the board has no crc32.
    func of(_ blocks: [Range<UInt64>]) throws(AcquisitionError) -> [UInt64: UInt32] {
        var sums: [UInt64: UInt32] = [:]
        var done = 0
        // Runs of blocks of one size, for which a loop does.
        while done < blocks.count {
            let size = blocks[done].upperBound - blocks[done].lowerBound
            var end = done + 1
            while end < blocks.count, blocks[end].lowerBound == blocks[end - 1].upperBound,
                blocks[end].upperBound - blocks[end].lowerBound == size
            { end += 1 }
            let run = blocks[done..<end]
            if run.count > 3, hasLoops != false, try of(run[done]) != nil {
                try loop(run, size, &sums)
            }
            done = end
        }
        for block in blocks where sums[block.lowerBound] == nil {
            guard let sum = try of(block) else { return [:] }
            sums[block.lowerBound] = sum
        }
        return sums
    }

    /// `setexpr` counts in hexadecimal; `itest` compares numbers; the variable is deleted at the end and never saved.
    private func loop(
        _ blocks: ArraySlice<Range<UInt64>>, _ size: UInt64, _ sums: inout [UInt64: UInt32]
    ) throws(AcquisitionError) {
        guard let first = blocks.first, let last = blocks.last, last.upperBound <= UInt64(UInt32.max) else { return }
        let start = MemoryReader.digits(first.lowerBound)
        let command =
            "setenv blk \(start); while itest $blk != \(MemoryReader.digits(last.upperBound)); do crc32 $blk \(MemoryReader.digits(size)); "
            + "setexpr blk $blk + \(MemoryReader.digits(size)); done; setenv blk"
        var found: [UInt64: UInt32] = [:]
        var isRefused = false
        var repeats = 0
        try console.run(command, patience: console.timing.summing(Int(size))) { line in
            if Console.isUnknownCommand(line) {
                isRefused = true
                return .stop
            }
            if let line = ChecksumLine(line), line.end &- line.start &+ 1 == size {
                if line.start == last.upperBound { repeats += 8 }
                // A loop that does not count would go on for ever.
                if found.updateValue(line.sum, forKey: line.start) != nil { repeats += 1 }
                if repeats > 8 {
                    isRefused = true
                    return .stop
                }
                if found.count == blocks.count { return .complete }
            }
            return .more
        }
        if isRefused || found.isEmpty {
            // The line may have damaged the answer: a second refusal counts.
            hasLoops = hasLoops == nil && !isRefused ? nil : false
        } else {
            hasLoops = true
        }
        if hasLoops == true { sums.merge(found) { $1 } }
    }
}

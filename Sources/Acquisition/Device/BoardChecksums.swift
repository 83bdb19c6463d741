internal import FlashBytes

/// Sums of memory by the board's own crc32.
final class BoardChecksums {
    private let console: BoardConsole
    /// Whether the board has crc32; nil as long as nobody has asked.
    private(set) var hasCommand: Bool?
    /// Whether it may be used.
    var isAllowed = true {
        didSet { if !isAllowed { hasCommand = false } }
    }
    /// Whether a range is written as barebox takes it: `0x21000000+0x40`.
    var writesAreas = false
    /// Whether the shell has `while`; nil as long as nobody has asked.
    private var hasLoops: Bool?
    /// Another form of the answer.
    private var form: ChecksumForm?
    /// How long the board takes for a byte, by what it took.
    private var secondsPerByte = 1.0 / Double(512 << 10)
    private var isMeasured = false

    init(console: BoardConsole) { self.console = console }

    /// What a command that sums `count` bytes may take.
    private func patience(_ count: Int) -> Duration {
        console.timing.scaled(.milliseconds(1500)) + console.timing.latency
            + .milliseconds(Int(clamping: Int64(Double(count) * secondsPerByte * 2500)))
    }

    /// What came of asking about bytes that are known.
    enum Trial: Hashable {
        /// The sum that was expected.
        case right
        /// Another one.
        case wrong(UInt32)
        /// None.
        case silent
    }

    /// Tries the command on memory whose sum is known; learns the form of the answer.
    ///
    /// - Parameter sums: what it may be, as the byte order may not be known yet.
    func attempt(on range: Range<UInt64>, sums: [UInt32]) throws(AcquisitionError) -> Trial {
        guard isAllowed, console.hasEcho else { return .silent }
        var trials: [Trial] = []
        var forms: Set<ChecksumForm> = []
        for _ in 0..<4 {
            var trial = Trial.silent
            var isUnknown = false
            var learnt: ChecksumForm?
            try ask(range) { line in
                if let sum = ChecksumLine(line), sum.covers(range.lowerBound, size: range.count) {
                    trial = sums.contains(sum.sum) ? .right : .wrong(sum.sum)
                } else if let sum = sums.first(where: { ChecksumForm(line, about: range, sum: $0) != nil }) {
                    learnt = ChecksumForm(line, about: range, sum: sum)
                    trial = .right
                }
                isUnknown = isUnknown || BoardConsole.isUnknownCommand(line)
                return false
            }
            // Another form may be what the line has made of the usual one, but not twice the same way.
            if let learnt, trial == .right, forms.insert(learnt).inserted { continue }
            if trial == .right {
                form = learnt
                hasCommand = true
                return .right
            }
            // The line may have damaged the answer, but not twice the same way.
            if trial != .silent || isUnknown, trials.contains(trial) { return trial }
            trials.append(trial)
        }
        return .silent
    }

    private func command(_ range: Range<UInt64>) -> String {
        if writesAreas {
            let size = MemoryReader.digits(range.upperBound - range.lowerBound)
            return "crc32 0x\(MemoryReader.digits(range.lowerBound))+0x\(size)"
        }
        return
            "crc32 \(MemoryReader.digits(range.lowerBound)) \(MemoryReader.digits(range.upperBound - range.lowerBound))"
    }

    /// - Parameter read: sees each line; whether it has what it wants.
    private func ask(_ range: Range<UInt64>, read: ([UInt8]) -> Bool) throws(AcquisitionError) {
        let size = Int(clamping: range.upperBound - range.lowerBound)
        let begin = ContinuousClock.now
        var isAnswered = false
        try console.run(command(range), patience: patience(size)) { line in
            guard read(line) else { return .more }
            isAnswered = true
            return .complete
        }
        guard isAnswered, size >= 4096 else { return }
        let measured = (ContinuousClock.now - begin).inSeconds / Double(size)
        secondsPerByte = isMeasured ? max(secondsPerByte * 0.9, measured) : max(measured, 1e-8)
        isMeasured = true
    }

    private func sum(in line: [UInt8], about range: Range<UInt64>) -> (sum: UInt32, isWhole: Bool)? {
        if let form, let sum = form.sum(in: line, about: range) { return sum }
        guard let line = ChecksumLine(line), line.covers(range.lowerBound, size: range.count) else { return nil }
        return (line.sum, line.isWhole)
    }

    /// The board's own sum of a range; nil if it has no crc32, or none that may be asked.
    ///
    /// - Parameter attempts: how often it is asked when no answer can be read.
    func of(_ range: Range<UInt64>, attempts: Int = 8) throws(AcquisitionError) -> UInt32? {
        guard hasCommand != false else { return nil }
        guard console.hasEcho else {
            hasCommand = false
            return nil
        }
        var refusals = 0
        var short: UInt32?
        for _ in 0..<attempts {
            var found: (sum: UInt32, isWhole: Bool)?
            var isUnknown = false
            try ask(range) { line in
                found = found ?? sum(in: line, about: range)
                isUnknown = isUnknown || BoardConsole.isUnknownCommand(line)
                return found != nil
            }
            if let found {
                // A digit less than eight is a damaged answer, or one without leading zeros, which comes twice.
                if found.isWhole || short == found.sum {
                    hasCommand = true
                    return found.sum
                }
                short = found.sum
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
            command: "crc32",
            answer: "no sum of \(range.count) bytes at \(hex(range.lowerBound)) in \(attempts) attempts")
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
            if run.count > 3, hasLoops != false, form == nil, try of(run[done]) != nil {
                try loop(run, size: size, sums: &sums)
            }
            done = end
        }
        for block in blocks where sums[block.lowerBound] == nil {
            guard let sum = try of(block) else { return [:] }
            sums[block.lowerBound] = sum
        }
        return sums
    }

    /// The sums of many blocks, each of them given twice: one answer may be what the line has made of it.
    func confirmed(_ blocks: [Range<UInt64>]) throws(AcquisitionError) -> [UInt64: UInt32] {
        var found = try of(blocks)
        guard !found.isEmpty else { return found }
        let second = try of(blocks)
        for block in blocks where found[block.lowerBound] != second[block.lowerBound] {
            found[block.lowerBound] = try majority([found[block.lowerBound], second[block.lowerBound]], block: block)
        }
        return found
    }

    /// What two answers agree on, of these and further ones.
    func majority(_ answers: [UInt32?], block: Range<UInt64>) throws(AcquisitionError) -> UInt32? {
        var counts: [UInt32: Int] = [:]
        for case let answer? in answers { counts[answer, default: 0] += 1 }
        for _ in 0..<6 where !counts.values.contains(where: { $0 > 1 }) {
            if let again = try of(block) { counts[again, default: 0] += 1 }
        }
        return counts.first { $0.value > 1 }?.key
    }

    /// `setexpr` counts in hexadecimal; `itest` compares numbers; the variable is deleted at the end and never saved.
    private func loop(
        _ blocks: ArraySlice<Range<UInt64>>, size: UInt64, sums: inout [UInt64: UInt32]
    ) throws(AcquisitionError) {
        guard let first = blocks.first, let last = blocks.last, last.upperBound <= UInt64(UInt32.max) else { return }
        let start = MemoryReader.digits(first.lowerBound)
        let command =
            "setenv blk \(start); while itest $blk != \(MemoryReader.digits(last.upperBound)); do crc32 $blk \(MemoryReader.digits(size)); "
            + "setexpr blk $blk + \(MemoryReader.digits(size)); done; setenv blk"
        var found: [UInt64: UInt32] = [:]
        var isRefused = false
        var repeats = 0
        do throws(AcquisitionError) {
            try console.run(command, patience: patience(Int(size)), attempts: hasLoops == true ? nil : 3) { line in
                if BoardConsole.isUnknownCommand(line) {
                    isRefused = true
                    return .stop
                }
                if let line = ChecksumLine(line), line.isWhole, line.end &- line.start &+ 1 == size {
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
        } catch .commandLost where hasLoops != true {
            // The line editor does not take as much.
            isRefused = true
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

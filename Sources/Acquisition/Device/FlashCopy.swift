/// A part of flash, copied to RAM until two copies agree: a bad `sf read` agrees with itself, and one that did nothing
/// may say that all is well.
struct FlashCopy {
    let loader: FlashLoader
    let reader: MemoryReader
    /// Where in the flash it begins.
    let offset: UInt64
    /// Where in RAM it goes.
    let memory: Range<UInt64>
    /// Its blocks, as addresses in RAM.
    let blocks: [Range<UInt64>]

    /// What two copies agree on.
    struct Outcome {
        /// The blocks' sums by address; empty if the board has no crc32.
        var sums: [UInt64: UInt32] = [:]
        /// What the user has to know.
        var doubts: [String] = []
        /// What was in RAM before the copy.
        var pattern: FillPattern
    }

    private static let mostReadings = 9
    /// Readings after which those with complaints have to do.
    private static let cleanReadings = 5

    /// What is known of the readings so far.
    private struct Tally {
        var votes: [[UInt32: Int]]
        /// Sums of readings about which the board said nothing odd.
        var clean: [[UInt64: UInt32]] = []
        var failures = 0
        /// What the board said beside the usual.
        var complaints: [String] = []
    }

    /// Leaves in RAM what two copies agree on.
    func make() throws(AcquisitionError) -> Outcome {
        var outcome = Outcome(pattern: FillPattern(reading: 0))
        var tally = Tally(votes: [[UInt32: Int]](repeating: [:], count: blocks.count))
        for reading in 0..<Self.mostReadings {
            outcome.pattern = FillPattern(reading: reading)
            try loader.fill(memory, outcome.pattern)
            if reading == 0, try !isFilled(outcome.pattern) {
                outcome.doubts.append(
                    "the board has no mw command: whether each \(loader.device) read has really copied is not known")
            }
            let complaints = try loader.load(
                offset: offset, size: memory.upperBound - memory.lowerBound, to: memory.lowerBound)
            for line in complaints where !tally.complaints.contains(line) { tally.complaints.append(line) }
            let found = try sums(isFirst: reading == 0, tally.votes)
            if found.isEmpty {
                outcome.doubts.append(
                    "the board has no crc32 that can be used: whether the flash reads the same twice is not known")
                outcome.doubts += said(tally)
                return outcome
            }
            // One that was left out anywhere is no reading.
            if isUntouched(found, outcome.pattern) {
                tally.failures += 1
                if tally.failures == 4 {
                    let words = tally.complaints.first.map { "; it said '\($0)'" } ?? ", without a word"
                    throw .commandFailed(command: "\(loader.device) read", answer: Self.untouched + words)
                }
                continue
            }
            for (index, block) in blocks.enumerated() {
                if let sum = found[block.lowerBound] { tally.votes[index][sum, default: 0] += 1 }
            }
            if complaints.isEmpty { tally.clean.append(found) }
            guard isAgreed(found, tally) else { continue }
            let isClean = tally.clean.count { $0 == found } >= 2
            if !isClean, reading + 1 - tally.failures < Self.cleanReadings { continue }
            outcome.sums = found
            if !isClean { outcome.doubts += said(tally) }
            outcome.doubts += doubts(tally, readings: reading + 1)
            return outcome
        }
        throw .unstableFlash(offset: offset, reads: Self.mostReadings)
    }

    /// What two say and no other pair contradicts, and what stands in RAM now.
    private func isAgreed(_ found: [UInt64: UInt32], _ tally: Tally) -> Bool {
        zip(blocks, tally.votes).allSatisfy { block, votes in
            guard let sum = found[block.lowerBound], let count = votes[sum], count >= 2 else { return false }
            return votes.allSatisfy { $0.key == sum || $0.value < count }
        }
    }

    private func said(_ tally: Tally) -> [String] {
        tally.complaints.prefix(3).map { "\(loader.device) read said '\($0)'" }
    }

    private func doubts(_ tally: Tally, readings: Int) -> [String] {
        var doubts: [String] = []
        if tally.failures > 0 {
            doubts.append(
                "\(loader.device) read failed \(tally.failures) times, and \(Self.untouched), without a word")
        }
        if tally.votes.contains(where: { $0.count > 1 }) {
            doubts.append(
                "the flash did not read the same each time; the image holds what at least two of "
                    + "\(readings - tally.failures) readings agree on")
        }
        return doubts
    }

    /// The sums of all blocks; what differs from an earlier reading is asked again, since the line may have damaged the
    /// answer, and nobody can ask later.
    private func sums(isFirst: Bool, _ votes: [[UInt32: Int]]) throws(AcquisitionError) -> [UInt64: UInt32] {
        if isFirst || votes.allSatisfy(\.isEmpty) { return try reader.sums.confirmed(blocks) }
        var found = try reader.sums.of(blocks)
        for (block, votes) in zip(blocks, votes) {
            guard let sum = found[block.lowerBound], votes[sum] == nil else { continue }
            found[block.lowerBound] = try reader.sums.majority([sum], block)
        }
        return found
    }

    private static let untouched = "it left RAM as it was"

    /// Whether the pattern stands in RAM; true where that cannot be asked.
    private func isFilled(_ pattern: FillPattern) throws(AcquisitionError) -> Bool {
        guard let block = blocks.first else { return true }
        let wanted = pattern.checksums(block.count, phase: 0)
        for _ in 0..<2 {
            guard let sum = try reader.sums.of(block) else { return true }
            if wanted.contains(sum) { return true }
        }
        return false
    }

    private func isUntouched(_ found: [UInt64: UInt32], _ pattern: FillPattern) -> Bool {
        var known: [SIMD2<Int>: Set<UInt32>] = [:]
        return blocks.contains { block in
            let phase = Int((block.lowerBound - memory.lowerBound) % 4)
            let key = SIMD2(block.count, phase)
            let sums = known[key] ?? pattern.checksums(block.count, phase: phase)
            known[key] = sums
            return found[block.lowerBound].map(sums.contains) ?? false
        }
    }
}

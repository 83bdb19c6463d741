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

    /// Leaves in RAM what two copies agree on.
    func make() throws(AcquisitionError) -> Outcome {
        var outcome = Outcome(pattern: FillPattern(reading: 0))
        var votes = [[UInt32: Int]](repeating: [:], count: blocks.count)
        var failures = 0
        for reading in 0..<Self.mostReadings {
            outcome.pattern = FillPattern(reading: reading)
            try loader.fill(memory, outcome.pattern)
            if reading == 0, try !isFilled(outcome.pattern) {
                outcome.doubts.append(
                    "the board has no mw command: whether each \(loader.device) read has really copied is not known")
            }
            try loader.load(offset: offset, size: memory.upperBound - memory.lowerBound, to: memory.lowerBound)
            let found = try confirmed(votes)
            if found.isEmpty {
                outcome.doubts.append(
                    "the board has no crc32: whether the flash reads the same twice is not known")
                return outcome
            }
            // One that was left out anywhere is no reading.
            if isUntouched(found, outcome.pattern) {
                failures += 1
                if failures == 4 { throw .commandFailed(command: "\(loader.device) read", answer: Self.untouched) }
                continue
            }
            for (index, block) in blocks.enumerated() {
                if let sum = found[block.lowerBound] { votes[index][sum, default: 0] += 1 }
            }
            // What two say and no other pair contradicts, and what stands in RAM now.
            let isAgreed = zip(blocks, votes).allSatisfy { block, votes in
                guard let sum = found[block.lowerBound], let count = votes[sum], count >= 2 else { return false }
                return votes.allSatisfy { $0.key == sum || $0.value < count }
            }
            guard isAgreed else { continue }
            outcome.sums = found
            if failures > 0 {
                outcome.doubts.append("\(loader.device) read failed \(failures) times, and \(Self.untouched)")
            }
            if reading - failures > 1 {
                outcome.doubts.append(
                    "the flash did not read the same each time; the image holds what at least two of "
                        + "\(reading + 1 - failures) readings agree on")
            }
            return outcome
        }
        throw .unstableFlash(offset: offset, reads: Self.mostReadings)
    }

    /// The sums of all blocks; what differs from an earlier reading is asked again, since the line may have damaged the
    /// answer, and nobody can ask later.
    private func confirmed(_ votes: [[UInt32: Int]]) throws(AcquisitionError) -> [UInt64: UInt32] {
        var found = try reader.sums.of(blocks)
        guard !found.isEmpty else { return found }
        let isFirst = votes.allSatisfy(\.isEmpty)
        let second = isFirst ? try reader.sums.of(blocks) : [:]
        for (block, votes) in zip(blocks, votes) {
            guard let sum = found[block.lowerBound] else { continue }
            if isFirst ? second[block.lowerBound] == sum : votes[sum] != nil { continue }
            var counts = [sum: 1]
            if let other = second[block.lowerBound] { counts[other, default: 0] += 1 }
            for _ in 0..<4 where !counts.values.contains(2) {
                if let again = try reader.sums.of(block) { counts[again, default: 0] += 1 }
            }
            found[block.lowerBound] = counts.first { $0.value == 2 }?.key ?? sum
        }
        return found
    }

    private static let untouched = "it left RAM as it was, without a word"

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

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
    /// Where every second copy goes, if there is room: RAM that changes a byte on its own, or has a dead bit, does it to
    /// both copies at one place.
    var elsewhere: UInt64?

    /// What two copies agree on.
    struct Outcome {
        /// The blocks' sums by address; empty if the board has no crc32.
        var sums: [UInt64: UInt32] = [:]
        /// What the user has to know.
        var doubts: [AcquisitionRemark] = []
        /// What was in RAM before the copy.
        var pattern: FillPattern
    }

    private static let mostReadings = 10
    /// Readings after which those with complaints have to do.
    private static let cleanReadings = 5

    /// What is known of the readings so far.
    private struct Tally {
        var votes: [[UInt32: Int]]
        /// Sums of readings about which the board said nothing odd.
        var clean: [[UInt64: UInt32]] = []
        var failures = 0
        /// The sums of each reading, and whether it went to the first place.
        var sums: [(isFirst: Bool, found: [UInt64: UInt32])] = []
        /// What the board said beside the usual.
        var complaints: [String] = []

        /// Whether the copies at the other place have the same sums, each of them in one of them.
        func isFoundElsewhere(_ wanted: [UInt64: UInt32]) -> Bool {
            wanted.allSatisfy { address, sum in sums.contains { !$0.isFirst && $0.found[address] == sum } }
        }

        /// Whether the copies at each place agree with each other, and not with those at the other one: then it is RAM
        /// that is not what was copied there.
        var dependsOnPlace: Bool {
            let (here, there) = (sums.filter(\.isFirst), sums.filter { !$0.isFirst })
            guard here.count > 1, there.count > 1, here[0].found != there[0].found else { return false }
            return here.allSatisfy { $0.found == here[0].found } && there.allSatisfy { $0.found == there[0].found }
        }
    }

    /// Leaves in RAM what two copies agree on.
    func make() throws(AcquisitionError) -> Outcome {
        var outcome = Outcome(pattern: FillPattern(reading: 0))
        var tally = Tally(votes: [[UInt32: Int]](repeating: [:], count: blocks.count))
        // The last copy is the one that is read, so the first goes to the other place.
        var elsewhere = reader.sums.hasCommand == true ? elsewhere : nil
        for reading in 0..<Self.mostReadings {
            let place = Self.isFirstPlace(reading) ? memory.lowerBound : elsewhere ?? memory.lowerBound
            let moved = Moved(from: memory.lowerBound, to: place)
            outcome.pattern = FillPattern(reading: reading)
            try loader.fill(moved.range(memory), pattern: outcome.pattern)
            if reading == 0, try !isFilled(outcome.pattern, moved: moved) {
                outcome.doubts.append(
                    AcquisitionRemark(
                        "whether each \(loader.device) read has really copied is not known: what mw writes to RAM cannot be "
                            + "seen",
                        advice: .leaveOutChecksums))
            }
            let complaints = try loader.load(offset: offset, size: memory.upperBound - memory.lowerBound, to: place)
            for line in complaints where !tally.complaints.contains(line) { tally.complaints.append(line) }
            let found = try sums(isFirst: reading == 0, tally.votes, moved: moved)
            if found.isEmpty {
                if place != memory.lowerBound {
                    elsewhere = nil
                    continue
                }
                outcome.doubts.append(
                    "the board has no crc32 that can be used: whether the flash reads the same twice is not known")
                outcome.doubts += said(tally)
                return outcome
            }
            // One that was left out anywhere is no reading.
            if isUntouched(found, pattern: outcome.pattern) {
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
            tally.sums.append((place == memory.lowerBound, found))
            if complaints.isEmpty { tally.clean.append(found) }
            if elsewhere != nil {
                if tally.dependsOnPlace { throw .memoryChanged(address: memory.lowerBound, size: memory.count) }
                if place != memory.lowerBound { continue }
            }
            guard isAgreed(found, tally: tally), elsewhere == nil || tally.isFoundElsewhere(found) else { continue }
            let isClean = tally.clean.count { $0 == found } >= 2
            if !isClean, reading + 1 - tally.failures < Self.cleanReadings { continue }
            outcome.sums = found
            if !isClean { outcome.doubts += said(tally) }
            outcome.doubts += doubts(tally, readings: reading + 1)
            return outcome
        }
        throw .unstableFlash(offset: offset, reads: Self.mostReadings)
    }

    /// Which copies go to the place that is read: not every second one, since every second reading may be bad.
    private static func isFirstPlace(_ reading: Int) -> Bool { reading % 4 == 1 || reading % 4 == 2 || reading > 7 }

    /// From the addresses in the one place to those in the other.
    private struct Moved {
        let from: UInt64
        let to: UInt64

        func range(_ range: Range<UInt64>) -> Range<UInt64> {
            range.lowerBound - from + to..<range.upperBound - from + to
        }
        /// Sums by the addresses in the first place.
        func back(_ sums: [UInt64: UInt32]) -> [UInt64: UInt32] {
            var found: [UInt64: UInt32] = [:]
            for (address, sum) in sums { found[address - to + from] = sum }
            return found
        }
    }

    /// What two say and no other pair contradicts, and what stands in RAM now.
    private func isAgreed(_ found: [UInt64: UInt32], tally: Tally) -> Bool {
        zip(blocks, tally.votes).allSatisfy { block, votes in
            guard let sum = found[block.lowerBound], let count = votes[sum], count >= 2 else { return false }
            return votes.allSatisfy { $0.key == sum || $0.value < count }
        }
    }

    private func said(_ tally: Tally) -> [AcquisitionRemark] {
        tally.complaints.prefix(3).map { AcquisitionRemark("\(loader.device) read said '\($0)'") }
    }

    private func doubts(_ tally: Tally, readings: Int) -> [AcquisitionRemark] {
        var doubts: [AcquisitionRemark] = []
        if tally.failures > 0 {
            doubts.append(
                "\(loader.device) read failed \(tally.failures) times, and \(Self.untouched), without a word")
        }
        if tally.votes.contains(where: { $0.count > 1 }) {
            doubts.append(
                AcquisitionRemark(
                    "the flash did not read the same each time; the image holds what at least two of "
                        + "\(readings - tally.failures) readings agree on"))
        }
        return doubts
    }

    /// The sums of all blocks; what differs from an earlier reading is asked again, since the line may have damaged the
    /// answer, and nobody can ask later.
    private func sums(
        isFirst: Bool, _ votes: [[UInt32: Int]], moved: Moved
    ) throws(AcquisitionError) -> [UInt64: UInt32] {
        let places = blocks.map(moved.range)
        if isFirst || votes.allSatisfy(\.isEmpty) { return moved.back(try reader.sums.confirmed(places)) }
        var found = try reader.sums.of(places)
        for (place, votes) in zip(places, votes) {
            guard let sum = found[place.lowerBound], votes[sum] == nil else { continue }
            found[place.lowerBound] = try reader.sums.majority([sum], block: place)
        }
        return moved.back(found)
    }

    private static let untouched = "it left RAM as it was"

    /// Whether the pattern stands in RAM; true where that cannot be asked.
    private func isFilled(_ pattern: FillPattern, moved: Moved) throws(AcquisitionError) -> Bool {
        guard let block = blocks.first.map(moved.range) else { return true }
        let wanted = pattern.checksums(block.count, phase: 0)
        for _ in 0..<2 {
            guard let sum = try reader.sums.of(block) else { return true }
            if wanted.contains(sum) { return true }
        }
        return false
    }

    private func isUntouched(_ found: [UInt64: UInt32], pattern: FillPattern) -> Bool {
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

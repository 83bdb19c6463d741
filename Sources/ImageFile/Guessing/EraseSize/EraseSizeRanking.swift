import FlashBytes
import JFFS2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// All candidates for the erase blocks of one file system, the best of them, and the words for what speaks for it.
struct EraseSizeRanking {
    struct Choice {
        var best: EraseSizeCandidate
        var size: EraseSize
        /// Whether no intact node lies across a boundary.
        var isConsistent: Bool
    }

    let traces: FlashTraces
    private let surroundings: EraseSizeInference.Surroundings
    private let prior: EraseSizePrior

    init(traces: FlashTraces, surroundings: EraseSizeInference.Surroundings) {
        self.traces = traces
        self.surroundings = surroundings
        prior = EraseSizePrior(traces: traces, surroundings: surroundings)
    }

    /// The best candidate, and what speaks for it.
    func choice(_ bytes: RawSpan) -> Choice {
        let all = candidates(bytes)
        let possible = all.filter { $0.crossings == 0 }
        guard let best = possible.max(by: isWorse), !isTooLarge(best) else { return leastBad(all) }
        // What all others have together, compared with the best one.
        var rest = 0.0
        for other in possible where other.size != best.size { rest += exp(other.value - best.value) }
        let runnerUp = possible.filter { $0.size != best.size }.max(by: isWorse)
        return Choice(
            best: best,
            size: EraseSize(
                bytes: best.size, confidence: confidence(best, lead: -log(max(rest, 1e-300))), evidence: evidence(best),
                runnerUp: runnerUp?.size),
            isConsistent: true)
    }

    /// Whether all nodes fit into one block just because it is so large: they show other blocks, but none fits.
    private func isTooLarge(_ best: EraseSizeCandidate) -> Bool {
        best.hits + best.starts < 2 && best.startsInside > 2
    }

    /// Smaller sizes read the same nodes where larger ones do, and more.
    private func isWorse(_ left: EraseSizeCandidate, right: EraseSizeCandidate) -> Bool {
        (left.value, -left.size, -left.base) < (right.value, -right.size, -right.base)
    }

    /// Whether hardly any flash has such blocks, and few of them are seen.
    private func isOdd(_ best: EraseSizeCandidate) -> Bool {
        let frequency = prior.frequency(best.size, pages: best.pages)
        return frequency <= 1e-4 || frequency < 0.02 && best.hits + best.starts < 6
    }

    private func confidence(_ best: EraseSizeCandidate, lead: Double) -> EraseSize.Confidence {
        if best.summaries.agreeing > 0, best.summaries.others == 0, best.startsInside == 0, best.hidden == 0, lead > 9 {
            return .certain
        }
        // Where no boundary is seen, only the pages tell, and few padding nodes tell little of them.
        let isSeen = best.hits + best.starts > 1 || best.summaries.agreeing > 0
        if !isSeen, best.cleanmarkers < 2, traces.paddings.count < 4 { return .low }
        // What fits all nodes, but hardly any flash has, more often comes of bytes that are missing.
        if isSeen, best.summaries.agreeing == 0, !best.showsWholeBlock || isOdd(best) {
            return .low
        }
        // One padding node may say too much of the pages.
        let isBare = traces.paddings.count == 1 && traces.cleanmarkers + traces.spareCleanmarkers == 0
        if isBare, best.summaries.agreeing == 0 { return lead > 9 && best.hits + best.starts >= 6 ? .medium : .low }
        return lead > 9 ? .high : lead > 6 ? .medium : .low
    }

    // MARK: - Candidates

    private func candidates(_ bytes: RawSpan) -> [EraseSizeCandidate] {
        var chances: [Int: (pages: FlashPages, chance: BoundaryChance)] = [:]
        var all: [EraseSizeCandidate] = []
        for size in sizes() {
            for base in bases(size) {
                // Pages are no larger than this, so what they say depends on the rest only.
                let phase = base % (1 << 14)
                if chances[phase] == nil {
                    let pages = FlashPages(traces, base: phase)
                    chances[phase] = (pages, BoundaryChance(traces: traces, pages: pages, base: phase))
                }
                guard let (pages, chance) = chances[phase], size >= smallest(pages) else { continue }
                all.append(
                    EraseSizeCandidate(
                        size: size, base: base, prior: prior.logarithm(size, base: base, pages: pages), traces: traces,
                        pages: pages, bytes: bytes, chance: chance))
            }
        }
        return all
    }

    /// Blocks of NAND flash have 32 pages or more (bytes). A single padding node may be what ends an image.
    private func smallest(_ pages: FlashPages) -> Int {
        if surroundings.pageSize == nil, traces.paddings.count < 2 { return 0 }
        guard surroundings.given == nil, traces.cleanmarkers + traces.spareCleanmarkers < 2 else { return 0 }
        return 32 * (surroundings.pageSize ?? pages.sizes.first ?? 0)
    }

    private func sizes() -> [Int] {
        if let given = surroundings.given { return [given] }
        var sizes = Set((12...24).map { 1 << $0 })
        // Images for odd sizes need not leave a gap at the end of a block.
        if traces.paddings.isEmpty { sizes.formUnion((1...256).map { $0 << 12 }) }
        for summary in traces.summaries where summary.size >= 4096 { sizes.insert(summary.size) }
        // Distances of block starts, as a whole and in parts.
        let offsets = [0] + traces.starts.map(\.offset)
        var counts: [Int: Int] = [:]
        for (left, right) in zip(offsets, offsets.dropFirst()) { counts[right - left, default: 0] += 1 }
        let frequent = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(3).map(\.key)
        let divisor = offsets.dropFirst().reduce(0) {
            Self.greatestDivisor($0, right: $1 - (offsets.dropFirst().first ?? 0))
        }
        for distance in frequent + [divisor] where distance > 0 {
            for part in 1...64 where distance % part == 0 {
                let size = distance / part
                if (4096...16 << 20).contains(size), size % 4 == 0 { sizes.insert(size) }
            }
        }
        return sizes.sorted()
    }

    /// Where blocks of a size can begin: with the bytes, with the input, with the first node, where most starts say, and
    /// where summaries say.
    private func bases(_ size: Int) -> [Int] {
        var counts: [Int: Int] = [:]
        for start in traces.starts { counts[start.offset % size, default: 0] += 1 }
        var bases = [0, EraseSizeCandidate.modulo(-surroundings.origin, divisor: size), traces.first % size]
        if let (base, _) = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) { bases.append(base) }
        if let summary = traces.summaries.first(where: { $0.size == size }) { bases.append(summary.end % size) }
        var known: Set<Int> = []
        return bases.filter { known.insert($0).inserted }
    }

    private static func greatestDivisor(_ left: Int, right: Int) -> Int {
        var (left, right) = (abs(left), abs(right))
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }

    // MARK: - What to say

    private func evidence(_ best: EraseSizeCandidate) -> [String] {
        let text = SizeExpression.readable(best.size)
        var reasons: [String] = []
        if best.summaries.agreeing > 0 {
            let count = best.summaries.agreeing
            reasons.append("\(count) summar\(count == 1 ? "y says" : "ies say") so")
        }
        if traces.spareCleanmarkers > 0 {
            reasons.append(
                "\(traces.spareCleanmarkers) cleanmarker\(traces.spareCleanmarkers == 1 ? "" : "s") in the spare area "
                    + (best.startsInside == 0 ? "stand \(text) or multiples apart" : "do not all agree"))
        }
        if traces.cleanmarkers > 1 {
            reasons.append(
                "\(best.cleanmarkers) of \(traces.cleanmarkers) cleanmarkers stand \(text) or multiples apart")
        }
        let nodes = best.hits + best.starts
        if nodes > 1 { reasons.append("a node begins at \(nodes) multiples of \(text) and none crosses one") }
        let pages = FlashPages(traces, base: best.base)
        if traces.cleanmarkers == 0, let page = surroundings.pageSize ?? pages.sizes.last {
            let sizes = pages.sizes.map(SizeExpression.readable).joined(separator: " or ")
            reasons.append(
                surroundings.pageSize != nil
                    ? "the pages of the flash have \(SizeExpression.readable(page))"
                    : "\(pages.paddings) padding node\(pages.paddings == 1 ? " ends" : "s end") pages of \(sizes)")
        }
        if (traces.length - best.base) % best.size == 0 { reasons.append("the length is a multiple of it") }
        if nodes < 2, best.summaries.agreeing == 0 {
            reasons.append("all nodes fit into one block; nothing shows where it ends")
        }
        return reasons
    }

    /// No size fits: bytes were cut out or put in. What most blocks agree on.
    private func leastBad(_ all: [EraseSizeCandidate]) -> Choice {
        let markers = traces.starts.filter {
            if case .cleanmarker = $0.kind { true } else { false }
        }
        let distances = zip(markers, markers.dropFirst()).map { $1.offset - $0.offset }
        var counts: [Int: Int] = [:]
        for distance in distances { counts[distance, default: 0] += 1 }
        if let (size, count) = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), size >= 4096, count > 1,
            let best = all.filter({ $0.size == size }).max(by: isLessFitting)
        {
            return Choice(
                best: best,
                size: EraseSize(
                    bytes: size, confidence: .low,
                    evidence: [
                        "\(count) of \(distances.count) neighbouring cleanmarkers are that far apart",
                        "no size fits all nodes",
                    ]),
                isConsistent: false)
        }
        let best = all.dropFirst().reduce(all[0]) { isLessFitting($0, right: $1) ? $1 : $0 }
        return Choice(
            best: best, size: EraseSize(bytes: best.size, confidence: .low, evidence: ["no size fits all nodes"]),
            isConsistent: false)
    }

    private func isLessFitting(_ left: EraseSizeCandidate, right: EraseSizeCandidate) -> Bool {
        let leftFit = (left.hits + left.starts) * (right.crossings + 1)
        let rightFit = (right.hits + right.starts) * (left.crossings + 1)
        return (leftFit, left.value) < (rightFit, right.value)
    }
}

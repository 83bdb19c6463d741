import FlashBytes
import JFFS2

/// Programs that format flash hold the twelve bytes of a cleanmarker as a constant. On flash, a node or erased bytes follow
/// them.
enum LoneCleanmarker {
    /// A run of sightings without the constants of programs at its ends; nil if nothing is left.
    ///
    /// - Parameters:
    ///   - run: indices in `census.sightings`.
    ///   - part: where the run was looked for (bytes).
    static func without(
        _ run: Range<Int>, bytes: RawSpan, census: NodeCensus, in part: Range<Int>
    ) -> Range<Int>? {
        var run = run
        // Asked once: what is taken away are cleanmarkers, so the answer stays.
        let hasOthers = run.contains { census.sightings[$0].header.type.accurate != .cleanmarker }
        while let first = run.first,
            isConstant(first, run: run, bytes: bytes, census: census, in: part, hasOthers: hasOthers)
        {
            run.removeFirst()
        }
        while let last = run.last,
            isConstant(last, run: run, bytes: bytes, census: census, in: part, hasOthers: hasOthers)
        {
            run.removeLast()
        }
        return run.isEmpty ? nil : run
    }

    /// Whether there is nothing but constants.
    static func isAll(_ census: NodeCensus, of bytes: RawSpan) -> Bool {
        without(census.sightings.indices, bytes: bytes, census: census, in: 0..<bytes.byteCount) == nil
    }

    /// - Parameter hasOthers: whether the run has nodes that are no cleanmarkers.
    private static func isConstant(
        _ index: Int, run: Range<Int>, bytes: RawSpan, census: NodeCensus, in part: Range<Int>, hasOthers: Bool
    ) -> Bool {
        let sighting = census.sightings[index]
        guard sighting.header.type.accurate == .cleanmarker else { return false }
        let end = sighting.nextOffset
        let next = index + 1 < run.upperBound ? census.sightings[index + 1].offset : part.upperBound
        let erased = bytes.endOfRun(of: 0xff, in: min(end, next)..<next)
        if erased == next, index + 1 < run.upperBound || erased - end >= shortestErased || end - part.lowerBound <= 12 {
            return false
        }
        if erased - end >= shortestErased { return false }
        // The first node of a block may be damaged.
        let isAtBlock = (sighting.offset - part.lowerBound) % 4096 == 0 || sighting.offset % 4096 == 0
        return !isAtBlock || !hasOthers
    }

    /// As much as Linux looks at before it takes a block for erased (`DEFAULT_EMPTY_SCAN_SIZE` of scan.c; bytes).
    private static let shortestErased = 256
}

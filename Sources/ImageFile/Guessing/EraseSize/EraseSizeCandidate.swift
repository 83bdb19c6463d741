import FlashBytes
import JFFS2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One possible answer: erase blocks of one size, the first of them beginning at one place, and how well the nodes fit it.
struct EraseSizeCandidate {
    /// The erase size (bytes).
    let size: Int
    /// Where a block begins, less than `size` (bytes).
    let base: Int

    /// Boundaries at which a node begins that follows another node at once.
    private(set) var hits = 0
    /// Boundaries at which a node begins behind erased bytes, or a cleanmarker.
    private(set) var starts = 0
    /// Whether two boundaries next to each other are seen: else blocks may be larger, and bytes be missing in between.
    private(set) var showsWholeBlock = false
    /// Cleanmarkers at boundaries, those in the spare area included.
    private(set) var cleanmarkers = 0
    /// Intact nodes that lie across a boundary, which no flash with such blocks can hold.
    private(set) var crossings = 0
    /// Places inside of blocks that should be the start of one.
    private(set) var startsInside = 0
    /// Blocks that begin erased and hold nodes all the same.
    private(set) var hidden = 0
    /// Sound summaries that agree, and that do not.
    private(set) var summaries = (agreeing: 0, others: 0)

    /// What the padding nodes say of the pages, where blocks begin so.
    let pages: FlashPages
    /// The natural logarithm of how likely the nodes lie as they do, up to a constant that is the same for all candidates.
    private(set) var value: Double

    /// The block boundary at or before an offset.
    func boundary(before offset: Int) -> Int { offset - Self.modulo(offset - base, divisor: size) }

    /// Whether a block begins at the offset.
    func isBoundary(_ offset: Int) -> Bool { Self.modulo(offset - base, divisor: size) == 0 }

    static func modulo(_ number: Int, divisor: Int) -> Int {
        let rest = number % divisor
        return rest < 0 ? rest + divisor : rest
    }

    /// What speaks against a candidate, as natural logarithms.
    private enum Cost {
        static let cleanmarkerInside = 9.0
        static let startInside = 9.0
        static let shortStartInside = 6.0
        /// Inside of a block, but where Linux begins a page after it was mounted again.
        static let pageStartInside = 0.7
        /// Behind erased bytes that follow foreign ones: damage can be of all kinds.
        static let uncleanStartInside = 1.5
        static let hidden = 8.0
        static let foreignCrossing = 6.0
        static let damagedCrossing = 0.5
        static let blockWithoutCleanmarker = 4.0
        static let erasedBlockWithoutCleanmarker = 1.5
        static let otherSummary = 9.0
        /// A padding node that ends no page.
        static let paddingInPage = 2.0
    }
    /// What a sound summary of the size is worth.
    private static let agreeingSummary = 6.0

    /// - Parameters:
    ///   - prior: the natural logarithm of how likely size and base are without a look at the nodes.
    ///   - chance: how likely a node begins at a boundary by accident.
    init(
        size: Int, base: Int, prior: Double, traces: FlashTraces, pages: FlashPages, bytes: RawSpan,
        chance: BoundaryChance
    ) {
        self.size = size
        self.pages = pages
        self.base = Self.modulo(base, divisor: size)
        value = prior
        if pages.sizes.isEmpty { value -= Cost.paddingInPage * Double(min(pages.paddings, 10)) }
        addBoundaries(traces, in: bytes, chance: chance)
        if crossings > 0, size & (size - 1) != 0 { return }
        addStarts(traces, pages: pages)
        for summary in traces.summaries {
            if summary.size == size, isBoundary(summary.end) {
                summaries.agreeing += 1
                value += Self.agreeingSummary
            } else {
                summaries.others += 1
                value -= Cost.otherSummary
            }
        }
    }

    private mutating func addBoundaries(_ traces: FlashTraces, in bytes: RawSpan, chance: BoundaryChance) {
        var boundary = boundary(before: traces.first)
        var index = 0
        var last: Int?
        // One crossing is enough against a size that hardly any flash has.
        let isUsual = size & (size - 1) == 0
        while boundary < traces.end, isUsual || crossings == 0 {
            index = Self.node(at: boundary, traces.nodes, from: index)
            let before = hits + starts
            add(boundary, index: index, traces: traces, in: bytes, chance: chance)
            if hits + starts > before {
                if last == boundary - size { showsWholeBlock = true }
                last = boundary
            }
            boundary += size
        }
    }

    /// The first node that does not end before the offset.
    private static func node(at offset: Int, _ nodes: [FlashTraces.Node], from start: Int) -> Int {
        // Most often it is near: steps that double, then halves.
        var step = 1
        var low = start
        while low + step < nodes.count, nodes[low + step].range.upperBound <= offset {
            low += step
            step *= 2
        }
        return nodes[low..<min(low + step + 1, nodes.count)].partitionPoint { $0.range.upperBound <= offset }
    }

    private mutating func add(
        _ boundary: Int, index: Int, traces: FlashTraces, in bytes: RawSpan, chance: BoundaryChance
    ) {
        guard index < traces.nodes.count else { return }
        let node = traces.nodes[index]
        let isMarked = traces.census.sightings[index].header.type.accurate == .cleanmarker
        if node.range.lowerBound == boundary {
            let isBehindErased = node.erasedStart <= boundary - 4
            if isMarked || isBehindErased { starts += 1 } else { hits += 1 }
            if isMarked {
                cleanmarkers += 1
            } else {
                if !isBehindErased { value -= chance.logarithm(at: boundary, index) }
                if traces.cleanmarkers > 1 { value -= Cost.blockWithoutCleanmarker }
            }
        } else if node.range.lowerBound < boundary {
            if !traces.census.sightings[index].isIntact(in: bytes) {
                value -= Cost.damagedCrossing
            } else if node.followsForeignBytes {
                value -= Cost.foreignCrossing
            } else {
                crossings += 1
            }
        } else if boundary >= 0, node.range.lowerBound < boundary + size {
            // Linux takes a block for erased that begins so (`DEFAULT_EMPTY_SCAN_SIZE` of scan.c).
            if bytes.isFilled(with: 0xff, in: boundary..<min(boundary + 256, node.range.lowerBound)) {
                hidden += 1
                value -= Cost.hidden
            }
        } else if node.erasedStart <= boundary {
            if traces.cleanmarkers > 1, boundary > traces.first {
                value -= Cost.erasedBlockWithoutCleanmarker
            }
        }
    }

    private mutating func addStarts(_ traces: FlashTraces, pages: FlashPages) {
        for start in traces.starts where !isBoundary(start.offset) {
            switch start.kind {
            case .cleanmarker, .spareCleanmarker:
                startsInside += 1
                value -= Cost.cleanmarkerInside
            case .behindErased(let erased, let isClean):
                value -= cost(of: start.offset, behind: erased, isClean: isClean, traces, pages: pages)
            }
        }
        guard traces.spareCleanmarkers > 0 else { return }
        var marked = 0
        var last: Int?
        for start in traces.starts where isBoundary(start.offset) {
            guard case .spareCleanmarker = start.kind else { continue }
            marked += 1
            if last == start.offset - size { showsWholeBlock = true }
            last = start.offset
        }
        cleanmarkers += marked
        // Many blocks have one, or few have; but among too small ones it would always be the same few that have one.
        let blocks = max((traces.length - base) / size, marked)
        let share = Double(marked) / Double(max(blocks, 1))
        for (count, share) in [(marked, share), (blocks - marked, 1 - share)] where count > 0 {
            value += Double(count) * log(share)
        }
    }

    private mutating func cost(
        of offset: Int, behind erased: Range<Int>, isClean: Bool, _ traces: FlashTraces, pages: FlashPages
    ) -> Double {
        if !isClean { return erased.count >= 512 ? Cost.uncleanStartInside : 0.3 }
        if offset == traces.first { return 0 }
        let largest = pages.sizes.last ?? 16384
        if erased.count >= 2 * largest {
            startsInside += 1
            return Cost.startInside
        }
        guard traces.cleanmarkers == 0, let smallest = pages.sizes.first else {
            startsInside += 1
            return Cost.shortStartInside
        }
        // Linux goes on at the next page when it is mounted again; until then it has filled up some pages.
        return traces.paddings.count > 1 && Self.modulo(offset - base, divisor: smallest) == 0 && erased.count < largest
            ? Cost.pageStartInside : Cost.shortStartInside
    }
}

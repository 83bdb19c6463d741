import FlashBytes
import JFFS2

/// Stretches of a dump in each of which all erase blocks lie alike.
///
/// Blocks begin at multiples of the erase size, all counted from one place. Where a transfer lost some bytes, or doubled some,
/// all blocks behind that place begin elsewhere: a new run.
struct BlockRuns {
    /// Nodes that one grid of blocks fits.
    struct Run {
        /// Indices of sightings.
        var nodes: Range<Int>
        /// Where blocks begin, modulo the erase size (bytes).
        var phase: Int
    }

    let eraseSize: Int
    /// How many nodes stand where a block begins.
    private(set) var hits = 0
    /// How many nodes stand where none can be.
    private(set) var misfits = 0
    /// At least one, ascending, without gaps between them.
    private(set) var runs: [Run] = []

    /// So many places are looked at where a grid does not fit, so that the time stays linear.
    private static let mostAttempts = 64
    /// So many blocks behind such a place must show where they begin.
    private static let windowBlocks = 4

    /// Of one byte order, ascending.
    private let sightings: [NodeCensus.Sighting]

    /// - Parameters:
    ///   - sightings: of one byte order, ascending.
    ///   - eraseSize: in bytes; a multiple of 4.
    ///   - base: where a block begins, if the nodes do not show it.
    ///   - bytes: of the census.
    init(_ sightings: [NodeCensus.Sighting], eraseSize: Int, base: Int, in bytes: RawSpan) {
        self.sightings = sightings
        self.eraseSize = eraseSize
        guard eraseSize >= 16, !sightings.isEmpty else { return }
        var phase = grid(from: 0, unlike: nil) ?? first(base: base)
        if beginsBlock(insteadOf: phase, in: bytes) { phase = 0 }
        var (start, attempts) = (0, 0)
        for index in sightings.indices {
            if !fits(index, phase: phase) {
                attempts += 1
                if attempts <= Self.mostAttempts,
                    let other = grid(from: index, unlike: phase) ?? near(index, phase: phase, in: bytes)
                {
                    if index > start { runs.append(Run(nodes: start..<index, phase: phase)) }
                    (start, phase) = (index, other)
                } else {
                    misfits += 1
                }
            }
            if place(index, phase: phase) == 0 { hits += 1 }
        }
        runs.append(Run(nodes: start..<sightings.count, phase: phase))
    }

    /// The runs of the erase size that explains most, if there are several runs; nil where all blocks lie alike.
    ///
    /// What is missing or too many makes nodes cross the blocks of the right size, so that another one was taken for it. Nodes
    /// that are all alike can seem to stand in smaller blocks; so of another size, runs only count between which there is damage.
    ///
    /// - Parameters:
    ///   - census: of one byte order.
    ///   - inferred: the size that fits all nodes (bytes).
    ///   - base: where one of its blocks begins.
    static func displaced(_ bytes: RawSpan, census: NodeCensus, inferred: Int, base: Int) -> BlockRuns? {
        let sightings = census.sightings
        guard inferred > 0, let first = sightings.first, let last = sightings.last else { return nil }
        var best: BlockRuns?
        var size = smallestBlock
        var sizes = [inferred]
        while size < largestBlock {
            if size != inferred { sizes.append(size) }
            size *= 2
        }
        for size in sizes where size <= max(inferred, last.end - first.offset) {
            let runs = BlockRuns(sightings, eraseSize: size, base: base, in: bytes)
            let blocks = (last.end - first.offset) / size
            // Damage can lie at some starts of blocks; at most of them a node stands.
            guard runs.misfits * 50 <= blocks, runs.hits * 4 >= blocks * 3, runs.areFew(blocks: blocks),
                runs.hits > best?.hits ?? 0, size == inferred || runs.areDamaged(in: bytes)
            else { continue }
            best = runs
        }
        guard let best, best.runs.count > 1 else { return nil }
        return best
    }

    private static let fewBlocks = 6

    /// Whether there are no more runs than faults of a transfer make in so many blocks: of a few blocks, each run has a
    /// cleanmarker, which stands nowhere but at the start of one, or begins where no node can be that stands like those before.
    private func areFew(blocks: Int) -> Bool {
        if runs.count * 3 <= blocks + 3 { return true }
        return blocks < Self.fewBlocks && runs.count <= blocks + 2
            && zip(runs, runs.dropFirst()).allSatisfy { before, behind in
                (behind.phase - before.phase) % 4 != 0
                    || before.nodes.contains(where: isMarker) && behind.nodes.contains(where: isMarker)
            }
    }

    /// Whether there is damage wherever a run ends and another one begins, or erased flash that can have been longer or shorter
    /// in front of a cleanmarker.
    private func areDamaged(in bytes: RawSpan) -> Bool {
        zip(runs, runs.dropFirst()).allSatisfy { before, behind in
            !damage(between: before, and: behind, in: bytes).isEmpty || isMarker(behind.nodes.lowerBound)
        }
    }

    /// A damaged node, or bytes that are none, between two nodes.
    struct Damage {
        /// In bytes.
        var offset: Int
        /// The node's header, if it is sound.
        var header: NodeHeader?
        /// Where the next node that is seen begins (bytes).
        var next: Int
    }

    /// What is damaged between the last block of a run and the first node of the next one.
    func damage(between before: Run, and behind: Run, in bytes: RawSpan) -> [Damage] {
        let end = behind.nodes.lowerBound
        var first = max(end - 1, before.nodes.lowerBound)
        while first > before.nodes.lowerBound, place(first, phase: before.phase) != 0 { first -= 1 }
        var found: [Damage] = []
        for index in first..<end {
            let (node, next) = (sightings[index], sightings[index + 1].offset)
            if node.header.type.accurate.hasSums, !node.isIntact(in: bytes) {
                found.append(Damage(offset: node.offset, header: node.header, next: next))
            } else if node.nextOffset < next, !bytes.isFilled(with: 0xff, in: node.nextOffset..<next) {
                let start = bytes.endOfRun(of: 0xff, in: node.nextOffset..<next)
                found.append(Damage(offset: start, header: nil, next: next))
            }
        }
        return found
    }

    /// The erase sizes that are tried (bytes).
    private static let smallestBlock = 4096
    private static let largestBlock = 1 << 20

    /// How far behind the start of its block a node stands (bytes).
    private func place(_ index: Int, phase: Int) -> Int {
        EraseSizeCandidate.modulo(sightings[index].offset - phase, divisor: eraseSize)
    }

    /// Whether a node can stand where it does: no node crosses a block, and a cleanmarker begins one.
    private func fits(_ index: Int, phase: Int) -> Bool {
        let place = place(index, phase: phase)
        if isMarker(index) { return place == 0 }
        return place % 4 == 0 && place + Int(sightings[index].header.totalLength) <= eraseSize
    }

    private func isMarker(_ index: Int) -> Bool { sightings[index].header.type.accurate == .cleanmarker }

    /// How much a node says that stands at the start of a block: a cleanmarker alone is enough.
    private func weight(_ index: Int) -> Int { isMarker(index) ? 2 : 1 }

    /// Whether the first block begins where the dump does, though the others lie in another way: a cleanmarker stands there, or
    /// a sound node, and something in that block is damaged. A dump that was begun inside of a block begins in a node.
    private func beginsBlock(insteadOf phase: Int, in bytes: RawSpan) -> Bool {
        guard let first = sightings.first, first.offset == 0, place(0, phase: phase) != 0 else { return false }
        if isMarker(0) { return true }
        guard first.header.type.accurate.hasSums, first.isIntact(in: bytes) else { return false }
        let nodes = sightings.prefix { $0.nextOffset <= eraseSize }.count
        guard nodes > 1 else { return false }
        return !damage(
            between: Run(nodes: 0..<nodes - 1, phase: 0), and: Run(nodes: nodes - 1..<nodes, phase: 0), in: bytes
        ).isEmpty
    }

    /// Where blocks begin in front of the first place that shows it: where the first node stands, or as is said.
    private func first(base: Int) -> Int {
        func length(_ phase: Int) -> Int { sightings.indices.prefix { fits($0, phase: phase) }.count }
        let (said, own) = (EraseSizeCandidate.modulo(base, divisor: eraseSize), place(0, phase: 0))
        return length(own) > length(said) ? own : said
    }

    /// A grid that a node shows which does not stand at a multiple of 4 of the one before: behind a place where few bytes are
    /// missing or too many.
    private func near(_ index: Int, phase: Int, in bytes: RawSpan) -> Int? {
        guard index > 0, place(index, phase: phase) % 4 != 0 else { return nil }
        let before = sightings[index - 1]
        let gap = sightings[index].offset - before.nextOffset
        // As many as the torn node in front is too short, or too long. Behind a whole one, much is a node without a header.
        let isTorn = gap < 0 || before.header.type.accurate.hasSums && !before.isIntact(in: bytes)
        var shifts = [-1, 1, -2, 2, -3, 3]
        if gap != 0, abs(gap) <= Self.widestGap {
            shifts.insert(gap, at: isTorn || gap < Self.shortestNode ? 0 : shifts.count)
        }
        for shift in shifts where place(index, phase: phase + shift) % 4 == 0 {
            let count = sightings[index...].indices.prefix(8).prefix { fits($0, phase: phase + shift) }.count
            if count >= min(3, sightings.count - index), count > 0 {
                return EraseSizeCandidate.modulo(phase + shift, divisor: eraseSize)
            }
        }
        return nil
    }

    /// No node with contents is shorter: a dirent with a name of one byte (bytes).
    private static let shortestNode = 44

    /// More bytes behind a node are not what was put into it (bytes).
    private static let widestGap = 4096

    /// The grid that fits from a node on for the longest, if it is shown by where blocks begin; nil where none is.
    private func grid(from first: Int, unlike phase: Int?) -> Int? {
        let end = sightings[first].offset + Self.windowBlocks * eraseSize
        var hits: [Int: Int] = [:]
        var last = first
        while last < sightings.count, sightings[last].offset < end {
            hits[place(last, phase: 0), default: 0] += weight(last)
            last += 1
        }
        var best: (phase: Int, length: Int, distance: Int)?
        for (other, count) in hits where count >= 2 && other != phase {
            var (length, shown) = (0, 0)
            while first + length < last, fits(first + length, phase: other) {
                if place(first + length, phase: other) == 0 { shown += weight(first + length) }
                length += 1
            }
            // Of two that fit alike, the one that is nearest to the grid before: nodes of one length have many grids.
            let shift = EraseSizeCandidate.modulo(other - (phase ?? 0), divisor: eraseSize)
            let distance = phase == nil ? shift : min(shift, eraseSize - shift)
            if shown >= 2,
                (length, -distance, -other) > (best?.length ?? 2, -(best?.distance ?? 0), -(best?.phase ?? 0))
            {
                best = (other, length, distance)
            }
        }
        return best?.phase
    }
}

extension NodeType {
    /// Whether sums over its contents tell that a node is whole.
    var hasSums: Bool { self == .inode || self == .dirent || self == .xattr }
}

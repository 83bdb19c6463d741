import FlashBytes
import JFFS2

/// Single bytes that a transfer lost at some places, as a serial line loses them: in a sound image all nodes stand at multiples of
/// 4, and behind each such place they stand at another remainder than before.
///
/// A torn node tells how many are missing: the next one begins before it ends. Where nodes do not tell it, erase blocks do:
/// cleanmarkers begin them, summaries end them, and no node crosses them.
struct LostBytes {
    /// Where bytes are missing, ascending; those that a torn node tells are proven.
    let splices: [Splice]
    /// The erase size that fits (bytes).
    let eraseSize: Int

    /// A place behind which nodes stand at another remainder by 4.
    private struct Change {
        /// Which node is the first behind it, of those that are seen.
        var index: Int
        /// How many bytes may be missing; less than 0 for too many.
        var options: [Int]
        /// Where bytes are put for those that are missing (bytes).
        var place: Int
        var isProven: Bool
    }

    /// More places are another fault: all bytes of a value are missing.
    private static let mostChanges = 16
    /// So many of them may leave open how many bytes are missing.
    private static let mostOpen = 5
    /// So many bytes are looked at in front of the end of a torn node.
    private static let mostLost = 16
    private static let eraseSizes = (12...20).map { 1 << $0 }

    /// Nil where nothing is missing, or something else explains it as well.
    ///
    /// - Parameters:
    ///   - census: of one byte order.
    ///   - inferred: the erase size that was inferred (bytes).
    ///   - base: where one of its blocks begins (bytes).
    init?(_ bytes: RawSpan, census: NodeCensus, inferred: Int, base: Int) {
        // All at one remainder, as in a sound image.
        let rest = census.sightings.first.map { $0.offset % 4 } ?? 0
        if rest == 0, census.sightings.allSatisfy({ $0.offset % 4 == rest }) { return nil }
        let seen = Self.nodes(bytes, census: census)
        guard let first = seen.first, seen.count >= 4, let changes = Self.changes(bytes, seen: seen, census: census)
        else { return nil }
        let open = changes.indices.filter { changes[$0].options.count > 1 }
        guard open.count <= Self.mostOpen else { return nil }
        var best: (lost: [Int], size: Int, misfits: Int, hits: Int, total: Int)?
        let sizes = [inferred] + Self.eraseSizes.filter { $0 != inferred }
        let bases = [base, 0, first.offset]
        for choice in 0..<(1 << open.count) {
            var lost = changes.map { $0.options[0] }
            for (bit, index) in open.enumerated() where choice >> bit & 1 == 1 {
                lost[index] = changes[index].options[1]
            }
            let places = Self.places(seen, changes: changes, lost: lost)
            let total = lost.reduce(0) { $0 + abs($1) }
            for size in sizes where size >= 4096 {
                for base in bases {
                    let (misfits, hits) = Self.fit(seen, places: places, size: size, base: base)
                    if let best, (-misfits, hits, -total) <= (-best.misfits, best.hits, -best.total) { continue }
                    best = (lost, size, misfits, hits, total)
                }
            }
        }
        guard let best, let last = seen.last,
            case let blocks = max(1, (last.end - first.offset) / best.size),
            best.misfits * 50 <= blocks, best.hits * 2 >= blocks, best.lost.allSatisfy({ $0 > 0 })
        else { return nil }
        splices = zip(changes, best.lost).map { change, lost in
            Splice(offset: change.place, change: .missing(lost), isProven: change.isProven)
        }
        eraseSize = best.size
    }

    // MARK: - Nodes

    /// All nodes, those included whose headers begin before the end of a torn one: the census steps over them.
    private static func nodes(_ bytes: RawSpan, census: NodeCensus) -> [NodeCensus.Sighting] {
        var seen: [NodeCensus.Sighting] = []
        var reached = 0
        for sighting in census.sightings where sighting.offset >= reached {
            seen.append(sighting)
            var last = sighting
            while let next = overlapping(last, in: bytes, census: census) {
                seen.append(next)
                last = next
                reached = next.offset + NodeHeader.size
            }
            if last.offset != sighting.offset, last.isIntact(in: bytes) { reached = last.nextOffset }
        }
        return seen
    }

    /// The node that begins shortly before the end of a torn one.
    private static func overlapping(
        _ node: NodeCensus.Sighting, in bytes: RawSpan, census: NodeCensus
    ) -> NodeCensus.Sighting? {
        guard isTorn(node, in: bytes) else { return nil }
        for count in 1...mostLost {
            let at = node.nextOffset - count
            guard at >= node.offset + NodeHeader.size else { return nil }
            guard
                let header = NodeHeader(reading: bytes, at: at, census.byteOrder, magic: census.magic),
                header.totalLength >= NodeHeader.size
            else { continue }
            return NodeCensus.Sighting(offset: at, header: header, byteOrder: census.byteOrder)
        }
        return nil
    }

    /// Whether bytes may be missing in a node: of a summary, nobody knows.
    private static func isTorn(_ node: NodeCensus.Sighting, in bytes: RawSpan) -> Bool {
        let type = node.header.type.accurate
        return type == .summary || type.hasSums && !node.isIntact(in: bytes)
    }

    // MARK: - Places

    /// Where nodes begin to stand at another remainder; nil where they do not, or for another reason.
    private static func changes(
        _ bytes: RawSpan, seen: [NodeCensus.Sighting], census: NodeCensus
    ) -> [Change]? {
        var changes: [Change] = []
        if let first = seen.first, let front = front(bytes, first: first.offset, census: census) {
            changes.append(front)
        }
        var start = 0
        for index in seen.indices.dropFirst() {
            let (before, next) = (seen[index - 1], seen[index])
            let lost = EraseSizeCandidate.modulo(before.offset - next.offset, divisor: 4)
            if lost == 0 { continue }
            // A node that stands alone may be a part of contents.
            guard isShown(seen[start..<index], in: bytes), changes.count < mostChanges else { return nil }
            start = index
            guard let change = change(bytes, index: index, before: before, next: next, lost: lost) else { return nil }
            changes.append(change)
        }
        guard !changes.isEmpty, isShown(seen[start...], in: bytes) else { return nil }
        return changes
    }

    /// - Parameter lost: how many bytes are missing, modulo 4.
    private static func change(
        _ bytes: RawSpan, index: Int, before: NodeCensus.Sighting, next: NodeCensus.Sighting, lost: Int
    ) -> Change? {
        let gap = next.offset - before.nextOffset
        let isTorn = isTorn(before, in: bytes)
        // Behind the header, so that the node keeps its length and is seen for what it is: damaged.
        let inside = min(before.offset + NodeHeader.size, next.offset)
        if gap < 0 {
            guard isTorn, -gap % 4 == lost else { return nil }
            return Change(index: index, options: [-gap], place: inside, isProven: true)
        }
        let end = bytes.endOfRun(of: 0xff, in: before.nextOffset..<next.offset)
        if isTorn, end == next.offset, gap > 3 || before.header.type.accurate == .summary {
            // The last node of a block, with erased bytes behind it.
            return Change(index: index, options: [lost, lost - 4], place: inside, isProven: false)
        }
        // A few bytes behind a torn node are what was pushed out of it.
        if isTorn, gap <= 3 { return nil }
        // A node whose header is torn, or erased bytes.
        return Change(
            index: index, options: [lost, lost - 4], place: end == next.offset ? before.nextOffset : end,
            isProven: false)
    }

    /// Bytes that are missing in the very first header of the file: a part of it still stands there.
    private static func front(_ bytes: RawSpan, first: Int, census: NodeCensus) -> Change? {
        guard first > 0, first % 4 != 0, let start = try? bytes.uint16(at: 0, census.byteOrder),
            let types = try? bytes.uint16(at: 1, census.byteOrder)
        else { return nil }
        let known: [UInt16] = [census.magic] + NodeType.known.map(\.rawValue)
        guard start == census.magic || known.dropFirst().contains(types) || known.dropFirst().contains(start) else {
            return nil
        }
        return Change(index: 0, options: [4 - first % 4], place: 0, isProven: false)
    }

    private static func isShown(_ nodes: ArraySlice<NodeCensus.Sighting>, in bytes: RawSpan) -> Bool {
        nodes.count > 1 || nodes.contains { $0.header.type.accurate == .cleanmarker || $0.isIntact(in: bytes) }
    }

    // MARK: - Blocks

    /// Where the nodes stood (bytes).
    private static func places(_ seen: [NodeCensus.Sighting], changes: [Change], lost: [Int]) -> [Int] {
        var (shift, next) = (0, 0)
        return seen.indices.map { index in
            while next < changes.count, changes[next].index <= index {
                shift += lost[next]
                next += 1
            }
            return seen[index].offset + shift
        }
    }

    /// How many nodes stand where none can be in erase blocks of a size, and how many begin or end one.
    private static func fit(
        _ seen: [NodeCensus.Sighting], places: [Int], size: Int, base: Int
    ) -> (misfits: Int, hits: Int) {
        var (misfits, hits) = (0, 0)
        for (node, place) in zip(seen, places) {
            let at = EraseSizeCandidate.modulo(place - base, divisor: size)
            let end = at + Int(node.header.totalLength)
            switch node.header.type.accurate {
            case .cleanmarker: if at == 0 { hits += 1 } else { misfits += 1 }
            case .summary: if end != size { misfits += 1 }
            default:
                if end > size { misfits += 1 }
                if at == 0 { hits += 1 }
            }
        }
        return (misfits, hits)
    }
}

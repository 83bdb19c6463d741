import FlashBytes
import JFFS2

/// Finds out how many file systems the nodes of a flash dump belong to.
///
/// Where the same inode number and version stand for different nodes, two file systems lie behind each other, and the cut
/// is between the nodes (`NumberTies`). A few such pairs occur in one old file system too. So a cut must part no name from
/// its inode, must lie at the start of an erase block, and must leave a tree on both sides.
enum FileSystemSplit {
    /// More than so many file systems are not told apart, so that the time stays linear.
    private static let most = 64

    /// Runs of `census.sightings` (index ranges), one a file system, ascending; nodes of the other byte order in a run do not
    /// belong to it.
    ///
    /// - Parameter nodes: the sightings to look at.
    static func runs(
        _ bytes: RawSpan, census: NodeCensus, nodes: Range<Int>
    ) -> [(nodes: Range<Int>, byteOrder: ByteOrder)] {
        var runs: [(nodes: Range<Int>, byteOrder: ByteOrder)] = []
        for (row, order) in rows(bytes, census: census, nodes: nodes) {
            var pending = [row]
            while let run = pending.popLast() {
                if runs.count + pending.count < most,
                    let cut = bestCut(bytes, census: census, run: run, byteOrder: order)
                {
                    pending.append(cut..<run.upperBound)
                    pending.append(run.lowerBound..<cut)
                } else {
                    runs.append((run, order))
                }
            }
        }
        return runs.sorted { $0.nodes.lowerBound < $1.nodes.lowerBound }
    }

    // MARK: - Byte order

    /// Rows of nodes of one byte order.
    ///
    /// Some nodes of the other order inside a file system are what a damaged node shows of the image that is its file's
    /// contents: no tree, or less than a block.
    private static func rows(
        _ bytes: RawSpan, census: NodeCensus, nodes: Range<Int>
    ) -> [(Range<Int>, ByteOrder)] {
        var rows: [(range: Range<Int>, order: ByteOrder)] = []
        for index in nodes {
            let order = census.sightings[index].byteOrder
            if let last = rows.last, last.order == order {
                rows[rows.count - 1].range = last.range.lowerBound..<index + 1
            } else {
                rows.append((index..<index + 1, order))
            }
        }
        guard rows.count > 1 else { return rows }
        let wholes = rows.filter { isWhole(bytes, census: census, row: $0.range) }
        guard let first = wholes.first else { return [(nodes, majority(census, nodes: nodes))] }
        // What is no file system belongs to the one before it.
        var merged = [(range: nodes.lowerBound..<first.range.upperBound, order: first.order)]
        for row in wholes.dropFirst() {
            let last = merged[merged.count - 1]
            if last.order == row.order {
                merged[merged.count - 1].range = last.range.lowerBound..<row.range.upperBound
            } else {
                merged[merged.count - 1].range = last.range.lowerBound..<row.range.lowerBound
                merged.append(row)
            }
        }
        let last = merged[merged.count - 1]
        merged[merged.count - 1].range = last.range.lowerBound..<nodes.upperBound
        return merged
    }

    private static func majority(_ census: NodeCensus, nodes: Range<Int>) -> ByteOrder {
        let little = census.sightings[nodes].count { $0.byteOrder == .little }
        return 2 * little >= nodes.count ? .little : .big
    }

    /// Whether the nodes may be a file system: they have a tree, and are more than a node of another one can hold.
    private static func isWhole(_ bytes: RawSpan, census: NodeCensus, row: Range<Int>) -> Bool {
        let ties = NumberTies(census.sightings[row], in: bytes)
        guard ties.hasTree(0..<row.count) else { return false }
        let behind = row.upperBound < census.sightings.count ? census.sightings[row.upperBound].offset : bytes.byteCount
        return behind - census.sightings[row.lowerBound].offset >= smallestBlock
    }

    /// The smallest erase blocks there are (bytes).
    private static let smallestBlock = 4096

    // MARK: - Numbers

    /// The index of the first node of the second file system; nil when all nodes belong together.
    private static func bestCut(
        _ bytes: RawSpan, census: NodeCensus, run: Range<Int>, byteOrder order: ByteOrder
    ) -> Int? {
        guard run.count > 3 else { return nil }
        let ties = NumberTies(census.sightings[run], in: bytes)
        var best: (cut: Int, value: Int, isStart: Bool)?
        var blocks: BlockStarts?
        // From the end: the second file system begins with the last node in front of which it does not contradict the first.
        for offset in (1..<run.count).reversed() {
            guard let value = value(ties, at: offset, count: run.count), value >= best?.value ?? 0 else { continue }
            let known = blocks ?? BlockStarts(bytes: bytes, census: census, run: run, order: order)
            blocks = known
            let cut = run.lowerBound + offset
            let isStart = known.contains(cut)
            if !isStart, known.isSure || !isPlain(ties, at: offset, count: run.count) { continue }
            if let best, value == best.value, best.isStart || !isStart { continue }
            best = (cut, value, isStart)
        }
        guard let best else { return nil }
        let offset = best.cut - run.lowerBound
        let right = EraseSizeInference(bytes: bytes, census: census.part(best.cut..<run.upperBound, byteOrder: order))
        if ties.copies[offset] > ties.conflicts[offset] {
            // Damage can copy one block over another; two copies of a firmware are more than one block each.
            let halves = [run.lowerBound..<best.cut, best.cut..<run.upperBound]
            guard right.showsBoundaries,
                halves.allSatisfy({ extent(census, run: $0, byteOrder: order) > right.result.bytes })
            else { return nil }
        }
        // The erase blocks of the second file system, as far as it shows them, begin with it.
        let start = census.sightings[best.cut].offset
        let isAtBlock = right.boundary(before: start) >= census.sightings[best.cut - 1].nextOffset
        return isAtBlock || !right.showsBoundaries ? best.cut : nil
    }

    /// From the first to the last node that is no cleanmarker (bytes).
    private static func extent(_ census: NodeCensus, run: Range<Int>, byteOrder order: ByteOrder) -> Int {
        let nodes = census.sightings[run].filter { $0.byteOrder == order && $0.header.type.accurate != .cleanmarker }
        guard let first = nodes.first, let last = nodes.last else { return 0 }
        return last.offset - first.offset
    }

    /// How well the numbers agree with a cut; nil where they do not.
    private static func value(_ ties: NumberTies, at offset: Int, count: Int) -> Int? {
        let (conflicts, copies, breaks) = (ties.conflicts[offset], ties.copies[offset], ties.breaks[offset])
        guard conflicts + copies >= 2, ties.hasTree(0..<offset), ties.hasTree(offset..<count) else { return nil }
        let (left, right) = (ties.nodes(0..<offset), ties.nodes(offset..<count))
        let smaller = min(left, right)
        // Every part of the tree is on one side, and there is hardly a number that both sides have and that agrees.
        if breaks == 0, conflicts >= 2, conflicts >= copies { return conflicts }
        let isClosed = breaks * 20 <= smaller
        let isMany =
            conflicts * 20 >= smaller || conflicts * 4 >= min(ties.names(0..<offset), ties.names(offset..<count))
        if isClosed, conflicts >= 2, conflicts > 4 * copies, isMany { return conflicts - breaks }
        // Damaged ones, whose names miss their inodes.
        if conflicts >= 10, conflicts > 4 * copies, conflicts * 5 >= smaller, conflicts > 2 * breaks {
            return conflicts - 2 * breaks
        }
        // Two copies of one firmware, as many devices keep them: nearly all nodes stand twice.
        if isClosed, conflicts + copies >= 20, (conflicts + copies) * 10 >= 8 * max(left, right) {
            return conflicts + copies - breaks
        }
        return nil
    }

    /// Whether the numbers alone show two file systems, so that the cut may lie anywhere.
    private static func isPlain(_ ties: NumberTies, at offset: Int, count: Int) -> Bool {
        let conflicts = ties.conflicts[offset]
        return conflicts >= 6 && ties.breaks[offset] == 0
            && conflicts * 2 >= min(ties.nodes(0..<offset), ties.nodes(offset..<count))
    }

    // MARK: - Erase blocks

    /// Where erase blocks can begin.
    private struct BlockStarts {
        private let sightings: ArraySlice<NodeCensus.Sighting>
        /// The blocks of all nodes together, if they fit.
        private let common: EraseSizeInference?

        /// Whether the blocks are known, so that a cut cannot lie anywhere else.
        var isSure: Bool { common != nil }

        init(bytes: RawSpan, census: NodeCensus, run: Range<Int>, order: ByteOrder) {
            sightings = census.sightings[run]
            let inference = EraseSizeInference(bytes: bytes, census: census.part(run, byteOrder: order))
            common = inference.showsBoundaries ? inference : nil
        }

        /// Whether a block can begin between a node and the one in front of it.
        func contains(_ cut: Int) -> Bool {
            let (end, start) = (sightings[cut - 1].nextOffset, sightings[cut].offset)
            if let common { return common.boundary(before: start) >= end }
            return start - end >= 4 || sightings[cut].header.type.accurate == .cleanmarker
        }
    }
}

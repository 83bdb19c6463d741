import FlashBytes
import JFFS2

extension ImageReading {
    /// A reading of a dump with spare areas, the bad blocks taken for erased ones.
    ///
    /// How large they are is not known before the erase size is, and what is in them blurs that: of all sizes, the one is taken
    /// that what is left speaks for.
    func withoutBadBlocks(of dump: ByteRegion, _ options: InputOptions) -> ImageReading {
        guard let area = spareArea?.area, dump.withBytes({ BadBlockMarks.isMarked($0, area: area) }) else {
            return self
        }
        let sizes = options.eraseSize.map { [$0] } ?? BadBlockMarks.eraseSizes(area)
        let nodes = census.sightings.map(\.offset)
        var best: (reading: ImageReading, fit: Fit)?
        for size in sizes {
            let bad = dump.withBytes { BadBlockMarks(dump: $0, area: area, nodes: nodes, eraseSize: size) }
            if bad.ranges.isEmpty { continue }
            let rest = without(bad.ranges, dump: dump, area: area)
            let found = sizes.count > 1 ? rest.whole.eraseSize : nil
            let fit = Fit(
                strayMarks: bad.strayMarks, isAgreed: found?.bytes == size, confidence: found?.confidence ?? .low,
                frequency: FlashPages.frequency(ofPages: size / area.pageSize, size: area.pageSize))
            if let best, !(best.fit < fit) { continue }
            best = (rest, fit)
        }
        return best?.reading ?? self
    }

    /// The same with the bad blocks at `ranges` of the data erased.
    private func without(_ ranges: [Range<Int>], dump: ByteRegion, area: SpareArea) -> ImageReading {
        var rest = self
        let data = dump.withBytes { area.data(of: $0, erasing: ranges) }
        rest.region = ByteRegion(data)
        rest.census = NodeCensus(
            unsafe data.span.bytes, byteOrder: votes.values.contains(0) ? census.byteOrder : nil, magic: census.magic)
        rest.votes = rest.census.votes
        rest.spareArea?.leaveOut(ranges)
        rest.badBlocks = ranges
        return rest
    }

    /// How well a size of blocks agrees with the bad ones.
    private struct Fit: Comparable {
        var strayMarks: Int
        /// Whether what is left has blocks of that size, and how surely.
        var isAgreed: Bool
        var confidence: EraseSize.Confidence
        var frequency: Double

        static func < (left: Fit, right: Fit) -> Bool {
            (right.strayMarks, left.isAgreed ? 1 : 0, left.confidence, left.frequency)
                < (left.strayMarks, right.isAgreed ? 1 : 0, right.confidence, right.frequency)
        }
    }
}

import FlashBytes
import JFFS2

/// Finds out whether an input is a NAND dump with the spare area in between, and of which layout.
///
/// In such a dump most node headers are valid, but what should follow a node stands some bytes late: the spare areas that
/// the node ran into. With the right layout, each node ends where the next one begins.
struct SpareAreaInference {
    let area: SpareArea
    /// Where in the data the pages are whose spare area holds a cleanmarker: starts of erase blocks.
    let cleanmarkers: [Int]

    /// - Parameter census: of the bytes as they are.
    /// - Returns: nil when the bytes make sense without a spare area.
    init?(_ bytes: RawSpan, _ census: NodeCensus) {
        let sightings = Array(census.sightings.prefix(Self.most))
        guard let area = Self.byNodes(sightings) ?? Self.byCleanmarkers(bytes, sightings, census.byteOrder)
        else { return nil }
        self.init(area, bytes, census.byteOrder)
    }

    /// A layout that is known.
    init(_ area: SpareArea, _ bytes: RawSpan, _ order: ByteOrder) {
        self.area = area
        cleanmarkers = Self.cleanmarkers(bytes, area, order)
    }

    /// How many nodes are looked at.
    private static let most = 4000

    // MARK: By what follows nodes

    /// How many nodes are followed by the next one just where they end.
    private struct Links {
        var count = 0
        /// Those of them that lie on more than one page.
        var crossing = 0
    }

    private static func links(_ sightings: [NodeCensus.Sighting], _ area: SpareArea?) -> Links {
        var links = Links()
        var next = sightings.first.flatMap { dataOffset($0.offset, area) }
        for (node, following) in zip(sightings, sightings.dropFirst()) {
            let start = next
            next = dataOffset(following.offset, area)
            guard let start, let next, start + padded(node.header.totalLength) == next else { continue }
            links.count += 1
            if let area, start / area.pageSize != (next - 1) / area.pageSize { links.crossing += 1 }
        }
        return links
    }

    private static func dataOffset(_ offset: Int, _ area: SpareArea?) -> Int? {
        area.map { $0.dataOffset(of: offset) } ?? offset
    }

    private static func byNodes(_ sightings: [NodeCensus.Sighting]) -> SpareArea? {
        let plain = links(sightings, nil)
        var best: (area: SpareArea, links: Links)?
        for area in candidates(sightings) {
            let links = links(sightings, area)
            if links.count > (best?.links.count ?? plain.count) { best = (area, links) }
        }
        // Once may be an accident.
        guard let best, best.links.crossing >= 2 else { return nil }
        return best.area
    }

    /// Known layouts, and others that the gaps behind nodes suggest; none when there are no gaps.
    private static func candidates(_ sightings: [NodeCensus.Sighting]) -> [SpareArea] {
        var gaps: [Int: Int] = [:]
        for (node, following) in zip(sightings, sightings.dropFirst()) {
            let gap = following.offset - node.offset - padded(node.header.totalLength)
            if gap > 0, gap < 1 << 16 { gaps[gap, default: 0] += 1 }
        }
        let frequent = gaps.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(12).map(\.key)
        guard !frequent.isEmpty else { return [] }
        var areas = SpareArea.known
        for gap in frequent {
            for part in 1...16 where gap % part == 0 && gap / part >= 4 {
                for page in (8...15).map({ 1 << $0 }) {
                    guard let area = SpareArea(pageSize: page, spareSize: gap / part), !areas.contains(area) else {
                        continue
                    }
                    areas.append(area)
                }
            }
        }
        return areas
    }

    // MARK: By cleanmarkers

    /// Linux writes the first 8 bytes of a cleanmarker, of that length, somewhere into the spare area of a block's
    /// first page.
    private static func cleanmarker(_ order: ByteOrder) -> UInt64 {
        var writer = ByteWriter(order)
        writer.uint16(NodeHeader.magic)
        writer.uint16(NodeType.cleanmarker.rawValue)
        writer.uint32(8)
        return writer.bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func cleanmarkers(_ bytes: RawSpan, _ area: SpareArea, _ order: ByteOrder) -> [Int] {
        let marker = cleanmarker(order)
        return area.spareRanges(in: bytes.byteCount).filter { contains(bytes, $0, marker) }.map {
            ($0.lowerBound - area.pageSize) / area.stride * area.pageSize
        }
    }

    private static func contains(_ bytes: RawSpan, _ range: Range<Int>, _ marker: UInt64) -> Bool {
        guard range.count >= 8, !bytes.isFilled(with: 0xff, in: range) else { return false }
        var last: UInt64 = 0
        for offset in range {
            last = last << 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            if last == marker, offset >= range.lowerBound + 7 { return true }
        }
        return false
    }

    /// For a nearly empty flash, whose nodes all fit into pages: a known layout into which the length divides, with
    /// cleanmarkers in the spare area where blocks can begin.
    private static func byCleanmarkers(
        _ bytes: RawSpan, _ sightings: [NodeCensus.Sighting], _ order: ByteOrder
    ) -> SpareArea? {
        for area in SpareArea.known where bytes.byteCount % area.stride == 0 {
            guard sightings.allSatisfy({ area.dataOffset(of: $0.offset) != nil }) else { continue }
            let found = cleanmarkers(bytes, area, order)
            // Blocks are no smaller than 4 KiB, and the first one begins with the dump.
            if found.count >= 2, found.allSatisfy({ $0 % 4096 == 0 }) { return area }
        }
        return nil
    }
}

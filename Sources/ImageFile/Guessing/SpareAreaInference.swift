import FlashBytes
import JFFS2

/// Finds out whether an input is a NAND dump with the spare area in between, and of which layout.
///
/// In such a dump most node headers are valid, but what runs into a spare area is broken: sums are wrong, and what should
/// follow a node stands some bytes late. All layouts are compared: with the right one most nodes are whole, and each ends
/// where the next one begins. Where nothing runs into a spare area, the cleanmarkers in there tell.
struct SpareAreaInference {
    let area: SpareArea
    /// Where in the data the pages are whose spare area holds a cleanmarker: starts of erase blocks.
    private(set) var cleanmarkers: [Int]

    /// Forgets the cleanmarkers in parts of the data.
    mutating func leaveOut(_ ranges: [Range<Int>]) {
        cleanmarkers.removeAll { marker in ranges.contains { $0.contains(marker) } }
    }

    /// - Parameters:
    ///   - bytes: the dump as it is.
    ///   - sightings: all in the dump, of one byte order.
    /// - Returns: nil when the bytes make sense without a spare area.
    init?(bytes: RawSpan, sightings: [NodeCensus.Sighting], order: ByteOrder) {
        let search = SpareAreaSearch(sightings: sightings, order: order)
        guard let area = search.best(bytes) else { return nil }
        self.init(area: area, bytes: bytes, order: order)
    }

    /// A layout that is known.
    init(area: SpareArea, bytes: RawSpan, order: ByteOrder) {
        self.area = area
        cleanmarkers = Self.cleanmarkers(bytes, area: area, byteOrder: order)
    }

    /// The layout of a dump in which nothing but the cleanmarkers in the spare area is written, with their byte order.
    static func ofErased(_ bytes: RawSpan, byteOrder order: ByteOrder?) -> (SpareAreaInference, ByteOrder)? {
        for order in order.map({ [$0] }) ?? ByteOrder.allCases {
            if let found = SpareAreaInference(bytes: bytes, sightings: [], order: order) { return (found, order) }
        }
        return nil
    }

    /// Linux writes the first 8 bytes of a cleanmarker, of that length, somewhere into the spare area of a block's
    /// first page (`jffs2_write_nand_cleanmarker` in wbuf.c).
    private static func cleanmarker(_ order: ByteOrder) -> UInt64 {
        var writer = ByteWriter(order)
        writer.uint16(NodeHeader.magic)
        writer.uint16(NodeType.cleanmarker.rawValue)
        writer.uint32(8)
        return writer.bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// All places of cleanmarkers as they stand in spare areas, up to some thousand (bytes of the dump, ascending).
    fileprivate static func cleanmarkerPlaces(_ bytes: RawSpan, byteOrder order: ByteOrder) -> [Int] {
        let marker = cleanmarker(order)
        let start = BytePairs([
            (UInt8(truncatingIfNeeded: marker >> 56), UInt8(truncatingIfNeeded: marker >> 48))
        ])
        var places: [Int] = []
        // Where a whole one has room.
        let end = bytes.byteCount - 7
        var at = 0
        while at < end, places.count < 4096 {
            at = start.firstOffset(in: bytes, range: at..<end)
            if at == end { break }
            if unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self).bigEndian == marker {
                places.append(at)
            }
            at += 1
        }
        return places
    }

    fileprivate static func cleanmarkers(_ bytes: RawSpan, area: SpareArea, byteOrder order: ByteOrder) -> [Int] {
        let marker = cleanmarker(order)
        return area.spareRanges(in: bytes.byteCount).filter { contains(bytes, range: $0, marker: marker) }.map {
            ($0.lowerBound - area.pageSize) / area.stride * area.pageSize
        }
    }

    private static func contains(_ bytes: RawSpan, range: Range<Int>, marker: UInt64) -> Bool {
        guard range.count >= 8, !bytes.isFilled(with: 0xff, in: range) else { return false }
        var last: UInt64 = 0
        for offset in range {
            last = last << 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            if last == marker, offset >= range.lowerBound + 7 { return true }
        }
        return false
    }
}

/// The comparison of layouts.
private struct SpareAreaSearch {
    private let sightings: [NodeCensus.Sighting]
    private let order: ByteOrder

    /// How many nodes are looked at.
    private static let most = 2000
    /// How many layouts that are in no table are looked at closely.
    private static let mostUnknown = 12

    init(sightings: [NodeCensus.Sighting], order: ByteOrder) {
        self.sightings = Array(sightings.prefix(Self.most))
        self.order = order
    }

    /// How well a layout fits.
    private struct Fit {
        var area: SpareArea?
        /// Nodes whose data is whole.
        var whole = 0
        /// Nodes that end where the next one begins.
        var links = 0
        /// Headers that would lie in the spare area.
        var misplaced = 0

        /// One number, so that each node that is not there costs as much as it gives.
        var value: Int { whole + links - 4 * misplaced }
    }

    func best(_ bytes: RawSpan) -> SpareArea? {
        let plain = fit(nil, in: bytes)
        let marked = suggestedByCleanmarkers(bytes)
        let unknown = (suggested() + marked).map { (area: $0, links: links($0).links) }
            .sorted { ($0.links, $1.area.stride) > ($1.links, $0.area.stride) }.prefix(Self.mostUnknown).map(\.area)
        let fits =
            SpareArea.known.map { fit($0, in: bytes, least: plain.value) }
            + unknown.filter { !SpareArea.known.contains($0) }.map { fit($0, in: bytes, least: plain.value) }
            // A gap may be of any length; that more nodes are whole is no accident.
            .filter { $0.whole >= plain.whole + 2 || $0.area.map(marked.contains) == true }
        let most = fits.map(\.value).max() ?? 0
        // Once may be an accident.
        let isSeen = most >= plain.value + 2
        // For a nearly empty flash, whose nodes all fit into pages, the cleanmarkers have to tell.
        guard most >= plain.value || sightings.isEmpty else { return nil }
        let equals = fits.filter { $0.value == most }.compactMap(\.area)
        let ranked = equals.map { area in
            let found = SpareAreaInference.cleanmarkers(bytes, area: area, byteOrder: order)
            // Blocks have at least 4 KiB, most of them 32 pages, and the first one begins with the dump.
            let isWhole = bytes.byteCount % area.stride == 0
            let areBlocks = found.allSatisfy { $0 % (32 * area.pageSize) == 0 }
            let agreeing = found.allSatisfy { $0 % 4096 == 0 } ? areBlocks ? 2 * found.count : found.count : 0
            return (area: area, markers: agreeing, isWhole: isWhole)
        }
        if let best = ranked.max(by: { ($0.markers, $0.isWhole ? 1 : 0) < ($1.markers, $1.isWhole ? 1 : 0) }),
            best.markers >= 2 && best.isWhole || isSeen
        {
            return best.area
        }
        return nil
    }

    // MARK: - Nodes and what follows them

    private func dataOffset(_ offset: Int, area: SpareArea?) -> Int? {
        area.map { $0.dataOffset(of: offset) } ?? offset
    }

    private func links(_ area: SpareArea?) -> Fit {
        var fit = Fit(area: area)
        var next = sightings.first.flatMap { dataOffset($0.offset, area: area) }
        if next == nil, !sightings.isEmpty { fit.misplaced += 1 }
        for (node, following) in zip(sightings, sightings.dropFirst()) {
            let start = next
            next = dataOffset(following.offset, area: area)
            if next == nil { fit.misplaced += 1 }
            guard let start, let next else { continue }
            if start + padded(node.header.totalLength) == next { fit.links += 1 }
        }
        return fit
    }

    /// - Parameter least: a value that is of no use if it is not reached: then the nodes need not be looked at.
    private func fit(_ area: SpareArea?, in bytes: RawSpan, least: Int = .min) -> Fit {
        var fit = links(area)
        if fit.value + sightings.count < least { return fit }
        for sighting in sightings where isWhole(sighting, area: area, in: bytes) { fit.whole += 1 }
        return fit
    }

    /// Whether a node is as it was written when the spare areas are taken out.
    private func isWhole(_ sighting: NodeCensus.Sighting, area: SpareArea?, in bytes: RawSpan) -> Bool {
        guard sighting.header.totalLength <= 1 << 16, let start = dataOffset(sighting.offset, area: area) else {
            return false
        }
        var node = sighting
        node.offset = 0
        guard let area else {
            guard sighting.end <= bytes.byteCount else { return false }
            return isWhole(node, in: bytes.extracting(sighting.offset..<sighting.end))
        }
        let from = sighting.offset
        let to = area.dumpOffset(of: start + Int(sighting.header.totalLength) - 1) + 1
        guard to <= bytes.byteCount else { return false }
        // From the start of its page, so that pages can be counted.
        let page = from - from % area.stride
        let data = area.data(of: bytes.extracting(page..<to))
        let inPage = from % area.stride
        return isWhole(node, in: unsafe data.span.bytes.extracting(inPage..<data.count))
    }

    private func isWhole(_ node: NodeCensus.Sighting, in bytes: RawSpan) -> Bool {
        if node.header.type.accurate == .padding {
            return node.end <= bytes.byteCount && bytes.isFilled(with: 0, in: NodeHeader.size..<node.end)
        }
        return node.isIntact(in: bytes)
    }

    // MARK: - Layouts in no table

    /// Blocks of NAND flash have as many pages, mostly.
    private static let pagesOfBlocks = [32, 64, 128, 256]

    /// What the distances of cleanmarkers in the spare areas suggest: whole blocks.
    private func suggestedByCleanmarkers(_ bytes: RawSpan) -> [SpareArea] {
        let places = SpareAreaInference.cleanmarkerPlaces(bytes, byteOrder: order)
        var distances: [Int: Int] = [:]
        for (left, right) in zip(places, places.dropFirst()) { distances[right - left, default: 0] += 1 }
        let frequent = distances.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(4).map(\.key)
        var areas: Set<SpareArea> = []
        for distance in frequent {
            for count in Self.pagesOfBlocks where distance % count == 0 {
                let stride = distance / count
                for page in (9...14).map({ 1 << $0 }) where page < stride && (stride - page) * 6 <= page {
                    guard let area = SpareArea(pageSize: page, spareSize: stride - page),
                        places.allSatisfy({ area.dataOffset(of: $0) == nil })
                    else { continue }
                    areas.insert(area)
                }
            }
        }
        return Array(areas)
    }

    /// What the gaps behind nodes suggest; none when there are no gaps.
    private func suggested() -> [SpareArea] {
        var gaps: [Int: Int] = [:]
        for (node, following) in zip(sightings, sightings.dropFirst()) {
            let gap = following.offset - node.offset - padded(node.header.totalLength)
            if gap > 0, gap < 1 << 16 { gaps[gap, default: 0] += 1 }
        }
        let frequent = gaps.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(12).map(\.key)
        var areas: Set<SpareArea> = []
        for gap in frequent {
            for part in 1...16 where gap % part == 0 && gap / part >= 4 {
                for page in (8...14).map({ 1 << $0 }) where gap / part * 6 <= page {
                    if let area = SpareArea(pageSize: page, spareSize: gap / part) { areas.insert(area) }
                }
            }
        }
        return Array(areas)
    }
}

import FlashBytes
import JFFS2

/// What the nodes of one file system show of its erase blocks, before any size is known.
///
/// Linux fills a block from its start to its end without a gap, and goes on in another one (nodemgmt.c). So what stands
/// behind erased bytes stands at the start of a block; on NAND flash, where each write fills a page, at least at the
/// start of a page (wbuf.c).
struct FlashTraces {
    /// A node, with what lies in front of it.
    struct Node {
        /// Where it lies, the padding behind it included (bytes).
        var range: Range<Int>
        var isPadding: Bool
        /// Where the erased bytes begin that reach up to the node (bytes).
        var erasedStart: Int
        /// Whether it stands in an unbroken row of nodes that follows bytes which are neither nodes nor erased: such a row
        /// may be the contents of a file whose own node is damaged.
        var followsForeignBytes: Bool
    }

    /// A place that is the start of an erase block, more or less surely.
    struct Start {
        enum Kind {
            case cleanmarker
            /// A cleanmarker in the spare area of NAND flash.
            case spareCleanmarker
            /// A node behind erased bytes; whether only nodes lie in front of those, and not foreign bytes.
            case behindErased(Range<Int>, isClean: Bool)
        }
        /// In bytes.
        var offset: Int
        var kind: Kind
    }

    /// A sound summary: where its block ends, and how large that is (bytes).
    struct Summary {
        var end: Int
        var size: Int
    }

    /// Ascending.
    private(set) var nodes: [Node] = []
    /// Ascending.
    private(set) var starts: [Start] = []
    private(set) var summaries: [Summary] = []
    /// Padding nodes, which end pages.
    private(set) var paddings: [Range<Int>] = []
    /// How many starts are cleanmarkers among the data.
    private(set) var cleanmarkers = 0
    /// How many starts are cleanmarkers in the spare area.
    private(set) var spareCleanmarkers = 0
    /// Whether a Linux kernel has written here since the image was made.
    private(set) var isLivedIn = false
    /// Whether the bytes begin with what may be a damaged node.
    let hasDamagedFront: Bool
    /// The nodes' headers.
    let census: NodeCensus
    /// Where all bytes end.
    let length: Int
    /// Whether the last bytes are erased.
    let isPadded: Bool

    /// The first node's offset (bytes).
    var first: Int { nodes.first?.range.lowerBound ?? 0 }
    /// Where the last node ends (bytes).
    var end: Int { nodes.last?.range.upperBound ?? 0 }
    /// Whether something else than erased flash lies in front of the first node.
    var hasForeignFront: Bool { (nodes.first?.erasedStart ?? 0) > 0 }
    /// Whether all in front of the first node is erased, and there is something.
    var hasErasedFront: Bool { first > 0 && nodes.first?.erasedStart == 0 }

    /// - Parameters:
    ///   - bytes: the bytes of the census.
    ///   - blockStarts: where the spare area of NAND flash has cleanmarkers (bytes, ascending).
    init(bytes: RawSpan, census: NodeCensus, blockStarts: [Int] = []) {
        self.census = census
        length = bytes.byteCount
        isPadded = length >= 4 && bytes.isFilled(with: 0xff, in: length - 4..<length)
        hasDamagedFront = DamagedNode.mayBegin(bytes, byteOrder: census.byteOrder, magic: census.magic)
        var end = 0
        for (index, sighting) in census.sightings.enumerated() {
            let next = index + 1 < census.sightings.count ? census.sightings[index + 1].offset : length
            add(sighting, in: bytes, behind: end, before: next)
            end = max(end, min(sighting.nextOffset, length))
        }
        let spare = blockStarts.filter { $0 < length }
        spareCleanmarkers = spare.count
        starts += spare.map { Start(offset: $0, kind: .spareCleanmarker) }
        if !spare.isEmpty { starts.sort { $0.offset < $1.offset } }
    }

    private mutating func add(_ sighting: NodeCensus.Sighting, in bytes: RawSpan, behind end: Int, before next: Int) {
        let type = sighting.header.type.accurate
        let start = sighting.offset
        let erased = start > end ? Self.startOfErased(bytes, range: end..<start) : start
        // What is left of a page that has no room for a padding node is zero.
        let isClean = erased <= end || bytes.isFilled(with: 0, in: end..<erased) && erased - end < Self.longestFilling
        let isRow = start == end || isClean && erased == start
        let follows = isRow ? nodes.last?.followsForeignBytes ?? false : !isClean
        nodes.append(
            Node(
                range: start..<max(start, min(sighting.nextOffset, length)), isPadding: type == .padding,
                erasedStart: max(erased, min(end, start)), followsForeignBytes: follows))
        if !sighting.header.type.isAccurate || type == .padding { isLivedIn = true }
        switch type {
        case .cleanmarker:
            if Self.isCleanmarker(bytes, sighting: sighting, before: next) {
                starts.append(Start(offset: start, kind: .cleanmarker))
                cleanmarkers += 1
                return
            }
        case .padding:
            if sighting.end <= length { paddings.append(start..<sighting.end) }
        case .summary:
            if let size = Self.summarySize(bytes, sighting: sighting) {
                summaries.append(Summary(end: sighting.end, size: size))
            }
        default: break
        }
        // Behind a cleanmarker that is longer than its header says, the block goes on.
        let isAfterMarker = starts.last?.offset == end - NodeHeader.size && start - erased < Self.longestCleanmarker
        if start - erased >= 4, !isAfterMarker {
            starts.append(Start(offset: start, kind: .behindErased(erased..<start, isClean: isClean)))
        }
    }

    /// Zero bytes in front of the end of a page, where a padding node would not fit, are no more than this.
    private static let longestFilling = NodeHeader.size + 1

    /// A cleanmarker may fill what the flash writes at once (`jffs2_nor_wbuf_flash_setup` in wbuf.c; bytes).
    private static let longestCleanmarker = 1024

    /// Where the erased bytes at the end of a stretch begin.
    private static func startOfErased(_ bytes: RawSpan, range: Range<Int>) -> Int {
        var at = range.upperBound
        while at - 8 >= range.lowerBound,
            unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at - 8, as: UInt64.self) == .max
        { at -= 8 }
        while at > range.lowerBound, unsafe bytes.unsafeLoad(fromByteOffset: at - 1, as: UInt8.self) == 0xff { at -= 1 }
        return at
    }

    /// Whether a node or erased bytes follow, as behind all cleanmarkers on flash; the constant in a program is none.
    private static func isCleanmarker(
        _ bytes: RawSpan, sighting: NodeCensus.Sighting, before next: Int
    ) -> Bool {
        let end = sighting.nextOffset
        return next <= end || bytes.isFilled(with: 0xff, in: end..<min(end + 4, next))
    }

    /// The size of the block that a sound summary closes.
    private static func summarySize(_ bytes: RawSpan, sighting: NodeCensus.Sighting) -> Int? {
        guard sighting.end <= bytes.byteCount, sighting.header.totalLength >= 40,
            let magic = try? bytes.uint32(at: sighting.end - 4, sighting.byteOrder), magic == SummaryNode.markerMagic,
            let offset = try? bytes.uint32(at: sighting.end - 8, sighting.byteOrder)
        else { return nil }
        let size = Int(offset) + Int(sighting.header.totalLength)
        guard size <= 16 << 20, size % 4 == 0, sighting.end >= size,
            (try? SummaryNode(block: bytes.extracting(sighting.end - size..<sighting.end), sighting.byteOrder)) != nil
        else { return nil }
        return size
    }
}

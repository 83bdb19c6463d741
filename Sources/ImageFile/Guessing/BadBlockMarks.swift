package import FlashBytes
import JFFS2

/// The bad blocks of a NAND dump with spare areas, as `nanddump --bb=dumpbad --oob` reads them: Linux passes them over, so
/// whatever is in them does not belong to the file system.
///
/// A block is bad if the marker in the spare area of its first or second page is not 0xFF (byte 0, or byte 5 where pages have
/// 512 bytes or less; bbm.h and nand_bbt.c of Linux). The marker is not covered by the sums: one bit that flipped makes
/// no bad block. Some controllers keep other things in that place: then it is used behind all pages of nodes.
struct BadBlockMarks {
    /// Where in the data they lie, each one block (bytes, ascending).
    let ranges: [Range<Int>]
    /// How many marks lie at the start of no block, and in no bad one: blocks are smaller then.
    let strayMarks: Int

    /// More blocks than this and more than a third are not bad, but something else is in the place of the marker.
    private static let most = 4
    /// No NAND flash has smaller blocks (pages).
    private static let fewestPages = 32

    /// The sizes that erase blocks can have on flash with such pages (bytes).
    static func eraseSizes(_ area: SpareArea) -> [Int] { (0..<4).map { (area.pageSize * fewestPages) << $0 } }

    /// Whether there is a mark at all.
    static func isMarked(_ dump: RawSpan, area: SpareArea) -> Bool {
        !marks(dump, area: area, every: fewestPages).isEmpty
    }

    /// - Parameters:
    ///   - dump: with the spare areas.
    ///   - nodes: where in the data nodes begin (bytes, ascending).
    ///   - eraseSize: of the data (bytes).
    init(dump: RawSpan, area: SpareArea, nodes: [Int], eraseSize: Int) {
        let pages = max(eraseSize / area.pageSize, 1)
        let marks = Self.marks(dump, area: area, every: min(pages, Self.fewestPages))
        let starts = marks.filter { $0 % pages == 0 }
        let bad = Set(starts)
        let count = dump.byteCount / area.stride
        let blocks = (count + pages - 1) / pages
        let isBad = { (page: Int) in bad.contains(page - page % pages) }
        guard starts.count <= Self.most || starts.count * 3 <= blocks,
            Self.isMeant(dump, area: area, nodes: nodes, pagesOfBlock: pages, isBad: isBad)
        else {
            (ranges, strayMarks) = ([], 0)
            return
        }
        ranges = starts.map { $0 * area.pageSize..<min($0 + pages, count) * area.pageSize }
        strayMarks = marks.count { !isBad($0) }
    }

    /// Pages that are the first of a block with a mark, if blocks had so many pages (ascending).
    private static func marks(_ dump: RawSpan, area: SpareArea, every pages: Int) -> [Int] {
        stride(from: 0, to: dump.byteCount / area.stride, by: pages).filter {
            isMarked(dump, area: area, page: $0) || isMarked(dump, area: area, page: $0 + 1)
        }
    }

    /// Whether the place of the marker is unused behind pages with nodes where Linux does not look for it, so that it means
    /// something where it does.
    private static func isMeant(
        _ dump: RawSpan, area: SpareArea, nodes: [Int], pagesOfBlock: Int, isBad: (Int) -> Bool
    ) -> Bool {
        var last = -1
        var (others, marked, good) = (0, 0, 0)
        for page in nodes.lazy.map({ $0 / area.pageSize }) where page != last {
            last = page
            if !isBad(page) { good += 1 }
            if page % pagesOfBlock < 2 { continue }
            others += 1
            if isMarked(dump, area: area, page: page) { marked += 1 }
        }
        return others > 0 ? marked * 4 < others : good > 0 || nodes.isEmpty
    }

    private static func isMarked(_ dump: RawSpan, area: SpareArea, page: Int) -> Bool {
        let place = area.pageSize <= 512 ? 5 : 0
        let at = page * area.stride + area.pageSize + place
        guard place < area.spareSize, let mark = try? dump.uint8(at: at), mark.nonzeroBitCount < 5 else { return false }
        // A cleanmarker in that place is none.
        return !(max(at - 7, 0)...at).contains { start in
            ByteOrder.allCases.contains { order in
                (try? dump.uint16(at: start, order)) == NodeHeader.magic
                    && (try? dump.uint16(at: start + 2, order)) == NodeType.cleanmarker.rawValue
            }
        }
    }
}

extension SpareArea {
    /// The data alone, with parts of it as erased flash.
    package func data(of dump: RawSpan, erasing ranges: [Range<Int>]) -> [UInt8] {
        var data = data(of: dump)
        for range in ranges.map({ $0.clamped(to: 0..<data.count) }) {
            data.replaceSubrange(range, with: [UInt8](repeating: 0xff, count: range.count))
        }
        return data
    }
}

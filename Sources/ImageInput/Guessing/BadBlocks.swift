public import FlashBytes

/// The bad blocks of a NAND dump with spare areas, as `nanddump --bb=dumpbad --oob` reads them: Linux passes them over, so
/// whatever is in them does not belong to the file system.
///
/// A block is bad if the marker in the spare area of its first or second page is not 0xFF (byte 0, or byte 5 where pages have
/// 512 bytes or less; bbm.h and nand_bbt.c of Linux). The marker is not covered by the sums: one bit that flipped makes
/// no bad block. Some controllers keep other things in that place, which then is hardly ever 0xFF.
struct BadBlocks {
    /// Where in the data they lie (bytes, ascending).
    let ranges: [Range<Int>]

    /// At most one byte of so many lies in a bad block; makers promise one of fifty.
    private static let fewest = 3
    /// No NAND flash has smaller blocks (pages).
    private static let fewestPages = 32

    /// - Parameters:
    ///   - dump: with the spare areas.
    ///   - cleanmarkers: where in the data blocks begin for certain (bytes, ascending).
    ///   - eraseSize: of the data, as far as known: a good block is not taken for a part of a bad one (bytes).
    init(_ dump: RawSpan, _ area: SpareArea, cleanmarkers: [Int], eraseSize: Int) {
        var starts: [Int] = []
        for page in stride(from: 0, to: dump.byteCount / area.stride, by: Self.fewestPages)
        where Self.isMarked(dump, area, page) || Self.isMarked(dump, area, page + 1) {
            starts.append(page * area.pageSize)
        }
        let size = dump.byteCount / area.stride * area.pageSize
        let borders = Set(starts + cleanmarkers).sorted()
        let ranges = starts.map { start in
            let next = borders.partitionPoint { $0 <= start }
            return start..<min(start + eraseSize, next < borders.count ? borders[next] : size, size)
        }
        self.ranges = ranges.reduce(0) { $0 + $1.count } * Self.fewest <= size ? ranges : []
    }

    private static func isMarked(_ dump: RawSpan, _ area: SpareArea, _ page: Int) -> Bool {
        let at = page * area.stride + area.pageSize + place(area)
        return place(area) < area.spareSize && ((try? dump.uint8(at: at)) ?? 0xff).nonzeroBitCount < 5
    }

    /// Where the marker is in a spare area (bytes).
    private static func place(_ area: SpareArea) -> Int { area.pageSize <= 512 ? 5 : 0 }
}

extension SpareArea {
    /// The data alone, with parts of it as erased flash.
    public func data(of dump: RawSpan, erasing ranges: [Range<Int>]) -> [UInt8] {
        var data = data(of: dump)
        for range in ranges {
            for at in range.clamped(to: 0..<data.count) { data[at] = 0xff }
        }
        return data
    }
}

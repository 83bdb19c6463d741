import FileTree
import FlashBytes

/// Which pages of a file changed.
enum ContentDifference {
    /// How much is compared in one go (bytes); a multiple of all page sizes.
    private static let piece: UInt64 = 1 << 20

    /// The pages in which two contents differ, ascending and disjoint, ending at the larger of the two sizes.
    static func pages(
        _ old: any FileContents, new: any FileContents, pageSize: Int
    ) throws(ContentsError) -> [Range<UInt64>] {
        if let old = old as? NodeContents, let new = new as? NodeContents, old.isSame(as: new) { return [] }
        let page = UInt64(pageSize)
        let common = min(old.size, new.size)
        let end = max(old.size, new.size)
        // The page in which the shorter one ends differs if the sizes do.
        let compared = old.size == new.size ? common : common / page * page
        var changed: [Range<UInt64>] = []
        let readers = (try old.makeReader(), try new.makeReader())
        for range in try dataRanges(readers.0, two: readers.1, page: page, end: compared) {
            var at = range.lowerBound
            while at < range.upperBound {
                let count = min(Self.piece, range.upperBound - at)
                let one = try bytes(readers.0, at: at, count: Int(count))
                let two = try bytes(readers.1, at: at, count: Int(count))
                for start in stride(from: 0, to: Int(count), by: pageSize) {
                    let part = start..<min(start + pageSize, Int(count))
                    if one[part] != two[part] {
                        append(at + UInt64(part.lowerBound)..<at + UInt64(part.upperBound), to: &changed)
                    }
                }
                at += count
            }
        }
        if compared < end { append(compared..<end, to: &changed) }
        return changed
    }

    /// What at least one of the two has as data, in whole pages.
    private static func dataRanges(
        _ one: any ContentReader, two: any ContentReader, page: UInt64, end: UInt64
    ) throws(ContentsError) -> [Range<UInt64>] {
        let all = try one.dataRanges() + two.dataRanges()
        var joined: [Range<UInt64>] = []
        for range in all.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let start = range.lowerBound / page * page
            let stop = min((range.upperBound + page - 1) / page * page, end)
            if start < stop { append(start..<stop, to: &joined) }
        }
        return joined
    }

    private static func bytes(
        _ reader: any ContentReader, at offset: UInt64, count: Int
    ) throws(ContentsError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withPart(0..<count) { part throws(ContentsError) in _ = try reader.read(into: &part, at: offset) }
        return bytes
    }

    /// Adds a range that begins at or behind the start of the last one.
    static func append(_ range: Range<UInt64>, to ranges: inout [Range<UInt64>]) {
        if let last = ranges.last, range.lowerBound <= last.upperBound {
            ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        } else {
            ranges.append(range)
        }
    }
}

extension NodeContents {
    /// Whether the same nodes of the same image are behind both.
    fileprivate func isSame(as other: NodeContents) -> Bool {
        size == other.size && fragments == other.fragments && image.range == other.image.range
            && image.file === other.image.file
    }
}

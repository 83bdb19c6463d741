import FileTree

/// Which pages of a file are written anew: those that differ, and what else the nodes held that must go.
enum RewrittenPages {
    /// Ascending and disjoint, in whole pages, cut to the size of the file.
    ///
    /// - Parameters:
    ///   - changed: pages that differ.
    ///   - visible: what can be seen of the file on the flash.
    ///   - gone: nodes that must go.
    static func ranges(
        _ changed: [Range<UInt64>], visible: [Fragment], gone: Set<NodeIndex>, size: UInt64, pageSize: Int
    ) -> [Range<UInt64>] {
        var all = changed
        for fragment in visible where gone.contains(fragment.node) {
            all.append(UInt64(fragment.start)..<UInt64(fragment.end))
        }
        let page = UInt64(pageSize)
        var ranges: [Range<UInt64>] = []
        for range in all.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let start = range.lowerBound / page * page
            let end = min((range.upperBound + page - 1) / page * page, size)
            if start < end { ContentDifference.append(start..<end, to: &ranges) }
        }
        return ranges
    }

    /// Whether all of a fragment is written anew, or lies behind the end of the file.
    static func cover(_ fragment: Fragment, ranges: [Range<UInt64>], size: UInt64) -> Bool {
        let end = min(UInt64(fragment.end), size)
        guard UInt64(fragment.start) < end else { return true }
        return ranges.contains { $0.lowerBound <= UInt64(fragment.start) && end <= $0.upperBound }
    }
}

import FlashBytes

/// The pages in which NAND flash is written, which decide how much of a node Linux reads at once, and so what it checks.
enum PageSize {
    /// The page size (bytes); nil for NOR flash.
    ///
    /// On NAND flash the cleanmarkers are in the spare area. Each padding node ends a page; where there is none, the
    /// usual geometry for the erase size.
    static func of(_ scan: NodeScan, in image: RawSpan) -> Int? {
        if scan.cleanmarkers > 0 { return nil }
        let largest = scan.eraseSize / (scan.eraseSize <= 32 << 10 ? 32 : 64)
        var zeros = alignment(ofPaddingIn: scan)
        if zeros == nil, scan.summaries > 0 {
            // Summaries do not list padding.
            zeros = alignment(
                ofPaddingIn: NodeScan(
                    image, byteOrder: scan.byteOrder, eraseSize: scan.eraseSize, magic: scan.magic,
                    usingSummaries: false))
        }
        guard let zeros, zeros >= 8 else { return max(largest, 512) }
        return min(1 << zeros, max(largest, 512))
    }

    /// How many low bits are zero in the ends of all padding nodes; nil when there are none.
    private static func alignment(ofPaddingIn scan: NodeScan) -> Int? {
        scan.nodes.lazy.filter { $0.type == .padding && $0.verdict == .sound }
            .map { padded(UInt32(truncatingIfNeeded: $0.range.upperBound)).trailingZeroBitCount }.min()
    }
}

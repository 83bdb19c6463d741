internal import FlashBytes

/// What ends a used part of NAND flash.
enum PaddingNode {
    /// A padding node from `position` in an erase block to the end of a page of the flash; empty where there is no room, or
    /// no need.
    ///
    /// Linux goes on writing at the next page, and would later complain about "empty flash" in between. It does the same
    /// (wbuf.c). The page size is not known here; a block has 32 pages of 512 bytes or more, so smaller blocks are none of
    /// NAND flash.
    static func toFlashPage(from position: Int, eraseSize: Int, _ order: ByteOrder) -> [UInt8] {
        let page = eraseSize / 32
        guard page >= 512, position % page != 0 else { return [] }
        var end = (position / page + 1) * page
        if end - position < NodeHeader.size { end += page }
        guard end <= eraseSize else { return [] }
        var writer = ByteWriter(order)
        NodeHeader(type: .padding, totalLength: UInt32(end - position)).write(to: &writer)
        writer.fill(0, count: end - position - writer.count)
        return writer.bytes
    }
}

internal import FlashBytes

/// Cuts a page in two, so that the first part fits what is left of an erase block.
struct PageSplitter {
    private let pool: CompressorPool
    private let order: ByteOrder

    /// The room for data from which on a split gains more than the second header and the weaker compression cost (bytes).
    static let worthwhile = 256
    /// The least data worth a node (bytes); Linux has the same bound (JFFS2_MIN_DATA_LEN).
    private static let minimumLength = 128

    init(pool: CompressorPool, order: ByteOrder) {
        self.pool = pool
        self.order = order
    }

    /// - Parameter room: what the first part's stored data may take (bytes).
    /// - Returns: nil when it is not worth it.
    func split(_ node: PendingNode, room: Int) throws(BuildError) -> (first: PendingNode, second: PendingNode)? {
        guard let page = node.page, page.template.csize > 0 else { return nil }
        return try pool.withCompressor { compressor throws(BuildError) in
            guard let first = longest(page, room: room, compressor: compressor) else { return nil }
            var rest = page.template
            rest.version = page.secondVersion
            rest.offset += first.template.dsize
            let range = page.range.lowerBound + Int(first.template.dsize)..<page.range.upperBound
            let (node, stored) = part(page, template: rest, range: range, compressor: compressor)
            return (
                PendingNode(inode: first.template, data: first.stored[...], order, page: nil),
                PendingNode(inode: node, data: stored[...], order, page: nil)
            )
        }
    }

    /// The longest beginning of a page that fits, or nearly so.
    private func longest(
        _ page: SplittablePage, room: Int, compressor: PageCompressor
    ) -> (template: RawInode, stored: [UInt8])? {
        var best: (template: RawInode, stored: [UInt8])?
        let whole = page.range.count
        // Bytes of data for one stored byte; a beginning compresses a little worse than the whole page.
        var ratio = Double(whole) / Double(page.template.csize)
        for _ in 0..<4 {
            let length = min(Int(Double(room) * ratio), whole - Self.minimumLength)
            guard length >= Self.minimumLength, length > Int(best?.template.dsize ?? 0) else { break }
            let (node, stored) = part(
                page, template: page.template, range: page.range.lowerBound..<page.range.lowerBound + length,
                compressor: compressor)
            ratio = Double(length) / Double(stored.count)
            if stored.count > room {
                ratio *= 0.995
                continue
            }
            best = (node, stored)
            if room - stored.count < 32 { break }
        }
        return best
    }

    private func part(
        _ page: SplittablePage, template: RawInode, range: Range<Int>, compressor: PageCompressor
    ) -> (RawInode, [UInt8]) {
        var stored = [UInt8](repeating: 0, count: range.count)
        let raw = page.batch.raw
        let data = unsafe raw.span.bytes.extracting(range)
        let (compression, count) = stored.withPart(0..<range.count) { output -> (Compression, Int) in
            guard page.staysUncompressed else { return compressor.compress(data, into: &output) }
            output.copy(data)
            return (.none, range.count)
        }
        stored.removeLast(stored.count - count)
        var node = template
        node.compression = compression
        node.dsize = UInt32(range.count)
        node.csize = UInt32(count)
        node.dataCRC = CRC32.jffs2(stored)
        return (node, stored)
    }
}

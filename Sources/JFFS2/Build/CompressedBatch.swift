internal import FileTree
internal import FlashBytes

/// A page of a file in the form in which it will be stored.
struct CompressedPage: Sendable {
    /// Where it begins in its file (bytes).
    let offset: UInt64
    /// Its place in `CompressedBatch.raw`.
    let raw: Range<Int>
    /// Its place in `CompressedBatch.stored`; empty for a page of zeros.
    let stored: Range<Int>
    /// `zero` for a page of zeros.
    let compression: Compression
    /// JFFS2's sum of the stored bytes.
    let crc: UInt32
}

/// A batch whose content was read and compressed.
final class CompressedBatch: Sendable {
    let batch: BuildBatch
    /// The content, holes included.
    let raw: [UInt8]
    /// What will be stored of it.
    let stored: [UInt8]
    /// The pages of each slice.
    let pages: [[CompressedPage]]
    /// What the sources could not give.
    let damage: [(inode: InodeID, damage: ContentDamage)]

    /// Reads and compresses. Called by many tasks at a time.
    init(
        batch: BuildBatch, of tree: FileTree, pageSize: Int, pool: CompressorPool
    ) throws(BuildError) {
        self.batch = batch
        var content = [UInt8](repeating: 0, count: batch.slices.reduce(0) { $0 + $1.contentCount })
        var damage: [(inode: InodeID, damage: ContentDamage)] = []
        var start = 0
        for slice in batch.slices where !slice.isHole {
            let part = start..<start + slice.range.count
            start = part.upperBound
            do {
                let found = try Self.read(slice, of: tree, into: &content, at: part)
                damage += found.map { (slice.inode, $0) }
            } catch {
                throw .contents(path: tree.path(of: slice.inode) ?? FilePathBytes(), error)
            }
        }
        self.damage = damage
        (stored, pages) = try Self.compress(batch.slices, of: tree, content: content, pageSize: pageSize, pool: pool)
        raw = content
    }

    private static func read(
        _ slice: FileSlice, of tree: FileTree, into content: inout [UInt8], at part: Range<Int>
    ) throws(ContentsError) -> [ContentDamage] {
        guard case .regular(let contents) = tree[slice.inode].payload else { return [] }
        let reader = try contents.makeReader()
        // A hole is not read; the content is zeros already.
        guard try reader.dataRanges().contains(where: { $0.overlaps(slice.range) }) else { return [] }
        return try content.withPart(part) { target throws(ContentsError) in
            try reader.read(into: &target, at: slice.range.lowerBound)
        }
    }

    private static func compress(
        _ slices: [FileSlice], of tree: FileTree, content: [UInt8], pageSize: Int, pool: CompressorPool
    ) throws(BuildError) -> (stored: [UInt8], pages: [[CompressedPage]]) {
        if slices.isEmpty { return ([], []) }
        return try pool.withCompressor { compressor throws(BuildError) in
            let raw = unsafe content.span.bytes
            // A page never takes more room than its content.
            var stored = [UInt8](repeating: 0, count: content.count)
            var used = 0
            var pages: [[CompressedPage]] = []
            var start = 0
            for slice in slices {
                let end = start + slice.contentCount
                let isPlain = tree[slice.inode].staysUncompressed
                var own: [CompressedPage] = []
                own.reserveCapacity((slice.contentCount + pageSize - 1) / pageSize)
                for at in stride(from: start, to: end, by: pageSize) {
                    let place = at..<min(at + pageSize, end)
                    let (compression, count, crc) = Self.compress(
                        raw.extracting(place), compressor: isPlain ? nil : compressor, into: &stored, at: used)
                    own.append(
                        CompressedPage(
                            offset: slice.range.lowerBound + UInt64(at - start), raw: place,
                            stored: used..<used + count, compression: compression, crc: crc))
                    used += count
                }
                pages.append(own)
                start = end
            }
            stored.removeLast(stored.count - used)
            return (stored, pages)
        }
    }

    /// - Parameter compressor: nil for what stays as it is, zeros too.
    private static func compress(
        _ page: RawSpan, compressor: PageCompressor?, into stored: inout [UInt8], at used: Int
    ) -> (compression: Compression, count: Int, crc: UInt32) {
        guard let compressor else {
            return stored.withPart(used..<used + page.byteCount) { target in
                target.copy(page)
                return (.none, page.byteCount, CRC32.jffs2(page))
            }
        }
        if page.isFilled(with: 0, in: 0..<page.byteCount) { return (.zero, 0, 0) }
        return stored.withPart(used..<used + page.byteCount) { target in
            let (compression, count) = compressor.compress(page, into: &target)
            return (compression, count, CRC32.jffs2(target.bytes.extracting(0..<count)))
        }
    }
}

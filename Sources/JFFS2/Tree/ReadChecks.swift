import FlashBytes

/// Which sums Linux checks when it reads a node, and which it does not: on NAND flash it reads whole pages, and takes what
/// came with the header for read.
final class ReadChecks {
    private let scan: NodeScan
    /// nil until somebody asks; then nil for NOR flash.
    private var pageSize: Int??

    init(_ scan: NodeScan) { self.scan = scan }

    private func pageSize(_ image: RawSpan) -> Int? {
        if let pageSize { return pageSize }
        let size = PageSize.of(scan, in: image)
        pageSize = .some(size)
        return size
    }

    /// How much `jffs2_get_inode_nodes` reads of a node of which it needs `wanted` bytes (bytes).
    private func bytesRead(at offset: Int, wanted: Int, page: Int) -> Int {
        var count = Dirent.size
        count += (page - (offset + count) % page) % page
        if count < wanted { count += (wanted - count + page - 1) / page * page }
        return count
    }

    /// Whether Linux checks the data CRC of an inode node before it asks whether the data is seen (`read_dnode`).
    func coversData(of raw: RawInode, _ node: NodeIndex, in image: RawSpan) -> Bool {
        guard let page = pageSize(image) else { return false }
        let offset = scan.offset(of: node)
        return bytesRead(at: offset, wanted: RawInode.size, page: page) - RawInode.size >= Int(raw.csize)
    }

    /// Whether Linux never checks the name of a dirent: a summary lists it, and all of it came with the header
    /// (`read_direntry`).
    func leavesNameUnchecked(_ raw: Dirent, node: NodeIndex, in image: RawSpan) -> Bool {
        let scanned = scan[node]
        guard scanned.isSummarized, let page = pageSize(image) else { return false }
        return bytesRead(at: Int(scanned.offset), wanted: Dirent.size, page: page) >= Dirent.size + Int(raw.nameLength)
    }
}

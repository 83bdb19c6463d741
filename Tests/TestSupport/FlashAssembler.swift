package import FileTree
package import FlashBytes
package import JFFS2

/// Puts nodes on a flash one by one, with the library's own low layer: sound ones, odd ones and broken ones.
package struct FlashAssembler {
    package let order: ByteOrder
    package let eraseSize: Int
    package private(set) var bytes: [UInt8] = []
    package var hasCleanmarkers = true
    /// What a summary says of the nodes in the block so far.
    private var summary = ByteWriter(.little)
    private var summaryCount: UInt32 = 0

    package init(_ order: ByteOrder = .little, eraseSize: Int = 16384) {
        self.order = order
        self.eraseSize = eraseSize
        summary = ByteWriter(order)
    }

    /// Appends a node, in the next block if it does not fit; returns its offset.
    @discardableResult
    package mutating func append(_ node: [UInt8]) -> Int {
        if bytes.count % eraseSize != 0, bytes.count % eraseSize + node.count > eraseSize { finishBlock() }
        if bytes.count % eraseSize == 0, hasCleanmarkers {
            var writer = ByteWriter(order)
            NodeHeader(type: .cleanmarker, totalLength: 12).write(to: &writer)
            bytes += writer.bytes
        }
        let offset = bytes.count
        addToSummary(node, at: UInt32(offset % eraseSize))
        bytes += node
        while bytes.count % 4 != 0 { bytes.append(0xff) }
        return offset
    }

    /// Fills the block with 0xFF.
    package mutating func finishBlock() {
        while bytes.count % eraseSize != 0 { bytes.append(0xff) }
        summary = ByteWriter(order)
        summaryCount = 0
    }

    private mutating func addToSummary(_ node: [UInt8], at offset: UInt32) {
        let span = node.span.bytes
        guard let header = NodeHeader(reading: span, at: 0, order) else { return }
        func field(_ place: Int) -> UInt32 { (try? span.uint32(at: place, order)) ?? 0 }
        switch header.type {
        case .inode, .xattr:
            summary.uint16(header.type.rawValue)
            for value in [field(12), field(16), offset, header.totalLength] { summary.uint32(value) }
        case .dirent where node.count >= Dirent.size:
            summary.uint16(header.type.rawValue)
            for value in [header.totalLength, offset, field(12), field(16), field(20)] { summary.uint32(value) }
            summary.append(Array(node[28..<30] + node[40...]))
        case .xref:
            summary.uint16(header.type.rawValue)
            summary.uint32(offset)
        default: return
        }
        summaryCount += 1
    }

    /// Ends the block with a summary of the nodes that were appended to it.
    package mutating func finishBlockWithSummary() {
        let start = bytes.count % eraseSize
        var entries = summary.bytes
        let room = eraseSize - start - SummaryNode.size - 8 - entries.count
        guard room >= 0 else { return finishBlock() }
        entries += [UInt8](repeating: 0xff, count: room)
        var tail = ByteWriter(order)
        tail.append(entries)
        tail.uint32(UInt32(start))
        tail.uint32(SummaryNode.markerMagic)
        var head = ByteWriter(order)
        NodeHeader(type: .summary, totalLength: UInt32(eraseSize - start)).write(to: &head)
        head.uint32(summaryCount)
        head.uint32(hasCleanmarkers ? 12 : 0)
        head.uint32(0)
        let sum = CRC32.jffs2(head.bytes)
        head.uint32(CRC32.jffs2(tail.bytes))
        head.uint32(sum)
        bytes += head.bytes + tail.bytes
        finishBlock()
    }

    /// Changes bytes that are on the flash already.
    package mutating func change(at offset: Int, _ body: (inout UInt8) -> Void) { body(&bytes[offset]) }

    /// An xattr node with right sums (prefix 1: `user.`).
    package func xattr(_ identifier: UInt32, _ name: String, _ value: [UInt8], version: UInt32 = 1, prefix: UInt8 = 1)
        -> [UInt8]
    {
        var writer = ByteWriter(order)
        XattrNode(
            identifier: identifier, version: version, prefix: prefix, nameLength: UInt8(name.utf8.count),
            valueLength: UInt16(value.count)
        ).write(to: &writer, name: Array(name.utf8), value: value)
        return writer.bytes
    }

    /// An xref node with right sums.
    package func xref(_ inode: InodeNumber, _ identifier: UInt32, sequence: UInt32 = 2) -> [UInt8] {
        var writer = ByteWriter(order)
        XrefNode(inode: inode, identifier: identifier, sequence: sequence).write(to: &writer)
        return writer.bytes
    }

    /// A dirent with right sums.
    package func dirent(
        _ name: String, _ inode: InodeNumber, in parent: InodeNumber = 1, version: UInt32, type: UInt8 = 8,
        time: UInt32 = 1
    ) -> [UInt8] {
        let bytes = Array(name.utf8)
        var writer = ByteWriter(order)
        Dirent(
            parent: parent, version: version, inode: inode, changeTime: time, nameLength: UInt8(bytes.count), type: type
        ).write(to: &writer, name: bytes)
        return writer.bytes
    }

    /// An inode node with right sums.
    package func inode(
        _ number: InodeNumber, version: UInt32, mode: UInt32 = 0o100644, isize: UInt32, offset: UInt32 = 0,
        data: [UInt8] = [], dsize: UInt32? = nil, compression: Compression = .none, time: UInt32 = 1,
        hasBadData: Bool = false
    ) -> [UInt8] {
        var raw = RawInode(inode: number, version: version, mode: mode, uid: 0, gid: 0)
        raw.isize = isize
        raw.atime = time
        raw.mtime = time
        raw.ctime = time
        raw.offset = offset
        raw.csize = UInt32(data.count)
        raw.dsize = dsize ?? UInt32(data.count)
        raw.compression = compression
        raw.dataCRC = CRC32.jffs2(data) ^ (hasBadData ? 1 : 0)
        var writer = ByteWriter(order)
        raw.write(to: &writer)
        writer.append(data)
        return writer.bytes
    }

    /// The file system on the flash so far.
    package func fileSystem() -> FileSystem {
        FileSystem(ByteRegion(bytes), byteOrder: order, eraseSize: eraseSize)
    }
}

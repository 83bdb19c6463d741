import FlashBytes
import JFFS2

/// Puts nodes on a flash one by one, with the library's own low layer: sound ones, odd ones and broken ones.
struct FlashAssembler {
    let order: ByteOrder
    let eraseSize: Int
    private(set) var bytes: [UInt8] = []
    var hasCleanmarkers = true

    init(_ order: ByteOrder = .little, eraseSize: Int = 16384) {
        self.order = order
        self.eraseSize = eraseSize
    }

    /// Appends a node, in the next block if it does not fit; returns its offset.
    @discardableResult
    mutating func append(_ node: [UInt8]) -> Int {
        if bytes.count % eraseSize != 0, bytes.count % eraseSize + node.count > eraseSize { finishBlock() }
        if bytes.count % eraseSize == 0, hasCleanmarkers {
            var writer = ByteWriter(order)
            NodeHeader(type: .cleanmarker, totalLength: 12).write(to: &writer)
            bytes += writer.bytes
        }
        let offset = bytes.count
        bytes += node
        while bytes.count % 4 != 0 { bytes.append(0xff) }
        return offset
    }

    /// Fills the block with 0xFF.
    mutating func finishBlock() {
        while bytes.count % eraseSize != 0 { bytes.append(0xff) }
    }

    /// A dirent with right sums.
    func dirent(
        _ name: String, _ inode: UInt32, in parent: UInt32 = 1, version: UInt32, type: UInt8 = 8, time: UInt32 = 1
    ) -> [UInt8] {
        let bytes = Array(name.utf8)
        var writer = ByteWriter(order)
        Dirent(
            parent: parent, version: version, inode: inode, changeTime: time, nameLength: UInt8(bytes.count), type: type
        ).write(to: &writer, name: bytes)
        return writer.bytes
    }

    /// An inode node with right sums.
    func inode(
        _ number: UInt32, version: UInt32, mode: UInt32 = 0o100644, isize: UInt32, offset: UInt32 = 0,
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
    func fileSystem() -> FileSystem {
        FileSystem(ByteRegion(bytes), byteOrder: order, eraseSize: eraseSize)
    }
}

public import FileTree
public import FlashBytes

/// A piece of a file with the file's metadata at that moment (`struct jffs2_raw_inode`), without the data.
///
///     header 0:12   ino 12:4   version 16:4   mode 20:4   uid 24:2   gid 26:2   isize 28:4   atime 32:4   mtime 36:4
///     ctime 40:4   offset 44:4   csize 48:4   dsize 52:4   compr 56:1   usercompr 57:1   flags 58:2   data_crc 60:4
///     node_crc 64:4   data 68:csize
public struct RawInode: Sendable, Hashable {
    /// `totlen` of the header.
    public var totalLength: UInt32
    /// `ino`: which file.
    public var inode: InodeNumber
    /// Counts up per file.
    public var version: UInt32
    /// Kind and permissions, as in `stat`.
    public var mode: UInt32
    /// The owner's number; Linux keeps 16 bits of it here.
    public var uid: UInt16
    /// The group's number; likewise.
    public var gid: UInt16
    /// The size of the whole file (bytes).
    public var isize: UInt32
    /// Seconds since 1970.
    public var atime: UInt32
    /// Seconds since 1970.
    public var mtime: UInt32
    /// Seconds since 1970.
    public var ctime: UInt32
    /// Where in the file this piece begins (bytes).
    public var offset: UInt32
    /// The stored size of this piece (bytes).
    public var csize: UInt32
    /// The size of this piece when it is decompressed (bytes).
    public var dsize: UInt32
    /// `compr`: how the data is compressed.
    public var compression: Compression
    /// `usercompr`: what the user asked for; anything but 0 makes Linux fail for known codecs.
    public var userCompression: UInt8
    /// `JFFS2_INO_FLAG_*`; nothing here depends on them.
    public var flags: UInt16
    /// `data_crc`, over the stored (compressed) bytes.
    public var dataCRC: UInt32
    /// `node_crc` as stored.
    public var nodeCRC: UInt32
    /// The sum over the first 60 bytes as computed.
    public var computedNodeCRC: UInt32

    /// The size without the data (bytes).
    public static let size = 68

    /// Whether `node_crc` is right.
    public var isIntact: Bool { nodeCRC == computedNodeCRC }

    /// How much of the file the piece covers (bytes).
    ///
    /// Old writers swapped csize and dsize in hole nodes; the kernel's readinode.c takes csize then.
    public var coveredSize: UInt32 { isSwappedHole ? csize : dsize }

    /// A hole node whose csize and dsize were swapped by an old writer.
    public var isSwappedHole: Bool { compression == .zero && dsize == 0 && csize != 0 }

    /// Where the stored data lies, for a node at `offset`.
    public func dataRange(at offset: Int) -> Range<Int> {
        offset + Self.size..<offset + Self.size + Int(csize)
    }

    /// Reads the fixed part of the node at `offset`.
    public init(reading bytes: RawSpan, at offset: Int, _ order: ByteOrder) throws(OutOfBounds) {
        try bytes.check(offset, count: Self.size)
        var cursor = ByteCursor(at: offset + 4, order)
        totalLength = try cursor.uint32(bytes)
        cursor.position += 4
        inode = InodeNumber(rawValue: try cursor.uint32(bytes))
        version = try cursor.uint32(bytes)
        mode = try cursor.uint32(bytes)
        uid = try cursor.uint16(bytes)
        gid = try cursor.uint16(bytes)
        isize = try cursor.uint32(bytes)
        atime = try cursor.uint32(bytes)
        mtime = try cursor.uint32(bytes)
        ctime = try cursor.uint32(bytes)
        self.offset = try cursor.uint32(bytes)
        csize = try cursor.uint32(bytes)
        dsize = try cursor.uint32(bytes)
        compression = Compression(rawValue: try cursor.uint8(bytes))
        userCompression = try cursor.uint8(bytes)
        flags = try cursor.uint16(bytes)
        dataCRC = try cursor.uint32(bytes)
        nodeCRC = try cursor.uint32(bytes)
        computedNodeCRC = CRC32.node(bytes, at: offset, count: 60, byteOrder: order)
    }

    /// Makes a node to be written; size, sums, data and range are filled in by whoever writes it.
    public init(inode: InodeNumber, version: UInt32, mode: UInt32, uid: UInt16, gid: UInt16) {
        totalLength = UInt32(Self.size)
        self.inode = inode
        self.version = version
        self.mode = mode
        self.uid = uid
        self.gid = gid
        isize = 0
        atime = 0
        mtime = 0
        ctime = 0
        offset = 0
        csize = 0
        dsize = 0
        compression = .none
        userCompression = 0
        flags = 0
        dataCRC = 0
        nodeCRC = 0
        computedNodeCRC = 0
    }

    /// Writes the fixed part with header and node sum (the stored one is not used); the caller appends the data,
    /// whose size and sum must be in `csize` and `dataCRC` already.
    public func write(to writer: inout ByteWriter) {
        let start = writer.count
        NodeHeader(type: .inode, totalLength: UInt32(Self.size) &+ csize).write(to: &writer)
        writer.uint32(inode.rawValue)
        writer.uint32(version)
        writer.uint32(mode)
        writer.uint16(uid)
        writer.uint16(gid)
        writer.uint32(isize)
        writer.uint32(atime)
        writer.uint32(mtime)
        writer.uint32(ctime)
        writer.uint32(offset)
        writer.uint32(csize)
        writer.uint32(dsize)
        writer.uint8(compression.rawValue)
        writer.uint8(userCompression)
        writer.uint16(flags)
        let sum = writer.crc(from: start)
        writer.uint32(dataCRC)
        writer.uint32(sum)
    }
}

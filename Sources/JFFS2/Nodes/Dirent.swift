public import FileTree
public import FlashBytes

/// A name in a directory (`struct jffs2_raw_dirent`), without the name itself.
///
///     header 0:12   pino 12:4   version 16:4   ino 20:4   mctime 24:4   nsize 28:1   type 29:1   unused 30:2
///     node_crc 32:4   name_crc 36:4   name 40:nsize
public struct Dirent: Sendable, Hashable {
    /// `totlen` of the header.
    public var totalLength: UInt32
    /// `pino`: the inode number of the directory.
    public var parent: InodeNumber
    /// Counts up per directory, in one sequence with the directory's own inode nodes.
    public var version: UInt32
    /// `ino`: what the name stands for; 0 deletes the name.
    public var inode: InodeNumber
    /// `mctime`: seconds since 1970, of the change to the directory.
    public var changeTime: UInt32
    /// `nsize`: the length of the name (bytes).
    public var nameLength: UInt8
    /// `type`: a DT_ number.
    public var type: UInt8
    /// `node_crc` as stored.
    public var nodeCRC: UInt32
    /// `name_crc` as stored.
    public var nameCRC: UInt32
    /// The sum over the first 32 bytes as computed.
    public var computedNodeCRC: UInt32

    /// The size without the name (bytes).
    public static let size = 40
    /// DT_DIR of dirent.h, the only type that the kernel looks at.
    public static let typeDirectory: UInt8 = 4

    /// Whether `node_crc` is right.
    public var isIntact: Bool { nodeCRC == computedNodeCRC }

    /// Where the name lies, for a node at `offset`.
    public func nameRange(at offset: Int) -> Range<Int> {
        offset + Self.size..<offset + Self.size + Int(nameLength)
    }

    /// Reads the fixed part of the node at `offset`.
    public init(reading bytes: RawSpan, at offset: Int, _ order: ByteOrder) throws(OutOfBounds) {
        try bytes.check(offset, count: Self.size)
        var cursor = ByteCursor(at: offset + 4, order)
        totalLength = try cursor.uint32(bytes)
        cursor.position += 4
        parent = InodeNumber(rawValue: try cursor.uint32(bytes))
        version = try cursor.uint32(bytes)
        inode = InodeNumber(rawValue: try cursor.uint32(bytes))
        changeTime = try cursor.uint32(bytes)
        nameLength = try cursor.uint8(bytes)
        type = try cursor.uint8(bytes)
        cursor.position += 2
        nodeCRC = try cursor.uint32(bytes)
        nameCRC = try cursor.uint32(bytes)
        computedNodeCRC = CRC32.node(bytes, at: offset, count: 32, byteOrder: order)
    }

    /// Makes a node to be written.
    public init(
        parent: InodeNumber, version: UInt32, inode: InodeNumber, changeTime: UInt32, nameLength: UInt8, type: UInt8
    ) {
        totalLength = UInt32(Self.size) + UInt32(nameLength)
        self.parent = parent
        self.version = version
        self.inode = inode
        self.changeTime = changeTime
        self.nameLength = nameLength
        self.type = type
        nodeCRC = 0
        nameCRC = 0
        computedNodeCRC = 0
    }

    /// Writes the node with `name` and all three sums (the stored ones are not used); no padding behind it.
    public func write(to writer: inout ByteWriter, name: [UInt8]) {
        let start = writer.count
        NodeHeader(type: .dirent, totalLength: totalLength).write(to: &writer)
        writer.uint32(parent.rawValue)
        writer.uint32(version)
        writer.uint32(inode.rawValue)
        writer.uint32(changeTime)
        writer.uint8(nameLength)
        writer.uint8(type)
        writer.uint16(0)
        writer.uint32(writer.crc(from: start))
        writer.uint32(CRC32.jffs2(name))
        writer.append(name)
    }
}

extension ByteWriter {
    /// JFFS2's sum of everything from `start` on.
    func crc(from start: Int) -> UInt32 {
        unsafe CRC32.jffs2(bytes.span.bytes.extracting(start..<count))
    }
}

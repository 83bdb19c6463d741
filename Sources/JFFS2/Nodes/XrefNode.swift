package import FileTree
package import FlashBytes

/// Says that an inode has an extended attribute (`struct jffs2_raw_xref`).
///
///     header 0:12   ino 12:4   xid 16:4   xseqno 20:4   node_crc 24:4
package struct XrefNode: Sendable, Hashable {
    /// `totlen` of the header; Linux wants 28.
    package var totalLength: UInt32
    /// `ino`: whose attribute.
    package var inode: InodeNumber
    /// `xid`: which attribute.
    package var identifier: UInt32
    /// `xseqno`: counts up by 2 over the whole file system; odd deletes.
    package var sequence: UInt32
    /// `node_crc` as stored.
    package var nodeCRC: UInt32
    /// The sum over the first 24 bytes as computed.
    package var computedNodeCRC: UInt32

    /// The size of the node (bytes).
    package static let size = 28

    /// Whether `node_crc` is right.
    package var isIntact: Bool { nodeCRC == computedNodeCRC }

    /// Whether Linux takes the node for one: `node_crc` and length are right.
    var isSound: Bool { isIntact && Int(totalLength) == Self.size }

    /// Whether the attribute is taken away from the inode.
    package var isDeletion: Bool { sequence & 1 != 0 }

    /// Reads the node at `offset`.
    package init(reading bytes: RawSpan, at offset: Int, _ order: ByteOrder) throws(OutOfBounds) {
        try bytes.check(offset, count: Self.size)
        var cursor = ByteCursor(at: offset + 4, order)
        totalLength = try cursor.uint32(bytes)
        cursor.position += 4
        inode = InodeNumber(rawValue: try cursor.uint32(bytes))
        identifier = try cursor.uint32(bytes)
        sequence = try cursor.uint32(bytes)
        nodeCRC = try cursor.uint32(bytes)
        computedNodeCRC = CRC32.node(bytes, at: offset, count: 24, byteOrder: order)
    }

    /// Makes a node to be written.
    package init(inode: InodeNumber, identifier: UInt32, sequence: UInt32) {
        totalLength = UInt32(Self.size)
        self.inode = inode
        self.identifier = identifier
        self.sequence = sequence
        nodeCRC = 0
        computedNodeCRC = 0
    }

    /// Writes the node with both sums.
    package func write(to writer: inout ByteWriter) {
        let start = writer.count
        NodeHeader(type: .xref, totalLength: UInt32(Self.size)).write(to: &writer)
        writer.uint32(inode.rawValue)
        writer.uint32(identifier)
        writer.uint32(sequence)
        writer.uint32(writer.crc(from: start))
    }
}

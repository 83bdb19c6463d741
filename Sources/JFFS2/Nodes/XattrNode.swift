package import FlashBytes

/// An extended attribute that inodes point to with xref nodes (`struct jffs2_raw_xattr`).
///
///     header 0:12   xid 12:4   version 16:4   xprefix 20:1   name_len 21:1   value_len 22:2   data_crc 24:4
///     node_crc 28:4   name 32:name_len   NUL   value
///
/// Linux wants totlen to be a multiple of 4 that holds all this.
package struct XattrNode: Sendable, Hashable {
    /// `totlen` of the header.
    package var totalLength: UInt32
    /// `xid`: the number of the attribute.
    package var identifier: UInt32
    /// Counts up per xid; the highest valid one wins.
    package var version: UInt32
    /// `xprefix`: what stands in front of the name.
    package var prefix: UInt8
    /// `name_len`: the length of the name without prefix and NUL (bytes).
    package var nameLength: UInt8
    /// `value_len` (bytes).
    package var valueLength: UInt16
    /// `data_crc` as stored, over name, NUL and value.
    package var dataCRC: UInt32
    /// `node_crc` as stored.
    package var nodeCRC: UInt32
    /// The sum over the first 28 bytes as computed.
    package var computedNodeCRC: UInt32

    /// The size without name and value (bytes).
    package static let size = 32

    /// Whether `node_crc` is right.
    package var isIntact: Bool { nodeCRC == computedNodeCRC }

    /// What Linux wants totlen to be (bytes).
    var paddedLength: Int { padded(UInt32(Self.size) + UInt32(nameLength) + 1 + UInt32(valueLength)) }

    /// Where the name lies, for a node at `offset`.
    package func nameRange(at offset: Int) -> Range<Int> {
        offset + Self.size..<offset + Self.size + Int(nameLength)
    }

    /// Where the value lies, for a node at `offset`.
    package func valueRange(at offset: Int) -> Range<Int> {
        let start = offset + Self.size + Int(nameLength) + 1
        return start..<start + Int(valueLength)
    }

    /// Reads the fixed part of the node at `offset`.
    package init(reading bytes: RawSpan, at offset: Int, _ order: ByteOrder) throws(OutOfBounds) {
        try bytes.check(offset, count: Self.size)
        var cursor = ByteCursor(at: offset + 4, order)
        totalLength = try cursor.uint32(bytes)
        cursor.position += 4
        identifier = try cursor.uint32(bytes)
        version = try cursor.uint32(bytes)
        prefix = try cursor.uint8(bytes)
        nameLength = try cursor.uint8(bytes)
        valueLength = try cursor.uint16(bytes)
        dataCRC = try cursor.uint32(bytes)
        nodeCRC = try cursor.uint32(bytes)
        computedNodeCRC = CRC32.node(bytes, at: offset, count: 28, byteOrder: order)
    }

    /// Makes a node to be written.
    package init(identifier: UInt32, version: UInt32, prefix: UInt8, nameLength: UInt8, valueLength: UInt16) {
        totalLength = UInt32(padded(UInt32(Self.size) + UInt32(nameLength) + 1 + UInt32(valueLength)))
        self.identifier = identifier
        self.version = version
        self.prefix = prefix
        self.nameLength = nameLength
        self.valueLength = valueLength
        dataCRC = 0
        nodeCRC = 0
        computedNodeCRC = 0
    }

    /// Writes the node with all sums, padded with 0xFF to a multiple of 4 (which totlen counts in).
    package func write(to writer: inout ByteWriter, name: [UInt8], value: [UInt8]) {
        let start = writer.count
        NodeHeader(type: .xattr, totalLength: totalLength).write(to: &writer)
        writer.uint32(identifier)
        writer.uint32(version)
        writer.uint8(prefix)
        writer.uint8(nameLength)
        writer.uint16(valueLength)
        writer.uint32(CRC32.jffs2(value, seed: CRC32.jffs2(name + [0])))
        // The sum covers all before it.
        writer.uint32(writer.crc(from: start))
        writer.append(name)
        writer.uint8(0)
        writer.append(value)
        writer.fill(0xff, count: start + Int(totalLength) - writer.count)
    }
}

public import FlashBytes

/// The twelve bytes that every node begins with (`struct jffs2_unknown_node`).
///
///     magic 0:2   nodetype 2:2   totlen 4:4   hdr_crc 8:4
public struct NodeHeader: Sendable, Hashable {
    /// What kind of node it is, with the ACCURATE bit as found.
    public var type: NodeType
    /// `totlen`: bytes from the start of the node to its end, header included, padding to 4 excluded.
    public var totalLength: UInt32

    /// The size of a header (bytes).
    public static let size = 12
    /// `JFFS2_MAGIC_BITMASK`.
    public static let magic: UInt16 = 0x1985
    /// `JFFS2_OLD_MAGIC_BITMASK`: Linux steps over such nodes.
    public static let oldMagic: UInt16 = 0x1984

    /// A header whose magic and CRC are right.
    @inlinable
    public init(type: NodeType, totalLength: UInt32) {
        self.type = type
        self.totalLength = totalLength
    }

    /// Reads the header at `offset`, if there is a valid one: magic and header CRC right.
    ///
    /// The sum is checked with the ACCURATE bit set, as the kernel's scan.c does, so that obsolete nodes pass.
    @inlinable
    public init?(reading bytes: RawSpan, at offset: Int, _ order: ByteOrder, magic: UInt16 = Self.magic) {
        guard offset >= 0, bytes.byteCount >= Self.size, offset <= bytes.byteCount - Self.size,
            let found = try? bytes.uint16(at: offset, order), found == magic,
            let type = try? bytes.uint16(at: offset + 2, order),
            let length = try? bytes.uint32(at: offset + 4, order),
            let crc = try? bytes.uint32(at: offset + 8, order)
        else { return nil }
        self.type = NodeType(rawValue: type)
        totalLength = length
        guard crc == Self.crc(magic: magic, type: self.type, totalLength: length, order) else { return nil }
    }

    /// Whether the header at `offset` is right but for its magic, as its sum tells that covers it.
    static func isValid(_ bytes: RawSpan, at offset: Int, byteOrder order: ByteOrder, apartFromMagic magic: UInt16)
        -> Bool
    {
        guard offset >= 0, bytes.byteCount >= Self.size, offset <= bytes.byteCount - Self.size,
            let type = try? bytes.uint16(at: offset + 2, order),
            let length = try? bytes.uint32(at: offset + 4, order),
            let crc = try? bytes.uint32(at: offset + 8, order)
        else { return false }
        return crc == Self.crc(magic: magic, type: NodeType(rawValue: type), totalLength: length, order)
    }

    /// Writes the header with its sum.
    public func write(to writer: inout ByteWriter) {
        writer.uint16(Self.magic)
        writer.uint16(type.rawValue)
        writer.uint32(totalLength)
        writer.uint32(Self.crc(magic: Self.magic, type: type, totalLength: totalLength, writer.order))
    }

    /// The sum over the first eight bytes, ACCURATE bit set.
    @usableFromInline
    static func crc(magic: UInt16, type: NodeType, totalLength: UInt32, _ order: ByteOrder) -> UInt32 {
        var words: (UInt32, UInt32)
        switch order {
        case .little:
            words.0 = (UInt32(type.accurate.rawValue) << 16 | UInt32(magic)).littleEndian
            words.1 = totalLength.littleEndian
        case .big:
            words.0 = (UInt32(magic) << 16 | UInt32(type.accurate.rawValue)).bigEndian
            words.1 = totalLength.bigEndian
        }
        return unsafe withUnsafeBytes(of: &words) { unsafe CRC32.jffs2($0.bytes) }
    }
}

extension CRC32 {
    /// The sum over the first `count` bytes of a node, taken with the ACCURATE bit set, so that the sum of a node that
    /// was marked obsolete still tells whether it is sound.
    static func node(_ bytes: RawSpan, at offset: Int, count: Int, byteOrder order: ByteOrder) -> UInt32 {
        let whole = bytes.extracting(offset..<offset + count)
        guard let type = try? bytes.uint16(at: offset + 2, order), !NodeType(rawValue: type).isAccurate,
            let magic = try? bytes.uint16(at: offset, order)
        else { return jffs2(whole) }
        var start = ByteWriter(order, capacity: 4)
        start.uint16(magic)
        start.uint16(NodeType(rawValue: type).accurate.rawValue)
        return jffs2(whole.extracting(4..<count), seed: jffs2(start.bytes))
    }
}

/// `length` rounded up to the next multiple of 4 (`PAD()`): where the next node begins. Cannot overflow.
@inlinable
public func padded(_ length: UInt32) -> Int { (Int(length) + 3) & ~3 }

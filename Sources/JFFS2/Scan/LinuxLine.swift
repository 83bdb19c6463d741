import FlashBytes

/// What Linux says of a fault in its log, in its own words (scan.c, summary.c and readinode.c of kernel 6): so that a line of
/// a device's log is found again beside a finding of ours.
enum LinuxLine {
    private static func address(_ number: Int) -> String { "0x" + hexadecimalDigits(number, width: 8) }
    private static func short(_ number: UInt16) -> String { "0x" + hexadecimalDigits(number, width: 4) }
    private static func word(_ number: UInt32) -> String { "0x" + hexadecimalDigits(number, width: 8) }

    /// A word at which no node begins.
    ///
    /// - Parameter isBlockStart: only there Linux looks for the other byte order.
    static func noNode(_ bytes: RawSpan, at offset: Int, byteOrder order: ByteOrder, isBlockStart: Bool) -> String? {
        guard let magic = try? bytes.uint16(at: offset, order) else { return nil }
        if isBlockStart, magic == NodeHeader.magic.byteSwapped {
            return "Magic bitmask is backwards at offset \(address(offset)). Wrong endian filesystem?"
        }
        if magic == NodeHeader.oldMagic { return "Old JFFS2 bitmask found at \(address(offset))" }
        guard magic == NodeHeader.magic else {
            return "Magic bitmask 0x1985 not found at \(address(offset)): \(short(magic)) instead"
        }
        guard let type = try? bytes.uint16(at: offset + 2, order),
            let length = try? bytes.uint32(at: offset + 4, order),
            let sum = try? bytes.uint32(at: offset + 8, order)
        else { return nil }
        let right = NodeHeader.crc(magic: magic, type: NodeType(rawValue: type), totalLength: length, order)
        return
            "Node at \(address(offset)) {\(short(magic)), \(short(type)), \(word(length))) has invalid CRC \(word(sum)) "
            + "(calculated \(word(right)))"
    }

    static func crossesBlock(_ offset: Int, length: UInt32) -> String {
        "Node at \(address(offset)) with length \(word(length)) would run over the end of the erase block"
    }

    static func emptyFlash(_ range: Range<Int>) -> String {
        "Empty flash at \(address(range.lowerBound)) ends at \(address(range.upperBound))"
    }

    static func cleanmarkerInside(_ offset: Int, block: Int) -> String {
        "CLEANMARKER node found at \(address(offset)), not first node in block (\(address(block)))"
    }

    static func cleanmarkerSize(_ offset: Int, length: UInt32, usual: UInt32) -> String {
        "CLEANMARKER node found at \(address(offset)) has totlen \(hex(length)) != normal \(hex(usual))"
    }

    static func unknownNode(_ type: NodeType, at offset: Int) -> String? {
        switch type.compatibility {
        case .incompatible: "Incompatible feature node (\(short(type.rawValue))) found at offset \(address(offset))"
        case .readOnly: "Read-only compatible feature node (\(short(type.rawValue))) found at offset \(address(offset))"
        case .readWriteCopy, .readWriteDelete: nil
        }
    }

    static func inodeCRC(_ bytes: RawSpan, at offset: Int, byteOrder order: ByteOrder) -> String? {
        guard let raw = try? RawInode(reading: bytes, at: offset, order) else { return nil }
        return
            "jffs2_scan_inode_node(): CRC failed on node at \(address(offset)): Read \(word(raw.nodeCRC)), calculated "
            + word(raw.computedNodeCRC)
    }

    static func direntCRC(_ offset: Int, isName: Bool) -> String {
        "jffs2_scan_dirent_node(): \(isName ? "Name" : "Node") CRC failed on node at \(address(offset))"
    }

    static func dataCRC(_ raw: RawInode, at offset: Int, in bytes: RawSpan) -> String? {
        let range = raw.dataRange(at: offset)
        guard range.upperBound <= bytes.byteCount else { return nil }
        return "wrong data CRC in data node at \(address(offset)): read \(hex(raw.dataCRC)), calculated "
            + hex(CRC32.jffs2(bytes.extracting(range)))
    }

    static let summary = "jffs2_sum_scan_sumnode: Summary node crc error, skipping summary information."
}

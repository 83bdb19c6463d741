package import FileTree
package import FlashBytes

/// A table of contents at the end of an erase block (`struct jffs2_raw_summary`).
///
///     header 0:12   sum_num 12:4   cln_mkr 16:4   padded 20:4   sum_crc 24:4   node_crc 28:4   entries 32:…
///     … padding …   offset of the node in the block, magic 0x02851885: the last 8 bytes of the block
///
/// `sum_crc` covers all behind byte 32, marker included; `node_crc` the first 24 bytes.
package struct SummaryNode: Sendable, Hashable {
    /// `totlen`: from the node to the end of the block.
    package var totalLength: UInt32
    /// `sum_num`: how many entries follow.
    package var entryCount: UInt32
    /// `cln_mkr`: the size of the block's cleanmarker, 0 for none (bytes).
    package var cleanmarkerSize: UInt32
    /// `padded`: bytes of padding nodes in the block.
    package var paddedSize: UInt32

    /// The size without entries and marker (bytes).
    package static let size = 32
    /// The size of the marker at the end of the block (bytes).
    package static let markerSize = 8
    /// `JFFS2_SUM_MAGIC`.
    package static let markerMagic: UInt32 = 0x0285_1885

    /// One node of the block, as the summary has it. Offsets count from the start of the block.
    package enum Entry: Sendable, Hashable {
        case inode(inode: InodeNumber, version: UInt32, offset: UInt32, totalLength: UInt32)
        /// `name` is where the name lies, counted from the start of the summary node.
        case dirent(
            totalLength: UInt32, offset: UInt32, parent: InodeNumber, version: UInt32, inode: InodeNumber, type: UInt8,
            name: Range<Int>)
        case xattr(identifier: UInt32, version: UInt32, offset: UInt32, totalLength: UInt32)
        case xref(offset: UInt32)
        /// A type that is not known: nothing behind it can be read.
        case unknown(NodeType)
    }

    /// Why a block has no usable summary.
    package enum Problem: Error, Hashable, CustomStringConvertible {
        /// No marker at the end of the block.
        case absent
        /// The marker is there, but what it points to is no sound summary of this block size.
        case damaged(String)

        /// What is wrong with the summary, without full stop.
        package var description: String {
            switch self {
            case .absent: "no summary"
            case .damaged(let what): "the summary of the block is not usable (\(what))"
            }
        }
    }

    /// Where the summary of the block would begin, by the marker in its last 8 bytes (bytes from its start).
    ///
    /// - Parameter block: the bytes of a whole erase block.
    package static func markedOffset(_ block: RawSpan, byteOrder order: ByteOrder) -> Int? {
        guard block.byteCount >= size + markerSize,
            let magic = try? block.uint32(at: block.byteCount - 4, order), magic == markerMagic,
            let offset = try? block.uint32(at: block.byteCount - 8, order)
        else { return nil }
        return Int(offset)
    }

    /// Reads the summary of an erase block and checks all its sums, as the kernel's `jffs2_sum_scan_sumnode` does.
    package init(block: RawSpan, _ order: ByteOrder) throws(Problem) {
        guard let offset = Self.markedOffset(block, byteOrder: order) else { throw .absent }
        guard offset <= block.byteCount - Self.size - Self.markerSize, offset % 4 == 0 else {
            throw .damaged("marker points to \(hex(offset))")
        }
        guard let header = NodeHeader(reading: block, at: offset, order), header.type.accurate == .summary else {
            throw .damaged("no summary node at \(hex(offset)) of the block")
        }
        guard Int(header.totalLength) == block.byteCount - offset else {
            throw .damaged("it is made for another erase size")
        }
        do {
            var cursor = ByteCursor(at: offset + 12, order)
            totalLength = header.totalLength
            entryCount = try cursor.uint32(block)
            cleanmarkerSize = try cursor.uint32(block)
            paddedSize = try cursor.uint32(block)
            let sumCRC = try cursor.uint32(block)
            let nodeCRC = try cursor.uint32(block)
            guard nodeCRC == CRC32.jffs2(block.extracting(offset..<offset + 24)) else {
                throw Problem.damaged("node CRC wrong")
            }
            guard sumCRC == CRC32.jffs2(block.extracting(offset + Self.size..<block.byteCount)) else {
                throw Problem.damaged("data CRC wrong")
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .damaged("it ends early")
        }
    }

    /// The entries of a summary whose sums are right.
    ///
    /// - Parameter node: the bytes of the summary node (to the end of the block).
    /// - Returns: up to `entryCount` entries; ends early behind an unknown type or at the end of the node.
    package func entries(_ node: RawSpan, byteOrder order: ByteOrder) -> [Entry] {
        var entries: [Entry] = []
        var cursor = ByteCursor(at: Self.size, order)
        while entries.count < entryCount {
            guard let entry = try? Self.entry(node, cursor: &cursor) else { break }
            entries.append(entry)
            if case .unknown = entry { break }
        }
        return entries
    }

    private static func entry(_ node: RawSpan, cursor: inout ByteCursor) throws(OutOfBounds) -> Entry {
        let type = NodeType(rawValue: try cursor.uint16(node))
        switch type {
        case .inode:
            let inode = InodeNumber(rawValue: try cursor.uint32(node))
            let version = try cursor.uint32(node)
            let offset = try cursor.uint32(node)
            return .inode(inode: inode, version: version, offset: offset, totalLength: try cursor.uint32(node))
        case .dirent:
            let length = try cursor.uint32(node)
            let offset = try cursor.uint32(node)
            let parent = InodeNumber(rawValue: try cursor.uint32(node))
            let version = try cursor.uint32(node)
            let inode = InodeNumber(rawValue: try cursor.uint32(node))
            let nameLength = Int(try cursor.uint8(node))
            let kind = try cursor.uint8(node)
            let name = cursor.position..<cursor.position + nameLength
            try node.check(name.lowerBound, count: nameLength)
            cursor.position += nameLength
            return .dirent(
                totalLength: length, offset: offset, parent: parent, version: version, inode: inode, type: kind,
                name: name)
        case .xattr:
            let identifier = try cursor.uint32(node)
            let version = try cursor.uint32(node)
            let offset = try cursor.uint32(node)
            return .xattr(
                identifier: identifier, version: version, offset: offset, totalLength: try cursor.uint32(node))
        case .xref:
            return .xref(offset: try cursor.uint32(node))
        default:
            return .unknown(type)
        }
    }
}

/// The line of a node in a summary, but for the node's place in its block.
struct SummaryLine: Sendable {
    private let bytes: [UInt8]
    /// Where in the line the place of the node goes (bytes).
    private let place: Int

    /// What it takes in the summary (bytes).
    var count: Int { bytes.count }

    /// Whether nodes of this type get lines. Those with attributes get none: see `SummaryBuilder`.
    static func isMade(for type: NodeType) -> Bool { type.isSummarized && type != .xattr }

    /// - Parameter length: `totlen` (bytes).
    init(inode: InodeNumber, version: UInt32, length: Int, _ order: ByteOrder) {
        var writer = ByteWriter(order, capacity: 18)
        writer.uint16(NodeType.inode.rawValue)
        writer.uint32(inode.rawValue)
        writer.uint32(version)
        place = writer.count
        writer.uint32(0)
        writer.uint32(UInt32(length))
        bytes = writer.bytes
    }

    /// - Parameter length: `totlen` (bytes).
    init(dirent: Dirent, name: some Collection<UInt8>, length: Int, _ order: ByteOrder) {
        var writer = ByteWriter(order, capacity: 24 + name.count)
        writer.uint16(NodeType.dirent.rawValue)
        writer.uint32(UInt32(length))
        place = writer.count
        writer.uint32(0)
        writer.uint32(dirent.parent.rawValue)
        writer.uint32(dirent.version)
        writer.uint32(dirent.inode.rawValue)
        writer.uint8(dirent.nameLength)
        writer.uint8(dirent.type)
        writer.append(Array(name))
        bytes = writer.bytes
    }

    /// Of an xref node, of which a summary tells the place alone.
    init(xref order: ByteOrder) {
        var writer = ByteWriter(order, capacity: 6)
        writer.uint16(NodeType.xref.rawValue)
        place = writer.count
        writer.uint32(0)
        bytes = writer.bytes
    }

    /// Of a node that is on a flash; nil for what gets none.
    ///
    /// - Parameter range: of the node (bytes from the start of the image).
    init?(of type: NodeType, in range: Range<Int>, of image: RawSpan, _ order: ByteOrder) throws(OutOfBounds) {
        switch type {
        case .inode:
            let raw = try RawInode(reading: image, at: range.lowerBound, order)
            self.init(inode: raw.inode, version: raw.version, length: range.count, order)
        case .dirent:
            let raw = try Dirent(reading: image, at: range.lowerBound, order)
            let name = raw.nameRange(at: range.lowerBound)
            guard name.upperBound <= range.upperBound else { return nil }
            self.init(dirent: raw, name: try image.bytes(in: name), length: range.count, order)
        case .xref: self.init(xref: order)
        default: return nil
        }
    }

    /// Writes the line of a node at `offset` of the block.
    func write(to writer: inout ByteWriter, at offset: Int) {
        writer.append(bytes[..<place])
        writer.uint32(UInt32(offset))
        writer.append(bytes[(place + 4)...])
    }
}

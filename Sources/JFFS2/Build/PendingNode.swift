internal import FileTree
internal import FlashBytes

/// A node that is ready to be put into an erase block.
struct PendingNode {
    /// The whole node, without padding.
    let bytes: [UInt8]
    /// What the summary says about the node; nil for nothing: the block of the node gets no summary.
    let line: SummaryLine?
    /// What is needed to make two nodes of this one; nil where that makes no sense.
    let page: SplittablePage?
}

/// The data behind an inode node, for the case that the node has to be cut at the end of an erase block.
struct SplittablePage {
    /// The fixed part of the whole node.
    let template: RawInode
    /// Where the uncompressed data lies.
    let batch: CompressedBatch
    /// Its place in `batch.raw`.
    let range: Range<Int>
    /// The version for the second part.
    let secondVersion: UInt32
    /// Whether both parts are stored without compression.
    let staysUncompressed: Bool
}

extension PendingNode {
    /// An inode node with its stored data, whose size and sum must be in `node` already.
    init(inode node: RawInode, data: ArraySlice<UInt8>, _ order: ByteOrder, page: SplittablePage?) {
        var writer = ByteWriter(order, capacity: RawInode.size + data.count)
        node.write(to: &writer)
        writer.append(data)
        let line = SummaryLine(inode: node.inode, version: node.version, length: writer.count, order)
        self.init(bytes: writer.bytes, line: line, page: page)
    }

    /// A name.
    init(dirent: Dirent, name: FileName, _ order: ByteOrder) {
        var writer = ByteWriter(order, capacity: Dirent.size + name.bytes.count)
        dirent.write(to: &writer, name: name.bytes)
        let line = SummaryLine(dirent: dirent, name: name.bytes, length: writer.count, order)
        self.init(bytes: writer.bytes, line: line, page: nil)
    }

    /// An extended attribute; nil where JFFS2 has no number for the beginning of its name.
    init?(attribute: ExtendedAttribute, identifier: UInt32, _ order: ByteOrder) {
        guard let (prefix, name) = AttributePrefix.split(attribute.name) else { return nil }
        var value = attribute.value
        if prefix.isACL, let list = AccessControlList(host: value) { value = list.flashValue(order) }
        let node = XattrNode(
            identifier: identifier, version: 1, prefix: prefix.rawValue,
            nameLength: UInt8(truncatingIfNeeded: name.count), valueLength: UInt16(truncatingIfNeeded: value.count))
        var writer = ByteWriter(order, capacity: Int(node.totalLength))
        node.write(to: &writer, name: name, value: value)
        // See `SummaryBuilder`.
        self.init(bytes: writer.bytes, line: nil, page: nil)
    }

    /// That an inode has an extended attribute, or with an odd sequence number, that it has it no more.
    init(attribute identifier: UInt32, of inode: InodeNumber, sequence: UInt32, _ order: ByteOrder) {
        var writer = ByteWriter(order, capacity: XrefNode.size)
        XrefNode(inode: inode, identifier: identifier, sequence: sequence).write(to: &writer)
        self.init(bytes: writer.bytes, line: SummaryLine(xref: order), page: nil)
    }

    /// A node as it stands in an image.
    init(node: ScannedNode, image: RawSpan, order: ByteOrder) throws(OutOfBounds) {
        let line = try SummaryLine(of: node.type, in: node.range, of: image, order)
        self.init(bytes: try image.bytes(in: node.range), line: line, page: nil)
    }
}

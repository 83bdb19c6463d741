internal import FileTree
import FlashBytes

extension PendingNode {
    /// A node of an image without the bytes that nothing shows; nil where it has none, or cannot do without them.
    init?(visible entry: FlashLogEntry, in image: RawSpan, _ order: ByteOrder, by decompressor: Decompressor) {
        guard let hidden = entry.hiddenParts(in: image, by: decompressor).ranges.first else { return nil }
        switch entry.content {
        case .dirent(var raw):
            guard let name = entry.name(in: image) else { return nil }
            raw.nameLength = UInt8(truncatingIfNeeded: name.bytes.count)
            raw.totalLength = UInt32(Dirent.size) + UInt32(raw.nameLength)
            self.init(dirent: raw, name: name, order)
        case .inode(var raw):
            // Streams stay as they are; what is a directory has no data.
            let isTail = hidden.lowerBound >= raw.dataRange(at: entry.offset).upperBound
            if !isTail {
                guard hidden.lowerBound == entry.dataStart, raw.mode & 0o170000 != 0o100000 else { return nil }
                (raw.csize, raw.dsize, raw.dataCRC) = (0, 0, 0)
            }
            guard let data = try? image.bytes(in: raw.dataRange(at: entry.offset)) else { return nil }
            self.init(inode: raw, data: data[...], order, page: nil)
        case .xattr(var raw):
            guard let name = try? image.bytes(in: raw.nameRange(at: entry.offset)),
                let value = try? image.bytes(in: raw.valueRange(at: entry.offset))
            else { return nil }
            raw.totalLength = UInt32(padded(UInt32(XattrNode.size + name.count + 1 + value.count)))
            var writer = ByteWriter(order, capacity: Int(raw.totalLength))
            raw.write(to: &writer, name: name, value: value)
            self.init(bytes: writer.bytes, line: nil, page: nil)
        case .xref(let raw):
            self.init(attribute: raw.identifier, of: raw.inode, sequence: raw.sequence, order)
        default: return nil
        }
    }
}

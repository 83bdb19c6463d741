internal import FileTree
internal import FlashBytes

extension XattrNode {
    /// Why a node does not give an attribute.
    struct Unreadable: Error {
        /// A sentence without capital and full stop.
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// Whether `data_crc` is right of the node at `offset`.
    func hasSoundData(_ image: RawSpan, at offset: Int) -> Bool {
        let (name, value) = (nameRange(at: offset), valueRange(at: offset))
        guard value.upperBound <= image.byteCount else { return false }
        // The kernel puts the NUL behind the name itself, before it takes the sum.
        let seed = CRC32.jffs2([0], seed: CRC32.jffs2(image.extracting(name)))
        return CRC32.jffs2(image.extracting(value), seed: seed) == dataCRC
    }

    /// Name and value of the node at `offset`, as `getxattr` returns them (`do_load_xattr_datum` in xattr.c).
    ///
    /// - Parameters:
    ///   - takesObsolete: whether the ACCURATE bit may be cleared.
    ///   - key: the xid and the version that the node must have, if they are known.
    static func attribute(
        _ image: RawSpan, at offset: Int, byteOrder order: ByteOrder, magic: UInt16, takesObsolete: Bool = false,
        key: (identifier: UInt32, version: UInt32)? = nil
    ) throws(Unreadable) -> (node: XattrNode, attribute: ExtendedAttribute) {
        // Behind a summary, the node itself has not been looked at yet.
        guard let header = NodeHeader(reading: image, at: offset, order, magic: magic),
            (takesObsolete ? header.type.accurate : header.type) == .xattr,
            let raw = try? XattrNode(reading: image, at: offset, order), raw.isIntact,
            Int(raw.totalLength) == raw.paddedLength,
            key.map({ raw.identifier == $0.identifier && raw.version == $0.version }) ?? true
        else { throw Unreadable("its node is damaged") }
        guard let nameBytes = try? image.bytes(in: raw.nameRange(at: offset)),
            let valueBytes = try? image.bytes(in: raw.valueRange(at: offset))
        else { throw Unreadable("its node is cut off") }
        guard raw.hasSoundData(image, at: offset) else { throw Unreadable("its data CRC is wrong") }
        guard let prefix = AttributePrefix(rawValue: raw.prefix) else {
            throw Unreadable("its name space \(raw.prefix) is unknown")
        }
        let name = prefix.fullName(nameBytes.firstIndex(of: 0).map { Array(nameBytes[..<$0]) } ?? nameBytes)
        guard prefix.isACL else { return (raw, ExtendedAttribute(name: name, value: valueBytes)) }
        guard let list = AccessControlList(flash: valueBytes, order) else {
            throw Unreadable("it is no valid access control list")
        }
        return (raw, ExtendedAttribute(name: name, value: list.hostValue))
    }
}

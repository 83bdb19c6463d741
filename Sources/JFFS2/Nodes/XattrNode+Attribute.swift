internal import FileTree
internal import FlashBytes

extension XattrNode {
    /// Why a node does not give an attribute.
    struct Unreadable: Error {
        /// A sentence without capital and full stop.
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// Name and value of the node at `offset`, as `getxattr` returns them (`do_load_xattr_datum` in xattr.c).
    ///
    /// - Parameter identifier: the xid that the node must have, if that is known.
    static func attribute(
        _ image: RawSpan, at offset: Int, _ order: ByteOrder, magic: UInt16, identifier: UInt32? = nil
    ) throws(Unreadable) -> (node: XattrNode, attribute: ExtendedAttribute) {
        // Behind a summary, the node itself has not been looked at yet.
        guard let header = NodeHeader(reading: image, at: offset, order, magic: magic), header.type == .xattr,
            let raw = try? XattrNode(reading: image, at: offset, order), raw.isIntact,
            identifier.map({ raw.identifier == $0 }) ?? true
        else { throw Unreadable("its node is damaged") }
        guard let nameBytes = try? image.bytes(in: raw.nameRange(at: offset)),
            let valueBytes = try? image.bytes(in: raw.valueRange(at: offset))
        else { throw Unreadable("its node is cut off") }
        // The kernel puts the NUL behind the name itself, before it takes the sum.
        guard CRC32.jffs2(nameBytes + [0] + valueBytes) == raw.dataCRC else {
            throw Unreadable("its data CRC is wrong")
        }
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

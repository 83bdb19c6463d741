import FileTree
import FlashBytes

/// Which xattr node holds each extended attribute, and which xref node decides whether an inode has it (xattr.c).
///
/// An xattr node holds name and value under a number (xid), an xref node gives that number to an inode. Of the nodes of an
/// xid the highest version wins, the later scanned one among equals; of the xrefs of one inode and xid the highest sequence
/// number, an odd one taking the attribute away.
struct AttributeReferences {
    /// What an xref node is about.
    struct Key: Hashable {
        var inode: InodeNumber
        /// The xid.
        var identifier: UInt32
    }

    /// The xref nodes of one key.
    struct Nodes {
        /// The one that decides.
        var newest: NodeIndex
        var sequence: UInt32
        var older: [NodeIndex] = []

        /// Whether the attribute is taken away.
        var isDeletion: Bool { sequence & 1 != 0 }
    }

    private(set) var byKey: [Key: Nodes] = [:]
    /// All xref nodes that take an attribute away, older ones too.
    private(set) var deletions: Set<NodeIndex> = []
    /// Xref nodes that Linux takes for damaged when it looks at them.
    private(set) var damaged: [NodeIndex] = []
    /// The newest xattr node of each xid.
    private(set) var data: [UInt32: NodeScan.DatumNode] = [:]
    /// The other xattr nodes.
    private(set) var olderData: [NodeIndex] = []

    init(_ scan: NodeScan, in image: RawSpan) {
        for datum in scan.xattrNodes {
            guard let known = data[datum.identifier] else {
                data[datum.identifier] = datum
                continue
            }
            let isOlder = known.version > datum.version
            olderData.append(isOlder ? datum.node : known.node)
            if !isOlder { data[datum.identifier] = datum }
        }
        // Backwards: the kernel chains each node that it meets in front of the others.
        for node in scan.xrefNodes.reversed() {
            guard let raw = scan.xref(node, in: image) else {
                damaged.append(node)
                continue
            }
            if raw.isDeletion { deletions.insert(node) }
            add(node, sequence: raw.sequence, to: Key(inode: raw.inode, identifier: raw.identifier))
        }
    }

    private mutating func add(_ node: NodeIndex, sequence: UInt32, to key: Key) {
        guard let known = byKey[key] else {
            byKey[key] = Nodes(newest: node, sequence: sequence)
            return
        }
        if known.sequence >= sequence {
            byKey[key]?.older.append(node)
        } else {
            byKey[key] = Nodes(newest: node, sequence: sequence, older: known.older + [known.newest])
        }
    }
}

extension NodeScan {
    /// An xref node as Linux reads it when it puts attributes together (`verify_xattr_ref`); nil where it is damaged, which
    /// nobody has looked at yet where a summary told of the node.
    func xref(_ node: NodeIndex, in image: RawSpan) -> XrefNode? {
        let offset = offset(of: node)
        guard let header = NodeHeader(reading: image, at: offset, byteOrder, magic: magic), isHeader(header, of: .xref),
            let raw = try? XrefNode(reading: image, at: offset, byteOrder), raw.isSound
        else { return nil }
        return raw
    }
}

import FileTree
import FlashBytes

/// The extended attributes of all inodes (xattr.c).
///
/// An xattr node holds name and value under a number (xid), an xref node ties that number to an inode. Of the nodes of
/// an xid the highest version wins, the later scanned one among equals; of the xrefs of one inode and xid the highest
/// sequence number, an odd one taking the attribute away. Where two attributes of an inode have one name, the xref with
/// the higher sequence number wins.
struct AttributeIndex {
    private var byInode: [UInt32: [ExtendedAttribute]] = [:]
    /// xattr and xref nodes that are part of what is shown (indices in `NodeScan.nodes`).
    private(set) var liveNodes: [UInt32] = []
    /// Those that a newer one hides.
    private(set) var supersededNodes: [UInt32] = []

    /// The newest node of an xid.
    private struct Datum {
        var node: UInt32
        var version: UInt32
    }

    /// What ties an inode to an xid.
    private struct Reference {
        var inode: UInt32
        var identifier: UInt32
        var sequence: UInt32
        var node: UInt32
    }

    private struct Key: Hashable {
        var inode: UInt32
        var identifier: UInt32
    }

    init(_ scan: NodeScan, _ image: RawSpan, _ links: LinkCounts, _ findings: inout FindingList) {
        if scan.xrefNodes.isEmpty { return }
        let data = Self.newestData(scan, image, &supersededNodes, &findings)
        var references = newestReferences(scan, image, links, data, &findings)
        references.sort { $0.inode != $1.inode ? $0.inode < $1.inode : $0.sequence > $1.sequence }
        var names: Set<[UInt8]> = []
        var inode: UInt32?
        for reference in references {
            if reference.inode != inode { names.removeAll() }
            inode = reference.inode
            guard let datum = data[reference.identifier],
                let attribute = Self.load(datum, reference.identifier, scan, image, inode: reference.inode, &findings)
            else { continue }
            guard names.insert(attribute.name).inserted else {
                supersededNodes.append(reference.node)
                continue
            }
            liveNodes += [reference.node, datum.node]
            byInode[reference.inode, default: []].append(attribute)
        }
    }

    /// The attributes of an inode; none for most.
    func attributes(of inode: UInt32) -> [ExtendedAttribute] { byInode[inode] ?? [] }

    private static func newestData(
        _ scan: NodeScan, _ image: RawSpan, _ superseded: inout [UInt32], _ findings: inout FindingList
    ) -> [UInt32: Datum] {
        var data: [UInt32: Datum] = [:]
        for node in scan.xattrNodes {
            let offset = Int(scan.nodes[Int(node)].offset)
            guard let raw = try? XattrNode(reading: image, at: offset, scan.byteOrder) else { continue }
            if let known = data[raw.identifier], known.version > raw.version {
                superseded.append(node)
                continue
            }
            if let known = data[raw.identifier] { superseded.append(known.node) }
            data[raw.identifier] = Datum(node: node, version: raw.version)
        }
        return data
    }

    private mutating func newestReferences(
        _ scan: NodeScan, _ image: RawSpan, _ links: LinkCounts, _ data: [UInt32: Datum],
        _ findings: inout FindingList
    ) -> [Reference] {
        var newest: [Key: Reference] = [:]
        // Backwards: the kernel chains each node that it meets in front of the others.
        for node in scan.xrefNodes.reversed() {
            let offset = Int(scan.nodes[Int(node)].offset)
            guard let raw = try? XrefNode(reading: image, at: offset, scan.byteOrder), raw.isIntact else {
                findings.add(.badNodeCRC, .damage, at: offset, "xref node with a wrong node CRC, ignored")
                continue
            }
            let key = Key(inode: raw.inode, identifier: raw.identifier)
            if let known = newest[key], known.sequence >= raw.sequence {
                supersededNodes.append(node)
                continue
            }
            if let known = newest[key] { supersededNodes.append(known.node) }
            newest[key] = Reference(
                inode: raw.inode, identifier: raw.identifier, sequence: raw.sequence, node: node)
        }
        return newest.values.filter { reference in
            guard reference.sequence & 1 == 0, let entry = links.entries[reference.inode], !entry.isRemoved else {
                supersededNodes.append(reference.node)
                return false
            }
            if data[reference.identifier] == nil {
                findings.add(
                    .badExtendedAttribute, .damage, at: Int(scan.nodes[Int(reference.node)].offset),
                    inode: reference.inode,
                    "xref to the extended attribute \(reference.identifier), of which no node is left")
                return false
            }
            return true
        }
    }

    /// Name and value, as `getxattr` returns them.
    private static func load(
        _ datum: Datum, _ identifier: UInt32, _ scan: NodeScan, _ image: RawSpan, inode: UInt32,
        _ findings: inout FindingList
    ) -> ExtendedAttribute? {
        let offset = Int(scan.nodes[Int(datum.node)].offset)
        do throws(XattrNode.Unreadable) {
            return try XattrNode.attribute(
                image, at: offset, scan.byteOrder, magic: scan.magic, identifier: identifier
            ).attribute
        } catch {
            findings.add(
                .badExtendedAttribute, .damage, at: offset, inode: inode,
                "extended attribute \(identifier): \(error.reason)")
            return nil
        }
    }
}

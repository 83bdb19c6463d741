import FileTree
import FlashBytes

/// The extended attributes of all inodes (xattr.c), of what `AttributeReferences` says.
///
/// Where two attributes of an inode have one name, the xref with the higher sequence number wins.
struct AttributeIndex {
    private var byInode: [InodeNumber: [ExtendedAttribute]] = [:]
    /// xattr and xref nodes that are part of what is shown.
    private(set) var liveNodes: [NodeIndex] = []
    /// Those that a newer one hides.
    private(set) var supersededNodes: [NodeIndex] = []

    /// The xref node that decides whether an inode has an attribute.
    private struct Reference {
        var inode: InodeNumber
        var identifier: UInt32
        var sequence: UInt32
        var node: NodeIndex

        /// Whether this one stays where two attributes of an inode have one name. Among equal sequence numbers, which no
        /// kernel writes, the order of the kernel's hash table decides (`jffs2_build_xattr_subsystem`).
        func wins(over other: Reference) -> Bool {
            if sequence != other.sequence { return sequence > other.sequence }
            return ((inode.rawValue ^ identifier) % 128, node)
                < ((other.inode.rawValue ^ other.identifier) % 128, other.node)
        }
    }

    /// - Parameter keepsNameless: gives inodes that have no name the attributes that were not taken from them, too. Linux
    ///   writes nothing about attributes when it deletes a file (`jffs2_xattr_delete_inode`).
    init(
        scan: NodeScan, image: RawSpan, links: LinkCounts, keepsNameless: Bool = false, findings: inout FindingList
    ) {
        self.init(
            AttributeReferences(scan, in: image), scan: scan, image: image, links: links,
            keepsNameless: keepsNameless, findings: &findings)
    }

    init(
        _ all: AttributeReferences, scan: NodeScan, image: RawSpan, links: LinkCounts, keepsNameless: Bool = false,
        findings: inout FindingList
    ) {
        if scan.xrefNodes.isEmpty, scan.xattrNodes.isEmpty { return }
        for node in all.damaged {
            findings.add(
                .badNodeCRC, severity: .damage, at: scan.offset(of: node),
                message: "xref node with a wrong node CRC, ignored")
        }
        supersededNodes = all.olderData + all.byKey.values.flatMap(\.older)
        let data = all.data
        var references = all.byKey.map { key, nodes in
            Reference(inode: key.inode, identifier: key.identifier, sequence: nodes.sequence, node: nodes.newest)
        }
        references = references.filter { reference in
            let isNamed = Self.isNamed(reference.inode, in: links)
            guard reference.sequence & 1 == 0, isNamed || keepsNameless && links.entries[reference.inode] != nil else {
                supersededNodes.append(reference.node)
                if reference.sequence & 1 == 0, !isNamed {
                    Self.reportInodeless(
                        reference, isLeft: links.entries[reference.inode] != nil, scan: scan, into: &findings)
                }
                return false
            }
            return hasDatum(reference, scan: scan, data: data, into: &findings)
        }
        references.sort { $0.inode != $1.inode ? $0.inode < $1.inode : $0.wins(over: $1) }
        // Each is read once, however many inodes have it: values are shared.
        var values: [UInt32: ExtendedAttribute?] = [:]
        var names: Set<[UInt8]> = []
        var inode: InodeNumber?
        for reference in references {
            if reference.inode != inode { names.removeAll() }
            inode = reference.inode
            guard let datum = data[reference.identifier] else { continue }
            let known = values[reference.identifier]
            let value = known ?? Self.load(datum, scan: scan, in: image, inode: reference.inode, into: &findings)
            if known == nil { values[reference.identifier] = .some(value) }
            guard let attribute = value else { continue }
            guard names.insert(attribute.name).inserted else {
                supersededNodes.append(reference.node)
                continue
            }
            liveNodes += [reference.node, datum.node]
            byInode[reference.inode, default: []].append(attribute)
        }
        for (_, datum) in data.filter({ values[$0.key] == nil }).sorted(by: { $0.value.node < $1.value.node }) {
            Self.reportUnused(datum, scan: scan, in: image, into: &findings)
        }
    }

    /// Names a reference of an inode that is not there: normal behind a file that was deleted.
    private static func reportInodeless(
        _ reference: Reference, isLeft: Bool, scan: NodeScan, into findings: inout FindingList
    ) {
        findings.add(
            .badExtendedAttribute, severity: .note, at: scan.offset(of: reference.node), inode: reference.inode,
            message:
                "xref of inode \(reference.inode), \(isLeft ? "which has no name" : "of which no node is left"), to the extended "
                + "attribute \(reference.identifier); Linux drops it")
    }

    /// Names an attribute that no inode has, and that is damaged: Linux does not read it.
    private static func reportUnused(
        _ datum: NodeScan.DatumNode, scan: NodeScan, in image: RawSpan, into findings: inout FindingList
    ) {
        var found = FindingList()
        if load(datum, scan: scan, in: image, inode: 0, into: &found) != nil { return }
        for finding in found.findings {
            findings.add(
                .badExtendedAttribute, severity: .note, at: finding.offset,
                message: finding.message + "; no file has it")
        }
    }

    /// The attributes of an inode; none for most.
    func attributes(of inode: InodeNumber) -> [ExtendedAttribute] { byInode[inode] ?? [] }

    private static func isNamed(_ inode: InodeNumber, in links: LinkCounts) -> Bool {
        guard inode != .root || links.hasRoot, let entry = links.entries[inode] else { return false }
        return !entry.isRemoved && entry.links > 0
    }

    /// Whether a node is left of the attribute that a reference gives.
    private mutating func hasDatum(
        _ reference: Reference, scan: NodeScan, data: [UInt32: NodeScan.DatumNode], into findings: inout FindingList
    ) -> Bool {
        guard data[reference.identifier] == nil else { return true }
        // The garbage collector may take the attribute before what deletes the reference is written.
        supersededNodes.append(reference.node)
        findings.add(
            .badExtendedAttribute, severity: .note, at: scan.offset(of: reference.node), inode: reference.inode,
            message: "xref to the extended attribute \(reference.identifier), of which no node is left; Linux drops it")
        return false
    }

    /// Name and value, as `getxattr` returns them.
    private static func load(
        _ datum: NodeScan.DatumNode, scan: NodeScan, in image: RawSpan, inode: InodeNumber,
        into findings: inout FindingList
    ) -> ExtendedAttribute? {
        let offset = scan.offset(of: datum.node)
        do throws(XattrNode.Unreadable) {
            return try XattrNode.attribute(
                image, at: offset, byteOrder: scan.byteOrder, magic: scan.magic, takesObsolete: scan.takesObsoleteNodes,
                key: (datum.identifier, datum.version)
            ).attribute
        } catch {
            findings.add(
                .badExtendedAttribute, severity: .damage, at: offset, inode: inode,
                message: "extended attribute \(datum.identifier): \(error.reason)")
            return nil
        }
    }
}

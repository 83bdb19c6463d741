import FileTree
import FlashBytes

/// What has to change on the flash so that inodes have other extended attributes.
struct AttributeDifference {
    /// What ties an inode to an xid.
    struct Pair: Hashable {
        var inode: InodeNumber
        var identifier: UInt32
    }

    /// Ties that must not show any more, live ones and those that a newer attribute of the same name hides.
    private(set) var deadPairs: Set<Pair> = []
    /// Attributes that no inode has any more.
    private(set) var removedIdentifiers: Set<UInt32> = []
    /// Their names and values, as `getxattr` returns them.
    private(set) var removedAttributes: Set<ExtendedAttribute> = []
    /// What inodes get.
    private(set) var added: [(inode: InodeNumber, attribute: ExtendedAttribute)] = []

    /// The xref node that decides about each tie and all others.
    private(set) var references: [Pair: (winner: NodeIndex, losers: [NodeIndex])] = [:]
    /// Those among them that take an attribute away.
    private(set) var deletions: Set<NodeIndex> = []
    /// The newest node of each xid.
    private(set) var data: [UInt32: NodeIndex] = [:]
    /// Ties that show.
    private(set) var livePairs: Set<Pair> = []

    init(fileSystem: FileSystem, use: LogIndex, wanted: FileTree, difference: TreeDifference) {
        let scan = fileSystem.scan
        fileSystem.image.withBytes { bytes in
            readNodes(scan, in: bytes, use: use)
            compare(fileSystem.tree, wanted: wanted, difference: difference)
            let names = data.mapValues { Self.name(scan[$0], in: bytes, byteOrder: scan.byteOrder) }
            for (pair, nodes) in references {
                if deletions.contains(nodes.winner) { continue }
                let isGone = difference.removedInodes.contains(pair.inode)
                let name = names[pair.identifier] ?? nil
                if isGone || name.map({ removedNames[pair.inode]?.contains($0) ?? false }) ?? false {
                    deadPairs.insert(pair)
                }
            }
        }
        let kept = Set(livePairs.subtracting(deadPairs).map(\.identifier))
        removedIdentifiers = Set(deadPairs.map(\.identifier)).subtracting(kept)
    }

    /// Whether attributes change at all.
    var isEmpty: Bool { deadPairs.isEmpty && added.isEmpty }

    /// Of each inode, the names of attributes that it loses or gets a new value of.
    private var removedNames: [InodeNumber: Set<[UInt8]>] = [:]

    private func offset(_ node: NodeIndex, scan: NodeScan) -> Int { scan.offset(of: node) }

    private mutating func readNodes(_ scan: NodeScan, in bytes: RawSpan, use: LogIndex) {
        var versions: [UInt32: UInt32] = [:]
        for datum in scan.xattrNodes {
            if let known = versions[datum.identifier], known > datum.version { continue }
            versions[datum.identifier] = datum.version
            data[datum.identifier] = datum.node
        }
        var sequences: [Pair: UInt32] = [:]
        for node in scan.xrefNodes {
            guard let raw = try? XrefNode(reading: bytes, at: offset(node, scan: scan), scan.byteOrder), raw.isIntact
            else {
                continue
            }
            if raw.isDeletion { deletions.insert(node) }
            let pair = Pair(inode: raw.inode, identifier: raw.identifier)
            if let known = sequences[pair], known >= raw.sequence {
                references[pair]?.losers.append(node)
                continue
            }
            sequences[pair] = raw.sequence
            let others = references[pair].map { $0.losers + [$0.winner] } ?? []
            references[pair] = (node, others)
        }
        if scan.xrefNodes.isEmpty { return }
        var findings = FindingList()
        let live = Set(AttributeIndex(scan: scan, image: bytes, links: use.links, findings: &findings).liveNodes)
        for (pair, nodes) in references where live.contains(nodes.winner) { livePairs.insert(pair) }
    }

    private mutating func compare(_ original: FileTree, wanted: FileTree, difference: TreeDifference) {
        for (index, number) in difference.numbers.enumerated() where number != 0 {
            let old = difference.originals[number].map { original[$0].metadata.extendedAttributes } ?? []
            let new = wanted.inodes[index].metadata.extendedAttributes
            if old.isEmpty, new.isEmpty { continue }
            let (before, after) = (Set(old), Set(new))
            for attribute in old where !after.contains(attribute) {
                removedNames[number, default: []].insert(attribute.name)
                removedAttributes.insert(attribute)
            }
            added += new.filter { !before.contains($0) }.map { (number, $0) }
        }
        for number in difference.removedInodes {
            guard let id = difference.originals[number] else { continue }
            removedAttributes.formUnion(original[id].metadata.extendedAttributes)
        }
    }

    /// The full name that a node gives.
    private static func name(_ node: ScannedNode, in bytes: RawSpan, byteOrder order: ByteOrder) -> [UInt8]? {
        let offset = Int(node.offset)
        guard let raw = try? XattrNode(reading: bytes, at: offset, order),
            let prefix = AttributePrefix(rawValue: raw.prefix),
            let name = try? bytes.bytes(in: raw.nameRange(at: offset))
        else { return nil }
        return prefix.fullName(name.firstIndex(of: 0).map { Array(name[..<$0]) } ?? name)
    }
}

import FileTree
import FlashBytes

/// What has to change on the flash so that inodes have other extended attributes.
struct AttributeDifference {
    /// References that must not show any more, live ones and those that a newer attribute of the same name hides.
    private(set) var dead: Set<AttributeReferences.Key> = []
    /// Attributes that no inode has any more.
    private(set) var removedIdentifiers: Set<UInt32> = []
    /// Their names and values, as `getxattr` returns them.
    private(set) var removedAttributes: Set<ExtendedAttribute> = []
    /// What inodes get.
    private(set) var added: [(inode: InodeNumber, attribute: ExtendedAttribute)] = []

    let references: AttributeReferences
    /// References that show.
    let live: Set<AttributeReferences.Key>

    init(fileSystem: FileSystem, use: FlashLogIndex, wanted: FileTree, difference: TreeDifference) {
        let scan = fileSystem.scan
        let (references, live) = fileSystem.image.withBytes { bytes in
            let references = AttributeReferences(scan, in: bytes)
            var findings = FindingList()
            let index = AttributeIndex(references, scan: scan, image: bytes, links: use.links, findings: &findings)
            let liveNodes = Set(index.liveNodes)
            return (references, Set(references.byKey.filter { liveNodes.contains($0.value.newest) }.keys))
        }
        self.references = references
        self.live = live
        compare(fileSystem.tree, wanted: wanted, difference: difference)
        let names = fileSystem.image.withBytes { bytes in
            references.data.mapValues { Self.name(scan[$0.node], in: bytes, byteOrder: scan.byteOrder) }
        }
        for (key, nodes) in references.byKey where !nodes.isDeletion {
            let isGone = difference.removedInodes.contains(key.inode)
            let name = names[key.identifier] ?? nil
            if isGone || name.map({ removedNames[key.inode]?.contains($0) ?? false }) ?? false { dead.insert(key) }
        }
        let kept = Set(live.subtracting(dead).map(\.identifier))
        removedIdentifiers = Set(dead.map(\.identifier)).subtracting(kept)
    }

    /// Whether attributes change at all.
    var isEmpty: Bool { dead.isEmpty && added.isEmpty }

    /// Of each inode, the names of attributes that it loses or gets a new value of.
    private var removedNames: [InodeNumber: Set<[UInt8]>] = [:]

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

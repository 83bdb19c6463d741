import FileTree
import FlashBytes

/// Which nodes of the original must stay in a block that is rewritten: those that show something, and those that hide what
/// would come back.
///
/// Inode nodes: the one with the metadata, and those of which a part can be seen. A dead one hides nothing: what it
/// covers is covered by the nodes that cover it. Of the dirents of a name, and of what ties an inode to an attribute,
/// only the newest can hide; it has to stay while an older one is left in another block.
struct NodeNeeds {
    /// Stay whatever else changes.
    private(set) var shown: Set<NodeIndex> = []
    /// The blocks in which something is that a node hides.
    private(set) var hidden: [NodeIndex: Set<Int>] = [:]

    private let eraseSize: Int
    private let scan: NodeScan

    init(_ log: FlashLog) {
        eraseSize = log.fileSystem.eraseSize
        scan = log.fileSystem.scan
        for entry in log.entries {
            guard let node = entry.node else { continue }
            switch entry.content {
            case .unknown: if scan[node].type.compatibility != .readWriteDelete { shown.insert(node) }
            // What they show or hide is asked below.
            case .inode, .dirent, .xattr, .xref: break
            case .summary, .filler, .cutOff, .erased, .zeros, .dirt: break
            }
        }
    }

    /// Whether a node has to stay when `block`, in which it is, and those in `changed` are rewritten.
    func isNeeded(_ node: NodeIndex, in block: Int, changed: Set<Int>) -> Bool {
        if shown.contains(node) { return true }
        return hidden[node]?.contains { $0 != block && !changed.contains($0) } ?? false
    }

    private func block(of node: NodeIndex) -> Int { scan.offset(of: node) / eraseSize }

    // MARK: - Inode nodes

    /// - Parameters:
    ///   - pages: of the inodes with new nodes, what is written anew.
    ///   - hasNewNode: inodes whose metadata is in a new node.
    mutating func addInodes(
        _ use: FlashLogIndex, difference: TreeDifference, sizes: [InodeNumber: UInt64],
        pages: [InodeNumber: [Range<UInt64>]],
        hasNewNode: Set<InodeNumber>, replaced: Set<InodeNumber>
    ) {
        for (inode, content) in use.contents where !difference.removedInodes.contains(inode) {
            guard difference.originals[inode] != nil else {
                // Linux cannot open it. What is there of it stays as it is.
                shown.formUnion(use.table.nodes(of: inode))
                continue
            }
            if !hasNewNode.contains(inode), let node = content.metadataNode { shown.insert(node) }
            if replaced.contains(inode) { continue }
            let size = sizes[inode] ?? .max
            for fragment in use.visibleFragments(of: inode)
            where !RewrittenPages.cover(fragment, ranges: pages[inode] ?? [], size: size) {
                shown.insert(fragment.node)
            }
        }
    }

    // MARK: - Dirents

    mutating func addDirents(
        _ use: FlashLogIndex, difference: TreeDifference, log: FlashLog, in image: RawSpan
    ) {
        var namesakes: [TreeDifference.NameKey: [NodeIndex]] = [:]
        for entry in log.entries where entry.isReadable {
            guard case .dirent(let raw) = entry.content, let node = entry.node, raw.inode != 0,
                let name = entry.name(in: image)
            else { continue }
            namesakes[TreeDifference.NameKey(directory: raw.parent, name: name.bytes), default: []].append(node)
        }
        for dirent in use.directories.dirents where use.hasName(dirent.parent) {
            let range = Int(dirent.nameOffset)..<Int(dirent.nameOffset) + Int(dirent.nameLength)
            guard let name = try? image.bytes(in: range) else { continue }
            let key = TreeDifference.NameKey(directory: dirent.parent, name: name)
            if difference.removedInodes.contains(dirent.inode) || difference.removedInodes.contains(dirent.parent)
                || difference.removedNames.contains(key)
                || difference.replacedNames.contains(key)
            {
                continue
            }
            let leadsSomewhere = dirent.inode != 0 && use.links.entries[dirent.inode] != nil
            let isNewName = difference.wantedNames[key].map { $0 != dirent.inode } ?? false
            if leadsSomewhere, !isNewName {
                shown.insert(dirent.node)
            } else if !isNewName {
                hidden[dirent.node] = Set(
                    (namesakes[key] ?? []).lazy.filter { $0 != dirent.node }.map { [self] in block(of: $0) })
            }
        }
    }

    mutating func addTimeSources(_ nodes: Set<NodeIndex>) { shown.formUnion(nodes) }

    // MARK: - Extended attributes

    mutating func addAttributes(_ attributes: AttributeDifference) {
        let references = attributes.references
        for (key, nodes) in references.byKey where !attributes.dead.contains(key) {
            if attributes.live.contains(key) {
                shown.insert(nodes.newest)
                if let datum = references.data[key.identifier] { shown.insert(datum.node) }
            } else {
                let others = nodes.older.filter { !references.deletions.contains($0) }
                hidden[nodes.newest] = Set(others.map { block(of: $0) })
            }
        }
    }

    /// References that must not show, of which a node stays that would: they need a new delete marker.
    func unmarkedReferences(
        _ attributes: AttributeDifference, changed: Set<Int>
    ) -> [AttributeReferences.Key] {
        let references = attributes.references
        return attributes.dead.filter { key in
            guard let nodes = references.byKey[key] else { return false }
            return ([nodes.newest] + nodes.older).contains {
                !changed.contains(block(of: $0)) && !references.deletions.contains($0)
            }
        }.sorted { ($0.inode, $0.identifier) < ($1.inode, $1.identifier) }
    }
}

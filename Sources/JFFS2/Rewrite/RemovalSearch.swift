import FileTree
import FlashBytes

/// Which nodes and bytes hold what was taken out: their erase blocks must be rewritten, and they must not be in them any
/// more.
///
/// - Of a file that is gone: all its inode nodes with data, live or dead, and all dirents that lead to it.
/// - Of a file with another content: all its inode nodes, live or dead, with data of a page that differs.
/// - Of a name that is gone: all dirents with it in its directory, live or dead, deletions too; dead ones everywhere, and
///   summaries, if no file has the name any more.
/// - Of an attribute: its xattr nodes, and dead ones with the same value.
/// - Dead nodes of other inodes in which the same content is found.
/// - What nobody can read, as soon as anything is taken out.
struct RemovalSearch {
    /// Indices in `FlashLog.entries`.
    private(set) var items: Set<Int> = []
    /// The nodes among them.
    private(set) var nodes: Set<NodeIndex> = []
    /// Why each block has to change.
    private(set) var reasons: [Int: Set<ChangedBlock.Reason>] = [:]

    private let log: FlashLog
    private let difference: TreeDifference
    private let attributes: AttributeDifference
    private let eraseSize: Int
    /// Of each changed file, the bytes whose nodes must go.
    private var goneContent: [InodeNumber: [Range<UInt64>]] = [:]
    /// Inodes all of whose data must go.
    private var goneInodes: Set<InodeNumber>

    /// - Parameters:
    ///   - ranges: further bytes that must go, with the nodes that hold them (from the start of the image).
    init(
        log: FlashLog, wanted: FileTree, difference: TreeDifference, attributes: AttributeDifference,
        ranges: [Range<Int>], removesUndecodable: Bool
    ) throws(LayoutError) {
        let original = log.fileSystem
        self.log = log
        self.difference = difference
        self.attributes = attributes
        eraseSize = original.eraseSize
        goneInodes = difference.removedInodes
        for change in difference.changes {
            guard let old = change.original else { continue }
            if change.isReplaced { goneInodes.insert(change.number) }
            var pages = change.pages
            // Behind the new end, whatever was once there goes, too.
            if original.tree[old].contentSize > wanted[change.id].contentSize, let last = pages.last {
                pages[pages.count - 1] = last.lowerBound..<UInt64.max
            }
            if !pages.isEmpty { goneContent[change.number] = pages }
        }
        searchByField()
        searchRanges(ranges)
        let text = try removedText(original, wanted: wanted)
        if !text.isEmpty { searchDeadNodes(text, original: original) }
        if removesUndecodable || !items.isEmpty { takeUndecodable(original) }
    }

    private mutating func take(_ index: Int, reason: ChangedBlock.Reason) {
        let entry = log.entries[index]
        items.insert(index)
        if let node = entry.node { nodes.insert(node) }
        reasons[entry.offset / eraseSize, default: []].insert(reason)
    }

    // MARK: - By what the nodes say of themselves

    private mutating func searchByField() {
        log.fileSystem.image.withBytes { bytes in
            for (index, entry) in log.entries.enumerated() where entry.isReadable {
                switch entry.content {
                case .inode(let raw): if isGone(raw) { take(index, reason: .removedContent) }
                case .dirent(let raw):
                    if let name = entry.name(in: bytes), isGone(raw, name: name.bytes) {
                        take(index, reason: .removedName)
                    }
                case .xattr(let raw):
                    if attributes.removedIdentifiers.contains(raw.identifier) { take(index, reason: .removedContent) }
                case .xref, .summary, .filler, .unknown, .cutOff, .erased, .zeros, .dirt: break
                }
            }
        }
    }

    private func isGone(_ raw: RawInode) -> Bool {
        guard raw.csize > 0, raw.compression != .zero else { return false }
        if goneInodes.contains(raw.inode) { return true }
        let range = UInt64(raw.offset)..<UInt64(raw.offset) + UInt64(raw.coveredSize)
        return goneContent[raw.inode]?.contains { $0.overlaps(range) } ?? false
    }

    private func isGone(_ raw: Dirent, name: [UInt8]) -> Bool {
        let key = TreeDifference.NameKey(directory: raw.parent, name: name)
        if difference.removedNames.contains(key) || difference.removedInodes.contains(raw.parent) { return true }
        if raw.inode != 0, difference.removedInodes.contains(raw.inode) { return true }
        // The one that is replaced. Where the flash can mark nodes as obsolete, Linux takes for granted that no older
        // one is left that could come back.
        if raw.inode != 0, difference.replacedNames.contains(key) { return true }
        return difference.vanishedNames.contains(name)
    }

    private mutating func searchRanges(_ ranges: [Range<Int>]) {
        for range in ranges {
            var index = firstItem(endingAfter: range.lowerBound)
            while index < log.entries.count, log.entries[index].offset < range.upperBound {
                if !log.entries[index].isFree { take(index, reason: .removedContent) }
                index += 1
            }
        }
    }

    private func firstItem(endingAfter offset: Int) -> Int {
        log.entries.partitionPoint { $0.range.upperBound <= offset }
    }

    private mutating func takeUndecodable(_ original: FileSystem) {
        let decompressor = Decompressor()
        original.image.withBytes { bytes in
            for (index, entry) in log.entries.enumerated() where !items.contains(index) {
                let status = entry.node.map { original.statuses[$0] }
                switch entry.content {
                case _ where !entry.isReadable: take(index, reason: .undecodable)
                // Its sums are right, but Linux ignores it all the same.
                case _ where status == .damaged: take(index, reason: .undecodable)
                case .inode(let raw):
                    // What the tree shows of a file stays, readable or not.
                    if status != .live, raw.csize > 0, !decompressor.canRead(raw, in: bytes, at: entry.offset) {
                        take(index, reason: .undecodable)
                    }
                case .dirent, .xattr, .xref, .summary, .filler, .unknown, .cutOff, .erased, .zeros, .dirt: break
                }
            }
        }
    }

    // MARK: - By content

    private func removedText(_ original: FileSystem, wanted: FileTree) throws(LayoutError) -> RemovedText {
        var text = RemovedText()
        for attribute in attributes.removedAttributes { text.add(attribute.value) }
        for number in difference.removedInodes {
            guard let id = difference.originals[number] else { continue }
            try add(original.tree[id].payload, new: nil, in: nil, to: &text)
        }
        for change in difference.changes {
            guard let old = change.original, change.isReplaced || !change.pages.isEmpty else { continue }
            try add(
                original.tree[old].payload, new: wanted[change.id].payload, in: change.isReplaced ? nil : change.pages,
                to: &text)
        }
        return text
    }

    private func add(
        _ old: Inode.Payload, new: Inode.Payload?, in pages: [Range<UInt64>]?, to text: inout RemovedText
    ) throws(LayoutError) {
        switch old {
        case .symbolicLink(let target): text.add(target)
        case .regular(let contents):
            var replacement: (any FileContents)?
            if case .regular(let contents)? = new { replacement = contents }
            do {
                for range in pages ?? [0..<contents.size] {
                    // In pieces, so that no file is in memory as a whole.
                    var at = range.lowerBound
                    while at < min(range.upperBound, contents.size) {
                        let piece = at..<min(at + 1 << 20, range.upperBound)
                        text.add(
                            try contents.bytes(in: piece), replacedBy: try replacement?.bytes(in: piece) ?? [])
                        at = piece.upperBound
                    }
                }
            } catch {
                throw .build(.contents(path: FilePathBytes(), error))
            }
        default: break
        }
    }

    private mutating func searchDeadNodes(_ text: RemovedText, original: FileSystem) {
        let decompressor = Decompressor()
        original.image.withBytes { bytes in
            for (index, entry) in log.entries.enumerated() where entry.isReadable && !items.contains(index) {
                let status = entry.node.map { original.statuses[$0] } ?? .obsolete
                guard status != .live else { continue }
                let offset = entry.offset
                let data: [UInt8]?
                switch entry.content {
                case .inode: data = entry.data(in: bytes, by: decompressor)?.bytes
                case .xattr(let raw): data = try? bytes.bytes(in: raw.valueRange(at: offset))
                case .dirent, .xref, .summary, .filler, .unknown, .cutOff, .erased, .zeros, .dirt: data = nil
                }
                if let data, text.isFound(in: data) { take(index, reason: .removedContent) }
            }
        }
    }
}

extension FileContents {
    /// The bytes in `range`, cut to the size; what cannot be read is zeros.
    func bytes(in range: Range<UInt64>) throws(ContentsError) -> [UInt8] {
        let range = range.clamped(to: 0..<size)
        var bytes = [UInt8](repeating: 0, count: range.count)
        let reader = try makeReader()
        try bytes.withPart(0..<range.count) { part throws(ContentsError) in
            _ = try reader.read(into: &part, at: range.lowerBound)
        }
        return bytes
    }
}

extension Decompressor {
    /// Whether the data of an inode node is sound and can be decompressed.
    func canRead(_ raw: RawInode, in image: RawSpan, at offset: Int) -> Bool {
        guard raw.hasSoundData(in: image, at: offset) else { return false }
        if raw.compression == .zero { return true }
        return NodeData(of: raw, storedAs: image.extracting(raw.dataRange(at: offset)), by: self).isWhole
    }
}

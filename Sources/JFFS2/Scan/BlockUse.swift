/// What the bytes of an erase block are, for pictures of a flash: finer than what Linux counts (`SpaceUsage.Share`), with the
/// same sums; but what is left of nodes without a valid header is damage here, and not just no node.
package struct BlockUse: Sendable, Hashable {
    /// What bytes can be.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Inode nodes that are shown: contents of files, their owners and times.
        case data
        /// Names, extended attributes, cleanmarkers and summaries that count.
        case metadata
        /// Nodes that are outdated, marked obsolete or without a name.
        case obsolete
        /// Nodes with a wrong sum or length, also in their headers.
        case damaged
        /// No node, and not erased: padding, gaps.
        case waste
        /// Erased, up to the end of the block.
        case free
    }

    private var counts = [Int](repeating: 0, count: Kind.allCases.count)

    /// Nothing.
    package init() {}

    /// The bytes of one kind.
    package internal(set) subscript(kind: Kind) -> Int {
        get { counts[Self.place(kind)] }
        set { counts[Self.place(kind)] = newValue }
    }

    /// All bytes.
    package var count: Int { counts.reduce(0, +) }

    /// The kind that most bytes are of; the first one of those with as many, nil where there are no bytes.
    package var most: Kind? {
        guard let largest = counts.max(), largest > 0 else { return nil }
        return Kind.allCases.first { self[$0] == largest }
    }

    /// Adds another block.
    package static func += (left: inout BlockUse, right: BlockUse) {
        for kind in Kind.allCases { left[kind] += right[kind] }
    }

    private static func place(_ kind: Kind) -> Int {
        switch kind {
        case .data: 0
        case .metadata: 1
        case .obsolete: 2
        case .damaged: 3
        case .waste: 4
        case .free: 5
        }
    }

    /// The erase blocks of a file system, in order.
    package static func blocks(of fileSystem: FileSystem) -> [BlockUse] {
        let shares = SpaceUsage(fileSystem).blocks
        var blocks = [BlockUse](repeating: BlockUse(), count: shares.count)
        for (index, node) in fileSystem.scan.nodes.enumerated() {
            let block = Int(node.offset) / max(fileSystem.eraseSize, 1)
            guard blocks.indices.contains(block), node.verdict != .misfit else { continue }
            let size = padded(node.totalLength)
            switch fileSystem.statuses[index] {
            case .live: blocks[block][node.type == .inode ? .data : .metadata] += size
            case .damaged: blocks[block][.damaged] += size
            case .none: if node.type == .summary { blocks[block][.waste] += size }
            case .obsolete, .superseded, .orphan: break
            }
        }
        for (index, share) in shares.enumerated() {
            let nodes = blocks[index]
            let data = min(nodes[.data], share.live)
            let summary = min(nodes[.waste], share.wasted)
            let damaged = min(nodes[.damaged], share.obsolete)
            var block = BlockUse()
            block[.data] = data
            block[.metadata] = share.live - data + summary
            block[.damaged] = damaged
            block[.obsolete] = share.obsolete - damaged
            block[.waste] = share.wasted - summary
            block[.free] = share.free
            blocks[index] = block
        }
        for finding in fileSystem.findings.findings where finding.severity == .damage {
            guard let offset = finding.offset, case let index = offset / max(fileSystem.eraseSize, 1),
                blocks.indices.contains(index), blocks[index][.damaged] == 0
            else { continue }
            blocks[index][.damaged] = blocks[index][.waste]
            blocks[index][.waste] = 0
        }
        return blocks
    }
}

import FileTree
public import FlashBytes

/// Gives an image summary nodes: the job of sumtool.
///
/// The nodes stay as they are, in their order, and fill the erase blocks anew, each with room for its summary; nothing is
/// known of their meaning, so older versions, deletions and orphans stay too. Left out is what the kernel does not see
/// either: nodes that are marked obsolete (which sumtool brings back to life), with inodes that have no other name, or have
/// a wrong sum, padding, old summaries.
public struct ImageSummarizer: Sendable {
    /// Byte order, erase size, cleanmarkers, padding and maximum size count; nothing else does.
    public let configuration: ImageConfiguration

    /// What was written.
    public struct Report: Sendable, Hashable {
        /// Nodes that were taken over.
        public var nodes = 0
        /// Nodes that are marked obsolete, and are left out.
        public var obsoleteNodes = 0
        /// Nodes with a wrong sum, and nodes cut off, that are left out.
        public var damagedNodes = 0
        /// Erase blocks that end with a summary.
        public var summaries = 0
        /// Erase blocks with nodes that no summary can list: extended attributes and what is not known.
        public var blocksWithoutSummary = 0
        /// Erase blocks that hold nodes other than cleanmarkers.
        public var usedBlocks = 0
        /// The end of the last node (bytes).
        public var usedSize: UInt64 = 0
        /// The size of the image, padding included (bytes).
        public var imageSize: UInt64 = 0
    }

    /// Checks the configuration.
    public init(_ configuration: ImageConfiguration) throws(BuildError) {
        var configuration = configuration
        configuration.writesSummaries = true
        configuration.isCompatible = false
        if let problem = configuration.problem { throw .configuration(problem) }
        self.configuration = configuration
    }

    /// Writes the image.
    ///
    /// - Parameters:
    ///   - original: of the byte order of the configuration; its erase size may be another one.
    ///   - sink: called with one erase block at a time, the last one possibly shorter.
    public func write(_ original: FileSystem, to sink: ImageBuilder.Sink) throws(BuildError) -> Report {
        guard original.byteOrder == configuration.byteOrder else {
            throw .configuration("the byte order of nodes cannot be changed; pack the image again")
        }
        guard original.scan.magic == NodeHeader.magic else {
            throw .configuration("Linux refuses images with the old magic 0x1984; pack the image again")
        }
        return try original.image.withBytes { (bytes: RawSpan) throws(BuildError) in
            let limit = configuration.sizeLimit
            var written: UInt64 = 0
            func limitedSink(_ block: RawSpan) throws(FileError) {
                written += UInt64(block.byteCount)
                // Beyond the limit the rest is only measured, so that the message can say how much is missing.
                if written <= limit { try sink(block) }
            }
            var (nodes, report) = select(original, in: bytes)
            // Nodes that no summary can list go last, so that few blocks are without one.
            let order =
                nodes.filter { SummaryLine.isMade(for: $0.type) } + nodes.filter { !SummaryLine.isMade(for: $0.type) }
            nodes = []
            var blocks = EraseBlockWriter(configuration)
            let observer = WorkProgress.observer
            for (index, node) in order.enumerated() {
                try append(node, in: bytes, blocks: &blocks, report: &report, to: limitedSink)
                observer?("writing", UInt64(index), UInt64(order.count))
            }
            report.usedSize = blocks.endOffset
            report.usedBlocks = Int(
                (report.usedSize + UInt64(blocks.eraseSize) - 1) / UInt64(blocks.eraseSize))
            try blocks.finishImage(configuration.padding, to: limitedSink)
            report.imageSize = blocks.flushedSize
            if max(report.usedSize, report.imageSize) > limit {
                throw .tooLarge(limit: limit, needed: report.usedSize, largest: [])
            }
            return report
        }
    }

    /// The nodes that are taken over.
    private func select(_ original: FileSystem, in bytes: RawSpan) -> ([ScannedNode], Report) {
        var report = Report()
        var nodes: [ScannedNode] = []
        // What the kernel sees (by old summaries, where they are), and of that only what is sound on the flash itself.
        let scan = NodeScan(
            bytes, byteOrder: original.byteOrder, eraseSize: original.eraseSize, usingSummaries: false)
        var sound: Set<UInt32> = []
        for node in scan.nodes where node.verdict == .sound { sound.insert(node.offset) }
        let dead = deadNodes(original.scan, in: bytes)
        for node in original.scan.nodes {
            switch node.verdict {
            case .obsolete: report.obsoleteNodes += 1
            case .damaged, .misfit: report.damagedNodes += 1
            case .sound:
                if node.type.isFiller { continue }
                if sound.contains(node.offset), node.range.upperBound <= bytes.byteCount,
                    Self.hasSoundData(node, in: bytes, byteOrder: original.byteOrder)
                {
                    if dead.contains(node.offset) { report.obsoleteNodes += 1 } else { nodes.append(node) }
                } else {
                    report.damagedNodes += 1
                }
            }
        }
        return (nodes, report)
    }

    /// The nodes, by offset, of inodes whose names are all marked obsolete: without those, nothing would tell that they were
    /// deleted.
    private func deadNodes(_ scan: NodeScan, in bytes: RawSpan) -> Set<UInt32> {
        var dead: Set<InodeNumber> = []
        for node in scan.nodes where node.verdict == .obsolete {
            if let dirent = scan.intactDirent(node, in: bytes), dirent.inode != 0 { dead.insert(dirent.inode) }
        }
        for dirent in scan.direntNodes { dead.remove(dirent.inode) }
        return Set(scan.inodeNodes.lazy.filter { dead.contains($0.inode) }.map { scan[$0.node].offset })
    }

    /// Whether the sum over what a node carries is right, which Linux checks only when it needs the node.
    private static func hasSoundData(_ node: ScannedNode, in bytes: RawSpan, byteOrder order: ByteOrder) -> Bool {
        let offset = Int(node.offset)
        switch node.type {
        case .inode:
            guard let raw = try? RawInode(reading: bytes, at: offset, order) else { return false }
            let data = raw.dataRange(at: offset)
            return data.upperBound <= node.range.upperBound
                && raw.hasSoundData(in: bytes, at: offset)
        case .xattr:
            guard let raw = try? XattrNode(reading: bytes, at: offset, order) else { return false }
            return raw.hasSoundData(bytes, at: offset)
        default: return true
        }
    }

    private func append(
        _ node: ScannedNode, in bytes: RawSpan, blocks: inout EraseBlockWriter, report: inout Report,
        to sink: ImageBuilder.Sink
    ) throws(BuildError) {
        let pending: PendingNode
        do {
            pending = try PendingNode(node: node, image: bytes, order: configuration.byteOrder)
        } catch {
            throw .configuration("the node at \(hex(node.offset)) cannot be read")
        }
        if blocks.weight(of: pending) > blocks.room, blocks.position > configuration.firstNodeOffset {
            try finishBlock(&blocks, report: &report, to: sink)
        }
        if blocks.weight(of: pending) > blocks.room {
            // A node as large as its block leaves no room for a summary.
            guard pending.bytes.count <= blocks.eraseSize - configuration.firstNodeOffset else {
                throw .configuration(
                    "the node at \(hex(node.offset)) has \(pending.bytes.count) bytes, too many for an erase block of "
                        + SizeExpression.readable(blocks.eraseSize))
            }
            blocks.append(PendingNode(bytes: pending.bytes, line: nil, page: nil))
            report.nodes += 1
            return try finishBlock(&blocks, report: &report, to: sink)
        }
        blocks.append(pending)
        report.nodes += 1
    }

    private func finishBlock(
        _ blocks: inout EraseBlockWriter, report: inout Report, to sink: ImageBuilder.Sink
    ) throws(BuildError) {
        if blocks.getsSummary { report.summaries += 1 } else { report.blocksWithoutSummary += 1 }
        try blocks.finishBlock(sink)
    }
}

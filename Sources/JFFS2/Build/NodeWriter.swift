internal import FileTree
internal import FlashBytes

/// Turns the steps of a build into nodes, in order, and hands them to the packer. One place, one task.
struct NodeWriter {
    private let tree: FileTree
    private let plan: TreePlan
    private let configuration: ImageConfiguration
    private let order: ByteOrder
    private var packer: NodePacker
    private var report = BuildReport()

    /// Zeros that were met and not yet written: they become one node, however long they are.
    private var hole: (inode: InodeID, range: Range<UInt64>)?
    /// The xid of each attribute that was written.
    private var attributes: [ExtendedAttribute: UInt32] = [:]
    /// `xseqno` of the next attribute that an inode gets.
    private var nextSequence: UInt32
    /// The highest xid of the image in front.
    private let lastAttribute: UInt32
    /// With summaries: xattr nodes that will be written at the end, so that few blocks are without one.
    private var lateNodes: [PendingNode] = []

    init(tree: FileTree, plan: TreePlan, configuration: ImageConfiguration, pool: CompressorPool) {
        self.tree = tree
        self.plan = plan
        self.configuration = configuration
        order = configuration.byteOrder
        report.contentSums = [UInt32](repeating: 0, count: tree.inodes.count)
        report.inodeNumbers = plan.numbers
        lastAttribute = configuration.appendage?.lastAttribute ?? 0
        nextSequence = configuration.appendage?.firstSequence ?? 0
        packer = NodePacker(
            configuration: configuration, splitter: PageSplitter(pool: pool, order: configuration.byteOrder))
    }

    /// Writes all of a batch.
    mutating func append(_ batch: CompressedBatch, to sink: ImageBuilder.Sink) throws(BuildError) {
        for step in batch.batch.steps {
            switch step {
            case .dirent(let directory, let index): try appendDirent(directory, index: index, to: sink)
            case .inode(let id):
                try appendInode(id, to: sink)
                try appendAttributes(of: id, sink)
            case .slice(let index, let isLast):
                let slice = batch.batch.slices[index]
                let id = slice.inode
                if slice.isHole { add(slice) }
                sum(batch.pages[index], of: id, batch: batch)
                for page in batch.pages[index] { try appendPage(page, of: id, batch: batch, to: sink) }
                if isLast {
                    try appendHole(sink)
                    try appendAttributes(of: id, sink)
                }
            }
        }
        for (inode, damage) in batch.damage {
            report.damage.append(
                BuildReport.DamagedFile(path: tree.path(of: inode) ?? FilePathBytes(), damage: damage))
        }
    }

    /// Ends the image.
    mutating func finish(_ sink: ImageBuilder.Sink) throws(BuildError) -> BuildReport {
        for node in lateNodes { try packer.append(node, to: sink) }
        let packed = try packer.finish(configuration.padding, to: sink)
        report.imageSize = packed.imageSize
        report.usedSize = packed.usedSize
        report.usedBlocks = packed.usedBlocks
        report.nodes = packed.nodes
        report.wastedSize = packed.wastedSize
        report.names = plan.names
        report.inodes = plan.inodes
        return report
    }

    private mutating func appendDirent(
        _ directory: InodeID, index: Int, to sink: ImageBuilder.Sink
    ) throws(BuildError) {
        let entry = tree[directory].entries[index]
        if plan.existing[entry.inode] != nil { return }
        let version = (plan.existing[directory] ?? 0) + UInt32(index + 1)
        let dirent = Dirent(
            parent: plan.numbers[directory.index], version: version, inode: plan.numbers[entry.inode.index],
            changeTime: configuration.direntTime(
                of: entry, in: tree[directory], of: tree, isJoined: plan.existing[directory] != nil),
            nameLength: UInt8(entry.name.bytes.count),
            type: tree[entry.inode].kind.direntType)
        try packer.append(PendingNode(dirent: dirent, name: entry.name, order), to: sink)
    }

    /// The only node of anything that has no content, or whose content is not compressed.
    private mutating func appendInode(_ id: InodeID, to sink: ImageBuilder.Sink) throws(BuildError) {
        if plan.existing[id] != nil { return }
        var node = template(id)
        var data: [UInt8] = []
        switch tree[id].payload {
        case .directory(let entries):
            // Above all names of the directory, so that Linux takes the directory's times from here.
            node.version = UInt32(entries.count + 1)
        case .symbolicLink(let target):
            data = target
            node.isize = UInt32(target.count)
        case .characterDevice(let device), .blockDevice(let device):
            data = device.data(order) ?? []
        case .regular, .fifo, .socket: break
        }
        node.dsize = UInt32(data.count)
        node.csize = node.dsize
        node.dataCRC = CRC32.jffs2(data)
        try packer.append(PendingNode(inode: node, data: data[...], order, page: nil), to: sink)
    }

    /// A part of a file with nothing but zeros in it.
    private mutating func add(_ slice: FileSlice) {
        let range = slice.range
        hole = (slice.inode, (hole?.range.lowerBound ?? range.lowerBound)..<range.upperBound)
        report.contentSums[slice.inode.index] = CRC32.zlib(
            zeros: range.count, seed: report.contentSums[slice.inode.index])
    }

    /// Adds the pages of a slice to the sum of their file.
    private mutating func sum(_ pages: [CompressedPage], of id: InodeID, batch: CompressedBatch) {
        guard let first = pages.first, let last = pages.last else { return }
        let raw = batch.raw
        let bytes = unsafe raw.span.bytes.extracting(first.raw.lowerBound..<last.raw.upperBound)
        report.contentSums[id.index] = CRC32.zlib(bytes, seed: report.contentSums[id.index])
    }

    private mutating func appendPage(
        _ page: CompressedPage, of id: InodeID, batch: CompressedBatch, to sink: ImageBuilder.Sink
    ) throws(BuildError) {
        let range = page.offset..<page.offset + UInt64(page.raw.count)
        if page.compression == .zero {
            // All pages of a file come in one go, so a hole that is open belongs to the same file.
            hole = (id, (hole?.range.lowerBound ?? range.lowerBound)..<range.upperBound)
            return
        }
        try appendHole(sink)
        var node = template(id)
        let (version, second) = versions(at: page.offset, of: id)
        node.version = version
        node.offset = UInt32(page.offset)
        node.dsize = UInt32(page.raw.count)
        node.csize = UInt32(page.stored.count)
        node.compression = page.compression
        node.dataCRC = page.crc
        report.dataSize += UInt64(page.raw.count)
        report.storedSize += UInt64(page.stored.count)
        let splittable = SplittablePage(
            template: node, batch: batch, range: page.raw, secondVersion: second,
            staysUncompressed: tree[id].staysUncompressed)
        try packer.append(PendingNode(inode: node, data: batch.stored[page.stored], order, page: splittable), to: sink)
    }

    private mutating func appendHole(_ sink: ImageBuilder.Sink) throws(BuildError) {
        guard let (id, range) = hole else { return }
        hole = nil
        var node = template(id)
        node.version = versions(at: range.lowerBound, of: id).first
        node.offset = UInt32(range.lowerBound)
        node.dsize = UInt32(range.upperBound - range.lowerBound)
        node.compression = .zero
        try packer.append(PendingNode(inode: node, data: [], order, page: nil), to: sink)
    }

    private mutating func appendAttributes(of id: InodeID, _ sink: ImageBuilder.Sink) throws(BuildError) {
        if plan.existing[id] != nil { return }
        for attribute in tree[id].metadata.extendedAttributes {
            let known = attributes[attribute]
            let identifier = known ?? lastAttribute + UInt32(attributes.count + 1)
            if known == nil {
                guard let pending = PendingNode(attribute: attribute, identifier: identifier, order) else { continue }
                attributes[attribute] = identifier
                if configuration.writesSummaries {
                    lateNodes.append(pending)
                } else {
                    try packer.append(pending, to: sink)
                }
            }
            let tie = PendingNode(
                attribute: identifier, of: plan.numbers[id.index], sequence: nextSequence, order)
            nextSequence += 2
            try packer.append(tie, to: sink)
        }
    }

    /// What all nodes of an inode have in common.
    private func template(_ id: InodeID) -> RawInode {
        RawInode(tree[id], number: plan.numbers[id.index], times: configuration.times)
    }

    /// The version of the node at `offset` of a file, and of its second part if it has to be cut.
    ///
    /// Ascending with the offset, because some readers sort by version and lay the data end to end.
    private func versions(at offset: UInt64, of id: InodeID) -> (first: UInt32, second: UInt32) {
        let page = UInt32(truncatingIfNeeded: offset / UInt64(configuration.nodeDataSize))
        return (2 * page + 1, 2 * page + 2)
    }
}

extension FileKind {
    /// The DT_ number of a dirent: the S_IFMT bits, moved down.
    var direntType: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 12) }
}

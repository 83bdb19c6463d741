internal import FileTree
internal import FlashBytes

/// Writes the bytes that mkfs.jffs2 2.1.5 writes for the same tree and options.
///
/// Its ways, found by trying: no node for the root directory; dirent versions count through the whole image from 0; one time
/// (the modification time) for all; a node goes where it fits, and file data is cut at the end of an erase block where 128
/// bytes or more fit; holes are data; with `-p SIZE` and cleanmarkers the last block is always whole; xref nodes of directories
/// that are not empty are there twice.
struct CompatibleWriter {
    private let tree: FileTree
    private let plan: TreePlan
    private let configuration: ImageConfiguration
    private let order: ByteOrder
    private let compressor: CompatibleCompressor
    private var blocks: EraseBlockWriter
    private var report = BuildReport()
    private var nextDirentVersion: UInt32 = 0
    private var written: [Bool]
    private var attributes: [ExtendedAttribute: UInt32] = [:]
    private var nextSequence: UInt32 = 0

    /// The least data for which a node is begun at the end of a block (JFFS2_MIN_DATA_LEN; bytes).
    private static let minimumLength = 128

    init(tree: FileTree, plan: TreePlan, configuration: ImageConfiguration) throws(BuildError) {
        self.tree = tree
        self.plan = plan
        self.configuration = configuration
        order = configuration.byteOrder
        guard let compressor = CompatibleCompressor(configuration.compression) else { throw .outOfMemory }
        self.compressor = compressor
        blocks = EraseBlockWriter(configuration)
        written = [Bool](repeating: false, count: tree.inodes.count)
        report.contentSums = [UInt32](repeating: 0, count: tree.inodes.count)
        report.inodeNumbers = plan.numbers
    }

    /// Writes the image.
    mutating func write(_ sink: ImageBuilder.Sink) throws(BuildError) -> BuildReport {
        var directories = DirectoryOrder(firstTableInode: configuration.firstTableInode)
        while let directory = directories.next(tree) {
            // A second time for all directories but the root; not for empty ones.
            if directory == FileTree.root || !tree[directory].entries.isEmpty {
                try appendAttributes(of: directory, sink)
            }
            for entry in directories.entries(of: directory, tree) {
                try appendDirent(entry, in: directory, to: sink)
                if written[entry.inode.index] { continue }
                written[entry.inode.index] = true
                if case .regular(let contents) = tree[entry.inode].payload, contents.size > 0 {
                    try appendContent(of: entry.inode, contents, to: sink)
                } else {
                    try appendInode(entry.inode, to: sink)
                }
                try appendAttributes(of: entry.inode, sink)
            }
        }
        report.usedSize = blocks.endOffset
        report.usedBlocks = Int((report.usedSize + UInt64(blocks.eraseSize) - 1) / UInt64(blocks.eraseSize))
        report.names = plan.names
        report.inodes = plan.inodes
        try finish(sink)
        report.imageSize = blocks.flushedSize
        return report
    }

    private mutating func finish(_ sink: ImageBuilder.Sink) throws(BuildError) {
        if case .toSize(let size) = configuration.padding, configuration.cleanmarkerSize != nil {
            let block = UInt64(configuration.eraseSize)
            try blocks.finishImage(.toSize((size + block - 1) / block * block), to: sink)
        } else {
            try blocks.finishImage(configuration.padding, to: sink)
        }
    }

    /// Places a node whole.
    private mutating func append(_ node: PendingNode, to sink: ImageBuilder.Sink) throws(BuildError) {
        if node.bytes.count > blocks.room { try blocks.finishBlock(sink) }
        blocks.append(node)
        report.nodes += 1
    }

    private mutating func appendDirent(
        _ entry: DirectoryEntry, in directory: InodeID, to sink: ImageBuilder.Sink
    ) throws(BuildError) {
        let inode = tree[entry.inode]
        let dirent = Dirent(
            parent: plan.numbers[directory.index], version: nextDirentVersion, inode: plan.numbers[entry.inode.index],
            changeTime: seconds(inode), nameLength: UInt8(entry.name.bytes.count), type: inode.kind.direntType)
        nextDirentVersion &+= 1
        try append(PendingNode(dirent: dirent, name: entry.name, order), to: sink)
    }

    private mutating func appendInode(_ id: InodeID, to sink: ImageBuilder.Sink) throws(BuildError) {
        var node = template(id)
        var data: [UInt8] = []
        switch tree[id].payload {
        case .symbolicLink(let target):
            data = target
            node.isize = UInt32(target.count)
        case .characterDevice(let device), .blockDevice(let device):
            data = device.data(order) ?? []
        default: break
        }
        node.csize = UInt32(data.count)
        node.dsize = node.csize
        node.dataCRC = CRC32.jffs2(data)
        try append(PendingNode(inode: node, data: data[...], order, page: nil), to: sink)
    }

    private mutating func appendContent(
        of id: InodeID, _ contents: any FileContents, to sink: ImageBuilder.Sink
    ) throws(BuildError) {
        do {
            let reader = try contents.makeReader()
            var page = [UInt8](repeating: 0, count: configuration.pageSize)
            var offset: UInt64 = 0
            var version: UInt32 = 0
            while offset < contents.size {
                let count = Int(min(UInt64(page.count), contents.size - offset))
                let damage = try page.withPart(0..<count) { part throws(ContentsError) in
                    try reader.read(into: &part, at: offset)
                }
                for damage in damage {
                    report.damage.append(
                        BuildReport.DamagedFile(path: tree.path(of: id) ?? FilePathBytes(), damage: damage))
                }
                report.contentSums[id.index] = CRC32.zlib(
                    unsafe page.span.bytes.extracting(0..<count), seed: report.contentSums[id.index])
                try appendPage(
                    page[0..<count], at: UInt32(truncatingIfNeeded: offset), of: id, version: &version, to: sink)
                offset += UInt64(count)
            }
        } catch let error as BuildError {
            throw error
        } catch let error as ContentsError {
            throw .contents(path: tree.path(of: id) ?? FilePathBytes(), error)
        } catch {
            throw .contents(path: tree.path(of: id) ?? FilePathBytes(), ContentsError("\(error)"))
        }
    }

    /// Places a page, cut as often as the ends of blocks want it.
    private mutating func appendPage(
        _ page: ArraySlice<UInt8>, at offset: UInt32, of id: InodeID, version: inout UInt32,
        to sink: ImageBuilder.Sink
    ) throws(BuildError) {
        var rest = page
        while !rest.isEmpty {
            if blocks.dataRoom < Self.minimumLength { try blocks.finishBlock(sink) }
            let stored = compressor.compress(
                unsafe rest.span.bytes, room: blocks.dataRoom, isPlain: tree[id].staysUncompressed)
            var node = template(id)
            version += 1
            node.version = version
            node.offset = offset + UInt32(rest.startIndex)
            node.dsize = UInt32(stored.taken)
            node.csize = UInt32(stored.bytes.count)
            node.compression = stored.compression
            node.dataCRC = CRC32.jffs2(stored.bytes)
            try append(PendingNode(inode: node, data: stored.bytes[...], order, page: nil), to: sink)
            report.dataSize += UInt64(stored.taken)
            report.storedSize += UInt64(stored.bytes.count)
            rest = rest.dropFirst(stored.taken)
        }
    }

    private mutating func appendAttributes(of id: InodeID, _ sink: ImageBuilder.Sink) throws(BuildError) {
        for attribute in tree[id].metadata.extendedAttributes {
            let known = attributes[attribute]
            let identifier = known ?? UInt32(attributes.count + 1)
            if known == nil {
                guard let new = PendingNode(attribute: attribute, identifier: identifier, order) else { continue }
                attributes[attribute] = identifier
                try append(new, to: sink)
            }
            nextSequence += 2
            let tie = PendingNode(
                attribute: identifier, of: plan.numbers[id.index], sequence: nextSequence, order)
            try append(tie, to: sink)
        }
    }

    private func template(_ id: InodeID) -> RawInode {
        var node = RawInode(tree[id], number: plan.numbers[id.index], times: configuration.times)
        (node.atime, node.ctime) = (node.mtime, node.mtime)
        return node
    }

    private func seconds(_ inode: Inode) -> UInt32 {
        UInt32(truncatingIfNeeded: configuration.times.applied(to: inode.metadata.modificationTime))
    }
}

import FileTree
import FlashBytes

/// Makes the nodes that the changes need, each with a version above all that its inode or directory ever had.
struct NewNodes {
    private(set) var nodes: [PendingNode] = []
    /// Damage of the sources.
    private(set) var damage: [BuildReport.DamagedFile] = []
    /// Inodes whose metadata is in one of the nodes.
    private(set) var described: Set<InodeNumber> = []

    private let wanted: FileTree
    private let difference: TreeDifference
    private let configuration: ImageConfiguration
    private let order: ByteOrder
    private let pool: CompressorPool
    private var versions: [InodeNumber: UInt32]
    private var nextIdentifier: UInt64
    private var nextSequence: UInt64

    /// How much content is read and compressed in one go (bytes).
    private static let batchSize: UInt64 = 256 << 10

    init(
        wanted: FileTree, difference: TreeDifference, numbers: FlashNumbers,
        configuration: ImageConfiguration, pool: CompressorPool
    ) {
        self.wanted = wanted
        self.difference = difference
        self.configuration = configuration
        self.pool = pool
        order = configuration.byteOrder
        versions = numbers.versions
        nextIdentifier = UInt64(numbers.highestIdentifier) + 1
        nextSequence = (UInt64(numbers.highestSequence) & ~1) + 2
    }

    /// The next version of an inode or directory.
    private mutating func version(of number: InodeNumber, count: UInt32 = 1) throws(LayoutError) -> UInt32 {
        let last = versions[number] ?? 0
        guard last <= UInt32.max - count - 1 else { throw .exhausted("the versions of inode \(number)") }
        versions[number] = last + count
        return last + 1
    }

    // MARK: - Names

    /// New names, then the nodes of the directories that need one, which must have the higher version.
    mutating func addNames(_ times: DirectoryTimes) throws(LayoutError) {
        for (directory, entry) in difference.newNames {
            let parent = difference.numbers[directory.index]
            let time = wanted[directory].metadata.modificationTime
            let dirent = Dirent(
                parent: parent, version: try version(of: parent), inode: difference.numbers[entry.inode.index],
                changeTime: UInt32(truncatingIfNeeded: time), nameLength: UInt8(entry.name.bytes.count),
                type: wanted[entry.inode].kind.direntType)
            nodes.append(PendingNode(dirent: dirent, name: entry.name, order))
        }
        for (index, number) in difference.numbers.enumerated() where times.needNode.contains(number) {
            let node = try template(InodeID(index), number: number)
            append(node, data: [])
        }
    }

    // MARK: - Inodes

    /// The nodes of a regular file: pages that are written anew, or else one that holds the metadata alone.
    mutating func addFile(_ id: InodeID, pages: [Range<UInt64>]) throws(LayoutError) {
        let number = difference.numbers[id.index]
        guard !pages.isEmpty else {
            append(try template(id, number: number), data: [])
            return
        }
        described.insert(number)
        for range in pages {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(Self.batchSize)) {
                try addSlice(
                    FileSlice(inode: id, range: start..<min(start + Self.batchSize, range.upperBound)), number: number)
            }
        }
    }

    private mutating func addSlice(_ slice: FileSlice, number: InodeNumber) throws(LayoutError) {
        let batch: CompressedBatch
        do {
            batch = try CompressedBatch(
                batch: BuildBatch(index: 0, steps: [], slices: [slice]), of: wanted,
                pageSize: configuration.nodeDataSize, pool: pool
            )
        } catch {
            throw .build(error)
        }
        damage += batch.damage.map {
            BuildReport.DamagedFile(path: wanted.path(of: $0.inode) ?? FilePathBytes(), damage: $0.damage)
        }
        var hole: (start: UInt64, end: UInt64)?
        for page in batch.pages.first ?? [] {
            if page.compression == .zero {
                hole = (hole?.start ?? page.offset, page.offset + UInt64(page.raw.count))
                continue
            }
            if let range = hole { try addHole(slice.inode, number: number, range: range) }
            hole = nil
            var node = try template(slice.inode, number: number, versionCount: 2)
            node.offset = UInt32(truncatingIfNeeded: page.offset)
            node.dsize = UInt32(page.raw.count)
            node.csize = UInt32(page.stored.count)
            node.compression = page.compression
            node.dataCRC = page.crc
            let splittable = SplittablePage(
                template: node, batch: batch, range: page.raw, secondVersion: node.version + 1,
                staysUncompressed: wanted[slice.inode].staysUncompressed)
            nodes.append(PendingNode(inode: node, data: batch.stored[page.stored], order, page: splittable))
        }
        if let hole { try addHole(slice.inode, number: number, range: hole) }
    }

    private mutating func addHole(
        _ id: InodeID, number: InodeNumber, range: (start: UInt64, end: UInt64)
    ) throws(LayoutError) {
        var node = try template(id, number: number)
        node.offset = UInt32(truncatingIfNeeded: range.start)
        node.dsize = UInt32(truncatingIfNeeded: range.end - range.start)
        node.compression = .zero
        append(node, data: [])
    }

    /// The one node of a symlink or special file.
    ///
    /// - Parameter stored: the data of its node on the flash, if that stays the same: Linux wants the new node to cover
    ///   all of the old one.
    mutating func addSpecial(_ id: InodeID, stored: (raw: RawInode, data: [UInt8])?) throws(LayoutError) {
        var node = try template(id, number: difference.numbers[id.index])
        // What has no data may have bytes all the same.
        let hasData = ![.fifo, .socket].contains(wanted[id].kind)
        if let stored, hasData {
            node.isize = stored.raw.isize
            node.compression = stored.raw.compression
            node.dsize = stored.raw.dsize
            append(node, data: visible(stored.data, of: id, compression: stored.raw.compression))
            return
        }
        var data: [UInt8] = []
        switch wanted[id].payload {
        case .symbolicLink(let target):
            data = target
            node.isize = UInt32(target.count)
        case .characterDevice(let device), .blockDevice(let device): data = device.data(order) ?? []
        case .regular, .directory, .fifo, .socket: break
        }
        node.dsize = UInt32(data.count)
        append(node, data: data)
    }

    /// A target with zeros behind the NUL that ends it, as long as it was.
    private func visible(_ data: [UInt8], of id: InodeID, compression: Compression) -> [UInt8] {
        guard case .symbolicLink = wanted[id].payload, compression == .none, let end = data.firstIndex(of: 0) else {
            return data
        }
        return data[..<end] + [UInt8](repeating: 0, count: data.count - end)
    }

    private mutating func append(_ node: RawInode, data: [UInt8]) {
        var node = node
        node.csize = UInt32(data.count)
        node.dataCRC = CRC32.jffs2(data)
        described.insert(node.inode)
        nodes.append(PendingNode(inode: node, data: data[...], order, page: nil))
    }

    private mutating func template(
        _ id: InodeID, number: InodeNumber, versionCount: UInt32 = 1
    ) throws(LayoutError) -> RawInode {
        RawInode(
            wanted[id], number: number, version: try version(of: number, count: versionCount),
            times: configuration.times)
    }

    // MARK: - Extended attributes

    mutating func addAttributes(_ added: [(inode: InodeNumber, attribute: ExtendedAttribute)]) throws(LayoutError) {
        var identifiers: [ExtendedAttribute: UInt32] = [:]
        for (inode, attribute) in added {
            let identifier: UInt32
            if let known = identifiers[attribute] {
                identifier = known
            } else {
                guard let new = UInt32(exactly: nextIdentifier), new < .max else {
                    throw .exhausted("the numbers of extended attributes")
                }
                guard let node = PendingNode(attribute: attribute, identifier: new, order) else { continue }
                identifier = new
                nextIdentifier += 1
                identifiers[attribute] = identifier
                nodes.append(node)
            }
            let sequence = try takeSequence()
            nodes.append(PendingNode(attribute: identifier, of: inode, sequence: sequence, order))
        }
    }

    /// Takes attributes away that a node in a block that stays would still show.
    mutating func addDeleteMarkers(_ keys: [AttributeReferences.Key]) throws(LayoutError) {
        for key in keys {
            let sequence = try takeSequence() | 1
            nodes.append(PendingNode(attribute: key.identifier, of: key.inode, sequence: sequence, order))
        }
    }

    private mutating func takeSequence() throws(LayoutError) -> UInt32 {
        guard let sequence = UInt32(exactly: nextSequence), sequence < .max - 2 else {
            throw .exhausted("the sequence numbers of extended attributes")
        }
        nextSequence += 2
        return sequence
    }
}

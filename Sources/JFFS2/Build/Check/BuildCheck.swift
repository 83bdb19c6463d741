internal import CZlib
package import FileTree
package import FlashBytes

/// Reads back an image that was just built and compares it with what it was built from.
///
/// Stricter than the kernel: each node must be one that the tree asks for, and there once, the pieces of a file must join,
/// and their versions ascend. So little has to be remembered of each inode, and nothing has to be sorted: one pass over the
/// image, some erase blocks at a time.
package struct BuildCheck {
    private let tree: FileTree
    private let configuration: ImageConfiguration
    private let report: BuildReport

    /// The inodes of the tree that are in the image, as indices, by ascending number.
    private var byNumber: [UInt32] = []
    /// The version of the node of each inode, of a file that of its last piece; 0 before the first.
    private var versions: [UInt32]
    /// How much of a file was met from its beginning on (bytes); of a directory, where its names begin in `names`.
    private var ends: [UInt32]
    /// zlib's CRC-32 of as much.
    private var sums: [UInt32]
    /// Pieces of files that stand before others that come first (a small node fills up an erase block), by their offsets.
    private var early: [Int: [UInt32: Piece]] = [:]
    /// Which names of all directories were met: a bit for each.
    private var names: [UInt64] = []
    private var attributes: [UInt32: ExtendedAttribute] = [:]
    /// Which inode (an index in the tree) has which attribute.
    private var references: [Int: Set<UInt32>] = [:]
    private var problems: [String] = []

    /// How many problems are told.
    private static let limit = 10

    /// Compares names, metadata and content.
    ///
    /// - Parameters:
    ///   - image: what was written, all of it.
    ///   - report: what the writer said of it.
    /// - Returns: what is wrong, a sentence each; empty for a sound image.
    package static func problems(
        of image: ByteRegion, against tree: FileTree, _ configuration: ImageConfiguration, report: BuildReport
    ) -> [String] {
        guard report.inodeNumbers.count == tree.inodes.count, report.contentSums.count == tree.inodes.count else {
            return ["the report is of another tree"]
        }
        var check = BuildCheck(tree: tree, configuration: configuration, report: report)
        check.read(image)
        check.finish()
        return check.problems
    }

    private init(tree: FileTree, configuration: ImageConfiguration, report: BuildReport) {
        self.tree = tree
        self.configuration = configuration
        self.report = report
        let none = [UInt32](repeating: 0, count: tree.inodes.count)
        (versions, ends, sums) = (none, none, none)
        byNumber = tree.inodes.indices.filter { report.inodeNumbers[$0] != 0 }.map { UInt32($0) }
        byNumber.sort { report.inodeNumbers[Int($0)] < report.inodeNumbers[Int($1)] }
        var count = 0
        for index in tree.inodes.indices where tree.inodes[index].kind == .directory {
            ends[index] = UInt32(truncatingIfNeeded: count)
            count += tree.inodes[index].entries.count
        }
        names = [UInt64](repeating: 0, count: count / 64 + 1)
    }

    /// A part of a file.
    private struct Piece {
        var size: UInt32
        var version: UInt32
        var sum: UInt32
    }

    private mutating func add(_ problem: String) {
        if problems.count < Self.limit { problems.append(problem) }
    }

    private mutating func add(_ problem: String, of index: Int) {
        if problems.count < Self.limit { problems.append("\(path(of: index)): \(problem)") }
    }

    private func path(of index: Int) -> FilePathBytes { tree.path(of: InodeID(index)) ?? FilePathBytes() }

    // MARK: - Reading

    /// Blocks are taken apart side by side and looked at in order.
    private mutating func read(_ image: ByteRegion) {
        let (size, configuration) = (configuration.eraseSize, configuration)
        let blockCount = (image.count + size - 1) / size
        let jobs = max(1, configuration.jobs)
        for first in stride(from: 0, to: blockCount, by: 4 * jobs) {
            let count = min(4 * jobs, blockCount - first)
            let blocks = ParallelJobs.run(count: count, threads: jobs) {
                let workspace = WrittenBlock.Workspace()
                return { index in
                    let start = (first + index) * size
                    return image.withBytes { bytes in
                        WrittenBlock(
                            image: bytes, range: start..<min(start + size, bytes.byteCount),
                            configuration: configuration, workspace: workspace)
                    }
                }
            }
            image.withBytes { bytes in
                for block in blocks { look(at: block, bytes) }
            }
            WorkProgress.observer?("reading back", UInt64(first + count), UInt64(blockCount))
        }
    }

    private mutating func look(at block: WrittenBlock, _ image: RawSpan) {
        for problem in block.problems { add(problem) }
        for name in block.names { look(at: name, image) }
        for content in block.contents { look(at: content) }
        for (identifier, attribute) in block.attributes
        where attributes.updateValue(attribute, forKey: identifier) != nil {
            add("the extended attribute \(identifier) was written twice")
        }
        for reference in block.references {
            guard let index = index(of: reference.inode), !reference.isDeletion else {
                add("an attribute of inode \(reference.inode), which was not written")
                continue
            }
            references[index, default: []].insert(reference.identifier)
        }
    }

    /// Where the inode of a number stands in the tree.
    private func index(of number: InodeNumber) -> Int? {
        let place = byNumber.partitionPoint { report.inodeNumbers[Int($0)] < number }
        guard place < byNumber.count, report.inodeNumbers[Int(byNumber[place])] == number else { return nil }
        return Int(byNumber[place])
    }

    private mutating func look(at name: WrittenBlock.Name, _ image: RawSpan) {
        let bytes = FileName((try? image.bytes(in: name.range)) ?? [])
        guard let directory = index(of: name.raw.parent), let place = tree.index(of: bytes, in: InodeID(directory))
        else {
            return add("the name '\(bytes)' in inode \(name.raw.parent) was read back, which was not written")
        }
        let entries = tree.inodes[directory].entries
        let inode = entries[place].inode
        if report.inodeNumbers[inode.index] != name.raw.inode || tree[inode].kind.direntType != name.raw.type {
            add("'\(bytes)' was not read back as it was written", of: directory)
        }
        // The directory's own node has to be newer, for its times to count.
        if !configuration.isCompatible, name.raw.version > entries.count {
            add("'\(bytes)' has version \(name.raw.version)", of: directory)
        }
        let bit = Int(ends[directory]) + place
        if names[bit / 64] & 1 << (bit % 64) != 0 { add("'\(bytes)' was written twice", of: directory) }
        names[bit / 64] |= 1 << (bit % 64)
    }

    private mutating func look(at content: WrittenBlock.Content) {
        let raw = content.raw
        guard let index = index(of: raw.inode) else {
            return add("inode \(raw.inode) was read back, which was not written")
        }
        let inode = tree.inodes[index]
        if inode.kind == .regular {
            let piece = Piece(size: raw.dsize, version: raw.version, sum: content.sum)
            if early[index, default: [:]].updateValue(piece, forKey: raw.offset) != nil {
                add("a second node for the bytes from \(raw.offset) on", of: index)
            }
            join(index)
        } else {
            if versions[index] != 0 { add("a second node of a \(inode.kind.word)", of: index) }
            versions[index] = raw.version
        }
        if !isSame(raw, inode: inode) {
            add("kind, mode, owner, size or times were not read back as they were written", of: index)
        }
        if inode.staysUncompressed, raw.compression != .none, raw.dsize > 0 {
            add("its data was compressed", of: index)
        }
        var data: [UInt8]? = []
        switch inode.payload {
        case .regular: break
        case .directory:
            if !configuration.isCompatible, raw.version <= inode.entries.count {
                add("its version \(raw.version) is not above those of its names", of: index)
            }
        case .symbolicLink(let target): data = target
        case .characterDevice(let device), .blockDevice(let device): data = device.data(configuration.byteOrder)
        case .fifo, .socket: break
        }
        if content.bytes != data { add("was not read back as it was written", of: index) }
    }

    /// Puts the pieces of a file together as far as they join.
    private mutating func join(_ index: Int) {
        var pieces = early.removeValue(forKey: index) ?? [:]
        while let piece = pieces.removeValue(forKey: ends[index]) {
            if piece.version <= versions[index] {
                add("version \(piece.version) follows version \(versions[index])", of: index)
            }
            versions[index] = piece.version
            ends[index] &+= piece.size
            sums[index] = UInt32(
                truncatingIfNeeded: crc32_combine(UInt(sums[index]), UInt(piece.sum), Int(piece.size)))
            if piece.size == 0 { break }
        }
        if !pieces.isEmpty { early[index] = pieces }
    }

    private func isSame(_ raw: RawInode, inode: Inode) -> Bool {
        let metadata = configuration.storedMetadata(of: inode)
        var size = inode.contentSize
        if case .symbolicLink(let target) = inode.payload { size = UInt64(target.count) }
        return raw.mode == inode.mode && UInt32(raw.uid) == metadata.owner && UInt32(raw.gid) == metadata.group
            && UInt64(raw.isize) == size && Int64(raw.atime) == metadata.accessTime
            && Int64(raw.mtime) == metadata.modificationTime && Int64(raw.ctime) == metadata.changeTime
            && raw.userCompression == 0 && raw.flags == 0
    }

    // MARK: - What is missing

    private mutating func finish() {
        for index in tree.inodes.indices where report.inodeNumbers[index] != 0 {
            let inode = tree.inodes[index]
            // mkfs.jffs2 writes no root inode.
            if versions[index] == 0, !configuration.isCompatible || index != FileTree.root.index {
                add("no node of it was read back", of: index)
            }
            switch inode.payload {
            case .directory(let entries):
                for place in entries.indices {
                    let bit = Int(ends[index]) + place
                    if names[bit / 64] & 1 << (bit % 64) == 0 {
                        add("'\(entries[place].name)' was not read back", of: index)
                    }
                }
            case .regular(let contents):
                if UInt64(ends[index]) != contents.size || sums[index] != report.contentSums[index]
                    || early[index] != nil
                {
                    add("the content was not read back as it was written", of: index)
                }
            default: break
            }
            let found = (references[index] ?? []).compactMap { attributes[$0] }
            if found.count != references[index]?.count ?? 0
                || Set(found) != Set(inode.metadata.extendedAttributes)
            {
                add("extended attributes were not read back as they were written", of: index)
            }
        }
    }
}

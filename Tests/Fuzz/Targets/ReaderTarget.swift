import FileTree
import FlashBytes
import JFFS2

extension FuzzTarget {
    /// Any bytes as a file system: its tree, contents, history, what can be recovered.
    static let reader = FuzzTarget("reader", largest: 32768) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        let order = input.choice([ByteOrder.little, .big])
        let eraseSize = input.choice(eraseSizes)
        let magic = input.choice([NodeHeader.magic, NodeHeader.magic, NodeHeader.oldMagic])
        try read(
            FileSystem(ByteRegion(input.remaining()), byteOrder: order, eraseSize: eraseSize, magic: magic))
    }

    /// The same of nodes with any fields and right sums.
    static let nodes = FuzzTarget("nodes", largest: 4096) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        var mixer = NodeMixer(&input)
        try read(mixer.fileSystem(from: &input))
    }

    /// All ways of looking at a file system.
    static func read(_ fileSystem: FileSystem) throws(FuzzFailure) {
        let tree = fileSystem.tree
        try readContents(of: tree)
        let verification = FileSystemCheck(fileSystem)
        try expect(
            verification.unreadableParts.count <= FileSystemCheck.limit, "\(verification.unreadableParts.count) parts")
        let space = SpaceUsage(fileSystem)
        try expect(
            space.total.count == fileSystem.image.count,
            "space of \(space.total.count) in \(fileSystem.image.count) bytes")
        _ = BlockUse.blocks(of: fileSystem)
        let log = FlashLog(fileSystem)
        try readHistory(log)
        fileSystem.image.withBytes { bytes in
            let decompressor = Decompressor()
            for entry in log.entries {
                _ = entry.fields(in: bytes)
                _ = entry.failedSums(in: bytes)
                _ = entry.data(in: bytes, by: decompressor, most: 1 << 16)
                _ = entry.hiddenParts(in: bytes, by: decompressor)
            }
        }
        _ = FlashUsage(log)
        try readContents(of: fileSystem.treeWithOrphans().tree)
    }

    private static func readHistory(_ log: FlashLog) throws(FuzzFailure) {
        let history = FlashHistory(log)
        let timeline = history.timeline()
        var reader = VersionReader(history)
        for file in history.files {
            _ = history.path(of: file)
            _ = history.savedVersions(of: file)
            for version in file.versions.prefix(8) { _ = try? reader.state(of: file, after: version.version) }
        }
        for extent in [Recovery.Extent.gone, .allVersions] {
            try readContents(of: Recovery(history, extent: extent).tree())
        }
        for event in timeline.prefix(4) { try readContents(of: history.state(at: event.time).fileSystem.tree) }
    }

    /// So much of each file is read (bytes): a size field may say 4 GiB.
    private static let mostContent = 1 << 18

    private static func readContents(of tree: FileTree) throws(FuzzFailure) {
        var seen: Set<InodeID> = []
        var left = 8 * mostContent
        try tree.walk { (path, id) throws(FuzzFailure) in
            try expect(path.components.count <= tree.inodes.count, "\(path) is deeper than there are inodes")
            guard seen.insert(id).inserted, left > 0, case .regular(let contents) = tree[id].payload,
                let reader = try? contents.makeReader()
            else { return }
            let size = contents.size
            for start in [0, size / 2, size - min(size, 100)] where start < size {
                let count = Int(min(UInt64(mostContent), size - start))
                left -= count
                var bytes = [UInt8](repeating: 0xaa, count: count)
                var span = bytes.mutableSpan
                var part = unsafe span.mutableBytes
                for damage in (try? reader.read(into: &part, at: start)) ?? [] {
                    try expect(damage.range.upperBound <= size, "\(path): damage \(damage) of \(size) bytes")
                }
            }
        }
    }
}

package import FileTree
import FlashBytes

/// Files of an image that are stored without compression although the image otherwise compresses.
///
/// A boot loader that reads files by itself (Broadcom's CFE: cferam.000, vmlinux.lz) cannot decompress them, so vendors
/// store them as they are. A file counts if no node that Linux shows of it is compressed, and if
///
/// - one of these nodes, of 256 bytes or more, would have become smaller by an eighth with a codec that the image uses, or
/// - nothing of it can be compressed, but it is large enough (4 KiB, with a node of 1 KiB) for compression to have been tried:
///   then it is all the same for what is in it now, but not for what may take its place.
///
/// Small files, and those that Linux wrote in small pieces, do not compress anyhow, and do not count. In an image without
/// any compressed node no file counts.
package struct UncompressedFiles: Sendable {
    /// All of them, ascending by place in the tree.
    package private(set) var all: [InodeID] = []
    /// Those which a compressor would have made smaller.
    package private(set) var onPurpose: Set<InodeID> = []

    /// The least data that compression tells something about (bytes).
    private static let evidentSize = 256
    private static let largeNode = 1024
    private static let largeFile: UInt64 = 4096
    /// How many nodes of a file are tried.
    private static let tries = 256

    /// Looks for them in a file system.
    package init(in fileSystem: FileSystem) {
        var settings = CompressionSettings(like: fileSystem)
        settings.level = 1
        guard !settings.codecs.isEmpty, let compressor = PageCompressor(settings, pageSize: Self.largestPage) else {
            return
        }
        var output = [UInt8](repeating: 0, count: Self.largestPage)
        for (index, inode) in fileSystem.tree.inodes.enumerated() {
            guard case .regular(let any) = inode.payload, let contents = any as? NodeContents,
                contents.size >= UInt64(Self.evidentSize)
            else { continue }
            fileSystem.image.withBytes { bytes in
                guard let nodes = Self.plainNodes(of: contents, bytes) else { return }
                let isOnPurpose = nodes.prefix(Self.tries).contains {
                    Self.shrinks($0, in: bytes, compressor: compressor, into: &output)
                }
                let isLarge = contents.size >= Self.largeFile && nodes.contains { $0.count >= Self.largeNode }
                if isOnPurpose || isLarge { all.append(InodeID(index)) }
                if isOnPurpose { onPurpose.insert(InodeID(index)) }
            }
        }
    }

    /// No node of Linux or mkfs.jffs2 holds more (bytes).
    private static let largestPage = 1 << 16

    /// Where the data of a file's nodes lies in the image, holes excepted; nil if one of them is compressed, or there is none.
    private static func plainNodes(of contents: NodeContents, _ image: RawSpan) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        for fragment in contents.fragments {
            let offset = Int(contents.nodes[Int(fragment.node.rawValue)].offset)
            guard let raw = try? RawInode(reading: image, at: offset, contents.byteOrder) else { return nil }
            if raw.compression == .zero { continue }
            guard raw.compression == .none else { return nil }
            ranges.append(raw.dataRange(at: offset))
        }
        return ranges.isEmpty ? nil : ranges
    }

    private static func shrinks(
        _ range: Range<Int>, in image: RawSpan, compressor: PageCompressor, into output: inout [UInt8]
    ) -> Bool {
        guard (evidentSize...output.count).contains(range.count), range.upperBound <= image.byteCount else {
            return false
        }
        let (_, count) = output.withPart(0..<range.count) { compressor.compress(image.extracting(range), into: &$0) }
        return count <= range.count - range.count / 8
    }
}

extension FileSystem {
    /// The tree with `Inode.staysUncompressed` where that is so in the image, for those who write another image.
    package func treeForWriting() -> (tree: FileTree, uncompressed: UncompressedFiles) {
        let files = UncompressedFiles(in: self)
        var marked = tree
        for id in files.all { marked[id].staysUncompressed = true }
        return (marked, files)
    }

    /// Whether it holds data of files, and none of it is compressed.
    package var isUncompressed: Bool {
        let used = usedCompressions
        return used.isSubset(of: [.none, .zero, .copy])
            && tree.inodes.contains { $0.kind == .regular && $0.size >= 256 }
    }
}

extension FileTree {
    /// The tree with `Inode.staysUncompressed` for the inodes (by number) of which that is so in the image that it comes from.
    package func keepingUncompressed(of original: FileSystem) -> FileTree {
        let files = UncompressedFiles(in: original)
        if files.all.isEmpty { return self }
        let numbers = Set(files.all.compactMap { original.tree[$0].number })
        var marked = self
        for index in marked.inodes.indices where marked.inodes[index].number.map(numbers.contains) == true {
            marked.inodes[index].staysUncompressed = true
        }
        return marked
    }
}

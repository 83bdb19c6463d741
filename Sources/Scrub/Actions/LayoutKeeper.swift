import FlashBytes
import FileTree
import ImageFile
import JFFS2

/// Takes findings out of a file system by rewriting as few erase blocks as possible.
struct LayoutKeeper {
    let original: FileSystem
    /// See `OriginalForm`.
    let mayGrow: Bool

    /// - Parameters:
    ///   - tree: the tree of the file system, with what is shown already changed.
    ///   - findings: those in this file system; what is shown of them is of no interest here.
    func write(_ tree: FileTree, without findings: [ScrubFinding]) throws(ScrubError) -> KeptLayout {
        var configuration = ImageConfiguration(like: original)
        configuration.compression = CompressionSettings(like: original)
        do {
            let rewriter = try LayoutRewriter(original: original, configuration: configuration, mayGrow: mayGrow)
            return try rewriter.write(
                tree.keepingUncompressed(of: original), without: ranges(findings), removesUndecodable: true)
        } catch {
            throw .save(.layout(error))
        }
    }

    /// The bytes that must go, with the nodes that hold them.
    private func ranges(_ findings: [ScrubFinding]) -> [Range<Int>] {
        let log = FlashLog(original, reach: .everywhere)
        var ranges: [Range<Int>] = []
        var inodes: Set<InodeNumber> = []
        for finding in findings {
            switch finding.place {
            case .deadNode(let offset, let inode, _, _):
                ranges.append(log.entry(at: offset).map { $0.offset..<$0.end } ?? offset..<offset + 1)
                // A file that is private as a whole: not only its last node.
                if finding.secret.isEmpty { inodes.insert(inode) }
            case .oldContent(let offset, let inode, _):
                ranges.append(offset..<offset + 1)
                // It lies across nodes; which ones, their versions say.
                inodes.insert(inode)
            case .raw(let offset, _): ranges.append(offset..<max(offset + 1, finding.range.upperBound))
            case .content, .file, .member, .name, .target, .attribute, .outside, .line: break
            }
        }
        // Nobody can tell what is in bytes that no reader shows.
        let decompressor = Decompressor()
        original.image.withBytes { bytes in
            for node in log.entries where !node.hiddenParts(in: bytes, by: decompressor).isEmpty {
                ranges.append(node.offset..<node.end)
            }
        }
        for node in log.entries where node.isDead {
            if case .inode(let raw) = node.content, inodes.contains(raw.inode) { ranges.append(node.offset..<node.end) }
        }
        return ranges
    }
}

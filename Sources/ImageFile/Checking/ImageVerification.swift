internal import FlashBytes
package import JFFS2

/// Whether an image is sound: every checksum, every node, the structure, all contents, the alignment.
package struct ImageVerification: Sendable {
    /// One thing that was checked, and what came out.
    package enum Result: Sendable, Hashable {
        /// Nodes of the image, and checksums that are wrong.
        case checksums(nodes: Int, wrong: Int)
        /// Names without inode, inodes that cannot be read, and other faults of the structure.
        case structure(faults: Int)
        /// Files that were decompressed, their sizes added up (bytes), and pieces that cannot be decompressed.
        case contents(files: Int, bytes: UInt64, unreadable: Int)
        /// Summaries, and entries of them that do not agree with their blocks.
        case summaries(Int, wrongEntries: Int)
        /// Names, files and directories that are there, but lost, since no path leads to them; Linux has no word about them.
        case lost(Int)
        /// Erase blocks of `eraseSize` bytes, of which the last one has only `rest` bytes where that is not 0.
        case alignment(blocks: Int, eraseSize: Int, rest: Int, isWanted: Bool)
        /// Linux does not mount it, and why.
        case refused(reason: String)
        /// Fewer erase blocks than Linux wants of a partition. No fault of an image: it goes into a larger partition.
        case small(blocks: Int)
        /// What the bytes are used for.
        case space(SpaceUsage)

        /// Whether all is well.
        package var holds: Bool {
            switch self {
            case .checksums(_, let faults), .structure(let faults), .contents(_, _, let faults),
                .summaries(_, let faults), .lost(let faults):
                faults == 0
            case .small, .space: true
            case .alignment(_, _, let rest, let isWanted): rest == 0 || !isWanted
            case .refused: false
            }
        }
    }

    /// What was found in the file system.
    package let fileSystem: FileSystemCheck
    /// In the order in which they are told.
    package let results: [Result]
    /// What the bytes of the flash are used for.
    package let space: SpaceUsage

    /// How many erase blocks Linux wants at least.
    package static let fewestBlocks = 5

    /// Checks an image.
    ///
    /// - Parameter isAlignmentWanted: whether it has to end at the end of an erase block.
    package init(_ image: OpenedImage, isAlignmentWanted: Bool) {
        let check = FileSystemCheck(image.fileSystem)
        fileSystem = check
        space = SpaceUsage(image.fileSystem)
        results =
            Self.contents(image.fileSystem, check: check)
            + Self.layout(image.fileSystem, refusal: check.refusal, isAlignmentWanted: isAlignmentWanted)
            + [.space(space)]
    }

    /// Whether all checks hold.
    package var holds: Bool { results.allSatisfy(\.holds) }

    private static func contents(_ fileSystem: FileSystem, check: FileSystemCheck) -> [Result] {
        let sums = check.faults(where: isSum)
        var results: [Result] = [
            .checksums(nodes: fileSystem.scan.nodes.count, wrong: sums),
            .structure(faults: check.faults() - sums),
            .contents(files: check.fileCount, bytes: check.fileBytes, unreadable: check.unreadableCount),
        ]
        if fileSystem.scan.summaries > 0 {
            results.append(.summaries(fileSystem.scan.summaries, wrongEntries: check.summaryFaults))
        }
        if check.lostCount > 0 { results.append(.lost(check.lostCount)) }
        return results
    }

    private static func layout(_ fileSystem: FileSystem, refusal: String?, isAlignmentWanted: Bool) -> [Result] {
        let blocks = fileSystem.scan.blockCount
        var results: [Result] = [
            .alignment(
                blocks: blocks, eraseSize: fileSystem.eraseSize, rest: fileSystem.image.count % fileSystem.eraseSize,
                isWanted: isAlignmentWanted)
        ]
        if let refusal { results.append(.refused(reason: refusal)) }
        if blocks < fewestBlocks { results.append(.small(blocks: blocks)) }
        return results
    }

    /// Whether a finding is about a checksum.
    private static func isSum(_ code: Finding.Code) -> Bool {
        [.badNodeCRC, .badNameCRC, .badDataCRC, .badHeaderCRC, .badSummary].contains(code)
    }
}

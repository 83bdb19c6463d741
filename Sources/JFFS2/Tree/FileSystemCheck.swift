package import FileTree
import FlashBytes

/// Whether a file system is sound: by what was found when it was read, by its summaries, and by decompressing every file.
///
/// It follows Linux, which has a line in its log about everything that is not: read-only mount, then every file read.
package struct FileSystemCheck: Sendable {
    /// A part of a file that cannot be decompressed.
    package struct UnreadablePart: Sendable {
        /// A name of the file.
        package var path: FilePathBytes
        /// Which part, and why.
        package var damage: ContentDamage
    }

    /// What was found when the image was read.
    package private(set) var findings: FindingList
    /// What was found when the files were read: that Linux has a line about, though all data is there.
    package private(set) var contentFindings = FindingList()
    /// What of each summary does not agree with its block.
    package let summaryFindings: FindingList
    /// The first parts that cannot be decompressed.
    package private(set) var unreadableParts: [UnreadablePart] = []
    /// How many there are in all.
    package private(set) var unreadableCount = 0
    /// How many files were decompressed.
    package private(set) var fileCount = 0
    /// Their sizes added up (bytes).
    package private(set) var fileBytes: UInt64 = 0
    /// Why Linux does not mount it; nil when it does.
    package let refusal: String?

    /// How many parts are kept.
    package static let limit = 200

    /// Checks a file system.
    package init(_ fileSystem: FileSystem) {
        findings = fileSystem.findings
        refusal = fileSystem.scan.refusal
        summaryFindings =
            fileSystem.scan.summaries == 0
            ? FindingList()
            : fileSystem.image.withBytes { bytes in
                SummaryCheck.findings(bytes, byteOrder: fileSystem.byteOrder, eraseSize: fileSystem.eraseSize)
            }
        readFiles(fileSystem.tree, scan: fileSystem.scan)
        findings.add(contentFindings)
    }

    /// What is there, but no path leads to it.
    private static let lost: Set<Finding.Code> = [.orphan, .lostDirectory, .unreachableName]

    /// Whether a finding makes a check fail. What no path leads to does not: Linux has no word about it.
    package static func isFault(_ kind: FindingList.Kind) -> Bool {
        kind.linux == .complains || kind.severity == .damage && !lost.contains(kind.code)
    }

    /// How many inodes, directories and names no path leads to, which should be in the tree.
    package var lostCount: Int {
        findings.kinds.reduce(0) { $0 + ($1.key.severity == .damage && Self.lost.contains($1.key.code) ? $1.value : 0) }
    }

    /// How many findings are faults.
    package func faults(where isWanted: (Finding.Code) -> Bool = { _ in true }) -> Int {
        findings.kinds.reduce(0) { $0 + (Self.isFault($1.key) && isWanted($1.key.code) ? $1.value : 0) }
    }

    /// How many entries of summaries are wrong.
    package var summaryFaults: Int {
        summaryFindings.kinds.reduce(0) { $0 + ($1.key.severity > .note ? $1.value : 0) }
    }

    /// Whether all is well.
    package var holds: Bool { refusal == nil && faults() == 0 && unreadableCount == 0 && summaryFaults == 0 }

    private mutating func readFiles(_ tree: FileTree, scan: NodeScan) {
        var seen = [Bool](repeating: false, count: tree.inodes.count)
        let observer = WorkProgress.observer
        let total = observer == nil ? 0 : tree.contentSize
        tree.walk { path, id in
            guard !seen[id.index], case .regular(let contents) = tree[id].payload else { return }
            seen[id.index] = true
            observer?("checking", fileBytes, total)
            fileCount += 1
            fileBytes &+= contents.size
            let reader = contents.findDamage { add($0, path: path) }
            for node in (reader as? NodeReader)?.unended.sorted() ?? [] {
                contentFindings.add(
                    .undecodable, severity: .warning, linux: .complains, at: scan.offset(of: node),
                    inode: tree[id].number, linuxLine: "inflate returned -5",
                    message: "the zlib stream of the node goes on behind its data, or has no end")
            }
            guard let nodes = contents as? NodeContents else { return }
            nodes.findRefused { add($0, path: path) }
            reportOverfull(nodes, inode: tree[id].number, scan: scan)
        }
    }

    /// Names nodes without compression that store more than their data: no writer makes any, and Linux does not look.
    private mutating func reportOverfull(_ contents: NodeContents, inode: InodeNumber?, scan: NodeScan) {
        var seen: Set<NodeIndex> = []
        contents.findOverfull { node, stored, size in
            guard seen.insert(node).inserted else { return }
            contentFindings.add(
                .badLength, severity: .damage, linux: .silent, at: scan.offset(of: node), inode: inode,
                message:
                    "uncompressed node with \(stored) bytes stored for \(size) of data: Linux reads all of them into room for "
                    + "\(size), and writes over memory that is not its own")
        }
    }

    private mutating func add(_ damage: ContentDamage, path: FilePathBytes) {
        unreadableCount += 1
        if unreadableParts.count < Self.limit {
            unreadableParts.append(UnreadablePart(path: path, damage: damage))
        }
    }
}

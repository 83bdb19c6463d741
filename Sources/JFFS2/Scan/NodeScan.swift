public import FileTree
public import FlashBytes

/// A node as the scan met it.
public struct ScannedNode: Sendable, Hashable {
    /// From the start of the image (bytes).
    public var offset: UInt32
    /// `totlen` (bytes).
    public var totalLength: UInt32
    /// The node's type, with the bits for compatibility.
    public var type: NodeType
    /// What its CRCs say.
    public var verdict: Verdict
    /// Taken from a summary: Linux has not looked at the node itself when it mounted.
    public var isSummarized = false

    /// What the scan makes of a node; what it means to the file system shows only in the index.
    public enum Verdict: UInt8, Sendable, Hashable {
        /// Its sums (those that are checked at mount time) are right.
        case sound
        /// The ACCURATE bit is cleared.
        case obsolete
        /// A sum or a length is wrong: stepped over by its length.
        case damaged
        /// The header is valid, but the node does not fit into its erase block.
        case misfit
    }

    /// Where the node lies (bytes from the start of the image), without the padding behind it.
    public var range: Range<Int> { Int(offset)..<Int(offset) + Int(totalLength) }
}

/// All nodes of an image in the order in which the Linux kernel meets them when it mounts: erase block by erase block
/// (`jffs2_scan_eraseblock` in scan.c, `jffs2_sum_scan_sumnode` in summary.c).
public struct NodeScan: Sendable {
    /// An inode node.
    public struct InodeNode: Sendable {
        /// The number of the inode.
        public var inode: InodeNumber
        /// The node itself.
        public var node: NodeIndex
    }

    /// A dirent; the name lies in the image (in the node, or in a summary).
    public struct DirentNode: Sendable {
        /// The inode number of the directory.
        public var parent: InodeNumber
        /// The version of the name in its directory.
        public var version: UInt32
        /// The inode number that the name stands for; 0 for one that is gone.
        public var inode: InodeNumber
        /// The node itself.
        public var node: NodeIndex
        /// Where the name begins (bytes from the start of the image).
        public var nameOffset: UInt32
        /// Up to the first NUL (bytes).
        public var nameLength: UInt8
        /// A DT_ number.
        public var type: UInt8

        /// Where the name lies (bytes from the start of the image).
        public var nameRange: Range<Int> { Int(nameOffset)..<Int(nameOffset) + Int(nameLength) }
    }

    /// An xattr node.
    public struct DatumNode: Sendable {
        /// `xid`, as the node has it, or a summary of it.
        public var identifier: UInt32
        /// The version of the attribute.
        public var version: UInt32
        /// The node itself.
        public var node: NodeIndex
    }

    /// By which the image was read.
    public let byteOrder: ByteOrder
    /// The erase size by which the image was cut into blocks (bytes).
    public let eraseSize: Int
    /// `NodeHeader.magic`, or `oldMagic` for an image that has no other nodes.
    public let magic: UInt16

    /// Every node with a valid header, as far as the scan looks (a block with a valid summary is not looked at).
    public internal(set) var nodes: [ScannedNode] = []
    /// Sound inode nodes.
    public internal(set) var inodeNodes: [InodeNode] = []
    /// Sound dirents.
    public internal(set) var direntNodes: [DirentNode] = []
    /// Sound xattr nodes.
    public internal(set) var xattrNodes: [DatumNode] = []
    /// Sound xref nodes.
    public internal(set) var xrefNodes: [NodeIndex] = []
    /// Sound nodes about extended attributes.
    var attributeNodes: [NodeIndex] { xattrNodes.map(\.node) + xrefNodes }
    /// How many blocks begin with a cleanmarker.
    public internal(set) var cleanmarkers = 0
    /// The size of the first cleanmarker (bytes); nil when there is none.
    public internal(set) var cleanmarkerSize: UInt32?
    /// How many blocks have a valid summary.
    public internal(set) var summaries = 0
    /// How many blocks hold no node but a cleanmarker.
    public internal(set) var emptyBlocks = 0
    /// What is wrong with nodes and blocks.
    public internal(set) var findings = FindingList()
    /// Why Linux refuses to mount this image, or mounts it read-only; nil when it does neither.
    public internal(set) var refusal: String?

    /// The highest inode number so far, as far as nodes and names in directories tell (`highest_ino`).
    var highestInode = InodeNumber.root

    /// Whether it stands for an earlier time, when what is obsolete now was not yet.
    var takesObsoleteNodes = false

    /// How many erase blocks there are; the last one may be cut off.
    public internal(set) var blockCount = 0

    /// How much of a block is looked at before it is taken for erased (`DEFAULT_EMPTY_SCAN_SIZE` of scan.c; bytes).
    static let emptyScanSize = 256

    /// Scans an image.
    ///
    /// - Parameters:
    ///   - image: all bytes; more than 4 GiB are not looked at, since no JFFS2 reaches there.
    ///   - eraseSize: at least 256, a multiple of 4 (bytes).
    ///   - usingSummaries: whether a valid summary replaces the look at its block (a kernel with
    ///     CONFIG_JFFS2_SUMMARY does that).
    public init(
        _ image: RawSpan, byteOrder: ByteOrder, eraseSize: Int, magic: UInt16 = NodeHeader.magic,
        usingSummaries: Bool = true
    ) {
        self.byteOrder = byteOrder
        self.eraseSize = eraseSize
        self.magic = magic
        let end = min(image.byteCount, Int(UInt32.max) & ~3)
        if magic == NodeHeader.oldMagic {
            refusal = "its nodes have the old magic 0x1984, which Linux skips"
            findings.add(
                .oldMagic, severity: .warning, message: "all nodes have the old magic 0x1984: Linux refuses this image")
        }
        var start = 0
        while start < end {
            blockCount += 1
            let blockEnd = min(start + eraseSize, end)
            if !usingSummaries || blockEnd - start < eraseSize || !readSummary(image, block: start..<blockEnd) {
                scanBlock(start..<blockEnd, of: image)
            }
            start = blockEnd
        }
        findWhatMakesLinuxRefuse()
    }

    /// Linux erases what holds no node, but not where that is all there is (`jffs2_scan_medium`).
    private mutating func findWhatMakesLinuxRefuse() {
        guard refusal == nil, summaries == 0, emptyBlocks < blockCount else { return }
        let isUsed = nodes.contains { node in
            node.type == .cleanmarker
                ? Int(node.offset) % eraseSize == 0
                : node.verdict == .sound && node.type.compatibility != .readWriteDelete
        }
        if !isUsed { refusal = "no valid node in it, and blocks that are not erased" }
    }
}

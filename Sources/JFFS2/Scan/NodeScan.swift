public import FlashBytes

/// A node as the scan met it.
public struct ScannedNode: Sendable, Hashable {
    /// From the start of the image (bytes).
    public var offset: UInt32
    /// `totlen` (bytes).
    public var totalLength: UInt32
    public var type: NodeType
    public var verdict: Verdict

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
    /// An inode node; `node` is its index in `nodes`.
    public struct InodeNode: Sendable {
        public var inode: UInt32
        public var node: UInt32
    }

    /// A dirent; the name lies in the image (in the node, or in a summary).
    public struct DirentNode: Sendable {
        public var parent: UInt32
        public var version: UInt32
        public var inode: UInt32
        /// The index in `nodes`.
        public var node: UInt32
        /// Where the name begins (bytes from the start of the image).
        public var nameOffset: UInt32
        /// Up to the first NUL (bytes).
        public var nameLength: UInt8
        /// A DT_ number.
        public var type: UInt8
    }

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
    /// Sound xattr nodes, as indices in `nodes`.
    public internal(set) var xattrNodes: [UInt32] = []
    /// Sound xref nodes, as indices in `nodes`.
    public internal(set) var xrefNodes: [UInt32] = []
    /// How many blocks begin with a cleanmarker.
    public internal(set) var cleanmarkers = 0
    /// The size of the first cleanmarker (bytes); nil when there is none.
    public internal(set) var cleanmarkerSize: UInt32?
    /// How many blocks have a valid summary.
    public internal(set) var summaries = 0
    /// How many blocks hold no node but a cleanmarker.
    public internal(set) var emptyBlocks = 0
    public internal(set) var findings = FindingList()
    /// Why Linux refuses to mount this image, or mounts it read-only; nil when it does neither.
    public internal(set) var refusal: String?

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
            findings.add(.oldMagic, .warning, "all nodes have the old magic 0x1984: Linux refuses this image")
        }
        var start = 0
        while start < end {
            blockCount += 1
            let blockEnd = min(start + eraseSize, end)
            if !usingSummaries || blockEnd - start < eraseSize || !readSummary(image, start..<blockEnd) {
                scanBlock(image, start..<blockEnd)
            }
            start = blockEnd
        }
    }

    // MARK: - One block without a summary

    private mutating func scanBlock(_ image: RawSpan, _ block: Range<Int>) {
        let looked = min(block.lowerBound + Self.emptyScanSize, block.upperBound)
        var at = image.endOfRun(of: 0xff, in: block.lowerBound..<looked) & ~3
        if at >= looked & ~3 {
            emptyBlocks += 1
            let end = image.endOfRun(of: 0xff, in: looked..<block.upperBound)
            if end < block.upperBound {
                findings.add(
                    .hiddenBehindCleanmarker, .warning, at: end,
                    "data behind \(Self.emptyScanSize) erased bytes at the start of a block, which Linux does not see")
            }
            return
        }
        var hasCleanmarker = false
        var hasOther = at > block.lowerBound
        var dirtStart: Int?
        while at + NodeHeader.size <= block.upperBound {
            if let word = try? image.uint32(at: at, .little), word == 0xffff_ffff {
                endDirt(&dirtStart, at, image)
                let end = image.endOfRun(of: 0xff, in: at..<block.upperBound)
                // Linux takes a block for free when a cleanmarker is all it has and the bytes up to 32 are erased.
                if hasCleanmarker, !hasOther, end >= block.lowerBound + Self.emptyScanSize / 8 {
                    emptyBlocks += 1
                    if end < block.upperBound {
                        findings.add(
                            .hiddenBehindCleanmarker, .warning, at: end & ~3,
                            "data behind a cleanmarker and erased bytes, which Linux does not see")
                    }
                    return
                }
                if end < block.upperBound { hasOther = true }
                at = max(end & ~3, at + 4)
                continue
            }
            guard let header = NodeHeader(reading: image, at: at, byteOrder, magic: magic), header.totalLength >= 12
            else {
                if dirtStart == nil { dirtStart = at }
                hasOther = true
                at += 4
                continue
            }
            endDirt(&dirtStart, at, image)
            let isCleanmarker = accept(header, image, at, block)
            if isCleanmarker, !hasOther, !hasCleanmarker, header.totalLength == 12 {
                hasCleanmarker = true
            } else {
                hasOther = true
            }
            at += advance(past: header, at: at, block)
        }
        if dirtStart == nil, block.count < eraseSize, at < block.upperBound,
            !image.isFilled(with: 0xff, in: at..<block.upperBound)
        {
            findings.add(
                .nodeCutOff, .damage, at: at, "a node is cut off by the end of the image, within its header")
        }
        endDirt(&dirtStart, block.upperBound, image)
    }

    /// How far the kernel moves on behind a valid header (bytes).
    private func advance(past header: NodeHeader, at offset: Int, _ block: Range<Int>) -> Int {
        let fits = Int(header.totalLength) <= block.upperBound - offset || isCutOff(header, offset, block)
        if !fits { return 4 }
        if header.type == .cleanmarker { return NodeHeader.size }
        return padded(header.totalLength)
    }

    /// Whether a node ends behind the image, but inside the block that was cut off.
    func isCutOff(_ header: NodeHeader, _ offset: Int, _ block: Range<Int>) -> Bool {
        block.count < eraseSize && Int(header.totalLength) > block.upperBound - offset
            && Int(header.totalLength) <= block.lowerBound + eraseSize - offset
    }

    private mutating func endDirt(_ start: inout Int?, _ end: Int, _ image: RawSpan) {
        guard let from = start else { return }
        start = nil
        if image.isFilled(with: 0, in: from..<end) {
            findings.add(.dirt, .note, at: from, "\(end - from) zero bytes where a node should begin")
            return
        }
        let found = try? image.uint16(at: from, byteOrder)
        if found == magic {
            findings.add(.badHeaderCRC, .damage, at: from, "node with a wrong header CRC; \(end - from) bytes skipped")
        } else if found == magic.byteSwapped {
            findings.add(
                .otherByteOrder, .damage, at: from,
                "node of the other byte order; \(end - from) bytes skipped")
        } else if found == NodeHeader.oldMagic {
            // No writer mixes them: a bit has changed.
            findings.add(
                .oldMagic, .damage, at: from,
                "node with the old magic 0x1984, which Linux skips; \(end - from) bytes skipped")
        } else {
            findings.add(.dirt, .damage, at: from, "\(end - from) bytes that are no node")
        }
    }
}

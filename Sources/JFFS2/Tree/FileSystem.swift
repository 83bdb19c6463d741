public import FileTree
public import FlashBytes

/// A JFFS2 file system: the tree that the Linux kernel would show, and what it is made of.
public struct FileSystem: Sendable {
    /// The bytes of the file system, from its first erase block on.
    public let image: ByteRegion
    /// All nodes.
    public let scan: NodeScan
    /// What each node of `scan.nodes` means to the tree.
    public let statuses: [NodeStatus]
    /// The files.
    public let tree: FileTree
    /// Names that Linux lists but cannot open; they are not in the tree.
    public let unreadable: [UnreadableEntry]
    /// What was found on the way, by scan and index.
    public private(set) var findings: FindingList

    /// By which the image was read.
    public var byteOrder: ByteOrder { scan.byteOrder }
    /// The erase size by which the image was read (bytes).
    public var eraseSize: Int { scan.eraseSize }

    /// Reads a file system.
    ///
    /// Nothing that is wrong with the image is thrown: it becomes a finding.
    ///
    /// - Parameters:
    ///   - image: begins with the first erase block.
    ///   - eraseSize: in bytes.
    ///   - magic: `NodeHeader.oldMagic` for an image of the old format.
    ///   - usingSummaries: see `NodeScan`.
    public init(
        _ image: ByteRegion, byteOrder: ByteOrder, eraseSize: Int, magic: UInt16 = NodeHeader.magic,
        usingSummaries: Bool = true
    ) {
        self = image.withBytes { bytes in
            Self(
                image, bytes: bytes,
                scan: NodeScan(
                    bytes, byteOrder: byteOrder, eraseSize: eraseSize, magic: magic, usingSummaries: usingSummaries))
        }
    }

    /// Makes the tree of what a scan met.
    init(_ image: ByteRegion, bytes: RawSpan, scan: NodeScan) {
        let builder = TreeBuilder(scan: scan, image: image, bytes: bytes)
        self.image = image
        self.scan = scan
        statuses = builder.statuses
        tree = FileTree(inodes: builder.inodes)
        unreadable = builder.unreadable
        var findings = scan.findings
        findings.add(builder.findings)
        self.findings = findings
    }

    /// Adds what is known of the file in which the image came.
    public mutating func add(_ code: Finding.Code, severity: Finding.Severity, message: String) {
        findings.add(code, severity: severity, message: message)
    }
}

/// The type field of a node header (`nodetype`; `JFFS2_NODETYPE_*` in the kernel's include/uapi/linux/jffs2.h).
public struct NodeType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The number in `nodetype`, its bits for compatibility included.
    public let rawValue: UInt16

    /// Any number; `known` has those that there are.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A name in a directory, or that it is gone.
    public static let dirent = NodeType(rawValue: 0xe001)
    /// An inode's metadata with a part of its data.
    public static let inode = NodeType(rawValue: 0xe002)
    /// An erase block that was erased to the end.
    public static let cleanmarker = NodeType(rawValue: 0x2003)
    /// Room that holds nothing.
    public static let padding = NodeType(rawValue: 0x2004)
    /// What else is in an erase block, at its end.
    public static let summary = NodeType(rawValue: 0x2006)
    /// Name and value of an extended attribute.
    public static let xattr = NodeType(rawValue: 0xe008)
    /// Which inode has an extended attribute.
    public static let xref = NodeType(rawValue: 0xe009)

    /// All types that are known.
    public static let known: [NodeType] = [.dirent, .inode, .cleanmarker, .padding, .summary, .xattr, .xref]

    /// Whether such nodes hold nothing of the file system: cleanmarkers, padding and summaries.
    public var isFiller: Bool { [.cleanmarker, .padding, .summary].contains(accurate) }

    /// Whether Linux lists such nodes in summaries.
    public var isSummarized: Bool { Self.known.contains(self) && !isFiller }

    /// The ACCURATE bit: cleared on flash (where the chip allows it) when the node becomes obsolete.
    public static let accurateBit: UInt16 = 0x2000

    /// What a reader that does not know the type has to do (the top two bits).
    public enum Compatibility: UInt16, Sendable {
        /// The node may be dropped by garbage collection (`JFFS2_FEATURE_RWCOMPAT_DELETE`).
        case readWriteDelete = 0x0000
        /// The node must be carried along by garbage collection (`JFFS2_FEATURE_RWCOMPAT_COPY`).
        case readWriteCopy = 0x4000
        /// The file system may only be mounted read-only (`JFFS2_FEATURE_ROCOMPAT`).
        case readOnly = 0x8000
        /// The file system must not be mounted (`JFFS2_FEATURE_INCOMPAT`).
        case incompatible = 0xc000
    }

    /// The type with the ACCURATE bit set, which is how it was written and what the header's sum covers.
    @inlinable
    public var accurate: NodeType { NodeType(rawValue: rawValue | Self.accurateBit) }

    /// Whether the ACCURATE bit is set.
    @inlinable
    public var isAccurate: Bool { rawValue & Self.accurateBit != 0 }

    /// The compatibility class.
    public var compatibility: Compatibility { Compatibility(rawValue: rawValue & 0xc000) ?? .incompatible }

    /// The name that the field uses, or the number.
    public var description: String {
        switch accurate {
        case .dirent: "dirent"
        case .inode: "inode"
        case .cleanmarker: "cleanmarker"
        case .padding: "padding"
        case .summary: "summary"
        case .xattr: "xattr"
        case .xref: "xref"
        default: "unknown 0x" + String(rawValue, radix: 16)
        }
    }
}

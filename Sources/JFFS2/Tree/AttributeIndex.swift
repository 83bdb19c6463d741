import FileTree
import FlashBytes

/// The extended attributes of all inodes (xattr.c).
struct AttributeIndex {
    private var byInode: [UInt32: [ExtendedAttribute]] = [:]

    init(_ scan: NodeScan, _ image: RawSpan, _ links: LinkCounts, _ findings: inout FindingList) {}

    /// The attributes of an inode; none for most.
    func attributes(of inode: UInt32) -> [ExtendedAttribute] { byInode[inode] ?? [] }
}

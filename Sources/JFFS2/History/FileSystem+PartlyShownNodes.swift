import FileTree
import FlashBytes

extension FileSystem {
    /// The live inode nodes of which the tree does not show all: newer nodes cover a part, or the file ends before, or
    /// Linux cannot open the file. Offsets in the image, in bytes.
    ///
    /// Linux keeps such a node until the garbage collector comes by, with all that it holds.
    package func partlyShownNodes() -> Set<Int> {
        var shown: [NodeIndex: UInt64] = [:]
        var whole: Set<InodeNumber> = []
        for inode in tree.inodes {
            switch inode.payload {
            case .regular(let contents):
                guard let contents = contents as? NodeContents else { continue }
                for fragment in contents.fragments { shown[fragment.node, default: 0] += UInt64(fragment.count) }
            case .symbolicLink(let target):
                if let number = inode.number, inode.declaredSize.map({ $0 == UInt64(target.count) }) ?? true {
                    whole.insert(number)
                }
            case .characterDevice, .blockDevice:
                // Two or four bytes: a number.
                if let number = inode.number { whole.insert(number) }
            default: break
            }
        }
        var found: Set<Int> = []
        image.withBytes { bytes in
            for node in scan.inodeNodes where statuses[node.node] == .live && !whole.contains(node.inode) {
                let offset = scan.offset(of: node.node)
                guard let raw = try? RawInode(reading: bytes, at: offset, byteOrder), raw.csize > 0 else { continue }
                if shown[node.node, default: 0] < UInt64(raw.coveredSize) || raw.coveredSize == 0 {
                    found.insert(offset)
                }
            }
        }
        return found
    }
}

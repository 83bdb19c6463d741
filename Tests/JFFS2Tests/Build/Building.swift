import FileTree
import FlashBytes
import JFFS2

/// Builds an image in memory.
func build(
    _ tree: FileTree, _ change: (inout ImageConfiguration) -> Void = { _ in }
) throws -> (image: [UInt8], report: BuildReport) {
    var configuration = ImageConfiguration()
    change(&configuration)
    var image: [UInt8] = []
    let report = try ImageBuilder(configuration).write(tree) { bytes throws(FileError) in
        unsafe bytes.withUnsafeBytes { unsafe image.append(contentsOf: $0) }
    }
    return (image, report)
}

/// What our reader makes of an image.
func read(_ image: [UInt8], _ order: ByteOrder = .little, eraseSize: Int = 65536) -> FileSystem {
    FileSystem(ByteRegion(image), byteOrder: order, eraseSize: eraseSize)
}

/// A tree of one file.
func tree(_ content: [UInt8], name: FileName = "file") -> FileTree {
    var tree = FileTree()
    tree.add(
        Inode(metadata: Metadata(permissions: 0o644), payload: .regular(MemoryContents(content))), name: name,
        to: FileTree.root)
    return tree
}

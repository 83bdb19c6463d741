import ArgumentParser
import FileTree
import FlashBytes
import ImageFile

/// How much an image may unpack to: a few MiB can hold thousands of times as much.
struct UnpackLimits: ParsableArguments {
    /// More files, folders and so on are refused, unless the user says otherwise.
    static let usualFiles = 1_000_000

    @Option(
        help: """
            Refuse an image whose files hold more than SIZE bytes, holes not counted (default: 4 GiB, or 64 times the image).
            """,
        transform: SizeArgument.size)
    var maxSize: Int?

    @Option(help: "Refuse an image with more files, folders and so on than this.")
    var maxFiles = UnpackLimits.usualFiles

    /// Refuses a tree that is larger, before anything is written.
    func check(_ tree: FileTree, of image: OpenedImage) throws {
        try Self.check(tree, of: image, mostBytes: maxSize, mostFiles: maxFiles)
    }

    /// The same with other limits.
    ///
    /// - Parameter mostBytes: nil for what is usual.
    static func check(_ tree: FileTree, of image: OpenedImage, mostBytes: Int?, mostFiles: Int) throws {
        let (product, overflows) = image.file.count.multipliedReportingOverflow(by: 64)
        let mostBytes = mostBytes ?? max(4 << 30, overflows ? .max : product)
        // A drop-in name has no such option.
        let option = DropIn.current == nil ? "" : "jffs2 unpack "
        var names = 0
        var size = 0
        var seen: Set<InodeID> = []
        try tree.walk { _, id in
            names += 1
            guard names <= mostFiles else {
                throw Failure("\(image.path): more than \(mostFiles) files; \(option)--max-files NUMBER allows more")
            }
            guard case .regular(let contents) = tree[id].payload, seen.insert(id).inserted else { return }
            for range in try contents.makeReader().dataRanges() { size += range.count }
            guard size <= mostBytes else {
                throw Failure(
                    "\(image.path): its files hold more than \(SizeExpression.readable(mostBytes)); "
                        + "\(option)--max-size SIZE allows more")
            }
        }
    }
}

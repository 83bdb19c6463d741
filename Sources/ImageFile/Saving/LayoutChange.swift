package import FileTree
import FlashBytes
package import JFFS2

/// Changes the file system of an opened file in as few erase blocks as possible, and puts it back into what lies around it.
package struct LayoutChange {
    package let opened: OpenedImage
    package let options: InputOptions

    package init(of opened: OpenedImage, options: InputOptions) {
        self.opened = opened
        self.options = options
    }

    /// What came out, in memory.
    package struct Outcome {
        package var result: KeptLayout
        /// The whole file.
        package var bytes: [UInt8]
        /// Where the file differs from the one that was opened.
        package var comparison: FlashComparison
    }

    /// Refuses what cannot be put back, or an erase size that may be another one.
    package func check() throws(SaveError) {
        try opened.checkSurroundings()
        if let uncertainty = opened.eraseSize.uncertainty { throw .surroundings(uncertainty) }
    }

    /// Makes the changed file, and compares it with the one that was opened.
    ///
    /// - Parameter configuration: how new nodes are made, and how large the file system may get.
    package func write(
        _ wanted: FileTree, configuration: ImageConfiguration
    ) throws(LayoutError) -> Outcome {
        let original = opened.fileSystem
        var frame = InputFrame(images: [opened], options: options)
        let mayGrow =
            opened.range.upperBound == frame.view.count
            && (original.image.count % original.eraseSize != 0 || configuration.maximumSize != nil)
        let result = try LayoutRewriter(original: original, configuration: configuration, mayGrow: mayGrow).write(
            wanted)
        let input = frame
        frame.replace(opened.range, with: result.bytes)
        let bytes = frame.assembled()
        return Outcome(
            result: result, bytes: bytes,
            comparison: try input.comparison(with: bytes, rewritten: [result.changedBlocks]))
    }
}

extension OpenedImage {
    /// Refuses a file whose other parts would no longer fit a changed file system.
    package func checkSurroundings() throws(SaveError) {
        for case .flattenedImage(let member, _) in layers {
            throw .surroundings(
                "the file system is '\(member)' of a FIT image, whose sums and signatures only mkimage can make anew")
        }
    }
}

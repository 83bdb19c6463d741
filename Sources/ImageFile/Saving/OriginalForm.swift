package import FileTree
import FlashBytes
package import JFFS2

/// Writes a changed tree as an image in the form of the one it came from: byte order, erase size, cleanmarkers, summaries,
/// codecs, inode numbers, padding and size.
package struct OriginalForm {
    package let original: FileSystem
    /// Whether the image may end later than the original: nothing follows, and it was not padded.
    package let mayGrow: Bool
    package let jobs: Int
    /// The time of everything instead of its own (seconds since 1970).
    package var time: Int64?

    package init(of original: FileSystem, mayGrow: Bool, jobs: Int, time: Int64? = nil) {
        self.original = original
        self.mayGrow = mayGrow
        self.jobs = jobs
        self.time = time
    }

    /// What was written.
    package struct Output {
        package var bytes: [UInt8] = []
        /// What they have to show.
        var written: WrittenImage?
        /// What the user should know; sentences without full stop.
        package var notes: [String] = []
        /// Content that could not be read and is zeros now.
        package var damage: [BuildReport.DamagedFile] = []
    }

    /// Makes the new image in memory.
    package func write(_ tree: FileTree) throws(SaveError) -> Output {
        var configuration = configuration
        if !mayGrow { configuration.maximumSize = UInt64(original.image.count) }
        configuration.compression = CompressionSettings(like: original)
        do {
            return try write(tree, configuration: configuration)
        } catch {
            guard case .tooLarge = error, configuration.compression.codecs.isEmpty,
                let codec = original.usedCompressions.first(where: { ![.none, .zero, .copy].contains($0) })
            else { throw error }
            configuration.compression.codecs = [.zlib, .rtime]
            var output = try write(tree, configuration: configuration)
            output.notes.append(
                "nothing here compresses with \(codec), as the input does: the output uses zlib and rtime")
            return output
        }
    }

    private func write(_ tree: FileTree, configuration: ImageConfiguration) throws(SaveError) -> Output {
        let size = original.image.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var output = Output()
        do throws(BuildError) {
            let builder = try ImageBuilder(configuration)
            let tree = tree.keepingUncompressed(of: original)
            let report = try builder.write(tree) {
                (block: RawSpan) throws(FileError) in
                unsafe block.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            }
            output.notes = report.damage.map { "\($0.path): \($0.damage); zeros in the output" }
            output.damage = report.damage
            output.written = WrittenImage(tree: tree, configuration: configuration, report: report)
        } catch {
            if case .tooLarge(_, let needed, _) = error {
                throw .tooLarge(needed: Int(clamping: needed), available: size)
            }
            throw .build(error)
        }
        if bytes.count < size { bytes.append(contentsOf: repeatElement(0xff, count: size - bytes.count)) }
        output.bytes = bytes
        return output
    }

    private var configuration: ImageConfiguration {
        var configuration = ImageConfiguration(like: original)
        configuration.keepsInodeNumbers = true
        if let time { configuration.times = .fixed(time) }
        configuration.jobs = jobs
        let size = UInt64(original.image.count)
        let isWhole = original.image.count % original.eraseSize == 0
        // Erased blocks without cleanmarkers (padding by another tool) stay without them.
        configuration.padding = isWhole && hasErasedBlocksWithCleanmarkers ? .toSize(size) : .none
        return configuration
    }

    /// Whether the last erase block holds a cleanmarker and nothing else: whether padding has cleanmarkers.
    private var hasErasedBlocksWithCleanmarkers: Bool {
        guard let last = original.scan.nodes.last, last.type == .cleanmarker else { return false }
        return Int(last.offset) / original.eraseSize == (original.image.count - 1) / original.eraseSize
    }
}

extension OriginalForm.Output {
    /// Makes a whole file in memory that differs from the one that was opened in the tree of its file system, and compares the
    /// image with the tree.
    init(of opened: OpenedImage, options: InputOptions, tree: FileTree, jobs: Int) throws(SaveError) {
        try opened.checkSurroundings()
        let original = opened.fileSystem
        var frame = InputFrame(images: [opened], options: options)
        let isAtEnd = opened.range.upperBound == frame.view.count && options.length == nil
        let form = OriginalForm(
            of: original, mayGrow: isAtEnd && original.image.count % original.eraseSize != 0, jobs: jobs)
        self = try form.write(tree)
        if damage.isEmpty, let written {
            let size = min(bytes.count, Int(clamping: written.report.imageSize))
            let problems = written.problems(of: ByteRegion(file: FileBytes(bytes), range: 0..<size))
            if !problems.isEmpty { throw .differs(problems) }
        }
        frame.replace(opened.range, with: bytes)
        notes += frame.staleSums
        bytes = frame.assembled()
    }
}

import FileTree
import FlashBytes
import JFFS2

/// Writes a changed tree as an image in the form of the one it came from: byte order, erase size, cleanmarkers, summaries,
/// inode numbers, padding and size.
struct ImageRewriter {
    let original: FileSystem
    /// Whether the image may end later than the original: nothing follows, and it was not padded.
    let mayGrow: Bool
    let jobs: Int
    /// The time of everything instead of its own (seconds since 1970).
    var time: Int64?

    /// What was written.
    struct Output {
        var bytes: [UInt8]
        /// What the user should know; sentences without full stop.
        var notes: [String] = []
        /// Whether some content could not be read and is zeros now.
        var lacksContent = false
    }

    func write(_ tree: FileTree) throws(ScrubError) -> Output {
        var configuration = configuration
        if !mayGrow { configuration.maximumSize = UInt64(original.image.count) }
        configuration.compression = CompressionSettings(like: original)
        do {
            return try write(tree, configuration)
        } catch {
            guard case .tooLarge = error, configuration.compression.codecs.isEmpty,
                let codec = original.usedCompressions.first(where: { ![.none, .zero, .copy].contains($0) })
            else { throw error }
            configuration.compression.codecs = [.zlib, .rtime]
            var output = try write(tree, configuration)
            output.notes.append(
                "nothing here compresses with \(codec), as the input does: the output uses zlib and rtime")
            return output
        }
    }

    private func write(_ tree: FileTree, _ configuration: ImageConfiguration) throws(ScrubError) -> Output {
        let size = original.image.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var output = Output(bytes: [])
        do throws(BuildError) {
            let builder = try ImageBuilder(configuration)
            let report = try builder.write(tree.keepingUncompressed(of: original)) {
                (block: RawSpan) throws(FileError) in
                unsafe block.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            }
            output.notes = report.damage.map { "\($0.path): \($0.damage); zeros in the output" }
            output.lacksContent = !report.damage.isEmpty
        } catch {
            if case .tooLarge(_, let needed, _) = error { throw .tooLarge(needed: Int(needed), available: size) }
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

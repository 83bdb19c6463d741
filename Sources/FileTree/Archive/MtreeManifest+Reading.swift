package import FlashBytes

/// A manifest that cannot be used.
public struct MtreeError: Error, Sendable, CustomStringConvertible {
    /// What was wrong, as a sentence without capital and full stop.
    public let description: String
}

extension MtreeManifest {
    /// Reads a manifest: entries through libarchive, whoever wrote them, and our comment lines.
    ///
    /// Directories that are not listed themselves are taken to be there. Contents have their size only.
    package init(reading file: FileBytes) throws(MtreeError) {
        // libarchive does not see a last line that has no end.
        let text = file.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } } + [0x0a]
        var builder = MtreeBuilder(comments: try MtreeComments(reading: text))
        for entry in try MtreeEntries.read(text) { try builder.add(entry) }
        self = builder.finish()
    }
}

/// Content that a manifest tells the size of.
final class ListedContents: FileContents {
    let size: UInt64

    init(size: UInt64) { self.size = size }

    func makeReader() throws(ContentsError) -> any ContentReader {
        // Of an empty file there is nothing to hold.
        if size == 0 { return MemoryContents([]).makeReader() }
        throw ContentsError("a manifest tells of contents, but does not hold them")
    }
}

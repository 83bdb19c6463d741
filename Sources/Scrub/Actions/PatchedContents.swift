import FileTree

/// A file with some bytes overwritten.
final class PatchedContents: FileContents {
    struct Patch: Sendable {
        var range: Range<UInt64>
        var bytes: [UInt8]
    }

    let base: any FileContents
    /// Ascending by start; of two that overlap, the later one wins.
    let patches: [Patch]

    init(base: any FileContents, patches: [Patch]) {
        self.base = base
        self.patches = patches
    }

    var size: UInt64 { base.size }

    func makeReader() throws(ContentsError) -> any ContentReader {
        Reader(base: try base.makeReader(), patches: patches)
    }

    private final class Reader: ContentReader {
        private let base: any ContentReader
        private let patches: [Patch]

        init(base: any ContentReader, patches: [Patch]) {
            self.base = base
            self.patches = patches
        }

        func dataRanges() throws(ContentsError) -> [Range<UInt64>] { try base.dataRanges() }

        func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(ContentsError) -> [ContentDamage] {
            let damage = try base.read(into: &buffer, at: offset)
            let wanted = offset..<offset + UInt64(buffer.byteCount)
            for patch in patches where patch.range.overlaps(wanted) {
                let part = patch.range.clamped(to: wanted)
                for at in part {
                    let byte = patch.bytes[Int(at - patch.range.lowerBound)]
                    buffer.storeBytes(of: byte, toByteOffset: Int(at - offset), as: UInt8.self)
                }
            }
            return damage
        }
    }
}

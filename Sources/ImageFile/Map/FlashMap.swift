package import FirmwareImage
package import FlashBytes

/// What lies where in a whole flash: file systems, kernels, environments, erased space, and what nobody knows.
package struct FlashMap: Sendable {
    /// A part of the flash.
    package struct Entry: Sendable {
        /// In the input, after swapping (bytes).
        package let range: Range<Int>
        /// What lies there.
        package let content: Content
    }

    /// What a part is.
    package enum Content: Sendable {
        case jffs2(OpenedImage)
        case structure(FlashStructure)
        /// All 0xFF.
        case erased
        /// Anything else.
        case unknown
    }

    /// Ascending; together they are the whole input. A file system in a U-Boot image stands behind that and overlaps it.
    package let entries: [Entry]

    /// Erased runs in unknown bytes are told from this size on (bytes).
    private static let shortestErasedRun = 16 << 10

    /// - Parameters:
    ///   - file: the whole input.
    ///   - images: all file systems that `ImageOpener` found in it.
    package init(file: FileBytes, images: [OpenedImage]) {
        let group = images.first?.swapGroup
        let view = group.map { group in FileBytes(file.withBytes { WordSwap.swapped($0, group: group) }) } ?? file
        entries = view.withBytes { Self.entries($0, images: images) }
    }

    /// Whether there is more than one file system and erased space around it.
    package var isWholeFlash: Bool {
        var fileSystems = 0
        for entry in entries {
            switch entry.content {
            case .jffs2: fileSystems += 1
            case .structure: return true
            case .erased, .unknown: break
            }
        }
        return fileSystems > 1
    }

    private static func entries(_ bytes: RawSpan, images: [OpenedImage]) -> [Entry] {
        let wrapped = images.filter(\.isWrapped)
        let bare = images.filter { !$0.isWrapped }.map(\.range)
        var entries = images.map { Entry(range: $0.range, content: .jffs2($0)) }
        var taken = bare
        for structure in FlashStructure.all(in: bytes, skipping: bare) {
            // A header whose data was changed since: its file system follows at once.
            let isOutside = !wrapped.contains { $0.range.contains(structure.range.lowerBound) }
            guard isOutside else { continue }
            entries.append(Entry(range: structure.range, content: .structure(structure)))
            taken.append(structure.range)
        }
        taken += wrapped.map(\.range)
        var end = 0
        for range in taken.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > end { entries += rest(bytes, range: end..<range.lowerBound) }
            end = max(end, range.upperBound)
        }
        if end < bytes.byteCount { entries += rest(bytes, range: end..<bytes.byteCount) }
        return entries.sorted { ($0.range.lowerBound, -$0.range.count) < ($1.range.lowerBound, -$1.range.count) }
    }

    /// Erased runs and unknown bytes.
    private static func rest(_ bytes: RawSpan, range: Range<Int>) -> [Entry] {
        var entries: [Entry] = []
        var start = range.lowerBound
        var at = start
        while at < range.upperBound {
            let end = bytes.endOfRun(of: 0xff, in: at..<range.upperBound)
            if end - at >= shortestErasedRun || end > at && at == range.lowerBound && end == range.upperBound {
                if at > start { entries.append(Entry(range: start..<at, content: .unknown)) }
                entries.append(Entry(range: at..<end, content: .erased))
                start = end
            }
            // The next place at which a run may begin.
            at = max(end, at)
            while at < range.upperBound, (try? bytes.uint8(at: at)) != 0xff { at += 1 }
        }
        if start < range.upperBound { entries.append(Entry(range: start..<range.upperBound, content: .unknown)) }
        return entries
    }
}

extension OpenedImage {
    /// Whether the file system is the data of a U-Boot image, legacy or FIT.
    package var isWrapped: Bool {
        layers.contains { layer in
            switch layer {
            case .uImage, .flattenedImage: true
            case .packed, .compressedUImage, .wordSwapped, .spareArea, .badBlocks, .skipped, .trailing: false
            }
        }
    }
}

internal import FileTree
import FlashBytes

/// What a sound node holds that neither Linux nor any other reader shows.
package struct HiddenParts: Sendable {
    /// Where they lie (bytes from the start of the image), ascending; without what is all zeros or erased.
    package var ranges: [Range<Int>] = []
    /// What a compressed stream gives behind the node's dsize.
    package var surplus: [UInt8] = []

    /// Whether there is nothing.
    package var isEmpty: Bool { ranges.isEmpty && surplus.isEmpty }
}

extension FlashLogEntry {
    /// Bytes behind the end of a stream, behind a node's data or name, of what has no data; data beyond dsize.
    ///
    /// - Parameter image: all bytes.
    package func hiddenParts(in image: RawSpan, by decompressor: Decompressor) -> HiddenParts {
        guard isReadable else { return HiddenParts() }
        var parts = HiddenParts()
        var visible = offset..<min(content.fixedPart?.contentEnd(at: offset) ?? end, end)
        switch content {
        case .inode(let raw):
            let use = use(of: raw, in: image, by: decompressor)
            visible = offset..<min(dataStart + use.stored, end)
            parts.surplus = use.surplus
        case .dirent(let raw):
            // Linux ends a name at its first NUL.
            if let name = name(in: image) { visible = offset..<raw.nameRange(at: offset).lowerBound + name.bytes.count }
        case .xattr: break
        case .xref: visible = offset..<min(offset + XrefNode.size, end)
        default: return parts
        }
        let hidden = visible.upperBound..<max(visible.upperBound, min(end, image.byteCount))
        let isBlank = image.isFilled(with: 0, in: hidden) || image.isFilled(with: 0xff, in: hidden)
        if !hidden.isEmpty, !isBlank { parts.ranges = [hidden] }
        return parts
    }

    private func use(of raw: RawInode, in image: RawSpan, by decompressor: Decompressor) -> StreamUse {
        let stored = dataStart..<min(end, raw.dataRange(at: offset).upperBound)
        let kind = raw.mode & 0o170000
        // Directories, FIFOs and sockets have no data; a device has a number.
        if [0o040000, 0o010000, 0o140000].contains(kind) { return StreamUse(stored: 0) }
        if kind == 0o020000 || kind == 0o060000 { return StreamUse(stored: min(stored.count, 4)) }
        if kind == 0o120000, raw.compression == .none, let end = image.firstZero(in: stored) {
            // Linux ends a target at its first NUL.
            return StreamUse(stored: end - stored.lowerBound)
        }
        let size = Int(raw.coveredSize)
        guard size <= NodeData.largest, size > 0 || raw.compression == .zero,
            size <= raw.compression.largestOutput(of: stored.count), let codec = Codec.of(raw.compression)
        else { return StreamUse(stored: size == 0 ? 0 : stored.count) }
        return codec.measure(decompressor, image.extracting(stored), size)
    }
}

extension RawSpan {
    /// The place of the first NUL in a range; nil if there is none.
    func firstZero(in range: Range<Int>) -> Int? { range.first { (try? uint8(at: $0)) == 0 } }
}

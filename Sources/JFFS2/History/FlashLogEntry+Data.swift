import FlashBytes

extension FlashLogEntry {
    /// The data of an inode node, whatever became of it, as far as it can be had; nil for what holds none.
    ///
    /// - Parameters:
    ///   - image: all bytes.
    ///   - most: how many stored bytes are looked at, and how much may come out (bytes).
    package func data(in image: RawSpan, by decompressor: Decompressor, most: Int = .max) -> NodeData? {
        guard case .inode(let raw) = content, raw.compression != .zero, raw.csize > 0, raw.coveredSize > 0 else {
            return nil
        }
        let last = min(end, raw.dataRange(at: offset).upperBound)
        let stored = dataStart..<(most < last - dataStart ? dataStart + most : last)
        if stored.isEmpty { return nil }
        return NodeData(of: raw, storedAs: image.extracting(stored), by: decompressor, .beginning(limit: most))
    }
}

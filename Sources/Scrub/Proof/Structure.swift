import FlashBytes
import JFFS2

extension FileSystem {
    /// What of this file system is not part of what it shows; sentences without capital and full stop, at most a few.
    ///
    /// An image that was written from its live tree alone has no such thing. One that kept its layout may hold dead nodes,
    /// but nothing that cannot be read.
    func remains(isLayoutKept: Bool = false) -> [String] {
        if isLayoutKept { return Array(unreadableStretches.prefix(20)) }
        var remains: [String] = []
        let log = FlashLog(self, reach: .everywhere)
        image.withBytes { bytes in
            var end = 0
            for node in log.entries {
                if let at = Self.firstUsed(bytes, start: end, end: node.offset) {
                    remains.append("bytes at \(hex(at)) that belong to no node")
                }
                end = max(end, node.end)
                let isFiller = node.type?.isFiller ?? false
                if !node.isShown, !isFiller { remains.append("\(node) at \(hex(node.offset))") }
                if remains.count > 20 { return }
            }
            if let at = Self.firstUsed(bytes, start: end, end: bytes.byteCount) {
                remains.append("bytes at \(hex(at)) that belong to no node")
            }
        }
        return remains
    }

    /// Nodes with wrong sums, nodes that hold more than anything shows, and what is no node.
    private var unreadableStretches: [String] {
        let decompressor = Decompressor()
        return image.withBytes { bytes in
            FlashLog(self).entries.compactMap { entry in
                if case .dirt = entry.content { return "bytes at \(hex(entry.offset)) that belong to no node" }
                if entry.status == .damaged { return "damaged \(entry.word) node at \(hex(entry.offset))" }
                return entry.hiddenParts(in: bytes, by: decompressor).isEmpty
                    ? nil : "bytes in the \(entry.word) node at \(hex(entry.offset)) that nothing shows"
            }
        }
    }

    /// The first byte that is neither erased nor the padding of a node to four bytes.
    private static func firstUsed(_ bytes: RawSpan, start: Int, end: Int) -> Int? {
        guard start < end else { return nil }
        let used = bytes.endOfRun(of: 0xff, in: start..<end)
        if used == end { return nil }
        // Padding of a node up to four bytes may be zeros.
        let aligned = min(end, (start + 3) & ~3)
        if used < aligned, bytes.isFilled(with: 0, in: start..<aligned) {
            let next = bytes.endOfRun(of: 0xff, in: aligned..<end)
            return next == end ? nil : next
        }
        return used
    }
}

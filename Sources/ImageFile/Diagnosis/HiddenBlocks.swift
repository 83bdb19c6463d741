import FlashBytes
import JFFS2

/// Erase blocks whose first page is erased, with nodes behind it: Linux takes such a block for an erased one (`EMPTY_SCAN_SIZE` in
/// scan.c), and so do we.
enum HiddenBlocks {
    /// What is wrong; nil where nothing is.
    static func diagnosis(_ image: OpenedImage) -> Diagnosis? {
        let fileSystem = image.fileSystem
        let size = fileSystem.eraseSize
        let used = Set(fileSystem.scan.nodes.lazy.map { Int($0.offset) / size })
        var (places, nodes): ([Int], Int) = ([], 0)
        fileSystem.image.withBytes { bytes in
            for start in stride(from: 0, to: bytes.byteCount, by: size) where !used.contains(start / size) {
                let end = min(start + size, bytes.byteCount)
                guard end - start > emptyScan, bytes.isFilled(with: 0xff, in: start..<start + emptyScan),
                    !bytes.isFilled(with: 0xff, in: start..<end)
                else { continue }
                let block = bytes.extracting(start..<end)
                let count = NodeCensus(block, byteOrder: fileSystem.byteOrder).sightings.count {
                    $0.header.type.accurate.hasSums && $0.isIntact(in: block)
                }
                if count > 0 { places.append(image.range.lowerBound + start) }
                nodes += count
            }
        }
        guard !places.isEmpty else { return nil }
        let one = places.count == 1
        return Diagnosis(
            .blocksHidden(at: places),
            text: one
                ? "an erase block begins with erased bytes, and what stands behind them is not seen"
                : "\(places.count) erase blocks begin with erased bytes, and what stands behind them is not seen",
            for: [
                "at \(BlockFaults.list(places)), sound nodes stand behind erased bytes: \(nodes) in all",
                "Linux takes a block for erased whose first 256 bytes are; with other bytes there, all of these are read",
            ])
    }

    /// So many bytes of a block Linux looks at.
    private static let emptyScan = 256
}

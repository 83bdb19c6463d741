import FlashBytes
import JFFS2

/// Erase blocks whose first bytes are erased or zeroed, with nodes behind them: a node stands at the start of each block that is
/// in use, so something has written over it. A summary at the end of the block hides that: it lists nodes that are gone.
enum OverwrittenStarts {
    /// What is wrong; nil where nothing is.
    ///
    /// - Parameter hidden: blocks of which that is told already (bytes of the file).
    static func diagnosis(_ image: OpenedImage, hidden: [Int]) -> Diagnosis? {
        let fileSystem = image.fileSystem
        let (size, base) = (fileSystem.eraseSize, image.range.lowerBound)
        var starts: [Start] = []
        var nodes = 0
        fileSystem.image.withBytes { bytes in
            for block in stride(from: 0, to: bytes.byteCount, by: size) where !hidden.contains(base + block) {
                let range = block..<min(block + size, bytes.byteCount)
                guard let start = start(bytes, of: range) else { continue }
                let rest = bytes.extracting(range.lowerBound + start.count..<range.upperBound)
                let sound = NodeCensus(rest, byteOrder: fileSystem.byteOrder).sightings.count {
                    $0.header.type.accurate == .summary || $0.isIntact(in: rest)
                }
                guard sound > 0 else { continue }
                starts.append(start)
                nodes += sound
            }
        }
        guard let first = starts.first else { return nil }
        let places = starts.filter { $0.byte == first.byte }.map { base + $0.offset }
        let fill = first.byte == 0 ? "zeros" : "0xFF, as if they were erased"
        let what = first.byte == 0 ? "zeroed" : "erased"
        let text =
            places == [0]
            ? "the first \(first.count) bytes of it are \(what)"
            : places.count == 1
                ? "the first \(first.count) bytes of the erase block at \(hex(base + first.offset)) are \(what)"
                : "\(places.count) erase blocks begin with bytes that are \(what)"
        return Diagnosis(
            .blocksOverwritten(at: places, first.byte), text: text,
            for: [
                "at \(BlockFaults.list(places)) stand \(fill); \(nodes) node\(nodes == 1 ? "" : "s") behind them "
                    + "\(nodes == 1 ? "is" : "are") where \(nodes == 1 ? "it was" : "they were") written",
                "Linux and mkfs.jffs2 put a node at the start of each block that they use",
            ])
    }

    /// The bytes at the start of a block that are all the same.
    private struct Start {
        /// Where the block begins (bytes).
        var offset: Int
        var count: Int
        var byte: UInt8
    }

    /// As long as the shortest node: fewer are damage of another kind (bytes).
    private static let fewest = NodeHeader.size

    private static func start(_ bytes: RawSpan, of block: Range<Int>) -> Start? {
        guard let byte = try? bytes.uint8(at: block.lowerBound), byte == 0 || byte == 0xff else { return nil }
        let end = bytes.endOfRun(of: byte, in: block)
        guard end < block.upperBound, end - block.lowerBound >= fewest else { return nil }
        return Start(offset: block.lowerBound, count: end - block.lowerBound, byte: byte)
    }
}

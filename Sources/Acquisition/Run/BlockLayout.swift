/// How a range is cut into blocks: all of one size, but for what is not aligned at its ends.
struct BlockLayout: Hashable {
    let blockSize: Int
    /// Offsets in the image.
    let blocks: [Range<Int>]

    /// - Parameters:
    ///   - start: address or flash offset of the first byte; blocks after the first begin at multiples of 16.
    ///   - size: bytes.
    ///   - granularity: what flash is copied in.
    init(start: UInt64, size: Int, blockSize: Int, granularity: Int = 16) {
        let unit = max(16, granularity)
        let blockSize = max(unit, blockSize / unit * unit)
        self.blockSize = blockSize
        var blocks: [Range<Int>] = []
        var at = 0
        let unaligned = Int((16 - start % 16) % 16)
        if unaligned > 0, unaligned < size {
            blocks.append(0..<unaligned)
            at = unaligned
        }
        while at < size {
            var end = min(at + blockSize, size)
            // A tail that is no whole row is a block of its own.
            if end - at > 16, (end - at) % 16 != 0 { end -= (end - at) % 16 }
            blocks.append(at..<end)
            at = end
        }
        self.blocks = blocks
    }

    /// A compromise: small enough that a crash or a reset costs seconds, large enough that sums and prompts cost less
    /// than one per cent.
    static func blockSize(for size: Int) -> Int {
        size <= 64 << 10 ? 4 << 10 : 16 << 10
    }

    /// The blocks in groups that together are at most `size` bytes.
    func windows(of size: Int) -> [[Range<Int>]] {
        var windows: [[Range<Int>]] = []
        for block in blocks {
            if let first = windows.last?.first, block.upperBound - first.lowerBound <= size {
                windows[windows.count - 1].append(block)
            } else {
                windows.append([block])
            }
        }
        return windows
    }
}

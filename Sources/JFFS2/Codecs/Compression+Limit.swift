extension Compression {
    /// What Linux can allocate in one piece (KMALLOC_MAX_SIZE with pages of 4 KiB), and so the most that it reads out of a
    /// compressed node (read.c takes dsize at once; real nodes hold a page).
    private static let largestAllocation = 4 << 20

    /// The most that can come out of so many stored bytes (bytes). What a node declares beyond that is not there.
    public func largestOutput(of stored: Int) -> Int {
        switch self {
        case .none, .copy: stored
        case .zero: .max
        // A pair of bytes is a byte and up to 255 that are repeated.
        case .rtime: min(Self.largestAllocation, 128 * (stored + 2))
        // A run grows by 255 with each byte.
        case .lzo: min(Self.largestAllocation, 256 * (stored + 2))
        // No bit costs less than the 255th part of one.
        case .rubinmips, .dynrubin: min(Self.largestAllocation, 256 * (stored + 64))
        // Deflate reaches 1032 for one. LZMA, which also stands under zlib's id, comes further on long runs of one byte,
        // but not within a node.
        default: min(Self.largestAllocation, 8192 * (stored + 64))
        }
    }
}

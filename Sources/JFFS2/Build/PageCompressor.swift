internal import FlashBytes
internal import Synchronization

/// Finds the stored form of one page. Holds codec states, so it is not to be shared between tasks at a time.
package final class PageCompressor {
    private let encoders: [any PageEncoder]
    private let takesFirst: Bool
    private let favoursLZO: Bool
    private var candidate: [UInt8]

    /// The codecs that the settings name, ready to begin.
    ///
    /// - Returns: nil when there is no memory.
    package init?(_ settings: CompressionSettings, pageSize: Int) {
        var encoders: [any PageEncoder] = []
        if settings.selection != .none {
            for codec in settings.codecs {
                guard let encoder = Codec.of(codec)?.makeEncoder?(settings.level) else { return nil }
                encoders.append(encoder)
            }
        }
        self.encoders = encoders
        favoursLZO = settings.selection == .favourLZO
        takesFirst = settings.selection == .priority || encoders.count == 1
        candidate = takesFirst ? [] : [UInt8](repeating: 0, count: pageSize)
    }

    /// Compresses `page` into `output`, which has at least its size.
    ///
    /// Data that would take as many bytes on flash (counted in steps of 4) is stored as it is: a reader is spared work.
    package func compress(_ page: RawSpan, into output: inout MutableRawSpan) -> (compression: Compression, count: Int)
    {
        var best = Compression.none
        // The next smaller multiple of 4 that a compressed form must keep to.
        let most = (page.byteCount - 1) & ~3
        var bestCount = most + 1
        for encoder in encoders {
            let limit = min(most, limit(encoder.compression, against: best, count: bestCount))
            guard limit > 0 else { continue }
            if takesFirst {
                if let count = output.withPart(0..<limit, body: { encoder.encode(page, into: &$0) }) {
                    return (encoder.compression, count)
                }
            } else {
                guard let count = candidate.withPart(0..<limit, body: { encoder.encode(page, into: &$0) }) else {
                    continue
                }
                output.copy(unsafe candidate.span.bytes.extracting(0..<count))
                best = encoder.compression
                bestCount = count
            }
        }
        if best != .none { return (best, bestCount) }
        output.copy(page)
        return (.none, page.byteCount)
    }

    /// How large a result may be to be taken instead of the best one so far (bytes).
    private func limit(_ codec: Compression, against best: Compression, count: Int) -> Int {
        guard favoursLZO, best != .none, (codec == .lzo) != (best == .lzo) else { return count - 1 }
        // As the kernel's FAVOUR_LZO_PERCENT: LZO is taken unless another gets below 80 % of its size.
        return codec == .lzo ? count * 100 / 80 : count * 80 / 100 - 1
    }
}

extension MutableRawSpan {
    /// Calls `body` with the bytes in `range`, which must be inside.
    mutating func withPart<Result, Failure: Error>(
        _ range: Range<Int>, body: (inout MutableRawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeMutableBytes { bytes throws(Failure) in
            var part = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(rebasing: bytes[range]))
            return try body(&part)
        }
    }

    /// Copies `source` to the start.
    mutating func copy(_ source: RawSpan) {
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        }
    }
}

extension [UInt8] {
    /// Calls `body` with the bytes in `range`, which must be inside.
    mutating func withPart<Result, Failure: Error>(
        _ range: Range<Int>, body: (inout MutableRawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = mutableSpan
        var bytes = unsafe span.mutableBytes
        return try bytes.withPart(range, body: body)
    }
}

/// Compressors at rest, so that each is set up once.
final class CompressorPool: Sendable {
    // Unchecked: whoever takes a compressor out is the only one to have it until it is put back.
    private struct Resting: @unchecked Sendable { let compressor: PageCompressor }

    private let settings: CompressionSettings
    private let pageSize: Int
    private let resting = Mutex<[Resting]>([])

    init(_ settings: CompressionSettings, pageSize: Int) {
        self.settings = settings
        self.pageSize = pageSize
    }

    /// Calls `body` with a compressor that nobody else has meanwhile.
    func withCompressor<Result>(
        _ body: (PageCompressor) throws(BuildError) -> Result
    ) throws(BuildError) -> Result {
        let free = resting.withLock { $0.popLast() }
        guard let compressor = free?.compressor ?? PageCompressor(settings, pageSize: pageSize) else {
            throw .outOfMemory
        }
        let taken = Resting(compressor: compressor)
        defer { resting.withLock { $0.append(taken) } }
        return try body(compressor)
    }
}

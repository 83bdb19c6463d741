/// One way of storing the data of a node: all that is known of it. `Codec.all` is the one table of them.
public struct Codec: Sendable {
    /// Which kernels have a decoder, if all of their JFFS2 options are switched on.
    public enum Kernels: Sendable, Hashable {
        /// Linux. (Rubin is switched off in most builds.)
        case linux
        /// Those of OpenWrt and dd-wrt only.
        case openWrt
        /// Those of single vendors.
        case vendors
        /// None.
        case none
    }

    /// What stands in `compr`.
    public let compression: Compression
    /// The name that the field uses.
    public let name: String
    /// Which kernels can read it.
    public let kernels: Kernels
    /// How mkfs.jffs2 ranks it, the higher the earlier; LZMA, which it does not know, as OpenWrt's kernels do. nil for what
    /// nobody chooses.
    public let priority: Int?
    /// Whether mkfs.jffs2 uses it unless told otherwise.
    public let isUsedByDefault: Bool
    /// Whether there is an encoder, and the libraries are new enough for it.
    public let isWritable: Bool

    /// The most that can come out of so many stored bytes (bytes).
    let largestOutput: @Sendable (_ stored: Int) -> Int
    /// Fills the output; nil for what cannot be decompressed at all.
    let decode: @Sendable (Decompressor, RawSpan, inout MutableRawSpan) -> Decoded?
    /// How much of a stream so many bytes of data take.
    let measure: @Sendable (Decompressor, RawSpan, _ size: Int) -> StreamUse
    /// A new encoder of the best kind, for a level of 1 to 12 if it has any; nil when there is no memory.
    let makeEncoder: (@Sendable (_ level: Int) -> (any PageEncoder)?)?
    /// A new encoder that gives the bytes of mkfs.jffs2, as far as there is one, else the same data; nil when there is no
    /// memory.
    let makeCompatibleEncoder: (@Sendable () -> (any PrefixEncoder)?)?

    /// What a decoder made of a stream.
    struct Decoded {
        /// How many bytes came out.
        var produced: Int
        /// Whether the stream is as it should be, too.
        var isWhole = true
    }

    private init(
        _ compression: Compression, named name: String, kernels: Kernels, priority: Int? = nil,
        isUsedByDefault: Bool = false,
        largestOutput: @escaping @Sendable (Int) -> Int,
        decode: @escaping @Sendable (Decompressor, RawSpan, inout MutableRawSpan) -> Decoded?,
        measure: @escaping @Sendable (Decompressor, RawSpan, Int) -> StreamUse = { _, input, _ in
            StreamUse(stored: input.byteCount)
        }, isWritable: Bool = true,
        makeEncoder: (@Sendable (Int) -> (any PageEncoder)?)? = nil,
        makeCompatibleEncoder: (@Sendable () -> (any PrefixEncoder)?)? = nil
    ) {
        self.compression = compression
        self.name = name
        self.kernels = kernels
        self.priority = priority
        self.isUsedByDefault = isUsedByDefault
        self.largestOutput = largestOutput
        self.decode = decode
        self.measure = measure
        self.isWritable = isWritable && makeEncoder != nil
        self.makeEncoder = makeEncoder
        self.makeCompatibleEncoder = makeCompatibleEncoder
    }
}

extension Codec {
    /// All of them; those with an encoder in the order in which they are tried where nobody says another one.
    public static let all: [Codec] = [
        zlib, rtime, lzo, lzma, lzmaWithProperties, rubinmips, dynrubin, none, zero, copy,
    ]

    private static let zlib = Codec(
        .zlib, named: "zlib", kernels: .linux, priority: 60, isUsedByDefault: true,
        // Deflate reaches 1032 for one. LZMA, which also stands under zlib's id, comes further on long runs of one byte,
        // but not within a node.
        largestOutput: { min(NodeData.largest, 8192 * ($0 + 64)) },
        decode: { decompressor, input, output in
            Decoded(produced: decompressor.decompressZlib(input, into: &output))
        },
        measure: { decompressor, input, size in decompressor.measureZlib(input, size: size) },
        makeEncoder: { level in Deflater(level: level) }, makeCompatibleEncoder: { ReferenceDeflater() })

    private static let rtime = Codec(
        .rtime, named: "rtime", kernels: .linux, priority: 50, isUsedByDefault: true,
        // A pair of bytes is a byte and up to 255 that are repeated.
        largestOutput: { min(NodeData.largest, 128 * ($0 + 2)) },
        decode: { _, input, output in Decoded(produced: RtimeDecoder.decompress(input, into: &output).produced) },
        measure: { _, input, size in RtimeDecoder.measure(input, size: size) },
        makeEncoder: { _ in RtimeEncoder() }, makeCompatibleEncoder: { RtimeEncoder() })

    private static let lzo = Codec(
        .lzo, named: "lzo", kernels: .linux, priority: 80,
        // A run grows by 255 with each byte.
        largestOutput: { min(NodeData.largest, 256 * ($0 + 2)) },
        decode: { _, input, output in
            let (produced, isWhole) = LZO1XDecoder.decompress(input, into: &output)
            return Decoded(produced: produced, isWhole: isWhole)
        },
        makeEncoder: { _ in LZO1XEncoder() }, makeCompatibleEncoder: { WholeEncoder(LZO1XEncoder()) })

    private static let lzma = Codec(
        .lzma, named: "lzma", kernels: .openWrt, priority: 70, largestOutput: largestLZMA,
        decode: { decompressor, input, output in
            Decoded(produced: decompressor.decompressLZMA(input, hasProperties: false, into: &output))
        },
        measure: { decompressor, input, size in decompressor.measureLZMA(input, size: size) },
        isWritable: LZMAEncoder.isSupported, makeEncoder: { _ in LZMAEncoder() },
        makeCompatibleEncoder: {
            guard let encoder = LZMAEncoder() else { return nil }
            return WholeEncoder(encoder)
        })

    private static let lzmaWithProperties = Codec(
        .lzmaWithProperties, named: "lzma-props", kernels: .vendors, largestOutput: largestLZMA,
        decode: { decompressor, input, output in
            Decoded(produced: decompressor.decompressLZMA(input, hasProperties: true, into: &output))
        },
        measure: { decompressor, input, size in decompressor.measureLZMA(input, size: size) })

    // Linux decodes each of the two by the name of the other: see `Compression`.
    private static let rubinmips = Codec(
        .rubinmips, named: "rubinmips", kernels: .linux, largestOutput: largestRubin,
        decode: { decompressor, input, output in
            decompressor.decompressRubin(input, linux: .dynrubin, into: &output)
        })

    private static let dynrubin = Codec(
        .dynrubin, named: "dynrubin", kernels: .linux, largestOutput: largestRubin,
        decode: { decompressor, input, output in
            decompressor.decompressRubin(input, linux: .rubinmips, into: &output)
        })

    private static let none = Codec(
        .none, named: "none", kernels: .linux, largestOutput: { $0 },
        decode: { _, input, output in
            let count = min(input.byteCount, output.byteCount)
            output.copy(input, range: 0..<count, to: 0)
            return Decoded(produced: count)
        },
        measure: { _, input, size in StreamUse(stored: min(input.byteCount, size)) })

    private static let zero = Codec(
        .zero, named: "zero", kernels: .linux, largestOutput: { _ in .max },
        decode: { _, _, output in
            output.zero(from: 0)
            return Decoded(produced: output.byteCount)
        },
        measure: { _, _, _ in StreamUse(stored: 0) })

    private static let copy = Codec(
        .copy, named: "copy", kernels: .none, largestOutput: { $0 },
        decode: { _, input, output in
            guard input.byteCount == output.byteCount else { return nil }
            output.copy(input, range: 0..<input.byteCount, to: 0)
            return Decoded(produced: input.byteCount)
        })

    private static let largestLZMA: @Sendable (Int) -> Int = { min(NodeData.largest, 8192 * ($0 + 64)) }
    /// No bit costs less than the 255th part of one.
    private static let largestRubin: @Sendable (Int) -> Int = { min(NodeData.largest, 256 * ($0 + 64)) }

    /// Those that there are encoders for, in the order in which they are tried where nobody says another one.
    public static let writable = all.filter(\.isWritable)

    /// Those that a user may choose, as mkfs.jffs2 ranks them.
    public static let ranked = all.filter { $0.priority != nil }.sorted { ($0.priority ?? 0) > ($1.priority ?? 0) }

    /// The codec of each id.
    private static let byID: [Codec?] = (0...UInt8.max).map { id in all.first { $0.compression.rawValue == id } }

    /// What is known of an id; nil when nothing is.
    public static func of(_ compression: Compression) -> Codec? { byID[Int(compression.rawValue)] }
}

extension Compression {
    /// The name that `jffs2 dump` prints.
    public var description: String { Codec.of(self)?.name ?? "unknown " + String(rawValue) }

    /// The most that can come out of so many stored bytes (bytes). What a node declares beyond that is not there.
    public func largestOutput(of stored: Int) -> Int {
        // An id that nobody knows says nothing of itself: no codec is better than the best one.
        Codec.of(self)?.largestOutput(stored) ?? min(NodeData.largest, 8192 * (stored + 64))
    }

    /// Whether Linux has a decoder for it, if all of its JFFS2 options are switched on.
    ///
    /// LZMA is in the kernels of OpenWrt and dd-wrt only; rubin is switched off in most kernels.
    public var isKnownToLinux: Bool { Codec.of(self)?.kernels == .linux }
}

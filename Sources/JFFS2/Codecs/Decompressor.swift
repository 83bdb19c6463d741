/// Turns the stored bytes of an inode node into its data.
///
/// Holds the state of the codecs so that it is set up once per task, not per node. Not to be shared between tasks.
public final class Decompressor {
    private let inflater = Inflater()
    /// Whether the node that was decompressed last is a zlib stream that goes on behind its data, or has no end.
    private(set) var zlibGoesOn = false
    private lazy var lzma = LZMADecoder()
    /// Whether a node has proven that ids 3 and 5 stand for what their names in the header say, as in U-Boot, and not
    /// the other way round, as in Linux.
    private var rubinNamesAreMeant = false

    /// A decompressor for the nodes of one image.
    public init() {}

    /// Why the data of a node could not be had.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// No decoder for this codec.
        case unsupported(Compression)
        /// The stream breaks its own format, or ends early; how many bytes came out before (bytes).
        case damaged(Compression, produced: Int)

        /// The codec and what is wrong, without full stop.
        public var description: String {
            switch self {
            case .unsupported(let compression): "codec '\(compression)' is not supported"
            case .damaged(let compression, let produced):
                "the \(compression) data is damaged (\(produced) bytes could be decompressed)"
            }
        }
    }

    /// Fills `output`, whose size is the node's dsize, from the stored bytes `input`, whose size is its csize.
    ///
    /// On failure the bytes up to `produced` are good and the rest is zeros. (All of them can be good: Linux refuses
    /// LZO data that goes on after its end, and we say so too.) Takes time linear in both sizes.
    public func decompress(
        _ input: RawSpan, compression: Compression, into output: inout MutableRawSpan
    ) throws(Failure) {
        zlibGoesOn = false
        if output.byteCount == 0 { return }
        guard let decoded = Codec.of(compression)?.decode(self, input, &output) else {
            output.zero(from: 0)
            throw .unsupported(compression)
        }
        guard decoded.isWhole, decoded.produced == output.byteCount else {
            output.zero(from: decoded.produced)
            throw .damaged(compression, produced: decoded.produced)
        }
    }

    /// Tries both meanings of the ids 3 and 5; the first one that the stream proves to be right is taken.
    ///
    /// If it proves neither, the output is what Linux shows.
    func decompressRubin(
        _ input: RawSpan, linux: Rubin.Variant, into output: inout MutableRawSpan
    ) -> Codec.Decoded {
        let first = rubinNamesAreMeant ? linux.other : linux
        if Rubin.decompress(input, variant: first, into: &output).isProven {
            return Codec.Decoded(produced: output.byteCount)
        }
        if Rubin.decompress(input, variant: first.other, into: &output).isProven {
            rubinNamesAreMeant.toggle()
            return Codec.Decoded(produced: output.byteCount)
        }
        return Codec.Decoded(produced: Rubin.decompress(input, variant: linux, into: &output).produced, isWhole: false)
    }

    /// zlib, or LZMA under zlib's id, as in dd-wrt's kernels.
    func decompressZlib(_ input: RawSpan, into output: inout MutableRawSpan) -> Int {
        if Inflater.hasHeader(input) {
            let produced = inflater.decompress(input, into: &output)
            zlibGoesOn = inflater.goesOn
            return produced
        }
        let result = tryLZMA(input, hasProperties: false, into: &output)
        return result.isPlausible ? result.produced : 0
    }

    /// How much of a zlib stream, or of what stands in its place, so many bytes of data take.
    func measureZlib(_ input: RawSpan, size: Int) -> StreamUse {
        Inflater.hasHeader(input) ? inflater.measure(input, size: size) : measureLZMA(input, size: size)
    }

    /// How much of an LZMA stream so many bytes of data take: an encoder writes a few bytes more than a decoder needs.
    func measureLZMA(_ input: RawSpan, size: Int) -> StreamUse {
        var bytes = [UInt8](repeating: 0, count: size)
        var span = bytes.mutableSpan
        var output = unsafe span.mutableBytes
        for hasProperties in [false, true] {
            let start = hasProperties ? LZMADecoder.Properties.size : 0
            let properties = hasProperties ? LZMADecoder.Properties(input) : .builtIn
            guard let properties, start < input.byteCount, input[byte: start] == 0 else { continue }
            let result = lzma.decompress(input, from: start, properties: properties, into: &output)
            if result.produced == size, result.unread <= Self.mostUnread { break }
            if result.produced == size, !hasProperties {
                return StreamUse(stored: input.byteCount - result.unread)
            }
        }
        return StreamUse(stored: input.byteCount)
    }

    /// How many bytes of an LZMA stream a decoder may leave: an end mark, and what is left in the encoder's registers.
    private static let mostUnread = 8

    /// LZMA in the layout that the id stands for, or else in the other one.
    func decompressLZMA(_ input: RawSpan, hasProperties: Bool, into output: inout MutableRawSpan) -> Int {
        let expected = tryLZMA(input, hasProperties: hasProperties, into: &output)
        if expected.produced == output.byteCount { return expected.produced }
        if tryLZMA(input, hasProperties: !hasProperties, into: &output).isPlausible { return output.byteCount }
        return tryLZMA(input, hasProperties: hasProperties, into: &output).produced
    }

    private func tryLZMA(
        _ input: RawSpan, hasProperties: Bool, into output: inout MutableRawSpan
    ) -> (produced: Int, isPlausible: Bool) {
        let start = hasProperties ? LZMADecoder.Properties.size : 0
        let properties = hasProperties ? LZMADecoder.Properties(input) : .builtIn
        // The first byte that a range coder writes is always 0. (zlib's header never begins with it.)
        guard let properties, start < input.byteCount, input[byte: start] == 0 else { return (0, false) }
        let result = lzma.decompress(input, from: start, properties: properties, into: &output)
        // LZMA takes nearly any bytes for good. So where it is only a guess, the length must fit: an encoder writes
        // few bytes more than a decoder needs, at most an end mark and what is left in its registers.
        return (result.produced, result.produced == output.byteCount && result.unread <= Self.mostUnread)
    }
}

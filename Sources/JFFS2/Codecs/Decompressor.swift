/// Turns the stored bytes of an inode node into its data.
///
/// Holds the state of the codecs so that it is set up once per task, not per node. Not to be shared between tasks.
public final class Decompressor {
    private let inflater = Inflater()

    public init() {}

    /// Why the data of a node could not be had.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// No decoder for this codec.
        case unsupported(Compression)
        /// The stream breaks its own format, or ends early; how many bytes came out before (bytes).
        case damaged(Compression, produced: Int)

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
    /// On failure the bytes up to `produced` are good and the rest is zeros. Takes time linear in both sizes.
    public func decompress(
        _ input: RawSpan, _ compression: Compression, into output: inout MutableRawSpan
    ) throws(Failure) {
        let produced: Int
        switch compression {
        case .zero:
            output.zero(from: 0)
            return
        case .none:
            produced = min(input.byteCount, output.byteCount)
            output.copy(input, 0..<produced, to: 0)
        case .copy where input.byteCount == output.byteCount:
            produced = output.byteCount
            output.copy(input, 0..<produced, to: 0)
        case .rtime:
            produced = RTime.decompress(input, into: &output)
        case .zlib:
            produced = inflater.decompress(input, into: &output)
        default:
            output.zero(from: 0)
            throw .unsupported(compression)
        }
        guard produced == output.byteCount else {
            output.zero(from: produced)
            throw .damaged(compression, produced: produced)
        }
    }
}

/// Turns the stored bytes of an inode node into its data.
///
/// Holds the state of the codecs so that it is set up once per task, not per node. Not to be shared between tasks.
public final class Decompressor {
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

    /// Fills `output`, whose size is the node's dsize, from the stored bytes `input`.
    ///
    /// On failure the bytes up to `produced` are good and the rest is zeros.
    public func decompress(
        _ input: RawSpan, _ compression: Compression, into output: inout MutableRawSpan
    ) throws(Failure) {
        throw .unsupported(compression)
    }
}

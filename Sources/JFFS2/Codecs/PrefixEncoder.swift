internal import FlashBytes

/// Compresses as much of its input as fits the room: what mkfs.jffs2 and Linux do at the end of an erase block.
protocol PrefixEncoder: AnyObject {
    /// What goes into the node's `compr`.
    var compression: Compression { get }

    /// Compresses a beginning of `input` into `output`.
    ///
    /// - Returns: how many bytes were taken and how many written; nil when that is no gain.
    func encodePrefix(_ input: RawSpan, into output: inout MutableRawSpan) -> (taken: Int, written: Int)?
}

/// A codec that takes all of its input or nothing.
final class WholeEncoder: PrefixEncoder {
    private let encoder: any PageEncoder

    init(_ encoder: any PageEncoder) { self.encoder = encoder }

    var compression: Compression { encoder.compression }

    func encodePrefix(_ input: RawSpan, into output: inout MutableRawSpan) -> (taken: Int, written: Int)? {
        guard let written = encoder.encode(input, into: &output), written < input.byteCount else { return nil }
        return (input.byteCount, written)
    }
}

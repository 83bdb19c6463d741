internal import FlashBytes

/// Compresses the data of one node at a time. Holds the codec's state, so it is not to be shared between tasks.
protocol PageEncoder: AnyObject {
    /// What goes into the node's `compr`.
    var compression: Compression { get }

    /// Compresses all of `input` into `output`.
    ///
    /// - Returns: how many bytes were written; nil when they do not fit.
    func encode(_ input: RawSpan, into output: inout MutableRawSpan) -> Int?
}

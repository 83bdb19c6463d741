internal import CLZMA

/// Decoder of the LZMA nodes that router firmware has: raw LZMA1 streams, of which vendors leave out this or that part
/// of the usual header.
@safe
final class LZMADecoder {
    /// How a stream is coded: what the five property bytes of a header would say.
    struct Properties {
        /// Bits of the preceding byte, bits of the position for literals, bits of the position for matches.
        var literalContext = 0
        var literalPosition = 0
        var position = 0
        /// How far back a copy may reach (bytes).
        var dictionarySize = 0x2000

        /// What the JFFS2 patches of OpenWrt and dd-wrt have built in.
        static let builtIn = Properties()

        private init() {}

        /// Reads the property bytes; nil if they are none.
        init?(_ bytes: RawSpan) {
            guard bytes.byteCount >= Self.size, bytes[byte: 0] < 225 else { return nil }
            let packed = Int(bytes[byte: 0])
            literalContext = packed % 9
            literalPosition = packed / 9 % 5
            position = packed / 45
            dictionarySize = (1...4).reversed().reduce(0) { $0 << 8 | Int(bytes[byte: $1]) }
        }

        /// How many bytes the properties take.
        static let size = 5
    }

    private let stream: UnsafeMutablePointer<lzma_stream>

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: lzma_stream())
    }

    deinit {
        unsafe lzma_end(stream)
        unsafe stream.deallocate()
    }

    /// What a stream gave.
    struct Result {
        /// How many bytes came out before `output` was full, the stream damaged or at its end.
        var produced: Int
        /// How many bytes of the stream were not used.
        var unread: Int
    }

    /// Fills `output` from the raw LZMA stream that begins at `start`.
    ///
    /// The stream need not have an end mark. Memory stays near the size of `output`, whatever the properties ask for.
    func decompress(
        _ input: RawSpan, from start: Int, properties: Properties, into output: inout MutableRawSpan
    ) -> Result {
        var options = unsafe lzma_options_lzma()
        // No copy can reach farther back than the output; below 4 KiB liblzma refuses.
        unsafe options.dict_size = UInt32(clamping: max(min(properties.dictionarySize, output.byteCount), 4096))
        unsafe options.lc = UInt32(properties.literalContext)
        unsafe options.lp = UInt32(properties.literalPosition)
        unsafe options.pb = UInt32(properties.position)
        guard start < input.byteCount, unsafe prepare(&options) else { return Result(produced: 0, unread: 0) }
        return unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                unsafe stream.pointee.next_in = (source.baseAddress.map { unsafe $0 + start })?
                    .assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_in = source.count - start
                unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = target.count
                // A call that can do nothing more is answered by LZMA_BUF_ERROR, at the second time.
                while unsafe stream.pointee.avail_out > 0, unsafe lzma_code(stream, LZMA_RUN) == LZMA_OK {}
                return unsafe Result(
                    produced: target.count - stream.pointee.avail_out, unread: stream.pointee.avail_in)
            }
        }
    }

    /// Sets up the decoder, which keeps its memory from one stream to the next.
    @unsafe
    private func prepare(_ options: UnsafeMutablePointer<lzma_options_lzma>) -> Bool {
        // LZMA_FILTER_LZMA1 and LZMA_VLI_UNKNOWN, macros that Swift does not see.
        let lzma1: lzma_vli = 0x4000_0000_0000_0001
        let filters = unsafe [
            lzma_filter(id: lzma1, options: options), lzma_filter(id: lzma_vli.max, options: nil),
        ]
        return unsafe lzma_raw_decoder(stream, filters) == LZMA_OK
    }
}

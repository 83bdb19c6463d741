internal import CLZMA

/// Coder of the raw LZMA1 streams that the JFFS2 patches of OpenWrt and dd-wrt read: no properties, lc=lp=pb=0, a
/// dictionary of 8 KiB, and no end mark, which their decoders would take for damage.
///
/// Safe: the pointers are made in init, freed in deinit and never handed out.
@safe
final class LZMAEncoder: PageEncoder {
    let compression = Compression.lzma

    private let stream: UnsafeMutablePointer<lzma_stream>
    private let options: UnsafeMutablePointer<lzma_options_lzma>
    private let filters: UnsafeMutablePointer<lzma_filter>

    /// LZMA_FILTER_LZMA1EXT, a macro that Swift does not see: LZMA1 that can do without the end mark, which liblzma
    /// has since 5.4.
    private static let lzma1: lzma_vli = 0x4000_0000_0000_0002

    /// Whether this liblzma can do it.
    static var isSupported: Bool { lzma_filter_encoder_is_supported(lzma1) != 0 }

    /// - Returns: nil when liblzma is too old or there is no memory.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: lzma_stream())
        unsafe options = .allocate(capacity: 1)
        unsafe options.initialize(to: lzma_options_lzma())
        unsafe filters = .allocate(capacity: 2)
        unsafe filters.initialize(to: lzma_filter(id: Self.lzma1, options: options))
        // LZMA_VLI_UNKNOWN ends the list.
        unsafe (filters + 1).initialize(to: lzma_filter(id: lzma_vli.max, options: nil))
        // What the patches ask of the LZMA SDK: level 9, 273 fast bytes.
        guard unsafe lzma_lzma_preset(options, 9) == 0 else { return nil }
        unsafe options.pointee.dict_size = 0x2000
        unsafe options.pointee.lc = 0
        unsafe options.pointee.lp = 0
        unsafe options.pointee.pb = 0
        unsafe options.pointee.nice_len = 273
        guard unsafe lzma_raw_encoder(stream, filters) == LZMA_OK else { return nil }
    }

    deinit {
        unsafe lzma_end(stream)
        unsafe stream.deallocate()
        unsafe options.deallocate()
        unsafe filters.deallocate()
    }

    func encode(_ input: RawSpan, into output: inout MutableRawSpan) -> Int? {
        // Keeps the memory of the last time.
        guard unsafe lzma_raw_encoder(stream, filters) == LZMA_OK else { return nil }
        return unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                unsafe stream.pointee.next_in = source.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_in = source.count
                unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = target.count
                guard unsafe lzma_code(stream, LZMA_FINISH) == LZMA_STREAM_END else { return nil }
                return unsafe target.count - stream.pointee.avail_out
            }
        }
    }
}

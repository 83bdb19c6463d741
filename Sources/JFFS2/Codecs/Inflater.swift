internal import CDeflate
internal import CZlib

/// Decoder of zlib nodes: libdeflate for streams that are as they should be, zlib for all others.
@safe
final class Inflater {
    private var fast: OpaquePointer?
    private var stream: UnsafeMutablePointer<z_stream>?

    init() {}

    deinit {
        if let fast = unsafe fast { unsafe libdeflate_free_decompressor(fast) }
        if let stream = unsafe stream {
            unsafe inflateEnd(stream)
            unsafe stream.deallocate()
        }
    }

    /// Whether `input` begins with a zlib header that the kernel's compr_zlib.c takes: deflate, no preset dictionary,
    /// check bits right.
    static func hasHeader(_ input: RawSpan) -> Bool {
        guard input.byteCount > 2 else { return false }
        let method = Int(input[byte: 0])
        let flags = Int(input[byte: 1])
        return method & 0x0f == 8 && method >> 4 <= 7 && flags & 0x20 == 0 && (method << 8 | flags) % 31 == 0
    }

    /// Fills `output` from a zlib stream and tells how many bytes could be had.
    ///
    /// As in Linux, the Adler-32 sum is not looked at, the stream may go on after `output` is full, and it need not
    /// have an end.
    func decompress(_ input: RawSpan, into output: inout MutableRawSpan) -> Int {
        guard Self.hasHeader(input) else { return 0 }
        return unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                let deflated = unsafe UnsafeRawBufferPointer(rebasing: source[2...])
                return unsafe decompressWhole(deflated, into: target) ?? decompressPartly(deflated, into: target)
            }
        }
    }

    /// libdeflate: all or nothing.
    @unsafe
    private func decompressWhole(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        if unsafe fast == nil { unsafe fast = libdeflate_alloc_decompressor() }
        guard let fast = unsafe fast else { return nil }
        var produced = 0
        let result = unsafe libdeflate_deflate_decompress(
            fast, source.baseAddress, source.count, target.baseAddress, target.count, &produced)
        return result == LIBDEFLATE_SUCCESS ? produced : nil
    }

    /// zlib: as much as there is before the damage or the end of `target`.
    @unsafe
    private func decompressPartly(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard let stream = unsafe preparedStream() else { return 0 }
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = UInt32(clamping: source.count)
        unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(clamping: target.count)
        // Ends with Z_BUF_ERROR at the latest, when a call can do nothing more.
        while unsafe inflate(stream, Z_SYNC_FLUSH) == Z_OK {}
        return unsafe Int(stream.pointee.total_out)
    }

    /// A stream of raw deflate, ready to begin.
    private func preparedStream() -> UnsafeMutablePointer<z_stream>? {
        if let stream = unsafe stream { return unsafe inflateReset(stream) == Z_OK ? stream : nil }
        let new = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe new.initialize(to: z_stream())
        guard unsafe inflateInit2_(new, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            unsafe new.deallocate()
            return nil
        }
        unsafe stream = new
        return unsafe new
    }
}

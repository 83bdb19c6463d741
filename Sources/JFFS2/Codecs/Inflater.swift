internal import CDeflate
internal import CZlib
internal import FlashBytes

/// Decoder of zlib nodes: libdeflate for streams that are as they should be, zlib for all others.
@safe
final class Inflater {
    private var fast: OpaquePointer?
    private var stream: UnsafeMutablePointer<z_stream>?
    /// Whether the last stream goes on where its output is full, or has no end: Linux has a line about that, and takes the data
    /// (`inflate returned -5` in compr_zlib.c).
    private(set) var goesOn = false

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
        goesOn = false
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
        var status = Z_OK
        while status == Z_OK { status = unsafe inflate(stream, Z_SYNC_FLUSH) }
        let produced = unsafe Int(stream.pointee.total_out)
        goesOn = status != Z_STREAM_END && produced == target.count
        return produced
    }

    /// How much of a zlib stream `size` bytes of data take: up to its end with the Adler-32 sum of all that comes out, if
    /// that is right (Linux does not look at it: anything may stand in its place).
    func measure(_ input: RawSpan, size: Int) -> StreamUse {
        var bytes = [UInt8](repeating: 0, count: size)
        if unsafe fast == nil { unsafe fast = libdeflate_alloc_decompressor() }
        guard Self.hasHeader(input), let fast = unsafe fast else { return StreamUse(stored: input.byteCount) }
        return unsafe input.withUnsafeBytes { source in
            let deflated = unsafe UnsafeRawBufferPointer(rebasing: source[2...])
            var (read, produced) = (0, 0)
            let result = unsafe bytes.withUnsafeMutableBytes { target in
                unsafe libdeflate_deflate_decompress_ex(
                    fast, deflated.baseAddress, deflated.count, target.baseAddress, target.count, &read, &produced)
            }
            if result != LIBDEFLATE_SUCCESS || produced != size {
                // It goes on, or does not end.
                bytes = [UInt8](repeating: 0, count: size + StreamUse.most)
                produced = unsafe bytes.withUnsafeMutableBytes { target in
                    unsafe decompressPartly(deflated, into: target)
                }
                read = unsafe stream.map { unsafe Int($0.pointee.total_in) } ?? deflated.count
            }
            // The stream as it was before anything was put behind it.
            let sum = unsafe bytes.withUnsafeBytes { unsafe libdeflate_adler32(1, $0.baseAddress, produced) }
            let end = read + 2
            let stored = end + 4 <= input.byteCount && (try? input.uint32(at: end, .big)) == sum ? end + 4 : end
            return StreamUse(
                stored: min(stored, input.byteCount), surplus: produced > size ? Array(bytes[size..<produced]) : [])
        }
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

internal import CZlib
internal import FlashBytes

/// Unpacks a gzip stream with zlib, which checks the sum and the length at its end; libarchive's reader does not look at them.
enum GzipReader {
    /// A piece of what comes out (bytes).
    private static let block = 1 << 16

    /// Unpacks all members up to `limits`.
    static func read(
        _ bytes: UnsafeRawBufferPointer, into spool: ByteSpool, limits: PackedLimits
    ) throws(PackedFailure) -> StreamResult {
        var stream = unsafe z_stream()
        // 16 more than the window: a gzip header and trailer are wanted.
        let status = unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .damaged("out of memory", end: 0) }
        defer { unsafe inflateEnd(&stream) }
        var buffer = [UInt8](repeating: 0, count: Self.block)
        var result = StreamResult()
        var limits = limits
        while true {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[result.consumed...].prefix(1 << 20))
            let (status, taken, got) = unsafe buffer.withUnsafeMutableBytes { target in
                unsafe stream.next_in = unsafe UnsafeMutablePointer(
                    mutating: rest.baseAddress?.assumingMemoryBound(to: UInt8.self))
                unsafe stream.avail_in = UInt32(rest.count)
                unsafe stream.next_out = unsafe target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.avail_out = UInt32(target.count)
                let status = unsafe inflate(&stream, Z_NO_FLUSH)
                return unsafe (status, rest.count - Int(stream.avail_in), target.count - Int(stream.avail_out))
            }
            result.consumed += taken
            if try spool.take(buffer, count: got, limits: &limits) {
                result.isEnough = true
                return result
            }
            switch status {
            case Z_OK: continue
            case Z_STREAM_END:
                guard unsafe isMember(bytes, at: result.consumed) else { return result }
                unsafe inflateReset(&stream)
            case Z_BUF_ERROR where result.consumed < bytes.count: continue
            case Z_BUF_ERROR:
                result.damage = "it is cut off"
                return result
            case Z_DATA_ERROR where unsafe endsWithSums(stream.msg):
                result.damage = "the sums at their end are those of other bytes"
                result.isComplete = true
                return result
            default:
                result.damage = unsafe stream.msg.map { unsafe String(cString: $0) } ?? "its data is damaged"
                return result
            }
        }
    }

    /// Whether zlib complains about what stands behind the data (inflate.c).
    private static func endsWithSums(_ message: UnsafeMutablePointer<CChar>?) -> Bool {
        guard let text = unsafe message.map({ unsafe String(cString: $0) }) else { return false }
        return text == "incorrect data check" || text == "incorrect length check"
    }

    /// Whether one more stream follows, which belongs to the same file (RFC 1952, 2.2).
    private static func isMember(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard offset + 3 <= bytes.count else { return false }
        return unsafe bytes[offset] == 0x1f && bytes[offset + 1] == 0x8b && bytes[offset + 2] == 8
    }
}

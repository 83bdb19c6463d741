internal import CZlib
internal import FlashBytes

/// zlib streams byte for byte as mkfs.jffs2 and Linux write them: zlib at level 3, flushed after each part that is sure to
/// fit, finished in the last bytes of the room.
@safe
final class ReferenceDeflater: PrefixEncoder {
    let compression = Compression.zlib
    private let stream: UnsafeMutablePointer<z_stream>

    private static let level: Int32 = 3
    /// What is kept free for the end of the stream (bytes).
    private static let endRoom = 12

    /// - Returns: nil when there is no memory.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let version = unsafe zlibVersion()
        guard unsafe deflateInit_(stream, Self.level, version, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    func encodePrefix(_ input: RawSpan, into output: inout MutableRawSpan) -> (taken: Int, written: Int)? {
        guard output.byteCount > Self.endRoom else { return nil }
        return unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in unsafe encode(source, target: target) }
        }
    }

    @unsafe
    private func encode(
        _ source: UnsafeRawBufferPointer, target: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, written: Int)? {
        guard unsafe deflateReset(stream) == Z_OK else { return nil }
        // zlib does not write to its input; its interface is older than const.
        let bytes = unsafe UnsafeMutableRawPointer(mutating: source.baseAddress)
        unsafe stream.pointee.next_in = bytes?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var taken = 0
        var written = 0
        while taken < source.count, written < target.count - Self.endRoom {
            let room = target.count - Self.endRoom - written
            unsafe stream.pointee.avail_out = UInt32(room)
            unsafe stream.pointee.avail_in = UInt32(min(source.count - taken, room))
            guard unsafe deflate(stream, Z_PARTIAL_FLUSH) == Z_OK else { return nil }
            taken = unsafe Int(stream.pointee.total_in)
            written = unsafe Int(stream.pointee.total_out)
        }
        unsafe stream.pointee.avail_out += UInt32(Self.endRoom)
        unsafe stream.pointee.avail_in = 0
        guard unsafe deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
        written = unsafe Int(stream.pointee.total_out)
        return written < taken ? (taken, written) : nil
    }
}

internal import CLZMA
internal import FlashBytes

/// Unpacks .xz and .lzma with liblzma, to the last byte that is there: of what is cut off, libarchive's reader gives whole
/// blocks only.
enum LZMAReader {
    /// A piece of what comes out (bytes).
    private static let block = 1 << 16
    /// What needs more memory is refused; `xz -9` takes 65 MiB (bytes).
    private static let memory: UInt64 = 1 << 30

    /// Unpacks all streams up to `limits`.
    ///
    /// - Parameter form: .xz or .lzma.
    static func read(
        _ bytes: UnsafeRawBufferPointer, form: PackedForm, into spool: ByteSpool, limits: PackedLimits
    ) throws(PackedFailure) -> StreamResult {
        var stream = unsafe lzma_stream()
        defer { unsafe lzma_end(&stream) }
        func start() -> Bool {
            let status =
                form == .lzma
                ? unsafe lzma_alone_decoder(&stream, memory) : unsafe lzma_stream_decoder(&stream, memory, 0)
            return status == LZMA_OK
        }
        guard start() else { throw .damaged("out of memory", end: 0) }
        var buffer = [UInt8](repeating: 0, count: Self.block)
        var result = StreamResult()
        var limits = limits
        while true {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[result.consumed...].prefix(1 << 20))
            let (status, taken, got) = unsafe buffer.withUnsafeMutableBytes { target in
                unsafe stream.next_in = rest.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.avail_in = rest.count
                unsafe stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.avail_out = target.count
                let status = unsafe lzma_code(&stream, LZMA_RUN)
                return unsafe (status, rest.count - stream.avail_in, target.count - stream.avail_out)
            }
            result.consumed += taken
            if try spool.take(buffer, count: got, limits: &limits) {
                result.isEnough = true
                return result
            }
            switch status {
            case LZMA_OK: continue
            case LZMA_STREAM_END:
                guard form == .xz, let next = unsafe nextStream(bytes, behind: result.consumed) else { return result }
                result.consumed = next
                guard start() else { throw .damaged("out of memory", end: next) }
            case LZMA_BUF_ERROR where result.consumed < bytes.count: continue
            default:
                result.damage = reason(status)
                return result
            }
        }
    }

    /// Where one more stream begins that belongs to the same file; between them may be zeros, four by four (xz format, 2.2).
    private static func nextStream(_ bytes: UnsafeRawBufferPointer, behind end: Int) -> Int? {
        var at = end
        while at + 4 <= bytes.count, unsafe bytes[at..<at + 4].allSatisfy({ $0 == 0 }) { at += 4 }
        let magic: [UInt8] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]
        return unsafe bytes[at...].starts(with: magic) ? at : nil
    }

    private static func reason(_ status: lzma_ret) -> String {
        switch status {
        case LZMA_BUF_ERROR: "it is cut off"
        case LZMA_MEMLIMIT_ERROR: "more than \(SizeExpression.readable(Int(memory))) of memory are needed to unpack it"
        case LZMA_MEM_ERROR: "out of memory"
        case LZMA_OPTIONS_ERROR: "it is packed in a way that liblzma does not know"
        default: "its bytes are wrong"
        }
    }
}

internal import CZlib
import FlashBytes

/// A stream of gzip or zlib, or without either's header, that stands somewhere among other bytes, unpacked (RFC 1950 to 1952).
package struct InflatedStream: Sendable {
    /// What stands in front of the compressed data.
    package enum Header: Sendable, Hashable {
        /// That of gzip or of zlib, with a sum behind the data.
        case gzipOrZlib
        /// That of zlib.
        case zlib
        /// Nothing: no sum is behind the data either.
        case none

        /// As `inflateInit2` takes it: 32 more than the window for either header, less than 0 for none.
        fileprivate var windowBits: CInt {
            switch self {
            case .gzipOrZlib: 15 + 32
            case .zlib: 15
            case .none: -15
            }
        }
    }

    /// What is in it.
    package let bytes: [UInt8]
    /// How much it takes where it stands (bytes).
    package let count: Int
    /// Whether it came to its end, and its sum is right; else it is cut off, or larger than was wanted.
    package let isWhole: Bool

    /// A piece of what comes out (bytes).
    private static let block = 1 << 15
    /// A header that is longer is none (bytes).
    private static let longestHeader = 4096
    /// Of a stream without its end, less than that is chance (bytes).
    private static let leastCut = 64

    /// - Parameters:
    ///   - offset: where its header begins (bytes).
    ///   - limit: of what comes out (bytes).
    ///   - header: what the stream begins with.
    /// - Returns: nil for what is no such stream.
    package init?(_ source: RawSpan, at offset: Int, limit: Int, header: Header = .gzipOrZlib) {
        guard offset >= 0, offset + 8 < source.byteCount else { return nil }
        var stream = unsafe z_stream()
        guard
            unsafe inflateInit2_(&stream, header.windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { unsafe inflateEnd(&stream) }
        var inflated: [UInt8] = []
        var at = offset
        var status = Z_OK
        var buffer = [UInt8](repeating: 0, count: Self.block)
        while status == Z_OK, inflated.count < limit {
            let most = inflated.isEmpty ? Self.longestHeader : 1 << 16
            let piece = source.extracting(at..<min(source.byteCount, at + most))
            let (result, taken, got) = unsafe piece.withUnsafeBytes { input in
                unsafe buffer.withUnsafeMutableBytes { target in
                    unsafe stream.next_in = unsafe UnsafeMutablePointer(
                        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
                    unsafe stream.avail_in = UInt32(input.count)
                    unsafe stream.next_out = unsafe target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    unsafe stream.avail_out = UInt32(target.count)
                    let result = unsafe inflate(&stream, Z_NO_FLUSH)
                    return unsafe (
                        result, input.count - Int(stream.avail_in), target.count - Int(stream.avail_out)
                    )
                }
            }
            at += taken
            inflated += buffer.prefix(got)
            status = result
            if status == Z_BUF_ERROR, taken > 0 || got > 0 { status = Z_OK }
            // The names in a header go on until a zero comes.
            if status == Z_OK, inflated.isEmpty, at - offset >= Self.longestHeader { return nil }
        }
        isWhole = status == Z_STREAM_END
        let isCut = status == Z_OK || status == Z_BUF_ERROR
        guard isWhole || isCut && inflated.count >= Self.leastCut else { return nil }
        bytes = inflated
        count = at - offset
    }
}

internal import CDeflate
internal import FlashBytes

/// zlib streams through libdeflate: what Linux reads as codec zlib, smaller and faster than zlib makes it.
///
/// Safe: the pointer is made in init, freed in deinit and never handed out.
@safe final class Deflater: PageEncoder {
    let compression = Compression.zlib

    private let compressor: OpaquePointer

    /// libdeflate's levels.
    static let levels = 1...12

    /// - Parameter level: 1 (fast) to 12 (small).
    /// - Returns: nil when there is no memory.
    init?(level: Int) {
        guard let compressor = unsafe libdeflate_alloc_compressor(Int32(level)) else { return nil }
        unsafe self.compressor = compressor
    }

    deinit { unsafe libdeflate_free_compressor(compressor) }

    func encode(_ input: RawSpan, into output: inout MutableRawSpan) -> Int? {
        let count = unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                unsafe libdeflate_zlib_compress(
                    compressor, source.baseAddress, source.count, target.baseAddress, target.count)
            }
        }
        return count == 0 ? nil : count
    }
}

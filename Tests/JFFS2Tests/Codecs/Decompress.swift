import JFFS2
import Testing

/// What came out, and the failure if there was one.
///
/// The output lies between guard bytes, which must not be touched.
func decompress(
    _ input: [UInt8], _ compression: Compression, size: Int, with decompressor: Decompressor = Decompressor()
) -> (bytes: [UInt8], failure: Decompressor.Failure?) {
    let guards = [UInt8](repeating: 0xa5, count: 64)
    var output = guards + [UInt8](repeating: 0xa5, count: size) + guards
    // An allocation of just the right size, so that a sanitizer sees reads behind its end.
    let input = Array(input)
    var failure: Decompressor.Failure?
    output.withUnsafeMutableBytes { buffer in
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[64..<64 + size])
        var span = part.mutableBytes
        do throws(Decompressor.Failure) {
            try decompressor.decompress(input.span.bytes, compression: compression, into: &span)
        } catch {
            failure = error
        }
    }
    #expect(output.prefix(64) == guards[...] && output.suffix(64) == guards[...])
    return (Array(output[64..<64 + size]), failure)
}

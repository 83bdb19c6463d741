import JFFS2

/// What came out, and the failure if there was one.
func decompress(
    _ input: [UInt8], _ compression: Compression, size: Int, with decompressor: Decompressor = Decompressor()
) -> (bytes: [UInt8], failure: Decompressor.Failure?) {
    var output = [UInt8](repeating: 0xa5, count: size)
    var span = output.mutableSpan
    var bytes = span.mutableBytes
    do {
        try decompressor.decompress(input.span.bytes, compression, into: &bytes)
        return (output, nil)
    } catch {
        return (output, error)
    }
}

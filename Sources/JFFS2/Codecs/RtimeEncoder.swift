internal import FlashBytes

/// The rtime codec of JFFS2: pairs of a literal and the length of the run that follows it.
///
/// For each byte value the coder remembers where it last stood; the run is how many of the next bytes (up to 255) repeat
/// what stood behind that place.
final class RtimeEncoder: PageEncoder {
    let compression = Compression.rtime
    private var lastPlace = [Int](repeating: 0, count: 256)

    func encode(_ input: RawSpan, into output: inout MutableRawSpan) -> Int? {
        for value in 0..<256 { lastPlace[value] = 0 }
        let end = input.byteCount
        var at = 0
        var written = 0
        while at < end {
            guard written + 2 <= output.byteCount else { return nil }
            let value = unsafe input.unsafeLoad(fromByteOffset: at, as: UInt8.self)
            at += 1
            var repeated = lastPlace[Int(value)]
            lastPlace[Int(value)] = at
            var run: UInt8 = 0
            if repeated < at {
                while run < 255, at < end,
                    unsafe input.unsafeLoad(fromByteOffset: repeated, as: UInt8.self)
                        == input.unsafeLoad(fromByteOffset: at, as: UInt8.self)
                {
                    repeated += 1
                    at += 1
                    run += 1
                }
            }
            output.storeBytes(of: value, toByteOffset: written, as: UInt8.self)
            output.storeBytes(of: run, toByteOffset: written + 1, as: UInt8.self)
            written += 2
        }
        return written
    }
}

internal import FlashBytes

/// The rtime codec of JFFS2: pairs of a literal and the length of the run that follows it.
///
/// For each byte value the coder remembers where it last stood; the run is how many of the next bytes (up to 255) repeat
/// what stood behind that place.
final class RtimeEncoder: PageEncoder, PrefixEncoder {
    let compression = Compression.rtime
    private var lastPlace = [Int](repeating: 0, count: 256)

    func encode(_ input: RawSpan, into output: inout MutableRawSpan) -> Int? {
        let (taken, written) = run(input, into: &output)
        return taken == input.byteCount ? written : nil
    }

    func encodePrefix(_ input: RawSpan, into output: inout MutableRawSpan) -> (taken: Int, written: Int)? {
        let (taken, written) = run(input, into: &output)
        return written < taken ? (taken, written) : nil
    }

    /// Goes on until the input ends or no further pair fits.
    private func run(_ input: RawSpan, into output: inout MutableRawSpan) -> (taken: Int, written: Int) {
        for value in 0..<256 { lastPlace[value] = 0 }
        let end = input.byteCount
        var at = 0
        var written = 0
        while at < end, written + 2 <= output.byteCount {
            let value = input[byte: at]
            at += 1
            var repeated = lastPlace[Int(value)]
            lastPlace[Int(value)] = at
            var run: UInt8 = 0
            while run < 255, at < end, repeated < at, input[byte: repeated] == input[byte: at] {
                repeated += 1
                at += 1
                run += 1
            }
            output[byte: written] = value
            output[byte: written + 1] = run
            written += 2
        }
        return (at, written)
    }
}

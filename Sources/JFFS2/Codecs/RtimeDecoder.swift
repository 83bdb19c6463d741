/// rtime, a coder that exists in JFFS2 only: pairs of a byte and the length of a run that is copied from behind the
/// place where the same byte value stood last.
enum RtimeDecoder {
    /// Fills `output` and tells how many of its bytes could be had: all of them, or fewer if the stream ends early or
    /// a run goes past the end; and how much of the stream was read.
    ///
    /// Positions are remembered in 16 bits, as in the kernel's compr_rtime.c, so they wrap in nodes over 64 KiB.
    static func decompress(_ input: RawSpan, into output: inout MutableRawSpan) -> (produced: Int, read: Int) {
        var positions: [256 of UInt16] = .init(repeating: 0)
        var read = 0
        var written = 0
        while written < output.byteCount {
            guard read < input.byteCount else { return (written, read) }
            let value = input[byte: read]
            output[byte: written] = value
            written += 1
            // The length of a run is missing behind the last byte only if the stream was cut there: nothing is lost.
            let run = read + 1 < input.byteCount ? Int(input[byte: read + 1]) : 0
            read += 2
            let source = Int(positions[Int(value)])
            positions[Int(value)] = UInt16(truncatingIfNeeded: written)
            if run > 0 {
                // Linux copies nothing of a run that is too long and fails.
                guard run <= output.byteCount - written else { return (written, read) }
                output.repeatBytes(distance: written - source, count: run, at: written)
                written += run
            }
        }
        return (written, min(read, input.byteCount))
    }

    /// See `StreamUse`.
    static func measure(_ input: RawSpan, size: Int) -> StreamUse {
        var bytes = [UInt8](repeating: 0, count: size)
        var span = bytes.mutableSpan
        var output = unsafe span.mutableBytes
        let read = decompress(input, into: &output).read
        // An encoder ends a stream with a pair.
        guard read < input.byteCount else { return StreamUse(stored: input.byteCount) }
        bytes = [UInt8](repeating: 0, count: size + StreamUse.most)
        span = bytes.mutableSpan
        output = unsafe span.mutableBytes
        let produced = decompress(input, into: &output).produced
        return StreamUse(stored: read, surplus: Array(bytes[size..<max(size, produced)]))
    }
}

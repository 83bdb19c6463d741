/// Decoder of LZO1X, written from the description of the stream in the Linux kernel's documentation (lzo.rst).
///
/// A stream is a row of instructions, each a copy from earlier output or a run of literal bytes. The two lowest bits of a
/// copy say how many literal bytes follow it (0 to 3); what an instruction below 16 means depends on what stood
/// before it.
struct LZO1XDecoder {
    /// Where the next byte is read.
    private var read = 0
    /// How many bytes came out.
    private var written = 0
    /// What stood before the next instruction: 0 a copy without literals, 1 to 3 a copy with so many, 4 a literal run.
    private var state = 0

    private enum Outcome { case more, end, damaged }

    /// Fills `output`.
    ///
    /// - Returns: how many bytes could be had, and whether the stream ends properly, which Linux demands: with the
    ///   end mark, behind which there is nothing.
    static func decompress(_ input: RawSpan, into output: inout MutableRawSpan) -> (produced: Int, isWhole: Bool) {
        var decoder = LZO1XDecoder()
        var outcome = decoder.start(input, into: &output)
        while outcome == .more { outcome = decoder.step(input, into: &output) }
        return (decoder.written, outcome == .end && decoder.read == input.byteCount)
    }

    /// A first byte above 17 is a literal run of its own kind.
    private mutating func start(_ input: RawSpan, into output: inout MutableRawSpan) -> Outcome {
        guard input.byteCount >= 3 else { return .damaged }
        let first = Int(input[byte: 0])
        guard first > 17 else { return .more }
        read = 1
        let count = first - 17
        state = min(count, 4)
        return literals(count, input: input, into: &output)
    }

    @inline(__always)
    private mutating func step(_ input: RawSpan, into output: inout MutableRawSpan) -> Outcome {
        // Every instruction but the literal run has at least one byte more; that one checks by itself.
        guard input.byteCount - read >= 2 else { return .damaged }
        let code = Int(input[byte: read])
        read += 1
        if code >= 64 {
            let distance = (nextByte(input) << 3) + (code >> 2 & 7) + 1
            return copy(distance, count: (code >> 5) + 1, literals: code & 3, input: input, into: &output)
        }
        if code >= 32 {
            guard let count = length(code & 31, base: 31, input: input), let tail = nextPair(input) else {
                return .damaged
            }
            return copy((tail >> 2) + 1, count: count + 2, literals: tail & 3, input: input, into: &output)
        }
        if code >= 16 {
            guard let count = length(code & 7, base: 7, input: input), let tail = nextPair(input) else {
                return .damaged
            }
            let distance = ((code & 8) << 11) + (tail >> 2)
            if distance == 0 { return count == 1 ? .end : .damaged }
            return copy(distance + 0x4000, count: count + 2, literals: tail & 3, input: input, into: &output)
        }
        if state == 0 {
            guard let count = length(code, base: 15, input: input) else { return .damaged }
            state = 4
            return literals(count + 3, input: input, into: &output)
        }
        let distance = (nextByte(input) << 2) + (code >> 2) + 1
        return state == 4
            ? copy(distance + 0x800, count: 3, literals: code & 3, input: input, into: &output)
            : copy(distance, count: 2, literals: code & 3, input: input, into: &output)
    }

    /// The caller has made sure that there is a byte.
    @inline(__always)
    private mutating func nextByte(_ input: RawSpan) -> Int {
        let byte = Int(input[byte: read])
        read += 1
        return byte
    }

    @inline(__always)
    private mutating func nextPair(_ input: RawSpan) -> Int? {
        guard input.byteCount - read >= 2 else { return nil }
        return nextByte(input) | nextByte(input) << 8
    }

    /// A length whose field in the instruction is 0 goes on behind it: zeros count 255 each, the first other byte
    /// itself.
    @inline(__always)
    private mutating func length(_ field: Int, base: Int, input: RawSpan) -> Int? {
        if field != 0 { return field }
        var count = base
        while read < input.byteCount {
            let byte = nextByte(input)
            if byte != 0 { return count + byte }
            count += 255
        }
        return nil
    }

    @inline(__always)
    private mutating func literals(_ count: Int, input: RawSpan, into output: inout MutableRawSpan) -> Outcome {
        let possible = min(count, input.byteCount - read, output.byteCount - written)
        output.copy(input, range: read..<read + possible, to: written)
        read += possible
        written += possible
        return possible == count ? .more : .damaged
    }

    @inline(__always)
    private mutating func copy(
        _ distance: Int, count: Int, literals following: Int, input: RawSpan, into output: inout MutableRawSpan
    ) -> Outcome {
        guard distance <= written else { return .damaged }
        let possible = min(count, output.byteCount - written)
        output.repeatBytes(distance: distance, count: possible, at: written)
        written += possible
        guard possible == count else { return .damaged }
        state = following
        return following == 0 ? .more : literals(following, input: input, into: &output)
    }
}

/// Writes the instructions of LZO1X.
struct LZO1XWriter {
    /// How many bytes were written.
    private(set) var written = 0

    /// A literal run that is not said by the copy before it.
    ///
    /// - Parameter isFirst: whether it begins the stream.
    mutating func putLiteralRun(_ count: Int, isFirst: Bool, into output: inout MutableRawSpan) {
        if isFirst && count <= 238 {
            put(17 + count, into: &output)
        } else {
            putLength(0, count: count - 3, fits: 15, into: &output)
        }
    }

    /// A copy.
    ///
    /// - Parameters:
    ///   - literals: how many literal bytes stand before, where 4 stands for more.
    ///   - following: how many literal bytes follow, if they are up to three; else 0.
    mutating func putCopy(
        _ length: Int, distance: Int, literals: Int, following: Int, into output: inout MutableRawSpan
    ) {
        if LZO1XInstruction.isShort(length, distance: distance, literals: literals) {
            let back = distance - (length == 2 ? 1 : 0x801)
            put((back & 3) << 2 | following, into: &output)
            put(back >> 2, into: &output)
        } else if distance <= 0x800 && length <= 8 {
            put((length - 1) << 5 | ((distance - 1) & 7) << 2 | following, into: &output)
            put((distance - 1) >> 3, into: &output)
        } else if distance <= 0x4000 {
            putLength(0x20, count: length - 2, fits: 31, into: &output)
            putPair((distance - 1) << 2 | following, into: &output)
        } else {
            let back = distance - 0x4000
            putLength(0x10 | (back >> 14) << 3, count: length - 2, fits: 7, into: &output)
            putPair((back & 0x3fff) << 2 | following, into: &output)
        }
    }

    /// The end mark.
    mutating func putEnd(_ output: inout MutableRawSpan) {
        for byte in LZO1XInstruction.end { put(Int(byte), into: &output) }
    }

    /// Literal bytes.
    mutating func put(_ input: RawSpan, range: Range<Int>, into output: inout MutableRawSpan) {
        output.copy(input, range: range, to: written)
        written += range.count
    }

    /// An instruction with a length in its low bits, or, where it does not fit, 0 there and the rest behind it.
    private mutating func putLength(_ code: Int, count: Int, fits: Int, into output: inout MutableRawSpan) {
        guard count > fits else { return put(code | count, into: &output) }
        put(code, into: &output)
        var rest = count - fits
        while rest > 255 {
            put(0, into: &output)
            rest -= 255
        }
        put(rest, into: &output)
    }

    private mutating func putPair(_ value: Int, into output: inout MutableRawSpan) {
        put(value & 0xff, into: &output)
        put(value >> 8, into: &output)
    }

    @inline(__always)
    private mutating func put(_ byte: Int, into output: inout MutableRawSpan) {
        output[byte: written] = UInt8(truncatingIfNeeded: byte)
        written += 1
    }
}

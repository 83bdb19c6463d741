/// Writes the instructions of LZO1X.
struct LZO1XWriter {
    /// How many bytes were written.
    private(set) var written = 0

    /// A literal run that is not said by the copy before it.
    ///
    /// - Parameter isFirst: whether it begins the stream.
    mutating func putLiteralRun(_ count: Int, isFirst: Bool, _ output: inout MutableRawSpan) {
        if isFirst && count <= 238 {
            put(17 + count, &output)
        } else {
            putLength(0, count - 3, fits: 15, &output)
        }
    }

    /// A copy.
    ///
    /// - Parameters:
    ///   - literals: how many literal bytes stand before, where 4 stands for more.
    ///   - following: how many literal bytes follow, if they are up to three; else 0.
    mutating func putCopy(
        _ length: Int, _ distance: Int, literals: Int, following: Int, _ output: inout MutableRawSpan
    ) {
        if LZO1XInstruction.isShort(length, distance, literals: literals) {
            let back = distance - (length == 2 ? 1 : 0x801)
            put((back & 3) << 2 | following, &output)
            put(back >> 2, &output)
        } else if distance <= 0x800 && length <= 8 {
            put((length - 1) << 5 | ((distance - 1) & 7) << 2 | following, &output)
            put((distance - 1) >> 3, &output)
        } else if distance <= 0x4000 {
            putLength(0x20, length - 2, fits: 31, &output)
            putPair((distance - 1) << 2 | following, &output)
        } else {
            let back = distance - 0x4000
            putLength(0x10 | (back >> 14) << 3, length - 2, fits: 7, &output)
            putPair((back & 0x3fff) << 2 | following, &output)
        }
    }

    /// The end mark.
    mutating func putEnd(_ output: inout MutableRawSpan) {
        for byte in LZO1XInstruction.end { put(Int(byte), &output) }
    }

    /// Literal bytes.
    mutating func put(_ input: RawSpan, _ range: Range<Int>, _ output: inout MutableRawSpan) {
        output.copy(input, range, to: written)
        written += range.count
    }

    /// An instruction with a length in its low bits, or, where it does not fit, 0 there and the rest behind it.
    private mutating func putLength(_ code: Int, _ count: Int, fits: Int, _ output: inout MutableRawSpan) {
        guard count > fits else { return put(code | count, &output) }
        put(code, &output)
        var rest = count - fits
        while rest > 255 {
            put(0, &output)
            rest -= 255
        }
        put(rest, &output)
    }

    private mutating func putPair(_ value: Int, _ output: inout MutableRawSpan) {
        put(value & 0xff, &output)
        put(value >> 8, &output)
    }

    @inline(__always)
    private mutating func put(_ byte: Int, _ output: inout MutableRawSpan) {
        output[byte: written] = UInt8(truncatingIfNeeded: byte)
        written += 1
    }
}

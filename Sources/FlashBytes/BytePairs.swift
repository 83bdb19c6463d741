/// A search for the first two bytes of anything that has a magic number, sixteen places at a time: in a flash, most bytes are
/// erased or compressed, and nothing begins there.
package struct BytePairs: Sendable {
    private let pairs: [(first: SIMD16<UInt8>, second: SIMD16<UInt8>)]

    /// The pairs that are looked for, each as it stands in the bytes.
    package init(_ pairs: [(first: UInt8, second: UInt8)]) {
        self.pairs = pairs.map { (SIMD16(repeating: $0.first), SIMD16(repeating: $0.second)) }
    }

    /// The first offset in `range` (which must be inside) at which one of the pairs begins; the end of the range if none does.
    ///
    /// The second byte of a pair may lie behind the range, but not behind the bytes.
    package func firstOffset(in bytes: RawSpan, range: Range<Int>) -> Int {
        let end = min(range.upperBound, bytes.byteCount - 1)
        var at = range.lowerBound
        // In bounds: 17 bytes are left.
        while at + 16 <= end {
            let here = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: SIMD16<UInt8>.self)
            let next = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at + 1, as: SIMD16<UInt8>.self)
            var hits = SIMDMask<SIMD16<UInt8>.MaskStorage>(repeating: false)
            for pair in pairs { hits = hits .| ((here .== pair.first) .& (next .== pair.second)) }
            let halves = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
            if halves[0] | halves[1] != 0 {
                let low = UInt64(littleEndian: halves[0])
                let high = UInt64(littleEndian: halves[1])
                return at + (low != 0 ? low.trailingZeroBitCount : 64 + high.trailingZeroBitCount) / 8
            }
            at += 16
        }
        while at < end {
            let here = unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
            let next = unsafe bytes.unsafeLoad(fromByteOffset: at + 1, as: UInt8.self)
            if pairs.contains(where: { $0.first[0] == here && $0.second[0] == next }) { return at }
            at += 1
        }
        return range.upperBound
    }
}

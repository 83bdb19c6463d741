import FlashBytes
import Testing

@Suite struct RangeSumsTests {
    /// The same sums as one by one, for overlapping ranges without end.
    @Test func theSumOfARangeIsTheCRCOfItsBytes() {
        var seed: UInt32 = 3
        func random(_ limit: Int) -> Int {
            seed = seed &* 1_664_525 &+ 1_013_904_223
            return Int(seed >> 8) % limit
        }
        for count in [1, 4095, 4096, 4097, 50_000] {
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random(256)) }
            FileBytes(bytes).withBytes { bytes in
                var sums = RangeSums()
                for _ in 0..<300 {
                    let start = random(count + 1)
                    let end = start + random(count - start + 1)
                    #expect(sums.sum(bytes, range: start..<end) == CRC32.zlib(bytes.extracting(start..<end)))
                }
                for _ in 0..<3 { #expect(sums.sum(bytes, range: 0..<count) == CRC32.zlib(bytes)) }
            }
        }
    }
}

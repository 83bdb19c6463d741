import FlashBytes
import TestSupport
import Testing

@Suite struct RangeSumsTests {
    /// The same sums as one by one, for overlapping ranges without end.
    @Test func theSumOfARangeIsTheCRCOfItsBytes() {
        var random = LinearCongruence(state: 3)
        for count in [1, 4095, 4096, 4097, 50_000] {
            FileBytes(random.bytes(count)).withBytes { bytes in
                var sums = RangeSums()
                for _ in 0..<300 {
                    let start = random.number(below: count + 1)
                    let end = start + random.number(below: count - start + 1)
                    #expect(sums.sum(bytes, range: start..<end) == CRC32.zlib(bytes.extracting(start..<end)))
                }
                for _ in 0..<3 { #expect(sums.sum(bytes, range: 0..<count) == CRC32.zlib(bytes)) }
            }
        }
    }
}

import FlashBytes
import Testing

struct RangeSumsTests {
    @Test func sumsOfAnyRangesAreThoseOfTheirBytes() {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<400_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let span = bytes.span.bytes
        var sums = RangeSums()
        for count in [0, 1, 65_535, 65_536, 65_537, 131_072, 300_000, 400_000] {
            for start in [0, 1, 65_535, 65_536, 100_000].filter({ $0 + count <= bytes.count }) {
                let range = start..<start + count
                #expect(sums.zlib(span, range) == CRC32.zlib(span.extracting(range)), "\(range)")
            }
        }
    }
}

import TestSupport
import Testing

@testable import JFFS2

/// What our encoders write is read by our decoders, which other programs' data has shown to be right.
@Suite struct EncoderTests {
    /// What there are encoders for; by these, since tests are named after what they are given.
    private static let writable = Codec.writable.map(\.compression)

    private func encoder(_ compression: Compression) throws -> any PageEncoder {
        let makeEncoder = try #require(Codec.of(compression)?.makeEncoder)
        let encoder = try #require(makeEncoder(9))
        #expect(encoder.compression == compression)
        return encoder
    }

    private func encode(_ plain: [UInt8], with encoder: any PageEncoder, room: Int? = nil) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: room ?? plain.count * 2 + 64)
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        guard let count = encoder.encode(plain.span.bytes, into: &bytes) else { return nil }
        return Array(output[..<count])
    }

    @Test(arguments: writable) func encodedPagesDecodeToThemselvesAndFitExactly(compression: Compression) throws {
        let encoder = try encoder(compression)
        let plain = try Vector.plain()
        for size in [plain.count, 4096, 1000, 100, 19, 7, 4, 3, 2, 1] {
            for start in stride(from: 0, to: plain.count, by: max(size, 601)) {
                roundTrip(Array(plain[start..<min(start + size, plain.count)]), encoder)
            }
        }
    }

    /// Random input of few values, copied about: all lengths, distances and runs of literals.
    @Test(arguments: writable) func encodedRandomInputDecodesToItselfAndFitsExactly(compression: Compression) throws {
        let encoder = try encoder(compression)
        var random = SplitMix64(seed: 7)
        for round in 0..<300 {
            var plain: [UInt8] = []
            let size = Int.random(in: 1...(round % 20 == 0 ? 60000 : 3000), using: &random)
            let values = [1, 2, 4, 255].randomElement(using: &random) ?? 1
            while plain.count < size {
                if plain.isEmpty || Bool.random(using: &random) {
                    let count = Int.random(
                        in: 1...(Int.random(in: 0..<6, using: &random) == 0 ? 700 : 5), using: &random)
                    for _ in 0..<count { plain.append(UInt8(Int.random(in: 0...values, using: &random))) }
                } else {
                    let distance = Int.random(in: 1...plain.count, using: &random)
                    let count = Int.random(
                        in: 1...(Int.random(in: 0..<9, using: &random) == 0 ? 900 : 12), using: &random)
                    for _ in 0..<count { plain.append(plain[plain.count - distance]) }
                }
            }
            roundTrip(plain, encoder)
        }
    }

    private func roundTrip(_ plain: [UInt8], _ encoder: any PageEncoder) {
        guard let stored = encode(plain, with: encoder) else {
            Issue.record("\(encoder.compression): nothing came out for \(plain.count) bytes")
            return
        }
        let (bytes, failure) = decompress(stored, encoder.compression, size: plain.count)
        let isEqual = failure == nil && bytes == plain
        #expect(isEqual, "\(encoder.compression), \(plain.count) bytes")
        // It fits exactly (libdeflate wants some bytes more), and one byte less is too little.
        let fits = encoder is Deflater || encode(plain, with: encoder, room: stored.count) == stored
        #expect(fits, "\(encoder.compression), \(plain.count) bytes")
        let isTooLittle = encode(plain, with: encoder, room: stored.count - 1) == nil
        #expect(isTooLittle, "\(encoder.compression), \(plain.count) bytes")
    }

    /// mkfs.jffs2 uses LZO1X-999, which is the smallest that liblzo2 can do at its levels 1 to 9.
    @Test func lzoIsAsSmallAsThatOfOthers() throws {
        let encoder = LZO1XEncoder()
        for (set, most) in [("mkfs-lzo", 1.0), ("kernel-lzo", 0.97), ("lzo-long", 1.0)] {
            var ours = 0
            var theirs = 0
            for vector in try Vector.load(set) {
                ours += try #require(encode(vector.plain, with: encoder)).count
                theirs += vector.stored.count
            }
            #expect(Double(ours) <= Double(theirs) * most, "\(set): \(ours), theirs \(theirs)")
        }
    }
}

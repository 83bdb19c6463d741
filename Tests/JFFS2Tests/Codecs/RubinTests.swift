import JFFS2
import TestSupport
import Testing

@Suite struct RubinTests {
    /// Our test encoder writes what the kernel writes, except for the unused bits of the last byte; so what it writes
    /// with the other table, for which Linux has no encoder, is right too.
    @Test func theTestEncoderWritesWhatTheKernelWrites() throws {
        for vector in try Vector.load("kernel-rubin") {
            #expect(vector.compression == .rubinmips)
            let ours = RubinEncoder.dynrubin(vector.plain, table: Array(vector.stored[..<8]))
            #expect(ours.count == vector.stored.count)
            #expect(ours.dropLast() == vector.stored.dropLast())
        }
    }

    @Test func id5IsTakenForRubinmipsAsLinuxDoes() throws {
        for page in try pages() {
            let stored = RubinEncoder.rubinmips(page)
            #expect(decompress(stored, .dynrubin, size: page.count) == (page, nil))
        }
    }

    @Test func dynrubinAndRubinmipsAreToldApartWhateverTheirIds() throws {
        let decompressor = Decompressor()
        for page in try pages() {
            let table = (0..<8).map { bit in
                UInt8(clamping: max(1, page.count(where: { $0 >> bit & 1 == 1 }) * 256 / page.count))
            }
            let dynrubin = RubinEncoder.dynrubin(page, table: table)
            let rubinmips = RubinEncoder.rubinmips(page)
            // U-Boot's, Linux's, mixed: each node proves itself.
            #expect(decompress(dynrubin, .dynrubin, size: page.count, with: decompressor) == (page, nil))
            #expect(decompress(rubinmips, .rubinmips, size: page.count, with: decompressor) == (page, nil))
            #expect(decompress(dynrubin, .rubinmips, size: page.count, with: decompressor) == (page, nil))
            #expect(decompress(rubinmips, .dynrubin, size: page.count, with: decompressor) == (page, nil))
        }
    }

    @Test func extremeProbabilityTablesAreDecoded() {
        var random = SplitMix64(seed: 8)
        let plain = (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) }
        for value: UInt8 in [0, 1, 255] {
            let stored = RubinEncoder.dynrubin(plain, table: Array(repeating: value, count: 8))
            #expect(decompress(stored, .rubinmips, size: plain.count) == (plain, nil))
        }
    }

    @Test func aRubinStreamThatProvesNothingIsDamage() throws {
        let vector = try #require(try Vector.load("kernel-rubin").first)
        var stored = vector.stored
        stored[stored.count / 2] ^= 0x10
        let (bytes, failure) = decompress(stored, vector.compression, size: vector.plain.count)
        // It is what Linux would show, with the beginning intact.
        #expect(bytes.prefix(500) == vector.plain.prefix(500))
        guard case .damaged(.rubinmips, _)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        for short in 0..<11 {
            let (bytes, failure) = decompress(Array(stored[..<short]), .rubinmips, size: 3)
            #expect(failure != nil && bytes.count == 3)
        }
    }

    private func pages() throws -> [[UInt8]] {
        let plain = try Vector.plain()
        return stride(from: 0, to: plain.count, by: 4096).map { Array(plain[$0..<min($0 + 4096, plain.count)]) }
    }
}

import JFFS2
import TestSupport
import Testing

/// Nodes that the Linux kernel, mkfs.jffs2, liblzo2, the LZMA SDK, xz and zlib wrote.
@Suite struct CodecVectorTests {
    @Test(arguments: Vector.sets) func nodesOfOtherWritersAreDecompressed(set: String) throws {
        let decompressor = Decompressor()
        let vectors = try Vector.load(set)
        #expect(vectors.count > 1)
        for vector in vectors {
            let (bytes, failure) = decompress(
                vector.stored, vector.compression, size: vector.plain.count, with: decompressor)
            #expect(failure == nil)
            #expect(bytes == vector.plain)
        }
    }

    /// What came before the cut is there, and it is said how much that is.
    @Test(arguments: Vector.sets) func dataBeforeACutIsKept(set: String) throws {
        let decompressor = Decompressor()
        for vector in try Vector.load(set) {
            let cuts = stride(from: 0, to: vector.stored.count, by: max(1, vector.stored.count / 40))
            for cut in [cuts.map(\.self), Array(max(0, vector.stored.count - 20)..<vector.stored.count)].joined() {
                expectPrefix(of: vector, cutAt: cut, decompressor)
            }
        }
    }

    @Test(arguments: Vector.sets) func dataBeforeEveryCutOfOneNodeIsKept(set: String) throws {
        let decompressor = Decompressor()
        let smallest = try Vector.load(set).min { $0.stored.count < $1.stored.count }
        let vector = try #require(smallest)
        for cut in 0..<min(vector.stored.count, 2000) { expectPrefix(of: vector, cutAt: cut, decompressor) }
    }

    private func expectPrefix(of vector: Vector, cutAt cut: Int, _ decompressor: Decompressor) {
        let stored = Array(vector.stored[..<cut])
        let size = vector.plain.count
        let (bytes, failure) = decompress(stored, vector.compression, size: size, with: decompressor)
        switch failure {
        case nil:
            #expect(bytes == vector.plain, "\(vector.set) cut at \(cut)")
        case .damaged(vector.compression, let produced)?:
            #expect(bytes[..<produced] == vector.plain[..<produced], "\(vector.set) cut at \(cut)")
            #expect(bytes[produced...].allSatisfy { $0 == 0 })
        default:
            Issue.record("\(vector.set) cut at \(cut): \(String(describing: failure))")
        }
    }

    /// One to four changed bytes: whatever comes out, nothing is written outside, and the rest is zeros.
    @Test(arguments: Vector.sets) func mutatedDataWritesNothingBeyondWhatWasProduced(set: String) throws {
        let decompressor = Decompressor()
        var random = SplitMix64(seed: 3)
        let vectors = try Vector.load(set)
        for _ in 0..<600 {
            guard let vector = vectors.randomElement(using: &random) else { return }
            var stored = vector.stored
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
                stored[Int.random(in: 0..<stored.count, using: &random)] ^= bit
            }
            let size = Int.random(in: 1...vector.plain.count + 100, using: &random)
            let (bytes, failure) = decompress(stored, vector.compression, size: size, with: decompressor)
            if case .damaged(_, let produced)? = failure {
                #expect(produced <= size)
                #expect(bytes[min(produced, size)...].allSatisfy { $0 == 0 })
            }
        }
        // The state that a damaged node leaves behind does not harm the next one.
        for vector in vectors.prefix(3) {
            let (bytes, failure) = decompress(
                vector.stored, vector.compression, size: vector.plain.count, with: decompressor)
            #expect(failure == nil && bytes == vector.plain)
        }
    }
}

import JFFS2
import Testing

/// LZMA in the places where vendors put it.
@Suite struct VendorLZMATests {
    /// As in dd-wrt.
    @Test(arguments: ["lzma-sdk", "lzma-xz"]) func lzmaUnderTheIdOfZlibIsDecompressed(set: String) throws {
        for vector in try Vector.load(set) {
            #expect(decompress(vector.stored, .zlib, size: vector.plain.count) == (vector.plain, nil))
        }
    }

    @Test func damagedLZMAUnderTheIdOfZlibIsDamage() throws {
        for vector in try Vector.load("lzma-sdk") {
            var stored = vector.stored
            stored[0] = 1
            let size = vector.plain.count
            #expect(
                decompress(stored, .zlib, size: size) == (
                    [UInt8](repeating: 0, count: size), .damaged(.zlib, produced: 0)
                ))
            // Much longer than it would have to be: not LZMA.
            stored = vector.stored + [UInt8](repeating: 7, count: 20)
            #expect(decompress(stored, .zlib, size: size).failure == .damaged(.zlib, produced: 0))
        }
    }

    /// Each id with the layout of the other.
    @Test func lzmaIsReadWithAndWithoutPropertiesUnderEachId() throws {
        for vector in try Vector.load("lzma-properties") {
            #expect(decompress(vector.stored, .lzma, size: vector.plain.count) == (vector.plain, nil))
        }
        for vector in try Vector.load("lzma-sdk") {
            #expect(decompress(vector.stored, .lzmaWithProperties, size: vector.plain.count) == (vector.plain, nil))
        }
    }

    @Test func impossibleLZMAPropertiesAreDamageAndTakeNoMemory() throws {
        let vector = try #require(try Vector.load("lzma-properties").first)
        var stored = vector.stored
        for byte: UInt8 in [44, 224, 225, 255] {
            stored[0] = byte
            #expect(decompress(stored, .lzmaWithProperties, size: vector.plain.count).failure != nil)
        }
        // A dictionary of 4 GiB takes no memory: nothing can reach back farther than the output.
        stored = vector.stored
        stored.replaceSubrange(1..<5, with: [255, 255, 255, 255])
        #expect(decompress(stored, .lzmaWithProperties, size: vector.plain.count) == (vector.plain, nil))
    }
}

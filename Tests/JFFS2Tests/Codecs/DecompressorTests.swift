import JFFS2
import Testing

@Suite struct DecompressorTests {
    @Test func storedDataIsCopied() {
        #expect(decompress([1, 2, 3], .none, size: 3) == ([1, 2, 3], nil))
        #expect(decompress([1, 2, 3], .copy, size: 3) == ([1, 2, 3], nil))
        #expect(decompress([1, 2, 3], .none, size: 2) == ([1, 2], nil))
    }

    @Test func storedDataThatIsTooShortIsDamage() {
        #expect(decompress([1, 2, 3], .none, size: 5) == ([1, 2, 3, 0, 0], .damaged(.none, produced: 3)))
        #expect(decompress([1, 2, 3], .copy, size: 5) == ([0, 0, 0, 0, 0], .unsupported(.copy)))
    }

    @Test func holesAreZeros() {
        #expect(decompress([], .zero, size: 4) == ([0, 0, 0, 0], nil))
        #expect(decompress([9, 9], .zero, size: 4) == ([0, 0, 0, 0], nil))
    }

    @Test func aDsizeOfZeroGivesNoBytes() {
        for codec: Compression in [.none, .zero, .rtime, .zlib] {
            #expect(decompress([], codec, size: 0) == ([], nil))
        }
    }

    @Test func anUnknownCodecIsUnsupported() {
        let codec = Compression(rawValue: 0x77)
        #expect(decompress([1], codec, size: 2) == ([0, 0], .unsupported(codec)))
    }

    /// Made by zlib 1.2.13.
    private let zlibText = "the same words, the same words, the same words again"
    private let zlibStream: [UInt8] = [
        0x78, 0xda, 0x2b, 0xc9, 0x48, 0x55, 0x28, 0x4e, 0xcc, 0x4d, 0x55, 0x28, 0xcf, 0x2f, 0x4a, 0x29, 0xd6, 0x51,
        0x28, 0xc1, 0xcb, 0x57, 0x48, 0x4c, 0x4f, 0xcc, 0xcc, 0x03, 0x00, 0xee, 0x2d, 0x12, 0xbb,
    ]

    @Test func zlibIsTakenAsLinuxTakesIt() {
        let text = Array(zlibText.utf8)
        #expect(decompress(zlibStream, .zlib, size: text.count) == (text, nil))
        // The sum at the end is not looked at and need not be there; nor must the end be reached.
        #expect(decompress(zlibStream.dropLast(4) + [1, 2, 3, 4], .zlib, size: text.count) == (text, nil))
        #expect(decompress(zlibStream.dropLast(4), .zlib, size: text.count) == (text, nil))
        #expect(decompress(zlibStream, .zlib, size: 10) == (Array(text[..<10]), nil))
        #expect(
            decompress(zlibStream, .zlib, size: text.count + 2) == (
                text + [0, 0], .damaged(.zlib, produced: text.count)
            ))
    }

    @Test func zlibThatBreaksOffKeepsWhatCameBefore() {
        let text = Array(zlibText.utf8)
        let (bytes, failure) = decompress(Array(zlibStream[..<14]), .zlib, size: text.count)
        guard case .damaged(.zlib, let produced)? = failure else {
            Issue.record("no damage found")
            return
        }
        #expect(produced > 5 && produced < 15)
        #expect(bytes == text[..<produced] + [UInt8](repeating: 0, count: text.count - produced))
    }

    @Test func rtimeCopiesFromBehindTheLastOccurrence() {
        // "abcabcabc": the second a repeats what follows the first, over its own output.
        let stream: [UInt8] = [97, 0, 98, 0, 99, 0, 97, 5]
        #expect(decompress(stream, .rtime, size: 9) == (Array("abcabcabc".utf8), nil))
        // A value that was never seen copies from the start.
        #expect(decompress([97, 3], .rtime, size: 4) == (Array("aaaa".utf8), nil))
    }

    @Test func rtimeRunsBeyondTheOutputAreDamage() {
        #expect(decompress([97, 4], .rtime, size: 4) == ([97, 0, 0, 0], .damaged(.rtime, produced: 1)))
        #expect(decompress([97, 1], .rtime, size: 4) == ([97, 97, 0, 0], .damaged(.rtime, produced: 2)))
        #expect(decompress([97, 1, 98], .rtime, size: 3) == ([97, 97, 98], nil))
    }
}

import FlashBytes
import TestSupport
import Testing

@Suite struct PlainTextTests {
    private func text(_ bytes: [UInt8]) -> PlainText? { FileBytes(bytes).withBytes { PlainText($0) } }

    private func utf16(_ text: String, _ order: ByteOrder) -> [UInt8] {
        text.utf16.flatMap { unit -> [UInt8] in
            let (low, high) = (UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8))
            return order == .little ? [low, high] : [high, low]
        }
    }

    private func utf32(_ text: String, _ order: ByteOrder) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> UInt32(8 * $0)) }
            return order == .little ? bytes : bytes.reversed()
        }
    }

    @Test(arguments: ["boot log\n", "eins zwei\ngrüße ÄÖÜ €\n", "日本語 log\n行\n", "эхо 1\nдва\n", "😀 smile\n", "x"])
    func aTextIsTheSameInAllUnicodeEncodings(string: String) {
        let long = String(repeating: "ascii line of a log\n", count: 20) + string
        for sample in [string, long] {
            let plain = text(Array(sample.utf8))
            #expect(plain?.string == sample)
            #expect(plain?.isVerbatim == true)
            #expect(plain?.encoding == .utf8)
            #expect(text([0xef, 0xbb, 0xbf] + Array(sample.utf8))?.string == sample)
        }
        for order in ByteOrder.allCases {
            for mark in ["", "\u{feff}"] {
                let read = text(utf16(mark + long, order))
                #expect(read?.string == long)
                #expect(read?.encoding == .utf16(order))
                #expect(read?.isVerbatim == false)
                #expect(text(utf32(mark + long, order))?.string == long)
                #expect(text(utf32(mark + long, order))?.encoding == .utf32(order))
            }
            #expect(text(utf32("\u{feff}" + string, order))?.string == string)
        }
    }

    /// What only begins like one is none.
    @Test func aMarkAloneIsNoUTF32() {
        let noise = (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3 | 0x81) }
        for (mark, order) in [([0xff, 0xfe, 0, 0] as [UInt8], ByteOrder.little), ([0, 0, 0xfe, 0xff], .big)] {
            #expect(text(mark + noise)?.encoding != .utf32(order))
            #expect(text(mark + Array("just a line of bytes, and one more\n".utf8))?.encoding == .utf8)
        }
    }

    @Test func lineEndsBecomeLF() {
        #expect(text(Array("a\r\nb\rc\n\r\nd".utf8))?.string == "a\nb\nc\n\nd")
        #expect(text(utf16("a\r\nb\rc\n\r\nd and more of it", .big))?.string == "a\nb\nc\n\nd and more of it")
    }

    @Test func controlSequencesAreLeftOut() {
        for (source, expected) in [
            ("\u{1b}[1;32mgreen\u{1b}[0m text", "green text"), ("\u{1b}]0;title\u{7}prompt", "prompt"),
            ("\u{1b}]0;title\u{1b}\\prompt", "prompt"), ("\u{1b}(Bplain", "plain"), ("\u{1b}7a\u{1b}8b", "ab"),
            ("count 3\u{8}2\u{8}1", "count 321"), ("bell\u{7}!", "bell!"),
            ("cut \u{1b}[12\nnext line", "cut \nnext line"),
            ("tab\tstays", "tab\tstays"), ("n\u{0}u\u{0}ls here", "nuls here"),
            ("name=1\u{0}other=2\u{0}", "name=1\nother=2"),
        ] {
            #expect(text(Array(source.utf8))?.string == expected, "\(source.debugDescription)")
        }
    }

    /// What is no UTF-8 is taken for Latin-1, byte by byte.
    @Test func otherBytesBecomeLatin1() {
        #expect(text([0x67, 0x72, 0xfc, 0xdf, 0x65])?.string == "grüße")
        #expect(text(Array("a \u{e9}".utf8) + [0xe9, 0x20, 0x93, 0x78, 0x94])?.string == "a éé \u{201c}x\u{201d}")
        // Overlong forms, halves of pairs and what is cut off.
        for bytes: [UInt8] in [
            [0xc0, 0xaf], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82],
        ] {
            #expect(text(Array("some text ".utf8) + bytes)?.string.hasPrefix("some text ") == true)
            #expect(text(Array("some text ".utf8) + bytes)?.string.contains("/") == false)
        }
    }

    @Test func offsetsInATextAreMappedToItsSource() throws {
        let source = utf16("\u{feff}ab\u{1b}[1m€\r\nc, and so on for a while", .little)
        let plain = try #require(text(source))
        #expect(plain.string.hasPrefix("ab€\nc, and"))
        // a, b, €, the line end, c
        let offsets = FileBytes(source).withBytes { plain.sourceOffsets(of: [0, 1, 2, 5, 6, 1000], in: $0) }
        #expect(offsets == [2, 4, 14, 16, 20, source.count])
        let simple = try #require(text(Array("plain".utf8)))
        #expect(FileBytes(Array("plain".utf8)).withBytes { simple.sourceOffsets(of: [1, 5], in: $0) } == [1, 5])
    }

    @Test func aTextWithNoiseIsSaidToBeNoisyAndNoiseAloneIsNone() {
        let log = String(repeating: "a line of the log\n", count: 100)
        #expect(text(Array(log.utf8))?.isNoisy == false)
        let noise = (0..<300).map { [0x80, 0x1c, 0xff, 0x06][$0 % 4] as UInt8 }
        #expect(text(noise + Array("\n\(log)".utf8))?.isNoisy == true)
        #expect(text(noise + Array("\n\(log)".utf8))?.string.hasSuffix(log) == true)
        // A lot of noise, then the text.
        let much = (0..<20_000).map { [0x80, 0x1c, 0xff, 0x06][$0 % 4] as UInt8 }
        #expect(text(much + Array("\n\(log)".utf8))?.string.hasSuffix(log) == true)
        #expect(text(noise) == nil)
        #expect(text([]) == nil)
        #expect(text([0, 0, 0, 0]) == nil)
    }

    /// Whatever the bytes are, nothing traps, and the places are inside.
    @Test(arguments: 1...20)
    func anyBytesGiveValidTextWithOffsetsInsideTheSource(seed: UInt64) {
        var random = LinearCongruence(state: seed)
        for count in [1, 2, 3, 17, 400] {
            let favourites: [UInt8] = [0, 0x0a, 0x0d, 0x1b, 0x5b, 0xd8, 0xdc, 0xff, 0xfe, 0xe2, 0x80]
            let bytes = (0..<count).map { _ in
                random.number(below: 2) == 0 ? favourites[random.number(below: favourites.count)] : random.byte()
            }
            FileBytes(bytes).withBytes { source in
                let plain = PlainText(assuming: source)
                #expect(String(validating: plain.bytes, as: UTF8.self) != nil)
                let offsets = plain.sourceOffsets(of: Array(0...plain.bytes.count), in: source)
                #expect(offsets == offsets.sorted())
                #expect(offsets.allSatisfy { (0...count).contains($0) })
            }
        }
    }
}

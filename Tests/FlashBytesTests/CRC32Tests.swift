import FlashBytes
import Testing

@Suite struct CRC32Tests {
    @Test func crc32GivesTheCheckValuesOfJFFS2AndZlib() {
        let digits = Array("123456789".utf8)
        #expect(CRC32.jffs2(digits) == 0x2dfd_2d88)
        #expect(CRC32.jffs2([]) == 0)
        #expect(CRC32.zlib(digits.span.bytes) == 0xcbf4_3926)
        #expect(CRC32.jffs2(Array(digits[4...]), seed: CRC32.jffs2(Array(digits[..<4]))) == 0x2dfd_2d88)
    }

    /// The header of a cleanmarker, as mkfs.jffs2 writes it.
    @Test func crc32OfACleanmarkerHeaderIsThatOfMkfs() {
        #expect(CRC32.jffs2([0x85, 0x19, 0x03, 0x20, 0x0c, 0, 0, 0]) == 0xe41e_b0b1)
    }
}

import Testing

@testable import Scrub

/// What digits in a text say, and where they stand.
@Suite struct WrittenBytesTests {
    @Test(arguments: [
        ("k=c2Nod2FydGVyIFRlZSwgaGVpc3M=;", "schwarter Tee, heiss", Notation.base64),
        ("c2Nod2FydGVyIFRl\n  ZSwgaGVpc3M=\n", "schwarter Tee, heiss", .base64),
        (#""c2Nod2FydGVyIFRl\nZSwgaGVpc3M=""#, "schwarter Tee, heiss", .base64),
        ("ONRWQ53BOJ2GK4RAKRSWKLBANBSWS43T", "schwarter Tee, heiss", .base64),
        ("7363687761727465722054656520206865697373", "schwarter Tee  heiss", .hex),
        ("{0x73, 0x63,\n 0x68, /* w */ 0x77}", "schw", .hex), (#"'\x73\x63' '\x68\x77'"#, "schw", .hex),
        ("[115,99,104,119,97,114,116,101]", "schwarte", .decimal),
        ("0000000 163 143 150 167 141 162 164 145\n0000010 041 041\n0000012\n", "schwarte!!", .octal),
        ("73:63:68:77:61:72:74:65", "schwarte", .hex),
        ("163 143 150 167 141 162 164 145", "schwarte", .octal), ("{'s', 'c', 0x68, 'w'}", "schw", .plain),
        ("{0163, 0143, 0150, 0167}", "schw", .octal), ("[0o163, 0o143, 0o150, 0o167]", "schw", .octal),
        ("{(byte)0x73, (byte)0x63, (byte)0x68, (byte)0x77}", "schw", .hex),
        ("chr(115)+chr(99)+chr(104)+chr(119)+chr(97)+chr(114)+chr(116)+chr(101)", "schwarte", .decimal),
        ("Chr(115) & Chr(99) & Chr(104) & Chr(119) & Chr(97) & Chr(114) & Chr(116) & Chr(101)", "schwarte", .decimal),
        ("00000000: 73636877 61727465  schwarte\n00000008: 72205465 65202020\n", "schwarter Tee ", .hex),
        ("0000000 77686373 65747261\n0000010 65542072 20202065\n", "schwarter Tee ", .hex),
        ("onrwq53boj2gk4rakrswklbanbsws43t", "schwarter Tee, heiss", .base64),
        ("[1935894647, 1634890853]", "schwarte", .decimal), ("{2003329907, 1702130273}", "schwarte", .decimal),
        ("[25459, 30568, 29281, 25972]", "schwarte", .decimal),
        (".long 2003329907,\n\t.long 1702130273\n", "schwarte", .decimal),
        ("0000000 2003329907 1702130273\n0000010 1700012146 538976357\n", "schwarter Tee", .decimal),
        ("[16732061563, 14535071141]", "schwarte", .octal),
    ])
    func digitsAreReadAsWhatTheySay(_ source: String, _ said: String, _ notation: Notation) throws {
        let bytes = Array(source.utf8)
        let all = WrittenBytes.all(in: bytes, from: 0..<bytes.count)
        let wanted = Array(said.utf8)
        let written = try #require(all.first { $0.bytes.starts(with: wanted) }, "\(all.map(\.bytes))")
        #expect(written.parts(of: 0..<1, in: bytes).first?.notation == notation)
        #expect(written.isText)
        // All its digits, and none of what stands around them, are in the parts.
        var masked = bytes
        for part in written.parts(of: 0..<wanted.count, in: bytes) {
            for at in part.place { masked[at] = part.notation.mask(bytes[at], at: 0) }
        }
        #expect(masked.count == bytes.count)
        let again = WrittenBytes.all(in: masked, from: 0..<masked.count).filter { $0.bytes.starts(with: wanted) }
        #expect(again.isEmpty)
        for (before, after) in zip(bytes, masked) where !ByteText.isAlphanumeric(before) { #expect(before == after) }
    }

    @Test func numbersGoOnOverLinesAndCharactersMayBeEscaped() {
        for (source, said) in [
            ("\"x\"=hex(1):73,00,63,00,68,\\\r\n  00,77,00,61,00", "s\0c\0h\0w\0a\0"), ("{'s','c','\\'','w'}", "sc'w"),
            (#"{"a":[115,99,104,119,97,114,116,101],"x":1}"#, "schwarte"),
        ] {
            let bytes = Array(source.utf8)
            let all = WrittenBytes.all(in: bytes, from: 0..<bytes.count)
            #expect(all.contains { $0.bytes.elementsEqual(said.utf8) }, "\(source)")
        }
    }

    @Test(arguments: [
        "eine Liste von Woertern, in der nichts steht", "192.168.1.1 10:30:45 2026-11-29", "/usr/share/doc/x",
        "00:11:22:33:44:55", "1, 2, 300, 4",
    ])
    func ordinaryTextIsNoWrittenText(_ source: String) {
        let bytes = Array(source.utf8)
        #expect(WrittenBytes.all(in: bytes, from: 0..<bytes.count).filter { $0.isText }.isEmpty)
    }
}

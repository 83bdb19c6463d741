import FirmwareImage
import FlashBytes
import TestSupport
import Testing

/// Tables in texts of all encodings, with noise, and in web pages.
struct TextSourceTests {
    private static let lines =
        ["Creating 4 MTD partitions on \"hi_sfc\":"]
        + camera.map {
            "0x\(hexadecimalDigits($0.offset, width: 12))-0x\(hexadecimalDigits($0.offset + $0.size, width: 12)) : \"\($0.name)\""
        }
    private static let log = lines.joined(separator: "\n") + "\n"
    private static let body =
        "U-Boot 2010.06 (Oct 2019)\nHit any key to stop autoboot:  0\n"
        + (0..<100).map { "some line \($0)\n" }.joined() + log + String(repeating: "done\n", count: 20)

    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = LinearCongruence(state: seed)
        return (0..<count).map { _ in
            [0, 0x80, 0xf8, 0xff, 0xfe, 0x1c, 0xe0, 0x78, 0x06][random.number(below: 9)]
        }
    }

    private static func utf16(_ text: String, little: Bool, mark: Bool) -> [UInt8] {
        (mark ? [0xfeff] : []).flatMap { (unit: UInt16) in bytes(unit, little) }
            + text.utf16.flatMap { bytes($0, little) }
    }

    private static func bytes(_ unit: UInt16, _ little: Bool) -> [UInt8] {
        let (low, high) = (UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8))
        return little ? [low, high] : [high, low]
    }

    private func expectCamera(_ bytes: [UInt8], _ comment: Comment, kind: PartitionSource.Kind? = nil) {
        let reading = Reading.of(bytes)
        #expect(reading.tables.first?.parts == camera, comment)
        #expect(reading.problems.isEmpty, comment)
        if let kind {
            #expect(Reading.kind(bytes) == kind, comment)
        } else {
            #expect(Reading.kind(bytes) != .other, comment)
        }
    }

    private static let scripts = [
        "", String(repeating: "Эта камера собрана на процессоре фирмы. ", count: 40) + "\n",
        String(repeating: "这个摄像头的固件可以通过串口读取，下面是启动日志。", count: 40) + "\n",
    ]

    @Test(arguments: scripts)
    func aTableIsReadInEveryUnicodeEncodingAndLineEnd(foreign: String) {
        for text in [Self.log, Self.body] {
            for end in ["\n", "\r\n", "\r"] {
                let text = (foreign + text + foreign).replacing("\n", with: end)
                expectCamera(Array(text.utf8), "UTF-8", kind: .source)
                expectCamera([0xef, 0xbb, 0xbf] + Array(text.utf8), "UTF-8 with mark", kind: .source)
                for little in [true, false] {
                    for mark in [true, false] {
                        expectCamera(
                            Self.utf16(text, little: little, mark: mark), "UTF-16 \(little) \(mark)", kind: .source)
                    }
                }
            }
        }
        // A wiki page with nothing but the arguments in it.
        let page =
            foreign + "setenv bootargs 'mem=32M mtdparts=hi_sfc:320k(boot),1536k(kernel),1920k(rootfs),12608k(home)'\n"
            + foreign
        expectCamera(Array(page.utf8), "page", kind: .source)
    }

    @Test func aTableIsReadAmongTextInSingleByteEncodings() {
        // Latin-1, Cyrillic (Windows-1251), Chinese (GBK).
        let words: [[UInt8]] = [
            [0x67, 0x72, 0xfc, 0xdf, 0x65, 0x20, 0xe4, 0xf6, 0xfc, 0x20],
            [0xdd, 0xf2, 0xe0, 0x20, 0xea, 0xe0, 0xec, 0xe5, 0xf0, 0xe0, 0xff, 0x20],
            [0xd5, 0xe2, 0xb8, 0xf6, 0xc9, 0xe3, 0xcf, 0xf1, 0xcd, 0xb7, 0xa3, 0xac],
        ]
        for word in words {
            let foreign = Array(repeatElement(word, count: 200).joined()) + [0x0a]
            expectCamera(foreign + Array(Self.log.utf8) + foreign, "\(word)", kind: .source)
        }
    }

    @Test(arguments: 1...8)
    func noiseOfTheLineDoesNotHideATable(seed: UInt64) {
        for count in [1, 7, 100, 600, 601, 3000] {
            let noise = Self.noise(count, seed: seed)
            expectCamera(noise + Array("\r\n".utf8) + Array(Self.body.utf8), "in front \(count)")
            let half = Self.body.utf8.count / 2
            expectCamera(
                Array(Self.body.utf8.prefix(half)) + [0x0a] + noise + [0x0a] + Array(Self.body.utf8.dropFirst(half)),
                "in the middle \(count)")
            expectCamera(Array(Self.body.utf8) + noise, "behind \(count)")
            // In UTF-16, also where the noise shifts everything by a byte.
            expectCamera(noise + Self.utf16("\n" + Self.body, little: true, mark: false), "UTF-16 behind \(count)")
        }
    }

    /// A log that a script appended to in another encoding.
    @Test func aTableInTheSecondEncodingOfATextIsRead() {
        let first = Array(String(repeating: "first start\r\n", count: 30).utf8)
        expectCamera(first + Self.utf16(Self.body, little: true, mark: true), "appended")
    }

    @Test func nulsAndControlSequencesDoNotHideATable() {
        expectCamera(Array(Self.body.replacing(" ", with: "\u{0} ").utf8), "NULs")
        expectCamera(
            Array(Self.body.replacing("0x", with: "\u{1b}[33m0x").replacing("\"\n", with: "\"\u{1b}[0m\n").utf8),
            "colours")
        expectCamera(
            Array(("\u{1b}]0;root@cam\u{7}" + Self.body).replacing("Creating", with: "\u{1b}(BCreating").utf8), "title")
        // An environment whose sum is not known: variables that end with NUL.
        let environment =
            [0xde, 0xad, 0xbe, 0xef]
            + Array(
                "bootdelay=1\0bootargs=mem=32M mtdparts=x:320k(boot),1536k(kernel),1920k(rootfs),12608k(home)\0".utf8)
            + Array("ipaddr=192.168.1.10\0stdin=serial\0\0".utf8)
        #expect(Reading.parts(String(decoding: environment, as: UTF8.self)) == camera)
    }

    /// Flashes are no texts, even where they hold some.
    @Test func dumpsAreNoTexts() {
        var random = LinearCongruence(state: 1)
        let code = random.bytes(40_000)
        let strings = Array("loading\0SF: %s\0mtdparts=x:1M(a)\0Creating %d MTD partitions on \"%s\":\n\0".utf8)
        for bytes in [
            code, [UInt8](repeating: 0xff, count: 4096), [UInt8](repeating: 0, count: 4096), code + strings,
            [UInt8](repeating: 0xff, count: 60_000) + strings, [],
        ] {
            #expect(Reading.kind(bytes) == .other)
            #expect(Reading.of(bytes).tables.isEmpty)
        }
    }

    @Test func tablesInSavedWebPagesAreRead() {
        let escaped = Self.lines.map { $0.replacing("\"", with: "&quot;") }
        let decimal = Self.lines.map { $0.replacing("\"", with: "&#34;").replacing(":", with: "&#x3a;") }
        for page in [
            "<pre>" + escaped.joined(separator: "<br>\n") + "</pre>",
            "<html><body><p>" + escaped.joined(separator: "<br/>") + "</p></body></html>",
            "<!DOCTYPE html><html><head><title>x</title><script>var a = \"<5>\";\n{</script></head><body><pre><code>"
                + decimal.joined(separator: "\n") + "</code></pre>",
            "<html><table>"
                + escaped.map {
                    "<tr><td class=\"number\"\n data-line=1></td><td><span class=\"s\">\($0)</span></td></tr>"
                }.joined()
                + "</table>",
            // Blogs make other quotes and signs of it.
            "<html><p>"
                + Self.lines.map {
                    "<div>"
                        + $0.replacing("\"", with: "&#8220;").replacing("0x", with: "0&#215;").replacing(
                            "-", with: "&#8211;") + "</div>"
                }.joined(),
        ] {
            expectCamera(Array(page.utf8), "\(page.prefix(80))")
        }
        let listing = """
            <pre>device nor0 &lt;hi_sfc&gt;, # parts = 1<br> #: name  size  offset  mask_flags<br> 0: boot  0x00050000  0x00000000  0<br></pre>
            """
        #expect(Reading.of(listing).tables.first?.device == "hi_sfc")
        #expect(Reading.parts(listing) == [camera[0]])
        expectCamera(Array(Self.log.replacing("\"", with: "\u{201c}").replacing("0x", with: "0\u{d7}").utf8), "signs")
    }

    /// In a page the lines of the source are named.
    @Test func problemsNameTheLineOfThePage() {
        let page =
            "<html>\n<body>\n<p>mtdparts=x:1M(a),zz(b)</p>\n<p>Creating 1 MTD partitions on &quot;x&quot;:<br>0x0-0x100000 : &quot;a&quot;</p>"
        #expect(Reading.of(page).problems.map(\.description) == ["line 3: mtdparts: 'zz(b)' is no partition"])
        #expect(Reading.of(page).tables.first?.source == "boot log, line 4")
    }
}

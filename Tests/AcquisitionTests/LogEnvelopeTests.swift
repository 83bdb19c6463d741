import Foundation
import Testing

@testable import Acquisition

/// Logs inside of something else, with something in front of each line, or with lines that a terminal has cut; forms of
/// dumps whose lines are no rows by themselves; commands that say how much there is.
@Suite struct LogEnvelopeTests {
    private static let memory = LogRows(1024)
    private static let shell = "root@cam:/# "

    private static func session(_ text: String) throws -> RecordedSession {
        try RecordedSession(logs: [Array(text.utf8)], range: nil)
    }

    private static func isRight(_ session: RecordedSession) -> Bool {
        session.bytes == memory.bytes && !isDoubted(session)
    }

    private static func isDoubted(_ session: RecordedSession) -> Bool {
        !session.doubts.isEmpty || !session.gaps.isEmpty || session.checked.contains { !$0.holds }
            || !session.contradictions.isEmpty || !session.states.isEmpty || session.isOrderGuessed
    }

    private static func digits(_ range: Range<Int>, behind blank: String) -> [String] {
        stride(from: range.lowerBound, to: range.upperBound, by: 16).map {
            blank + LogRows.digits(memory.bytes[$0..<$0 + 16])
        }
    }
    private static let pages: [String] = [0, 512].flatMap { (page: Int) -> [String] in
        let spare = "\tff ff ff ff ff ff ff ff"
        let title = String(format: "Page %08x dump:", page)
        return [title] + digits(page..<page + 512, behind: "\t") + ["OOB:", spare, spare]
    }
    private static let dumps: [String: [String]] = [
        "md.b": ["=> md.b 82000000 400"] + memory.md + ["=> "],
        "hexdump -C": [shell + "hexdump -C /dev/mtd2"] + memory.hexdump + ["00000400", shell],
        "base64": [shell + "base64 /dev/mtd2"] + memory.base64 + [shell],
        "uuencode": [shell + "uuencode /dev/mtd2 mtd2"] + memory.uuencoded("mtd2") + [shell],
        "od -An": [shell + "od -An -v -t x1 /dev/mtd2"] + digits(0..<1024, behind: " ") + [shell],
        "nand dump": ["=> nand dump 0"] + pages + ["=> "],
        "xxd -p": [shell + "xxd -p /dev/mtd2"] + memory.plain + [shell],
    ]
    static let forms = dumps.keys.sorted()

    private static func json(_ text: String) -> String {
        let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\r\n", with: "\\r\\n")
        return "\"" + quoted + "\""
    }

    private static func quotedPrintable(_ lines: [String]) -> String {
        lines.map { line in
            var rest = Substring(line.replacing("=", with: "=3D"))
            if rest.last == " " { rest = rest.dropLast() + "=20" }
            var parts: [String] = []
            while rest.count > 76 {
                var end = rest.index(rest.startIndex, offsetBy: 75)
                while rest[..<end].suffix(2).contains("=") { end = rest.index(before: end) }
                parts.append(rest[..<end] + "=")
                rest = rest[end...]
            }
            return (parts + [String(rest)]).joined(separator: "\r\n")
        }.joined(separator: "\r\n") + "\r\n"
    }

    @Test(arguments: forms) func envelopes(form: String) throws {
        let lines = try #require(Self.dumps[form])
        let numbered = lines.enumerated()
        let boot = (0..<300).map { "line \($0 * 7919 % 1000) of what it says while it boots" }
        let logs = [
            "objects": lines.map { #"{"t":0.5,"line":"# + Self.json($0) + "}" }.log,
            "objects with line ends": lines.map { #"{"data":"# + Self.json($0 + "\r\n") + #","from":"rx"}"# }.log,
            "texts": lines.map { Self.json($0 + "\r\n") }.log,
            "texts of Python": lines.map { "10:00:00,123 DEBUG rx: b" + Self.json($0 + "\r\n") }.log,
            "quoted-printable":
                "Subject: dump\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + Self.quotedPrintable(lines),
            "cat -n": numbered.map { "     \($0 + 1)\t" + $1 }.log,
            "grep -n": numbered.map { "\($0 + 1):" + $1 }.log,
            "numbers that begin late": numbered.map { "\($0 + 1234). " + $1 }.log,
            "prefix that begins late": (boot + lines.map { "2026-11-29 10:00:00.5 ttyUSB0: " + $0 }).log,
            "quoted late": (boot + lines.map { "> > " + $0 }).log,
        ]
        for (name, log) in logs {
            let session = try Self.session(log)
            #expect(Self.isRight(session), "\(name): \(session.bytes.count) \(session.gaps) \(session.doubts)")
        }
    }

    @Test(arguments: forms, [40, 50, 60, 72]) func wrappedLines(form: String, width: Int) throws {
        let lines = try #require(Self.dumps[form])
        let parts = lines.flatMap { line in
            stride(from: 0, to: max(line.count, 1), by: width).map { String(line.dropFirst($0).prefix(width)) }
        }
        let session = try Self.session(parts.log)
        #expect(Self.isRight(session), "\(session.bytes.count) \(session.gaps) \(session.doubts)")
    }

    @Test(arguments: [1, 2, 10, 19, 50, 75, 100]) func columns(width: Int) throws {
        let text = Data(Self.memory.bytes).base64EncodedString()
        let lines = stride(from: 0, to: text.count, by: width).map { String(text.dropFirst($0).prefix(width)) }
        func dump(_ lines: [String]) throws -> RecordedSession {
            try Self.session(([Self.shell + "base64 -w \(width) /dev/mtd2"] + lines + [Self.shell]).log)
        }
        #expect(try Self.isRight(dump(lines)))
        #expect(try Self.isDoubted(dump(lines.dropLast())))
    }

    @Test func groupsAndColumns() throws {
        for width in [8, 16, 32, 256] {
            let rows = stride(from: 0, to: 1024, by: width).map { at in
                let row = Self.memory.bytes[at..<min(at + width, 1024)]
                return String(format: "%08x: ", at) + LogRows.digits(row).replacing(" ", with: "") + "  "
                    + LogRows.shown(row)
            }
            let session = try Self.session(([Self.shell + "xxd -g0 -c \(width) /dev/mtd2"] + rows + [Self.shell]).log)
            #expect(Self.isRight(session), "\(width): \(session.gaps) \(session.doubts)")
        }
    }

    /// Only one of the types of `od` is read.
    @Test func interleavedTypes() throws {
        let rows = stride(from: 0, to: 1024, by: 16).flatMap { at in
            let row = Self.memory.bytes[at..<at + 16]
            return [
                String(format: "%06x  ", at) + row.map { String(format: "%02x", $0) }.joined(separator: "  "),
                "      " + row.map { String(format: " %03o", $0) }.joined(),
            ]
        }
        func dump(_ rows: [String]) throws -> RecordedSession {
            try Self.session(([Self.shell + "od -A x -t x1 -t c /dev/mtd2"] + rows + ["000400", Self.shell]).log)
        }
        #expect(try Self.isRight(dump(rows)))
        #expect(try Self.isDoubted(dump(Array(rows[..<20] + rows[21...]))))
    }

    /// Words without addresses: a sum tells their order.
    @Test func formattedWords() throws {
        let rows = stride(from: 0, to: 1024, by: 16).map { at in
            stride(from: at, to: at + 16, by: 4).map { place in
                Self.memory.bytes[place..<place + 4].reversed().map { String(format: "%02x", $0) }.joined()
            }.joined(separator: " ") + " "
        }
        let dump = [Self.shell + #"hexdump -ve '4/4 "%08x " "\n"' /dev/mtd2"#] + rows
        let digest = [Self.shell + "md5sum /dev/mtd2", MD5.digest(Self.memory.bytes) + "  /dev/mtd2", Self.shell]
        #expect(try Self.isRight(Self.session((dump + digest).log)))
        let unproved = try Self.session((dump + [Self.shell]).log)
        #expect(unproved.isOrderGuessed && unproved.bytes == Self.memory.bytes)
    }

    @Test(arguments: ["printenv filesize", "setenv filesize 400", "tftpboot 82000000 fw"]) func variables(
        how: String
    ) throws {
        let told =
            how.hasPrefix("print")
            ? ["filesize=400"] : how.hasPrefix("tftp") ? ["Bytes transferred = 1024 (400 hex)"] : []
        func dump(_ rows: [String]) throws -> RecordedSession {
            let front = ["=> setenv loadaddr 0x82000000", "=> " + how] + told
            return try Self.session((front + ["=> md.b ${loadaddr} ${filesize}"] + rows + ["=> "]).log)
        }
        #expect(try Self.isRight(dump(Self.memory.md)))
        #expect(try Self.isDoubted(dump(Self.memory.md.dropLast())))
        let unknown = ["=> md.b 82000000 $size"] + Self.memory.md + ["=> "]
        #expect(try Self.isDoubted(Self.session(unknown.log)))
    }

    /// What other commands say of more than the dump, or of something else.
    @Test(arguments: [
        ["crc32 82000000 800", "crc32 for 82000000 ... 820007ff ==> 12345678"],
        ["crc32 82000000 400", "CRC32 for 82000000 - 820003ff = 12345678"],
        ["crc32 82000000 400", "12345678"],
        ["crc32 -v 82000000 400 0", "crc32 for 82000000 ... 820003ff ==> 12345678 != 00000000 ** ERROR **"],
        ["sha1sum 82000000 400", "sha1 for 82000000 ... 820003ff ==> da39a3ee5e6b4b0d3255bfef95601890afd80709"],
        ["md5sum 82000000 800", "md5 for 82000000 ... 820007ff ==> d41d8cd98f00b204e9800998ecf8427e"],
        ["cmp.b 82000000 83000000 400", "byte at 0x82000010 (0x12) != byte at 0x83000010 (0x13)"],
        ["cmp.b 82000000 83000000 400", "Total of 16 byte(s) were the same"],
        ["tftpput 82000000 800 10.0.0.1:x", "Bytes transferred = 2048 (800 hex)"],
    ]) func subjects(command: [String]) throws {
        let dump = ["=> md.b 82000000 400"] + Self.memory.md
        let asked = ["=> " + command[0], command[1]]
        #expect(try Self.isDoubted(Self.session((dump + asked + ["=> "]).log)))
        #expect(try Self.isDoubted(Self.session((asked + dump + ["=> "]).log)))
    }

    /// Loads say how much there is.
    @Test(arguments: [
        ("sf read 82000000 0 %", "SF: ~ bytes @ 0x0 Read: OK"),
        ("mtd read nor0 82000000 0 %", "Reading ~ byte(s) at offset 0x0"),
        ("ubi read 82000000 rootfs", "Read ~ bytes from volume rootfs to 82000000"),
        ("tftpboot 82000000 fw", "Bytes transferred = ~ (% hex)"),
        ("loady 82000000", "## Total Size      = 0x% = ~ Bytes"), ("nand read 82000000 rootfs", " ~ bytes read: OK"),
    ]) func loads(command: (String, String)) throws {
        for size in [512, 1024, 2048] {
            func text(_ form: String) -> String {
                form.replacing("%", with: String(size, radix: 16)).replacing("~", with: "\(size)")
            }
            let lines = ["=> " + text(command.0), text(command.1), "=> md.b 82000000 400"] + Self.memory.md + ["=> "]
            let session = try Self.session(lines.log)
            #expect(size >= 1024 ? Self.isRight(session) : Self.isDoubted(session), "\(size): \(session.doubts)")
            // Whoever dumps less has asked for it.
            #expect(session.notes.count == (size > 1024 ? 1 : 0))
        }
    }

    /// U-Boot's `mtd dump` with spare areas, whose addresses are none of the flash.
    @Test func deviceDump() throws {
        func area(_ bytes: ArraySlice<UInt8>, at start: Int) -> [String] {
            stride(from: 0, to: bytes.count, by: 16).map { place in
                let row = bytes[(bytes.startIndex + place)..<(bytes.startIndex + place + 16)]
                return String(format: "0x%08x:\t", start + place)
                    + LogRows.digits(row).trimmingCharacters(in: .whitespaces)
                    + " "
            }
        }
        var lines = ["=> mtd dump.oob nand0 0 400", "Dumping 1024 byte(s) (2 page(s)) at offset 0x00000000 [oob]"]
        for page in [0, 512] {
            lines += ["Dump 512 data bytes from 0x\(String(page, radix: 16)):"]
            lines += area(Self.memory.bytes[page..<page + 512], at: page)
            lines += ["Dump 16 OOB bytes from page at 0x\(String(page, radix: 16)):"]
            lines += area([UInt8](repeating: 0xff, count: 16)[...], at: 0)
        }
        #expect(try Self.isRight(Self.session((lines + ["=> "]).log)))
        #expect(try Self.isDoubted(Self.session((lines.dropLast(4) + ["=> "]).log)))
    }

    // MARK: Mails in base64

    private static func base64(_ text: String, as encoding: String.Encoding = .utf8) -> [String] {
        (text.data(using: encoding) ?? Data())
            .base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed]).split(separator: "\n")
            .map(String.init)
    }
    private static let head = ["From: a@example.org", "Subject: dump", "Content-Transfer-Encoding: base64", ""]
    private static let log = (["Hello,"] + (dumps["md.b"] ?? [])).log

    /// Text in one byte a sign or two, alone or as a part among others.
    @Test func mailsInBase64AreRead() throws {
        let part =
            ["Content-Type: text/x-log; name=\"a.log\"", "Content-Transfer-Encoding: base64", ""]
            + Self.base64(Self.log)
        let page = "<html><body>" + Self.log.replacing("\r\n", with: "<br>\r\n") + "</body></html>"
        let mails = [
            Self.head + Self.base64(Self.log), Self.head + Self.base64("\u{feff}" + Self.log, as: .utf16LittleEndian),
            [
                "Content-Type: multipart/mixed;", " boundary=\"=-x\"", "", "--=-x", "Content-Transfer-Encoding: 7bit",
                "", "Hello",
            ]
                + ["--=-x"] + part + ["--=-x--"],
            ["Content-Type: multipart/alternative; boundary=x1", "", "--x1"] + part
                + ["--x1", "Content-Type: text/html", "Content-Transfer-Encoding: base64", ""] + Self.base64(page)
                + ["--x1--"],
        ]
        for (index, mail) in mails.enumerated() {
            let session = try Self.session(mail.log)
            #expect(Self.isRight(session), "\(index): \(session.doubts) \(session.gaps)")
        }
    }

    /// What is lost of a mail is lost of its log.
    @Test(arguments: ["cut", "lost", "damaged"]) func aDamagedMailInBase64IsADamagedLog(how: String) throws {
        var lines = Self.base64(Self.log)
        switch how {
        case "cut": lines.removeLast(20)
        case "lost": lines.remove(at: 20)
        default: lines[20] = "~" + lines[20].dropFirst()
        }
        #expect(try Self.isDoubted(Self.session((Self.head + lines).log)))
    }

    /// An attached image is none of text.
    @Test func anImageInAMailIsTheImage() throws {
        let session = try Self.session((Self.head + Self.memory.base64).log)
        #expect(session.bytes == Self.memory.bytes)
    }
}

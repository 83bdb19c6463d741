import Foundation
import TestSupport
import Testing

@testable import Acquisition

/// The logs of Tests/SerialLab/oddboard: as terminal programs, loaders and shells leave them.
@Suite struct LogCaseTests {
    private struct Case: Sendable {
        var name: String
        var paths: [String]
        var right: [UInt8]
    }

    private static let directory = FileManager.default.temporaryDirectory.appending(
        path: "jffs2-logs-\(UUID().uuidString)")

    /// Written once; what the tests share.
    private static let cases: Result<[Case], any Error> = Result {
        let script = Checkout.path("Tests/SerialLab/oddboard/logcases.py")
        let path = directory.path(percentEncoded: false)
        let text = try Program.run("python3", [script, "--write", path]).checked().text
        return try text.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            let name = String(words[0])
            return Case(
                name: name,
                paths: (0..<(Int(words[1]) ?? 0)).map {
                    directory.appending(path: "\(name).\($0).log").path(percentEncoded: false)
                },
                right: [UInt8](try Data(contentsOf: directory.appending(path: "\(name).right"))))
        }
    }

    /// What does not hold in a log, as a word; nothing where all is well.
    private static func faults(_ session: RecordedSession) -> [String] {
        var faults: [String] = []
        if !session.gaps.isEmpty { faults.append("gap") }
        if !session.contradictions.isEmpty { faults.append("contradiction") }
        if session.checked.contains(where: { !$0.holds }) { faults.append("sum") }
        if session.isOrderGuessed { faults.append("order") }
        if !session.states.isEmpty { faults.append("replaced") }
        if !session.doubts.isEmpty { faults.append("doubt") }
        return faults
    }

    /// What must be said about logs that are not whole; all others give the right bytes and nothing to complain about.
    private static let wanted: [String: [String]] = [
        "no-text": ["order"], "hexdump-plain": ["order"], "realtek-DW": ["order"], "openocd": ["order"],
        "row-missing-mid": ["gap"], "row-missing-first": ["gap"], "row-missing-last": ["gap"],
        "row-missing-first-last-8": ["gap"], "flip-digit-seen": ["gap"], "wrong-text": ["gap"],
        "flip-unseen-two-logs": ["contradiction"], "flip-unseen-with-crc32": ["sum"],
        "sys-and-home-in-one-log": ["replaced"], "sys-sys-home": ["replaced"],
    ]

    @Test func everyLogGivesTheRightBytesOrSaysWhatIsWrong() throws {
        for entry in try Self.cases.get() {
            if ["empty", "only-text"].contains(entry.name) {
                #expect(throws: AcquisitionError.self) {
                    try RecordedSession(sources: entry.paths.map { .file(path: $0) }, range: nil)
                }
                continue
            }
            let session = try RecordedSession(sources: entry.paths.map { .file(path: $0) }, range: nil)
            let faults = Self.faults(session)
            let wanted = Self.wanted[entry.name] ?? []
            #expect(faults == wanted, "\(entry.name)")
            #expect(session.isVerified == (entry.name == "with-crc32"), "\(entry.name)")
            switch entry.name {
            // Only one page is shown.
            case "nand-dump": #expect(session.bytes == Array(entry.right.prefix(2048)))
            // Nothing can tell but a sum, and there is none.
            case "flip-digit-unseen": #expect(zip(session.bytes, entry.right).count { $0 != $1 } == 1)
            // The loader of boards that are all big-endian.
            case "realtek-DW": #expect(session.bytes == entry.right && session.isBigEndian)
            case "two-far-ranges":
                #expect(session.bytes == entry.right)
                #expect(session.others == [0x2200_0000..<0x2200_1000])
            case _ where wanted.isEmpty: #expect((session.bytes == entry.right) == true, "\(entry.name)")
            default: #expect(session.bytes.count == entry.right.count, "\(entry.name)")
            }
            if wanted == ["gap"] {
                for (at, (byte, right)) in zip(session.bytes, entry.right).enumerated() where byte != right {
                    #expect(
                        session.gaps.contains { $0.contains(session.range.lowerBound + UInt64(at)) },
                        "\(entry.name) \(at)")
                }
            }
        }
    }

    /// Every form of dump that boot loaders and shells print, of an image with nodes, blanks and text.
    @Test(arguments: ["le", "be"])
    func everyDumpFormatGivesTheWholeImageWithoutAFault(order: String) throws {
        let image = Self.image(isLittle: order == "le")
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-formats-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let path = directory.appending(path: "image").path(percentEncoded: false)
        try Data(image).write(to: URL(filePath: path))
        let logs = directory.appending(path: "logs").path(percentEncoded: false)
        _ = try Program.run("python3", [Checkout.path("Tests/SerialLab/oddboard/formats.py"), path, logs, order])
            .checked()
        let names = try FileManager.default.contentsOfDirectory(atPath: logs).sorted()
        #expect(names.count >= 37)
        for name in names {
            let session = try RecordedSession(sources: [.file(path: "\(logs)/\(name)")], range: nil)
            #expect((session.bytes == image) == true, "\(name)")
            #expect(Self.faults(session).isEmpty, "\(name)")
            #expect(!session.isVerified)
        }
    }

    /// 8 KiB: blank, text, random, and the header of a JFFS2 node, whose sum tells the order of bare words.
    private static func image(isLittle: Bool) -> [UInt8] {
        var generator = SeededGenerator(seed: 11)
        var image = (0..<0x1_0000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        image.replaceSubrange(0x400..<0x800, with: repeatElement(0xff, count: 0x400))
        image.replaceSubrange(
            0x1000..<0x1400, with: Array(repeating: Array("  key = value # ".utf8), count: 64).flatMap(\.self))
        let little: [UInt8] = [0x85, 0x19, 0x03, 0x20, 0x0c, 0, 0, 0, 0xb1, 0xb0, 0x1e, 0xe4]
        let big: [UInt8] = [0x19, 0x85, 0x20, 0x03, 0, 0, 0, 0x0c, 0xf0, 0x60, 0xdc, 0x98]
        image.replaceSubrange(0..<12, with: isLittle ? little : big)
        return image
    }

    /// One wrong digit in the first, a middle and the last row: a gap of that row, never a shorter image.
    @Test(arguments: [0, 128, 240])
    func aDamagedRowIsAGapAndNeverAShorterImage(at bad: Int) throws {
        let data = (0..<256).map { (index: Int) -> UInt8 in UInt8(65 + (index * 7 + index / 16) % 26) }
        var log = "=> md.b 82000000 100\n"
        for at in stride(from: 0, to: 256, by: 16) {
            var row = Array(data[at..<at + 16])
            let text = String(decoding: row, as: UTF8.self)
            if at == bad { row[3] ^= 0x20 }
            log += String(format: "%08x: ", 0x8200_0000 + at)
            log += row.map { String(format: "%02x", $0) }.joined(separator: " ") + "    \(text)\n"
        }
        // Without the command, the row's own address tells as much.
        for log in [log + "=> \n", String(log.dropFirst(21))] {
            let session = try RecordedSession(logs: [Array(log.utf8)], range: nil)
            let start = 0x8200_0000 + UInt64(bad)
            #expect(session.gaps == [start..<start + 16])
            #expect(session.bytes.count == 256)
        }
    }

    /// `md 82000000 COUNT`: without a suffix rows are complete where they end at COUNT of the units that they show; what is
    /// missing then is a gap. With a suffix the command decides.
    @Test(arguments: [1, 2, 4, 8])
    func rowsMissingFromTheCountOfMdAreAGap(unit: Int) throws {
        func session(_ command: String, _ rows: Range<Int>) throws -> RecordedSession {
            var log = "=> \(command)\n"
            for row in rows {
                let bytes = (0..<16).map { UInt8(0x30 + row * 16 + $0) }
                let words = stride(from: 0, to: 16, by: unit).map { start in
                    bytes[start..<start + unit].reversed().map { String(format: "%02x", $0) }.joined()
                }
                let text = String(decoding: bytes.map { (0x20...0x7e).contains($0) ? $0 : 0x2e }, as: UTF8.self)
                log += String(format: "%08x: ", 0x8200_0000 + row * 16) + words.joined(separator: " ") + "    \(text)\n"
            }
            return try RecordedSession(logs: [Array((log + "=> \n").utf8)], range: nil)
        }
        let start: UInt64 = 0x8200_0000
        let count = String(64 / unit, radix: 16)
        #expect(try session("md 82000000 \(count)", 0..<4).gaps == [])
        #expect(try session("md 82000000 \(count)", 1..<4).gaps == [start..<start + 16])
        let end = start + UInt64(0x40 * unit)
        #expect(try session("md 82000000 40", 0..<3).gaps == [start + 48..<end])
        let suffix = [1: "b", 2: "w", 4: "l", 8: "q"][unit] ?? ""
        #expect(
            try session("md.\(suffix) 82000000 \(String(80 / unit, radix: 16))", 0..<4).gaps == [
                start + 64..<start + 80
            ])
    }

    /// Counts that are decimal on one board and hexadecimal on the other.
    @Test(arguments: ["dm b8000000 64", "dm b8000000 40", "d4 b8000000 16", "DW B8000000 10"])
    func aCountMayBeDecimalOrHexadecimalAsTheRowsTell(command: String) throws {
        let rows = (0..<4).map { row in
            String(format: "b80000%02x: ", row * 16)
                + (0..<16).map { String(format: "%02x", $0 * 3 + row) }.joined(separator: " ") + "\n"
        }
        let whole = try RecordedSession(logs: [Array("> \(command)\n\(rows.joined())> \n".utf8)], range: nil)
        #expect(whole.gaps.isEmpty && whole.bytes.count == 64)
        let cut = try RecordedSession(logs: [Array("> \(command)\n\(rows[..<3].joined())> \n".utf8)], range: nil)
        #expect(cut.gaps.first == 0xb800_0030..<0xb800_0040)
    }

    /// Rows whose data begins with blanks, with two blanks before the text.
    @Test(arguments: [1, 2, 4, 8])
    func rowsWhoseTextBeginsWithBlanksAreRead(unit: Int) throws {
        let data = Array(Array("   indented line one blank firstno blank at all.  \ttwo, then tab".utf8).prefix(64))
        var log = "=> md 82000000 \(String(64 / unit, radix: 16))\n"
        for at in stride(from: 0, to: 64, by: 16) {
            let row = data[at..<at + 16]
            let words = stride(from: at, to: at + 16, by: unit).map { start in
                data[start..<start + unit].reversed().map { String(format: "%02x", $0) }.joined()
            }
            let text = String(decoding: row.map { (0x20...0x7e).contains($0) ? $0 : 0x2e }, as: UTF8.self)
            log += String(format: "%08x: ", 0x8200_0000 + at) + words.joined(separator: " ") + "  \(text)\n"
        }
        let session = try RecordedSession(logs: [Array((log + "=> \n").utf8)], range: nil)
        #expect(session.bytes == data)
        #expect(session.gaps.isEmpty && session.damagedLines == 0)
    }
}

import Foundation
import Testing

@testable import Acquisition

/// Logs in which anything may be lost or changed: what is wrong with them is said, or nothing is.
@Suite struct LogDamageTests {
    private static let prompt = "root@cam:/# "
    /// How many damaged logs of each form are read; `make soak` reads more.
    private static let runs = max(150, ProcessInfo.processInfo.environment["JFFS2_SOAK"].flatMap(Int.init) ?? 0)

    /// Forms in which a file or memory is printed.
    static let forms = [
        "md", "hexdump -C", "od", "od -An", "xxd", "xxd -p", "xxd -i", "base64", "base64 -w0", "uuencode", "records",
    ]

    /// The lines of a form, with what stands around them.
    private static func lines(_ form: String, of rows: LogRows) -> [String] {
        let count = rows.bytes.count
        switch form {
        case "md": return ["=> md.b 82000000 \(String(count, radix: 16))"] + rows.md + ["=> "]
        case "hexdump -C":
            return file("hexdump -C /dev/mtd2", rows.hexdumpStarred + [String(format: "%08x", count)])
        case "od": return file("od -A x -t x1 /dev/mtd2", rows.od + [String(format: "%06x", count)])
        case "od -An":
            let digits = stride(from: 0, to: count, by: 16).map { " " + LogRows.digits(rows.bytes[$0..<$0 + 16]) }
            return file("od -An -v -t x1 /dev/mtd2", digits)
        case "xxd": return file("xxd -g1 /dev/mtd2", rows.md.map { "00000" + $0.dropFirst(5) })
        case "xxd -p": return file("xxd -p /dev/mtd2", rows.plain)
        case "xxd -i": return file("xxd -i mtd2", rows.array("mtd2"))
        case "base64": return file("base64 /dev/mtd2", rows.base64)
        case "base64 -w0":
            return [prompt + "base64 -w0 /dev/mtd2", Data(rows.bytes).base64EncodedString() + prompt]
        case "uuencode": return file("uuencode /dev/mtd2 mtd2", rows.uuencoded("mtd2"))
        default: return rows.records + ["S70500000000FA"]
        }
    }

    private static func file(_ command: String, _ rows: [String]) -> [String] { [prompt + command] + rows + [prompt] }

    /// Bytes of which some rows are the same, some are text.
    private static func memory(_ random: inout some RandomNumberGenerator) -> LogRows {
        var rows = LogRows(0)
        while rows.bytes.count < 2048 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: rows.bytes += [UInt8](repeating: 0xff, count: 128)
            case 1: rows.bytes += Array("# config line\nexport PATH=/bin:/sbin\n".utf8)
            case 2: rows.bytes += (0..<100).map { _ in UInt8.random(in: 0...255, using: &random) }
            default: rows.bytes += [UInt8](repeating: 0, count: 64)
            }
        }
        rows.bytes.removeLast(rows.bytes.count - 2048)
        return rows
    }

    private static func session(_ text: String) -> RecordedSession? {
        try? RecordedSession(logs: [Array(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })], range: nil)
    }

    private static func isSilent(_ session: RecordedSession) -> Bool {
        session.gaps.isEmpty && session.doubts.isEmpty && session.contradictions.isEmpty && session.states.isEmpty
            && session.outvoted == 0 && session.checked.allSatisfy(\.holds)
    }

    @Test(
        arguments: forms,
        [
            "", "[10:00:00.123] ", "2026-11-29T07:47:59 ", "Nov 29 07:47:59 ", "1764402479.123456 ", "RX: ",
            "10:00:00.123 | ", "10:00:00.123\t", "[2026-11-29 10:00:00] ttyUSB0: ", "> ", "    ",
        ])
    func stampsInFrontOfLinesCostNoData(form: String, stamp: String) throws {
        var random = SeededGenerator(seed: 5)
        let memory = Self.memory(&random)
        let lines = Self.lines(form, of: memory)
        let session = try #require(Self.session(lines.map { stamp + $0 }.log))
        #expect(session.bytes == memory.bytes)
        #expect(Self.isSilent(session), "\(session.doubts) \(session.gaps)")
    }

    /// What the kernel says in between is no data, and costs none.
    @Test(arguments: forms) func kernelMessagesBetweenRowsCostNoData(form: String) throws {
        var random = SeededGenerator(seed: 6)
        let memory = Self.memory(&random)
        var lines = Self.lines(form, of: memory)
        guard lines.count > 4 else { return }
        for line in ["[   12.345678] random: crng init done", "[ 1012.000001] USB 1-1: RESET"] {
            lines.insert(line, at: Int.random(in: 2..<lines.count - 2, using: &random))
        }
        let session = try #require(Self.session(lines.log))
        #expect(session.bytes == memory.bytes)
        #expect(Self.isSilent(session), "\(session.doubts) \(session.gaps)")
    }

    /// A log that is cut off, or in which characters are lost, are too many or are others, is never taken for a whole one.
    @Test(arguments: forms) func aDamagedLogIsNeverTakenForAWholeOne(form: String) throws {
        for seed in 0..<Self.runs {
            var random = SeededGenerator(seed: seed)
            let memory = Self.memory(&random)
            let lines = Self.lines(form, of: memory)
            var text = Array(lines.log.unicodeScalars)
            // The command itself may be lost with what it says.
            let start = lines[0].count + 2
            let at = Int.random(in: start + 60..<text.count - 80, using: &random)
            let count = [1, 1, 2, 3, 8, 16][Int.random(in: 0..<6, using: &random)]
            let what: String
            switch seed % 4 {
            case 0:
                what = "cut at \(at)"
                text.removeLast(text.count - at)
            case 1:
                what = "\(count) lost at \(at)"
                text.removeSubrange(at..<at + count)
            case 2:
                what = "too many at \(at)"
                text.insert("?a0f \u{80}".unicodeScalars.randomElement(using: &random) ?? "?", at: at)
            default:
                what = "another at \(at)"
                text[at] = "~\u{80}".unicodeScalars.randomElement(using: &random) ?? "~"
            }
            let log = String(String.UnicodeScalarView(text))
            guard let session = Self.session(log) else { continue }
            let isRight = session.bytes == memory.bytes
            #expect(isRight || !Self.isSilent(session), "seed \(seed): \(what)")
        }
    }

    private static func page(_ rows: LogRows, at: Int) -> [String] {
        [String(format: "Page %08x dump:", at)]
            + stride(from: at, to: at + 512, by: 16).map { "\t" + LogRows.digits(rows.bytes[$0..<$0 + 16]) } + ["OOB:"]
            + [String](repeating: "\tff ff ff ff ff ff ff ff", count: 2)
    }

    /// Rows of a spare area whose first line is lost are no rows of the page.
    @Test func rowsOfASpareAreaAreNeverThoseOfItsPage() throws {
        let rows = LogRows(1024)
        var lines =
            ["=> nand dump 0"] + Self.page(rows, at: 0) + ["=> nand dump 200"] + Self.page(rows, at: 512) + ["=> "]
        let session = try #require(Self.session(lines.log))
        #expect(session.bytes == rows.bytes && Self.isSilent(session), "\(session.doubts)")
        // The last row of the page and the line between them.
        lines.removeSubrange(33...34)
        #expect(try !Self.isSilent(#require(Self.session(lines.log))))
    }

    /// A log that stops within a spare area may stop before the next page.
    @Test(arguments: [1, 2, 3]) func aLogThatStopsWithinASpareAreaIsADoubt(lost: Int) throws {
        let rows = LogRows(1024)
        let lines = ["=> nand dump 0"] + Self.page(rows, at: 0) + ["=> nand dump 200"] + Self.page(rows, at: 512)
        let log = lost == 1 ? String(lines.log.dropLast(6)) : Array(lines.dropLast(lost)).log
        #expect(try !Self.isSilent(#require(Self.session(log))))
    }

    /// A row that no flash holds again and again, in front of `*`: the first of those that it stands for was lost.
    @Test(arguments: [false, true]) func aStarBehindARowThatIsNoPatternIsADoubtUnlessASumProvesIt(isProved: Bool) throws
    {
        var rows = LogRows(1024)
        rows.bytes.replaceSubrange(512..<1024, with: [UInt8](repeating: 0xff, count: 512))
        let lines = Self.lines("hexdump -C", of: rows)
        #expect(try Self.isSilent(#require(Self.session(lines.log))))
        guard let star = lines.firstIndex(of: "*") else { return }
        var lost = lines
        lost.remove(at: star - 1)
        #expect(try !Self.isSilent(#require(Self.session(lost.log))))
        let row = Array(rows.bytes[..<16])
        rows.bytes = [UInt8]([row, row, row, row].joined()) + [UInt8](repeating: 0, count: 448)
        let sum = isProved ? [Self.prompt + "md5sum /dev/mtd2", "\(MD5.digest(rows.bytes))  /dev/mtd2"] : []
        let session = try #require(
            Self.session((Self.lines("hexdump -C", of: rows).dropLast() + sum + [Self.prompt]).log))
        #expect(session.bytes == rows.bytes && Self.isSilent(session) == isProved, "\(session.doubts)")
    }
}

import FirmwareImage
import Foundation
import TestSupport
import Testing

@testable import Acquisition

/// Recorded sessions of other programs.
@Suite struct LogTests {
    private let memory: [UInt8] = (0..<256).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ 0x5a) }

    private func rows(_ range: Range<Int>, unit: Int = 4, gap: Int = 4, end: String = "\r\n") -> String {
        var text = ""
        for at in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
            let row = Array(memory[at..<at + 16])
            let groups = stride(from: 0, to: 16, by: unit).map { start in
                row[start..<start + unit].reversed().map { String(format: "%02x", $0) }.joined()
            }
            let shown = String(decoding: row.map { (0x20...0x7e).contains($0) ? $0 : 0x2e }, as: UTF8.self)
            text += String(format: "%08x: ", 0x2100_0000 + at) + groups.joined(separator: " ")
            text += String(repeating: " ", count: gap) + shown + end
        }
        return text
    }

    private func session(_ texts: String..., range: Range<UInt64>? = nil) throws -> RecordedSession {
        try RecordedSession(logs: texts.map { Array($0.utf8) }, range: range)
    }

    @Test func rowsInAnyOrderAndFormatMakeOneImage() throws {
        let log =
            "=~=~=~= PuTTY log 2026.01.01 =~=~=~=\r\nMStar # md 21000000\r\n" + rows(64..<256)
            + "\u{1b}[1;36mMStar # \u{1b}[0m md.b 21000000 40\r\n" + rows(0..<64, unit: 1, gap: 2, end: "\n")
        let session = try session(log)
        #expect(session.bytes == memory)
        #expect(session.gaps.isEmpty && session.contradictions.isEmpty)
    }

    /// Its words are octal unless it is told otherwise, and so are its addresses.
    @Test(arguments: ["", "-x", "-b", "-v", "-t x1", "-A x -t x1", "-Ad -t x2", "-v -A d", "-A x -b", "-t o4"])
    func odIsReadInEveryRadixOfWordsAndAddresses(options: String) throws {
        let bytes = memory + [UInt8](repeating: 0xff, count: 4096) + memory
        let file = FileManager.default.temporaryDirectory.appending(path: "jffs2-od-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        let words = options.split(separator: " ").map(String.init)
        let rows = try Program.run("od", words + [file.path(percentEncoded: false)]).checked().text
        let session = try session("/ # od \(options) /dev/mtdblock0\n\(rows)/ # \n")
        #expect(session.bytes == bytes)
        #expect(session.gaps.isEmpty && session.contradictions.isEmpty)
    }

    /// What terminal programs make of a session.
    @Test(arguments: ["PuTTY", "minicom", "screen", "script", "dump.py", "picocom"])
    func logsOfAllTerminalProgramsGiveTheSameMemory(program: String) throws {
        let session = "MStar # md 21000000\r\n" + rows(0..<128) + "MStar # \r\n" + rows(128..<256) + "MStar # "
        let log =
            switch program {
            case "PuTTY": "=~=~=~=~=~=~= PuTTY log 2026.01.01 10:00:00 =~=~=~=~=~=~=\r\n" + session
            // Line feeds only, and blanks at the line ends gone.
            case "minicom":
                session.replacingOccurrences(of: "\r\n", with: "\n").split(
                    separator: "\n", omittingEmptySubsequences: false
                ).map { line in
                    var line = String(line)
                    while line.last == " " { line.removeLast() }
                    return line
                }.joined(separator: "\n")
            // Colours, and a carriage return too many.
            case "screen":
                "\u{1b}[2J\u{1b}[H" + session.replacingOccurrences(of: "\r\n", with: "\u{1b}[K\r\r\n")
            case "script":
                "Script started on 2026-01-01 10:00:00+00:00 [TERM=\"xterm\" TTY=\"/dev/pts/1\"]\n" + session
                    + "\r\n\nScript done on 2026-01-01 10:30:00+00:00 [COMMAND_EXIT_CODE=\"0\"]\n"
            // Rows, and nothing else.
            case "dump.py": rows(0..<256)
            default:
                "Terminal ready\n" + session.replacingOccurrences(of: "\r\n", with: "\r\n\r")
                    + "\nThanks for using picocom\n"
            }
        let found = try self.session(log)
        #expect(found.bytes == memory)
        #expect(found.gaps.isEmpty && found.contradictions.isEmpty && found.damagedLines == 0)
    }

    @Test func gapsAreListed() throws {
        let session = try session(rows(0..<64) + rows(128..<256))
        #expect(session.gaps == [0x2100_0040..<0x2100_0080])
        #expect(Array(session.bytes[64..<128]).allSatisfy { $0 == 0xff })
    }

    @Test func overlappingLogsVote() throws {
        let good = rows(0..<256)
        let byte = String(format: "%02x", memory[35])
        // A damaged digit in a row without text column is seen by nobody but the other logs.
        let bare = good.split(separator: "\r\n").map { $0.prefix(45) }.joined(separator: "\r\n") + "\r\n"
        let wrong = bare.replacingOccurrences(of: "21000020: \(byte)", with: "21000020: 00")
        let two = try session(good, wrong)
        #expect(two.contradictions.count == (wrong == bare ? 0 : 1))
        let three = try session(good, wrong, bare)
        #expect(three.contradictions.isEmpty)
        #expect(three.bytes == memory)
    }

    @Test func sumsInTheLogAreChecked() throws {
        let log = rows(0..<256) + "crc32 for 21000000 ... 210000ff ==> 00000000\r\n"
        #expect(try session(log).checked.map(\.holds) == [false])
    }

    @Test func aBootLogAloneGivesItsPartitionsAndNoBytes() throws {
        let session = try session("[    1.2] 0x000000000000-0x000000040000 : \"BOOT\"\r\n")
        #expect(session.bytes.isEmpty)
        #expect(session.tables.flatMap(\.partitions).map(\.name) == ["BOOT"])
        #expect(throws: AcquisitionError.self) { try self.session("nothing") }
    }
}

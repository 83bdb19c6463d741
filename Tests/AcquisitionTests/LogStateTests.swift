import Foundation
import Testing

@testable import Acquisition

/// Logs that show the same memory before and after something else was put there, and what loads say of themselves.
@Suite struct LogStateTests {
    private let first = LogRows(1024)
    private let second = LogRows(1024, seed: 11)
    private static let prompt = "hisilicon # "

    private func session(_ texts: String..., range: Range<UInt64>? = nil, isFlash: Bool = false) throws
        -> RecordedSession
    {
        try RecordedSession(logs: texts.map { Array($0.utf8) }, range: range, isFlash: isFlash)
    }

    /// A command with the lines that it prints.
    private func run(_ command: String, _ lines: [String] = []) -> String {
        Self.prompt + command + "\r\n" + lines.log
    }

    /// What is typed after the last row does not take away what was shown.
    @Test(arguments: [
        "mw.b 82000000 ff 400", "mw.l 82000100 0", "sf read 82000000 200000 400", "loady 82000000",
        "tftpboot 82000000 uImage; bootm 82000000", "cp.b 83000000 82000000 400",
    ])
    func aCommandAfterTheDumpDoesNotTakeItAway(command: String) throws {
        let log = run("md.b 82000000 400", first.md) + run(command)
        for log in [log, log + run("md.b 83000000 10", ["83000000: 61 62 63 64    abcd"])] {
            let session = try session(log)
            #expect(session.bytes == first.bytes)
            #expect(session.range == 0x8200_0000..<0x8200_0400)
            #expect(session.states.isEmpty && session.doubts.isEmpty && session.gaps.isEmpty)
        }
    }

    /// A dump stays one though a byte of it is written in between, and the dump goes on elsewhere.
    @Test func aWriteBetweenTwoHalvesLeavesThemOneDump() throws {
        let log =
            run("md.b 82000000 200", Array(first.md[..<32])) + run("mw.l 82000100 0")
            + run("md.b 82000200 200", Array(first.md[32...]))
        #expect(try session(log).bytes == first.bytes)
        #expect(try session(log).gaps.isEmpty)
    }

    /// A short look at what was loaded afterwards is no dump.
    @Test func aShortLookAtALaterLoadIsNoDump() throws {
        let session = try session(
            run("md.b 82000000 400", first.md) + run("sf read 82000000 200000 400")
                + run("md.b 82000000 40", Array(second.md[..<4])))
        #expect(session.bytes == first.bytes)
        #expect(session.states.isEmpty && session.contradictions.isEmpty)
    }

    @Test func twoDumpsAreTwoImages() throws {
        let session = try session(
            run("sf read 82000000 100000 400") + run("md.b 82000000 400", first.md)
                + run("sf read 82000000 200000 400") + run("md.b 82000000 400", second.md))
        #expect(session.bytes == second.bytes)
        let state = try #require(session.states.first)
        #expect(session.states.count == 1)
        #expect(state.bytes == first.bytes)
        #expect(state.isEarlier && state.cause == "sf read 82000000 200000 400")
    }

    /// The same was loaded in another way: one image.
    @Test func sameContentsAreOneImage() throws {
        let session = try session(
            run("md.b 82000000 400", first.md) + run("tftp 82000000 x.bin") + run("md.b 82000000 400", first.md))
        #expect(session.bytes == first.bytes)
        #expect(session.states.isEmpty)
    }

    /// A flash that is shown piece by piece through the same memory.
    @Test func aFlashShownPieceByPieceThroughOneBufferIsOneImage() throws {
        let log =
            run("sf read 82000000 100000 400") + run("md.b 82000000 400", first.md)
            + run("sf read 82000000 100400 400") + run("md.b 82000000 400", second.md)
        let session = try session(log, range: 0x10_0000..<0x10_0800, isFlash: true)
        #expect(session.bytes == first.bytes + second.bytes)
        #expect(session.gaps.isEmpty && session.doubts.isEmpty && session.states.isEmpty)
        #expect(throws: AcquisitionError.self) {
            try self.session(log, range: 0x50_0000..<0x50_0400, isFlash: true)
        }
        #expect(throws: AcquisitionError.self) {
            try self.session(first.md.log, range: 0..<0x400, isFlash: true)
        }
    }

    /// What was written into memory does not come from the flash.
    @Test func whatWasWrittenIntoMemoryIsAGapInTheFlash() throws {
        let session = try session(
            run("sf read 82000000 100000 400") + run("mw.b 82000100 0 100") + run("md.b 82000000 400", first.md),
            range: 0x10_0000..<0x10_0400, isFlash: true)
        #expect(session.gaps == [0x10_0100..<0x10_0200])
    }

    @Test(arguments: [
        "SF: 1024 bytes @ 0x0 Read: ERROR -5", " 1024 bytes read: ERROR",
        "No SPI flash selected. Please run `sf probe'",
        "Unknown command 'sf' - try 'help'",
    ])
    func aFailedLoadIsADoubtUnlessItIsRepeated(answer: String) throws {
        let log = run("sf read 82000000 0 400", [answer]) + run("md.b 82000000 400", first.md)
        let session = try session(log)
        #expect(session.bytes == first.bytes)
        #expect(session.doubts.count == 1 && session.doubts[0].contains("sf read 82000000 0 400"))
        let again = run("sf read 82000000 0 400", [answer]) + run("sf read 82000000 0 400", ["1024 bytes read: OK"])
        #expect(try self.session(again + run("md.b 82000000 400", first.md)).doubts.isEmpty)
    }

    /// Two logs of another state outvote the third: that is no noise.
    @Test func twoLogsThatOutvoteAThirdWithAnotherStateAreADoubt() throws {
        let session = try session(first.md.log, first.md.log, second.md.log)
        #expect(session.contradictions.isEmpty && session.outvoted > 0)
        #expect(session.doubts.count == 1)
    }

    @Test(arguments: [true, false])
    func aDigestOfMemoryProvesTheDumpOrContradictsIt(isRight: Bool) throws {
        let digest = MD5.digest(isRight ? first.bytes : second.bytes)
        let session = try session(
            run("md.b 82000000 400", first.md)
                + run("md5sum 82000000 400", ["md5 for 82000000 ... 820003ff ==> \(digest)"]))
        #expect(session.isVerified == isRight)
        #expect(session.doubts.isEmpty == isRight)
    }

    /// Of the file that was dumped, before or after it; that of another file says nothing.
    @Test func aDigestOfTheDumpedFileCountsAndThatOfAnotherDoesNot() throws {
        let right = MD5.digest(first.bytes)
        let wrong = MD5.digest(second.bytes)
        let dump = run("base64 /dev/mtd2", first.base64)
        func sum(_ digest: String, of path: String = "/dev/mtd2") -> String {
            run("md5sum \(path)", ["\(digest)  \(path)"])
        }
        for log in [dump + sum(right), sum(right) + dump] {
            #expect(try session(log).isVerified)
            #expect(try session(log).bytes == first.bytes)
        }
        #expect(try session(dump + sum(wrong)).doubts.count == 1)
        #expect(try session(dump + sum(wrong, of: "/dev/mtd3")).doubts.isEmpty)
        let part = run("dd if=/dev/mtd2 bs=1k count=1 | base64", first.base64)
        #expect(try session(part + sum(wrong)).doubts.isEmpty)
        #expect(try session(part + sum(wrong)).bytes == first.bytes)
    }

    // MARK: Memory that changes between two dumps

    /// Two dumps of the first rows, something in between, and a dump that differs in a few bytes.
    private func changed(by lines: String, at offset: Int, to bytes: [UInt8]) throws -> (LogRows, RecordedSession) {
        var later = first
        later.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        let old = run("md.b 82000000 400", first.md)
        let log = run("sf read 82000000 0 400", ["SF: 1024 bytes @ 0x0 Read: OK"]) + old + old + lines
        return (later, try session(log + run("md.b 82000000 400", later.md) + Self.prompt))
    }

    @Test(arguments: [
        ("mw.b 82000010 0 10", ""), ("mw.l 82000010 0 4", ""), ("cp.b 83000000 82000010 10", ""),
        ("sf read 82000010 5000 10", "SF: 16 bytes @ 0x5000 Read: OK"),
        ("nand read 82000010 5000 10", " 16 bytes read: OK"),
        ("loady 82000010", "## Total Size      = 0x00000010 = 16 Bytes"),
        ("tftp 82000010 x", "Bytes transferred = 16 (10 hex)"),
        ("fsload 82000010 x", "### JFFS2 load complete: 16 bytes loaded to 0x82000010"),
    ])
    func laterRowsWinWhereACommandHasPutThemThere(command: String, answer: String) throws {
        let (later, session) = try changed(
            by: run(command, answer.isEmpty ? [] : [answer]), at: 16, to: [UInt8](repeating: 0, count: 16))
        #expect(session.bytes == later.bytes)
        #expect(session.doubts.isEmpty && session.contradictions.isEmpty && session.states.isEmpty, "\(session.doubts)")
    }

    /// `crc32` writes its sum where its third word says.
    @Test func theSumThatALoaderHasStoredIsALaterState() throws {
        let (later, session) = try changed(
            by: run("crc32 83000000 400 82000010"), at: 16, to: [0x12, 0x34, 0x56, 0x78])
        #expect(session.bytes == later.bytes && session.doubts.isEmpty)
    }

    @Test(arguments: ["go 81000000", "mm.b 82000010", "mtest 82000000 82000400", "run x", "reset", "tftp x"])
    func whatMayHaveChangedAnythingIsADoubtAndLaterRowsWin(command: String) throws {
        let (later, session) = try changed(by: run(command), at: 16, to: [1, 2, 3, 4])
        #expect(session.bytes == later.bytes)
        #expect(session.doubts.count == 1 && session.doubts[0].contains(command), "\(session.doubts)")
        let same = try changed(by: run(command), at: 16, to: Array(first.bytes[16..<20])).1
        #expect(same.doubts.isEmpty && same.bytes == first.bytes)
    }

    @Test func aDeviceThatBeginsAnewMayShowSomethingElse() throws {
        let (later, session) = try changed(by: "U-Boot 2016.11 (Jan 01 2020)\r\n", at: 16, to: [1, 2, 3, 4])
        #expect(session.bytes == later.bytes && session.doubts.count == 1)
    }

    /// A flash that was written between two loads is not the same.
    @Test func theSameLoadBehindAWriteIsAnotherState() throws {
        let load = run("sf read 82000000 0 400", ["SF: 1024 bytes @ 0x0 Read: OK"])
        let old = run("md.b 82000000 400", first.md)
        let session = try session(
            load + old + old + run("sf erase 0 10000") + load + run("md.b 82000000 400", second.md) + Self.prompt)
        #expect(session.bytes == second.bytes)
        #expect(session.states.map(\.bytes) == [first.bytes])
    }

    /// Rows that differ though nothing came between are no noise where text and digits agree, or more than one byte differs.
    @Test(arguments: [[0x41, 0x42], [UInt8](repeating: 0x80, count: 16)])
    func aMajorityOfOldRowsIsADoubtWithoutAReason(bytes: [UInt8]) throws {
        let session = try changed(by: "", at: 32, to: bytes).1
        #expect(session.bytes == first.bytes && session.doubts.count == 1, "\(session.doubts)")
    }

    /// Words whose order no text tells are replaced by those that lie over them.
    @Test func wordsOfARowAreReplacedByThemselves() throws {
        let zeros = [UInt8](repeating: 0x81, count: 1024)
        func words(_ bytes: [UInt8]) -> [String] {
            stride(from: 0, to: bytes.count, by: 16).map { (at: Int) -> String in
                let groups = [0, 4, 8, 12].map { (word: Int) -> String in
                    let group: [UInt8] = bytes[(at + word)..<(at + word + 4)].reversed()
                    return LogRows.digits(group[...]).filter { $0 != " " }
                }
                return String(format: "%08x: ", 0x8200_0000 + at) + groups.joined(separator: " ")
            }
        }
        var old = zeros
        old.replaceSubrange(64..<128, with: (0..<64).map { (at: Int) -> UInt8 in 0x90 + UInt8(at % 5) })
        var later = old
        later.replaceSubrange(68..<72, with: [1, 2, 3, 4])
        let dump = run("md.l 82000000 100", words(old))
        let session = try session(
            dump + dump + run("mw.l 82000044 04030201") + run("md.l 82000000 100", words(later)) + Self.prompt)
        #expect(session.bytes == later && session.contradictions.isEmpty && session.outvoted == 0)
    }

    /// What differs stays a doubt where the flash is put together, and where something else is shown later.
    @Test func whatDiffersIsNeverForgotten() throws {
        var other = first
        other.bytes[100] ^= 1
        let log =
            run("sf read 82000000 0 400") + run("md.b 82000000 400", first.md) + run("md.b 82000000 400", other.md)
        let flash = try session(log + Self.prompt, range: 0..<1024, isFlash: true)
        #expect(flash.contradictions == [100])
        let look = run("sf read 82000000 10000 400") + run("md.b 82000000 40", Array(second.md[..<4])) + Self.prompt
        #expect(try session(log + look).contradictions == [0x8200_0064])
    }

    /// Whoever dumps a part of what was loaded has meant it; of several parts the last may be missing.
    @Test func aLoadThatIsLargerThanTheDumpIsANoteUnlessThePartsOfADumpAreFewer() throws {
        let load = run("sf read 82000000 0 1000", ["SF: 4096 bytes @ 0x0 Read: OK"])
        let whole = try session(load + run("md.b 82000000 400", first.md) + Self.prompt)
        #expect(whole.bytes == first.bytes && whole.doubts.isEmpty && whole.notes.count == 1)
        let cut = try session(load + run("md.b 82000000 400", first.md.dropLast()) + Self.prompt)
        #expect(cut.gaps.count == 1)
        let parts = try session(
            load + run("md.b 82000000 200", Array(first.md[..<32])) + run("md.b 82000200 200", Array(first.md[32...]))
                + Self.prompt)
        #expect(parts.bytes == first.bytes && parts.doubts.count == 1)
        #expect(try session(load + first.md.log + Self.prompt).doubts.count == 1)
    }
}

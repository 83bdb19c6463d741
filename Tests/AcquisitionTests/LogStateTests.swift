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
}

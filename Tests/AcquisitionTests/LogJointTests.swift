import Testing

@testable import Acquisition

/// Dumps that go on in the next log, and copies of which one is damaged.
@Suite struct LogJointTests {
    private static let memory = LogRows(4096)
    private static let prompt = "root@cam:/# "
    private static let forms = ["base64", "uuencode", "od -An -v -t x1", "xxd -i", "hexdump -C"]

    private static func lines(_ form: String) -> [String] {
        let rows: [String] =
            switch form {
            case "base64": memory.base64
            case "uuencode": memory.uuencoded("mtd2")
            case "xxd -i": memory.array("mtd2")
            case "hexdump -C": memory.hexdump + ["00001000"]
            default: stride(from: 0, to: 4096, by: 16).map { " " + LogRows.digits(memory.bytes[$0..<$0 + 16]) }
            }
        return [prompt + form + " /dev/mtd2"] + rows + [prompt]
    }

    private static func session(_ logs: [String]) throws -> RecordedSession {
        try RecordedSession(logs: logs.map { Array($0.utf8) }, range: nil)
    }

    /// A log that is cut anywhere, in the middle of a line above all, goes on in the next one.
    @Test(arguments: forms) func aDumpCutAnywhereGoesOnInTheNextLog(form: String) throws {
        let text = Array(Self.lines(form).log.utf8)
        for place in stride(from: 300, to: text.count - 200, by: 997) {
            let session = try RecordedSession(logs: [Array(text[..<place]), Array(text[place...])], range: nil)
            #expect(session.bytes == Self.memory.bytes, "cut at \(place)")
            #expect(session.gaps.isEmpty && session.contradictions.isEmpty, "cut at \(place)")
            if ![0x0d, 0x0a].contains(text[place - 1]) {
                #expect(session.doubts.isEmpty, "cut at \(place): \(session.doubts)")
            }
        }
    }

    /// Between two lines nothing tells that none is missing, but a count or a sum.
    @Test func aCutBetweenLinesIsADoubtUnlessACountOrADigestHolds() throws {
        let lines = Self.lines("base64")
        let logs = [Array(lines[..<20]).log, Array(lines[20...]).log]
        let doubted = try Self.session(logs)
        #expect(doubted.bytes == Self.memory.bytes)
        #expect(doubted.doubts.count == 1 && doubted.doubts[0].contains("from one log to the next"))
        let sum = [Self.prompt + "md5sum /dev/mtd2", MD5.digest(Self.memory.bytes) + "  /dev/mtd2"].log
        let proved = try Self.session(logs + [sum])
        #expect(proved.bytes == Self.memory.bytes && proved.doubts.isEmpty && proved.isVerified)
        let array = Self.lines("xxd -i")
        let counted = try Self.session([Array(array[..<20]).log, Array(array[20...]).log])
        #expect(counted.bytes == Self.memory.bytes && counted.doubts.isEmpty)
    }

    /// Of two copies the whole one counts, the damaged one first or last.
    @Test(arguments: forms, [true, false]) func ofTwoCopiesTheUndamagedOneCounts(form: String, isFirst: Bool) throws {
        let right = Self.lines(form)
        let aborted = Array(right[..<20]) + ["^C", Self.prompt]
        var noisy = right
        noisy[10] = noisy[10].prefix(12) + "~" + noisy[10].dropFirst(13)
        for damaged in [aborted, noisy] {
            let session = try Self.session([(isFirst ? damaged + right : right + damaged).log])
            #expect(session.bytes == Self.memory.bytes)
            #expect(session.gaps.isEmpty && session.doubts.isEmpty && session.states.isEmpty, "\(session.doubts)")
        }
    }

    /// One that lost a line without a trace is shorter.
    @Test(arguments: ["base64", "od -An -v -t x1"])
    func aShorterCopyIsADoubtAndTheLongerOneCounts(form: String) throws {
        let right = Self.lines(form)
        var short = right
        short.remove(at: 20)
        for lines in [right + short, short + right] {
            let session = try Self.session([lines.log])
            #expect(session.bytes == Self.memory.bytes)
            #expect(session.doubts.count == 1 && session.doubts[0].hasPrefix("another copy"))
        }
    }
}

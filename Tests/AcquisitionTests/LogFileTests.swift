import FlashBytes
import Foundation
import Testing

@testable import Acquisition

/// Files in logs: which they are, and what a log says of them.
@Suite struct LogFileTests {
    private let first = LogRows(4096)
    private let second = LogRows(8192, seed: 11)
    private static let prompt = "root@cam:/# "

    private func run(_ command: String, _ lines: [String]) -> [String] { [Self.prompt + command] + lines }

    private func session(_ lines: [String]) throws -> RecordedSession {
        try RecordedSession(logs: [Array((lines + [Self.prompt]).log.utf8)], range: nil)
    }

    private func rows(_ form: String, of memory: LogRows) -> [String] {
        switch form {
        case "xxd -g1": memory.md.map { "0000" + $0.dropFirst(4) }
        case "hexdump -C": memory.hexdump + [String(format: "%08x", memory.bytes.count)]
        case "od -A x -t x1": memory.od + [String(format: "%06x", memory.bytes.count)]
        case "uuencode": memory.uuencoded("m")
        default: memory.base64
        }
    }

    /// Two files in one log are two images, whatever prints them.
    @Test(arguments: ["xxd -g1", "hexdump -C", "od -A x -t x1", "uuencode", "base64"])
    func twoFilesInOneLogAreTwoImagesAndOneFileTwiceIsOne(form: String) throws {
        let session = try session(
            run("\(form) /dev/mtd1", rows(form, of: first)) + run("\(form) /dev/mtd2", rows(form, of: second)))
        #expect(session.bytes == second.bytes)
        let states = try #require(session.states.count == 1 ? session.states : nil)
        #expect(states[0].bytes == first.bytes && states[0].isEarlier && states[0].file != nil)
        // The same file twice is one.
        let twice = try self.session(
            run("\(form) /dev/mtd1", rows(form, of: first)) + run("\(form) /dev/mtd1", rows(form, of: first)))
        #expect(twice.bytes == first.bytes && twice.states.isEmpty && twice.doubts.isEmpty)
    }

    /// `base64 -w0` ends without a line end: prompt and next command stand in the line of the data.
    @Test func aPromptAndACommandBehindDataInOneLineAreSeen() throws {
        func text(_ memory: LogRows) -> String { Data(memory.bytes).base64EncodedString() }
        let session = try session([
            Self.prompt + "base64 -w0 /dev/mtd1", text(first) + Self.prompt + "base64 -w0 /dev/mtd2",
            text(second) + Self.prompt + "md5sum /dev/mtd2", MD5.digest(first.bytes) + "  /dev/mtd2",
        ])
        #expect(session.bytes == second.bytes)
        #expect(session.states.map(\.bytes) == [first.bytes])
        #expect(session.doubts.count == 1)
    }

    /// Rows of a look at memory do not hide a file.
    @Test func aLookAtMemoryDoesNotHideAFile() throws {
        let session = try session(
            ["=> md.b 82000000 40"] + first.md.prefix(4) + run("base64 /dev/mtd2", second.base64))
        #expect(session.bytes == second.bytes && session.range.lowerBound == 0)
        #expect(session.doubts.isEmpty && session.gaps.isEmpty)
    }

    private struct Statement: Sendable, CustomTestStringConvertible {
        var command: String
        /// What is answered about bytes.
        var answer: @Sendable ([UInt8]) -> String
        var isProof = true
        var testDescription: String { command }
    }
    private static let statements = [
        Statement(command: "md5sum /dev/mtd2") { MD5.digest($0) + "  /dev/mtd2" },
        Statement(command: "md5sum /dev/mtdblock2") { MD5.digest($0) + "  /dev/mtdblock2" },
        Statement(command: "cat /dev/mtd2 | md5sum") { MD5.digest($0) + "  -" },
        Statement(command: "md5sum < /dev/mtd2ro") { MD5.digest($0) + "  -" },
        Statement(command: "openssl md5 /dev/mtd2") { "MD5(/dev/mtd2)= " + MD5.digest($0) },
        Statement(command: "openssl md5 < /dev/mtd2") { "MD5(stdin)= " + MD5.digest($0) },
        Statement(command: "cksum /dev/mtd2") { "\(PosixChecksum.of($0)) \($0.count) /dev/mtd2" },
        Statement(command: "wc -c /dev/mtd2", answer: { "\($0.count) /dev/mtd2" }, isProof: false),
        Statement(command: "sha1sum /dev/mtd2") { digest($0, .sha1) + "  /dev/mtd2" },
        Statement(command: "sha512sum /dev/mtd2") { digest($0, .sha512) + "  /dev/mtd2" },
        Statement(command: "blockdev --getsize64 /dev/mtdblock2", answer: { "\($0.count)" }, isProof: false),
        Statement(command: "blockdev --getsz /dev/mtdblock2", answer: { "\($0.count / 512)" }, isProof: false),
        Statement(command: "cat /sys/class/mtd/mtd2/size", answer: { "\($0.count)" }, isProof: false),
        Statement(
            command: "cat /proc/partitions", answer: { "  31        2          \($0.count / 1024) mtdblock2" },
            isProof: false),
        Statement(
            command: "mtd_debug info /dev/mtd2", answer: { "mtd.size = \($0.count) (\($0.count / 1024)K)" },
            isProof: false),
        Statement(
            command: "mtdinfo /dev/mtd2",
            answer: { "Amount of eraseblocks:          1 (\($0.count) bytes, 4.0 KiB)" }, isProof: false),
        Statement(
            command: "ls -l /tmp/mtd2.bin",
            answer: { "-rw-r--r--    1 root     root      \($0.count) Jan  1 00:00 /tmp/mtd2.bin" }, isProof: false),
    ]

    private static func digest(_ bytes: [UInt8], _ algorithm: MessageDigest.Algorithm) -> String {
        hexadecimal(MessageDigest.of(bytes.span.bytes, algorithm: algorithm) ?? [])
    }

    /// A digest or a size of the file proves the dump or contradicts it, before it or behind it.
    @Test(arguments: ["base64", "hexdump -C", "uuencode", "cat /dev/mtd2 | base64"], [true, false])
    func aDigestOrSizeOfTheFileProvesTheDumpOrContradictsIt(form: String, isBefore: Bool) throws {
        let dump = run(form.contains("|") ? form : "\(form) /dev/mtd2", rows(form, of: first))
        for statement in Self.statements {
            let right = run(statement.command, [statement.answer(first.bytes)])
            let wrong = run(statement.command, [statement.answer(second.bytes)])
            let held = try session(isBefore ? right + dump : dump + right)
            #expect(held.bytes == first.bytes && held.doubts.isEmpty, "\(statement.command)")
            #expect(held.isVerified == statement.isProof, "\(statement.command)")
            let contradicted = try session(isBefore ? wrong + dump : dump + wrong)
            #expect(contradicted.bytes == first.bytes)
            #expect(contradicted.doubts.count == 1, "\(statement.command): \(contradicted.doubts)")
        }
    }

    /// A command that asks for more than the log shows, where the dump has no end of its own.
    @Test(arguments: [
        "dd if=/dev/mtd2 bs=4k count=2 | base64", "head -c 8192 /dev/mtd2 | base64",
        "nanddump -l 0x2000 /dev/mtd2 | base64",
        "head -c8k /dev/mtd2 | base64",
    ])
    func aDumpShorterThanAskedForIsADoubtUnlessTheFlashIsNoLarger(command: String) throws {
        let short = try session(run(command, first.base64))
        #expect(short.bytes == first.bytes)
        #expect(short.doubts.count == 1 && short.doubts[0].contains("8192"), "\(short.doubts)")
        let whole = try session(run(command, second.base64))
        #expect(whole.bytes == second.bytes && whole.doubts.isEmpty)
        // The flash is no larger.
        let table = run("cat /proc/mtd", ["dev:    size   erasesize  name", "mtd2: 00001000 00001000 \"rootfs\""])
        let known = try session(table + run(command, first.base64))
        #expect(known.doubts.isEmpty, "\(known.doubts)")
    }

    /// `nanddump` tells how far it reads, and what it could not read.
    @Test(arguments: [
        ("Dumping data starting at 0x00000000 and ending at 0x00001000...", true),
        ("Dumping data starting at 0x00000000 and ending at 0x00002000...", false),
        ("ECC: 1 uncorrectable bitflip(s) at offset 0x00000800", false),
    ])
    func whatNanddumpSaysOfItsRangeAndOfECCIsHeldAgainstTheDump(answer: (line: String, isRight: Bool)) throws {
        let piped = try session(run("nanddump /dev/mtd2 | base64", [answer.line] + first.base64))
        #expect(piped.bytes == first.bytes && piped.doubts.isEmpty == answer.isRight, "\(piped.doubts)")
        let copied = try session(
            run("nanddump -f /tmp/mtd2 /dev/mtd2", [answer.line]) + run("base64 /tmp/mtd2", first.base64))
        #expect(copied.bytes == first.bytes && copied.doubts.isEmpty == answer.isRight, "\(copied.doubts)")
    }

    /// A dump in parts is of the flash whose digest the log shows, if it is as large.
    @Test(arguments: [true, false]) func aDumpInPartsIsHeldAgainstTheDigestOfTheWholeFlash(isRight: Bool) throws {
        let table = run("cat /proc/mtd", ["dev:    size   erasesize  name", "mtd2: 00001000 00001000 \"rootfs\""])
        let sum = MD5.digest(isRight ? first.bytes : second.bytes)
        let rows = first.hexdump
        let lines =
            table + run("md5sum /dev/mtd2", [sum + "  /dev/mtd2"])
            + run("hexdump -v -C -n 2048 /dev/mtd2", rows.prefix(128) + ["00000800"])
            + run("hexdump -v -C -s 2048 -n 2048 /dev/mtd2", rows.dropFirst(128) + ["00001000"])
        let session = try session(lines)
        #expect(session.bytes == first.bytes && session.isVerified == isRight && session.doubts.isEmpty == isRight)
    }

    /// Where no text tells the order of the bytes in words, a digest does, or `od --endian`.
    @Test(arguments: [true, false]) func aDigestOrTheEndianOptionOfOdTellsTheByteOrderOfWords(isBig: Bool) throws {
        let rows = stride(from: 0, to: 4096, by: 16).map { start in
            let words = stride(from: start, to: start + 16, by: 2).map { at -> String in
                let (high, low) = isBig ? (at, at + 1) : (at + 1, at)
                return String(format: "%02x%02x", first.bytes[high], first.bytes[low])
            }
            return String(format: "%07x ", start) + words.joined(separator: " ")
        }
        let sum = run("md5sum /dev/mtd2", [MD5.digest(first.bytes) + "  /dev/mtd2"])
        let proved = try session(sum + run("hexdump -v /dev/mtd2", rows + ["0001000"]))
        #expect(proved.bytes == first.bytes && !proved.isOrderGuessed && proved.doubts.isEmpty)
        let told = run("od -A x -v -t x2 --endian=\(isBig ? "big" : "little") /dev/mtd2", rows + ["0001000"])
        let session = try session(told)
        #expect(session.bytes == first.bytes && !session.isOrderGuessed && session.doubts.isEmpty)
    }

    /// Files of odd sizes: a short group at the end, or a word that is filled up.
    @Test(arguments: [4095, 4093, 4081]) func filesOfOddSizesEndAtTheirLastByte(size: Int) throws {
        let bytes = Array(first.bytes.prefix(size))
        let pairs = stride(from: 0, to: size, by: 16).map { start in
            let row = bytes[start..<min(start + 16, size)]
            let groups = stride(from: row.startIndex, to: row.endIndex, by: 2).map { at in
                row[at..<min(at + 2, row.endIndex)].map { String(format: "%02x", $0) }.joined()
            }
            let digits = groups.joined(separator: " ").padding(toLength: 41, withPad: " ", startingAt: 0)
            return String(format: "%08x: ", start) + digits + LogRows.shown(row)
        }
        let xxd = try session(run("xxd /tmp/x.bin", pairs))
        #expect(xxd.bytes == bytes && xxd.gaps.isEmpty && xxd.damagedLines == 0)
        let words = stride(from: 0, to: size, by: 16).map { start in
            let row = bytes[start..<min(start + 16, size)]
            let text = stride(from: row.startIndex, to: row.endIndex, by: 2).map { at in
                String(format: "%02x%02x", at + 1 < row.endIndex ? row[at + 1] : 0, row[at])
            }
            return String(format: "%07x ", start) + text.joined(separator: " ")
        }
        let hexdump = try session(run("hexdump -v /tmp/x.bin", words + [String(format: "%07x", size)]))
        #expect(hexdump.bytes == bytes && hexdump.gaps.isEmpty)
    }

    /// A command is one behind whatever prompt.
    @Test(arguments: ["\u{279c}  ~ ", "\"bootloader\" ", "host:dir* ", "/ "])
    func aCommandIsSeenBehindWhateverPrompt(prompt: String) throws {
        let rows = stride(from: 0, to: 4096, by: 16).map { " " + LogRows.digits(first.bytes[$0..<$0 + 16]) }
        let lines = [prompt + "od -An -v -t x1 /dev/mtd2"] + rows + [prompt + "ls"]
        let session = try RecordedSession(logs: [Array(lines.log.utf8)], range: nil)
        #expect(session.bytes == first.bytes && session.doubts.isEmpty, "\(session.doubts)")
    }

    /// What is said of other files, or of a part, says nothing.
    @Test(arguments: ["md5sum /dev/mtd3", "md5sum /etc/passwd", "tail -c 1024 /dev/mtd2 | md5sum"])
    func digestsOfOtherFilesOrOfPartsSayNothingOfTheDump(command: String) throws {
        let path = command.hasPrefix("md5sum") ? command.dropFirst(7) : "-"
        let session = try session(
            run("base64 /dev/mtd2", first.base64) + run(command, [MD5.digest(second.bytes) + "  " + path]))
        #expect(session.bytes == first.bytes && session.doubts.isEmpty && !session.isVerified)
    }

    /// `/proc/mtd` tells the size of the file.
    @Test(arguments: [("00001000", true), ("00002000", false)])
    func aDumpShorterThanProcMTDSaysIsADoubt(size: (String, Bool)) throws {
        let table = run("cat /proc/mtd", ["dev:    size   erasesize  name", "mtd2: \(size.0) 00001000 \"rootfs\""])
        let session = try session(table + run("hexdump -C /dev/mtd2", rows("hexdump -C", of: first)))
        #expect(session.bytes == first.bytes)
        #expect(session.doubts.isEmpty == size.1)
    }

    /// What is shown behind the end of a load was there before it.
    @Test(arguments: [("1000", "4096", true), ("800", "2048", false), ("1000", "2048", false)])
    func rowsBehindTheEndOfALoadAreADoubt(load: (command: String, answer: String, isRight: Bool)) throws {
        let lines =
            [
                "=> sf read 82000000 0 \(load.command)", "device 0 offset 0x0, size 0x\(load.command)",
                "SF: \(load.answer) bytes @ 0x0 Read: OK", "=> md.b 82000000 1000",
            ] + first.md
        let session = try session(lines)
        #expect(session.bytes == first.bytes)
        #expect(session.doubts.isEmpty == load.isRight)
    }

    /// Formats of bytes without addresses, and one that tells them.
    @Test(arguments: [
        #"-v -e '16/1 "%02x " "\n"'"#, #"-v -e '1/1 "%02x"'"#, #"-ve '16/1 "%.2x" "\n"'"#,
        #"-e '"%08_ax: "' -e '16/1 "%02x " "\n"'"#,
    ])
    func hexdumpFormatStringsOfBytesAreRead(format: String) throws {
        let digits = stride(from: 0, to: 4096, by: 16).map { LogRows.digits(first.bytes[$0..<$0 + 16]) + " " }
        let lines: [String] =
            if format.contains("_a") {
                digits.enumerated().map { String(format: "%08x: ", $0 * 16) + $1 }
            } else if format.contains("1/1 \"%02x\"'") {
                [digits.joined().replacing(" ", with: "") + Self.prompt]
            } else {
                format.contains("%.2x") ? digits.map { $0.replacing(" ", with: "") } : digits
            }
        let session = try session(run("hexdump \(format) /dev/mtd2", lines))
        #expect(session.bytes == first.bytes)
        #expect(session.doubts.isEmpty && session.gaps.isEmpty, "\(session.doubts)")
    }

    /// Of three copies two decide, also where the first row of one is damaged.
    @Test func ofThreeCopiesTwoDecide() throws {
        let rows = first.bytes.indices.filter { $0 % 16 == 0 }.map {
            String(format: "%06x ", $0) + LogRows.digits(first.bytes[$0..<$0 + 16])
        }
        var second = rows
        second[0] = String(rows[0].dropLast())
        var third = rows
        third[5] = rows[5].dropLast() + (rows[5].hasSuffix("0") ? "1" : "0")
        let session = try session(run("od -v -A x -t x1 /dev/mtd2", rows + second + third) + ["001000"])
        #expect(session.bytes == first.bytes)
        #expect(session.contradictions.isEmpty && session.gaps.isEmpty && session.outvoted == 1)
    }

    /// A dump goes on in the next file, and the later part may be given first.
    @Test(arguments: [false, true]) func aDumpInTwoLogsIsOneImageInEitherOrder(isReversed: Bool) throws {
        let rows = rows("hexdump -C", of: first)
        let parts = [run("hexdump -C /dev/mtd2", Array(rows[..<100])), Array(rows[100...]) + [Self.prompt]]
        let logs = (isReversed ? parts.reversed() : parts).map { Array($0.log.utf8) }
        let session = try RecordedSession(logs: logs, range: nil)
        #expect(session.bytes == first.bytes)
        #expect(session.gaps.isEmpty && session.states.isEmpty)
    }

    /// What Intel's records say of their addresses holds in the next file.
    @Test func theBaseAddressOfIntelRecordsHoldsInTheNextLog() throws {
        func record(_ bytes: [UInt8]) -> String {
            let sum: UInt8 = 0 &- bytes.reduce(0, &+)
            return ":" + (bytes + [sum]).map { String(format: "%02X", $0) }.joined()
        }
        var lines = [record([2, 0, 0, 4, 0x9f, 0])]
        for start in stride(from: 0, to: 64, by: 16) {
            let head: [UInt8] = [16, 0, UInt8(start), 0]
            lines.append(record(head + first.bytes[start..<start + 16]))
        }
        lines.append(":00000001FF")
        let logs = [Array(lines[..<3]), Array(lines[3...])].map { Array($0.log.utf8) }
        let session = try RecordedSession(logs: logs, range: nil)
        #expect(session.range == 0x9f00_0000..<0x9f00_0040)
        #expect(session.bytes == Array(first.bytes[..<64]) && session.doubts.isEmpty)
    }

    /// What is aborted behind a whole dump is another command; the dump itself may be aborted, and made again.
    @Test func anAbortedDumpIsADoubtUnlessTheFileIsDumpedWholeToo() throws {
        let whole = run("base64 /dev/mtd2", first.base64)
        let ping = run("ping 10.0.0.1", ["PING 10.0.0.1 (10.0.0.1): 56 data bytes", "^C"])
        let part = run("base64 /dev/mtd2", Array(first.base64.prefix(20)) + ["^C"])
        for log in [whole + ping, part + whole, whole + part] {
            let session = try session(log)
            #expect(session.bytes == first.bytes && session.doubts.isEmpty, "\(session.doubts)")
        }
        #expect(try session(part).doubts.contains { $0.contains("it was aborted") })
        #expect(
            try session(run("cat /dev/mtd2 | base64", first.base64 + ["cat: read error: I/O error"])).doubts.count == 1)
    }

    /// Blanks behind each line of uuencode, as some terminals leave them.
    @Test func blanksBehindLinesOfUuencodeCostNothing() throws {
        let session = try session(run("uuencode /dev/mtd2 m", first.uuencoded("m").map { $0 + " " }))
        #expect(session.bytes == first.bytes && session.doubts.isEmpty && session.gaps.isEmpty)
    }

    /// A shell's dump before does not take away what is loaded afterwards.
    @Test func aFileDumpedBeforeDoesNotHideAFlashLoadedAfterwards() throws {
        let lines =
            run("hexdump -C /dev/mtd1", rows("hexdump -C", of: second)) + [
                "=> sf read 82000000 40000 1000", "SF: 4096 bytes @ 0x40000 Read: OK", "=> md.b 82000000 1000",
            ] + first.md + ["=> "]
        let flash = try RecordedSession(logs: [Array(lines.log.utf8)], range: 0x40000..<0x41000, isFlash: true)
        #expect(flash.bytes == first.bytes && flash.doubts.isEmpty && flash.gaps.isEmpty)
    }

    /// The same bytes by a loader and by a shell are one image.
    @Test func theSameBytesFromALoaderAndAShellAreOneImage() throws {
        let session = try session(["=> md.b 82000000 1000"] + first.md + run("base64 /dev/mtd2", first.base64))
        #expect(session.bytes == first.bytes && session.states.isEmpty && session.doubts.isEmpty)
    }
}

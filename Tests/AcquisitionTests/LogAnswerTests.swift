import Testing

@testable import Acquisition

/// Answers that are missing, that do not fit what was asked for, and what commands before a dump tell of it.
@Suite struct LogAnswerTests {
    private static let prompt = "root@cam:/# "
    private static let memory = LogRows(1024)
    private static let digest = MD5.digest(memory.bytes)
    private static let wrong = MD5.digest([1, 2, 3])

    private static func session(_ lines: [String]) throws -> RecordedSession {
        try RecordedSession(logs: [Array(lines.log.utf8)], range: nil)
    }

    /// A command at the prompt of a shell, what it prints, and the next prompt.
    private static func shell(_ command: String, _ lines: [String] = []) -> [String] { [prompt + command] + lines }

    /// The lines of `xxd` of the first bytes.
    private static func xxd(_ count: Int = 1024, from start: Int = 0) -> [String] {
        stride(from: start, to: start + count, by: 16).map { at in
            let row = memory.bytes[at..<at + 16]
            let digits = stride(from: at, to: at + 16, by: 2).map {
                LogRows.digits(row[$0..<$0 + 2]).filter { $0 != " " }
            }
            let address = String(at, radix: 16)
            return String(repeating: "0", count: 8 - address.count) + address + ": " + digits.joined(separator: " ")
                + "  "
                + LogRows.shown(row)
        }
    }

    private static func bytes(_ count: Int = 1024) -> [String] {
        stride(from: 0, to: count, by: 16).map { " " + LogRows.digits(memory.bytes[$0..<$0 + 16]) }
    }

    private static func isRight(_ session: RecordedSession) -> Bool {
        session.bytes == memory.bytes && session.doubts.isEmpty && session.gaps.isEmpty
            && session.checked.allSatisfy(\.holds)
    }

    private static func isDoubted(_ session: RecordedSession) -> Bool {
        !session.doubts.isEmpty || !session.gaps.isEmpty || session.checked.contains { !$0.holds }
    }

    /// What was asked for and is not there is missing, unless the device says why.
    @Test(arguments: [
        ["xxd -s 4096 -l 4096 /dev/mtd2"], ["base64 /dev/mtd3"], ["hexdump -C /dev/mtd3"], ["xxd -p -s 1024 /dev/mtd2"],
        ["od -An -v -t x1 -j 1024 /dev/mtd2"], ["busybox xxd -s 4096 /dev/mtd2"],
    ]) func aDumpCommandWithoutOutputIsADoubtUnlessTheDeviceSaysWhy(command: [String]) throws {
        let dump = Self.shell("xxd -l 1024 /dev/mtd2", Self.xxd())
        #expect(try Self.isRight(Self.session(dump + [Self.prompt])))
        #expect(try Self.isDoubted(Self.session(dump + Self.shell(command[0]) + [Self.prompt])))
        let excused = Self.shell(command[0], ["sh: can't open '/dev/mtd3': No such file or directory"])
        #expect(try Self.isRight(Self.session(dump + excused + [Self.prompt])))
        // The terminal has drawn the line once more.
        #expect(try Self.isRight(Self.session([Self.prompt + "xxd -l 1024 /dev/m"] + dump + [Self.prompt])))
    }

    /// The same of a loader.
    @Test func aMemoryDumpCommandWithoutRowsIsADoubt() throws {
        let rows = LogRows(1024)
        let dump = ["=> md.b 82000000 400"] + rows.md
        #expect(try Self.isRight(Self.session(dump + ["=> "])))
        #expect(try Self.isDoubted(Self.session(dump + ["=> md.b 82000400 400", "=> "])))
        #expect(try Self.isDoubted(Self.session(dump + ["=> nand dump 800", "=> "])))
    }

    /// `md` without a suffix counts units as wide as those that it shows.
    @Test func mdWithoutSuffixCountsUnitsAsWideAsItShows() throws {
        let rows = LogRows(1024)
        let words = stride(from: 0, to: 1024, by: 16).map { at in
            let words = stride(from: at, to: at + 16, by: 4).map { word in
                LogRows.digits(rows.bytes[word..<word + 4][...]).filter { $0 != " " }
            }
            return "82000" + String(0x1000 + at, radix: 16).dropFirst() + ": " + words.joined(separator: " ") + "    "
                + LogRows.shown(rows.bytes[at..<at + 16])
        }
        let whole = try Self.session(["=> md 82000000 100"] + words + ["=> "])
        #expect(!Self.isDoubted(whole) && whole.bytes.count == 1024)
        #expect(try Self.isDoubted(Self.session(["=> md 82000000 100"] + words[..<32] + ["=> "])))
    }

    /// Parts of a flash that were loaded into the same memory are one image.
    @Test(arguments: [false, true]) func partsOfAFlashLoadedIntoTheSameMemoryAreOneImage(areSame: Bool) throws {
        let first = LogRows(512)
        let second = areSame ? first : LogRows(512, seed: 11)
        func part(_ rows: LogRows, _ offset: String) -> [String] {
            ["=> sf read 82000000 \(offset) 200", "SF: 512 bytes @ 0x\(offset) Read: OK", "=> md.b 82000000 200"]
                + rows.md
        }
        let session = try Self.session(part(first, "0") + part(second, "200") + ["=> "])
        #expect(session.bytes == first.bytes + second.bytes && session.range == 0..<1024)
        #expect(session.doubts.isEmpty && session.states.isEmpty)
        // Another part is missing between them.
        let apart = try Self.session(part(first, "0") + part(second, "800") + ["=> "])
        #expect(areSame ? !apart.doubts.isEmpty : !apart.states.isEmpty)
    }

    /// base32 is not taken for base64, with its command or without.
    @Test(arguments: [[prompt + "base32 /dev/mtd2"], []]) func base32IsNotTakenForBase64(front: [String]) throws {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let rows = (0..<64).map { row in String((0..<76).map { letters[(row &* 7 &+ $0 &* 11) % 32] }) }
        #expect(throws: (any Error).self) {
            let session = try Self.session(front + rows + [Self.prompt])
            if Self.isDoubted(session) { throw AcquisitionError.nothingInLog("") }
        }
    }

    /// What a pager has written in front of a row does not take it away.
    @Test(arguments: [
        "--More-- ", "--More--(40%) ",
        "--More--" + String(repeating: "\u{8}", count: 8) + "        "
            + String(repeating: "\u{8}", count: 8),
    ])
    func theMarkOfAPagerInFrontOfARowCostsNothing(mark: String) throws {
        let dumps = [
            Self.shell("od -An -v -t x1 /dev/mtd2 | more", Self.bytes()),
            Self.shell("xxd /dev/mtd2 | more", Self.xxd()),
            Self.shell("base64 /dev/mtd2 | more", Self.memory.base64),
            Self.shell("hexdump -C /dev/mtd2 | more", Self.memory.hexdump + ["00000400"]),
        ]
        for var dump in dumps {
            dump[10] = mark + dump[10]
            #expect(try Self.isRight(Self.session(dump + [Self.prompt])), "\(dump[0])")
        }
        // Anything else in front of a row takes it away, and that is told.
        var dump = dumps[0]
        dump[10] = "=more=> " + dump[10]
        #expect(try Self.isDoubted(Self.session(dump + [Self.prompt])))
    }

    /// A copy of a flash is held against what is known of the flash.
    @Test(arguments: [
        "dd if=/dev/mtd2 of=/tmp/x", "cat /dev/mtd2 > /tmp/x", "cp /dev/mtd2 /tmp/x", "nanddump -f /tmp/x /dev/mtd2",
        "dd if=/dev/mtd2 of=/tmp/x bs=64k",
    ]) func aCopyOfAFlashIsHeldAgainstWhatIsKnownOfTheFlash(command: String) throws {
        let table = Self.shell("cat /proc/mtd", ["dev:    size   erasesize  name", "mtd2: 00000400 00000200 \"fw\""])
        for (sum, isRight) in [(Self.digest, true), (Self.wrong, false)] {
            let lines =
                Self.shell(command) + Self.shell("xxd /tmp/x", Self.xxd())
                + Self.shell("md5sum /dev/mtd2", ["\(sum)  /dev/mtd2"])
            #expect(try Self.isRight(Self.session(lines + [Self.prompt])) == isRight)
        }
        let dump = Self.shell(command) + Self.shell("xxd /tmp/x", Self.xxd(512)) + [Self.prompt]
        #expect(try Self.isDoubted(Self.session(table + dump)))
        #expect(
            try Self.isDoubted(
                Self.session(table + Self.shell(command + "; xxd /tmp/x", Self.xxd(512)) + [Self.prompt])))
    }

    /// Programs that say how large a file is.
    @Test(arguments: [
        ["stat -c %s /tmp/x", "1024"], ["stat /tmp/x", "  File: /tmp/x", "  Size: 1024      \tBlocks: 8"],
        ["wc /tmp/x", "  3  9 1024 /tmp/x"], ["du -b /tmp/x", "1024\t/tmp/x"],
        ["ls -lh /tmp/x", "-rw-r--r--    1 root     root        1.0K Jan  1 10:00 /tmp/x"],
        ["dd if=/dev/mtd2 of=/tmp/x", "2+0 records in", "2+0 records out"], ["dd if=/dev/mtd2 of=/tmp/x bs=1k count=1"],
        ["head -c 1024 /dev/mtd2 > /tmp/x"], ["nanddump -l 1024 -f /tmp/x /dev/mtd2"],
        ["mtd_debug read /dev/mtd2 0 1024 /tmp/x", "Copied 1024 bytes from address 0x00000000 in flash to /tmp/x"],
    ]) func aDumpShorterThanTheFileIsSaidToBeIsADoubt(lines: [String]) throws {
        let told = Self.shell(lines[0], Array(lines.dropFirst()))
        #expect(try Self.isRight(Self.session(told + Self.shell("xxd /tmp/x", Self.xxd()) + [Self.prompt])))
        #expect(try Self.isDoubted(Self.session(told + Self.shell("xxd /tmp/x", Self.xxd(512)) + [Self.prompt])))
    }

    /// Commands that say how much they print.
    @Test(arguments: [
        "xxd -l $((1024)) /dev/mtd2", "timeout 10 xxd -l 1024 /dev/mtd2", "nanddump -c -l 1024 /dev/mtd2",
    ])
    func aDumpShorterThanItsCommandCountsIsADoubt(command: String) throws {
        #expect(try Self.isRight(Self.session(Self.shell(command, Self.xxd()) + [Self.prompt])))
        #expect(try Self.isDoubted(Self.session(Self.shell(command, Self.xxd(512)) + [Self.prompt])))
    }

    /// What has stopped a dump stands behind it.
    @Test(arguments: [
        "Killed", "Segmentation fault", "Terminated", "U-Boot SPL 2018.01", "[1]+  Killed     xxd /dev/mtd2",
    ])
    func aMessageThatADumpWasStoppedIsADoubtDirectlyBehindItOnly(line: String) throws {
        for dump in [Self.shell("xxd /dev/mtd2", Self.xxd()), Self.shell("base64 /dev/mtd2", Self.memory.base64)] {
            #expect(try Self.isDoubted(Self.session(dump + [line, Self.prompt])), "\(dump[0])")
            #expect(try Self.isRight(Self.session(dump + [Self.prompt, line, Self.prompt])), "\(dump[0])")
        }
    }

    /// Sums of parts, through pagers, and of a flash that was dumped in parts.
    @Test func digestsOfPartsAndOfAFlashDumpedInPartsAreChecked() throws {
        let part = MD5.digest(Array(Self.memory.bytes[..<512]))
        let dump = Self.shell("xxd /dev/mtd2", Self.xxd())
        let parts =
            Self.shell("xxd -s 0 -l 512 /dev/mtd2", Self.xxd(512))
            + Self.shell("xxd -s 512 -l 512 /dev/mtd2", Self.xxd(512, from: 512))
        let more = Self.shell("hexdump -C /dev/mtd2 | more", Self.memory.hexdump + ["00000400"])
        for (lines, command, right, answer) in [
            (dump, "dd if=/dev/mtd2 bs=512 count=1 | md5sum", part, "  -"),
            (dump, "head -c 512 /dev/mtd2 | md5sum", part, "  -"),
            (parts, "md5sum /dev/mtd2", Self.digest, "  /dev/mtd2"),
            (more, "md5sum /dev/mtdblock/2", Self.digest, "  /dev/mtdblock/2"),
        ] {
            for (sum, isRight) in [(right, true), (Self.wrong, false)] {
                let session = try Self.session(lines + Self.shell(command, [sum + answer]) + [Self.prompt])
                #expect(Self.isRight(session) == isRight, "\(command): \(session.doubts)")
            }
        }
        let other = Self.shell("sha224sum /dev/mtd2", [String(repeating: "0", count: 56) + "  /dev/mtd2"])
        #expect(try Self.isDoubted(Self.session(dump + other + [Self.prompt])))
    }

    /// What a loader and a shell say of a load, or of a copy, that has not brought all.
    @Test(arguments: [
        ["=> onenand read 82000000 0 400", "OneNAND read: offset 0x0, size 0x400 ... 512 bytes read: OK"],
        ["=> fatload mmc 0 82000000 x.bin", "512 bytes read in 12 ms (3.2 MiB/s)"],
        ["=> mmc read 82000000 0 2", "MMC: no card present"],
    ]) func aLoadThatHasNotBroughtAllIsADoubt(lines: [String]) throws {
        #expect(try Self.isDoubted(Self.session(lines + ["=> md.b 82000000 400"] + LogRows(1024).md + ["=> "])))
    }

    @Test(arguments: [
        "dd: writing '/tmp/x': No space left on device", "ECC failed: 1", "Number of bad blocks: 1",
    ]) func aCopyThatReportedAnErrorIsADoubt(line: String) throws {
        let dump = Self.shell("dd if=/dev/mtd2 of=/tmp/x", [line]) + Self.shell("xxd /tmp/x", Self.xxd())
        #expect(try Self.isDoubted(Self.session(dump + [Self.prompt])))
    }

    /// Programs between a flash and its dump, and behind it.
    @Test(arguments: ["dd if=/dev/mtd2 conv=swab | hexdump -C", "hexdump -C /dev/mtd2 | grep -v 'ff ff'"])
    func aFilterBetweenTheFlashAndTheLogIsADoubt(command: String) throws {
        let lines = Self.shell(command, Self.memory.hexdump + ["00000400"])
        #expect(try Self.isDoubted(Self.session(lines + [Self.prompt])))
    }

    /// Rows that end with an address, where the log does not show the command.
    @Test func rowsWithoutACommandAreWholeOnlyWithTheirEndAddress() throws {
        #expect(try Self.isRight(Self.session(Self.memory.hexdump + ["00000400"])))
        #expect(try Self.isDoubted(Self.session(Self.memory.hexdump)))
    }

    /// A load that has brought less than was asked for leaves what was there before, though that was loaded too.
    @Test(arguments: ["512 bytes read: OK", "1024 bytes read: OK"])
    func aShortLoadOverAnEarlierOneIsADoubt(answer: String) throws {
        let dump = ["=> md.b 82000000 400"] + LogRows(1024).md
        let second =
            ["=> nand read 82000000 400 400", "NAND read: device 0 offset 0x400, size 0x400", " " + answer] + dump
        let session = try Self.session(
            ["=> nand read 82000000 0 400", " 1024 bytes read: OK"] + dump + second + ["=> "])
        #expect(session.doubts.isEmpty == answer.hasPrefix("1024"), "\(session.doubts)")
    }

    /// Parts of a flash that several commands print are one image, where they meet.
    @Test(arguments: [false, true])
    func partsOfAFlashPrintedBySeveralCommandsAreOneImageWhereTheyMeet(areSame: Bool) throws {
        let second = areSame ? Self.memory : LogRows(1024, seed: 11)
        let forms: [(command: String, lines: (LogRows) -> [String])] = [
            ("dd if=/dev/mtd2 bs=1k skip=N count=1 | hexdump -C", { $0.hexdump + ["00000400"] }),
            ("dd if=/dev/mtd2 bs=1k skip=N count=1 | base64", { $0.base64 }),
            ("xxd -p -s N*1k -l 1k /dev/mtd2", { $0.plain }),
        ]
        for (command, lines) in forms {
            let parts = [Self.memory, second].enumerated().map { index, rows in
                Self.shell(command.replacing("N", with: "\(index)"), lines(rows))
            }
            let session = try Self.session(parts[0] + parts[1] + [Self.prompt])
            #expect(session.bytes == Self.memory.bytes + second.bytes, "\(command)")
            #expect(session.doubts.isEmpty && session.states.isEmpty, "\(command): \(session.doubts)")
            let digest = Self.shell("md5sum /dev/mtd2", ["\(Self.wrong)  /dev/mtd2", Self.prompt])
            #expect(try Self.isDoubted(Self.session(parts[0] + parts[1] + digest)))
            let apart = Self.shell(command.replacing("N", with: "3"), lines(second)) + [Self.prompt]
            #expect(try Self.isDoubted(Self.session(parts[0] + apart)))
        }
    }

    /// Rows of a pager, `*` too, and what a backspace has erased.
    @Test func marksOfPagersAndCharactersThatABackspaceErasedCostNothing() throws {
        var blank = LogRows(512)
        blank.bytes = [UInt8](repeating: 0xaa, count: 512)
        let lines = Self.shell(
            "hexdump -C /dev/mtd2 | more",
            [
                blank.hexdump[0], "--More--\r        \r*", "00000200", Self.prompt,
            ])
        let session = try Self.session(lines)
        #expect(session.bytes == blank.bytes && session.doubts.isEmpty && session.gaps.isEmpty)
        var rows = Self.xxd()
        rows[3] = rows[3].replacing(": ", with: ": x\u{8}", maxReplacements: 1)
        #expect(try Self.isRight(Self.session(Self.shell("xxd /dev/mtd2", rows) + [Self.prompt])))
    }

    /// What terminal programs and mails write in front of lines, however many digits it has.
    @Test(
        arguments: [
            { "/dev/ttyUSB0|" + $1 }, { "+\($0 * 7)ms " + $1 }, { "I (\($0 * 9)) uart: " + $1 }, { ">>" + $1 },
            { "Mon Jan  1 10:00:\(10 + $0 % 50) 2024 " + $1 }, { "17000000\(10000 + $0)\t" + $1 },
            { "\($0).001> " + $1 },
            { $1 + "<br>" + String(repeating: "", count: $0) },
        ] as [@Sendable (Int, String) -> String])
    func marksOfTerminalProgramsAndMailsInFrontOfLinesCostNothing(mark: @Sendable (Int, String) -> String) throws {
        for dump in [
            Self.shell("hexdump -C /dev/mtd2", Self.memory.hexdump + ["00000400"]),
            Self.shell("base64 /dev/mtd2", Self.memory.base64),
        ] {
            let lines = (dump + [Self.prompt]).enumerated().map(mark)
            #expect(try Self.isRight(Self.session(lines)), "\(lines[1])")
        }
    }

    /// uuencode with a name of two words, and with blanks at the ends of its lines.
    @Test func uuencodeMayHaveANameOfTwoWordsAndTrailingBlanks() throws {
        let lines = Self.memory.uuencoded("my flash").map { $0 + "   " }
        #expect(try Self.isRight(Self.session(lines)))
    }

    /// A dump that was aborted within a line, and its repetition.
    @Test func aDumpAbortedWithinALineIsReplacedByItsRepetition() throws {
        let rows = Self.memory.base64
        let dump = Self.shell("base64 /dev/mtd2", Array(rows[..<5]) + [rows[5].prefix(20) + "^C"])
        #expect(try Self.isRight(Self.session(dump + Self.shell("base64 /dev/mtd2", rows) + [Self.prompt])))
        #expect(try Self.isDoubted(Self.session(dump + [Self.prompt])))
    }

    /// Records that are cut within one, and what PuTTY writes in front of a log.
    @Test(arguments: ["", "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2024.01.01 10:00:00 =~=~=~=~=~=~=~=~=~=~=~=\r\n"])
    func aDumpCutWithinALineGoesOnInTheNextLog(front: String) throws {
        let dumps = [
            Self.memory.records + ["S70500000000FA"],
            Self.shell("base64 /dev/mtd2", Self.memory.base64) + [Self.prompt],
        ]
        for dump in dumps {
            let text = dump.log.utf8.map(\.self)
            let logs = [Array(text[..<700]), Array(front.utf8) + text[700...]]
            #expect(try Self.isRight(RecordedSession(logs: logs, range: nil)))
        }
    }

    /// Three lines make no image of a gigabyte.
    @Test func aStarUpToAFarAddressMakesNoHugeImage() throws {
        let session = try Self.session([Self.memory.hexdump[0], "*", "40000000"])
        #expect(session.bytes.count <= 1 << 20 && Self.isDoubted(session))
    }
}

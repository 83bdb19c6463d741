import Foundation
import Testing

@testable import Acquisition

/// Ends that are missing, and forms that are rare.
@Suite struct LogFormTests {
    private let memory = LogRows(1024)
    private static let prompt = "root@cam:/# "

    private func session(_ text: String) throws -> RecordedSession {
        try RecordedSession(logs: [Array(text.utf8)], range: nil)
    }

    /// All is there, and nothing speaks against it.
    private func expectWhole(_ text: String, _ comment: Comment? = nil) throws {
        let session = try session(text)
        #expect(session.bytes == memory.bytes, comment)
        #expect(session.gaps.isEmpty && session.doubts.isEmpty && session.contradictions.isEmpty, comment)
    }

    /// One character too many before the first row costs neither that row nor the addresses of all others.
    @Test(arguments: ["~", "x", "\u{11}", "\u{7f}", "\u{c}", "0", "\u{e4}"])
    func aStrayCharacterBeforeTheFirstRowCostsNothing(character: String) throws {
        let session = try session(character + memory.md.log)
        #expect(session.range == 0x8200_0000..<0x8200_0400)
        #expect(session.bytes == memory.bytes && session.gaps.isEmpty)
    }

    /// A digit too many makes another address: the row is missing then.
    @Test(arguments: ["8", "2"])
    func aStrayDigitBeforeTheFirstRowIsADoubtOrAGap(digit: String) throws {
        let session = try session(digit + memory.md.log)
        #expect(session.range.upperBound == 0x8200_0400)
        #expect(session.bytes.suffix(1008) == memory.bytes.suffix(1008))
        #expect(!session.doubts.isEmpty || !session.gaps.isEmpty)
    }

    /// Two or four bytes a character, with a mark in front and without.
    @Test(arguments: [2, 4], [true, false]) func logsInUTF16AndUTF32AreRead(width: Int, isLittle: Bool) throws {
        for mark in ["", "\u{feff}"] {
            let bytes = (mark + memory.md.log).unicodeScalars.flatMap { scalar in
                let unit = (0..<width).map { UInt8(truncatingIfNeeded: scalar.value >> UInt32(8 * $0)) }
                return isLittle ? unit : unit.reversed()
            }
            let session = try RecordedSession(logs: [bytes], range: nil)
            #expect(session.bytes == memory.bytes && session.gaps.isEmpty)
        }
    }

    /// `82000000 | 5a 5d … | Z]`: bars around the digits, and around the text or behind it.
    @Test(arguments: [" | ", "| "], [("", ""), (" | ", ""), (" |", "|")])
    func rowsWithBarsAroundDigitsAndTextAreRead(address: String, text: (String, String)) throws {
        func line(_ row: String) -> String {
            let at = row.index(row.startIndex, offsetBy: 8)
            let digits = row[row.index(at, offsetBy: 2)...].prefix(47)
            return row[..<at] + address + digits + (text.0.isEmpty ? "" : text.0 + row.suffix(16) + text.1)
        }
        let rows = memory.md.map(line)
        try expectWhole(rows.log, "\(address) \(text)")
        // A digit that is none, in the last row.
        var damaged = rows
        damaged[63] = String(rows[63].prefix(14)) + "q" + rows[63].dropFirst(15)
        let session = try session(damaged.log)
        #expect(!session.gaps.isEmpty || session.damagedLines > 0)
    }

    private var array: [String] {
        stride(from: 0, to: memory.bytes.count, by: 12).map { at in
            let row = memory.bytes[at..<min(at + 12, memory.bytes.count)]
            let isLast = at + 12 >= memory.bytes.count
            return "  " + row.map { String(format: "0x%02x", $0) }.joined(separator: ", ") + (isLast ? "" : ",")
        }
    }

    /// `xxd -i`, with the name of a file and without.
    @Test func arraysOfXxdAreReadAndWhatTheyLackIsSaid() throws {
        let whole = ["# xxd -i mtd2", "unsigned char mtd2[] = {"] + array + ["};", "unsigned int mtd2_len = 1024;"]
        try expectWhole(whole.log)
        try expectWhole((["# xxd -i </dev/mtd2"] + array + ["# "]).log)
        // No whole block of a flash, but counted.
        let few = ["unsigned char x[] = {", "  0x01, 0x02, 0x03", "};", "unsigned int x_len = 3;"]
        #expect(try session(few.log).bytes == [1, 2, 3])
        #expect(try session(few.log).doubts.isEmpty)
        // A line that is missing, damaged, or without its last bytes.
        let short = try session((whole[..<20].map(\.self) + whole[21...]).log)
        #expect(short.doubts.contains { $0.contains("the array has 1024 bytes, and 1012 of them are there") })
        for line in [whole[20].replacing("0x", with: "0q", maxReplacements: 1), String(whole[20].prefix(40))] {
            let session = try session((whole[..<20].map(\.self) + [line] + whole[21...]).log)
            #expect(session.gaps == [216..<228], "\(line)")
            #expect(session.bytes[228...] == memory.bytes[228...])
        }
        let cut = try session(whole[..<30].map(\.self).log)
        #expect(!cut.doubts.isEmpty)
        // At a whole block of a flash.
        let row = "  " + [String](repeating: "0x5a", count: 12).joined(separator: ", ") + ","
        let block = try session((whole[..<2].map(\.self) + [String](repeating: row, count: 128)).log)
        #expect(block.bytes.count == 1536)
        #expect(block.doubts.contains { $0.contains("without the line that counts its bytes") })
    }

    /// What is no hexadecimal dump is said to be none; two stars hide a row.
    @Test(arguments: ["od -c", "od -A x -t c", "od -A d -t u1", "od -td1", "hexdump -c"])
    func characterAndDecimalDumpsAreSaidNotToBeRead(command: String) throws {
        let rows = memory.hexdump
        let session = try session((["root@cam:/# \(command) /dev/mtd2"] + rows + [Self.prompt]).log)
        #expect(session.doubts.contains { $0.contains("which are not read") })
    }

    @Test func twoStarsInARowAreADoubt() throws {
        let rows = ["00000000  " + [String](repeating: "aa", count: 16).joined(separator: " "), "*"]
        let end = ["00000400"]
        let head = [Self.prompt + "hexdump -C /dev/mtd1"]
        #expect(try session((head + rows + end).log).doubts.isEmpty)
        #expect(try session((head + rows + ["*"] + end).log).doubts.contains { $0.contains("two '*'") })
    }

    /// A number that lost a digit is no shorter number, where others have leading zeros or nothing tells.
    @Test func aLostDigitIsNeverTakenForAShorterNumber() throws {
        for index in 0..<memory.md.count {
            var rows = memory.md
            let at = rows[index].index(rows[index].startIndex, offsetBy: 10 + index % 16 * 3)
            rows[index].remove(at: at)
            let session = try session(rows.log)
            #expect(session.bytes == memory.bytes || !session.gaps.isEmpty || !session.doubts.isEmpty, "\(rows[index])")
        }
        let erased = [String](
            repeating: " ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff    ................", count: 8)
        var rows = erased.enumerated().map { String(format: "82000%03x:", $0 * 16) + $1 }
        #expect(try session(rows.log).doubts.isEmpty)
        rows[3] = rows[3].replacing(" ff", with: " f", maxReplacements: 1)
        #expect(try !session(rows.log).doubts.isEmpty || !session(rows.log).gaps.isEmpty)
        // Pages of nand dump have no text, and no addresses.
        var page = memory.bytes.prefix(512)[...].indices.filter { $0 % 16 == 0 }.map {
            "\t" + LogRows.digits(memory.bytes[$0..<$0 + 16])
        }
        #expect(try session((["Page 00000000 dump:"] + page).log).doubts.isEmpty)
        page[4].removeLast()
        #expect(try session((["Page 00000000 dump:"] + page).log).doubts.contains { $0.contains("may lack a digit") })
    }

    private func base64(_ bytes: some Collection<UInt8>, width: Int = 57) -> [String] {
        let bytes = Array(bytes)
        return stride(from: 0, to: bytes.count, by: width).map {
            Data(bytes[$0..<min($0 + width, bytes.count)]).base64EncodedString()
        }
    }

    /// `uuencode -m`, and base64 of a shell: what has no end is a doubt, at a whole block of a flash too.
    @Test func base64WithoutItsEndIsADoubt() throws {
        let large = LogRows(57 * 512 + 1024)
        let lines = base64(large.bytes)
        let begin = "begin-base64 644 mtd2"
        let whole = try session(([begin] + lines + ["===="]).log)
        #expect(whole.bytes == large.bytes && whole.doubts.isEmpty)
        for lines in [lines, Array(lines.prefix(512))] {
            let cut = try session(([begin] + lines).log)
            #expect(cut.bytes[...] == large.bytes.prefix(cut.bytes.count))
            #expect(cut.doubts.contains { $0.contains("without the '====' that ends it") })
            let next = try session(([begin] + lines + ["~ # ls"]).log)
            #expect(next.doubts.contains { $0.contains("without the '====' that ends it") })
        }
        let typed = ["~ # base64 /dev/mtd2"]
        #expect(try session((typed + lines).log).doubts.isEmpty)
        #expect(try session((typed + lines.prefix(512) + ["~ # "]).log).doubts.isEmpty)
        #expect(try session((typed + lines.prefix(512)).log).doubts.contains { $0.contains("the log may be cut off") })
    }

    /// Files of different names are images of their own; copies of one file are compared.
    @Test func filesOfDifferentNamesAreTwoImagesAndCopiesAreCompared() throws {
        let (first, second) = (LogRows(8192), LogRows(8192 + 4096, seed: 11))
        let prompt = ["~ # "]
        func command(_ number: Int) -> [String] { ["~ # base64 /dev/mtd\(number)"] }
        func array(_ bytes: [UInt8], _ name: String) -> [String] {
            ["unsigned char \(name)[] = {"]
                + stride(from: 0, to: bytes.count, by: 12).map { at in
                    bytes[at..<min(at + 12, bytes.count)].map { String(format: "0x%02x", $0) }.joined(separator: ", ")
                        + ","
                } + ["};", "unsigned int \(name)_len = \(bytes.count);"]
        }
        let logs = [
            command(1) + base64(first.bytes) + command(2) + base64(second.bytes) + prompt,
            ["begin-base64 644 mtd1"] + base64(first.bytes) + ["====", "begin-base64 644 mtd2"]
                + base64(second.bytes) + ["===="],
            array(first.bytes, "mtd1") + array(second.bytes, "mtd2"),
        ]
        for log in logs {
            let session = try session(log.log)
            let isRight = session.bytes == second.bytes && session.states.map(\.bytes) == [first.bytes]
            #expect(isRight && session.doubts.isEmpty && session.contradictions.isEmpty, "\(session.doubts)")
            #expect(session.file?.contains("mtd2") == true && session.states[0].file?.contains("mtd1") == true)
        }
        // The one that is cut off is named with what it lacks.
        let cut = try session((logs[1].filter { $0 != "====" } + ["===="]).log)
        #expect(cut.states.map(\.doubts.count) == [1] && cut.doubts.isEmpty)
        // Two copies that differ in a byte, and a text that somebody looked at.
        var other = second.bytes
        other[100] ^= 1
        let twice = try session(
            (command(2) + base64(second.bytes) + command(2) + base64(other) + ["~ # base64 /etc/passwd"]
                + base64(first.bytes.prefix(700)) + prompt).log)
        #expect(twice.contradictions == [100] && twice.states.isEmpty && twice.bytes.count == second.bytes.count)
    }

    /// The prompt stands in front of the first line, whose end was lost; and a line in the middle is damaged.
    @Test func uuencodeBehindAPromptIsReadAndItsDamagedLineIsAGap() throws {
        func line(_ bytes: ArraySlice<UInt8>) -> String {
            var text = [UInt8(bytes.count + 32)]
            for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 3) {
                let group = (0..<3).map { start + $0 < bytes.endIndex ? UInt32(bytes[start + $0]) : 0 }
                let bits = group[0] << 16 | group[1] << 8 | group[2]
                text += [18, 12, 6, 0].map { UInt8(bits >> $0 & 63) + 32 }.map { $0 == 32 ? 0x60 : $0 }
            }
            return String(decoding: text, as: UTF8.self)
        }
        let lines = stride(from: 0, to: memory.bytes.count, by: 45).map { at in
            line(memory.bytes[at..<min(at + 45, memory.bytes.count)])
        }
        for begin in ["begin 644 mtd2", "~ # begin 644 mtd2", "root@cam:/# begin 600 x"] {
            try expectWhole((["~ # uuencode /dev/mtd2 mtd2", begin] + lines + ["`", "end", "~ # "]).log)
        }
        var damaged = lines
        damaged[3] = "M" + String(repeating: "~", count: 60)
        // One character less, where zeros are no blanks.
        var short = lines
        short[3].removeLast()
        let shortened = try self.session((["begin 644 mtd2"] + short + ["`", "end"]).log)
        #expect(shortened.gaps == (lines[...3].joined().contains("`") ? [135..<180] : []))
        let session = try session((["begin 644 mtd2"] + damaged + ["`", "end"]).log)
        #expect(session.gaps == [135..<180])
        #expect(session.bytes[180...] == memory.bytes[180...])
    }

    @Test func pageBreaksInFrontOfRowsCostNothing() throws {
        try expectWhole(memory.md.enumerated().map { ($0 % 7 == 6 ? "\u{c}" : "") + $1 }.log)
    }

    @Test(arguments: [
        "sf read 82000000 0 400;md.b 82000000 400", "sf probe 0; sf read 82000000 0 400 ; md.b 82000000 400",
    ])
    func aMissingLastRowIsAGapBehindSeveralCommandsInOneLine(command: String) throws {
        let head = "hisilicon # \(command)\r\n"
        try expectWhole(head + memory.md.log)
        #expect(try session(head + memory.md.dropLast().map(\.self).log).gaps == [0x8200_03f0..<0x8200_0400])
    }

    /// A variable that holds commands loads nothing when it is printed.
    @Test func commandsInAPrintedVariableLoadNothing() throws {
        let table = "bootcmd=sf probe 0;sf read 0x82000000 0x100000 0x200000;bootm 0x82000000\r\n"
        try expectWhole(memory.md[..<20].map(\.self).log + table + memory.md[20...].map(\.self).log)
        #expect(LogCommand.all(in: Array("=> setenv a 'sf probe; sf read 82000000 0 400'".utf8)[...]).isEmpty)
        #expect(LogCommand.all(in: Array(table.dropLast(2).utf8)[...]).isEmpty)
    }

    @Test func hexdumpWithoutItsLastLineIsADoubt() throws {
        let head = Self.prompt + "hexdump -C /dev/mtd2\r\n"
        try expectWhole(head + memory.hexdump.log + "00000400\r\n" + Self.prompt)
        #expect(try session(head + memory.hexdump.log + Self.prompt).doubts.count == 1)
        #expect(try session(head + memory.hexdump.prefix(30).map(\.self).log).doubts.count == 1)
        // And the row that it repeats is none that a flash has again and again.
        #expect(try session(memory.hexdump.log + "*\r\n").doubts.count == 2)
    }

    @Test func sRecordsWithoutTheirEndOrWithOneMissingAreNotWhole() throws {
        let records = memory.records
        let end = "S70500000000FA\r\n"
        try expectWhole("S0030000FC\r\n" + records.log + end)
        #expect(try session(records.log).doubts.count == 1)
        #expect(try session(records.dropLast().map(\.self).log + "S5030020DC\r\n" + end).doubts.count == 1)
        let command = "hisilicon # saves 82000000 400\r\n"
        try expectWhole(command + records.log + end)
        #expect(try session(command + records.dropLast().map(\.self).log + end).gaps == [0x8200_03e0..<0x8200_0400])
    }

    /// Lines without addresses: a damaged one is a gap, a missing one a size that no flash has.
    @Test func aDamagedLineOfBase64IsAGapAndAMissingOneADoubt() throws {
        let head = Self.prompt + "base64 /dev/mtd2\r\n"
        let lines = memory.base64
        try expectWhole(head + lines.log + Self.prompt + "exit\r\n")
        var short = lines
        short[4].removeLast(8)
        #expect(try session(head + short.log).gaps == [228..<285])
        #expect(try session(head + short.log).bytes.suffix(700) == memory.bytes.suffix(700))
        var wrong = lines
        wrong[4].insert("?", at: wrong[4].startIndex)
        wrong[4].removeLast()
        #expect(try session(head + wrong.log).gaps == [228..<285])
        var missing = lines
        missing.remove(at: 4)
        #expect(try session(head + missing.log).doubts.count == 1)
        let cut = try session(head + lines.prefix(9).map(\.self).log)
        #expect(cut.doubts.contains { $0.hasPrefix("513 bytes are no whole blocks") })
    }

    @Test func base64IsReadWithoutLineBreaksNumberedAndStamped() throws {
        let text = Data(memory.bytes).base64EncodedString()
        try expectWhole(Self.prompt + "base64 -w0 /dev/mtd2\r\n" + text + Self.prompt + "\r\n")
        try expectWhole(memory.base64.enumerated().map { String(format: "%5d  ", $0 + 1) + $1 }.log)
        try expectWhole(memory.base64.map { "[12:00:01.123] " + $0 }.log)
        try expectWhole(Self.prompt + "base64 /dev/mtd2\r\n" + memory.base64.log + "[   12.3] eth0: link up\r\n")
        let zeros = try session([UInt8](repeating: 0, count: 570).base64.log)
        #expect(zeros.bytes == [UInt8](repeating: 0, count: 570))
    }

    /// Digits are digits, though they could be base64 too.
    @Test(arguments: ["", "root@cam:/# xxd -p /dev/mtd2\r\n"])
    func plainDigitsOfXxdAreNotTakenForBase64(head: String) throws {
        for width in [30, 16] {
            let lines = stride(from: 0, to: 1024, by: width).map { at in
                memory.bytes[at..<min(at + width, 1024)].map { String(format: "%02x", $0) }.joined()
            }
            try expectWhole(head + lines.log + Self.prompt)
        }
    }

    @Test func odWithoutAddressesIsReadAndAStarInItIsADoubt() throws {
        let rows = stride(from: 0, to: 1024, by: 16).map { " " + LogRows.digits(memory.bytes[$0..<$0 + 16]) }
        try expectWhole(Self.prompt + "od -An -v -tx1 /dev/mtd2\r\n" + rows.log + Self.prompt)
        let starred = Array(rows[..<9]) + ["*"] + Array(rows[12...])
        #expect(
            try session(Self.prompt + "od -An -tx1 /dev/mtd2\r\n" + starred.log).doubts.contains {
                $0.contains("a '*' stands for")
            })
    }

    /// The text of `od` may hold the signs that stand around it.
    @Test func theTextOfOdMayHoldTheSignsThatStandAroundIt() throws {
        var memory = memory
        memory.bytes.replaceSubrange(32..<64, with: Array("a > b <c> >>> <<< | x > y  < z >".utf8))
        let rows = stride(from: 0, to: 1024, by: 16).map { at in
            let row = memory.bytes[at..<at + 16]
            return String(format: "%06x ", at) + LogRows.digits(row) + "  >" + LogRows.shown(row) + "<"
        }
        let session = try session(Self.prompt + "od -A x -t x1z /dev/mtd2\r\n" + rows.log + "000400\r\n")
        #expect(session.bytes == memory.bytes)
        #expect(session.gaps.isEmpty && session.doubts.isEmpty)
        var wrong = rows
        wrong[20] = wrong[20].replacingOccurrences(
            of: ">" + LogRows.shown(memory.bytes[320..<336]), with: ">" + String(repeating: "~", count: 16))
        #expect(try self.session(Self.prompt + "od -A x -t x1z /dev/mtd2\r\n" + wrong.log).gaps == [320..<336])
    }

    @Test func aMessageBehindTheTextOfARowCostsNothing() throws {
        try expectWhole(memory.md.enumerated().map { $1 + ($0 % 20 == 3 ? "[   12.345] eth0: link up" : "") }.log)
    }

    @Test func rowsInBracketsInStarsAndOfGDBAreRead() throws {
        let rows = memory.md
        try expectWhole(rows.map { "[" + $0.prefix(8) + "]" + $0.dropFirst(8) }.log, "brackets")
        try expectWhole(rows.map { $0.dropLast(20) + "  *" + $0.suffix(16) + "*" }.log, "stars")
        try expectWhole(
            rows.enumerated().map { "0x" + $1.prefix(8) + " <_start+\($0 * 16)>" + $1.dropFirst(8).dropLast(20) }.log,
            "gdb")
    }

    /// A page whose first line is lost stands behind the spare area of the one before.
    @Test(arguments: [true, false]) func aNANDPageWithoutItsHeadingIsADoubt(isThere: Bool) throws {
        let rows = stride(from: 0, to: 1024, by: 16).map { start in
            "\t" + LogRows.digits(memory.bytes[start % memory.bytes.count..<start % memory.bytes.count + 16])
        }
        let spare = ["OOB:"] + Array(repeating: "\tff ff ff ff ff ff ff ff", count: 2)
        let second = isThere ? ["Page 00000200 dump:"] : []
        let lines =
            ["=> nand dump 0", "Page 00000000 dump:"] + rows.prefix(32) + spare + second + rows.dropFirst(32) + spare
            + ["=> "]
        let session = try session(lines.log)
        #expect(session.bytes.count == (isThere ? 1024 : 512) && session.doubts.isEmpty == isThere)
    }

    /// `xxd -a` shows only the first of rows of zeros.
    @Test func aStarOfXxdStandsForRowsOfZeros() throws {
        var memory = memory
        memory.bytes.replaceSubrange(256..<512, with: repeatElement(0, count: 256))
        let rows = memory.md.map { "00000" + $0.dropFirst(5) }
        let log =
            Self.prompt + "xxd -a /dev/mtd2\r\n" + (rows[..<17] + ["*"] + rows[32...] + [Self.prompt]).map(\.self).log
        let session = try session(log)
        #expect(session.bytes == memory.bytes && session.gaps.isEmpty && session.doubts.isEmpty)
    }
}

extension [UInt8] {
    fileprivate var base64: [String] {
        var rows = LogRows(count)
        rows.bytes = self
        return rows.base64
    }
}

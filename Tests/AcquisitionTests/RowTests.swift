import Foundation
import Testing

@testable import Acquisition

/// Single lines, and what is put together from them.
@Suite struct RowTests {
    @Test(arguments: [
        ("21000000: 03020100 07060504 0b0a0908 0f0e0d0c    ................", 4, true),
        ("21000000: 03020100 07060504 0b0a0908 0f0e0d0c  ................", 4, true),
        ("0000000021000000: 0706050403020100 0f0e0d0c0b0a0908  ................", 8, true),
        ("21000000: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f    ................", 1, false),
        ("21000000: 00010203 04050607 08090a0b 0c0d0e0f    ................", 4, false),
    ])
    func aMemoryRowOfEveryUnitGivesItsAddressAndBytes(line: String, unit: Int, reversed: Bool) throws {
        let row = try #require(MemoryRow(Array(line.utf8)))
        #expect(row.address == 0x2100_0000)
        #expect(row.unit == unit)
        #expect(row.bytes(reversed: reversed) == Array(0...15))
    }

    @Test func theTextOfARowTellsItsByteOrderAndItsWrongDigits() throws {
        let row = try #require(MemoryRow(Array("0: 64636261 68676665  abcdefgh".utf8)))
        #expect(row.agrees(reversed: true))
        #expect(!row.agrees(reversed: false))
        #expect(MemoryRow(Array("0: 64636261 68676665  abcdefgX".utf8)) == nil)
        #expect(MemoryRow(Array("0: 64636261 6867666  abcdefgh".utf8)) == nil)
        #expect(MemoryRow(Array("0: 64636261 6867g665  abcdefgh".utf8)) == nil)
    }

    /// One blank before the text, and a text that looks like one more group.
    @Test func textThatLooksLikeAGroupOfDigitsIsText() throws {
        let row = try #require(MemoryRow(Array("10: 61616161 62626262 aaaabbbb".utf8), expected: 8))
        #expect(row.digits == Array("aaaabbbb".utf8))
        #expect(row.hasText)
    }

    /// Another process prints a line like a row into md's answer: it is not taken, and the row that it may have displaced
    /// is read again.
    @Test(arguments: [0x00, 0x10, 0x30, 0x40, 0x70, 0x1000])
    func aStrayRowIsNotTakenAndTheRowItDisplacedIsReadAgain(place: UInt64) {
        let right = (0..<8).map { (address: UInt64($0) * 16, bytes: [UInt8](repeating: UInt8($0), count: 16)) }
        for index in 1..<8 {
            var rows = RowCollector(range: 0..<128, rowSize: 16)
            var reading = right
            reading.insert((place, [UInt8](repeating: 0xee, count: 16)), at: index)
            rows.add(reading, asked: 0..<128)
            #expect(rows.bytes?.contains(0xee) != true, "\(place) in front of row \(index)")
            // In place of a row, which is missing then.
            reading = right
            reading[index] = (place, [UInt8](repeating: 0xee, count: 16))
            rows = RowCollector(range: 0..<128, rowSize: 16)
            rows.add(reading, asked: 0..<128)
            if place != UInt64(index) * 16 {
                #expect(rows.bytes == nil)
                rows.add(right, asked: 0..<128)
                #expect(rows.bytes == right.flatMap(\.bytes))
            }
        }
    }

    @Test func anSRecordCountsOnlyWithItsRightChecksum() throws {
        let body: [UInt8] = [0x15, 0x21, 0, 0, 0] + Array(0...15)
        let digits = (body + [~body.reduce(0, &+)]).map { String(format: "%02X", $0) }.joined()
        let record = try #require(SRecord(Array("S3\(digits)".utf8)))
        #expect(record.address == 0x2100_0000)
        #expect(record.data == Array(0...15))
        #expect(SRecord(Array("S3\(digits.dropLast())0".utf8)) == nil)
        #expect(SRecord(Array("S70500000000FA".utf8))?.isData == false)
        #expect(SRecord(Array("S70500000000FB".utf8)) == nil)
    }

    @Test func aChecksumLineTellsItsSumItsRangeAndWhetherADigitIsLost() {
        let line = ChecksumLine(Array("CRC32 for 21000000 ... 2100ffff ==> 29058c73".utf8))
        #expect(line?.sum == 0x2905_8c73)
        #expect(line?.covers(0x2100_0000, size: 0x10000) == true)
        #expect(line?.covers(0x2100_0000, size: 0x1000) == false)
        // A lost digit, or a build without leading zeros: it counts only when it comes twice.
        #expect(ChecksumLine(Array("crc32 for 21000000 ... 2100ffff ==> 2905c73".utf8))?.isWhole == false)
        #expect(ChecksumLine(Array("crc32 for 0x21000000 ... 0x2100ffff ==> 0x29058c73".utf8))?.sum == 0x2905_8c73)
    }

    @Test func aJSONLineComesBackAsItWasAndACutOneNotAtAll() throws {
        var line = JSONLine()
        line.append("text", value: "a\"b\\c\r\n\u{1}é")
        line.append("number", value: -5)
        line.append("at", seconds: 1.5)
        line.append("flag", value: true)
        let object = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: Any]
        #expect(object?["text"] as? String == "a\"b\\c\r\n\u{1}é")
        #expect(JSONLine(line.text)?.string("text") == "a\"b\\c\r\n\u{1}é")
        #expect(JSONLine(line.text)?.integer("number") == -5)
        for cut in 0..<line.text.count { #expect(JSONLine(line.text.prefix(cut)) == nil) }
    }

    /// The characters of all commands that are sent: none is one bit away from an Enter.
    @Test func noCharacterOfACommandIsOneBitAwayFromEnter() {
        let sent =
            "md.lqbw crc32 setenv blk; while itest $blk != 0123456789abcdef; do setexpr + done saves sf probe read nand mmc sunxi_flash mw.l bdinfo printenv version baudrate"
        for byte in sent.utf8 {
            for bit in 0..<8 {
                #expect(byte ^ 1 << bit != 0x0d && byte ^ 1 << bit != 0x0a, "\(Character(Unicode.Scalar(byte)))")
            }
        }
    }

    @Test func onlyMdWithACountIsHarmlessWhenDamaged() {
        #expect(CommandSafety.isHarmlessWhenDamaged("md.l 21000000 10"))
        for command in [
            "crc32 0 10", "sf read 0 0 10", "mw.l 0 0", "setenv a", "md.l 0", "md.l 0 1; mw 0 0", "saves 0 10",
        ] {
            #expect(!CommandSafety.isHarmlessWhenDamaged(command))
        }
    }

    #if os(Linux)
        /// Ports as sysfs has them: a USB adapter with its name, one on the board, and a ttyS without a chip.
        @Test func serialPortsAreListedFromSysfsWithTheirNames() throws {
            let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-ports-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: directory) }
            func put(_ path: String, _ text: String) throws {
                let file = directory.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data((text + "\n").utf8).write(to: file)
            }
            try put("usb/1-1/manufacturer", "FTDI")
            try put("usb/1-1/product", "FT232R USB UART")
            try put("usb/1-1/1-1:1.0/ttyUSB0/port_number", "0")
            try put("tty/ttyUSB0/uevent", "")
            try put("tty/ttyS0/type", "4")
            try put("tty/ttyS0/device/uevent", "")
            try put("tty/ttyS1/type", "0")
            try put("tty/ttyS1/device/uevent", "")
            try put("tty/tty0/uevent", "")
            try FileManager.default.createSymbolicLink(
                atPath: directory.appending(path: "tty/ttyUSB0/device").path(percentEncoded: false),
                withDestinationPath: "../../usb/1-1/1-1:1.0/ttyUSB0")
            #expect(
                SerialPort.all(in: directory.appending(path: "tty").path(percentEncoded: false)) == [
                    SerialPort(path: "/dev/ttyS0", name: ""),
                    SerialPort(path: "/dev/ttyUSB0", name: "FTDI FT232R USB UART"),
                ])
        }
    #endif

    @Test func telnetNegotiationIsTakenOutAndAnswered() {
        var filter = TelnetFilter()
        let (text, answer) = filter.filter([0x61, 255, 253, 34, 255, 251, 1, 0x62])
        #expect(text == [0x61, 0x62])
        #expect(answer == [255, 252, 34, 255, 253, 1])
    }

    @Test func theBlocksOfALayoutMeetAndCoverItsRange() {
        for (start, size) in [(0, 1), (0, 16), (1, 3), (7, 100), (16, 40_003), (15, 4097)] {
            let blocks = BlockLayout(start: UInt64(start), size: size, blockSize: 4096).blocks
            #expect(blocks.first?.lowerBound == 0)
            #expect(blocks.last?.upperBound == size)
            for (block, next) in zip(blocks, blocks.dropFirst()) { #expect(block.upperBound == next.lowerBound) }
        }
    }
}

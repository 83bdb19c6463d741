import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

/// Lines of devices' logs, and what they are in an image.
@Suite struct KernelLogTests {
    /// As consoles and files have them, of kernels 2.4 to 6.
    static let lines: [(line: String, place: KernelLogLine.Place, code: Finding.Code)] = [
        (
            "[   12.345678] jffs2: jffs2_scan_eraseblock(): Magic bitmask 0x1985 not found at 0x00001230: 0x4321 instead",
            .offset(0x1230), .dirt
        ),
        (
            "<4>jffs2_scan_eraseblock(): Node at 0x00000044 {0x1985, 0xe002, 0x00000050) has invalid CRC 0x1 (calculated 0x2)\r",
            .offset(0x44), .badHeaderCRC
        ),
        (
            "Nov 29 12:00:00 camera kernel: JFFS2 notice: (113) check_node_data: wrong data CRC in data node at 0x0002ea28: "
                + "read 0x5dcdad8d, calculated 0x4af4c6cc.", .offset(0x2ea28), .badDataCRC
        ),
        ("jffs2: Empty flash at 0x00257ffc ends at 0x00258000", .offset(0x257ffc), .erasedGap),
        (
            "JFFS2: CLEANMARKER node found at 0x00004000, not first node in block (0x00000000)", .offset(0x4000),
            .misplacedCleanmarker
        ),
        ("CLEANMARKER node found at 0x00010000 has totlen 0xc != normal 0x0", .offset(0x10000), .oddCleanmarker),
        (
            "Node at 0x0000ff90 with length 0x000004be would run over the end of the erase block", .offset(0xff90),
            .nodeCrossesBlock
        ),
        ("[1.0] Old JFFS2 bitmask found at 0x00001ee4", .offset(0x1ee4), .oldMagic),
        ("Incompatible feature node (0xe00f) found at offset 0x00048b8c", .offset(0x48b8c), .incompatibleNode),
        (
            "jffs2: warning: (1167) jffs2_do_read_inode_internal: no data nodes found for ino #151", .inode(151),
            .unreadableInode
        ),
        ("Eep. No valid nodes for ino #7", .inode(7), .unreadableInode),
        (
            "jffs2_scan_dirent_node(): Name CRC failed on node at 0x00000a50: Read 0x1, calculated 0x2", .offset(0xa50),
            .badNameCRC
        ),
        (
            "jffs2: notice: (1) read_dnode: node CRC failed on dnode at 0x069a9c: read 0xd8d23559, calculated 0x3ed73c58",
            .offset(0x69a9c), .badNodeCRC
        ),
        ("Wrong magic bitmask 0x1984 in node header at 0x00002528.", .offset(0x2528), .oldMagic),
        (
            "jffs2: Data CRC failed on REF_PRISTINE data node at 0x00012340: Read 0x00000001, calculated 0x00000002",
            .offset(0x12340), .badDataCRC
        ),
        (
            "jffs2: error: (7) jffs2_do_read_inode: Argh. Special inode #5 with mode 020600 had metadata node",
            .inode(5), .unreadableInode
        ),
        (
            "jffs2: warning: (9) load_xattr_datum: inconsistent xdatum at 0x000410, magic=0x1985/0x1985, nodetype=0xe008/0xe008",
            .offset(0x410), .badExtendedAttribute
        ),
        ("Eep. Child \"gone\" (ino #78) doesn't exist!", .inode(78), .missingInode),
        ("Data in the range 0x00001000 to 0x00002000 of inode #12 will be lost", .inode(12), .badNodeCRC),
        ("Cowardly refusing to erase blocks on filesystem with no valid JFFS2 nodes", .none, .noNodes),
    ]

    @Test(arguments: lines) func aLineIsReadWhateverStandsInFront(
        _ one: (line: String, place: KernelLogLine.Place, code: Finding.Code)
    ) throws {
        let line = try #require(KernelLogLine(one.line))
        #expect(line.place == one.place)
        #expect(line.codes.contains(one.code))
        #expect(line.isComplaint)
        #expect(line.meaning != nil)
    }

    @Test func otherLinesAreNone() throws {
        #expect(KernelLogLine("[    1.0] eth0: link up") == nil)
        #expect(try #require(KernelLogLine("JFFS2 version 2.2. (NAND) © 2001-2006 Red Hat, Inc.")).isComplaint == false)
        #expect(try #require(KernelLogLine("jffs2: something new")).meaning == nil)
        #expect(try !#require(KernelLogLine("jffs2: \u{1b}[31mred")).text.contains("\u{1b}"))
    }

    /// What an image cannot show is explained all the same.
    @Test(arguments: [
        ("[ 9.1] jffs2: mtd->read(0x100 bytes from 0x10000) returned ECC error", KernelLogLine.Place.offset(0x10000)),
        ("mtd->read(0x44 bytes from 0x1f00) returned ECC error", .offset(0x1f00)),
        ("jffs2: Short read from 0x00012000: wanted 0x44 bytes, got 0x10 bytes", .offset(0x12000)),
        ("JFFS2 error: (5) read_unknown: short read at 0x1f4: 4 instead of 12.", .offset(0x1f4)),
        ("No space for garbage collection. Aborting GC thread", .none),
        ("jffs2: Erase at 0x00010000 failed immediately: -EROFS. Is the sector locked?", .offset(0x10000)),
        ("jffs2: Erase at 0x00010000 failed immediately: errno -5", .offset(0x10000)),
        ("jffs2: Short read from newly-erased block at 0x00020000. Wanted 4096, got 0", .offset(0x20000)),
        ("jffs2: marking eraseblock at 00040000 as bad", .offset(0x40000)),
        ("jffs2: jffs2_flush_wbuf(): Write failed with -5", .none),
        ("jffs2: Error garbage collecting node at 00012344!", .offset(0x12344)),
        ("jffs2: Argh. No free space left for GC. nr_erasing_blocks is 0. nr_free_blocks is 0.", .none),
        ("jffs2: Write of 68 bytes at 0x00012000 failed. returned -5, retlen 0", .offset(0x12000)),
        ("jffs2: Cannot operate on NAND flash unless jffs2 NAND support is compiled in", .none),
        ("jffs2: inconsistent device description", .none),
        ("JFFS2: Erase block size too small (4KiB). Using virtual blocks size (8KiB) instead", .none),
    ]) func linesOfADeviceInUseAreExplained(_ one: (line: String, place: KernelLogLine.Place)) throws {
        let line = try #require(KernelLogLine(one.line))
        #expect(line.meaning != nil)
        #expect(line.place == one.place)
    }

    /// Words that other programs have, too.
    @Test(arguments: [
        "mount: /mnt: special device /dev/x doesn't exist", "usb 1-1: short read", "all data will be lost",
        "ata1: can not read", "thermal: is in state 3", "cp: memory allocation error", "flash size adjusted to 8 MiB",
    ]) func linesOfOthersAreNone(_ line: String) {
        #expect(KernelLogLine(line) == nil)
    }

    /// Some complaints of another image fit another erase size by chance.
    @Test func anEraseSizeThatFitsSomeLinesIsNotTold() throws {
        let image = WrittenInOneGo(files: 40).bytes
        let device = image.withUnsafeBytes {
            NodeScan(RawSpan(_unsafeBytes: $0), byteOrder: .little, eraseSize: 32768).findings.findings
        }
        let fitting = device.compactMap(\.linuxLine).prefix(3).map { "jffs2: \($0)\n" }
        let others = (1..<7).map { "jffs2: Empty flash at 0x0\($0)00fff0 ends at 0x0\($0)010000\n" }
        let found = try comparison((fitting + others).joined(), bytes: image)
        #expect(found.remarks.count == 1, "\(found.remarks)")
    }

    private func comparison(_ log: String, bytes: [UInt8]) throws -> KernelLogComparison {
        var options = InputOptions()
        options.eraseSize = WrittenInOneGo.eraseSize
        let image = try ImageOpener.open(FileBytes(bytes), path: "x", options: options)
        let text = Array(log.utf8)
        return text.withUnsafeBytes {
            KernelLogComparison(log: RawSpan(_unsafeBytes: $0), image: image)
        }
    }

    @Test func aLineIsFoundInTheImageAndWhatIsNotSaidIsListed() throws {
        var bytes = WrittenInOneGo().bytes
        // The data of the first file, and of one behind it.
        bytes[12 + 44 + 68 + 5] ^= 1
        bytes[8192 * 3 + 12 + 4] ^= 1
        let damage = try ImageOpener.open(FileBytes(bytes), path: "x").fileSystem.findings.findings.filter {
            $0.linux == .complains && $0.linuxLine != nil
        }
        #expect(damage.count == 2)
        let said = try #require(damage.first?.linuxLine)
        let found = try comparison(
            "[   3.1] jffs2: notice: (1) \(said)\r\n[   3.2] usb 1-1: new device\n", bytes: bytes)
        #expect(found.entries.count == 1)
        #expect(found.entries.first?.finding?.offset == damage.first?.offset)
        #expect(found.unsaid.contains { $0.offset == damage.last?.offset })
        #expect(found.remarks.isEmpty)
    }

    @Test func theLogOfAnotherImageIsSeen() throws {
        let log = (0..<8).map { "jffs2: Empty flash at 0x0\($0)00fff0 ends at 0x0\($0)010000\n" }.joined()
        let found = try comparison(log, bytes: WrittenInOneGo().bytes)
        #expect(found.entries.allSatisfy { $0.finding == nil && $0.doubt != nil })
        #expect(found.remarks.first?.contains("another image") == true)
    }

    @Test func theEraseSizeOfTheDeviceIsTold() throws {
        let image = WrittenInOneGo(files: 40).bytes
        let device = image.withUnsafeBytes {
            NodeScan(RawSpan(_unsafeBytes: $0), byteOrder: .little, eraseSize: 32768).findings.findings
        }
        let log = device.compactMap(\.linuxLine).map { "jffs2: \($0)\n" }.joined()
        let found = try comparison(log, bytes: image)
        #expect(found.remarks.contains { $0.contains("32 KiB") }, "\(found.remarks)")
    }

    /// What Linux printed when it read each shipped image is explained, and found in the image.
    @Test(arguments: ["unsupported-compressor", "unsupported-old-magic", "bad-data-crc", "bad-name-crc"])
    func eachComplaintOfAKernelHasACounterpart(name: String) throws {
        struct Verdict: Decodable { var log: [String] }
        let path = Checkout.path("TestImages/\(name).jffs2")
        let verdict = try JSONDecoder().decode(Verdict.self, from: Data(contentsOf: URL(filePath: path + ".json")))
        let image = try ImageOpener.open(
            FileBytes([UInt8](Data(contentsOf: URL(filePath: path)))), path: "x", options: InputOptions())
        let check = FileSystemCheck(image.fileSystem)
        let text = Array(verdict.log.joined(separator: "\n").utf8)
        let found = text.withUnsafeBytes {
            KernelLogComparison(log: RawSpan(_unsafeBytes: $0), image: image, check: check)
        }
        #expect(found.entries.contains { $0.line.isComplaint && $0.finding != nil })
        for entry in found.entries {
            #expect(entry.line.meaning != nil, "\(entry.line.text)")
            #expect(entry.doubt == nil, "\(entry.line.text): \(entry.doubt ?? "")")
        }
    }
}

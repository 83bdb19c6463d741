import FileTree
import FlashBytes
import JFFS2
import Testing

/// A flash with one fault gets the finding that names it, at its place, with the words of Linux; a sound one gets none.
@Suite struct OneFaultTests {
    /// A flash with one node of each kind, and where they stand.
    private struct Flash {
        var flash = FlashAssembler()
        var places: [String: Int] = [:]

        init() {
            places["dirent"] = flash.append(flash.dirent("file", 2, version: 1))
            places["inode"] = flash.append(flash.inode(2, version: 1, isize: 12, data: Array("some content".utf8)))
            flash.append(flash.dirent("dir", 3, version: 2, type: 4))
            flash.append(flash.inode(3, version: 1, mode: 0o40755, isize: 0))
            places["xattr"] = flash.append(flash.xattr(1, "a", [1, 2, 3]))
            places["xref"] = flash.append(flash.xref(2, 1))
            flash.append(flash.dirent("last", 4, version: 3))
            flash.append(flash.inode(4, version: 1, isize: 0))
        }
    }

    private func told(_ findings: FindingList) -> [Finding] { findings.findings.filter { $0.severity > .note } }

    @Test func aSoundFlashHasNone() {
        let fileSystem = Flash().flash.fileSystem()
        #expect(told(fileSystem.findings).isEmpty)
        #expect(FileSystemCheck(fileSystem).holds)
    }

    /// Which node, which byte of it, what it is called, and what Linux says.
    static let bytes: [(node: String, byte: Int, code: Finding.Code, line: String)] = {
        var cases: [(node: String, byte: Int, code: Finding.Code, line: String)] = []
        for node in ["dirent", "inode", "xattr", "xref"] {
            for byte in 0..<2 { cases.append((node, byte, .badHeaderCRC, "Magic bitmask 0x1985 not found at")) }
            for byte in [2, 4, 5, 8, 11] { cases.append((node, byte, .badHeaderCRC, "has invalid CRC")) }
        }
        for byte in [12, 16, 20, 28, 32, 35] {
            cases.append(("dirent", byte, .badNodeCRC, "Node CRC failed on node at"))
        }
        for byte in [36, 39, 40, 43] { cases.append(("dirent", byte, .badNameCRC, "Name CRC failed on node at")) }
        for byte in [12, 16, 20, 28, 44, 48, 56, 64] {
            cases.append(("inode", byte, .badNodeCRC, "jffs2_scan_inode_node(): CRC failed on node at"))
        }
        for byte in [60, 68, 79] { cases.append(("inode", byte, .badDataCRC, "wrong data CRC in data node at")) }
        for byte in [12, 16, 20, 28] { cases.append(("xattr", byte, .badNodeCRC, "")) }
        for byte in [12, 16, 24] { cases.append(("xref", byte, .badNodeCRC, "")) }
        return cases
    }()

    @Test(arguments: bytes) func aChangedByteIsNamed(
        _ fault: (node: String, byte: Int, code: Finding.Code, line: String)
    ) throws {
        var one = Flash()
        let place = try #require(one.places[fault.node])
        one.flash.change(at: place + fault.byte) { $0 ^= 0x40 }
        let fileSystem = one.flash.fileSystem()
        let placed = told(fileSystem.findings).filter { $0.offset != nil && $0.code != .missingInode }
        #expect(placed.map(\.code) == [fault.code], "\(placed)")
        #expect(placed.first?.offset == place)
        #expect(placed.first?.linux == .complains)
        if !fault.line.isEmpty { #expect(placed.first?.linuxLine?.contains(fault.line) == true, "\(placed)") }
        #expect(!FileSystemCheck(fileSystem).holds)
    }

    // MARK: - Odd nodes

    private func expect(_ code: Finding.Code, line: String? = nil, change: (inout FlashAssembler) -> Int) {
        var flash = Flash().flash
        let place = change(&flash)
        let fileSystem = flash.fileSystem()
        let found = told(fileSystem.findings)
        #expect(found.map(\.code) == [code], "\(found)")
        #expect(found.first?.offset == place, "\(found)")
        if let line { #expect(found.first?.linuxLine?.contains(line) == true, "\(found)") }
        #expect(!FileSystemCheck(fileSystem).holds)
    }

    private func node(_ type: UInt16, length: UInt32, body: Int = 0) -> [UInt8] {
        var writer = ByteWriter(.little)
        NodeHeader(type: NodeType(rawValue: type), totalLength: length).write(to: &writer)
        return writer.bytes + [UInt8](repeating: 0, count: body)
    }

    @Test func nodesThatForbidMountingAreNamed() {
        expect(.incompatibleNode, line: "Incompatible feature node (0xe00f) found at offset") {
            $0.append(node(0xe00f, length: 12))
        }
        expect(.readOnlyNode, line: "Read-only compatible feature node (0xa00f) found at offset") {
            $0.append(node(0xa00f, length: 12))
        }
    }

    @Test func cleanmarkersInTheWrongPlaceOrOfAnotherSizeAreNamed() {
        expect(.misplacedCleanmarker, line: "not first node in block") { $0.append(node(0x2003, length: 12)) }
        var flash = Flash().flash
        flash.finishBlock()
        flash.hasCleanmarkers = false
        let place = flash.append(node(0x2003, length: 16, body: 4))
        let found = told(flash.fileSystem().findings)
        #expect(found.first?.code == .oddCleanmarker, "\(found)")
        #expect(found.first?.offset == place)
        #expect(found.first?.linuxLine?.contains("has totlen 0x10 != normal 0xc") == true)
    }

    @Test func gapsAndForeignBytesAreNamed() {
        expect(.erasedGap, line: "Empty flash at") { flash in
            let place = flash.append([UInt8](repeating: 0xff, count: 8))
            flash.append(flash.inode(4, version: 2, isize: 0))
            return place
        }
        expect(.dirt, line: "Magic bitmask 0x1985 not found at") { flash in
            let place = flash.append([1, 2, 3, 4, 5, 6, 7, 8])
            flash.append(flash.inode(4, version: 2, isize: 0))
            return place
        }
    }

    @Test func aNodeThatDoesNotFitIntoItsBlockIsNamed() {
        var flash = Flash().flash
        let place = flash.append(node(0xe002, length: 60_000))
        flash.finishBlock()
        let found = told(flash.fileSystem().findings)
        #expect(found.first?.code == .nodeCrossesBlock)
        #expect(found.first?.offset == place)
        #expect(found.first?.linuxLine?.contains("would run over the end of the erase block") == true)
    }

    @Test func aNameWithoutInodeAndAFileWithoutNameAreNamed() {
        var flash = Flash().flash
        flash.append(flash.dirent("gone", 9, version: 4))
        #expect(told(flash.fileSystem().findings).map(\.code) == [.missingInode])
        flash = Flash().flash
        flash.append(flash.inode(9, version: 1, isize: 3, data: [1, 2, 3]))
        #expect(told(flash.fileSystem().findings).map(\.code) == [.orphan])
    }

    @Test func aMissingPieceAndAMissingEndAreNamed() {
        var flash = Flash().flash
        flash.append(flash.inode(4, version: 2, isize: 6, offset: 3, data: [1, 2, 3]))
        #expect(told(flash.fileSystem().findings).map(\.code) == [.missingData])
        flash = Flash().flash
        flash.append(flash.inode(4, version: 2, isize: 9, data: [1, 2, 3]))
        #expect(told(flash.fileSystem().findings).map(\.code) == [.sizeLowered])
    }

    @Test func theSecondNameOfAFolderIsNamed() {
        // The names come in the order of the alphabet: it is the later one that is said to be the second.
        expect(.directoryWithSeveralNames) { flash in
            flash.append(flash.dirent("again", 3, version: 4, type: 4))
            return 136
        }
    }

    @Test func aSummaryWithAWrongSumIsNamed() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 0))
        flash.finishBlockWithSummary()
        flash.change(at: 16384 - 100) { $0 ^= 1 }
        let found = told(flash.fileSystem().findings)
        #expect(found.map(\.code) == [.badSummary])
        #expect(found.first?.linuxLine?.contains("Summary node") == true)
    }

    // MARK: - Space

    @Test func everyByteIsCountedOnce() {
        var flash = Flash().flash
        flash.append(flash.inode(4, version: 2, isize: 0))
        flash.append(node(0x2004, length: 40, body: 28))
        flash.finishBlock()
        let fileSystem = flash.fileSystem()
        let space = SpaceUsage(fileSystem)
        #expect(space.total.count == fileSystem.image.count)
        #expect(space.blocks.count == fileSystem.scan.blockCount)
        #expect(space.total.obsolete == 68)
        #expect(space.total.wasted == 40)
        #expect(space.total.live > 0 && space.total.free > 0)
    }

    /// 2 for deletions, and for 64 blocks of 64 KiB 2 % of the flash and 100 bytes a block, rounded up.
    @Test func theReserveIsThatOfLinux() {
        let erased = FileSystem(
            ByteRegion([UInt8](repeating: 0xff, count: 64 << 16)), byteOrder: .little, eraseSize: 1 << 16)
        let space = SpaceUsage(erased)
        #expect(space.reservedBlocks == 4)
        #expect(space.freeBlocks == 64)
        #expect(space.hasRoom && space.canDelete)
    }
}

/// The bit that marks a node obsolete.
@Suite struct MarkedNodeTests {
    /// A directory in which names are left cannot have been removed.
    @Test(arguments: [false, true]) func aFolderWithNamesInItIsLostWhenItsNameIsMarked(isEmptied: Bool) {
        var flash = FlashAssembler()
        let place = flash.append(flash.dirent("d", 2, version: 1, type: 4))
        flash.append(flash.inode(2, version: 1, mode: 0o40755, isize: 0))
        let inner = flash.append(flash.dirent("f", 3, in: 2, version: 1))
        let inode = flash.append(flash.inode(3, version: 1, isize: 0))
        flash.change(at: place + 3) { $0 ^= 0x20 }
        if isEmptied { for node in [inner, inode] { flash.change(at: node + 3) { $0 ^= 0x20 } } }
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == [])
        #expect(FileSystemCheck(fileSystem).lostCount == (isEmptied ? 0 : 1))
        #expect(fileSystem.findings.isDamaged == !isEmptied)
    }
}

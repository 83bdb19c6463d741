import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// A flash with one fault gets the finding that names it, at its place, with the words of Linux; a sound one gets none.
@Suite struct OneFaultTests {
    private func told(_ findings: FindingList) -> [Finding] { findings.findings.filter { $0.severity > .note } }

    @Test func aSoundFlashHasNone() {
        let fileSystem = OneFaultFlash().flash.fileSystem()
        #expect(told(fileSystem.findings).isEmpty)
        #expect(FileSystemCheck(fileSystem).holds)
    }

    @Test(arguments: NamedFault.all) func aFaultGetsTheFindingThatNamesItAndNoOther(_ fault: NamedFault) {
        let (found, place, fileSystem) = fault.findings()
        #expect(found.map(\.code) == [fault.code], "\(found)")
        #expect(found.first?.offset == place, "\(found)")
        if let line = fault.line {
            #expect(found.first?.linux == .complains)
            #expect(found.first?.linuxLine?.contains(line) == true, "\(found)")
        }
        #expect(fileSystem.findings.isDamaged || !FileSystemCheck(fileSystem).holds)
    }

    @Test func theFaultsHaveNamesOfTheirOwn() {
        #expect(NamedFault.all.count >= 40)
        #expect(Set(NamedFault.all.map(\.name)).count == NamedFault.all.count)
    }

    /// Each byte of a node, but those that nothing depends on, is under a sum.
    @Test(arguments: ["dirent": 44, "inode": 80, "xattr": 37, "xref": 28]) func aChangedByteIsNeverSilent(
        _ node: String, size: Int
    ) throws {
        for byte in 0..<size {
            var one = OneFaultFlash()
            let place = try #require(one.places[node])
            one.flash.change(at: place + byte) { $0 ^= 0x40 }
            let fileSystem = one.flash.fileSystem()
            let codes = told(fileSystem.findings).filter { $0.offset == place }.map(\.code)
            let isUnderASum = !(node == "xattr" && byte == 33)
            #expect(codes.isEmpty != isUnderASum, "byte \(byte): \(codes)")
            #expect(fileSystem.findings.isDamaged == isUnderASum, "byte \(byte)")
        }
    }

    // MARK: - What Linux is silent about

    @Test func aNameOfAnotherTypeThanItsInodeIsTold() {
        var flash = FlashAssembler()
        let place = flash.append(flash.dirent("d", 2, version: 1, type: 4))
        flash.append(flash.inode(2, version: 1, isize: 0))
        flash.finishBlock()
        let found = told(flash.fileSystem().findings)
        #expect(found.map(\.code) == [.oddMode] && found.first?.offset == place, "\(found)")
        #expect(found.first?.message.contains("its dirent says folder, its inode file") == true)
    }

    @Test func twoNamesOfOneVersionAreTold() {
        var flash = FlashAssembler()
        let place = flash.append(flash.dirent("f", 2, version: 3, type: 8))
        flash.append(flash.dirent("f", 3, version: 3, type: 8))
        flash.append(flash.inode(2, version: 1, isize: 0))
        flash.append(flash.inode(3, version: 1, isize: 0))
        flash.finishBlock()
        let found = told(flash.fileSystem().findings)
        #expect(found.map(\.code) == [.sameVersion] && found.first?.offset == place, "\(found)")
    }

    @Test func aDamagedAttributeThatNoFileHasIsTold() throws {
        var flash = FlashAssembler()
        let place = flash.append(flash.xattr(7, "x", [1, 2, 3, 4]))
        flash.finishBlock()
        #expect(flash.fileSystem().findings.findings.isEmpty)
        // The first byte of the value, behind the fixed part, the name and its NUL.
        flash.change(at: place + 32 + 2) { $0 ^= 1 }
        let found = flash.fileSystem().findings.findings
        #expect(found.map(\.code) == [.badExtendedAttribute] && found.first?.offset == place, "\(found)")
        #expect(found.first?.severity == .note)
    }

    /// The next one is 0.
    @Test func theLastVersionIsTold() {
        var flash = FlashAssembler()
        let name = flash.append(flash.dirent("f", 2, version: .max, type: 8))
        let place = flash.append(flash.inode(2, version: .max, isize: 3, data: [1, 2, 3]))
        flash.finishBlock()
        let found = told(flash.fileSystem().findings)
        #expect(
            found.map(\.code) == [.lastVersion, .lastVersion] && Set(found.map(\.offset)) == [name, place], "\(found)")
        #expect(found.allSatisfy { $0.message.contains("version 0xffffffff") && $0.linux == .silent })
    }

    /// Linux compares csize with the length of the node, never with dsize.
    @Test func moreBytesThanAPlainNodeHasAreDamage() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1, type: 8))
        let data = [UInt8](repeating: 7, count: 40)
        let place = flash.append(flash.inode(2, version: 1, isize: 8, data: data, dsize: 8))
        flash.finishBlock()
        let check = FileSystemCheck(flash.fileSystem())
        let found = told(check.contentFindings)
        #expect(found.map(\.code) == [.badLength] && found.first?.offset == place, "\(found)")
        #expect(found.first?.message.contains("40 bytes stored for 8 of data") == true)
        #expect(!check.holds && check.unreadableCount == 0)
    }

    /// Normal on a flash in use, so a note.
    @Test func referencesThatLeadNowhereAreTold() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1, type: 8))
        flash.append(flash.inode(2, version: 1, isize: 0))
        flash.append(flash.xattr(1, "a", [1]))
        let inodeless = flash.append(flash.xref(77, 1))
        let dataless = flash.append(flash.xref(2, 99))
        flash.finishBlock()
        let found = flash.fileSystem().findings.findings
        #expect(Set(found.map(\.offset)) == [inodeless, dataless], "\(found)")
        #expect(found.allSatisfy { $0.code == .badExtendedAttribute && $0.severity == .note })
        #expect(found.contains { $0.message.contains("xref of inode 77, of which no node is left") })
        #expect(found.contains { $0.message.contains("xref to the extended attribute 99, of which no node is left") })
    }

    @Test func aSummaryWithoutItsMarkIsTold() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1, type: 8))
        let last = flash.append(flash.inode(2, version: 1, isize: 0))
        flash.finishBlockWithSummary()
        #expect(told(flash.fileSystem().findings).isEmpty)
        flash.change(at: flash.bytes.count - 1) { $0 ^= 1 }
        let found = told(flash.fileSystem().findings)
        #expect(found.map(\.code) == [.badSummary] && found.first?.offset == last + 68, "\(found)")
        #expect(found.first?.message.contains("does not end with 0x2851885") == true, "\(found)")
        #expect(found.first?.linux == .silent)
    }

    @Test func fewerBytesThanAreToComeOutAreDamage() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1, type: 8))
        var raw = RawInode(inode: 2, version: 1, mode: 0o100644, uid: 0, gid: 0)
        let data = [UInt8](repeating: 0x61, count: 20)
        (raw.csize, raw.dsize, raw.isize, raw.dataCRC) = (20, 50, 50, CRC32.jffs2(data))
        var writer = ByteWriter(.little)
        raw.write(to: &writer)
        flash.append(writer.bytes + data)
        flash.finishBlock()
        let check = FileSystemCheck(flash.fileSystem())
        #expect(!check.holds)
        #expect(check.unreadableParts.map { "\($0.path): \($0.damage.range)" } == ["/f: 20..<50"])
    }

    @Test(arguments: [(4, 0), (7, 6)]) func whatNoKernelCanReadIsDamage(codec: Int, user: Int) throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1, type: 8))
        let data = codec == 4 ? Array("plain text".utf8) : [0x17] + Array("plain".utf8) + [0x11, 0, 0]
        var raw = RawInode(inode: 2, version: 1, mode: 0o100644, uid: 0, gid: 0)
        (raw.csize, raw.dsize, raw.isize) = (UInt32(data.count), codec == 4 ? 10 : 6, codec == 4 ? 10 : 6)
        (raw.compression, raw.userCompression) = (Compression(rawValue: UInt8(codec)), UInt8(user))
        raw.dataCRC = CRC32.jffs2(data)
        var writer = ByteWriter(.little)
        raw.write(to: &writer)
        let place = flash.append(writer.bytes + data)
        flash.finishBlock()
        let check = FileSystemCheck(flash.fileSystem())
        #expect(!check.holds)
        #expect(check.unreadableParts.contains { $0.damage.reason.contains("node at \(hex(place)): no kernel has") })
    }

    @Test func aStreamThatGoesOnIsToldAsLinuxTellsIt() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1, type: 8))
        // 200 bytes `a`, of which the node has 100.
        let stream: [UInt8] = [0x78, 0x9c, 0x4b, 0x4c, 0x1c, 0x1e, 0x00, 0x00, 0xc2, 0x7f, 0x4b, 0xc9]
        let place = flash.append(
            flash.inode(2, version: 1, isize: 100, data: stream, dsize: 100, compression: .zlib))
        flash.finishBlock()
        let check = FileSystemCheck(flash.fileSystem())
        #expect(check.unreadableCount == 0)
        #expect(!check.holds)
        #expect(check.contentFindings.findings.map(\.offset) == [place])
        #expect(check.contentFindings.findings.first?.linuxLine == "inflate returned -5")
    }

    // MARK: - Space

    @Test func everyByteIsCountedOnce() {
        var flash = OneFaultFlash().flash
        flash.append(flash.inode(4, version: 2, isize: 0))
        flash.append(OneFaultFlash.node(0x2004, length: 40, body: 28))
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

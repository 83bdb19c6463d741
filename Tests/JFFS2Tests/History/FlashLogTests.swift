import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

@Suite struct FlashLogTests {
    /// Marks the node at an offset obsolete, as Linux does on NOR flash: the ACCURATE bit of its type is cleared.
    private func obsolete(_ offset: Int, in flash: inout FlashAssembler) {
        flash.change(at: offset + (flash.order == .little ? 3 : 2)) { $0 &= ~0x20 }
    }

    /// A file is written at 10 and again at 20, gets another name at 30, and goes at 40. The nodes lie in no order of time.
    private func history(_ order: ByteOrder) -> FlashAssembler {
        var flash = FlashAssembler(order)
        let second = flash.append(
            flash.inode(2, version: 2, isize: 3, data: Array("two".utf8), time: 20))
        flash.append(flash.dirent("b", 2, version: 2, time: 30))
        flash.append(flash.dirent("b", 0, version: 4, type: 0, time: 40))
        let first = flash.append(
            flash.inode(2, version: 1, isize: 3, data: Array("one".utf8), time: 10))
        let name = flash.append(flash.dirent("a", 2, version: 1, time: 10))
        flash.append(flash.dirent("a", 0, version: 3, type: 0, time: 30))
        for offset in [first, second, name] { obsolete(offset, in: &flash) }
        return flash
    }

    @Test(arguments: [ByteOrder.little, .big])
    func nodesMarkedObsoleteCountInTheStateOfTheirTime(order: ByteOrder) throws {
        let log = FlashLog(history(order).fileSystem())
        #expect(log.fileSystem.tree.inodes[0].entries.isEmpty)
        #expect(try log.state(at: 10).tree.text(of: "a") == "one")
        #expect(try log.state(at: 29).tree.text(of: "a") == "two")
        #expect(try log.state(at: 30).tree.text(of: "b") == "two")
        #expect(log.state(at: 30).tree.inodes[0].entries.count == 1)
        #expect(log.state(at: 40).tree.inodes[0].entries.isEmpty)
        #expect(log.state(at: 9).tree.inodes.count == 1)
    }

    @Test func theVersionsOfNodesTellWhatWasThere() throws {
        let log = FlashLog(history(.little).fileSystem())
        var moment = FlashNumbers()
        for entry in log.entries where (entry.version ?? 9) <= 1 { moment.note(entry) }
        #expect(try log.state(upTo: moment).tree.text(of: "a") == "one")
        #expect(log.numbers().versions == [1: 4, 2: 2])
        let versions = log.versions(of: 2, in: InodeHistories(log))
        #expect(versions.map(\.version) == [1, 2])
    }

    @Test func aDeletedFileIsToldFromALostOne() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("kept", 2, version: 1))
        flash.append(flash.dirent("gone", 3, version: 2))
        flash.append(flash.dirent("gone", 0, version: 3, type: 0))
        for inode in [2, 3, 4] as [InodeNumber] {
            flash.append(flash.inode(inode, version: 1, isize: 1, data: [7]))
        }
        flash.append(flash.inode(2, version: 2, isize: 1, data: [8]))
        let log = FlashLog(flash.fileSystem())
        let histories = InodeHistories(log)
        func fates(_ inode: InodeNumber) -> [NodeFate] {
            log.versions(of: inode, in: histories).map { histories.fate(of: $0) }
        }
        #expect(fates(2) == [.superseded, .live])
        #expect(fates(3) == [.deleted])
        #expect(fates(4) == [.orphan])
        #expect(histories.paths[3]?.description == "/gone")
    }

    /// In directories of directories, in a directory that is gone, and in one that nothing tells of.
    @Test func everyInodeHasThePathThatItHasOrHad() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("dir", 2, version: 1, type: 4))
        flash.append(flash.dirent("sub", 3, in: 2, version: 1, type: 4))
        flash.append(flash.dirent("file", 4, in: 3, version: 1))
        flash.append(flash.dirent("again", 4, version: 2))
        flash.append(flash.dirent("old", 5, in: 3, version: 2, type: 4))
        flash.append(flash.dirent("old", 0, in: 3, version: 3, type: 0))
        flash.append(flash.dirent("inner", 6, in: 5, version: 1))
        flash.append(flash.dirent("lost", 7, in: 99, version: 1))
        for (inode, mode) in [(2, 0o40755), (3, 0o40755), (4, 0o100644), (5, 0o40755), (6, 0o100644), (7, 0o100644)]
            as [(InodeNumber, UInt32)]
        {
            flash.append(flash.inode(inode, version: 1, mode: mode, isize: 0))
        }
        let histories = InodeHistories(FlashLog(flash.fileSystem()))
        let paths = ([2, 3, 4, 5, 6, 7, 8] as [InodeNumber]).map { histories.paths[$0]?.description }
        #expect(paths == ["/dir", "/dir/sub", "/again", "/dir/sub/old", "/dir/sub/old/inner", "/lost", nil])
        #expect(histories.shown == [2, 3, 4])
    }

    /// All bytes are accounted for, block by block, in the order of their place.
    @Test func everyByteOfTheFlashIsInTheLog() {
        var flash = history(.little)
        flash.finishBlock()
        let log = FlashLog(flash.fileSystem())
        var end = 0
        for entry in log.entries {
            #expect(entry.offset == end)
            end = entry.range.upperBound
        }
        #expect(end == 16384)
        #expect(log.entries.map(\.word).suffix(2) == ["dirent", "erased"])
    }

    /// Old kernels wrote all ones into the xref of what is deleted.
    @Test func numbersGoOnBehindAllThatWasEverThere() {
        var flash = FlashAssembler()
        obsolete(flash.append(flash.inode(90, version: 7, isize: 0)), in: &flash)
        flash.append(flash.dirent("a", 0, in: 5, version: 11, type: 0))
        flash.append(flash.xref(InodeNumber(rawValue: .max), .max, sequence: 8))
        flash.append(flash.xattr(3, "n", [1]))
        let log = FlashLog(flash.fileSystem())
        #expect(log.numbers().highestInode == 90)
        #expect(log.numbers().versions == [90: 7, 5: 11])
        #expect(log.numbers().highestSequence == 8)
        #expect(log.numbers().highestIdentifier == 3)
        #expect(log.numbers { $0.node != nil }.highestInode == 5)
    }

    /// Linux believes a summary: a new name of version 1 would lose against the one of which it tells.
    @Test func aNodeOfWhichOnlyTheSummaryTellsCounts() {
        var flash = FlashAssembler()
        flash.append(flash.inode(2, version: 1, isize: 0))
        let offset = flash.append(flash.dirent("a", 9, version: 12))
        flash.finishBlockWithSummary()
        for byte in offset..<offset + 40 { flash.change(at: byte) { $0 = 0 } }
        let log = FlashLog(flash.fileSystem())
        #expect(log.seenNumbers().versions == [1: 12, 2: 1])
        #expect(log.seenNumbers().highestInode == 9)
        #expect(log.numbers().versions == [2: 1])
    }
}

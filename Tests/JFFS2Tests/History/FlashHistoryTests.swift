import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

@Suite struct FlashHistoryTests {
    /// Marks the node at an offset obsolete, as Linux does on NOR flash.
    private func obsolete(_ offset: Int, in flash: inout FlashAssembler) {
        flash.change(at: offset + (flash.order == .little ? 3 : 2)) { $0 &= ~0x20 }
    }

    /// A file is made, written in two pieces, cut, and gets other permissions; the nodes lie in no order.
    private func writtenFile(_ order: ByteOrder) -> FlashAssembler {
        var flash = FlashAssembler(order)
        flash.append(flash.inode(2, version: 5, mode: 0o100600, isize: 2, time: 40))
        flash.append(flash.inode(2, version: 3, isize: 8, offset: 4, data: Array("four".utf8), time: 20))
        flash.append(flash.dirent("a", 2, version: 1, time: 10))
        let first = flash.append(flash.inode(2, version: 1, isize: 0, time: 10))
        flash.append(flash.inode(2, version: 2, isize: 4, data: Array("abcd".utf8), time: 20))
        flash.append(flash.inode(2, version: 4, isize: 2, time: 30))
        obsolete(first, in: &flash)
        return flash
    }

    @Test(arguments: [ByteOrder.little, .big]) func eachVersionTellsWhatItChanged(order: ByteOrder) throws {
        let history = FlashHistory(FlashLog(writtenFile(order).fileSystem()))
        let file = try #require(history.files(of: 2).first)
        #expect(file.versions.map(\.version) == [1, 2, 3, 4, 5])
        #expect(file.versions.map { history.raw(of: $0).ctime } == [10, 20, 20, 30, 40])
        let changes = file.versions.map(\.change)
        #expect(changes.map(\.isCreation) == [true, false, false, false, false])
        #expect(changes.map(\.written) == [nil, 0..<4, 4..<8, nil, nil])
        #expect(changes.map(\.previousSize) == [nil, 0, 4, 8, nil])
        #expect(changes[3].isTruncation(to: 2))
        #expect(changes[4].attributes == [.mode, .modificationTime])
        #expect(file.versions[0].fate == .obsolete)
        #expect(file.versions[4].fate == .live)
    }

    @Test func whatTheGarbageCollectorTookIsCounted() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("a", 2, version: 9))
        flash.append(flash.inode(2, version: 4, isize: 1, data: [1]))
        flash.append(flash.inode(2, version: 7, isize: 1, data: [2]))
        let file = try #require(FlashHistory(FlashLog(flash.fileSystem())).files(of: 2).first)
        #expect(file.versions.map(\.change.missingVersions) == [3, 2])
        #expect(file.versions.map(\.change.isCreation) == [false, false])
    }

    @Test func aCopyIsTheSameVersion() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("a", 2, version: 1))
        let node = flash.inode(2, version: 1, isize: 1, data: [1])
        obsolete(flash.append(node), in: &flash)
        let copy = flash.append(node)
        let history = FlashHistory(FlashLog(flash.fileSystem()))
        let versions = try #require(history.files(of: 2).first?.versions)
        #expect(versions.map(\.copies) == [2])
        #expect(versions.map { history.log.entries[$0.entry].offset } == [copy])
    }

    /// After a restart, Linux gives the number again of a file of which all nodes are marked obsolete.
    @Test func filesThatHadOneNumberAreToldApart() throws {
        var flash = FlashAssembler()
        for version in 1...3 as ClosedRange<UInt32> {
            let text = Array("old \(version)".utf8)
            obsolete(
                flash.append(
                    flash.inode(5, version: version, isize: 5, data: text, time: 10 * version)), in: &flash)
        }
        obsolete(flash.append(flash.dirent("old", 5, version: 1, time: 10)), in: &flash)
        flash.append(flash.dirent("new", 5, version: 4, time: 100))
        obsolete(flash.append(flash.inode(5, version: 1, isize: 3, data: Array("new".utf8), time: 100)), in: &flash)
        flash.append(flash.inode(5, version: 2, isize: 3, data: Array("NEW".utf8), time: 110))
        let files = FlashHistory(FlashLog(flash.fileSystem())).files(of: 5)
        #expect(files.map(\.isEarlierUse) == [true, false])
        #expect(files.map { $0.versions.map(\.version) } == [[1, 2, 3], [1, 2]])
    }

    /// What was cut off when the power went has its version given again.
    @Test func aNodeThatWasCutOffIsNoOtherFile() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("a", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 1, data: [1]))
        flash.append(flash.inode(2, version: 2, isize: 9, data: [2], hasBadData: true))
        let good = flash.append(flash.inode(2, version: 2, isize: 3, data: [1, 2, 3]))
        let history = FlashHistory(FlashLog(flash.fileSystem()))
        #expect(history.files(of: 2).map { $0.versions.map(\.version) } == [[1, 2]])
        #expect(history.files(of: 2).first?.versions.last.map { history.log.entries[$0.entry].offset } == good)
    }

    /// Names come, are moved within a directory and into another one, are taken over and go.
    private func renames() -> FlashHistory {
        var flash = FlashAssembler()
        flash.append(flash.dirent("d", 3, version: 1, type: 4, time: 5))
        flash.append(flash.inode(3, version: 1, mode: 0o40755, isize: 0, time: 5))
        flash.append(flash.dirent("a", 2, version: 2, time: 10))
        flash.append(flash.inode(2, version: 1, isize: 0, time: 10))
        flash.append(flash.dirent("b", 2, version: 3, time: 20))
        flash.append(flash.dirent("a", 0, version: 4, type: 0, time: 20))
        flash.append(flash.dirent("c", 2, in: 3, version: 2, time: 30))
        flash.append(flash.dirent("b", 0, version: 5, type: 0, time: 30))
        flash.append(flash.inode(4, version: 1, isize: 0, time: 40))
        flash.append(flash.dirent("c.new", 4, in: 3, version: 3, time: 40))
        flash.append(flash.dirent("c", 4, in: 3, version: 4, time: 50))
        flash.append(flash.dirent("c.new", 0, in: 3, version: 5, type: 0, time: 50))
        flash.append(flash.dirent("c", 0, in: 3, version: 6, type: 0, time: 60))
        return FlashHistory(FlashLog(flash.fileSystem()))
    }

    @Test func aNewNameAndTheOldOneThatGoesAreARename() {
        let history = renames()
        func line(_ event: TimelineEvent) -> String {
            let change = event.name.map { history.names[$0] }
            let old = change?.counterpart.map { " from \(history.path(of: history.names[$0]))" } ?? ""
            return "\(event.time) \(event.kind) \(history.path(of: event))\(old)"
        }
        #expect(
            history.timeline().map(line) == [
                "5 create /d", "10 create /a", "20 rename /b from /a", "30 rename /d/c from /b", "40 create /d/c.new",
                "50 rename /d/c from /d/c.new", "60 delete /d/c",
            ])
        #expect(history.names.filter { $0.kind == .replacement }.map(\.previousInode) == [2])
    }

    /// The same name goes and comes back within a second.
    @Test func whatIsMovedBackAndForthIsNotMovedOntoItself() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("d", 3, version: 1, type: 4, time: 5))
        flash.append(flash.inode(3, version: 1, mode: 0o40755, isize: 0, time: 5))
        flash.append(flash.inode(2, version: 1, isize: 0, time: 10))
        for round in 0..<3 as Range<UInt32> {
            flash.append(flash.dirent("a", 2, version: 2 + 2 * round, time: 10))
            flash.append(flash.dirent("b", 2, in: 3, version: 2 + 2 * round, time: 10))
            flash.append(flash.dirent("a", 0, version: 3 + 2 * round, type: 0, time: 10))
            flash.append(flash.dirent("b", 0, in: 3, version: 3 + 2 * round, type: 0, time: 10))
        }
        let history = FlashHistory(FlashLog(flash.fileSystem()))
        let moves = history.names.compactMap { change -> String? in
            guard change.kind != .removal, let old = change.counterpart else { return nil }
            return "\(history.path(of: history.names[old])) to \(history.path(of: change))"
        }
        #expect(moves == ["/d/b to /a", "/d/b to /a", "/d/b to /a", "/a to /d/b", "/a to /d/b", "/a to /d/b"])
    }

    @Test func allFilesThatEverHadAPathAreFound() {
        let history = renames()
        #expect(history.inodes(at: "/d/c") == [2, 4])
        #expect(history.inodes(at: "/b") == [2])
        #expect(history.inodes(at: "/nothing") == [])
        #expect(history.inodes(at: "/lost+found/inode-4") == [4])
        #expect(history.path(of: 2).description == "/d/c")
    }

    /// A directory in itself, and one that no name leads to.
    @Test func directoriesThatHangNowhereHaveNoPathOfTheirOwn() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("a", 3, in: 2, version: 1, type: 4))
        flash.append(flash.dirent("b", 2, in: 3, version: 1, type: 4))
        flash.append(flash.dirent("f", 4, in: 2, version: 2))
        flash.append(flash.dirent("g", 5, in: 9, version: 2))
        let history = FlashHistory(FlashLog(flash.fileSystem()))
        #expect(history.path(of: 5).description == "/lost+found/inode-9/g")
        #expect(history.path(of: 4).components.first == "lost+found")
    }
}

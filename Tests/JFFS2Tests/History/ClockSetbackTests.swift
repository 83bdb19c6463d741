import FileTree
import JFFS2
import TestSupport
import Testing

/// Devices without a battery for their clock.
@Suite struct ClockSetbackTests {
    /// /a is written again after a restart in 1970, /b goes then, /c comes; then the clock is set.
    private func restarted() -> FlashHistory {
        var flash = FlashAssembler()
        flash.append(flash.inode(2, version: 1, isize: 0, time: 1000))
        flash.append(flash.dirent("a", 2, version: 1, time: 1000))
        flash.append(flash.inode(3, version: 1, isize: 0, time: 1100))
        flash.append(flash.dirent("b", 3, version: 2, time: 1100))
        flash.append(flash.inode(2, version: 2, isize: 3, data: Array("TRE".utf8), time: 30))
        flash.append(flash.inode(4, version: 1, isize: 0, time: 40))
        flash.append(flash.dirent("c", 4, version: 3, time: 40))
        flash.append(flash.dirent("b", 0, version: 4, type: 0, time: 50))
        flash.append(flash.inode(2, version: 3, isize: 4, data: Array("four".utf8), time: 2000))
        return FlashHistory(FlashLog(flash.fileSystem()))
    }

    @Test func versionsThatGoOnEarlierAreCounted() throws {
        let setbacks = try #require(restarted().clockSetbacks())
        #expect(setbacks.fileCount == 2)
        #expect(setbacks.example.description == "/a")
        #expect([setbacks.time, setbacks.nextTime] == [1000, 30])
    }

    @Test func namesStayInTheOrderOfVersions() throws {
        let history = restarted()
        let file = try #require(history.files(of: 3).first)
        #expect(history.changesOfNames(of: file).map { history.names[$0].version } == [2, 4])
        #expect(history.inOrder(Array(history.names.indices)).map { history.names[$0].version } == [1, 2, 3, 4])
    }

    /// As mkfs.jffs2 writes them: the time of a name is that of its file.
    @Test func namesOfOldFilesAreNoSetback() {
        var flash = FlashAssembler()
        flash.append(flash.inode(2, version: 1, isize: 0, time: 1000))
        flash.append(flash.dirent("a", 2, version: 1, time: 1000))
        flash.append(flash.inode(3, version: 1, isize: 0, time: 500))
        flash.append(flash.dirent("b", 3, version: 2, time: 500))
        flash.append(flash.dirent("b", 0, version: 3, type: 0, time: 600))
        #expect(FlashHistory(FlashLog(flash.fileSystem())).clockSetbacks() == nil)
    }
}

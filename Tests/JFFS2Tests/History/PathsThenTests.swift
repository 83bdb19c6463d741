import FileTree
import JFFS2
import TestSupport
import Testing

/// What happened has the path of its time, whatever became of the file and of its folders.
@Suite struct PathsThenTests {
    /// /p goes to /d/q, /d becomes /e, the file is written there, gets the name /hl, loses the other one, and /e goes.
    private func movedFolder() -> FlashHistory {
        var flash = FlashAssembler()
        flash.append(flash.inode(2, version: 1, mode: 0o40755, isize: 0, time: 10))
        flash.append(flash.dirent("d", 2, version: 1, type: 4, time: 10))
        flash.append(flash.inode(3, version: 1, isize: 0, time: 20))
        flash.append(flash.dirent("p", 3, version: 2, time: 20))
        flash.append(flash.dirent("q", 3, in: 2, version: 2, time: 30))
        flash.append(flash.dirent("p", 0, version: 3, type: 0, time: 30))
        flash.append(flash.inode(4, version: 1, isize: 0, time: 40))
        flash.append(flash.dirent("p", 4, version: 4, time: 40))
        flash.append(flash.dirent("e", 2, version: 5, type: 4, time: 50))
        flash.append(flash.dirent("d", 0, version: 6, type: 0, time: 50))
        flash.append(flash.inode(3, version: 2, isize: 4, data: Array("more".utf8), time: 60))
        flash.append(flash.dirent("hl", 3, version: 7, time: 70))
        flash.append(flash.inode(3, version: 3, isize: 8, offset: 4, data: Array("most".utf8), time: 75))
        flash.append(flash.dirent("q", 0, in: 2, version: 3, type: 0, time: 80))
        flash.append(flash.inode(3, version: 4, isize: 2, time: 85))
        flash.append(flash.dirent("e", 0, version: 8, type: 0, time: 90))
        return FlashHistory(FlashLog(flash.fileSystem()))
    }

    private func lines(_ history: FlashHistory) -> [String] {
        history.timeline().map { event in
            let old = event.name.flatMap { history.names[$0].counterpart }
            let text = old.map { " from \(history.path(of: history.names[$0]))" } ?? ""
            return "\(event.time) \(event.kind) \(history.path(of: event))\(text)"
        }
    }

    @Test func eachEventHasThePathOfItsTime() {
        #expect(
            lines(movedFolder()) == [
                "10 create /d", "20 create /p", "30 rename /d/q from /p", "40 create /p", "50 rename /e from /d",
                "60 write /e/q", "70 link /hl", "75 write /e/q", "80 delete /e/q", "85 write /hl", "90 delete /e",
            ])
    }

    /// The path of now, or the last one, stays what it was.
    @Test func theLastPathIsAnother() throws {
        let history = movedFolder()
        #expect(history.path(of: 3).description == "/hl")
        #expect(history.path(of: 2).description == "/e")
        let file = try #require(history.files.firstIndex { $0.inode == 3 })
        #expect(
            [1, 29, 31, 49, 51, 79, 81, 99].map { history.path(ofFile: file, at: $0).description } == [
                "/p", "/p", "/d/q", "/d/q", "/e/q", "/e/q", "/hl", "/hl",
            ])
        #expect(!history.hasOnePath(file: file))
        #expect(history.hasOnePath(file: try #require(history.files.firstIndex { $0.inode == 4 })))
    }

    /// Folders that are in each other, as no file system has them, end nowhere.
    @Test func foldersInEachOtherHaveSomePath() {
        var flash = FlashAssembler()
        for (round, name) in ["a", "b", "c"].enumerated() {
            let version = UInt32(round + 1)
            flash.append(flash.dirent(name, 3, in: 2, version: version, type: 4, time: 10 * version))
            flash.append(flash.dirent(name, 2, in: 3, version: version, type: 4, time: 10 * version))
        }
        flash.append(flash.dirent("f", 4, in: 2, version: 9, time: 15))
        flash.append(flash.inode(4, version: 1, isize: 0, time: 15))
        let history = FlashHistory(FlashLog(flash.fileSystem()))
        #expect(lines(history).contains { $0.hasPrefix("15 create /lost+found/") && $0.hasSuffix("/f") })
    }
}

import FileTree
import JFFS2
import TestSupport
import Testing

/// What happened within one second, of which the clock tells no order.
@Suite struct TimelineOrderTests {
    private func lines(_ flash: FlashAssembler) -> [String] {
        let history = FlashHistory(FlashLog(flash.fileSystem()))
        return history.timeline().map { "\($0.kind) \(history.path(of: $0)) \($0.inode?.rawValue ?? 0)" }
    }

    /// A file comes and goes, another one is moved, a folder takes its name, is filled, emptied and goes. Nodes lie in no order.
    @Test func versionsAndFoldersTellTheOrder() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("x", 0, version: 7, type: 0, time: 10))
        flash.append(flash.dirent("z", 0, in: 4, version: 3, type: 0, time: 10))
        flash.append(flash.inode(2, version: 1, isize: 0, time: 10))
        flash.append(flash.dirent("x", 2, version: 1, time: 10))
        flash.append(flash.inode(2, version: 2, isize: 1, data: [1], time: 10))
        flash.append(flash.dirent("x", 0, version: 2, type: 0, time: 10))
        flash.append(flash.inode(3, version: 1, isize: 0, time: 10))
        flash.append(flash.dirent("x", 3, version: 3, time: 10))
        flash.append(flash.dirent("y", 3, version: 4, time: 10))
        flash.append(flash.dirent("x", 0, version: 5, type: 0, time: 10))
        flash.append(flash.inode(4, version: 1, mode: 0o40755, isize: 0, time: 10))
        flash.append(flash.dirent("x", 4, version: 6, type: 4, time: 10))
        flash.append(flash.inode(5, version: 1, isize: 0, time: 10))
        flash.append(flash.dirent("z", 5, in: 4, version: 2, time: 10))
        #expect(
            lines(flash) == [
                "create /x 2", "write /x 2", "delete /x 2", "create /x 3", "rename /y 3", "create /x 4",
                "create /x/z 5", "delete /x/z 5", "delete /x 4",
            ])
    }

    /// The folder has a greater number than what is in it: numbers tell nothing.
    @Test func aFolderComesBeforeWhatIsMovedIntoIt() {
        var flash = FlashAssembler()
        flash.append(flash.inode(2, version: 1, isize: 0, time: 5))
        flash.append(flash.dirent("a", 2, version: 1, time: 5))
        flash.append(flash.inode(9, version: 1, mode: 0o40755, isize: 0, time: 10))
        flash.append(flash.dirent("d", 9, version: 2, type: 4, time: 10))
        flash.append(flash.dirent("b", 2, in: 9, version: 2, time: 10))
        flash.append(flash.dirent("a", 0, version: 3, type: 0, time: 10))
        flash.append(flash.dirent("e", 9, version: 4, type: 4, time: 10))
        flash.append(flash.dirent("d", 0, version: 5, type: 0, time: 10))
        #expect(lines(flash) == ["create /a 2", "create /d 9", "rename /d/b 2", "rename /e 9"])
    }

    /// Two folders, each made in the other one: something is listed, and all of it.
    @Test func whatContradictsItselfIsListed() {
        var flash = FlashAssembler()
        for (inode, parent) in [(2, 3), (3, 2)] as [(InodeNumber, InodeNumber)] {
            flash.append(flash.inode(inode, version: 1, mode: 0o40755, isize: 0, time: 10))
            flash.append(flash.dirent("d", inode, in: parent, version: 1, type: 4, time: 10))
        }
        #expect(lines(flash).map { $0.prefix(6) } == ["create", "create"])
    }
}

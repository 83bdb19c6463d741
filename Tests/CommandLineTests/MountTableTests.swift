import FileTree
import TestSupport
import Testing
import TreeMount

/// The names and numbers of a mounted tree, for trees that no sound image has.
struct MountTableTests {
    private func directory() -> Inode { Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])) }

    @Test func namesThatNoFolderCanHoldAreLeftOutWithWhatIsInThem() {
        var tree = FileTree()
        let bad = tree.add(directory(), name: FileName("a/b"), to: FileTree.root)
        tree.add(Inode(metadata: Metadata(permissions: 0), payload: .fifo), name: "inside", to: bad)
        for name in ["..", ".", ""] {
            tree.add(Inode(metadata: Metadata(permissions: 0), payload: .fifo), name: FileName(name), to: FileTree.root)
        }
        tree.add(Inode(metadata: Metadata(permissions: 0), payload: .fifo), name: "good", to: FileTree.root)
        let table = MountTable(tree)
        #expect(table.leftOut.map(\.components.last?.bytes) == [[], [0x2e], [0x2e, 0x2e], Array("a/b".utf8)])
        #expect(table.fileCount == 2)
    }

    @Test func aDirectoryInsideItselfIsEmptyThere() {
        var tree = FileTree()
        let a = tree.add(directory(), name: "a", to: FileTree.root)
        tree.link(a, name: "again", to: a)
        tree.link(a, name: "b", to: FileTree.root)
        // a, a/again, b, b/again; and the root.
        #expect(MountTable(tree).fileCount == 5)
    }

    @Test func aTreeIsGraftedUnderANameThatIsFreeOnly() {
        var tree = FileTree()
        var other = FileTree()
        other.add(Inode(metadata: Metadata(permissions: 0), payload: .fifo), name: "file", to: FileTree.root)
        let results = [
            tree.graft(other, name: "1", to: FileTree.root), tree.graft(other, name: "1", to: FileTree.root),
        ]
        #expect(results == [true, false])
        #expect(tree.find("/1/file").map { tree[$0].kind } == .fifo)
        #expect(MountTable(tree).fileCount == 3)
    }
}

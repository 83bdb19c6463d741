import FileTree
import Testing

@Suite struct FurtherDirectoryNameTests {
    @Test func aDirectoryKeepsTheNameThatUnpackingGivesIt() throws {
        var tree = FileTree()
        func directory(_ name: FileName, in parent: InodeID) -> InodeID {
            tree.add(Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), name: name, to: parent)
        }
        let a = directory("a", in: FileTree.root)
        let b = directory("b", in: FileTree.root)
        let moved = directory("moved", in: a)
        tree.add(Inode(metadata: Metadata(permissions: 0o644), payload: .fifo), name: "pipe", to: moved)
        tree.link(moved, name: "renamed", to: b)
        tree.link(a, name: "inside", to: moved)
        #expect(Set(tree.dropFurtherDirectoryNames()) == ["/a/moved/inside", "/b/renamed"])
        var paths: [FilePathBytes] = []
        tree.walk { path, _ in paths.append(path) }
        #expect(paths == ["/a", "/a/moved", "/a/moved/pipe", "/b"])
        #expect(tree.dropFurtherDirectoryNames().isEmpty)
    }
}

import FileTree
import TestSupport
import Testing

@Suite struct GrowingFileTreeTests {
    private func file(_ number: Int) -> Inode {
        Inode(metadata: Metadata(permissions: 0o644, owner: UInt32(number)), payload: .fifo)
    }

    /// The same as a tree into which the names are put one by one: replaced ones, further names, those that were there.
    @Test func namesInAnyOrderMakeTheSameTree() {
        var plain = FileTree()
        let (here, there) = (
            plain.add(
                Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), name: "d", to: FileTree.root),
            plain.add(file(1), name: "m", to: FileTree.root)
        )
        plain.add(file(2), name: "b", to: here)
        var growing = GrowingFileTree(plain)
        #expect(growing.find(["d", "b"]) == plain.find("d/b"))
        for (number, name) in ["z", "a", "b", "m", "c", "a"].enumerated() {
            let id = plain.add(file(number + 10), name: FileName(name), to: here)
            #expect(growing.add(file(number + 10), name: FileName(name), to: here) == id)
            #expect(growing.child(FileName(name), of: here) == id)
            plain.link(id, name: FileName("l\(number)"), to: FileTree.root)
            growing.link(id, name: FileName("l\(number)"), to: FileTree.root)
        }
        // Nothing is put into what is no directory.
        plain.link(here, name: "x", to: there)
        growing.link(here, name: "x", to: there)
        growing[there].metadata.owner = 77
        plain[there].metadata.owner = 77
        #expect(growing.find(["d", "x"]) == nil)
        let made = growing.finish()
        #expect(made.inodes.count == plain.inodes.count)
        #expect(made[here].entries == plain[here].entries)
        #expect(made[FileTree.root].entries == plain[FileTree.root].entries)
        #expect(made[there].metadata == plain[there].metadata)
    }

    /// Names that come last first, and those of one line of a device table: four times as many take about four times as long.
    @Test func timeForNamesInAnyOrderIsLinear() throws {
        func time(_ body: () throws -> Void) rethrows -> Double {
            min(try threadSeconds(body), try threadSeconds(body))
        }
        func backwards(_ count: Int) -> Double {
            time {
                var tree = GrowingFileTree()
                for number in (0..<count).reversed() {
                    tree.add(file(0), name: FileName("\(1_000_000 + number)"), to: FileTree.root)
                }
                #expect(tree.finish()[FileTree.root].entries.count == count)
            }
        }
        func table(_ count: Int) throws -> Double {
            let table = try DeviceTable(parsing: Array("/tty c 620 0 5 4 64 1 1 \(count)".utf8))
            return try time {
                var tree = FileTree()
                try table.apply(to: &tree)
                #expect(tree[FileTree.root].entries.count == count)
            }
        }
        for work in [backwards, table] {
            let (small, large) = (try work(50_000), try work(200_000))
            #expect(large < max(9 * small, 0.05), "\(small) \(large)")
        }
    }

    /// The end of a path, in whole names.
    @Test func theLastNamesOfALongPath() {
        let path: FilePathBytes = "usr/share/doc/a"
        #expect(path.lastBytes(100) == Array("usr/share/doc/a".utf8))
        #expect(path.lastBytes(15) == Array("usr/share/doc/a".utf8))
        #expect(path.lastBytes(14) == Array("share/doc/a".utf8))
        #expect(path.lastBytes(3) == Array("a".utf8))
        #expect(path.lastBytes(0) == Array("a".utf8))
        #expect(FilePathBytes().lastBytes(10).isEmpty)
    }
}

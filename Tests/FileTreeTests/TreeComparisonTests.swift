import FileTree
import Testing

/// What differs between two trees.
@Suite struct TreeComparisonTests {
    /// Content that cannot be read behind a place.
    private final class DamagedContents: FileContents {
        let size: UInt64
        private let bytes: [UInt8]
        private let bad: Range<UInt64>

        init(_ bytes: [UInt8], bad: Range<UInt64>) {
            (self.bytes, self.bad) = (bytes, bad)
            size = UInt64(bytes.count)
        }

        func makeReader() -> any ContentReader { Reader(bytes: bytes, bad: bad) }

        private final class Reader: ContentReader {
            private let bytes: [UInt8]
            private let bad: Range<UInt64>

            init(bytes: [UInt8], bad: Range<UInt64>) { (self.bytes, self.bad) = (bytes, bad) }

            func dataRanges() -> [Range<UInt64>] { [0..<UInt64(bytes.count)] }

            func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(ContentsError) -> [ContentDamage] {
                let shown = bytes.enumerated().map { bad.contains(UInt64($0.offset)) ? 0 : $0.element }
                let reader = MemoryContents(shown).makeReader()
                _ = try reader.read(into: &buffer, at: offset)
                return [ContentDamage(range: bad, reason: "torn")]
            }
        }
    }

    private func file(_ text: String, permissions: UInt16 = 0o644, time: Int64 = 1000) -> Inode {
        Inode(
            metadata: Metadata(permissions: permissions, time: time),
            payload: .regular(MemoryContents(Array(text.utf8))))
    }

    private func tree(_ files: [(FileName, Inode)]) -> FileTree {
        var tree = FileTree()
        for (name, inode) in files { tree.add(inode, name: name, to: FileTree.root) }
        return tree
    }

    /// `changed /a content,mode`
    private func differences(
        _ old: ComparedTree, new: ComparedTree, ignoring: Set<FileAspect> = [], from start: FilePathBytes = ""
    ) -> [String] {
        var comparison = TreeComparison(old, new: new, ignoring: ignoring)
        var lines: [String] = []
        comparison.run(from: start) { difference in
            let words = FileAspect.allCases.filter(difference.aspects.contains).map(\.rawValue)
            let damage = difference.damage.map { " \($0.side) \($0.damage)" }.joined()
            lines.append("\(difference.kind.rawValue) \(difference.path) \(words.joined(separator: ","))\(damage)")
            return true
        }
        return lines
    }

    private func differences(_ old: FileTree, new: FileTree, ignoring: Set<FileAspect> = []) -> [String] {
        differences(ComparedTree(old), new: ComparedTree(new), ignoring: ignoring)
    }

    @Test func everyAspectIsNamed() {
        func special(_ payload: Inode.Payload) -> Inode {
            Inode(metadata: Metadata(permissions: 0o644, time: 1000), payload: payload)
        }
        var owned = file("x")
        owned.metadata.owner = 5
        var labelled = file("x")
        labelled.metadata.extendedAttributes = [ExtendedAttribute(name: Array("user.a".utf8), value: [1])]
        var read = file("x")
        read.metadata.accessTime = 7
        let before = tree([
            ("a", file("x")), ("attribute", file("x")),
            ("device", special(.characterDevice(.init(major: 1, minor: 3)))),
            ("gone", file("x")), ("kind", file("x")), ("link", special(.symbolicLink([0x61]))), ("mode", file("x")),
            ("owner", file("x")), ("read", file("x")), ("same", file("x")), ("time", file("x")),
        ])
        let after = tree([
            ("a", file("y")), ("attribute", labelled), ("device", special(.characterDevice(.init(major: 1, minor: 5)))),
            ("kind", special(.fifo)), ("link", special(.symbolicLink([0x62]))), ("mode", file("x", permissions: 0o600)),
            ("new", file("x")), ("owner", owned), ("read", read), ("same", file("x")), ("time", file("x", time: 2000)),
        ])
        #expect(
            differences(before, new: after) == [
                "changed /a content", "changed /attribute attributes", "changed /device device", "removed /gone ",
                "changed /kind type", "changed /link target", "changed /mode mode", "added /new ",
                "changed /owner owner", "changed /read accessTime",
                "changed /time modificationTime,accessTime,changeTime",
            ])
        let ignored: Set<FileAspect> = [
            .modificationTime, .accessTime, .changeTime, .owner, .mode, .attributes, .content, .device, .target,
        ]
        #expect(
            differences(before, new: after, ignoring: ignored) == [
                "removed /gone ", "changed /kind type", "added /new ",
            ])
        #expect(differences(ComparedTree(before), new: ComparedTree(after), from: "mode") == ["changed /mode mode"])
    }

    @Test func directoriesAreWalkedWhereOnlyOneTreeHasThem() {
        var before = FileTree()
        let directory = before.add(
            Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), name: "d", to: FileTree.root)
        before.add(file("x"), name: "in", to: directory)
        let after = tree([("d", file("x", permissions: 0o755, time: 0))])
        #expect(differences(before, new: after) == ["changed /d type", "removed /d/in "])
        #expect(differences(FileTree(), new: before) == ["added /d ", "added /d/in "])
    }

    @Test func hardLinksAreGroups() {
        var before = tree([("a", file("x")), ("c", file("x"))])
        before.link(before.find("a") ?? FileTree.root, name: "b", to: FileTree.root)
        var after = tree([("a", file("x")), ("c", file("x"))])
        after.link(after.find("c") ?? FileTree.root, name: "b", to: FileTree.root)
        #expect(differences(before, new: before) == [])
        #expect(differences(before, new: after) == ["changed /a links", "changed /b links", "changed /c links"])
        #expect(differences(before, new: after, ignoring: [.links]) == [])
    }

    @Test func aDirectoryInsideItselfEndsTheWalk() {
        var tree = FileTree()
        let directory = tree.add(
            Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), name: "d", to: FileTree.root)
        tree.link(directory, name: "again", to: directory)
        tree.link(directory, name: "e", to: FileTree.root)
        tree.link(directory, name: "f", to: FileTree.root)
        #expect(differences(tree, new: tree) == [])
    }

    @Test func whatCannotBeReadIsNoDifferenceAndNoEquality() {
        let bytes = Array("0123456789".utf8)
        func damaged(_ bytes: [UInt8]) -> FileTree {
            let contents = DamagedContents(bytes, bad: 4..<6)
            return tree([("f", Inode(metadata: Metadata(permissions: 0o644, time: 1000), payload: .regular(contents)))])
        }
        let whole = tree([("f", file("0123456789"))])
        #expect(differences(damaged(bytes), new: whole) == ["unreadable /f  old bytes 4..<6: torn"])
        #expect(differences(whole, new: damaged(bytes)) == ["unreadable /f  new bytes 4..<6: torn"])
        #expect(
            differences(whole, new: damaged(Array("0123x56789".utf8))) == ["unreadable /f  new bytes 4..<6: torn"])
        #expect(
            differences(whole, new: damaged(Array("012345678x".utf8))) == ["changed /f content new bytes 4..<6: torn"])
        #expect(differences(whole, new: damaged(bytes), ignoring: [.content]) == [])
    }

    @Test func holesAndLargeFilesAreComparedPieceByPiece() {
        var large = [UInt8](repeating: 7, count: 3 << 20)
        func one(_ bytes: [UInt8]) -> FileTree {
            tree([
                (
                    "f",
                    Inode(metadata: Metadata(permissions: 0o644), payload: .regular(MemoryContents(bytes)))
                )
            ])
        }
        let before = one(large)
        #expect(differences(before, new: one(large)) == [])
        large[(2 << 20) + 5] = 8
        #expect(differences(before, new: one(large)) == ["changed /f content"])
        large.removeLast()
        #expect(differences(before, new: one(large)) == ["changed /f content"])
    }

    @Test func aFolderOfAnotherUserLacksDevices() {
        let null = Inode(
            metadata: Metadata(permissions: 0o666), payload: .characterDevice(DeviceNumber(major: 1, minor: 3)))
        let image = tree([("f", file("x")), ("null", null)])
        var folder = ComparedTree(tree([("f", file("x"))]))
        #expect(differences(ComparedTree(image), new: folder) == ["removed /null "])
        folder.mayLackDevices = true
        var comparison = TreeComparison(ComparedTree(image), new: folder)
        comparison.run { difference in
            Issue.record("\(difference.path)")
            return true
        }
        #expect(comparison.missingDevices == 1)
    }
}

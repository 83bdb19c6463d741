import FileTree
import Foundation
import TestSupport
import Testing

/// The comparison itself: it has to see every field.
@Suite struct TreeComparisonTests {
    private let entries: [String: KernelManifest.Entry]

    init() throws {
        let json = #"""
            {".": {"type": "dir", "ino": 1, "mode": "0755", "uid": 0, "gid": 0, "nlink": 2, "size": 0, "mtime": 0,
            "ctime": 0}, "\\377": {"type": "file", "ino": 2, "mode": "0644", "uid": 1, "gid": 2, "nlink": 1, "size": 3,
            "mtime": 5, "ctime": 6, "sha256": "\#(SHA256.hex("abc".utf8))", "xattrs": {"user.a": "00ff"}}}
            """#
        entries = try JSONDecoder().decode([String: KernelManifest.Entry].self, from: Data(json.utf8))
    }

    private func tree(_ change: (inout Inode) -> Void = { _ in }) -> FileTree {
        var tree = FileTree()
        tree[FileTree.root].linkCount = 2
        var metadata = Metadata(
            permissions: 0o644, owner: 1, group: 2, time: 5,
            extendedAttributes: [ExtendedAttribute(name: Array("user.a".utf8), value: [0, 0xff])])
        metadata.changeTime = 6
        var file = Inode(number: 2, metadata: metadata, payload: .regular(MemoryContents(Array("abc".utf8))))
        change(&file)
        tree.add(file, name: FileName([0xff]), to: FileTree.root)
        return tree
    }

    @Test func equalTreesDoNotDiffer() {
        #expect(differences(of: tree(), from: entries) == [])
    }

    private static let changes: [(String, @Sendable (inout Inode) -> Void)] = [
        ("mode", { $0.metadata.permissions = 0o600 }), ("owner", { $0.metadata.owner = 9 }),
        ("group", { $0.metadata.group = 9 }), ("link count", { $0.linkCount = 2 }),
        ("mtime", { $0.metadata.modificationTime = 9 }), ("ctime", { $0.metadata.changeTime = 9 }),
        ("inode number", { $0.number = 9 }), ("type", { $0.payload = .fifo }),
        ("SHA-256", { $0.payload = .regular(MemoryContents(Array("abd".utf8))) }),
        ("extended attributes", { $0.metadata.extendedAttributes = [] }),
    ]

    @Test(arguments: changes)
    func oneChangedFieldIsSeen(field: String, change: @Sendable (inout Inode) -> Void) throws {
        let lines = differences(of: tree(change), from: entries)
        #expect(lines.count == 1)
        #expect(try #require(lines.first).contains(field))
    }

    @Test func missingAndAdditionalNamesAreSeen() {
        var other = tree()
        other.unlink(FileName([0xff]), from: FileTree.root)
        other.add(Inode(metadata: Metadata(permissions: 0), payload: .fifo), name: "ghost", to: FileTree.root)
        #expect(
            differences(of: other, from: entries) == ["/\\377: missing", "/ghost: not in the kernel's tree"])
    }
}

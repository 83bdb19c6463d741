import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// Which nodes of a rewritten block stay, and which must not.
@Suite struct KeptNodeTests {
    /// A name that was taken away must not come back: what hides it stays as long as its old dirent does.
    @Test func aDeletionStaysWhileWhatItHidesIsInAnotherBlock() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("old", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 4, data: Array("past".utf8)))
        flash.finishBlock()
        flash.append(flash.dirent("old", 0, version: 2, type: 0))
        flash.append(flash.dirent("f", 3, version: 3))
        flash.append(flash.inode(3, version: 1, isize: 16, data: Array("to be taken away".utf8)))
        flash.finishBlock()
        let original = flash.fileSystem()
        #expect(original.tree.paths == ["/f"])
        var wanted = original.tree
        try wanted.write(Array("something else".utf8), to: "f")
        let result = try KeptLayoutTests.rewriter(original).write(wanted)
        try KeptLayoutTests.check(result, original, wanted, "deletion")
        #expect(result.bytes.count(of: Array("to be taken away".utf8)) == 0)
        #expect(!result.changedBlocks.contains { $0.index == 0 })
    }

    /// A name that leads to something else now: its old dirent goes, though its inode has another name.
    @Test func theDirentOfAReplacedNameGoes() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("replaced", 2, version: 1))
        flash.finishBlock()
        flash.append(flash.dirent("stays", 2, version: 2))
        flash.append(flash.inode(2, version: 1, isize: 4, data: Array("text".utf8)))
        flash.finishBlock()
        let original = flash.fileSystem()
        #expect(original.tree.paths == ["/replaced", "/stays"])
        var wanted = original.tree
        wanted.add(
            Inode(metadata: Metadata(permissions: 0o777), payload: .symbolicLink(Array("stays".utf8))),
            name: "replaced",
            to: FileTree.root)
        let result = try KeptLayoutTests.rewriter(original).write(wanted)
        try KeptLayoutTests.check(result, original, wanted, "replaced name")
        let found = FileSystem(ByteRegion(result.bytes), byteOrder: .little, eraseSize: original.eraseSize)
        let dirents = FlashLog(found, reach: .everywhere).entries.compactMap { entry -> Dirent? in
            guard case .dirent(let raw) = entry.content else { return nil }
            return raw
        }
        #expect(dirents.filter { $0.inode == 2 }.map(\.nameLength) == [UInt8("stays".utf8.count)])
    }
}

extension [UInt8] {
    fileprivate func count(of piece: [UInt8]) -> Int {
        indices.dropLast(piece.count - 1).count { self[$0..<$0 + piece.count].elementsEqual(piece) }
    }
}

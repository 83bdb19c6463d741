import FileTree
import FlashBytes
import Foundation
import Testing

/// What a manifest that stands alone says of contents.
@Suite struct ManifestContentTests {
    private let temporary = TemporaryDirectory()

    private func read(_ lines: String..., outside: Bool = false) throws -> FileTree {
        let path = temporary.path + "/list"
        try Data(("#mtree\n" + lines.joined(separator: "\n")).utf8).write(to: URL(filePath: path))
        return try ArchiveReader.read(manifest: path, mayLeadOutside: outside)
    }

    private func content(_ tree: FileTree, _ path: String) throws -> [UInt8]? {
        guard let id = tree.find(FilePathBytes(path)), case .regular(let contents) = tree[id].payload else {
            return nil
        }
        return try contents.readAll()
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: temporary.path + "/" + name))
        return temporary.path + "/" + name
    }

    @Test func sizeAndSumOfAManifestAreHeldAgainstTheContent() throws {
        let file = try write("real", "hello")
        let sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        let tree = try read(
            "./a type=file size=5 contents=\(file) sha256=\(sum)", "./b type=file \\", "  contents=\(file)",
            "./c type=file size=0", outside: true)
        #expect(try content(tree, "a") == Array("hello".utf8))
        #expect(try content(tree, "b") == Array("hello".utf8))
        #expect(try content(tree, "c") == [])
        for (line, message) in [
            ("size=6 contents=\(file)", "has 5 bytes, but 6 are listed"),
            ("size=5 contents=\(file) sha256=\(String(repeating: "ab", count: 32))", "has another SHA-256"),
            ("size=5", "there is no content for its 5 bytes"), ("contents=missing", "there is no file missing"),
            ("contents=\(temporary.path)", "is no file"),
        ] {
            let error = #expect(throws: ArchiveError.self) { _ = try read("./a type=file " + line, outside: true) }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        }
    }

    @Test func relativeNamesLieInTheDirectoriesAroundThem() throws {
        let file = try write("real", "hello")
        let tree = try read(
            "/set type=dir", ".", "d", "e", "f type=file contents=\(file)", "..", "..", "g type=file size=0",
            outside: true)
        #expect(try content(tree, "d/e/f") == Array("hello".utf8))
        #expect(tree.find(FilePathBytes("g")) != nil)
    }

    @Test func nothingOutsideOfTheCurrentDirectoryIsRead() throws {
        let file = try write("secret", "hello")
        let here = FileManager.default.currentDirectoryPath
        let up = String(repeating: "../", count: here.split(separator: "/").count)
        for path in [file, up + file.dropFirst()] {
            let error = #expect(throws: ArchiveError.self) { _ = try read("./a type=file contents=\(path)") }
            #expect(error?.leadsOutside == true)
            #expect(error?.description.contains("lies outside of the current folder") == true)
        }
    }

    @Test func repetitionWithoutEndIsRefused() throws {
        for lines in [
            String(repeating: "./a type=dir\n", count: 101), String(repeating: "aaaaaaaa type=dir\n", count: 1000),
        ] {
            #expect(throws: ArchiveError.self) { _ = try read(lines) }
        }
    }

    /// `a b` in the dialect that encodes it, and `a%20b` as an attribute of its own.
    @Test func attributesThatCameTwiceAreThereOnce() throws {
        var tree = FileTree()
        let file = Inode(metadata: Metadata(permissions: 0o644), payload: .regular(MemoryContents([])))
        let id = tree.add(file, name: FileName("f"), to: FileTree.root)
        let names = ["user.a b", "user.a b=c%d", "user.a%20b", "user.plain"]
        tree[id].metadata.extendedAttributes = names.map { ExtendedAttribute(name: Array($0.utf8), value: [1]) }
        var archive: [UInt8] = []
        _ = try TarWriter.write(tree, name: "tar") { piece throws(FileError) in archive += piece }
        let path = temporary.path + "/a.tar"
        try Data(archive).write(to: URL(filePath: path))
        let back = try ArchiveReader.read(path: path)
        let found = try #require(back.find(FilePathBytes("f")))
        #expect(
            back[found].metadata.extendedAttributes.map { String(decoding: $0.name, as: UTF8.self) } == names.sorted())
    }
}

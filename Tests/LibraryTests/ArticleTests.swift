import Foundation
import JFFS2Library
import TestSupport
import Testing

/// What the library's pages promise.
@Suite struct ArticleTests {
    /// A dump whose words are reversed.
    private let image = Checkout.path("TestImages/sys_demo")

    @Test("the code of every article is compiled here, word for word")
    func codeIsCompiled() throws {
        let articles = Checkout.path("Sources/JFFS2Library/JFFS2Library.docc")
        var pages = try FileManager.default.contentsOfDirectory(atPath: articles).map { "\(articles)/\($0)" }
        pages.append(Checkout.path("README.md"))
        let compiled = Self.lines(
            try String(contentsOfFile: Checkout.path("Tests/LibraryTests/ArticleCode.swift"), encoding: .utf8))
        var blocks = 0
        for page in pages {
            let text = try String(contentsOfFile: page, encoding: .utf8)
            for part in text.components(separatedBy: "```swift\n").dropFirst() {
                let code = Self.lines(part.components(separatedBy: "```")[0])
                blocks += 1
                let isThere = compiled.indices.contains { compiled[$0...].starts(with: code) }
                #expect(isThere, "\(page): \(code.first ?? "")")
            }
        }
        #expect(blocks >= 8)
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    @Test("an image is read with its layers, and a damaged file holds what is left")
    func imageIsRead() throws {
        try reading(path: image)
        let opened = try ImageFile(opening: image)
        #expect(opened.layers.contains(.wordSwapped(group: 4)))
        #expect(opened.eraseSize.bytes == 0x10000)
        #expect(try opened.tree.read("/etc/passwd").count == 65)
        #expect(throws: PathError.self) { try opened.tree.read("/etc/none") }

        let damaged = try ImageFile(opening: Checkout.path("TestImages/bad-data-crc.jffs2"))
        var missing = 0
        for file in damaged.tree.files where file.inode.kind == .regular {
            switch Result(catching: { () throws(PathError) in try damaged.tree.read(file.path) }) {
            case .success(let bytes): #expect(UInt64(bytes.count) == file.size)
            case .failure(.damaged(_, let contents)):
                missing += 1
                #expect(UInt64(contents.bytes.count) == file.size)
                #expect(!contents.damage.isEmpty)
            case .failure(let error): Issue.record(error)
            }
        }
        #expect(missing == 1)
    }

    @Test("a tree made by hand is written, read back and put in its place")
    func treeIsWritten() throws {
        try Scratch.use { scratch in
            let path = "\(scratch)/new.jffs2"
            try writing(path: path)
            let image = try ImageFile(opening: path)
            #expect(try image.tree.read("/etc/key") == [0x68, 0x69])
            #expect(image.tree.find("/etc/key").map { image.tree[$0].metadata.permissions } == 0o600)
            #expect(throws: FileError.self) { try writing(path: path) }
        }
    }

    @Test("a changed image is saved in the form that it had, or in as few erase blocks as possible")
    func imageIsChanged() throws {
        try Scratch.use { scratch in
            try changing(path: image, changed: "\(scratch)/changed", smallest: "\(scratch)/smallest")
            let before = try ImageFile(opening: image)
            for name in ["changed", "smallest"] {
                let after = try ImageFile(opening: "\(scratch)/\(name)")
                #expect(after.layers == before.layers)
                #expect(try after.tree.read("/etc/motd") == Array("hi\n".utf8))
                #expect(after.tree.find("/etc/back.bin") == nil)
                // All else is what it was.
                for file in before.tree.files where file.inode.kind == .regular {
                    if ["/etc/motd", "/etc/back.bin"].contains(file.path) { continue }
                    #expect(try after.tree.read(file.path) == before.tree.read(file.path))
                    #expect(after.tree.find(file.path).map { after.tree[$0].metadata } == file.inode.metadata)
                }
                let size = try FileManager.default.attributesOfItem(atPath: "\(scratch)/\(name)")[.size] as? Int
                let old = try FileManager.default.attributesOfItem(atPath: image)[.size] as? Int
                #expect(size == old)
            }
            #expect(throws: SaveError.self) { try before.save(to: "\(scratch)/changed") }
        }
    }

    @Test("a file is changed itself, and no copy stays")
    func fileIsChangedItself() throws {
        try Scratch.use { scratch in
            let path = "\(scratch)/own"
            try FileManager.default.copyItem(atPath: image, toPath: path)
            var opened = try ImageFile(opening: path)
            try opened.tree.write([1, 2, 3], to: "/new")
            let report = try opened.save(to: path, as: .fewestEraseBlocks)
            #expect(report.changedBlocks?.isEmpty == false)
            #expect(try ImageFile(opening: path).tree.read("/new") == [1, 2, 3])
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == ["own"])
        }
    }
}

/// The programs under Sources/Examples.
@Suite struct ExampleTests {
    private func run(_ name: String, _ arguments: String...) throws -> Program.Output {
        let directory = URL(filePath: Program.beside).path(percentEncoded: false)
        return try Program.run("\(directory)/\(name)", arguments).checked()
    }

    @Test("list-files lists what jffs2 ls lists")
    func filesAreListed() throws {
        let image = Checkout.path("TestImages/sys_demo.swapped")
        let lines = try run("list-files", image).text.split(separator: "\n")
        let listed = try Program.run(Program.jffs2, ["ls", "-R", image]).checked().text.split(separator: "\n")
        #expect(lines.contains("erase size: 65536 bytes (high)"))
        #expect(lines.contains { $0.hasSuffix("\t65\t/etc/passwd") })
        #expect(lines.filter { $0.contains("\t/") }.count == listed.count)
    }

    @Test("change-file changes one file in few erase blocks")
    func fileIsChanged() throws {
        try Scratch.use { scratch in
            let image = Checkout.path("TestImages/sys_demo.swapped")
            let text = try run("change-file", image, "/etc/passwd", "root::0:0::/:/bin/sh", "\(scratch)/new").text
            #expect(text.contains("erase block at 0x"))
            let content = try Program.run(Program.jffs2, ["cat", "\(scratch)/new", "/etc/passwd"]).checked().text
            #expect(content == "root::0:0::/:/bin/sh\n")
            _ = try Program.run(Program.jffs2, ["verify", "\(scratch)/new"]).checked()
        }
    }

    @Test("pack-directory packs what jffs2 repack packs")
    func directoryIsPacked() throws {
        try Scratch.use { scratch in
            let image = Checkout.path("TestImages/home_demo")
            _ = try Program.run(Program.jffs2, ["unpack", image, "-d", "\(scratch)/root"]).checked()
            _ = try run("pack-directory", "\(scratch)/root", "\(scratch)/new")
            let all = ["ls", "-R"]
            let packed = try Program.run(Program.jffs2, all + ["\(scratch)/new"]).checked().text
            #expect(try Program.run(Program.jffs2, all + [image]).checked().text == packed)
        }
    }
}

/// A directory for one test.
enum Scratch {
    static func use(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "jffs2-library-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: path) }
        try body(path.path(percentEncoded: false))
    }
}

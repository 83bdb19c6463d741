import FileTree
import FlashBytes
import ImageFile
import JFFS2
import TestSupport
import Testing

@testable import Scrub

/// Images from TestImages, scrubbed by path: what is left, and what is gone.
@Suite struct NamedPlaceTests {
    private func open(_ name: String) throws -> [OpenedImage] {
        try ImageOpener.openAll(path: Checkout.path("TestImages/\(name)"))
    }

    private func reopen(_ bytes: [UInt8]) throws -> OpenedImage { try ImageOpener.open(FileBytes(bytes), path: "out") }

    /// Path, inode number, mode, owner, group, times and attributes of everything.
    private func listing(_ tree: FileTree) -> [String: String] {
        var lines: [String: String] = [:]
        tree.walk { path, id in
            let inode = tree[id]
            let data = inode.metadata
            lines["\(path)"] =
                "\(inode.number ?? 0) \(inode.mode) \(data.owner) \(data.group) \(data.modificationTime) "
                + "\(data.changeTime) \(data.accessTime) \(inode.size) \(data.extendedAttributes.map { "\($0)" }.sorted())"
        }
        return lines
    }

    @Test(arguments: [
        "sys_demo", "sys_demo.swapped", "home_demo", "good-big-endian.jffs2", "good-nand.jffs2",
        "good-lzo.jffs2", "good-summary.jffs2", "lived-camera-16k.jffs2", "lived-special-be-16k.jffs2",
        "lived-xattrs-be-16k.jffs2", "lived-links-beold-16k.jffs2",
    ])
    func emptyingAFileKeepsTheFormAndTheRestOfTheTree(_ name: String) throws {
        let images = try open(name)
        let before = images[0]
        var file: FilePathBytes?
        before.fileSystem.tree.walk { path, id in
            if before.fileSystem.tree[id].kind == .regular, before.fileSystem.tree[id].size > 0, file == nil {
                file = path
            }
        }
        let path = try #require(file)
        var scrubber = try Scrubber(images: images, options: InputOptions())
        scrubber.rules = RuleSet(builtIn: false)
        scrubber.places = [.empty(path)]
        let after = try reopen(try scrubber.run().bytes)
        #expect(after.file.count == before.file.count)
        #expect(after.swapGroup == before.swapGroup)
        #expect(after.fileSystem.byteOrder == before.fileSystem.byteOrder)
        #expect(after.fileSystem.scan.summaries > 0 || before.fileSystem.scan.summaries == 0)
        #expect((after.fileSystem.scan.cleanmarkers > 0) == (before.fileSystem.scan.cleanmarkers > 0))
        #expect(!after.fileSystem.findings.isDamaged)
        var expected = listing(before.fileSystem.tree)
        let found = listing(after.fileSystem.tree)
        let id = try #require(after.fileSystem.tree.find(path))
        #expect(after.fileSystem.tree[id].size == 0)
        let number = before.fileSystem.tree[try #require(before.fileSystem.tree.find(path))].number
        expected = expected.filter { !$0.value.hasPrefix("\(number ?? 0) ") }
        for (path, line) in expected { #expect(found[path] == line, "\(path)") }
        #expect(found.count == listing(before.fileSystem.tree).count)
    }

    @Test func aDirectoryIsDeletedWithAllThatIsBelowIt() throws {
        let images = try open("sys_demo")
        var scrubber = try Scrubber(images: images, options: InputOptions())
        scrubber.rules = RuleSet(builtIn: false)
        scrubber.places = [.delete("/etc/init.d"), .delete("/etc/back.bin")]
        let tree = try reopen(try scrubber.run().bytes).fileSystem.tree
        #expect(tree.find("/etc/init.d") == nil)
        #expect(tree.find("/etc/back.bin") == nil)
        #expect(tree.find("/etc") != nil)
    }

    @Test func pathsThatAreMissingOrThatCannotGoAreRefused() throws {
        var scrubber = try Scrubber(images: try open("sys_demo"), options: InputOptions())
        scrubber.rules = RuleSet(builtIn: false)
        scrubber.places = [.empty("/etc/back.bin"), .delete("/etc/nothing")]
        let error = #expect(throws: ScrubError.self) { try scrubber.run() }
        #expect(error?.description == "/etc/nothing: not in the image")
        scrubber.rules = RuleSet(builtIn: false)
        scrubber.places = [.empty("/etc")]
        #expect(throws: ScrubError.self) { try scrubber.run() }
        scrubber.rules = RuleSet(builtIn: false)
        scrubber.places = [.delete("/")]
        #expect(throws: ScrubError.self) { try scrubber.run() }
    }

    @Test func theFileSystemAloneIsWrittenWhenAskedFor() throws {
        var scrubber = try Scrubber(images: try open("sys_demo"), options: InputOptions())
        scrubber.rules = RuleSet(builtIn: false)
        scrubber.places = [.delete("/etc/back.bin")]
        scrubber.isRaw = true
        #expect(try reopen(try scrubber.run().bytes).swapGroup == nil)
    }

    @Test func whatLiesAroundTheFileSystemIsKept() throws {
        let inner = try FileBytes(path: Checkout.path("TestImages/sys_demo")).withBytes { Array($0) }
        let front = (0..<65536).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let back = [UInt8](repeating: 0x42, count: 4096)
        let images = try ImageOpener.openAll(FileBytes(front + inner + back), path: "flash")
        var scrubber = try Scrubber(images: images, options: InputOptions())
        scrubber.rules = RuleSet(builtIn: false)
        scrubber.places = [.delete("/etc/back.bin")]
        let bytes = try scrubber.run().bytes
        #expect(bytes.count == front.count + inner.count + back.count)
        #expect(Array(bytes.prefix(front.count)) == front)
        #expect(Array(bytes.suffix(back.count)) == back)
        let tree = try reopen(bytes).fileSystem.tree
        #expect(tree.find("/etc/back.bin") == nil)
        #expect(tree.find("/etc/init.d") != nil)
    }
}

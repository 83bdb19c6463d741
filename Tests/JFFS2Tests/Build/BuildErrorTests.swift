import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// What cannot be written is refused in a sentence that names it, before the first byte.
@Suite struct BuildErrorTests {
    private func message(
        _ tree: FileTree, _ change: (inout ImageConfiguration) -> Void = { _ in }
    ) throws -> String {
        var written = 0
        do {
            var configuration = ImageConfiguration()
            change(&configuration)
            _ = try ImageBuilder(configuration).write(tree) { bytes throws(FileError) in written += bytes.byteCount }
        } catch {
            #expect(written == 0)
            return "\(error)"
        }
        return "no error"
    }

    private func message(_ payload: Inode.Payload, _ metadata: Metadata = Metadata(permissions: 0o644)) throws -> String
    {
        var tree = FileTree()
        let directory = tree.add(
            Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), name: "etc", to: FileTree.root)
        tree.add(Inode(metadata: metadata, payload: payload), name: "x", to: directory)
        return try message(tree)
    }

    @Test func valuesThatJFFS2CannotHoldAreRefused() throws {
        #expect(try message(.fifo, Metadata(permissions: 0, owner: 65536)).contains("/etc/x: owner 65536 does not fit"))
        #expect(try message(.fifo, Metadata(permissions: 0, group: 70000)).contains("/etc/x: group 70000"))
        #expect(try message(.fifo, Metadata(permissions: 0, time: -1)).contains("/etc/x: the time -1"))
        #expect(try message(.fifo, Metadata(permissions: 0, time: 1 << 32)).contains("/etc/x: the time 4294967296"))
        #expect(try message(.symbolicLink([UInt8](repeating: 65, count: 255))).contains("255 bytes; JFFS2 holds 254"))
        #expect(try message(.symbolicLink([])).contains("no target"))
        #expect(try message(.blockDevice(DeviceNumber(major: 4096, minor: 0))).contains("/etc/x: device 4096, 0"))
        #expect(try message(.blockDevice(DeviceNumber(major: 0, minor: 1 << 20))).contains("does not fit"))
        #expect(try message(.regular(HugeContents())).contains("/etc/x: the file has 4294967296 bytes"))
    }

    @Test func namesTooLongOrThatNoSystemCanHoldAreRefused() throws {
        for (name, reason) in [
            (FileName([UInt8](repeating: 65, count: 255)), "JFFS2 holds 254"), ("a/b", "no system"), ("", "no system"),
            ("..", "no system"),
        ] {
            #expect(try message(tree([], name: name)).contains(reason))
        }
    }

    @Test func extendedAttributesThatJFFS2CannotHoldAreRefused() throws {
        var metadata = Metadata(permissions: 0o644)
        metadata.extendedAttributes = [ExtendedAttribute(name: Array("os2.ea".utf8), value: [])]
        #expect(try message(.fifo, metadata).contains("os2.ea is of a kind"))
        metadata.extendedAttributes = [
            ExtendedAttribute(name: Array("user.big".utf8), value: [UInt8](repeating: 0, count: 65536))
        ]
        #expect(try message(.fifo, metadata).contains("user.big has 65536 bytes"))
        metadata.extendedAttributes = [
            ExtendedAttribute(name: Array("system.posix_acl_access".utf8), value: [1])
        ]
        #expect(try message(.fifo, metadata).contains("is no access control list"))
    }

    @Test func aDirectoryInsideItselfIsRefused() throws {
        var tree = FileTree()
        let directory = tree.add(
            Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), name: "a", to: FileTree.root)
        tree.link(directory, name: "again", to: directory)
        #expect(try message(tree).contains("/a/again: the folder has a second name"))
    }

    @Test func allProblemsAreToldAtOnce() throws {
        var tree = FileTree()
        for name in ["a", "b"] {
            tree.add(
                Inode(metadata: Metadata(permissions: 0, owner: 99999), payload: .fifo), name: FileName(name),
                to: FileTree.root)
        }
        #expect(try message(tree).split(separator: "\n").count == 2)
    }

    @Test func aTreeTooLargeForTheImageIsRefusedAndItsLargestFileNamed() throws {
        var random = LinearCongruence(state: 1)
        let large = tree(random.bytes(100_000))
        let tree = tree(random.bytes(300_000))
        do {
            _ = try build(tree) { $0.maximumSize = 131_072 }
            Issue.record("no error")
        } catch let error as BuildError {
            let text = error.description
            #expect(text.contains("131072"))
            #expect(text.contains("/file (300000 bytes)"), "\(text)")
        }
        do {
            _ = try build(tree) { $0.padding = .toSize(65536) }
            Issue.record("no error")
        } catch let error as BuildError {
            #expect(error.description.contains("(0x10000)"))
        }
        _ = try build(tree) { $0.maximumSize = 400_000 }
        // Two blocks and a little, of which the last one is not full.
        #expect(throws: BuildError.self) {
            _ = try build(large) { $0.padding = .toSize(65536) }
        }
    }

    @Test func aFileThatCannotBeReadIsNamed() throws {
        for jobs in [1, 2] {
            var tree = sampleTree()
            tree.add(
                Inode(metadata: Metadata(permissions: 0o644), payload: .regular(BrokenContents())), name: "broken",
                to: FileTree.root)
            do {
                _ = try build(tree) { $0.jobs = jobs }
                Issue.record("no error")
            } catch let error as BuildError {
                #expect(error.description == "/broken: the file changed while it was read")
            }
        }
    }

    @Test func theErrorOfAFullSinkIsPassedOn() throws {
        let sinkError = FileError(action: "write", path: "/full", errno: .noSpace)
        for jobs in [1, 2] {
            var configuration = ImageConfiguration()
            configuration.jobs = jobs
            do {
                let builder = try ImageBuilder(configuration)
                _ = try builder.write(sampleTree()) { _ throws(FileError) in throw sinkError }
                Issue.record("no error")
            } catch {
                #expect("\(error)" == sinkError.description)
            }
        }
    }

    @Test func impossibleConfigurationsAreRefused() throws {
        let tree = FileTree()
        #expect(try message(tree) { $0.eraseSize = 2048 }.contains("erase size"))
        #expect(try message(tree) { $0.eraseSize = 65537 }.contains("erase size"))
        #expect(try message(tree) { $0.cleanmarkerSize = 11 }.contains("cleanmarker"))
        #expect(try message(tree) { $0.pageSize = 0 }.contains("page size"))
        #expect(try message(tree) { $0.compression.level = 13 }.contains("level"))
        #expect(try message(tree) { $0.compression.codecs = [.rubinmips] }.contains("no encoder for rubinmips"))
    }
}

private final class HugeContents: FileContents {
    var size: UInt64 { 1 << 32 }
    func makeReader() throws(ContentsError) -> any ContentReader { throw ContentsError("not to be read") }
}

private final class BrokenContents: FileContents {
    var size: UInt64 { 10 }
    func makeReader() throws(ContentsError) -> any ContentReader {
        throw ContentsError("the file changed while it was read")
    }
}

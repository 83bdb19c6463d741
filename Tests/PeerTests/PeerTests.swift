import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

/// Our reading and writing beside the programs that people use today. Set `JFFS2_PEERS=1` with mkfs.jffs2 and jefferson
/// in the PATH; `make test` does.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["JFFS2_PEERS"] != nil)) struct PeerTests {
    /// The sample tree in a directory of the host, read back from there: what a user would pack.
    private func hostTree() async throws -> (directory: String, tree: FileTree) {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-peer-\(UUID().uuidString)")
            .path(percentEncoded: false)
        _ = try await HostDirectoryWriter.write(sampleTree(large: 60_000), to: directory)
        return (directory, try HostDirectoryReader.read(directory))
    }

    /// The tree without what mkfs.jffs2 leaves out or gets wrong: root metadata, times other than mtime, attributes,
    /// device numbers over 255.
    private func asMkfsHasIt(_ tree: FileTree) -> FileTree {
        var tree = tree
        for index in tree.inodes.indices {
            let metadata = tree.inodes[index].metadata
            tree.inodes[index].metadata = Metadata(
                permissions: metadata.permissions, owner: metadata.owner, group: metadata.group,
                time: metadata.modificationTime)
        }
        tree.inodes[0].metadata = Metadata(permissions: 0o755)
        var wide: [(FileName, InodeID)] = []
        tree.walk { path, id in
            switch tree[id].payload {
            case .characterDevice(let device), .blockDevice(let device):
                if device.major > 255 || device.minor > 255, let name = path.components.last,
                    let directory = tree.find(FilePathBytes(Array(path.components.dropLast())))
                {
                    wide.append((name, directory))
                }
            default: break
            }
        }
        for (name, directory) in wide { tree.unlink(name, from: directory) }
        return tree
    }

    /// Directory times: mkfs.jffs2's dirents carry the mtime of what they name, and the kernel takes the directory's from the
    /// newest of them.
    private func withoutDirectoryTimes(_ tree: FileTree) -> FileTree {
        var tree = tree
        for index in tree.inodes.indices where tree.inodes[index].kind == .directory {
            tree.inodes[index].metadata.modificationTime = 0
            tree.inodes[index].metadata.changeTime = 0
            tree.inodes[index].metadata.accessTime = 0
        }
        return tree
    }

    @Test(arguments: [
        "-l -e 64", "-b -e 64", "-l -e 8KiB", "-b -e 128 -p", "-l -e 64 -n", "-l -e 16KiB -m none", "-b -e 256 -m size",
        "-l -e 64 -m size -X lzo", "-l -e 64 -x zlib", "-l -e 12KiB -c 64", "-l -e 64 -s 16384", "-l -e 64 -U -P",
    ])
    func weReadWhatMkfsWrites(_ options: String) async throws {
        let (directory, source) = try await hostTree()
        let image = directory + ".img"
        defer { [directory, image].forEach { try? FileManager.default.removeItem(atPath: $0) } }
        _ = try Program.run(
            "mkfs.jffs2", options.split(separator: " ").map(String.init) + ["-r", directory, "-o", image]
        ).checked()
        let opened = try ImageOpener.open(path: image)
        #expect(opened.fileSystem.findings.worst ?? .note == .note, "\(opened.fileSystem.findings.findings)")
        var wanted = asMkfsHasIt(source)
        if options.contains("-U") {
            for index in wanted.inodes.indices {
                wanted.inodes[index].metadata.owner = 0
                wanted.inodes[index].metadata.group = 0
                // As its manual says: no write permission for group and others, no set-uid, no set-gid.
                if index > 0, wanted.inodes[index].kind != .symbolicLink {
                    wanted.inodes[index].metadata.permissions &= ~0o6022
                }
            }
        }
        let lines = differences(
            of: withoutDirectoryTimes(withoutWide(opened.fileSystem.tree, wanted)), from: withoutDirectoryTimes(wanted))
        #expect(lines.isEmpty, "\(lines.prefix(5))")
    }

    /// Takes the devices out that mkfs.jffs2 wrote with a wrong number.
    private func withoutWide(_ tree: FileTree, _ wanted: FileTree) -> FileTree {
        var tree = tree
        guard let dev = tree.find("dev"), let wantedDev = wanted.find("dev") else { return tree }
        for entry in tree[dev].entries where wanted.child(entry.name, of: wantedDev) == nil {
            tree.unlink(entry.name, from: dev)
        }
        return tree
    }

    @Test(arguments: ByteOrder.allCases) func jeffersonReadsWhatWeWrite(_ order: ByteOrder) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-peer-\(UUID().uuidString)")
            .path(percentEncoded: false)
        let image = directory + ".img"
        defer { [directory, image].forEach { try? FileManager.default.removeItem(atPath: $0) } }
        var tree = sampleTree(large: 60_000)
        // jefferson ends at the first name that is not UTF-8.
        if let etc = tree.find("etc") { tree.unlink(FileName([0xff, 0xfe, 0x0a]), from: etc) }
        var configuration = ImageConfiguration()
        configuration.byteOrder = order
        var bytes: [UInt8] = []
        _ = try ImageBuilder(configuration).write(tree) { span throws(FileError) in
            span.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        try Data(bytes).write(to: URL(filePath: image))
        _ = try Program.run("jefferson", ["-d", directory, image]).checked()

        let extracted = try HostDirectoryReader.read(directory)
        var missing: [String] = []
        var different: [String] = []
        var seen: Set<InodeID> = []
        tree.walk { path, id in
            let wanted = tree[id]
            // It keeps one name of an inode, and makes neither FIFOs nor sockets.
            let isFirst = seen.insert(id).inserted
            if wanted.kind == .fifo || wanted.kind == .socket { return }
            guard let found = extracted.find(path).map({ extracted[$0] }) else {
                if isFirst && (tree.nameCounts()[id.index] == 1) { missing.append(path.description) }
                return
            }
            switch (found.payload, wanted.payload) {
            case (.regular(let one), .regular(let other)):
                if (try? one.readAll()) != (try? other.readAll()) { different.append(path.description) }
            case (.symbolicLink(let one), .symbolicLink(let other)):
                if one != other { different.append(path.description) }
            case (.directory, .directory), (.characterDevice, .characterDevice), (.blockDevice, .blockDevice): break
            // It writes block devices for all kinds.
            case (.blockDevice, .characterDevice): break
            default: different.append(path.description)
            }
        }
        #expect(missing.isEmpty)
        #expect(different.isEmpty)
    }
}

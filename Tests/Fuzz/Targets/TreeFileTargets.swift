import FileTree
import FlashBytes
import TestSupport

extension FuzzTarget {
    /// Any bytes as an mtree manifest: what is read can be written, and is read again as the same.
    static let manifest = FuzzTarget("manifest", largest: 8192) { bytes throws(FuzzFailure) in
        guard let manifest = try? MtreeManifest(reading: FileBytes(bytes)) else { return }
        var text: [UInt8] = []
        let omissions = manifest.write { text += $0 }
        let again: MtreeManifest
        do throws(MtreeError) {
            again = try MtreeManifest(reading: FileBytes(text))
        } catch {
            throw FuzzFailure("its own text is not read: \(error)")
        }
        guard omissions.unnameable == 0, omissions.tooDeep == 0 else { return }
        let lines = differences(of: again.tree.withoutContents, from: manifest.tree.withoutContents)
        try expect(lines.isEmpty, lines.prefix(5).joined(separator: "; "))
    }

    /// Any bytes as an archive: what is read can be written.
    static let archive = FuzzTarget("archive", largest: 16384) { bytes throws(FuzzFailure) in
        guard let tree = try? ArchiveReader.read(FileBytes(bytes), name: "x"), tree.isSmall else { return }
        var tar: [UInt8] = []
        // What goes into the sink is thrown away when it is too much.
        do throws(FileError) {
            _ = try TarWriter.write(tree, name: "x") { (piece: [UInt8]) throws(FileError) in tar += piece }
        } catch {
            return
        }
        do throws(ArchiveError) {
            _ = try ArchiveReader.read(FileBytes(tar), name: "x")
        } catch {
            throw FuzzFailure("its own archive is not read: \(error)")
        }
    }

    /// Any bytes as a device table for a tree.
    static let deviceTable = FuzzTarget("device-table", largest: 4096) { bytes throws(FuzzFailure) in
        guard let table = try? DeviceTable(parsing: bytes) else { return }
        var tree = sampleTree(large: 10)
        try? table.apply(to: &tree)
        try expect(tree.inodes.count < 1_100_000, "\(tree.inodes.count) inodes")
    }
}

extension FileTree {
    /// Whether all its contents together are small enough to be read or written in each run.
    var isSmall: Bool {
        var left: UInt64 = 8 << 20
        for inode in inodes {
            if inode.size > left { return false }
            left -= inode.size
        }
        return inodes.count < 20000
    }

    /// The same tree with empty files.
    var withoutContents: FileTree {
        var tree = self
        for index in tree.inodes.indices {
            if case .regular = tree.inodes[index].payload { tree.inodes[index].payload = .regular(MemoryContents([])) }
        }
        return tree
    }
}

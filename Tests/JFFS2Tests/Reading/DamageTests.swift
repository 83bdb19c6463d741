import FileTree
import FlashBytes
import Foundation
import JFFS2
import TestSupport
import Testing

/// Damage never crashes, hangs, or changes content without a word.
@Suite struct DamageTests {
    /// Everything that a user would see of a file system.
    private func picture(_ fileSystem: FileSystem) throws -> [String] {
        var lines: [String] = []
        try fileSystem.tree.walk { (path: FilePathBytes, id: InodeID) throws in
            let inode = fileSystem.tree[id]
            var line = "\(path) \(inode.mode) \(inode.metadata.owner) \(inode.metadata.modificationTime) \(inode.size)"
            switch inode.payload {
            case .regular(let contents):
                let reader = try contents.makeReader()
                var bytes = [UInt8](repeating: 0, count: Int(contents.size))
                var span = bytes.mutableSpan
                var raw = span.mutableBytes
                for damage in reader_read(reader, &raw) { line += " damage \(damage)" }
                line += " \(CRC32.jffs2(bytes))"
            case .symbolicLink(let target): line += " -> \(printable(target))"
            case .characterDevice(let device): line += " \(device)"
            default: break
            }
            lines.append(line)
        }
        lines.append("root \(fileSystem.tree.inodes[0].mode) \(fileSystem.tree.inodes[0].metadata.modificationTime)")
        return lines
    }

    private func reader_read(_ reader: any ContentReader, _ raw: inout MutableRawSpan) -> [ContentDamage] {
        (try? reader.read(into: &raw, at: 0)) ?? []
    }

    /// A small image with everything in it.
    private func sample(_ order: ByteOrder) -> FlashAssembler {
        var flash = FlashAssembler(order, eraseSize: 4096)
        flash.append(flash.inode(1, version: 1, mode: 0o40755, isize: 0))
        flash.append(flash.dirent("f", 2, version: 2))
        flash.append(flash.inode(2, version: 1, isize: 5, data: Array("hello".utf8)))
        flash.append(flash.inode(2, version: 2, isize: 20, offset: 5, dsize: 15, compression: .zero))
        flash.append(flash.dirent("l", 3, version: 3, type: 10))
        flash.append(flash.inode(3, version: 1, mode: 0o120777, isize: 3, data: Array("to/".utf8)))
        flash.append(flash.dirent("d", 4, version: 4, type: 4))
        flash.append(flash.inode(4, version: 1, mode: 0o40700, isize: 0))
        flash.append(flash.dirent("c", 5, in: 4, version: 1, type: 2))
        flash.append(flash.inode(5, version: 1, mode: 0o20600, isize: 0, data: [1, 2]))
        flash.append(flash.dirent("x", 0, version: 5, type: 0))
        // rtime, which has no sum of its own.
        flash.append(flash.dirent("r", 6, version: 6))
        flash.append(flash.inode(6, version: 1, isize: 8, data: [65, 0, 66, 6], dsize: 8, compression: .rtime))
        return flash
    }

    @Test(arguments: ByteOrder.allCases) func everyFlippedBitThatChangesTheTreeIsAFinding(_ order: ByteOrder) throws {
        let flash = sample(order)
        let sound = try picture(flash.fileSystem())
        #expect(!flash.fileSystem().findings.isDamaged)
        var silent: [Int] = []
        for bit in 0..<flash.bytes.count * 8 {
            var bytes = flash.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            let fileSystem = FileSystem(ByteRegion(bytes), byteOrder: order, eraseSize: 4096)
            if try picture(fileSystem) != sound, fileSystem.findings.findings.isEmpty { silent.append(bit) }
        }
        #expect(silent.isEmpty)
    }

    /// The bit that marks a node obsolete is the one that Linux clears itself.
    @Test(arguments: ByteOrder.allCases, [false, true]) func verifyFailsForEveryFlippedBitThatChangesTheTree(
        _ order: ByteOrder, hasSummaries: Bool
    ) throws {
        var flash = sample(order)
        if hasSummaries { flash.finishBlockWithSummary() } else { flash.finishBlock() }
        let fileSystem = flash.fileSystem()
        let sound = try picture(fileSystem)
        #expect(FileSystemCheck(fileSystem).holds)
        #expect((fileSystem.scan.summaries > 0) == hasSummaries)
        let marks = Set(fileSystem.scan.nodes.map { Int($0.offset + (order == .little ? 3 : 2)) * 8 + 5 })
        // A summary is filled up to the end of its block; of that, the beginning will do, and where it ends.
        let nodes = fileSystem.scan.nodes.flatMap { node in
            let range = Int(node.offset)..<Int(node.offset + node.totalLength)
            return node.type == .summary ? [range.prefix(420), range.suffix(12)] : [range]
        }
        var silent: [Int] = []
        for bit in nodes.flatMap({ $0.lowerBound * 8..<$0.upperBound * 8 }) where !marks.contains(bit) {
            var bytes = flash.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            let changed = FileSystem(ByteRegion(bytes), byteOrder: order, eraseSize: 4096)
            let check = FileSystemCheck(changed)
            if check.holds, check.lostCount == 0, try picture(changed) != sound { silent.append(bit) }
        }
        #expect(silent.isEmpty)
    }

    @Test(arguments: ByteOrder.allCases) func everyTruncationThatChangesTheTreeIsDamage(_ order: ByteOrder) throws {
        let flash = sample(order)
        let sound = try picture(flash.fileSystem())
        var silent: [Int] = []
        for count in 0..<flash.bytes.count {
            let bytes = Array(flash.bytes[..<count])
            let fileSystem = FileSystem(ByteRegion(bytes), byteOrder: order, eraseSize: 4096)
            let now = try picture(fileSystem)
            // Cut between two nodes, the image is just an older one: nothing can tell.
            let isBoundary = fileSystem.scan.nodes.last.map { ($0.range.upperBound + 3) & ~3 >= count } ?? true
            if now != sound, !fileSystem.findings.isDamaged, !isBoundary { silent.append(count) }
        }
        #expect(silent.isEmpty)
    }

    @Test func hugeSizesTakeNoMemory() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(
            flash.inode(
                2, version: 0xffff_ffff, isize: 0xffff_ffff, data: [1, 2, 3], dsize: 0xffff_fff0, compression: .zlib))
        flash.append(flash.dirent("z", 3, version: 2))
        flash.append(flash.inode(3, version: 1, isize: 0xffff_ffff, dsize: 0xffff_ffff, compression: .zero))
        flash.append(flash.dirent("o", 4, version: 3))
        flash.append(
            flash.inode(4, version: 1, isize: 0xffff_ffff, offset: 0xffff_fff0, data: [1], dsize: 0x7fff_ffff))
        let fileSystem = flash.fileSystem()
        for path in ["f", "z", "o"] {
            let id = try #require(fileSystem.tree.find(FilePathBytes(path)))
            guard case .regular(let contents) = fileSystem.tree[id].payload else {
                Issue.record("\(path) is no file")
                continue
            }
            var bytes = [UInt8](repeating: 1, count: 4096)
            var span = bytes.mutableSpan
            var raw = span.mutableBytes
            let damage = try contents.makeReader().read(into: &raw, at: contents.size - 4096)
            #expect(path == "z" ? damage.isEmpty : !damage.isEmpty)
        }
    }

    @Test func impossibleNodeLengthsAreReadWithoutATrap() throws {
        for length in [UInt32(0), 1, 11, 12, 39, 67, 0x7fff_fff0, 0xffff_fffd, 0xffff_ffff] {
            for type in [NodeType.inode, .dirent, .xattr, .xref, .summary, .padding, .cleanmarker] {
                var writer = ByteWriter(.little)
                NodeHeader(type: type, totalLength: length).write(to: &writer)
                var flash = FlashAssembler()
                flash.append(writer.bytes + [UInt8](repeating: 0, count: 100))
                flash.append(flash.dirent("f", 2, version: 1))
                flash.append(flash.inode(2, version: 1, isize: 0))
                _ = flash.fileSystem()
                _ = NodeCensus(flash.bytes.span.bytes, byteOrder: .little)
            }
        }
    }

    @Test func manyNamesAndDeepDirectoriesAreAllRead() throws {
        var flash = FlashAssembler(eraseSize: 65536)
        for index in 0..<20_000 {
            let number = InodeNumber(rawValue: UInt32(index + 10))
            flash.append(flash.dirent("name\(index)", number, version: UInt32(index + 1)))
            flash.append(flash.inode(number, version: 1, isize: 0))
        }
        for level in 0..<5_000 {
            let number = InodeNumber(rawValue: UInt32(100_000 + level))
            let parent: InodeNumber = level == 0 ? .root : InodeNumber(rawValue: number.rawValue - 1)
            flash.append(flash.dirent("d", number, in: parent, version: level == 0 ? 900_000 : 1, type: 4))
            flash.append(flash.inode(number, version: 1, mode: 0o40755, isize: 0))
        }
        let fileSystem = flash.fileSystem()
        var count = 0
        var deepest = 0
        fileSystem.tree.walk { path, _ in
            count += 1
            deepest = max(deepest, path.components.count)
        }
        #expect(count == 25_000)
        #expect(deepest == 5_000)
    }

    /// Time per node does not grow with the number of nodes.
    @Test func timePerNodeDoesNotGrowWithTheirNumber() throws {
        func seconds(_ nodes: Int) -> Double {
            var flash = FlashAssembler(eraseSize: 65536)
            flash.append(flash.dirent("f", 2, version: 1))
            for index in 0..<nodes {
                // Every second one overwrites what is there, so that fragments pile up.
                let offset = UInt32(index % 2 == 0 ? index * 8 : (index &* 7919) % (index + 1) * 8)
                flash.append(
                    flash.inode(
                        2, version: UInt32(index + 1), isize: UInt32(nodes * 16), offset: offset,
                        data: [1, 2, 3, 4, 5, 6, 7, 8]))
            }
            // Time of this thread, not of the clock on the wall: other tests and other programs are busy too.
            return (0..<3).map { _ in threadSeconds { _ = flash.fileSystem() } }.min() ?? 0
        }
        let small = seconds(2_000) / 2_000
        let large = seconds(40_000) / 40_000
        // Twenty times as long if it were not.
        #expect(large < 4 * small, "\(small * 1e9) ns a node with 2,000, \(large * 1e9) ns with 40,000")
    }
}

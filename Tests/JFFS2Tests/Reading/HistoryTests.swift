import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// Random file system histories, written node by node, read back against a plain model of the rules.
@Suite struct HistoryTests {
    /// What the model knows of a file: all nodes that were written for it.
    struct ModelFile {
        struct Piece {
            var version: UInt32
            var isize: Int
            var offset: Int
            var data: [UInt8]
            var isGood: Bool
            var time: UInt32
        }
        var pieces: [Piece] = []

        /// Paints all good pieces in the order of their versions; nil when none is left.
        var result: (data: [UInt8], time: UInt32)? {
            let good = pieces.filter(\.isGood).sorted { $0.version < $1.version }
            guard let last = good.last else { return nil }
            var data: [UInt8] = []
            for piece in good where !piece.data.isEmpty {
                let end = piece.offset + piece.data.count
                if data.count < end { data += [UInt8](repeating: 0, count: end - data.count) }
                data.replaceSubrange(piece.offset..<end, with: piece.data)
            }
            return (Array(data.prefix(last.isize)), last.time)
        }
    }

    @Test(arguments: 0..<60) func aRandomHistoryReadsBackAsItsModelSays(_ seed: Int) throws {
        var dice = SplitMix64(seed: UInt64(seed))
        let order: ByteOrder = seed % 2 == 0 ? .little : .big
        var flash = FlashAssembler(order, eraseSize: [8192, 16384, 12288].randomElement(using: &dice) ?? 8192)
        flash.hasCleanmarkers = seed % 5 != 0
        var files: [InodeNumber: ModelFile] = [:]
        var names: [String: InodeNumber] = [:]
        var dirents: UInt32 = 0
        var versions: [InodeNumber: UInt32] = [:]
        // Shuffled groups of nodes stand for what garbage collection does to their order.
        var pending: [[UInt8]] = []
        for step in 0..<Int.random(in: 5...80, using: &dice) {
            let time = UInt32(1000 + step)
            switch files.isEmpty ? 0 : Int.random(in: 0..<10, using: &dice) {
            case 0...1:
                let inode = InodeNumber(rawValue: UInt32(files.count + 2))
                let name = "f\(Int.random(in: 0..<6, using: &dice))"
                files[inode] = ModelFile(pieces: [
                    .init(version: 1, isize: 0, offset: 0, data: [], isGood: true, time: time)
                ])
                versions[inode] = 1
                dirents += 1
                names[name] = inode
                pending.append(flash.inode(inode, version: 1, isize: 0, time: time))
                pending.append(flash.dirent(name, inode, version: dirents))
            case 2:
                guard let name = names.keys.sorted().randomElement(using: &dice) else { continue }
                dirents += 1
                names[name] = nil
                pending.append(flash.dirent(name, 0, version: dirents, type: 0))
            case 3:
                guard let name = names.keys.sorted().randomElement(using: &dice), let inode = names[name] else {
                    continue
                }
                let other = "g\(Int.random(in: 0..<4, using: &dice))"
                dirents += 1
                names[other] = inode
                pending.append(flash.dirent(other, inode, version: dirents))
            default:
                guard let inode = files.keys.sorted().randomElement(using: &dice) else { continue }
                let version = (versions[inode] ?? 0) + 1
                versions[inode] = version
                let size = files[inode]?.result?.data.count ?? 0
                if Int.random(in: 0..<5, using: &dice) == 0 {
                    // Truncation: a node without data.
                    let isize = Int.random(in: 0...size, using: &dice)
                    files[inode]?.pieces.append(
                        .init(version: version, isize: isize, offset: 0, data: [], isGood: true, time: time))
                    pending.append(flash.inode(inode, version: version, isize: UInt32(isize), time: time))
                } else {
                    let offset = Int.random(in: 0...size, using: &dice)
                    let count = Int.random(in: 1...900, using: &dice)
                    let isHole = Int.random(in: 0..<6, using: &dice) == 0
                    let byte = UInt8.random(in: 1...255, using: &dice)
                    let data = [UInt8](repeating: isHole ? 0 : byte, count: count)
                    let isize = max(size, offset + count)
                    let isGood = isHole || Int.random(in: 0..<12, using: &dice) != 0
                    files[inode]?.pieces.append(
                        .init(version: version, isize: isize, offset: offset, data: data, isGood: isGood, time: time))
                    pending.append(
                        flash.inode(
                            inode, version: version, isize: UInt32(isize), offset: UInt32(offset),
                            data: isHole ? [] : data, dsize: UInt32(count), compression: isHole ? .zero : .none,
                            time: time, hasBadData: !isGood))
                }
            }
            if Int.random(in: 0..<4, using: &dice) == 0 {
                pending.shuffle(using: &dice)
                for node in pending { flash.append(node) }
                pending = []
            }
        }
        for node in pending { flash.append(node) }

        let fileSystem = flash.fileSystem()
        var expected: [String: ModelFile] = [:]
        for (name, inode) in names where files[inode]?.result != nil { expected[name] = files[inode] }
        let found = fileSystem.tree.inodes[0].entries.map(\.name.description)
        #expect(found == expected.keys.sorted(), "seed \(seed)")
        for entry in fileSystem.tree.inodes[0].entries {
            guard case .regular(let contents) = fileSystem.tree[entry.inode].payload,
                let model = expected[entry.name.description]?.result
            else {
                Issue.record("seed \(seed): \(entry.name) is no file")
                continue
            }
            let data = try contents.readAllThatIsLeft().bytes
            #expect(data == model.data, "seed \(seed), \(entry.name)")
            #expect(fileSystem.tree[entry.inode].metadata.modificationTime == Int64(model.time), "seed \(seed)")
        }
    }
}

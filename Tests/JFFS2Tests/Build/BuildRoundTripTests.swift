import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// What was written is what is read, whatever the flash looks like.
@Suite struct BuildRoundTripTests {
    struct Flash: CustomTestStringConvertible {
        var order = ByteOrder.little
        var eraseSize = 65536
        var cleanmarker: Int? = 12
        var pageSize = 4096
        var summaries = false
        var level = 6
        var codecs: [Compression] = [.zlib]
        var selection = CompressionSettings.Selection.smallest

        var testDescription: String {
            "\(order) \(eraseSize) \(cleanmarker ?? 0) \(pageSize) \(summaries ? "summaries " : "")\(codecs) \(selection)"
        }

        func apply(_ configuration: inout ImageConfiguration) {
            configuration.byteOrder = order
            configuration.eraseSize = eraseSize
            configuration.cleanmarkerSize = cleanmarker
            configuration.pageSize = pageSize
            configuration.writesSummaries = summaries
            configuration.compression.level = level
            configuration.compression.codecs = codecs
            configuration.compression.selection = selection
        }
    }

    static let flashes = [
        Flash(), Flash(order: .big), Flash(eraseSize: 4096), Flash(eraseSize: 8192), Flash(eraseSize: 24 * 1024),
        Flash(eraseSize: 262_144), Flash(eraseSize: 16384, cleanmarker: nil), Flash(cleanmarker: 20),
        Flash(eraseSize: 131_072, cleanmarker: nil, summaries: true), Flash(summaries: true),
        Flash(order: .big, eraseSize: 8192, summaries: true), Flash(pageSize: 512), Flash(pageSize: 65536),
        Flash(eraseSize: 16384, pageSize: 16384), Flash(pageSize: 256), Flash(pageSize: 3000), Flash(pageSize: 100),
        Flash(level: 12), Flash(codecs: [.rtime]),
        Flash(codecs: [.zlib, .rtime]), Flash(codecs: [.rtime, .zlib], selection: .priority),
        Flash(selection: .none),
    ]

    @Test(arguments: flashes) func aBuiltImageReadsBackAsTheSameTree(_ flash: Flash) throws {
        let wanted = sampleTree()
        let (image, report) = try build(wanted, flash.apply)
        #expect(report.imageSize == UInt64(image.count))
        let fileSystem = read(image, flash.order, eraseSize: flash.eraseSize)
        #expect(differences(of: fileSystem.tree, from: wanted) == [])
        #expect(fileSystem.findings.counts == [:], "\(fileSystem.findings.findings.first?.message ?? "")")
        // The same without the help of the summaries.
        if flash.summaries {
            let scanned = FileSystem(
                ByteRegion(image), byteOrder: flash.order, eraseSize: flash.eraseSize, usingSummaries: false)
            #expect(differences(of: scanned.tree, from: wanted) == [])
            #expect(fileSystem.scan.summaries > 0)
        }
    }

    @Test func theNumberOfJobsDoesNotMatter() throws {
        let tree = sampleTree(large: 2_000_000)
        let reference = try build(tree).image
        for jobs in [1, 2, 3, 16] {
            #expect(try build(tree) { $0.jobs = jobs }.image == reference, "\(jobs) jobs")
        }
    }

    @Test func theOrderOfCreationDoesNotMatter() throws {
        var trees = [FileTree(), FileTree()]
        for (index, names) in [["a", "b", "c"], ["c", "a", "b"]].enumerated() {
            for name in names {
                let contents = MemoryContents(Array(name.utf8))
                trees[index].add(
                    Inode(metadata: Metadata(permissions: 0o644), payload: .regular(contents)), name: FileName(name),
                    to: FileTree.root)
            }
        }
        #expect(try build(trees[0]).image == build(trees[1]).image)
    }

    @Test func noDataNodeCrossesAPage() throws {
        let (image, _) = try build(sampleTree())
        let fileSystem = read(image)
        try fileSystem.image.withBytes { bytes throws in
            for node in fileSystem.scan.nodes where node.type == .inode {
                let inode = try RawInode(reading: bytes, at: Int(node.offset), .little)
                if inode.compression == .zero { continue }
                #expect(inode.dsize <= 4096)
                #expect(inode.dsize == 0 || inode.offset / 4096 == (inode.offset + inode.dsize - 1) / 4096)
            }
        }
    }

    @Test func lessThanTwoPerMilleOfTheEraseBlocksIsWasted() throws {
        let (_, report) = try build(sampleTree(large: 2_000_000))
        #expect(report.usedBlocks > 30)
        // 0.2 %; mkfs.jffs2 leaves some 1 %.
        #expect(report.wastedSize < report.usedSize / 500, "\(report)")
    }

    @Test func incompressibleDataIsCutAtTheEndOfABlock() throws {
        var random = LinearCongruence(state: 7)
        let content = random.bytes(1 << 20)
        let (image, report) = try build(tree(content))
        #expect(try read(image).tree.inodes[1].contents == content)
        #expect(report.wastedSize < report.usedSize / 100, "\(report)")
    }

    @Test func aHoleIsOneNode() throws {
        let (image, report) = try build(tree([UInt8](repeating: 0, count: 1_000_001)))
        #expect(report.nodes == 3)
        #expect(image.count < 300)
        #expect(try read(image).tree.inodes[1].contents == [UInt8](repeating: 0, count: 1_000_001))
    }

    @Test func inodeNumbersAreKeptWhereTheyCanBe() throws {
        var tree = tree([1])
        tree.inodes[1].number = 77
        #expect(read(try build(tree) { $0.keepsInodeNumbers = true }.image).tree.inodes.contains { $0.number == 77 })
        #expect(read(try build(tree).image).tree.inodes.contains { $0.number == 2 })
        tree.inodes[1].number = 1
        #expect(read(try build(tree) { $0.keepsInodeNumbers = true }.image).tree.inodes.contains { $0.number == 2 })
    }

    @Test func ownersPermissionsAndTimesAreSquashed() throws {
        var tree = tree([1])
        tree.inodes[1].metadata = Metadata(permissions: 0o6777, owner: 70000, group: 5, time: 99)
        var squashed = tree
        squashed.squash(owners: true, permissions: true)
        let image = try build(squashed) { $0.times = .fixed(7) }.image
        let metadata = try #require(read(image).tree.inodes.first { $0.kind == .regular }).metadata
        #expect(metadata == Metadata(permissions: 0o755, owner: 0, group: 0, time: 7))
        squashed = tree
        squashed.squash(owners: true, permissions: false)
        let clamped = try build(squashed) { $0.times = .notAfter(50) }.image
        #expect(read(clamped).tree.inodes.first { $0.kind == .regular }?.metadata.modificationTime == 50)
    }
}

extension Inode {
    /// The whole content of a regular file.
    var contents: [UInt8] {
        get throws {
            guard case .regular(let contents) = payload else { return [] }
            return try contents.readAll()
        }
    }
}

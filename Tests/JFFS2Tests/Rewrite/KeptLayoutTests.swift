import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// Images that are changed by rewriting the fewest erase blocks.
@Suite struct KeptLayoutTests {
    /// Images of TestImages, with what is needed to read them.
    static let images: [(name: String, order: ByteOrder, eraseSize: Int)] = [
        ("home_demo", .little, 65536), ("sys_demo.swapped", .little, 65536), ("good-big-endian.jffs2", .big, 65536),
        ("good-summary.jffs2", .little, 65536), ("good-lzo.jffs2", .little, 65536),
        ("good-nand.jffs2", .little, 131072), ("lived-camera-16k.jffs2", .little, 16384),
        ("lived-truncate-nand-16k.jffs2", .little, 16384), ("lived-special-be-16k.jffs2", .big, 16384),
        ("lived-xattrs-be-16k.jffs2", .big, 16384), ("lived-links-beold-16k.jffs2", .big, 16384),
        ("lived-full-old-16k.jffs2", .little, 16384), ("lived-rubin-16k.jffs2", .little, 16384),
        ("bad-data-crc.jffs2", .little, 65536), ("bad-header-crc.jffs2", .little, 65536),
        ("bad-symlink-crc.jffs2", .little, 65536), ("bad-name-crc.jffs2", .little, 65536),
    ]

    static func open(_ image: (name: String, order: ByteOrder, eraseSize: Int)) throws -> FileSystem {
        let bytes = try FileBytes(path: Checkout.path("TestImages/\(image.name)"))
        return FileSystem(ByteRegion(bytes), byteOrder: image.order, eraseSize: image.eraseSize)
    }

    /// A rewriter that may use four blocks more than there are.
    static func rewriter(_ original: FileSystem) throws -> LayoutRewriter {
        var configuration = ImageConfiguration(like: original)
        configuration.maximumSize = UInt64(original.image.count + 5 * original.eraseSize)
        return try LayoutRewriter(original: original, configuration: configuration, mayGrow: true)
    }

    /// What must hold of each result: the tree, the blocks that stay, and that nothing of what went is left.
    static func check(_ result: KeptLayout, _ original: FileSystem, _ wanted: FileTree, _ what: String) throws {
        let found = FileSystem(
            ByteRegion(result.bytes), byteOrder: original.byteOrder, eraseSize: original.eraseSize)
        #expect(differences(of: found.tree, from: wanted) == [], "\(what)")
        let before = original.image.withBytes { $0.withUnsafeBytes { Array($0) } }
        let changed = Set(result.changedBlocks.map(\.index))
        for start in stride(from: 0, to: before.count, by: original.eraseSize)
        where !changed.contains(start / original.eraseSize) {
            let end = min(start + original.eraseSize, before.count)
            #expect(before[start..<end] == result.bytes[start..<end], "\(what): block at \(hex(start))")
        }
        let summaries = result.bytes.withUnsafeBytes { _ in
            SummaryCheck.findings(
                result.bytes.span.bytes, byteOrder: original.byteOrder, eraseSize: original.eraseSize)
        }
        #expect(summaries.findings.isEmpty, "\(what)")
        #expect(try TakenOut(from: original.tree, to: wanted).places(in: result.bytes) == [], "\(what)")
    }

    @Test(arguments: images.indices)
    func aTreeThatIsTheSameChangesNothing(index: Int) throws {
        let original = try Self.open(Self.images[index])
        let result = try Self.rewriter(original).write(original.tree)
        #expect(result.changedBlocks == [])
        #expect(original.image.withBytes { $0.withUnsafeBytes { Array($0) } } == result.bytes)
    }

    @Test(arguments: images.indices)
    func randomEditsGiveTheWantedTreeAndLeaveNothingOfWhatWent(index: Int) throws {
        let original = try Self.open(Self.images[index])
        var pieces = 0
        var wasThere = 0
        for seed in 0..<5 {
            var edits = RandomEdits(seed: UInt64(100 * index + seed))
            var wanted = original.tree
            let done = edits.apply(1 + seed % 6, to: &wanted)
            let what = "\(Self.images[index].name), seed \(seed): \(done.joined(separator: ", "))"
            do {
                let result = try Self.rewriter(original).write(wanted)
                try Self.check(result, original, wanted, what)
                let taken = try TakenOut(from: original.tree, to: wanted)
                pieces += taken.pieces.count
                wasThere += taken.places(in: original.image.withBytes { $0.withUnsafeBytes { Array($0) } }).count
            } catch {
                Issue.record("\(what): \(error)")
            }
        }
        // The search does find what is there.
        #expect(wasThere > 0 || pieces == 0)
    }
}

/// How few blocks change.
@Suite struct FewestBlocksTests {
    /// 200 files that cannot be compressed, each as large as a block or nearly so, then a few small files.
    private func image(_ change: (inout ImageConfiguration) -> Void = { _ in }) throws -> FileSystem {
        var random = LinearCongruence(state: 7)
        var tree = FileTree()
        let metadata = Metadata(permissions: 0o644, time: 1000)
        func add(_ name: FileName, _ content: [UInt8]) {
            tree.add(
                Inode(metadata: metadata, payload: .regular(MemoryContents(content))), name: name, to: FileTree.root)
        }
        for index in 0..<200 { add(FileName("large\(index)"), random.bytes(7900)) }
        for index in 0..<10 { add(FileName("small\(index)"), random.bytes(300)) }
        let (bytes, _) = try build(tree) {
            $0.eraseSize = 8192
            $0.padding = .toSize(240 * 8192)
            change(&$0)
        }
        return read(bytes, eraseSize: 8192)
    }

    private func changes(
        _ original: FileSystem, _ edit: (inout FileTree) throws -> Void
    ) throws -> [ChangedBlock] {
        var wanted = original.tree
        try edit(&wanted)
        let rewriter = try LayoutRewriter(
            original: original, configuration: ImageConfiguration(like: original), mayGrow: false)
        let result = try rewriter.write(wanted)
        try KeptLayoutTests.check(result, original, wanted, "")
        #expect(result.bytes.count == original.image.count)
        return result.changedBlocks
    }

    @Test(arguments: [false, true])
    func otherContentOfASmallFileChangesOneBlock(summaries: Bool) throws {
        let original = try image { $0.writesSummaries = summaries }
        let changed = try changes(original) { tree in
            let id = try #require(tree.find("/small4"))
            tree[id].payload = .regular(MemoryContents(Array("new content of another kind\n".utf8)))
        }
        #expect(changed.map(\.reasons) == [[.removedContent, .newNodes]])
    }

    /// As `--add` does it: a new inode in the place of the old one.
    @Test func aFileThatTakesThePlaceOfAnotherKeepsItsNumberAndItsName() throws {
        let original = try image()
        let changed = try changes(original) { tree in
            let metadata = Metadata(permissions: 0o600, time: 2000)
            tree.add(
                Inode(metadata: metadata, payload: .regular(MemoryContents([1, 2, 3]))), name: "large100",
                to: FileTree.root)
        }
        // The blocks of the old content, which have room for the new one; not that of the name.
        let number = try #require(original.tree.find("/large100").flatMap { original.tree[$0].number })
        #expect(Set(changed.map(\.index)) == blocks(of: number, original))
    }

    /// Where the nodes of an inode are.
    private func blocks(of number: InodeNumber, _ original: FileSystem) -> Set<Int> {
        Set(
            original.scan.inodeNodes.filter { $0.inode == number }.map {
                original.scan.offset(of: $0.node) / original.eraseSize
            })
    }

    @Test func aPageOfALargeFileChangesTheBlocksOfThatPageOnly() throws {
        let original = try image()
        let changed = try changes(original) { tree in
            let id = try #require(tree.find("/large50"))
            guard case .regular(let contents) = tree[id].payload else { return }
            var bytes = try contents.readAllThatIsLeft().bytes
            bytes[5000] ^= 1
            tree[id].payload = .regular(MemoryContents(bytes))
        }
        // Its page may have been cut in two at the end of a block.
        #expect((1...2).contains(changed.count))
    }

    @Test func newModesOfManyFilesChangeOneBlock() throws {
        let original = try image()
        let changed = try changes(original) { tree in
            for index in 0..<20 {
                let id = try #require(tree.find(FilePathBytes("/large\(index * 7)")))
                tree[id].metadata.permissions = 0o600
            }
        }
        #expect(changed.map(\.reasons) == [[.newNodes]])
    }

    @Test func aDeletedFileChangesTheBlocksThatItWasInOnly() throws {
        let original = try image()
        let changed = try changes(original) { $0.unlink("large7", from: FileTree.root) }
        let number = try #require(original.tree.find("/large7").flatMap { original.tree[$0].number })
        var wanted = blocks(of: number, original)
        let dirents = original.scan.direntNodes.filter { $0.inode == number }
        wanted.formUnion(
            dirents.map { original.scan.offset(of: $0.node) / original.eraseSize })
        #expect(Set(changed.map(\.index)) == wanted)
        #expect(changed.allSatisfy { $0.reasons.contains(.removedContent) || $0.reasons.contains(.removedName) })
    }

    /// No kernel writes two xrefs of one sequence number; of those, Linux takes the one that it scanned last.
    @Test func anAttributeOfTwoXrefsWithOneSequenceNumberStays() throws {
        var flash = FlashAssembler(eraseSize: 4096)
        flash.append(flash.inode(.root, version: 1, mode: 0o40755, isize: 0))
        flash.append(flash.dirent("kept", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 1, data: [7]))
        flash.append(flash.xattr(1, "comment", Array("stays".utf8)))
        for number in [3, 4] as [InodeNumber] {
            flash.append(flash.xref(2, 1))
            flash.append(flash.dirent("gone\(number)", number, version: number.rawValue))
            flash.append(flash.inode(number, version: 1, isize: 4, data: Array("gone".utf8)))
            flash.finishBlock()
        }
        let original = flash.fileSystem()
        let id = try #require(original.tree.find("/kept"))
        try #require(original.tree[id].metadata.extendedAttributes.count == 1)
        var wanted = original.tree
        for name in ["gone3", "gone4"] as [FileName] { wanted.unlink(name, from: FileTree.root) }
        let result = try KeptLayoutTests.rewriter(original).write(wanted)
        #expect(result.changedBlocks.map(\.index) == [0, 1])
        try KeptLayoutTests.check(result, original, wanted, "two xrefs")
    }

    /// The last block has no room, but bytes that the file did not have: with those it differs.
    @Test func aBlockThatTheImageEndedInIsListedWhenAnotherOneFollows() throws {
        var random = LinearCongruence(state: 11)
        var flash = FlashAssembler(eraseSize: 4096)
        flash.append(flash.dirent("full", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 3800, data: random.bytes(3800)))
        try #require((3900..<4096).contains(flash.bytes.count))
        let original = flash.fileSystem()
        var wanted = original.tree
        wanted.add(
            Inode(
                metadata: Metadata(permissions: 0o644, time: 1000),
                payload: .regular(MemoryContents(random.bytes(2000)))), name: "new", to: FileTree.root)
        let result = try KeptLayoutTests.rewriter(original).write(wanted)
        #expect(result.changedBlocks.map(\.index) == [0, 1])
        #expect(result.changedBlocks.map(\.range) == [0..<4096, 4096..<result.bytes.count])
        #expect(result.bytes.starts(with: flash.bytes))
        try KeptLayoutTests.check(result, original, wanted, "an image that grows")
    }

    @Test func contentThatDoesNotFitIsAnErrorThatSaysSo() throws {
        let original = try image { $0.padding = .toEraseBlock }
        var wanted = original.tree
        var random = LinearCongruence(state: 9)
        wanted.add(
            Inode(
                metadata: Metadata(permissions: 0o644),
                payload: .regular(MemoryContents(random.bytes(100_000)))), name: "new", to: FileTree.root)
        let rewriter = try LayoutRewriter(
            original: original, configuration: ImageConfiguration(like: original), mayGrow: true)
        let error = #expect(throws: LayoutError.self) { try rewriter.write(wanted) }
        #expect(error?.description.contains("it does not fit") == true)
    }
}

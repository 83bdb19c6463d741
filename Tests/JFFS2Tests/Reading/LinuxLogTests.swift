import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// What Linux complains about is a fault, and nothing else is; what it shows of damaged flash is what we show.
@Suite struct LinuxLogTests {
    private func attributes(_ inode: Inode) -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: inode.metadata.extendedAttributes.map { (printable($0.name), $0.value) })
    }

    // MARK: - Extended attributes

    @Test(arguments: [false, true]) func aRootWithoutNodeKeepsItsAttributes(hasSummary: Bool) {
        var flash = FlashAssembler(.big)
        flash.append(flash.xattr(1, "a", [1, 2, 3]))
        flash.append(flash.xref(1, 1))
        flash.append(flash.dirent("d", 2, version: 1, type: 4))
        flash.append(flash.inode(2, version: 1, mode: 0o40755, isize: 0))
        if hasSummary { flash.finishBlockWithSummary() }
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.scan.summaries == (hasSummary ? 1 : 0))
        #expect(attributes(fileSystem.tree.inodes[0]) == ["user.a": [1, 2, 3]])
        #expect(FileSystemCheck(fileSystem).holds)
    }

    @Test func aReferenceToAnAttributeThatIsGoneIsNoFault() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 0))
        flash.append(flash.xref(2, 7))
        let fileSystem = flash.fileSystem()
        #expect(attributes(fileSystem.tree.inodes[1]) == [:])
        #expect(fileSystem.findings.counts[.badExtendedAttribute] == 1)
        #expect(FileSystemCheck(fileSystem).holds)
    }

    /// The xid and the version are the summary's; a node that has others is not used, nor any older one.
    @Test func anAttributeMustBeWhatItsSummarySays() {
        for (version, isThere) in [(UInt32(2), true), (3, false)] {
            var flash = FlashAssembler()
            flash.append(flash.dirent("f", 2, version: 1))
            flash.append(flash.inode(2, version: 1, isize: 0))
            flash.append(flash.xref(2, 1))
            flash.append(flash.xattr(1, "a", [1], version: 1))
            let place = flash.append(flash.xattr(1, "a", [2], version: 2))
            flash.finishBlockWithSummary()
            for (index, byte) in flash.xattr(1, "a", [2], version: version).enumerated() {
                flash.change(at: place + index) { $0 = byte }
            }
            let fileSystem = flash.fileSystem()
            #expect(attributes(fileSystem.tree.inodes[1]) == (isThere ? ["user.a": [2]] : [:]))
            #expect(FileSystemCheck(fileSystem).holds == isThere)
        }
    }

    // MARK: - Names

    /// Behind a summary, Linux reads a name from its node, and on NAND flash it takes the sum only of what did not come with
    /// the header's page.
    @Test func aDamagedNameBehindASummaryIsShownOnNANDOnly() {
        for isNAND in [true, false] {
            var flash = FlashAssembler()
            flash.hasCleanmarkers = !isNAND
            let place = flash.append(flash.dirent("name", 2, version: 1))
            flash.append(flash.inode(2, version: 1, isize: 0))
            flash.finishBlockWithSummary()
            flash.change(at: place + 40) { $0 ^= 1 }
            let fileSystem = flash.fileSystem()
            #expect(fileSystem.tree.paths == (isNAND ? ["/oame"] : []))
            #expect(fileSystem.findings.counts[.badNameCRC] == 1)
            #expect(fileSystem.findings.isDamaged)
            #expect(fileSystem.findings.makesLinuxComplain == !isNAND)
            #expect(fileSystem.tree.inodes[0].linkCount == 3)
        }
    }

    @Test func theSubdirectoriesThatCannotBeReadAreNotCounted() {
        var flash = FlashAssembler()
        for (inode, name) in [(InodeNumber(rawValue: 2), "a"), (3, "b")] {
            flash.append(flash.dirent(name, inode, version: inode.rawValue, type: 4))
            flash.append(flash.inode(inode, version: 1, mode: 0o40755, isize: 0))
        }
        flash.finishBlockWithSummary()
        // The node CRC of the first dirent, behind the cleanmarker.
        flash.change(at: 12 + 32) { $0 ^= 1 }
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/b"])
        #expect(fileSystem.tree.inodes[0].linkCount == 4)
    }

    // MARK: - Data

    /// Linux meets the node that was scanned last first: when the other one has its version, it checks the first.
    @Test func aCopyWithAWrongSumIsAFaultWhereLinuxLooksAtIt() throws {
        for isFirst in [true, false] {
            var flash = FlashAssembler()
            flash.append(flash.dirent("f", 2, version: 1))
            flash.append(flash.inode(2, version: 1, isize: 3, data: Array("one".utf8), hasBadData: isFirst))
            flash.append(flash.inode(2, version: 1, isize: 3, data: Array("one".utf8), hasBadData: !isFirst))
            let fileSystem = flash.fileSystem()
            guard case .regular(let contents) = fileSystem.tree.inodes[1].payload else {
                Issue.record("no file")
                return
            }
            #expect(try contents.readAll() == Array("one".utf8))
            #expect(!fileSystem.findings.isDamaged)
            #expect(FileSystemCheck(fileSystem).holds == isFirst)
        }
    }

    /// On NAND flash the sum of what comes with the header's page is checked in any case.
    @Test func aHiddenNodeWithAWrongSumIsAFaultOnNAND() {
        for isNAND in [true, false] {
            var flash = FlashAssembler()
            flash.hasCleanmarkers = !isNAND
            flash.append(flash.dirent("f", 2, version: 1))
            flash.append(flash.inode(2, version: 1, isize: 3, data: Array("old".utf8), hasBadData: true))
            flash.append(flash.inode(2, version: 2, isize: 3, data: Array("new".utf8)))
            let fileSystem = flash.fileSystem()
            #expect(!fileSystem.findings.isDamaged)
            #expect(FileSystemCheck(fileSystem).holds == !isNAND)
        }
    }

    @Test func aPieceThatNoNodeFillsIsDamage() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 3, data: Array("abc".utf8)))
        let middle = flash.append(flash.inode(2, version: 2, isize: 6, offset: 3, data: Array("def".utf8)))
        flash.append(flash.inode(2, version: 3, isize: 9, offset: 6, data: Array("ghi".utf8)))
        #expect(!flash.fileSystem().findings.isDamaged)
        // The ACCURATE bit of the node in the middle.
        flash.change(at: middle + 3) { $0 ^= 0x20 }
        let fileSystem = flash.fileSystem()
        guard case .regular(let contents) = fileSystem.tree.inodes[1].payload else {
            Issue.record("no file")
            return
        }
        #expect(try contents.readAllThatIsLeft().bytes == Array("abc\0\0\0ghi".utf8))
        #expect(contents.losses.map(\.range) == [3..<6])
        #expect(throws: DamagedContents.self) { try contents.readAll() }
        #expect(fileSystem.findings.isDamaged)
        #expect(!fileSystem.findings.makesLinuxComplain)
    }

    // MARK: - Between the nodes

    @Test func whatFillsPagesIsNoFaultAndAGapIs() {
        for (filling, isFault) in [
            ([UInt8](repeating: 0, count: 8), false), ([0, 0, 1, 2, 0, 0, 3, 4], false),
            ([UInt8](repeating: 0xff, count: 8), true), ([1, 0, 0, 0], true), ([0x84, 0x19, 1, 0xe0], true),
        ] {
            var flash = FlashAssembler()
            flash.append(flash.dirent("f", 2, version: 1))
            flash.append(filling)
            flash.append(flash.inode(2, version: 1, isize: 0))
            let fileSystem = flash.fileSystem()
            #expect(fileSystem.tree.paths == ["/f"])
            #expect(FileSystemCheck(fileSystem).holds == !isFault, "\(filling)")
        }
    }

    @Test func aFlippedBitInAMagicIsDamage() {
        for bit in 0..<16 {
            var flash = FlashAssembler()
            flash.append(flash.dirent("f", 2, version: 1))
            flash.append(flash.inode(2, version: 1, isize: 0))
            let place = flash.append(flash.dirent("g", 3, version: 2))
            flash.append(flash.inode(3, version: 1, isize: 0))
            flash.change(at: place + bit / 8) { $0 ^= 1 << (bit % 8) }
            let fileSystem = flash.fileSystem()
            #expect(fileSystem.findings.isDamaged, "bit \(bit)")
            #expect(fileSystem.findings.counts[.badHeaderCRC] == 1, "bit \(bit)")
            #expect(!FileSystemCheck(fileSystem).holds, "bit \(bit)")
        }
    }

    /// Of its entries, and of its fields: the size of a cleanmarker and of padding, which nobody looks at, and the sums.
    @Test(arguments: [16, 20, 24, 28, 31, 32, 33, -100])
    func aSummaryWithAWrongSumIsAFault(place: Int) {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 0))
        let summary = flash.bytes.count
        flash.finishBlockWithSummary()
        #expect(FileSystemCheck(flash.fileSystem()).holds)
        flash.change(at: place < 0 ? 16384 + place : summary + place) { $0 ^= 1 }
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.scan.summaries == 0)
        #expect(fileSystem.tree.paths == ["/f"])
        #expect(!fileSystem.findings.isDamaged)
        #expect(!FileSystemCheck(fileSystem).holds)
    }

    /// One that does not agree with its node: inode, version and length of its entry, with right sums.
    @Test(arguments: [2, 6, 14]) func aSummaryThatSaysSomethingElseIsAFault(field: Int) throws {
        var flash = FlashAssembler()
        flash.append(flash.inode(2, version: 1, isize: 0))
        flash.append(flash.dirent("f", 2, version: 1))
        let summary = flash.bytes.count
        flash.finishBlockWithSummary()
        func findings() -> [Finding] {
            SummaryCheck.findings(flash.bytes.span.bytes, byteOrder: .little, eraseSize: flash.eraseSize).findings
        }
        #expect(findings().isEmpty)
        flash.change(at: summary + SummaryNode.size + field) { $0 += 4 }
        let sum = CRC32.jffs2(Array(flash.bytes[(summary + SummaryNode.size)..<flash.eraseSize]))
        for index in 0..<4 {
            flash.change(at: summary + 24 + index) { $0 = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index))) }
        }
        #expect(findings().map(\.code) == [.summaryMismatch])
        #expect(findings().first?.offset == (flash.hasCleanmarkers ? 12 : 0))
    }

    /// However many notes come first.
    @Test func theVerdictIsNotMadeFromAListThatIsCut() {
        for (count, isDamaged) in [(FindingList.limit * 2, true), (FindingList.limit * 2, false)] {
            var flash = FlashAssembler(eraseSize: 65536)
            flash.append(flash.dirent("f", 2, version: 1))
            for version in 0..<count {
                flash.append(
                    flash.inode(2, version: UInt32(version + 1), isize: 3, data: Array("old".utf8), hasBadData: true))
            }
            flash.append(flash.inode(2, version: 9_000, isize: 3, data: Array("new".utf8)))
            flash.append(flash.dirent("g", 3, version: 2))
            flash.append(flash.inode(3, version: 1, isize: 3, data: Array("old".utf8)))
            flash.append(flash.inode(3, version: 2, isize: 3, data: Array("new".utf8), hasBadData: isDamaged))
            let fileSystem = flash.fileSystem()
            #expect(fileSystem.findings.counts[.badDataCRC] == count + (isDamaged ? 1 : 0))
            #expect(fileSystem.findings.isDamaged == isDamaged)
            #expect(FileSystemCheck(fileSystem).holds == !isDamaged)
            #expect(fileSystem.findings.findings.contains { $0.severity == .damage } == isDamaged)
        }
    }

    @Test func blocksWithoutAnyNodeAreRefused() {
        var flash = FlashAssembler()
        flash.hasCleanmarkers = false
        flash.append([1, 2, 3, 4])
        #expect(flash.fileSystem().scan.refusal != nil)
        flash.append(flash.dirent("f", 2, version: 1))
        #expect(flash.fileSystem().scan.refusal == nil)
        let erased = FileSystem(
            ByteRegion([UInt8](repeating: 0xff, count: 32768)), byteOrder: .little, eraseSize: 16384)
        #expect(erased.scan.refusal == nil)
        #expect(FileSystemCheck(erased).holds)
    }
}

/// What has no name.
@Suite struct OrphanTests {
    /// Linux keeps directories that are in each other, but no path leads to them.
    @Test func directoriesInARingAreLost() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("x", 5, in: 6, version: 1, type: 4))
        flash.append(flash.dirent("y", 6, in: 5, version: 1, type: 4))
        flash.append(flash.inode(5, version: 1, mode: 0o40755, isize: 0))
        flash.append(flash.inode(6, version: 1, mode: 0o40755, isize: 0))
        flash.append(flash.dirent("in", 7, in: 6, version: 2))
        flash.append(flash.inode(7, version: 1, isize: 5, data: Array("inner".utf8)))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.findings.isDamaged)
        #expect(FileSystemCheck(fileSystem).lostCount == 2)
        #expect(fileSystem.treeWithOrphans().tree.paths.contains("/lost+found/#5/y/in"))
    }

    /// Linux reads the names with the file, but looks only into directories.
    @Test func namesInAFileAreLost() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 4, data: Array("data".utf8)))
        let place = flash.append(flash.dirent("secret", 3, in: 2, version: 1))
        flash.append(flash.inode(3, version: 1, isize: 6, data: Array("hidden".utf8)))
        flash.append(flash.dirent("gone", 0, in: 2, version: 2, type: 0))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/f"])
        let damage = fileSystem.findings.findings.filter { $0.severity == .damage }
        #expect(damage.map(\.code) == [.unreachableName])
        #expect(damage.map(\.offset) == [place])
        #expect(damage.map(\.inode) == [3])
        #expect(damage.first?.message.contains("'secret' of inode 3 is in /f, which is no directory") == true)
        #expect(!fileSystem.findings.findings.contains { $0.message.contains("removes") })
        #expect(FileSystemCheck(fileSystem).holds)
        #expect(FileSystemCheck(fileSystem).lostCount == 1)
        #expect(fileSystem.treeWithOrphans().tree.paths == ["/f", "/lost+found", "/lost+found/#3"])
    }

    @Test func dataThatNoDirentNamesIsDamageAndComesBack() throws {
        var flash = FlashAssembler()
        flash.append(flash.inode(5, version: 1, isize: 4, data: Array("data".utf8)))
        flash.append(flash.dirent("in", 7, in: 6, version: 1))
        flash.append(flash.inode(7, version: 1, isize: 5, data: Array("inner".utf8)))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == [])
        #expect(fileSystem.findings.isDamaged)
        #expect(
            fileSystem.findings.findings.filter { $0.severity == .damage }.map(\.code) == [.lostDirectory, .orphan])
        // Linux removes it without a word.
        #expect(FileSystemCheck(fileSystem).holds)
        #expect(FileSystemCheck(fileSystem).lostCount == 2)
        let (tree, count) = fileSystem.treeWithOrphans()
        #expect(count == 2)
        #expect(tree.paths == ["/lost+found", "/lost+found/#5", "/lost+found/#6", "/lost+found/#6/in"])
        let id = try #require(tree.find(FilePathBytes("/lost+found/#6/in")))
        guard case .regular(let contents) = tree[id].payload else {
            Issue.record("no file")
            return
        }
        #expect(try contents.readAll() == Array("inner".utf8))
    }

    /// Its dirent is on the flash, marked obsolete (NOR) or deleted by another one (NAND).
    @Test(arguments: [false, true]) func aFileThatWasUnlinkedWhileOpenIsNoDamage(isNAND: Bool) {
        var flash = FlashAssembler()
        flash.hasCleanmarkers = !isNAND
        flash.append(flash.inode(2, version: 1, isize: 0))
        let place = flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 2, isize: 4, data: Array("data".utf8)))
        if isNAND {
            flash.append(flash.dirent("f", 0, version: 2, type: 0))
        } else {
            flash.change(at: place + 3) { $0 ^= 0x20 }
        }
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == [])
        #expect(!fileSystem.findings.isDamaged)
        #expect(FileSystemCheck(fileSystem).holds)
        // But it is said that there is nothing else.
        #expect(fileSystem.findings.findings.contains { $0.code == .nothingLeft && $0.severity == .warning })
    }

    /// The file that is created when the power goes has a node before it has a name.
    @Test func anEmptyFileWithoutNameIsNoDamage() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 0))
        flash.append(flash.inode(3, version: 1, isize: 0))
        let fileSystem = flash.fileSystem()
        #expect(!fileSystem.findings.isDamaged)
        #expect(fileSystem.findings.counts[.orphan] == 1)
    }

    @Test func anExistingLostAndFoundIsFilled() {
        var flash = FlashAssembler()
        flash.append(flash.dirent("lost+found", 2, version: 1, type: 4))
        flash.append(flash.inode(2, version: 1, mode: 0o40700, isize: 0))
        flash.append(flash.dirent("x", 3, in: 2, version: 1))
        flash.append(flash.inode(3, version: 1, isize: 0))
        flash.append(flash.inode(9, version: 1, isize: 1, data: [1]))
        // A ring that no name leads into.
        flash.append(flash.dirent("a", 12, in: 11, version: 1, type: 4))
        flash.append(flash.dirent("b", 11, in: 12, version: 1, type: 4))
        let (tree, count) = flash.fileSystem().treeWithOrphans()
        #expect(count == 2)
        #expect(
            tree.paths.prefix(4) == ["/lost+found", "/lost+found/#11", "/lost+found/#11/a", "/lost+found/#11/a/b"])
        #expect(tree.paths.suffix(2) == ["/lost+found/#9", "/lost+found/x"])
    }
}

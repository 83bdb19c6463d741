import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// The rules of the kernel's scan.c, build.c, nodelist.c and readinode.c, one by one.
@Suite struct KernelRuleTests {
    @Test func deletionHidesTheName() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("a", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 1, data: [65]))
        flash.append(flash.dirent("b", 3, version: 2))
        flash.append(flash.inode(3, version: 1, isize: 1, data: [66]))
        flash.append(flash.dirent("a", 0, version: 3, type: 0))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/b"])
        #expect(fileSystem.statuses[2] == .orphan)
    }

    @Test func versionsAreCountedPerDirectory() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("a", 2, version: 1, type: 4))
        flash.append(flash.inode(2, version: 1, mode: 0o40755, isize: 0))
        flash.append(flash.dirent("b", 3, version: 2, type: 4))
        flash.append(flash.inode(3, version: 1, mode: 0o40755, isize: 0))
        flash.append(flash.dirent("f", 4, in: 2, version: 9))
        flash.append(flash.inode(4, version: 1, isize: 2, data: Array("hi".utf8)))
        // Moved to b, whose versions are lower.
        flash.append(flash.dirent("f", 4, in: 3, version: 2))
        flash.append(flash.dirent("f", 0, in: 2, version: 10, type: 0))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/a", "/b", "/b/f"])
        #expect(try fileSystem.tree.text(of: "b/f") == "hi")
    }

    /// readinode.c: more than JFFS2_MAX_NAME_LEN is ENAMETOOLONG.
    @Test(arguments: [254, 255]) func aSymlinkLeadsAsFarAsANameIsLong(count: Int) throws {
        var flash = FlashAssembler()
        let target = [UInt8](repeating: 0x74, count: count)
        flash.append(flash.dirent("l", 2, version: 1, type: 10))
        flash.append(flash.inode(2, version: 1, mode: 0o120777, isize: UInt32(count), data: target))
        let fileSystem = flash.fileSystem()
        guard count == 254 else {
            #expect(fileSystem.tree.paths.isEmpty)
            #expect(fileSystem.unreadable.map(\.path) == ["l"])
            return #expect(fileSystem.findings.isDamaged)
        }
        guard case .symbolicLink(target)? = fileSystem.tree.find("l").map({ fileSystem.tree[$0].payload }) else {
            Issue.record("no symlink of \(count) bytes")
            return
        }
        #expect(!fileSystem.findings.isDamaged)
    }

    @Test func hardLinksAreOneInode() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("x", 2, version: 1))
        flash.append(flash.dirent("y", 2, version: 2))
        flash.append(flash.inode(2, version: 1, isize: 1, data: [65]))
        let tree = flash.fileSystem().tree
        #expect(tree.find("x") == tree.find("y"))
        #expect(try #require(tree.find("x").map { tree[$0].linkCount }) == 2)
    }

    @Test func newerBadNodeHidesNothing() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 3, data: Array("old".utf8), time: 5))
        flash.append(flash.inode(2, version: 2, isize: 3, data: Array("new".utf8), time: 6, hasBadData: true))
        let fileSystem = flash.fileSystem()
        #expect(try fileSystem.tree.text(of: "f") == "old")
        #expect(fileSystem.tree.inodes[1].metadata.modificationTime == 5)
        #expect(fileSystem.findings.counts[.badDataCRC] == 1)
        #expect(fileSystem.findings.isDamaged)
    }

    @Test func badNodeUnderNewerOnesIsNoDamage() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 3, data: Array("old".utf8), hasBadData: true))
        flash.append(flash.inode(2, version: 2, isize: 3, data: Array("new".utf8)))
        let fileSystem = flash.fileSystem()
        #expect(try fileSystem.tree.text(of: "f") == "new")
        #expect(!fileSystem.findings.isDamaged)
    }

    @Test func isizeIsLoweredToTheLastPiece() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("short", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 10, data: Array("abc".utf8)))
        flash.append(flash.dirent("hole", 3, version: 2))
        flash.append(flash.inode(3, version: 1, isize: 6, data: Array("abc".utf8)))
        flash.append(flash.inode(3, version: 2, isize: 6, offset: 3, dsize: 3, compression: .zero))
        flash.append(flash.dirent("gap", 4, version: 3))
        flash.append(flash.inode(4, version: 1, isize: 9, data: Array("abc".utf8)))
        flash.append(flash.inode(4, version: 2, isize: 9, offset: 6, data: Array("xyz".utf8)))
        flash.append(flash.inode(4, version: 3, isize: 5))
        let fileSystem = flash.fileSystem()
        #expect(try fileSystem.tree.text(of: "short") == "abc")
        #expect(try fileSystem.tree.text(of: "hole") == "abc\0\0\0")
        // The piece behind the end makes the gap a hole, so the size stays.
        #expect(try fileSystem.tree.text(of: "gap") == "abc\0\0")
        #expect(fileSystem.findings.counts[.sizeLowered] == 1)
    }

    @Test func nodesOverwriteEachOtherInTheOrderOfTheirVersions() throws {
        var flash = FlashAssembler(.big)
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 3, isize: 10, offset: 4, data: Array("XX".utf8)))
        flash.append(flash.inode(2, version: 1, isize: 10, data: Array("0123456789".utf8)))
        flash.append(flash.inode(2, version: 2, isize: 10, offset: 2, data: Array("yyyyyy".utf8)))
        #expect(try flash.fileSystem().tree.text(of: "f") == "01yyXXyy89")
    }

    @Test func ofTwoNodesOfOneVersionTheLaterSoundOneWins() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 3, data: Array("one".utf8)))
        flash.append(flash.inode(2, version: 1, isize: 3, data: Array("two".utf8)))
        flash.append(flash.dirent("g", 3, version: 2))
        flash.append(flash.inode(3, version: 1, isize: 3, data: Array("one".utf8)))
        flash.append(flash.inode(3, version: 1, isize: 3, data: Array("two".utf8), hasBadData: true))
        let fileSystem = flash.fileSystem()
        #expect(try fileSystem.tree.text(of: "f") == "two")
        #expect(try fileSystem.tree.text(of: "g") == "one")
    }

    @Test func specialFilesNeedExactlyOneNode() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("dev", 2, version: 1, type: 2))
        flash.append(flash.inode(2, version: 1, mode: 0o20600, isize: 0, data: [3, 5]))
        flash.append(flash.dirent("wide", 3, version: 2, type: 2))
        flash.append(flash.inode(3, version: 1, mode: 0o60600, isize: 0, data: [0x2c, 0x03, 0x11, 0x00]))
        flash.append(flash.dirent("odd", 4, version: 3, type: 2))
        flash.append(flash.inode(4, version: 1, mode: 0o20600, isize: 0, data: [1, 2, 3]))
        flash.append(flash.dirent("twice", 5, version: 4, type: 10))
        flash.append(flash.inode(5, version: 1, mode: 0o120777, isize: 1, data: [65]))
        flash.append(flash.inode(5, version: 2, mode: 0o120777, isize: 1))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/dev", "/wide"])
        guard case .characterDevice(let small) = fileSystem.tree.inodes[1].payload,
            case .blockDevice(let wide) = fileSystem.tree.inodes[2].payload
        else {
            Issue.record("no devices")
            return
        }
        #expect(small == DeviceNumber(major: 5, minor: 3))
        #expect(wide == DeviceNumber(major: 0x103, minor: 0x12c))
        #expect(fileSystem.unreadable.map(\.path) == ["odd", "twice"])
    }

    @Test func directoryTimesComeFromTheNewestDirent() throws {
        var flash = FlashAssembler()
        flash.append(flash.inode(1, version: 1, mode: 0o41777, isize: 0, time: 100))
        flash.append(flash.dirent("a", 2, version: 2, type: 4, time: 200))
        flash.append(flash.inode(2, version: 1, mode: 0o40700, isize: 0, time: 150))
        flash.append(flash.dirent("gone", 0, version: 3, type: 0, time: 300))
        let tree = flash.fileSystem().tree
        #expect(tree.inodes[0].metadata.permissions == 0o1777)
        #expect(tree.inodes[0].metadata.modificationTime == 300)
        #expect(tree.inodes[0].metadata.accessTime == 100)
        #expect(tree.inodes[0].linkCount == 4)
        #expect(tree.inodes[1].metadata.modificationTime == 150)
    }

    @Test func aDirectoryWithoutNodeIsMadeUpAroundItsNames() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("lost", 2, version: 1, type: 4))
        flash.append(flash.dirent("f", 3, in: 2, version: 1))
        flash.append(flash.inode(3, version: 1, isize: 0))
        flash.append(flash.dirent("nothing", 9, version: 2))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/lost", "/lost/f"])
        #expect(fileSystem.findings.counts[.missingInode] == 2)
    }

    @Test func namesInADeletedDirectoryAreGone() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("d", 2, version: 1, type: 4))
        flash.append(flash.inode(2, version: 1, mode: 0o40755, isize: 0))
        flash.append(flash.dirent("f", 3, in: 2, version: 1))
        flash.append(flash.inode(3, version: 1, isize: 1, data: [1]))
        // Linked a second time, so that only one of its names goes with the directory.
        flash.append(flash.dirent("kept", 3, version: 2))
        flash.append(flash.dirent("d", 0, version: 3, type: 0))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/kept"])
        #expect(fileSystem.tree.inodes[1].linkCount == 1)
    }

    @Test func cyclesAndSelfParentsEnd() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("a", 2, version: 1, type: 4))
        flash.append(flash.inode(2, version: 1, mode: 0o40755, isize: 0))
        flash.append(flash.dirent("again", 2, in: 2, version: 2, type: 4))
        flash.append(flash.dirent("up", 1, in: 2, version: 3, type: 4))
        // A ring that no name leads into.
        flash.append(flash.dirent("x", 8, in: 9, version: 1, type: 4))
        flash.append(flash.dirent("y", 9, in: 8, version: 1, type: 4))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/a", "/a/again", "/a/up"])
        #expect(fileSystem.findings.counts[.directoryWithSeveralNames] == 2)
    }

    /// Linux ends the name at the NUL when it mounts, and takes the sum of the whole name when it reads the directory: one
    /// of the two is always wrong.
    @Test func aNameWithNULIsNoName() throws {
        for crc in [Array("ab\0cd".utf8), Array("ab".utf8)] {
            var flash = FlashAssembler()
            var dirent = flash.dirent("ab\0cd", 2, version: 1)
            dirent.replaceSubrange(36..<40, with: withUnsafeBytes(of: CRC32.jffs2(crc).littleEndian, Array.init))
            flash.append(dirent)
            flash.append(flash.inode(2, version: 1, isize: 1, data: [1]))
            let fileSystem = flash.fileSystem()
            #expect(fileSystem.tree.paths == [])
            #expect(fileSystem.findings.counts[.badNameCRC] == 1)
            #expect(fileSystem.findings.makesLinuxComplain)
        }
    }

    @Test func obsoleteNodesAreSkippedWhole() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        // An obsolete node whose data is a dirent.
        let inner = flash.dirent("inside", 2, version: 9)
        var outer = flash.inode(2, version: 1, isize: UInt32(inner.count), data: inner)
        outer[3] &= 0xdf
        flash.append(outer)
        flash.append(flash.inode(2, version: 2, isize: 2, data: Array("ok".utf8)))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/f"])
        #expect(try fileSystem.tree.text(of: "f") == "ok")
    }

    @Test func nothingBehindTheErasedStartOfABlockIsSeen() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 1, data: [65]))
        flash.finishBlock()
        flash.hasCleanmarkers = false
        flash.append([UInt8](repeating: 0xff, count: 300))
        flash.append(flash.dirent("late", 2, version: 2))
        let fileSystem = flash.fileSystem()
        #expect(fileSystem.tree.paths == ["/f"])
        #expect(fileSystem.findings.counts[.hiddenBehindCleanmarker] == 1)
    }
}

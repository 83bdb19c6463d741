import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

@Suite struct RecoveryTests {
    private func history(_ flash: FlashAssembler) -> FlashHistory { FlashHistory(FlashLog(flash.fileSystem())) }

    private func text(_ tree: FileTree, _ path: FilePathBytes) throws -> String {
        let id = try #require(tree.find(path), "\(path)")
        guard case .regular(let contents) = tree[id].payload else { return "no file" }
        return String(decoding: try contents.readAllThatIsLeft().bytes, as: UTF8.self)
    }

    /// Three files that had one name, one that has no name left, one that is there.
    private func deleted() -> FlashAssembler {
        var flash = FlashAssembler()
        flash.append(flash.dirent("kept", 9, version: 1, time: 5))
        flash.append(flash.inode(9, version: 1, isize: 4, data: Array("kept".utf8), time: 5))
        for (index, word) in ["one", "two", "three"].enumerated() {
            let (number, time) = (InodeNumber(rawValue: UInt32(2 + index)), UInt32(10 + 10 * index))
            flash.append(flash.dirent("a", number, version: UInt32(2 + index), time: time))
            flash.append(
                flash.inode(number, version: 1, isize: UInt32(word.count), data: Array(word.utf8), time: time))
        }
        flash.append(flash.dirent("a", 0, version: 5, type: 0, time: 40))
        flash.append(flash.inode(7, version: 3, isize: 4, data: Array("lost".utf8), time: 3))
        return flash
    }

    @Test func theNewestOfSeveralFilesHasTheName() throws {
        let recovery = Recovery(history(deleted()), extent: .gone)
        let tree = recovery.tree()
        #expect(try text(tree, "a") == "three")
        #expect(try text(tree, "a.~1~") == "one")
        #expect(try text(tree, "a.~2~") == "two")
        #expect(try text(tree, "lost+found/inode-7") == "lost")
        #expect(tree.find("kept") == nil)
        #expect(recovery.files.allSatisfy { $0.missing.isEmpty && $0.doubtful.isEmpty })
    }

    @Test func aNameThatIsTakenIsPassedOver() throws {
        var flash = deleted()
        flash.append(flash.dirent("a.~1~", 8, version: 6, time: 50))
        flash.append(flash.inode(8, version: 1, isize: 3, data: Array("own".utf8), time: 50))
        flash.append(flash.dirent("a.~1~", 0, version: 7, type: 0, time: 51))
        let tree = Recovery(history(flash), extent: .gone).tree()
        #expect(try text(tree, "a.~1~") == "own")
        #expect(try text(tree, "a.~2~") == "one")
        #expect(try text(tree, "a.~3~") == "two")
    }

    @Test func aLongNameHasRoomForItsNumber() throws {
        var flash = FlashAssembler()
        let name = String(repeating: "l", count: 254)
        for number in [2, 3] as [UInt32] {
            flash.append(flash.dirent(name, InodeNumber(rawValue: number), version: number, time: number))
            flash.append(flash.inode(InodeNumber(rawValue: number), version: 1, isize: 1, data: [0x30], time: number))
        }
        flash.append(flash.dirent(name, 0, version: 4, type: 0, time: 9))
        let tree = Recovery(history(flash), extent: .gone).tree()
        #expect(tree[FileTree.root].entries.map(\.name.bytes.count).sorted() == [254, 255])
    }

    @Test func namesThatNoDirectoryCanHoldAreWrittenOtherwise() throws {
        var flash = FlashAssembler()
        for (index, name) in ["..", "x/../../y", "."].enumerated() {
            let number = InodeNumber(rawValue: UInt32(2 + index))
            flash.append(flash.dirent(name, number, version: UInt32(1 + index)))
            flash.append(flash.dirent(name, 0, version: UInt32(11 + index), type: 0))
            flash.append(flash.inode(number, version: 1, isize: 1, data: [0x30]))
        }
        let tree = Recovery(history(flash), extent: .gone).tree()
        #expect(tree[FileTree.root].entries.map(\.name.description) == ["_.", "_..", "x_.._.._y"])
    }

    /// Linux writes nothing about attributes when it deletes a file, only when one is taken away.
    @Test func aDeletedFileHasItsExtendedAttributes() throws {
        var flash = deleted()
        flash.append(flash.xattr(1, "kept", Array("value".utf8)))
        flash.append(flash.xattr(2, "taken", Array("away".utf8)))
        flash.append(flash.xref(4, 1, sequence: 2))
        flash.append(flash.xref(4, 2, sequence: 4))
        flash.append(flash.xref(4, 2, sequence: 7))
        flash.append(flash.xref(7, 1, sequence: 8))
        #expect(flash.fileSystem().tree.inodes.allSatisfy { $0.metadata.extendedAttributes.isEmpty })
        let tree = Recovery(history(flash), extent: .gone).tree()
        for path in ["a", "lost+found/inode-7"] as [FilePathBytes] {
            let attributes = tree[try #require(tree.find(path))].metadata.extendedAttributes
            #expect(attributes.map { String(decoding: $0.name, as: UTF8.self) } == ["user.kept"], "\(path)")
            #expect(attributes.map(\.value) == [Array("value".utf8)], "\(path)")
        }
        #expect(tree[try #require(tree.find("a.~1~"))].metadata.extendedAttributes.isEmpty)
    }

    /// The number of a deleted file was given again: the attributes are those of the new file.
    @Test func aFileThatLostItsNumberHasNoAttributesOfTheNextOne() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("old", 2, version: 1, time: 10))
        flash.append(flash.inode(2, version: 1, isize: 3, data: Array("old".utf8), time: 10))
        flash.append(flash.dirent("old", 0, version: 2, type: 0, time: 20))
        flash.append(flash.dirent("new", 2, version: 3, time: 30))
        flash.append(flash.inode(2, version: 1, isize: 3, data: Array("new".utf8), time: 30))
        flash.append(flash.xattr(1, "of.new", [1]))
        flash.append(flash.xref(2, 1))
        let tree = Recovery(history(flash), extent: .gone).tree()
        for inode in tree.inodes { #expect(inode.metadata.extendedAttributes.isEmpty) }
    }

    /// A file is written, emptied, written again, written over, and grows.
    private func rewritten() -> FlashAssembler {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1, time: 10))
        flash.append(flash.inode(2, version: 1, isize: 0, time: 10))
        flash.append(flash.inode(2, version: 2, isize: 5, data: Array("first".utf8), time: 10))
        flash.append(flash.inode(2, version: 3, isize: 0, time: 10))
        flash.append(flash.inode(2, version: 4, isize: 6, data: Array("second".utf8), time: 10))
        flash.append(flash.inode(2, version: 5, isize: 6, data: Array("SE".utf8), time: 20))
        flash.append(flash.inode(2, version: 6, isize: 10, offset: 4, data: Array("nd too".utf8), time: 30))
        flash.append(flash.inode(2, version: 7, mode: 0o100600, isize: 10, time: 40))
        return flash
    }

    @Test func theVersionsBeforeContentWasLostAreSaved() throws {
        let history = history(rewritten())
        let file = try #require(history.files(of: 2).first)
        #expect(history.savedVersions(of: file) == [2, 4, 7])
        let tree = Recovery(history, extent: .allVersions).tree()
        #expect(try text(tree, "f") == "SEcond too")
        #expect(try text(tree, "f.~1~") == "first")
        #expect(try text(tree, "f.~2~") == "second")
        #expect(try text(Recovery(history, extent: .version(5)).tree(), "f") == "SEcond")
        #expect(Recovery(history, extent: .gone).files.isEmpty)
    }

    @Test func ofAFileThatWasEmptiedFirstTheContentIsRecovered() throws {
        var flash = rewritten()
        flash.append(flash.inode(2, version: 8, isize: 0, time: 50))
        flash.append(flash.dirent("f", 0, version: 2, type: 0, time: 50))
        #expect(try text(Recovery(history(flash), extent: .gone).tree(), "f") == "SEcond too")
    }

    @Test func whatIsMissingIsNamed() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1, time: 10))
        flash.append(flash.dirent("f", 0, version: 2, type: 0, time: 20))
        flash.append(flash.inode(2, version: 2, isize: 12, offset: 8, data: Array("tail".utf8)))
        flash.append(flash.dirent("g", 3, version: 3, time: 10))
        flash.append(flash.dirent("g", 0, version: 4, type: 0, time: 20))
        flash.append(flash.inode(3, version: 2, isize: 100))
        let recovery = Recovery(history(flash), extent: .gone)
        #expect(recovery.files.map(\.missing.first?.range) == [0..<8])
        #expect(try text(recovery.tree(), "f") == "\0\0\0\0\0\0\0\0tail")
        #expect(recovery.lost.count == 1)
    }

    /// Version 3 may have written anywhere.
    @Test func whatMayBeOlderIsNamed() throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1, time: 10))
        flash.append(flash.inode(2, version: 1, isize: 4, data: Array("aaaa".utf8), time: 10))
        flash.append(flash.inode(2, version: 2, isize: 8, offset: 4, data: Array("bbbb".utf8), time: 20))
        flash.append(flash.inode(2, version: 4, isize: 12, offset: 8, data: Array("cccc".utf8), time: 40))
        flash.append(flash.inode(2, version: 5, isize: 4, data: Array("dddd".utf8), time: 50))
        let history = history(flash)
        let file = try #require(history.files(of: 2).first)
        var reader = VersionReader(history)
        #expect(try reader.state(of: file, after: 2).doubtful == [])
        #expect(try reader.state(of: file, after: 4).doubtful == [0..<8])
        // What Linux shows now is certain.
        #expect(try reader.state(of: file, after: 5).doubtful == [])
        #expect(history.state(at: 40).doubtfulFiles == ["/f"])
        #expect(history.state(at: 20).doubtfulFiles == [])
    }
}

/// Flashes that a kernel aged, of which there are earlier states.
@Suite struct RecordedRecoveryTests {
    private static let histories = RecordedFlash.sources.filter { !$0.hasPrefix("other-") }

    private func log(_ flash: RecordedFlash) -> FlashLog {
        FlashLog(
            FileSystem(
                ByteRegion(flash.image), byteOrder: flash.about.build.hasPrefix("be") ? .big : .little,
                eraseSize: flash.about.eraseSize))
    }

    private func bytes(_ inode: Inode) throws -> [UInt8]? {
        guard case .regular(let contents) = inode.payload else { return nil }
        return try contents.readAllThatIsLeft().bytes
    }

    /// Whatever the garbage collector took: a version that is neither in part nor in doubt is what the kernel showed.
    @Test(arguments: histories) func aVersionIsRightOrSaidToBeInDoubt(source: String) throws {
        let flashes = try RecordedFlash.read(source).filter { !$0.about.damaged }
        guard let last = flashes.min(by: { $0.name.count < $1.name.count }) else { return }
        let history = FlashHistory(log(last))
        var reader = VersionReader(history)
        for flash in flashes where flash.name != last.name {
            let before = log(flash)
            let numbers = before.numbers { $0.status != .damaged }
            for inode in before.fileSystem.tree.inodes {
                guard let number = inode.number, let version = numbers.versions[number], let shown = try bytes(inode),
                    let file = history.files(of: number).last, !file.isEarlierUse, history.files(of: number).count == 1,
                    let state = try? reader.state(of: file, after: version),
                    file.versions.contains(where: { $0.version == version }), state.missing.isEmpty,
                    state.doubtful.isEmpty
                else { continue }
                #expect(try bytes(state.inode) == shown, "\(flash.name): inode \(number) after version \(version)")
            }
        }
    }

    /// The clock went on after these, so that their time names their state, and nothing of it was collected.
    @Test(arguments: [
        "factory-8k-lzo-s1234.half", "large-old-32k-s1192.late", "rename-8k.before-last",
        "rwmap-old-16k-none-s1206.early",
        "settings-rtime-64k-s1049.early", "settings-rtime-64k-s1049.half", "settings-rtime-64k-s1049.late",
        "special-be-16k.first",
    ])
    func theStateOfATimeIsWhatTheKernelShowedThen(snapshot: String) throws {
        let flashes = try RecordedFlash.read(snapshot.prefix { $0 != "." } + ".tar.xz")
        let last = try #require(flashes.filter { !$0.about.damaged }.min { $0.name.count < $1.name.count })
        let before = log(try #require(flashes.first { $0.name == snapshot }))
        let time = try #require(before.entries.filter(\.isReadable).compactMap(\.time).max())
        let state = FlashHistory(log(last)).state(at: time)
        func files(_ tree: FileTree) throws -> [String: [UInt8]] {
            var files: [String: [UInt8]] = [:]
            try tree.walk { path, id in files["\(path)"] = try bytes(tree[id]) ?? [] }
            return files
        }
        #expect(try files(state.fileSystem.tree) == files(before.fileSystem.tree))
        #expect(state.doubtfulFiles.isEmpty)
        #expect(state.nameless.isEmpty)
    }
}

import FileTree
import FlashBytes
import Foundation
import Testing

@Suite struct HostDirectoryReaderTests {
    let temporary = TemporaryDirectory()

    @Test func linksAreJoinedAndSymlinksNotFollowed() throws {
        try shell(
            """
            cd \(temporary.path) && mkdir sub && echo content > sub/a && ln sub/a b && ln -s sub link
            ln -s / root && mkfifo pipe && ln pipe sub/pipe && chmod 7 sub/a
            touch -h -d @1234567890 sub link root pipe b
            """)
        let tree = try HostDirectoryReader.read(temporary.path)
        #expect(
            tree.listing(owners: false).dropFirst() == [
                "/b -7 @1234567890 8 434728a410a7 #1", "/link l -> sub @1234567890", "/pipe p644 @1234567890 #2",
                "/root l -> / @1234567890", "/sub d755 @1234567890", "/sub/a -7 @1234567890 8 434728a410a7 #1",
                "/sub/pipe p644 @1234567890 #2",
            ])
    }

    @Test func theHolesOfAFileAreSeen() throws {
        try shell(
            "cd \(temporary.path) && truncate -s 1M sparse && printf x | dd of=sparse bs=1 seek=524288 conv=notrunc")
        let tree = try HostDirectoryReader.read(temporary.path)
        let contents = try #require(try tree.inode("sparse").contents)
        let ranges = try contents.makeReader().dataRanges()
        #expect(ranges.count == 1)
        #expect(ranges.first.map { $0.contains(524_288) && $0.count < 524_288 } == true)
        let bytes = try contents.readAll()
        #expect(bytes.count == 1 << 20 && bytes[524_288] == 0x78 && bytes.filter { $0 != 0 }.count == 1)
    }

    @Test(arguments: [
        ("rm file", "it has vanished since the folder was read"),
        ("printf longer > file", "its size has changed from 3 to 6 bytes since the folder was read"),
        ("rm file; ln -s other file", "another file has taken its place since the folder was read"),
        ("mv other file", "another file has taken its place since the folder was read"),
        ("rm file; mkfifo file", "another file has taken its place since the folder was read"),
        ("rm -r ../sub; mkdir ../sub; printf 123 > ../sub/file", "it has vanished since the folder was read"),
    ])
    func filesThatChangeAfterTheFolderWasReadAreNoticed(command: String, message: String) throws {
        try shell("mkdir \(temporary("sub")) && cd \(temporary("sub")) && printf 123 > file && printf 456 > other")
        let tree = try HostDirectoryReader.read(temporary.path)
        try shell("cd \(temporary("sub")) && \(command)")
        let contents = try #require(try tree.inode("sub/file").contents)
        #expect {
            _ = try contents.readAll()
        } throws: {
            ($0 as? DamagedContents)?.damage.map(\.reason) == [message]
        }
    }

    @Test func shrinkingWhileBeingReadIsNoticed() throws {
        try shell("cd \(temporary.path) && head -c 100000 /dev/zero > file")
        let tree = try HostDirectoryReader.read(temporary.path)
        let contents = try #require(try tree.inode("file").contents)
        let reader = try contents.makeReader()
        try shell("cd \(temporary.path) && truncate -s 50000 file")
        var bytes = [UInt8](repeating: 1, count: 100_000)
        #expect(throws: ContentsError.self) {
            var span = bytes.mutableSpan
            var raw = span.mutableBytes
            _ = try reader.read(into: &raw, at: 0)
        }
    }

    @Test func excludedPathsAreNotRead() throws {
        try shell("cd \(temporary.path) && mkdir -p a/b && touch a/b/c a/keep skip")
        var configuration = HostDirectoryReader.Configuration()
        configuration.isExcluded = { path, kind in path == "skip" || (path == "a/b" && kind == .directory) }
        let tree = try HostDirectoryReader.read(temporary.path, configuration: configuration)
        var paths: [FilePathBytes] = []
        tree.walk { path, _ in paths.append(path) }
        #expect(paths == ["a", "a/keep"])
    }

    @Test func aMissingFolderOrAFileInItsPlaceIsNamed() throws {
        #expect(throws: FileError(action: "open", path: temporary("none"), errno: .noSuchFileOrDirectory)) {
            try HostDirectoryReader.read(temporary("none"))
        }
        try shell("touch \(temporary("file"))")
        #expect(throws: FileError(action: "open", path: temporary("file"), errno: .notDirectory)) {
            try HostDirectoryReader.read(temporary("file"))
        }
    }
}

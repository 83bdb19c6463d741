import FileTree
import FlashBytes
import Foundation
import Testing

extension MtreeManifest {
    /// The whole text.
    func text() -> [UInt8] {
        var text: [UInt8] = []
        _ = write { text += $0 }
        return text
    }

    init(_ text: [UInt8]) throws { try self.init(reading: FileBytes(text)) }
    init(_ text: String) throws { try self.init(reading: FileBytes(Array(text.utf8))) }
}

/// What the manifest has to keep: everything but contents.
func metadataListing(_ tree: FileTree) -> [String] {
    var lines: [String] = []
    let counts = tree.nameCounts()
    var numbers: [InodeID: Int] = [:]
    func line(_ path: FilePathBytes, _ id: InodeID) {
        let inode = tree[id]
        var line = "\(path) \(inode.kind.word) \(inode.metadata) \(inode.size)"
        switch inode.payload {
        case .symbolicLink(let target): line += " \(target)"
        case .characterDevice(let device), .blockDevice(let device): line += " \(device)"
        default: break
        }
        if inode.kind != .directory, counts[id.index] > 1 {
            numbers[id] = numbers[id] ?? numbers.count
            line += " #\(numbers[id] ?? 0)"
        }
        lines.append(line)
    }
    line(FilePathBytes(), FileTree.root)
    tree.walk { line($0, $1) }
    return lines
}

@Suite struct MtreeTests {
    let temporary = TemporaryDirectory()

    /// One of everything, with all that mtree has no words for.
    func richTree() -> FileTree {
        var tree = sampleTree()
        var bytes: [UInt8] = []
        for byte in UInt8.min...UInt8.max where byte != 0 && byte != 0x2f { bytes.append(byte) }
        for byte in bytes {
            tree.add(
                Inode(
                    number: InodeNumber(rawValue: UInt32(byte) + 100), metadata: Metadata(permissions: 0o600, time: 5),
                    payload: .symbolicLink([byte, byte])),
                name: FileName([byte, 0x61, byte]), to: FileTree.root)
        }
        let id = tree.add(.regular(MemoryContents([1])), FilePathBytes([FileName(Array(bytes.prefix(254)))]))
        tree[id].metadata.accessTime = 77
        tree[id].metadata.changeTime = 4_294_967_295
        tree[id].metadata.extendedAttributes = (0..<6).map { length in
            ExtendedAttribute(
                name: Array("user.n\(length) =\n\\x".utf8) + [0xff], value: (0..<length).map { 250 &+ UInt8($0) })
        }
        return tree
    }

    @Test func aManifestReadsBackWithAllMetadata() throws {
        let tree = richTree()
        let suid = try #require(tree.find("bin/suid"))
        var manifest = MtreeManifest(tree: tree, source: ["sha256": "00ff", "endian": "big", "erasesize": "65536"])
        manifest.digests[suid] = (0..<32).map { $0 }
        let console = EntryKey(directory: try #require(tree.find("dev")), name: "console")
        var notSet = NotSet()
        notSet.owner = true
        notSet.times = true
        notSet.permissions = 0o755
        notSet.extendedAttributes = [Array("user.a b".utf8), [0xff]]
        manifest.unpacked = .init(
            setsOwners: true, setsExtendedAttributes: false, missing: [console], notSet: [suid: notSet])
        let back = try MtreeManifest(manifest.text())
        #expect(metadataListing(back.tree) == metadataListing(tree))
        #expect(back.source == manifest.source)
        let backSUID = try #require(back.tree.find("bin/suid"))
        #expect(back.digests == [backSUID: (0..<32).map { $0 }])
        #expect(back.unpacked?.setsOwners == true && back.unpacked?.setsExtendedAttributes == false)
        #expect(back.unpacked?.notSet == [backSUID: notSet])
        let backConsole = EntryKey(directory: try #require(back.tree.find("dev")), name: "console")
        #expect(back.unpacked?.missing == [backConsole])
        #expect(try back.tree.inode(FilePathBytes([FileName([7, 0x61, 7])])).number == 107)
        // Written again, it is the same to the byte.
        let again = back.text()
        #expect(try metadataListing(MtreeManifest(again).tree) == metadataListing(tree))
    }

    @Test func bsdtarReadsOurManifest() throws {
        let tree = richTree()
        let manifest = MtreeManifest(tree: tree, source: ["sha256": "00"], unpacked: .init())
        try Data(manifest.text()).write(to: URL(fileURLWithPath: temporary("out.mtree")))
        let names = try shell("bsdtar -tf \(temporary("out.mtree")) 2>&1").split(separator: "\n")
        var expected = 1
        tree.walk { _, _ in expected += 1 }
        #expect(names.count == expected)
        #expect(names.contains("./bin/suid") && names.contains("./ a ") && names.contains(##"./\377a\377"##))
        let long = try shell("bsdtar -tvf \(temporary("out.mtree"))")
        #expect(long.contains("-rwsr-xr-x  0 7      8        9000 Sep  9  2001 ./bin/suid"))
        #expect(long.contains("-r--------  3 5      6          22 Jan 10  2008 ./etc/passwd"))
        #expect(long.contains("brw-rw----  0 0      6   259,70000 Sep  9  2001 ./dev/block"))
        #expect(long.contains("lrwxrwxrwx  0 9      10          0 May 13  2014 ./bin/link -> ../etc/passwd"))
    }

    @Test func theLinesOfAManifestAreAsDocumented() throws {
        var tree = FileTree(root: Metadata(permissions: 0o755))
        tree.add(
            .regular(MemoryContents([1, 2])), "a b", time: 9,
            attributes: [ExtendedAttribute(name: Array("user.x".utf8), value: [0xfb, 0xff])])
        tree.add(.socket, "s", mode: 0o600, time: 9)
        let text = String(decoding: MtreeManifest(tree: tree, unpacked: .init(setsOwners: true)).text(), as: UTF8.self)
        #expect(
            text.split(separator: "\n").filter { !$0.hasPrefix("# ") } == [
                "#mtree", "#unpacked owner=yes xattr=no", ". type=dir mode=0755 uid=0 gid=0 time=0.0",
                "#xattr ./a\\040b user.x=+/8=", "./a\\040b type=file mode=0644 uid=0 gid=0 time=9.0 size=2",
                "#socket ./s", "./s type=fifo mode=0600 uid=0 gid=0 time=9.0",
            ])
    }

    @Test func manifestsOfOtherProgramsAreRead() throws {
        let manifest = try MtreeManifest(
            """
            #mtree v2.0
            /set type=file uid=0 gid=0 mode=644
            . type=dir mode=755
                bin type=dir mode=755
                    sh mode=4755 size=3 time=12.5
                ..
                etc type=dir mode=700 uid=5
                    passwd size=7
                    link type=link link=passwd
                ..
            ..
            """)
        #expect(
            metadataListing(manifest.tree).map { $0.prefix { $0 != " " } } == [
                "/", "/bin", "/bin/sh", "/etc", "/etc/link", "/etc/passwd",
            ])
        let sh = try manifest.tree.inode("bin/sh")
        #expect(sh.metadata.permissions == 0o4755 && sh.size == 3 && sh.metadata.modificationTime == 12)
        #expect(try manifest.tree.inode("etc").metadata.owner == 5)
        #expect(manifest.unpacked == nil)
    }

    @Test(arguments: [
        ("#mtree\n./../x type=file\n", "/../x: an entry of a manifest cannot be called '..'"),
        (
            "#mtree\n. type=dir\n./a type=file\n./a/b type=file\n",
            "/a: the manifest puts an entry into what is no folder"
        ),
        (
            "#mtree\n#xattr ./a user.b\n./a type=file\n",
            "line 2 of the manifest: an extended attribute is written NAME=BASE64"
        ),
        ("#mtree\n#times ./a atime=x\n./a type=file\n", "line 2 of the manifest: 'x' is no time"),
        ("#mtree\n./l type=link\n", "/l: the manifest names no target of this symlink (link=)"),
        ("#mtree\n./l type=file uid=99999999999\n", "/l: 99999999999 is no owner or group number"),
        ("nonsense\0\u{1}", "this is no usable mtree manifest: Unrecognized archive format"),
    ])
    func badManifestsAreErrorsThatNameThePlace(text: String, message: String) {
        #expect {
            _ = try MtreeManifest(text)
        } throws: {
            "\($0)" == message
        }
    }

    @Test func theManifestOfADeepTreeStaysSmall() throws {
        var tree = FileTree()
        var directory = FileTree.root
        for _ in 0..<20_000 {
            directory = tree.add(
                Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), name: "folder", to: directory)
        }
        var size = 0
        let omissions = MtreeManifest(tree: tree).write { size += $0.count }
        #expect(omissions.tooDeep == 20_000 - 585)
        #expect(size < 2 << 20)
    }
}

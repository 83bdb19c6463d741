import FileTree
import FlashBytes
import Foundation
import Testing

@Suite struct ArchiveTests {
    let temporary = TemporaryDirectory()

    private func writeTar(_ tree: FileTree, _ name: String = "out.tar") throws -> TarWriter.Report {
        let file = try OutputFile(path: temporary(name))
        let report = try TarWriter.write(tree, name: name) { piece throws(FileError) in try file.write(piece) }
        try file.commit()
        return report
    }

    private func read(_ name: String) throws -> FileTree {
        try ArchiveReader.read(path: temporary(name))
    }

    /// Names in all bytes, in UTF-8, long; attributes; times.
    private func richTree() -> FileTree {
        var tree = sampleTree()
        tree.unlink("log", from: tree.find("dev") ?? FileTree.root)
        for byte in UInt8.min...UInt8.max where byte != 0 && byte != 0x2f {
            tree.add(
                Inode(metadata: Metadata(permissions: 0o600, time: 5), payload: .symbolicLink([byte, 0xfe])),
                name: FileName([byte, 0x61, byte]), to: FileTree.root)
        }
        let id = tree.add(.regular(MemoryContents([1])), FilePathBytes("grüße-" + String(repeating: "ü", count: 100)))
        tree[id].metadata.accessTime = 77
        tree[id].metadata.changeTime = 4_294_967_295
        tree[id].metadata.extendedAttributes = [
            ExtendedAttribute(name: Array("security.capability".utf8), value: [1, 0, 0, 2, 0, 255]),
            ExtendedAttribute(name: Array("user.x".utf8), value: Array("text".utf8)),
        ]
        return tree
    }

    @Test func aTreeWrittenAsTarReadsBackTheSame() throws {
        let tree = richTree()
        let report = try writeTar(tree)
        #expect(report.findings.map(\.description) == [])
        let back = try read("out.tar")
        #expect(difference(tree.listing(attributes: true), back.listing(attributes: true)) == [])
        #expect(difference(metadataListing(tree), metadataListing(back)) == [])
        // Holes stay holes.
        let holes = try #require(try back.inode("bin/holes").contents)
        #expect(try holes.makeReader().dataRanges() == [65_536..<131_072, 262_144..<600_000])
        #expect(try #require(try back.inode("bin/onlyhole").contents).makeReader().dataRanges() == [])
    }

    @Test(.enabled(if: isRoot)) func gnuTarAndBsdtarExtractTheSameTreeFromOurTar() async throws {
        var tree = richTree()
        // GNU tar and bsdtar set what they know; the rest of the attributes is for another test.
        for index in tree.inodes.indices { tree.inodes[index].metadata.extendedAttributes = [] }
        _ = try writeTar(tree)
        for command in [
            "tar --numeric-owner --warning=no-unknown-keyword -xpf", "LC_ALL=C.UTF-8 bsdtar --numeric-owner -xpf",
        ] {
            try shell("cd \(temporary.path) && rm -rf x && mkdir x && cd x && \(command) ../out.tar 2>/dev/null")
            let lines = try difference(tree.listing(), HostDirectoryReader.read(temporary("x")).listing())
            // bsdtar leaves the time of the directory that it is in.
            #expect(lines.filter { !$0.dropFirst(2).hasPrefix("/ ") } == [], "\(command)")
            #expect(try shell("stat -c %b \(temporary("x/bin/onlyhole"))") == "0\n", "\(command)")
        }
    }

    @Test(arguments: [
        ("tar --numeric-owner --format=gnu -cf", "."), ("tar --numeric-owner --format=pax --sparse -czf", "."),
        ("tar --numeric-owner --format=ustar -cJf", "."), ("bsdtar --numeric-owner --format=cpio -cf", "."),
        ("bsdtar --numeric-owner --format=newc -cf", "."), ("bsdtar --format=zip -cf", "."),
        ("bsdtar --numeric-owner --format=pax --zstd -cf", "."),
    ])
    func archivesOfOtherProgramsAreReadAsTheSameTree(command: String, what: String) throws {
        try shell(
            """
            mkdir -p \(temporary("in/sub")) && cd \(temporary("in")) && echo content > sub/a && ln sub/a b
            ln -s sub/a link; printf x > "$(printf 'na\\377me')" || true; : > empty
            truncate -s 300000 holes; echo end >> holes; [ "$(id -u)" != 0 ] || chown 7:8 sub/a; chmod 4711 sub/a
            find . -depth -exec touch -h -d @1111111111 {} +
            cd \(temporary("in")) && \(command) ../archive \(what)
            """)
        let expected = try HostDirectoryReader.read(temporary("in"))
        let back = try read("archive")
        if command.contains("zip") {
            // Has neither links nor owners, and (as bsdtar writes it) an even time.
            #expect(try back.inode("sub/a").contents?.readAll() == Array("content\n".utf8))
            #expect(try back.inode("sub/a").metadata.permissions == 0o4711)
            #expect(try back.inode("holes").size == 300_004)
        } else {
            #expect(back.listing() == expected.listing(), "\(command)")
        }
    }

    /// An archive of one file with mode 0664, as GNU tar writes it, and a record of its pax header.
    private func archive(_ record: String) throws -> FileTree {
        func header(_ name: String, _ mode: String, _ kind: String, _ size: Int) -> [UInt8] {
            var block = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, _ at: Int) { block.replaceSubrange(at..<at + text.utf8.count, with: text.utf8) }
            let digits = String(size, radix: 8)
            put(name, 0)
            put(mode, 100)
            for at in [108, 116, 136] { put("0000000", at) }
            put(String(repeating: "0", count: 11 - digits.count) + digits, 124)
            put("        " + kind, 148)
            put("ustar\u{0}00", 257)
            let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
            put(String(repeating: "0", count: 6 - sum.count) + sum + "\u{0}", 148)
            return block
        }
        let length = (1...9999).first { "\($0) \(record)\n".utf8.count == $0 } ?? 0
        let text = Array("\(length) \(record)\n".utf8)
        let bytes =
            header("x", "0000644", "x", text.count) + text + [UInt8](repeating: 0, count: 512 - text.count)
            + header("file", "0000664", "0", 0) + [UInt8](repeating: 0, count: 1024)
        try Data(bytes).write(to: URL(fileURLWithPath: temporary("acl.tar")))
        return try read("acl.tar")
    }

    @Test func theGroupBitsOfAFileWithAnAccessControlListAreItsMask() throws {
        for text in [
            "user::rw-\nuser:1000:rw-\ngroup::r--\nmask::rw-\nother::r--", "u::rw-,u:1000:rw-,g::r--,m::rw-,o::r--",
        ] {
            let file = try archive("SCHILY.acl.access=\(text)").inode("file")
            #expect(file.metadata.permissions == 0o664)
            // As Linux's getxattr gives it.
            #expect(
                file.metadata.extendedAttributes == [
                    ExtendedAttribute(
                        name: Array("system.posix_acl_access".utf8),
                        value: [
                            2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 6, 0, 232, 3, 0, 0, 4, 0, 4, 0, 255, 255,
                            255, 255, 16, 0, 6, 0, 255, 255, 255, 255, 32, 0, 4, 0, 255, 255, 255, 255,
                        ])
                ])
        }
        let plain = try archive("SCHILY.acl.access=user::rw-,group::rw-,other::r--").inode("file")
        #expect(plain.metadata.permissions == 0o664 && plain.metadata.extendedAttributes.isEmpty)
        #expect {
            _ = try archive("SCHILY.acl.access=user::rw-,user:no such user:rw-,group::r--,mask::rw-,other::r--")
        } throws: {
            "\($0)".contains("/file: nobody knows the number of user 'no such user'")
        }
    }

    #if os(Linux)
        /// Lists, modes and all, as the file system has them (of names too: root's number is known everywhere).
        @Test(arguments: ["tar --acls", "tar --acls --numeric-owner", "tar --acls --xattrs", "bsdtar --acls"])
        func accessControlListsOfOtherTarsAreRead(_ command: String) throws {
            try shell(
                """
                mkdir -p \(temporary("in/dir")) && cd \(temporary("in")) && echo a > a && echo b > b && echo c > c
                chmod 640 a b; chmod 2755 dir; setfacl -m u:1000:rw,g:root:x a; setfacl -m u:root:r,m::- b
                setfacl -d -m u:33:rwx,g:7:r dir; setfacl -m g:7:rwx dir
                \(command) -cf ../acl.tar .
                """)
            var configuration = HostDirectoryReader.Configuration()
            configuration.readsExtendedAttributes = true
            let expected = try HostDirectoryReader.read(temporary("in"), configuration: configuration)
            #expect(
                try read("acl.tar").listing(times: false, attributes: true)
                    == expected.listing(times: false, attributes: true))
            #expect(try expected.inode("a").metadata.permissions == 0o670)
            #expect(try expected.inode("dir").metadata.extendedAttributes.count == 2)
        }
    #endif

    @Test func damagedFilesAndSocketsAreNamed() throws {
        var tree = FileTree()
        tree.add(.regular(PatchyContents(size: 10_000, data: [0..<10_000], damaged: [4096..<8192])), "damaged")
        tree.add(.regular(PatchyContents(size: 700_000, data: [0..<700_000], failure: ContentsError("gone"))), "gone")
        tree.add(.socket, "socket")
        tree.add(.regular(MemoryContents([1])), "z")
        let report = try writeTar(tree)
        #expect(
            report.findings.map(\.description) == [
                "/damaged: damaged: bytes 4096..<8192: bad CRC", "/gone: cannot read its content: gone",
                "/socket: socket ignored: tar has none",
            ])
        #expect(report.lostSomething)
        let back = try read("out.tar")
        #expect(try back.inode("gone").contents?.readAll() == Array(repeating: 0, count: 700_000))
        #expect(try back.inode("z").contents?.readAll() == [1])
    }

    /// As GNU tar does: it names the socket, and all is well.
    @Test func aSocketLeftOutOfATarIsNoLoss() throws {
        var tree = FileTree()
        tree.add(.socket, "socket")
        tree.add(.regular(MemoryContents([1])), "z")
        let report = try writeTar(tree)
        #expect(report.findings.map(\.description) == ["/socket: socket ignored: tar has none"])
        #expect(!report.lostSomething)
        #expect(report.names == 2)
        #expect(try read("out.tar").inode("z").contents?.readAll() == [1])
    }

    @Test func aSinkThatFailsStopsTheWork() {
        var tree = FileTree()
        tree.add(.regular(PatchyContents(size: 1 << 20, data: [0..<1 << 20])), "file")
        var calls = 0
        #expect(throws: FileError(action: "write", path: "x", errno: .noSpace)) {
            _ = try TarWriter.write(tree, name: "x") { _ throws(FileError) in
                calls += 1
                if calls == 3 { throw FileError(action: "write", path: "x", errno: .noSpace) }
            }
        }
    }

    @Test func archivesThatLeadUpwardsOrAreDamagedAreErrors() throws {
        try shell(
            """
            cd \(temporary.path) && mkdir d && echo x > f && echo y > d/f
            tar -cPf up --transform='s,f,../f,' f; tar -cPf abs "$PWD/f"
            tar -cf infile --transform='s,d/f,f/g,' f d/f; head -c 700 abs > cut; echo nonsense > no; : > empty
            """)
        func message(_ name: String) -> String {
            do {
                _ = try read(name)
                return "read"
            } catch {
                return "\(error)".replacing(temporary(""), with: "")
            }
        }
        #expect(message("up") == "up: /../f: a path must not lead upwards")
        #expect(message("infile") == "infile: /f/g: it lies in what is no folder")
        #expect(message("cut").hasPrefix("cut: Truncated input file"))
        #expect(message("no") == "no: Unrecognized archive format")
        #expect(message("empty") != "read")
        let path = FilePathBytes(temporary("f"))
        #expect(try read("abs").find(path) != nil)
    }

    @Test func aManifestAloneMakesATreeWithTheContentsThatItNames() throws {
        try shell("cd \(temporary.path) && printf hello > src && printf '' > none")
        func manifest(_ lines: String) throws -> FileTree {
            try Data(("#mtree\n" + lines).utf8).write(to: URL(fileURLWithPath: temporary("x.mtree")))
            return try ArchiveReader.read(manifest: temporary("x.mtree"), mayLeadOutside: true)
        }
        let tree = try manifest(
            """
            . type=dir mode=0711 uid=1 gid=2 time=3.0
            #xattr ./a user.x=AQ==
            ./a type=file mode=04755 uid=3 gid=4 time=5.0 size=5 contents=\(temporary("src"))
            ./con type=char mode=0600 uid=0 gid=0 time=6.0 device=native,5,1
            ./empty type=file mode=0600 uid=0 gid=0 time=6.0
            #socket ./s
            ./s type=fifo mode=0600 time=7.0
            """)
        #expect(
            tree.listing(attributes: true) == [
                "/ d711 1:2 @3", "/a -4755 3:4 @5 5 2cf24dba5fb0 user.x=01", "/con c600 0:0 @6 (5, 1)",
                "/empty -600 0:0 @6 0 e3b0c44298fc", "/s s600 0:0 @7",
            ])
        #expect {
            _ = try manifest("./gone type=file mode=0600 size=7\n")
        } throws: {
            "\($0)".hasSuffix("x.mtree: /gone: there is no content for its 7 bytes (see contents=)")
        }
        #expect(throws: ArchiveError.self) { try ArchiveReader.read(manifest: temporary("missing")) }
    }
}

import FileTree
import FlashBytes
import Foundation
import Testing

/// A tree is unpacked, something is done to the directory, and what comes back is compared with what should.
@Suite(.enabled(if: isRoot)) struct ManifestMergeTests {
    let temporary = TemporaryDirectory()

    /// Unpacks, runs the commands in the directory, and joins directory and manifest (which goes through its text).
    func edit(
        _ tree: FileTree, privileged: Bool, attributes: Bool = false, keepsOwners: Bool = false, _ commands: String
    ) async throws -> (tree: FileTree, summary: ManifestMerge.Summary) {
        var writing = HostDirectoryWriter.Configuration()
        writing.isPrivileged = privileged
        writing.setsSetID = true
        writing.setsExtendedAttributes = attributes
        let report = try await HostDirectoryWriter.write(tree, to: temporary("out"), configuration: writing)
        let manifest = MtreeManifest(tree: tree, digests: report.digests, unpacked: .init(report))
        try shell("cd \(temporary("out")) && \(commands)")
        var reading = HostDirectoryReader.Configuration()
        reading.readsExtendedAttributes = attributes
        let directory = try HostDirectoryReader.read(temporary("out"), configuration: reading)
        var merging = ManifestMerge.Configuration()
        merging.keepsOwners = keepsOwners
        merging.hasExtendedAttributes = attributes
        return try ManifestMerge.merge(directory, with: MtreeManifest(manifest.text()), configuration: merging)
    }

    /// The lines that are in one listing only.
    func difference(_ before: FileTree, _ after: FileTree, attributes: Bool = false) -> [String] {
        let old = before.listing(attributes: attributes)
        let new = after.listing(attributes: attributes)
        return old.filter { !new.contains($0) }.map { "- " + $0 } + new.filter { !old.contains($0) }.map { "+ " + $0 }
    }

    @Test(arguments: [
        (true, ":"), (false, ":"),
        // A copy that loses owners, times, links and special bits.
        (
            false,
            "cd .. && cp -r out copy && rm -r out && mv copy out && chmod 751 out && touch out && cd out && chmod 4755 bin/suid && chmod 1777 tmp && chmod 620 dev/pipe"
        ),
        (true, "chown -R 1234:1234 ."),
        (true, "touch etc/passwd bin/empty bin/suid"),
        (false, "umask 077; mv bin/suid x; cat x > bin/suid; rm x; chmod 4755 bin/suid"),
        (true, "touch -h bin/link bin dev etc"),
    ])
    func nothingChangesWhereNothingWasChanged(privileged: Bool, commands: String) async throws {
        let tree = sampleTree()
        let (back, summary) = try await edit(tree, privileged: privileged, commands)
        #expect(difference(tree, back) == [])
        #expect(summary.changed == 0 && summary.new == 0 && summary.deleted == 0 && summary.lost == [])
        #expect(summary.restored == (privileged ? 0 : 4))
    }

    @Test func editedContentIsTakenUnderAllItsNames() async throws {
        let tree = sampleTree()
        let (back, summary) = try await edit(
            tree, privileged: false, "printf hello > bin/empty; printf x > etc/again; touch -d @50 bin/empty etc/again")
        let passwd = tree.digest("etc/passwd")
        #expect(
            difference(tree, back) == [
                "- /bin/empty -0 0:0 @1000000000 0 e3b0c44298fc", "- /bin/passwd -400 5:6 @1200000000 22 \(passwd) #1",
                "- /etc/again -400 5:6 @1200000000 22 \(passwd) #1",
                "- /etc/passwd -400 5:6 @1200000000 22 \(passwd) #1",
                "+ /bin/empty -0 0:0 @50 5 2cf24dba5fb0", "+ /bin/passwd -400 5:6 @50 1 2d711642b726 #1",
                "+ /etc/again -400 5:6 @50 1 2d711642b726 #1", "+ /etc/passwd -400 5:6 @50 1 2d711642b726 #1",
            ])
        #expect(summary.changed == 2)
    }

    @Test func otherContentOfTheSameSizeIsNoticed() async throws {
        var tree = FileTree()
        tree.add(.regular(MemoryContents(Array("abc".utf8))), "file", mode: 0o600, owner: 7, time: 77)
        let (back, _) = try await edit(tree, privileged: false, "printf xyz > file; touch -d @88 file")
        #expect(difference(tree, back).last == "+ /file -600 7:0 @88 3 3608bca1e44e")
        let file = try back.inode("file").metadata
        #expect(file.accessTime == 88 && file.changeTime == 88)
    }

    @Test func aHardLinkThatWasReplacedIsAFileOfItsOwn() async throws {
        let tree = sampleTree()
        let (back, _) = try await edit(
            tree, privileged: true,
            "sed s/root/user/ etc/again > n; mv n etc/again; chmod 400 etc/again; touch -d @9 etc/again etc . ")
        let passwd = try #require(back.find("etc/passwd"))
        #expect(passwd == back.find("bin/passwd") && passwd != back.find("etc/again"))
        let again = try back.inode("etc/again")
        #expect(try again.contents?.readAll() == Array("user:x:0:0::/:/bin/sh\n".utf8))
        #expect(again.metadata.owner == 0 && again.metadata.modificationTime == 9)
        #expect(again.number != back[passwd].number || again.number == nil)
        #expect(try back.inode("etc").metadata.modificationTime == 1_100_000_000)
    }

    @Test func deletedNamesAreGoneAndNewOnesAreTaken() async throws {
        let tree = sampleTree()
        let (back, summary) = try await edit(
            tree, privileged: true, keepsOwners: false,
            """
            rm dev/console dev/block dev/pipe; rm -r tmp; mv bin/suid bin/moved; printf n > etc/new; chmod 640 etc/new
            chown 44:55 etc/new; mkdir bin/folder; ln bin/holes bin/a-link; rm bin/onlyhole; mkdir bin/onlyhole
            touch -h -d @5 bin etc dev etc/new bin/folder bin/onlyhole bin/moved .
            """)
        #expect(
            difference(tree, back).filter { !$0.contains("passwd") && !$0.contains("again") } == [
                "- / d751 3:4 @1234567", "- /bin d755 0:0 @1300000000",
                "- /bin/holes -644 0:0 @1000000000 700000 \(tree.digest("bin/holes"))",
                "- /bin/onlyhole -644 0:0 @1000000000 1048576 \(tree.digest("bin/onlyhole"))",
                "- /bin/suid -4755 7:8 @1000000000 9000 \(tree.digest("bin/suid"))", "- /dev d755 0:0 @1000000000",
                "- /dev/block b660 0:6 @1000000000 (259, 70000)", "- /dev/console c600 0:0 @1000000000 (5, 1) #2",
                "- /dev/console2 c600 0:0 @1000000000 (5, 1) #2", "- /dev/pipe p620 11:12 @1000000000",
                "- /etc d555 1:2 @1100000000", "- /tmp d1777 0:0 @1000000000", "+ / d751 3:4 @5", "+ /bin d755 0:0 @5",
                "+ /bin/a-link -644 0:0 @1000000000 700000 \(tree.digest("bin/holes")) #1", "+ /bin/folder d755 0:0 @5",
                "+ /bin/holes -644 0:0 @1000000000 700000 \(tree.digest("bin/holes")) #1",
                "+ /bin/moved -4755 0:0 @5 9000 \(tree.digest("bin/suid"))", "+ /bin/onlyhole d755 0:0 @5",
                "+ /dev d755 0:0 @5", "+ /dev/console2 c600 0:0 @1000000000 (5, 1)", "+ /etc d555 1:2 @5",
                "+ /etc/new -640 0:0 @5 1 1b16b1df538b",
            ])
        #expect(try back.inode("etc/passwd").metadata == tree.inode("etc/passwd").metadata)
        #expect(summary.deleted == 5)
    }

    @Test func changedPermissionsAreTaken() async throws {
        let tree = sampleTree()
        let (back, _) = try await edit(tree, privileged: true, "chmod 4711 bin/suid; chmod 700 tmp; chmod 666 dev/pipe")
        #expect(
            difference(tree, back).filter { $0.hasPrefix("+") } == [
                "+ /bin/suid -4711 7:8 @1000000000 9000 \(tree.digest("bin/suid"))",
                "+ /dev/pipe p666 11:12 @1000000000",
                "+ /tmp d700 0:0 @1000000000",
            ])
    }

    @Test func bitsThatUnpackCouldNotSetStay() throws {
        var listed = FileTree()
        let file = listed.add(.regular(MemoryContents([1])), "file", mode: 0o4755, time: 5)
        var notSet = NotSet()
        notSet.permissions = 0o755
        let manifest = MtreeManifest(tree: listed, unpacked: .init(notSet: [file: notSet]))
        for (now, expected) in [(0o755, 0o4755), (0o700, 0o4700), (0o2755, 0o6755)] as [(UInt16, UInt16)] {
            var directory = FileTree()
            directory.add(.regular(MemoryContents([1])), "file", mode: now, time: 5)
            let back = try ManifestMerge.merge(directory, with: manifest).tree
            #expect(try back.inode("file").metadata.permissions == expected)
        }
    }

    @Test func ownersThatWereSetMayBeChanged() async throws {
        let tree = sampleTree()
        let (back, _) = try await edit(
            tree, privileged: true, "chown 99:98 bin/suid; chmod 4755 bin/suid; chown -h 9:97 bin/link")
        #expect(
            difference(tree, back).filter { $0.hasPrefix("+") } == [
                "+ /bin/link l -> ../etc/passwd 9:97 @1400000000",
                "+ /bin/suid -4755 99:98 @1000000000 9000 \(tree.digest("bin/suid"))",
            ])
    }

    @Test func aRetargetedSymlinkAndAReplacedDeviceAreTaken() async throws {
        let tree = sampleTree()
        let (back, _) = try await edit(
            tree, privileged: true,
            "ln -sfn elsewhere bin/link; touch -h -d @6 bin/link bin; rm dev/block; mknod dev/block b 7 8; touch -d @7 dev/block dev"
        )
        let link = try back.inode("bin/link")
        #expect(link.metadata.modificationTime == 6 && link.size == 9)
        guard case .blockDevice(let device) = try back.inode("dev/block").payload else {
            Issue.record("no block device")
            return
        }
        #expect(device == DeviceNumber(major: 7, minor: 8))
        #expect(try back.inode("dev").metadata.modificationTime == 1_000_000_000)
    }

    #if os(Linux)
        @Test func changedExtendedAttributesAreTakenAndOnesNeverSetStay() async throws {
            var tree = FileTree()
            func attribute(_ name: String, _ value: [UInt8]) -> ExtendedAttribute {
                ExtendedAttribute(name: Array(name.utf8), value: value)
            }
            tree.add(
                .regular(MemoryContents([1])), "file",
                attributes: [attribute("user.a", [1]), attribute("user.b", [2]), attribute("nonsense", [3])])
            let python = """
                python3 -c 'import os; os.removexattr("file", "user.a"); os.setxattr("file", "user.b", b"\\x09")
                os.setxattr("file", "user.c", b"\\x07")'
                """
            let (back, _) = try await edit(tree, privileged: true, attributes: true, python)
            #expect(
                try back.inode("file").metadata.extendedAttributes == [
                    attribute("user.b", [9]), attribute("nonsense", [3]), attribute("user.c", [7]),
                ])
        }
    #endif

    @Test func aManifestOfOthersHoldsForAllMetadata() throws {
        let manifest = try MtreeManifest(
            """
            #mtree
            . type=dir mode=0700 uid=1 gid=2 time=3.0
            ./file type=file mode=04755 uid=5 gid=6 time=7.0
            ./console type=char mode=0600 uid=0 gid=0 device=native,5,1
            ./gone type=file mode=0644
            """)
        var directory = FileTree()
        directory.add(.regular(MemoryContents([1, 2])), "file", mode: 0o644, owner: 1000, group: 1000)
        directory.add(.fifo, "new", mode: 0o600, owner: 1000, group: 1000, time: 9)
        let (back, summary) = try ManifestMerge.merge(directory, with: manifest)
        #expect(
            back.listing() == [
                "/ d700 1:2 @3", "/console c600 0:0 @0 (5, 1)", "/file -4755 5:6 @7 2 a12871fee210", "/new p600 0:0 @9",
            ])
        #expect(summary.unchanged == 1 && summary.changed == 0 && summary.new == 1)
        #expect(summary.restored == 1 && summary.deleted == 1)
    }

    @Test func filesWhoseNamesCollidedAreLostAndSaidToBe() throws {
        var listed = FileTree()
        listed.add(.regular(MemoryContents([1])), "File")
        listed.add(.regular(MemoryContents([2])), "file")
        listed.add(.directory([]), "Folder")
        listed.add(.symbolicLink([0x78]), "Folder/link")
        listed.add(.regular(MemoryContents([2])), "Folder/inside")
        listed.add(.directory([]), "folder")
        let manifest = MtreeManifest(
            tree: listed,
            unpacked: .init(
                missing: [
                    EntryKey(directory: FileTree.root, name: "file"),
                    EntryKey(directory: FileTree.root, name: "Folder"),
                ]))
        var directory = FileTree()
        directory.add(.regular(MemoryContents([1])), "File")
        directory.add(.directory([]), "folder")
        let (back, summary) = try ManifestMerge.merge(directory, with: manifest)
        #expect(summary.lost == ["file", "Folder/inside"])
        var paths: [FilePathBytes] = []
        back.walk { path, _ in paths.append(path) }
        #expect(paths == ["File", "Folder", "Folder/link", "folder"])
    }
}

extension FileTree {
    /// As `listing` shows it.
    func digest(_ path: FilePathBytes) -> String {
        guard let contents = try? inode(path).contents, let digest = try? SHA256.digest(contents) else { return "?" }
        return hexadecimal(digest.prefix(6))
    }
}

import FileTree
import FlashBytes
import Foundation
import Testing

let isRoot = geteuid() == 0

@Suite struct HostDirectoryWriterTests {
    let temporary = TemporaryDirectory()

    func configuration(replaces: Bool = false) -> HostDirectoryWriter.Configuration {
        var configuration = HostDirectoryWriter.Configuration()
        configuration.jobs = 2
        configuration.replacesExisting = replaces
        return configuration
    }

    /// Everything left after a failed or finished run, so that nothing half-written stays.
    func leftovers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: temporary.path).filter { $0.hasSuffix(".tmp") }
    }

    @Test(.enabled(if: isRoot)) func aTreeWrittenToADirectoryReadsBackTheSame() async throws {
        let tree = sampleTree()
        let report = try await HostDirectoryWriter.write(tree, to: temporary("out"), configuration: configuration())
        #expect(report.findings.map(\.description) == [])
        #expect(report.missing.isEmpty && report.notSet.isEmpty && !report.lostSomething)
        #expect(
            report.created == [
                .directory: 4, .regular: 5, .symbolicLink: 1, .fifo: 1, .characterDevice: 1, .blockDevice: 1,
                .socket: 1,
            ])
        #expect(report.links == 3)
        #expect(try HostDirectoryReader.read(temporary("out")).listing() == tree.listing())
        #expect(try leftovers() == [])
        let suid = try #require(tree.find("bin/suid"))
        let sum = try shell("sha256sum < \(temporary("out/bin/suid"))")
        #expect(report.digests[suid].map(hexadecimal) == String(sum.prefix(64)))
        let holes = try #require(tree.find("bin/holes"))
        let sumOfHoles = try shell("sha256sum < \(temporary("out/bin/holes"))")
        #expect(report.digests[holes].map(hexadecimal) == String(sumOfHoles.prefix(64)))
    }

    #if os(Linux)
        @Test(.enabled(if: isRoot)) func findSeesTheModesOwnersTimesAndHolesThatWereWritten() async throws {
            _ = try await HostDirectoryWriter.write(sampleTree(), to: temporary("out"), configuration: configuration())
            let seen = try shell("cd \(temporary("out")) && find . -printf '%P|%y%m|%U:%G|%s|%T@|%A@|%n|%l\\n' | sort")
            let expected = """
                bin/empty|f0|0:0|0|1000000000.0000000000|1000000000.0000000000|1|
                bin/holes|f644|0:0|700000|1000000000.0000000000|1000000000.0000000000|1|
                bin/link|l777|9:10|13|1400000000.0000000000|1400000000.0000000000|1|../etc/passwd
                bin/onlyhole|f644|0:0|1048576|1000000000.0000000000|1000000000.0000000000|1|
                bin/passwd|f400|5:6|22|1200000000.0000000000|1200000000.0000000000|3|
                bin/suid|f4755|7:8|9000|1000000000.0000000000|1000000000.0000000000|1|
                """
            #expect(
                seen.split(separator: "\n").filter { $0.hasPrefix("bin/") } == expected.split(separator: "\n"))
            #expect(seen.contains("etc|d555|1:2|4096|1100000000.0000000000|"))
            #expect(seen.hasPrefix("bin/empty") || seen.contains("|d751|3:4|"))
            // Of 403,392 bytes of data and the rest holes.
            let blocks = try shell("cd \(temporary("out/bin")) && stat -c %b holes onlyhole")
            #expect(["788\n0\n", "792\n0\n"].contains(blocks))
        }
    #endif

    @Test func existingDestinationIsRefused() async throws {
        for make in ["mkdir", "touch", "ln -s /nonexistent"] {
            try shell("\(make) \(temporary("there"))")
            await #expect {
                _ = try await HostDirectoryWriter.write(
                    FileTree(), to: temporary("there"), configuration: configuration())
            } throws: {
                ($0 as? FileError)?.description == "\(temporary("there")): cannot create: File exists"
            }
            try shell("rm -rf \(temporary("there"))")
        }
        await #expect(
            throws: FileError(action: "create", path: temporary("no/such/out"), errno: .noSuchFileOrDirectory)
        ) {
            _ = try await HostDirectoryWriter.write(FileTree(), to: temporary("no/such/out"))
        }
    }

    @Test func replacingKeepsWhatIsOutsideAndFollowsNothing() async throws {
        let out = temporary("out")
        try shell(
            """
            mkdir -p \(out)/dir/kept \(out)/folder \(out)/full/x \(temporary("outside"))
            echo precious > \(temporary("precious")); echo old > \(out)/dir/kept/old
            ln -s \(temporary("precious")) \(out)/file
            ln -s \(temporary("outside")) \(out)/evil
            ln \(temporary("precious")) \(out)/hard
            echo in > \(out)/folder-to-be; chmod 0 \(out)/dir
            """)
        var tree = FileTree(root: Metadata(permissions: 0o755))
        tree.add(.regular(MemoryContents(Array("new".utf8))), "file")
        tree.add(.regular(MemoryContents(Array("new".utf8))), "hard")
        tree.add(.directory([]), "evil", mode: 0o755)
        tree.add(.regular(MemoryContents(Array("inside".utf8))), "evil/inside")
        tree.add(.directory([]), "dir", mode: 0o755)
        tree.add(.regular(MemoryContents(Array("more".utf8))), "dir/more")
        tree.add(.regular(MemoryContents([1])), "folder")
        tree.add(.regular(MemoryContents([1])), "full")
        tree.add(.directory([]), "folder-to-be", mode: 0o755)
        let report = try await HostDirectoryWriter.write(tree, to: out, configuration: configuration(replaces: true))
        #expect(report.findings.map(\.description) == ["/full: left out: a folder that is not empty is in its place"])
        #expect(report.missing == [EntryKey(directory: FileTree.root, name: "full")])
        #expect(try shell("cat \(temporary("precious"))") == "precious\n")
        #expect(try shell("ls \(temporary("outside"))") == "")
        #expect(
            try shell("cd \(out) && find . -type f -size -9c | sort | xargs grep -H ''")
                == "./dir/kept/old:old\n./dir/more:more\n./evil/inside:inside\n./file:new\n./folder:\u{1}\n./hard:new\n"
        )
        #expect(try shell("ls \(out)") == "dir\nevil\nfile\nfolder\nfolder-to-be\nfull\nhard\n")
    }

    @Test func hostileNamesStayInside() async throws {
        let names: [FileName] = ["", ".", "..", "/", "../escaped", "/tmp/jffs2-escaped", FileName([0x61, 0, 0x62])]
        var inodes = [Inode(metadata: Metadata(permissions: 0o755), payload: .directory([]))]
        var entries: [DirectoryEntry] = []
        for name in names + ["good"] {
            entries.append(DirectoryEntry(name: name, inode: InodeID(inodes.count)))
            let isDirectory = entries.count % 2 == 0
            inodes.append(
                Inode(
                    metadata: Metadata(permissions: 0o644),
                    payload: isDirectory && name != "good" ? .directory([]) : .regular(MemoryContents([1]))))
        }
        // A symlink to the outside and a directory of one name; the same name twice.
        inodes.append(Inode(metadata: Metadata(permissions: 0o777), payload: .symbolicLink(Array("..".utf8))))
        entries.append(DirectoryEntry(name: "same", inode: InodeID(inodes.count - 1)))
        inodes.append(Inode(metadata: Metadata(permissions: 0o644), payload: .regular(MemoryContents([2]))))
        let inner = DirectoryEntry(name: "inner", inode: InodeID(inodes.count - 1))
        inodes.append(Inode(metadata: Metadata(permissions: 0o755), payload: .directory([inner])))
        entries.append(DirectoryEntry(name: "same", inode: InodeID(inodes.count - 1)))
        inodes[0].payload = .directory(entries)
        let tree = FileTree(inodes: inodes)

        for replaces in [false, true] {
            try shell("mkdir -p \(temporary("box"))")
            if replaces { try shell("mkdir \(temporary("box/out"))") }
            let report = try await HostDirectoryWriter.write(
                tree, to: temporary("box/out"), configuration: configuration(replaces: replaces))
            #expect(report.findings.count == names.count + 1)
            #expect(report.findings.last?.description.contains("/same: left out: there is an entry") == true)
            #expect(report.lostSomething)
            #expect(report.missing.count == names.count + 1)
            #expect(try shell("cd \(temporary("box")) && find . | sort") == ".\n./out\n./out/good\n./out/same\n")
            #expect(try shell("readlink \(temporary("box/out/same"))") == "..\n")
            #expect(!FileManager.default.fileExists(atPath: "/tmp/jffs2-escaped"))
            try shell("rm -rf \(temporary("box"))")
        }
    }

    @Test func directoriesInACycleAreWrittenOnce() async throws {
        var tree = FileTree()
        let one = tree.add(.directory([]), "one", mode: 0o755)
        let two = tree.add(.directory([]), "one/two", mode: 0o755)
        tree.link(one, name: "back", to: two)
        tree.link(FileTree.root, name: "root", to: two)
        tree.link(two, "other")
        let report = try await HostDirectoryWriter.write(tree, to: temporary("out"), configuration: configuration())
        #expect(try shell("cd \(temporary("out")) && find . | sort") == ".\n./one\n./one/two\n")
        #expect(report.findings.map(\.path) == ["one/two/back", "one/two/root", "other"])
    }

    @Test func namesOfAllBytesButNULAndSlashAreWritten() async throws {
        var tree = FileTree()
        for byte in UInt8.min...UInt8.max {
            tree.add(
                Inode(metadata: Metadata(permissions: 0o600, time: 5), payload: .regular(MemoryContents([byte]))),
                name: FileName([byte, 0xff, byte]), to: FileTree.root)
        }
        tree.add(
            .regular(MemoryContents([])), FilePathBytes([FileName(Array(repeating: 0xe4, count: 254))]), mode: 0o600)
        let report = try await HostDirectoryWriter.write(tree, to: temporary("out"), configuration: configuration())
        #expect(report.findings.count == 2)
        tree.unlink(FileName([0, 0xff, 0]), from: FileTree.root)
        tree.unlink(FileName([0x2f, 0xff, 0x2f]), from: FileTree.root)
        let back = try HostDirectoryReader.read(temporary("out"))
        #expect(back.listing(times: false).dropFirst() == tree.listing(times: false).dropFirst())
    }

    @Test func aTreeOf5000LevelsIsWrittenAndReadBack() async throws {
        let temporary = TemporaryDirectory(inMemory: true)
        var tree = FileTree()
        var directory = FileTree.root
        let name = FileName(Array(repeating: 0x64, count: 100))
        for level in 0..<5000 {
            let metadata = Metadata(permissions: 0o755, time: Int64(level))
            tree.add(
                Inode(metadata: metadata, payload: .regular(MemoryContents([1]))), name: "file", to: directory)
            directory = tree.add(Inode(metadata: metadata, payload: .directory([])), name: name, to: directory)
        }
        let report = try await HostDirectoryWriter.write(tree, to: temporary("out"), configuration: configuration())
        #expect(report.findings.isEmpty && report.created[.directory] == 5000 && report.created[.regular] == 5000)
        let back = try HostDirectoryReader.read(temporary("out"))
        #expect(back.inodes.count == 10001)
        var at = FileTree.root
        for level in 0..<5000 {
            at = try #require(back.child(name, of: at))
            guard back[at].metadata.modificationTime == Int64(level) else {
                Issue.record("level \(level)")
                break
            }
        }
    }

    @Test func aDirectoryOf20000NamesIsWritten() async throws {
        let temporary = TemporaryDirectory(inMemory: true)
        var tree = FileTree()
        for number in 0..<20_000 { tree.add(.symbolicLink([0x78]), FilePathBytes("n\(number)"), mode: 0o777) }
        let report = try await HostDirectoryWriter.write(tree, to: temporary("out"), configuration: configuration())
        #expect(report.created[.symbolicLink] == 20_000)
        #expect(try HostDirectoryReader.read(temporary("out")).inodes.count == 20_001)
    }

    @Test func damagedContentIsWrittenAndNamed() async throws {
        var tree = FileTree()
        let damaged = tree.add(
            .regular(PatchyContents(size: 10_000, data: [0..<10_000], damaged: [4096..<8192])), "damaged")
        tree.add(
            .regular(PatchyContents(size: 5000, data: [0..<5000], failure: ContentsError("gone"))), "unreadable")
        tree.add(.regular(MemoryContents([1, 2, 3])), "good")
        let report = try await HostDirectoryWriter.write(tree, to: temporary("out"), configuration: configuration())
        #expect(
            report.findings.map(\.description) == [
                "/damaged: damaged: bytes 4096..<8192: bad CRC", "/unreadable: cannot read its content: gone",
            ])
        #expect(report.lostSomething)
        let bytes = try #require(FileManager.default.contents(atPath: temporary("out/damaged")))
        #expect(Array(bytes) == (try tree[damaged].contents?.readAllThatIsLeft().bytes))
        #expect(try shell("stat -c %s \(temporary("out/unreadable"))") == "5000\n")
        #expect(try shell("cat \(temporary("out/good"))") == "\u{1}\u{2}\u{3}")
    }

    #if os(Linux)
        @Test(.enabled(if: isRoot)) func fullDiskLeavesNothing() async throws {
            try shell("mkdir \(temporary("disk")) && mount -t tmpfs -o size=1m none \(temporary("disk"))")
            defer { _ = try? shell("umount \(temporary("disk"))") }
            var tree = FileTree()
            tree.add(.directory([]), "closed", mode: 0o000)
            for number in 0..<100 {
                tree.add(
                    .regular(MemoryContents(Array(repeating: 1, count: 100_000))), FilePathBytes("closed/\(number)"))
            }
            let out = temporary("disk/out")
            await #expect {
                _ = try await HostDirectoryWriter.write(tree, to: out, configuration: configuration())
            } throws: { error in
                let text = "\(error)"
                return text.hasPrefix(out) && text.hasSuffix("cannot write: No space left on device")
            }
            #expect(try shell("ls -A \(temporary("disk"))") == "")
            try shell("mount -o remount,ro \(temporary("disk"))")
            await #expect(throws: FileError(action: "create", path: out, errno: .readOnlyFileSystem)) {
                _ = try await HostDirectoryWriter.write(tree, to: out, configuration: configuration())
            }
        }

        @Test func extendedAttributesAreSetAndOnesThatCannotBeAreNamed() async throws {
            var tree = FileTree()
            let attributes = [
                ExtendedAttribute(name: Array("user.a".utf8), value: [0, 1, 255]),
                ExtendedAttribute(name: Array("user.empty".utf8), value: []),
            ]
            tree.add(.regular(MemoryContents([1])), "file", mode: 0o400, attributes: attributes)
            tree.add(.directory([]), "folder", mode: 0o755, attributes: attributes)
            if isRoot {
                let trusted = [ExtendedAttribute(name: Array("trusted.x".utf8), value: [7])]
                tree.add(.symbolicLink([0x78]), "link", mode: 0o777, attributes: trusted)
            }
            let invalid = [ExtendedAttribute(name: Array("nonsense".utf8), value: [])]
            tree.add(.regular(MemoryContents([1])), "invalid", attributes: invalid)
            var configuration = configuration()
            configuration.setsExtendedAttributes = true
            let report = try await HostDirectoryWriter.write(tree, to: temporary("out"), configuration: configuration)
            #expect(
                report.findings.map(\.description) == [
                    "/invalid: cannot set extended attribute nonsense: Operation not supported"
                ])
            #expect(!report.lostSomething)
            #expect(report.notSet[try #require(tree.find("invalid"))]?.extendedAttributes == [Array("nonsense".utf8)])
            tree[try #require(tree.find("invalid"))].metadata.extendedAttributes = []
            var reading = HostDirectoryReader.Configuration()
            reading.readsExtendedAttributes = true
            let back = try HostDirectoryReader.read(temporary("out"), configuration: reading)
            #expect(
                back.listing(owners: false, times: false, attributes: true).dropFirst()
                    == tree.listing(owners: false, times: false, attributes: true).dropFirst())
        }

        @Test func setUidAndSetGidAreLeftOutUnlessAskedFor() async throws {
            var tree = FileTree()
            for (name, mode) in [("suid", 0o4755), ("sgid", 0o2711), ("both", 0o6700), ("plain", 0o755)]
                as [(String, UInt16)]
            {
                tree.add(
                    .regular(MemoryContents([1])), FilePathBytes(name), mode: mode, owner: geteuid(), group: getegid())
            }
            tree.add(.directory([]), "folder", mode: 0o3770, owner: geteuid(), group: getegid())
            var configuration = configuration()
            configuration.setsSetID = false
            let report = try await HostDirectoryWriter.write(tree, to: temporary("out"), configuration: configuration)
            #expect(report.findings.map(\.description) == [] && report.setIDsLeftOut == 4)
            let modes = "cd \(temporary("out")) && stat -c '%n %a' *"
            #expect(try shell(modes) == "both 700\nfolder 1770\nplain 755\nsgid 711\nsuid 755\n")
            // The manifest says what the files have instead, so that packing them again gives back what they had.
            let lacking = try ["both", "folder", "sgid", "suid"].map {
                report.notSet[try #require(tree.find(FilePathBytes($0)))]?.permissions
            }
            #expect(lacking == [0o700, 0o1770, 0o711, 0o755] && report.notSet.count == 4)

            configuration.setsSetID = true
            let whole = try await HostDirectoryWriter.write(tree, to: temporary("whole"), configuration: configuration)
            #expect(whole.setIDsLeftOut == 0 && whole.notSet.isEmpty)
            #expect(
                try shell("cd \(temporary("whole")) && stat -c '%n %a' *")
                    == "both 6700\nfolder 3770\nplain 755\nsgid 2711\nsuid 4755\n")
        }

        /// In a process of its own, that gives up being root.
        @Test(.enabled(if: isRoot)) func withoutPrivilegesDevicesAreLeftOutAndAllElseIsWritten() async {
            await #expect(processExitsWith: .success) {
                let temporary = TemporaryDirectory()
                precondition(setegid(65534) == 0 && seteuid(65534) == 0)
                umask(0o077)
                var configuration = HostDirectoryWriter.Configuration()
                precondition(!configuration.isPrivileged && !configuration.setsSetID)
                configuration.setsSetID = true
                let tree = sampleTree()
                let report = try await HostDirectoryWriter.write(
                    tree, to: temporary("out"), configuration: configuration)
                precondition(report.findings.isEmpty, "\(report.findings)")
                precondition(report.privilegedFilesLeftOut == 4 && report.missing.count == 4)
                precondition(report.missing.contains(EntryKey(directory: tree.find("dev")!, name: "console2")))
                precondition(seteuid(0) == 0)
                let seen = try HostDirectoryReader.read(temporary("out")).listing(owners: false)
                let wanted = sampleTree(privileged: false).listing(owners: false)
                precondition(seen == wanted, "\(seen)\n\(wanted)")
            }
        }
    #endif
}

extension Inode {
    var contents: (any FileContents)? {
        if case .regular(let contents) = payload { return contents }
        return nil
    }
}

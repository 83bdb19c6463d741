import FileTree
import Foundation
import TestSupport
import Testing

/// Run as `jefferson`: what comes out is what the kernel shows, and its callers get the status that they act upon.
@Suite struct JeffersonTests {
    private let names: DropInNames
    private var scratch: Scratch { names.scratch }

    init() throws { names = try DropInNames() }

    /// Images with the kernel's verdict beside them.
    private static let judged = DropInNames.testImages.filter {
        FileManager.default.fileExists(atPath: Checkout.path("TestImages/\($0).json"))
    }

    /// What of a directory differs from what the kernel showed: type, content, target, and mode. Devices and sockets are root's.
    private func differences(in directory: String, from verdict: KernelManifest) throws -> [String] {
        let tree = try HostDirectoryReader.read(scratch(directory))
        var lines: [String] = []
        for (name, entry) in try #require(verdict.entries) where entry.statError == nil && name != "." {
            guard let id = tree.find(FilePathBytes(unprintable(name))) else {
                let isRoots = ["char", "block", "socket"].contains(entry.type)
                if geteuid() == 0 || !isRoots { lines.append("\(name) is missing") }
                continue
            }
            let inode = tree[id]
            switch inode.payload {
            case .regular(let contents):
                let bytes = try contents.readAll()
                if entry.readError == nil, let sum = entry.sha256, SHA256.hex(bytes) != sum {
                    lines.append("\(name) has another content")
                }
            case .symbolicLink(let target):
                if entry.target.map(unprintable) != target { lines.append("\(name) has another target") }
            default: break
            }
            let mode = String(inode.metadata.permissions, radix: 8)
            if inode.kind != .symbolicLink,
                entry.mode?.drop(while: { $0 == "0" }) ?? "" != mode.drop(while: { $0 == "0" })
            {
                lines.append("\(name) has the mode \(mode)")
            }
        }
        tree.walk { path, _ in
            if verdict.entries?[String(path.description.dropFirst())] == nil { lines.append("\(path) is too much") }
        }
        return lines
    }

    @Test(arguments: judged) func whatComesOutIsWhatTheKernelShows(_ name: String) throws {
        let verdict = try KernelManifest(path: Checkout.path("TestImages/\(name).json"))
        guard verdict.mounted, let entries = verdict.entries else { return }
        try scratch.shell("mkdir out")
        let output = try names.run("jefferson", ["-v", "-f", "-d", "out", Checkout.path("TestImages/\(name)")])
        let isEmpty = entries.count <= 1
        #expect(output.status == (isEmpty ? 255 : 0), "\(output.messages)")
        #expect(try differences(in: "out", from: verdict) == [])
        // Nothing beside it.
        #expect(try scratch.names == ["bin", "out"])
    }

    @Test(arguments: [
        "rename-8k", "special-be-16k", "links-16k", "credentials-64k", "power-64k-s1120", "names-be-16k-none",
    ])
    func whatComesOutOfUsedFlashesIsWhatTheKernelShows(_ source: String) throws {
        for flash in try RecordedFlash.read("\(source).tar.xz") where flash.verdict.mounted && !flash.isErased {
            let image = try scratch.write(flash.name, flash.image)
            guard flash.verdict.entries?.count ?? 0 > 1 else { continue }
            _ = try names.run("jefferson", ["-d", "\(flash.name).out", image]).checked()
            #expect(try differences(in: "\(flash.name).out", from: flash.verdict) == [])
        }
    }

    /// Its files, links and modes, where none of its faults shows: no node is outdated, and no file has two names.
    @Test(.enabled(if: DropInNames.hasPeers), arguments: DropInNames.imageOptions + ["-l -X lzo", "-b -X lzo -m size"])
    func whatComesOutOfFreshImagesIsWhatJeffersonWrites(_ options: String) throws {
        try names.makeSmallTree()
        try scratch.write("root/www/large", DropInNames.noise(150_000))
        _ = try names.real("mkfs.jffs2", DropInNames.words("\(options) -r root -o image")).checked()
        _ = try names.run("jefferson", "-d ours image").checked()
        _ = try names.real("jefferson", ["-d", "theirs", "image"]).checked()
        // Times and the modes of folders are ours alone.
        try scratch.shell(
            """
            diff -r --no-dereference ours theirs
            for which in ours theirs; do (cd $which; find . ! -type d -printf '%p %y %m %l\\n' | sort) >$which.list; done
            cmp ours.list theirs.list
            """)
    }

    @Test func severalFileSystemsComeOutAsOneTree() throws {
        try scratch.shell(
            "mkdir -p a/both b/both c/both c/own; echo 1 >a/both/x; echo 2 >b/both/y; echo 3 >c/both/x; touch a/both/w c/own/v"
        )
        for name in ["a/both/u", "c/own/q"] { try scratch.write(name, DropInNames.noise(9000)) }
        for (name, options) in [("a", "-l"), ("b", "-b"), ("c", "-l")] {
            _ = try names.run("mkfs.jffs2", "\(options) -e 64KiB -p -r \(name) -o \(name).img").checked()
        }
        try scratch.shell("cat a.img b.img >joined; cat b.img c.img a.img >taken")
        _ = try names.run("jefferson", "-d out joined").checked()
        #expect(try scratch.shell("cd out; grep -rs -- . both/x both/y") == "both/x:1\nboth/y:2\n")
        let taken = try names.run("jefferson", "-d apart taken").checked()
        #expect(taken.messages.contains("/both/x is in more than one file system"))
        #expect(
            try scratch.shell("cd apart; cat both/x both/y fs_3/both/x; find . -type f | sort")
                == "3\n2\n1\n./both/x\n./both/y\n./fs_3/both/u\n./fs_3/both/w\n./fs_3/both/x\n./own/q\n./own/v\n")
    }

    @Test func statusesAreThoseThatItsCallersActUpon() throws {
        let image = Checkout.path("TestImages/good-lzo.jffs2")
        try scratch.write("file", [1])
        try scratch.write("erased", [UInt8](repeating: 0xff, count: 1 << 17))
        for (arguments, status) in [
            (["-d", "new", image], 0), (["-d", "new", image], 255), (["-f", "-d", "new", image], 0),
            (["-vfd", "new", image], 0), (["--destination", "other", image], 0), (["--dest=third", image], 0),
            ([image], 0), ([image], 255), (["-d", "file", image], 255), (["-f", "-d", "file", image], 255),
            (["-d", "none/out", image], 255), (["nothing"], 2), ([], 2), (["-Z", image], 2), ([image, image], 2),
            (["."], 2), (["-d", "x", "erased"], 255), (["-d", "x", "file"], 255), (["-h"], 0),
            (["-d", "x", Checkout.path("TestImages/good-nothing-in-it.jffs2")], 255),
            (["-d", "damaged", Checkout.path("TestImages/bad-data-crc.jffs2")], 0),
        ] as [([String], Int32)] {
            let output = try names.run("jefferson", arguments)
            #expect(output.status == status, "\(output.command): \(output.messages)")
            if status != 0 { #expect(output.messages.hasPrefix("jefferson: ")) }
        }
        #expect(try scratch.names == ["bin", "damaged", "erased", "file", "jffs2-root", "new", "other", "third"])
        let damaged = try names.run(
            "jefferson", ["-f", "-d", "damaged", Checkout.path("TestImages/bad-data-crc.jffs2")])
        #expect(damaged.messages.contains("/etc/conf"))
    }

    /// A piece of a damaged image, as unblob cuts it out: the folder of its only file is in another one.
    @Test func filesWithoutANameComeOutWhereThereAreNoOthers() throws {
        let image = try Data(contentsOf: URL(filePath: Checkout.path("TestImages/bad-header-crc.jffs2")))
        try scratch.write("piece", [UInt8](image[8192..<40960]))
        let output = try names.run("jefferson", "-d out piece").checked()
        #expect(output.messages.contains("lost+found"))
        let found = try scratch.shell("cd out/lost+found; wc -c *")
        #expect(found.contains("10000 #6"))
    }

    /// As unblob runs it: nobody may write anything but the folder.
    @Test(.enabled(if: geteuid() == 0)) func nothingIsWrittenOutsideOfTheFolder() throws {
        try scratch.shell("chmod 755 .; mkdir out; chown 65534:65534 out")
        try scratch.write("image", [UInt8](Data(contentsOf: URL(filePath: Checkout.path("TestImages/home_demo")))))
        let script =
            "exec setpriv --reuid=65534 --regid=65534 --clear-groups env TMPDIR=/proc bin/jefferson -v -f -d out image"
        let output = try Program.run("sh", ["-c", script], in: scratch.path)
        #expect(output.status == 0 && output.messages == "")
        #expect(try scratch.names == ["bin", "image", "out"])
        #expect(try scratch.shell("cat out/app/init.sh").contains("sh"))
    }
}

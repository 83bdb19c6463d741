import Foundation
import TestSupport
import Testing

/// `jffs2 unpack`, with mkfs.jffs2 as the writer and find, sha256sum and bsdtar as the judges.
struct UnpackTests {
    private let directory: Scratch
    private static let isRoot = geteuid() == 0

    init() throws { directory = try Scratch() }

    /// A directory `root` and images `image` of it.
    private func makeImage(_ options: String = "-l -e 64KiB") throws {
        try directory.shell(
            """
            mkdir -p root/etc root/bin root/empty
            printf 'root:x:0:0\\n' > root/etc/passwd; head -c 100000 /dev/urandom > root/bin/noise
            head -c 300000 /dev/zero > root/bin/zeros; : > root/bin/nothing
            ln -s ../etc/passwd root/bin/link; ln root/bin/noise root/etc/hard; mkfifo root/pipe
            chmod 4711 root/bin/noise; chmod 600 root/etc/passwd; chmod 555 root/etc
            find root -depth -exec touch -h -d @1111111111 {} +
            mkfs.jffs2 -r root -o image -U \(options)
            """)
    }

    /// All that `find` sees of a directory, and the sums of all files.
    private func seen(_ path: String) throws -> String {
        try directory.shell(
            """
            cd \(path) && find . -mindepth 1 -printf '%P %y%m %n %T@ %l\\n' | sort
            find . -type f -exec sha256sum {} + | sort -k 2
            """)
    }

    @Test(arguments: ["-l -e 64KiB", "-b -e 16KiB", "-l -e 128KiB -n -x zlib", "-b -e 64KiB -p0x80000"])
    func anUnpackedImageEqualsWhatWasPacked(options: String) throws {
        try makeImage(options)
        let output = try Tool.run("unpack", "image", in: directory).checked()
        #expect(output.text.contains("jffs2-root: 4 files, 3 folders, 1 symlink, 1 FIFO, 1 hard link"))
        #expect(output.messages == "")
        #expect(try seen("jffs2-root") == seen("root"))
        #expect(try directory.names == ["image", "jffs2-root", "jffs2-root.mtree", "root"])
        #expect(try directory.shell("bsdtar -tf jffs2-root.mtree | wc -l") == "11\n")
        let sum = try directory.shell("sha256sum < image").prefix(64)
        #expect(try directory.shell("grep '^#image' jffs2-root.mtree").contains(" sha256=\(sum)"))
        let noise = try directory.shell("sha256sum < root/bin/noise").prefix(64)
        #expect(try directory.shell("grep '^./etc/hard' jffs2-root.mtree").contains(" nlink=2 inode="))
        #expect(try directory.shell("grep -c 'sha256digest=\(noise)' jffs2-root.mtree") == "2\n")
    }

    @Test func onlyAndExcludeChooseTheFilesThatAreUnpacked() throws {
        try makeImage()
        _ = try Tool.run("unpack", "image", "-d", "some", "--only", "/bin", "--exclude", "z*", in: directory).checked()
        #expect(
            try directory.shell("find some | sort")
                == "some\nsome/bin\nsome/bin/link\nsome/bin/noise\nsome/bin/nothing\n")
        let none = try Tool.run("unpack", "image", "-d", "none", "--only", "no-such", in: directory)
        #expect(none.isOneLine(2, "image: no file in the image is asked for"))
        #expect(try !directory.names.contains("none"))
    }

    @Test func anExistingDestinationIsWrittenToWithForceOnly() throws {
        try makeImage()
        try FileManager.default.createDirectory(atPath: directory("there"), withIntermediateDirectories: true)
        try directory.write("there/mine", [1])
        let refused = try Tool.run("unpack", "image", "-d", "there", in: directory)
        #expect(refused.isOneLine(2, "there: exists already; -f writes into it, -d names another folder"))
        #expect(try directory.shell("ls there") == "mine\n")
        _ = try Tool.run("unpack", "image", "-d", "there/", "-f", in: directory).checked()
        #expect(try directory.shell("ls there") == "bin\nempty\netc\nmine\npipe\n")
        #expect(try directory.names.contains("there.mtree"))
        // And once more over what is there.
        _ = try Tool.run("unpack", "image", "-d", "there", "-f", in: directory).checked()
        try directory.shell("rm there/mine")
        #expect(try seen("there") == seen("root"))
        try directory.shell("rm -rf there")
        let manifest = try Tool.run("unpack", "image", "-d", "there", in: directory)
        #expect(manifest.isOneLine(2, "there.mtree: exists already"))
        _ = try Tool.run("unpack", "image", "-d", "there", "--no-mtree", in: directory).checked()
    }

    @Test func badInputIsOneLineAndNothingWritten() throws {
        try directory.write("empty", [])
        try directory.write("noise", (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        try directory.shell("mkdir folder")
        let before = try directory.names
        for name in ["empty", "noise", "folder", "missing"] {
            #expect(try Tool.run("unpack", name, in: directory).isOneLine(2, name))
        }
        try makeImage()
        #expect(try Tool.run("unpack", "image", "-d", "no/such", in: directory).isOneLine(2, "no/such: cannot create"))
        #expect(try Tool.run("unpack", "image", "--jobs", "0", in: directory).status == 64)
        #expect(try directory.names == (before + ["image", "root"]).sorted())
    }

    @Test func aDamagedFileIsNamedAndUnpackedUnlessStrict() throws {
        try makeImage()
        var bytes = try directory.read("image")
        // In the middle of the noise.
        bytes[bytes.count / 2] ^= 0xff
        try directory.write("image", bytes)
        let strict = try Tool.run("unpack", "image", "--strict", in: directory)
        #expect(strict.status == 2)
        #expect(try !directory.names.contains("jffs2-root"))
        let output = try Tool.run("unpack", "image", in: directory)
        #expect(output.status == 1 && output.messages.contains("CRC"))
        #expect(try directory.shell("stat -c %s jffs2-root/bin/noise") == "100000\n")
        #expect(try directory.shell("cat jffs2-root/etc/passwd") == "root:x:0:0\n")
    }

    @Test func theNumberOfJobsChangesNothing() throws {
        try makeImage()
        for jobs in ["1", "2", "16"] {
            _ = try Tool.run("unpack", "image", "-d", "out" + jobs, "--jobs", jobs, in: directory).checked()
            #expect(try directory.read("out\(jobs).mtree") == directory.read("out1.mtree"))
            #expect(try seen("out" + jobs) == seen("root"))
        }
    }

    @Test func jsonSaysWhatWasCreatedAndWhereTheManifestIs() throws {
        try makeImage()
        let output = try Tool.run("unpack", "image", "--json", in: directory).checked()
        let object = try #require(try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any])
        #expect(object["created"] as? [String: Int] == ["file": 4, "dir": 3, "link": 1, "fifo": 1])
        #expect(object["manifest"] as? String == "jffs2-root.mtree")
        #expect(object["damaged"] as? Bool == false)
    }

    @Test(.enabled(if: isRoot)) func withoutRootNothingIsLost() throws {
        try directory.shell(
            """
            mkdir root; mknod root/console c 5 1; echo x > root/file; chown 7:8 root/file; chmod 2755 root/file
            mkfs.jffs2 -r root -o image -l -e 64KiB; chmod 777 .
            """)
        let command = "setpriv --reuid=65534 --regid=65534 --clear-groups \(Tool.path) unpack image"
        let text = try directory.shell(command)
        #expect(text.contains("owners and 1 special file (devices, sockets) are in jffs2-root.mtree only"))
        #expect(text.contains("set-uid or set-gid of 1 file is in jffs2-root.mtree only; --set-id sets it"))
        #expect(try directory.shell("stat -c '%n %a' jffs2-root/*") == "jffs2-root/file 755\n")
        let lines = try directory.shell("cat jffs2-root.mtree").split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("./console type=char mode=0") && $0.contains(" device=native,5,1") })
        #expect(lines.contains("#missing ./console"))
        #expect(lines.contains { $0.hasPrefix("./file type=file mode=02755 uid=7 gid=8 ") })
        _ = try directory.shell("\(Tool.path) repack -r jffs2-root -o again")
        #expect(try directory.shell("\(Tool.path) ls again").contains("-rwxr-sr-x 1 7 8 "))
        let asked = try directory.shell("\(command) --set-id -d asked")
        #expect(!asked.contains("--set-id"))
        #expect(try directory.shell("stat -c '%n %a' asked/*") == "asked/file 2755\n")
    }
}

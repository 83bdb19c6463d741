import FileTree
import FlashBytes
import Foundation
import JFFS2
import TestSupport
import Testing

/// Files that a boot loader reads, which cannot decompress: they stay as the source stores them.
@Suite struct UncompressedFileTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch("root/etc"), withIntermediateDirectories: true)
        // Zeros too: a boot loader knows no holes.
        let program =
            Array(String(repeating: "cfe ram code\n", count: 7000).utf8) + [UInt8](repeating: 0, count: 20_000) + [1]
        try scratch.write("root/cferam.000", program)
        try scratch.write("root/etc/rc", Array(String(repeating: "shell script text\n", count: 3000).utf8))
        try scratch.write("root/etc/small", Array("hello\n".utf8))
        var random = LinearCongruence(state: 3)
        try scratch.write("root/vmlinux.lz", random.bytes(50_000))
        _ = utimes(
            scratch("root/cferam.000"), [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1_300_000_000, tv_usec: 0)])
        // As a vendor's mkfs.jffs2 -N writes it.
        try scratch.write("list", Array("# boot files\n/cferam.000\n vmlinux.lz \n\n".utf8))
        _ = try run("repack", "-b", "-n", "-e", "16", "-r", "root", "-N", "list", "-o", "a.img").checked()
    }

    @discardableResult
    private func run(_ arguments: String...) throws -> Program.Output {
        try Program.run(Tool.path, arguments, in: scratch.path)
    }

    /// How the data nodes of each file in an image are stored, and whether they fill it without gap and overlap.
    private func storage(_ image: String) throws -> [String: Set<Compression>] {
        let bytes = ByteRegion(try scratch.read(image))
        let system = FileSystem(bytes, byteOrder: .big, eraseSize: 16384)
        var found: [String: Set<Compression>] = [:]
        system.tree.walk { path, id in
            guard case .regular(let contents) = system.tree[id].payload else { return }
            var stored: Set<Compression> = []
            var size: UInt64 = 0
            for node in system.scan.inodeNodes where node.inode == system.tree[id].number {
                let raw = bytes.withBytes {
                    try? RawInode(reading: $0, at: system.scan.offset(of: node.node), .big)
                }
                guard let raw, raw.dsize > 0 else { continue }
                stored.insert(raw.compression)
                size += UInt64(raw.dsize)
            }
            if stored == [.none] { #expect(size == contents.size, "\(path)") }
            found[path.description] = stored
        }
        return found
    }

    private func expectBootFiles(_ image: String, _ more: [String: Set<Compression>] = [:]) throws {
        var expected: [String: Set<Compression>] = [
            "/cferam.000": [.none], "/vmlinux.lz": [.none], "/etc/rc": [.zlib], "/etc/small": [.none],
        ]
        expected.merge(more) { $1 }
        let found = try storage(image)
        #expect(found == expected, "\(image): \(found)")
    }

    @Test func bootFilesStayUncompressedWhateverIsMadeOfAnImage() throws {
        try expectBootFiles("a.img")
        try scratch.write("new", Array(String(repeating: "new program\n", count: 900).utf8))
        let output = try run("repack", "--from", "a.img", "--add", "new:/etc/big", "-o", "b.img").checked()
        #expect(output.text.contains("/cferam.000: stored without compression, as in a.img"))
        #expect(!output.text.contains("vmlinux"))
        try expectBootFiles("b.img", ["/etc/big": [.zlib]])
        // A new content of it, in its place or after it was deleted.
        _ = try run("repack", "--from", "b.img", "--add", "new:/cferam.000", "-o", "c.img").checked()
        try expectBootFiles("c.img", ["/etc/big": [.zlib]])
        _ = try run("repack", "--from", "b.img", "--delete", "/vmlinux.lz", "--add", "new:/vmlinux.lz", "-o", "d.img")
            .checked()
        try expectBootFiles("d.img", ["/etc/big": [.zlib]])
        // By way of a directory.
        _ = try run("unpack", "a.img", "-d", "out").checked()
        try scratch.write("out/cferam.000", Array(String(repeating: "changed ", count: 1000).utf8))
        let packed = try run("repack", "-r", "out", "-o", "e.img").checked()
        #expect(packed.text.contains("stored without compression, as in out"))
        try expectBootFiles("e.img")
        _ = try run("repack", "--from", "a.img", "--compat", "mkfs.jffs2", "-o", "f.img").checked()
        try expectBootFiles("f.img")
        _ = try run("repack", "--from", "a.img", "--dedupe", "-o", "g.img").checked()
        try expectBootFiles("g.img")
        let json = try run("repack", "--from", "a.img", "-o", "h.img", "--json").checked().text
        #expect(json.contains("\"cferam.000\"") && json.contains("\"uncompressedFiles\""))
    }

    @Test func bootFilesStayUncompressedInKeptLayoutsAndScrubbedImages() throws {
        try scratch.write("new", Array(String(repeating: "new program\n", count: 9000).utf8))
        let output = try run(
            "repack", "--from", "a.img", "--add", "new:/cferam.000", "--keep-layout", "-o", "b.img",
            "--max-size", "0x80000"
        ).checked()
        #expect(output.messages.contains("/cferam.000 is stored without compression"))
        try expectBootFiles("b.img")
        _ = try run(
            "repack", "--from", "a.img", "--no-compress", "/etc/big", "--add", "new:/etc/big", "--keep-layout", "-o",
            "c.img", "--max-size", "0x80000"
        ).checked()
        try expectBootFiles("c.img", ["/etc/big": [.none]])
        try scratch.write("root/etc/passwd", Array("root:$1$abcdefgh$0123456789abcdefghijkl:0:0::/:/bin/sh\n".utf8))
        _ = try run("repack", "-b", "-n", "-e", "16", "-r", "root", "-N", "list", "-o", "p.img").checked()
        for options in [[], ["--keep-layout"]] {
            let scrubbed = try Program.run(
                Tool.path, ["scrub", "p.img", "-o", "clean"] + options + ["-f"], in: scratch.path)
            #expect([0, 1].contains(scrubbed.status), "\(scrubbed.messages)")
            try expectBootFiles("clean", ["/etc/passwd": [.zlib]])
        }
    }

    @Test func patternsOfNoCompressChooseTheFilesThatStayUncompressed() throws {
        for (options, plain) in [
            (["--no-compress", "cferam.*"], ["/cferam.000"]), (["--no-compress", "/etc/"], ["/etc/rc"]),
            (["-Nlist"], ["/cferam.000"]),
            (["--no-compress-list=list", "--no-compress", "rc"], ["/cferam.000", "/etc/rc"]),
            (["--no-compress", "*", "--no-compress", "!/etc/rc"], ["/cferam.000"]), ([], []),
        ] as [([String], [String])] {
            let output = try Program.run(
                Tool.path, ["repack", "-b", "-n", "-e", "16", "-r", "root", "--force", "-o", "x"] + options,
                in: scratch.path
            ).checked()
            #expect(output.messages.isEmpty)
            let found = try storage("x")
            for path in ["/cferam.000", "/etc/rc"] {
                #expect((found[path] == [.none]) == plain.contains(path), "\(options) \(path)")
            }
        }
        _ = try run("repack", "--from", "a.img", "--no-compress", "!*", "--force", "-o", "b.img").checked()
        #expect(try storage("b.img")["/cferam.000"]?.contains(.zlib) == true)
        let typo = try run("repack", "-r", "root", "--no-compress", "/cferam.001", "-o", "y")
        #expect(typo.isOneLine(2, "--no-compress /cferam.001: there is no such file"))
        try scratch.write("list", Array("/gone\n/cferam.000\n".utf8))
        let warned = try run("repack", "-e", "16", "-r", "root", "-N", "list", "--force", "-o", "y").checked()
        #expect(warned.messages.contains("list: there is no file /gone"))
    }

    /// Broadcom's boot loader takes the data nodes whose mtime is the mctime of the name that it looks for.
    @Test func theDirentOfABootFileHasItsTime() throws {
        let bytes = ByteRegion(try scratch.read("a.img"))
        let system = FileSystem(bytes, byteOrder: .big, eraseSize: 16384)
        let times = bytes.withBytes { bytes in
            system.scan.direntNodes.compactMap {
                try? Dirent(reading: bytes, at: system.scan.offset(of: $0.node), .big)
            }.filter { $0.inode == system.tree.find("/cferam.000").flatMap { system.tree[$0].number } }
        }
        #expect(times.map(\.changeTime) == [1_300_000_000] && times.allSatisfy { $0.version > 0 })
    }

    /// Of an image without compression nothing is known of single files.
    @Test func anImageWithoutCompressionIsCompressedWithAWarning() throws {
        _ = try run("repack", "-b", "-n", "-e", "16", "-r", "root", "-m", "none", "-o", "raw.img").checked()
        let kept = try run("repack", "--from", "raw.img", "-o", "b.img").checked()
        #expect(kept.text.contains("a boot loader reads /cferam.000: nothing is compressed") && kept.messages.isEmpty)
        #expect(try storage("b.img")["/etc/rc"] == [.none])
        let packed = try run(
            "repack", "--from", "raw.img", "--delete", "/cferam.000", "--delete", "/vmlinux.lz", "-o", "c.img"
        ).checked()
        #expect(packed.messages.contains("nothing in raw.img is compressed, and the new image is"))
        #expect(try storage("c.img")["/etc/rc"] == [.zlib])
        let asked = try run("repack", "--from", "raw.img", "-m", "size", "-o", "d.img").checked()
        #expect(asked.messages.isEmpty)
        #expect(try storage("d.img")["/cferam.000"]?.contains(.zlib) == true)
    }

    /// Small files do not compress anyhow, nor do those that grew line by line.
    @Test func filesThatDoNotCompressAreNotTakenForBootFiles() throws {
        try scratch.write("root/etc/line", Array("one line of a log\n".utf8))
        _ = try run("repack", "-b", "-n", "-e", "16", "-r", "root", "-o", "x").checked()
        let bytes = ByteRegion(try scratch.read("x"))
        let files = UncompressedFiles(in: FileSystem(bytes, byteOrder: .big, eraseSize: 16384))
        #expect(files.onPurpose.isEmpty)
        #expect(files.all.count == 1)  // vmlinux.lz
    }
}

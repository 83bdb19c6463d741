import FileTree
import Foundation
import Synchronization
import TestSupport
import Testing

/// `--compat mkfs.jffs2`: the bytes of the real one. Set `JFFS2_PEERS=1` with mkfs.jffs2 2.1.5 in the PATH.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["JFFS2_PEERS"] != nil)) struct CompatibleImageTests {
    static let options = [
        "-l", "-b", "-l -n", "-b -n", "-l -p", "-l -p -n", "-l -p0x300000", "-l -n -p0x300000", "-l -p3000000",
        "-l -n -p3000000", "-l -e 8", "-b -e 8", "-l -e 12", "-l -e 4", "-l -e 0x3000 -n", "-l -e 16 -n",
        "-b -e 16KiB -p",
        "-l -e 128", "-b -e 128 -n", "-l -e 256", "-l -c 12", "-l -c 18", "-l -c 20 -p", "-l -c 64 -e 8",
        "-l -m none", "-l -m none -e 8", "-b -m none -n", "-l -m priority", "-l -m size", "-b -m size -e 8",
        "-l -m favourlzo", "-l -x zlib", "-l -x zlib -e 8", "-b -x zlib -m size", "-l -x rtime", "-l -x rtime -e 8",
        "-l -x rtime -x zlib", "-l -y 70:rtime", "-l -y 70:rtime -e 8", "-l -y 70:rtime -m size", "-l -X rtime",
        "-b -y 10:zlib -n", "-l -s 1024", "-l -s 2048 -e 8", "-l -s 3000", "-l -s 16384", "-b -s 8192 -e 256",
        "-l -s 4096 -m size", "-l -q", "-b -q -e 8", "-l -U", "-l -P", "-l -f", "-l -f -q -n", "-lfq -e128 -p",
        "-bUPn -e16", "-l -v", "-l -t", "-l --squash --faketime", "-l --no-cleanmarkers --eraseblock=128KiB",
        "-l --pad=0x300000 --cleanmarker=16", "-l --with-xattr", "-b --pagesize=4096 --pad",
        "-l --with-selinux", "-l --with-posix-acl -n", "-l -s 100", "-l -f -D table", "-b -fq -D table -e16",
        "-l -i base",
    ]

    /// Every option with every tree, in one shell for each tree: starting a program is most of the work.
    @Test func aCompatibleImageIsByteForByteThatOfMkfs() throws {
        #expect(Self.options.count >= 60)
        let scratch = try Scratch()
        let trees = try Self.makeTrees(scratch)
        #expect(trees.count >= 10)
        try scratch.write("options", Array((Self.options.joined(separator: "\n") + "\n").utf8))
        try scratch.write(
            "table",
            Array(
                "/dev d 755 0 0\n/dev/tty c 620 0 5 4 64 1 1 3\n/dev/hda b 640 1 6 3 1\n/zz p 600 3 4\n/aa d 711 1 2\n"
                    .utf8))
        _ = try Program.run("mkfs.jffs2", ["-l", "-r", "special", "-o", "base"], in: scratch.path).checked()
        // mkfs.jffs2 takes the host's page for the size of nodes; -s 4096 makes it the same everywhere.
        let script = """
            while read -r options; do
                mkfs.jffs2 -s 4096 $options -r $1 -o $1.theirs >$1.log 2>&1 || cat $1.log
                $2 repack --compat mkfs.jffs2 --quiet $3 $options -r $1 -o $1.ours 2>$1.log || cat $1.log
                cmp $1.theirs $1.ours 2>&1 || echo "$1: $options"
            done <options
            """
        let found = Mutex<[String]>([])
        let path = scratch.path
        DispatchQueue.concurrentPerform(iterations: trees.count) { index in
            let tree = trees[index]
            // The read-back check is tested elsewhere; here it costs a third of the time.
            let check = tree == "special" ? "" : "--no-check"
            let output = try? Program.run("sh", ["-c", script, "sh", tree, Tool.path, check], in: path)
            let text = output.map { $0.text + $0.messages } ?? "\(tree): the script did not run"
            if !text.isEmpty { found.withLock { $0.append(text) } }
        }
        #expect(found.withLock { $0 } == [])
    }

    /// Directories of the host.
    private static func makeTrees(_ scratch: Scratch) throws -> [String] {
        var random = LinearCongruence(state: 99)
        let text = Array(String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 4000).utf8)
        let mixed = (0..<40).flatMap { $0 % 2 == 0 ? random.bytes(1500) : Array(text[..<(100 * $0)]) }
        let files: [(String, [(String, [UInt8])])] = [
            ("empty", []), ("one", [("file", Array("hello\n".utf8))]), ("nothing", [("a/b/c/nothing", [])]),
            ("text", [("text", text)]), ("random", [("random", random.bytes(150_000))]), ("mixed", [("m", mixed)]),
            ("zeros", [("zeros", [UInt8](repeating: 0, count: 50_000)), ("tail", text + [0, 0, 0, 0])]),
            ("many", (0..<200).map { ("d\($0 % 7)/f\($0)", Array(text[..<($0 * 3)])) }),
            (
                "sizes",
                [0, 1, 2, 3, 4, 5, 127, 128, 129, 4095, 4096, 4097, 8191, 8192, 8193].map {
                    ("s\($0)", Array(mixed[..<$0]))
                }
            ),
            ("names", ["B", "a", "b", "A", "_", "~", "a.b", "a-b", "é", "ab", "\u{1}"].map { ($0, [UInt8(1)]) }),
            ("special", [("target", text), ("d/x", [1])]),
        ]
        return try files.map { name, files in
            let directory = scratch(name)
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            for (path, content) in files {
                let place = "\(directory)/\(path)"
                try FileManager.default.createDirectory(
                    atPath: URL(filePath: place).deletingLastPathComponent().path(percentEncoded: false),
                    withIntermediateDirectories: true)
                try Data(content).write(to: URL(filePath: place))
            }
            if name == "special" {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(directory)/link", withDestinationPath: String(repeating: "t", count: 200))
                try FileManager.default.linkItem(atPath: "\(directory)/target", toPath: "\(directory)/d/hard")
                _ = mkfifo("\(directory)/fifo", 0o640)
                _ = chmod("\(directory)/d", 0o3777)
                _ = chmod("\(directory)/target", 0o6777)
                _ = try Program.run(
                    "sh",
                    [
                        "-ec",
                        """
                        setfattr -n user.zz -v 1 d; setfattr -n user.aa -v 2 d; setfattr -n user.zz -v 1 target
                        setfacl -m u:33:r target; setfacl -d -m u:33:r d
                        """,
                    ], in: directory
                ).checked()
            }
            return name
        }
    }
}

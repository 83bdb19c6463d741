import FileTree
import Foundation
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
    ]

    @Test func theBytesAreThoseOfMkfs() throws {
        #expect(Self.options.count >= 60)
        let scratch = try Scratch()
        for (index, tree) in try Self.makeTrees(scratch).enumerated() {
            // All options with two of the trees, a fifth of them with each other one.
            let isFull = ["mixed", "special"].contains(tree.name)
            for (number, options) in Self.options.enumerated() where isFull || number % 5 == index % 5 {
                try compare(tree.name, tree.folder, options, scratch)
            }
        }
    }

    private func compare(_ name: String, _ folder: String, _ options: String, _ scratch: Scratch) throws {
        let arguments = options.split(separator: " ").map(String.init)
        // mkfs.jffs2 takes the host's page for the size of nodes; -s 4096 makes it the same everywhere.
        let page = options.contains("-s ") || options.contains("--pagesize") ? [] : ["-s", "4096"]
        _ = try Program.run("mkfs.jffs2", arguments + page + ["-r", folder, "-o", scratch("theirs")]).checked()
        _ = try Program.run(
            Tool.path,
            ["repack", "--compat", "mkfs.jffs2", "--quiet"] + arguments + ["-r", folder, "-o", scratch("ours")]
        ).checked()
        let (theirs, ours) = (try scratch.read("theirs"), try scratch.read("ours"))
        let first = zip(theirs, ours).enumerated().first { $1.0 != $1.1 }?.offset
        #expect(
            theirs == ours,
            "\(name) \(options): \(theirs.count) and \(ours.count) bytes, first difference at \(first ?? -1)")
    }

    /// Folders of the host.
    private static func makeTrees(_ scratch: Scratch) throws -> [(name: String, folder: String)] {
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
            let folder = scratch(name)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (path, content) in files {
                let place = "\(folder)/\(path)"
                try FileManager.default.createDirectory(
                    atPath: URL(filePath: place).deletingLastPathComponent().path(percentEncoded: false),
                    withIntermediateDirectories: true)
                try Data(content).write(to: URL(filePath: place))
            }
            if name == "special" {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/link", withDestinationPath: String(repeating: "t", count: 200))
                try FileManager.default.linkItem(atPath: "\(folder)/target", toPath: "\(folder)/d/hard")
                _ = mkfifo("\(folder)/fifo", 0o640)
                _ = chmod("\(folder)/d", 0o3777)
                _ = chmod("\(folder)/target", 0o6777)
            }
            return (name, folder)
        }
    }
}

import Foundation
import TestSupport
import Testing

/// Against mkimage and dumpimage of u-boot-tools, in both directions.
struct UImageTests {
    private let directory: Scratch
    private let environment = ["SOURCE_DATE_EPOCH": "1700000000", "TZ": "UTC"]

    init() throws {
        directory = try Scratch()
        try directory.write("data", (0..<70_001).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) })
        try directory.write("small", Array("hello".utf8))
        try directory.write("four", Array("abcd".utf8))
    }

    private func mkimage(_ arguments: [String]) throws -> Program.Output {
        try Program.run("mkimage", arguments, environment: environment, in: directory.path)
    }

    private func tool(_ arguments: String...) throws -> Program.Output {
        try Program.run(Tool.path, arguments, environment: environment, in: directory.path)
    }

    private static let headers: [[String]] = {
        var headers: [[String]] = []
        for type in ["standalone", "kernel", "ramdisk", "firmware", "filesystem", "kernel_noload"] {
            headers.append(["-A", "arm", "-O", "linux", "-T", type, "-C", "none", "-n", type])
        }
        for architecture in ["mips", "mips64", "ppc", "x86", "arm64", "riscv", "sh", "or1k", "xtensa", "m68k"] {
            headers.append(["-A", architecture, "-O", "linux", "-T", "kernel", "-C", "gzip", "-a", "80008000"])
        }
        for system in ["u-boot", "netbsd", "openbsd", "freebsd", "vxworks", "qnx", "rtems", "ose", "efi", "plan9"] {
            headers.append(["-A", "arm", "-O", system, "-T", "kernel", "-C", "lzma", "-e", "0x1234", "-n", "x y"])
        }
        for compression in ["none", "gzip", "bzip2", "lzma", "lzo", "lz4", "zstd"] {
            headers.append([
                "-A", "arm", "-O", "linux", "-T", "ramdisk", "-C", compression, "-a", "ffffffff", "-e", "1",
            ])
        }
        headers.append([
            "-A", "arm", "-O", "linux", "-T", "filesystem", "-C", "none", "-n", "01234567890123456789012345678901",
        ])
        headers.append(["-A", "arm", "-O", "linux", "-T", "filesystem", "-C", "none", "-n", "0001-hi3518-home"])
        return headers
    }()

    @Test(arguments: headers)
    func aWrappedImageIsByteForByteThatOfMkimage(header: [String]) throws {
        let theirs = try mkimage(header + ["-d", "data", "theirs"]).checked()
        _ = try Program.run(
            Tool.path, ["uimage", "wrap"] + header + ["-d", "data", "ours"], environment: environment,
            in: directory.path
        ).checked()
        #expect(try directory.read("ours") == directory.read("theirs"), "\(theirs.text)")
        let listed = try mkimage(["-l", "ours"]).checked().text
        let info = try tool("uimage", "info", "theirs").checked().text
        #expect(info.hasPrefix(listed), "\(info) instead of \(listed)")
        #expect(info.dropFirst(listed.count).split(separator: "\n").allSatisfy { $0.hasSuffix(" ok") })
        _ = try tool("uimage", "unwrap", "theirs", "-o", "back").checked()
        #expect(try directory.read("back") == directory.read("data"))
    }

    @Test(arguments: [
        ("multi", ["data", "small", "four"]), ("multi", ["small"]), ("multi", ["four", "small"]), ("script", ["small"]),
    ])
    func anImageOfSeveralFilesIsByteForByteThatOfMkimage(type: String, files: [String]) throws {
        let list = files.joined(separator: ":")
        let header = ["-A", "arm", "-O", "linux", "-T", type, "-C", "none", "-n", "several"]
        _ = try mkimage(header + ["-d", list, "theirs"]).checked()
        _ = try Program.run(
            Tool.path, ["uimage", "wrap"] + header + ["-d", list, "ours"], environment: environment, in: directory.path
        ).checked()
        #expect(try directory.read("ours") == directory.read("theirs"))
        let listed = try Program.run("dumpimage", ["-l", "ours"], environment: environment, in: directory.path)
            .checked()
        #expect(try tool("uimage", "info", "theirs").checked().text.hasPrefix(listed.text))
        _ = try tool("uimage", "unwrap", "theirs", "-d", "all").checked()
        for (index, file) in files.enumerated() {
            let name = files.count > 1 ? "0.\(index)" : "0"
            #expect(try directory.read("all/\(name)") == directory.read(file))
            if files.count > 1 {
                let output = try Program.run(
                    "dumpimage", ["-T", type, "-p", "\(index)", "-o", "dumped", "ours"], in: directory.path)
                #expect(output.status == 0)
                _ = try tool("uimage", "unwrap", "ours", "-p", "\(index)", "-o", "one\(index)").checked()
                #expect(try directory.read("one\(index)") == directory.read("dumped"))
            }
        }
    }

    @Test func defaultsAreAFileSystemImage() throws {
        _ = try tool("uimage", "wrap", "-n", "xiaoyi-home", "-d", "data", "ours").checked()
        _ = try mkimage([
            "-A", "arm", "-O", "linux", "-T", "filesystem", "-C", "none", "-a", "0x0", "-e", "0x0", "-n", "xiaoyi-home",
            "-d", "data", "theirs",
        ]).checked()
        #expect(try directory.read("ours") == directory.read("theirs"))
    }

    @Test func likeKeepsAllFields() throws {
        _ = try mkimage([
            "-A", "mips", "-O", "u-boot", "-T", "firmware", "-C", "lzma", "-a", "1000", "-e", "2000", "-n", "old name",
            "-d", "data", "old",
        ]).checked()
        _ = try Tool.run("uimage", "wrap", "--like", "old", "-d", "data", "same", in: directory).checked()
        #expect(try directory.read("same") == directory.read("old"))
        _ = try tool("uimage", "wrap", "--like", "old", "-n", "new", "-d", "small", "other").checked()
        _ = try mkimage([
            "-A", "mips", "-O", "u-boot", "-T", "firmware", "-C", "lzma", "-a", "1000", "-e", "2000", "-n", "new",
            "-d", "small", "expected",
        ]).checked()
        #expect(try directory.read("other") == directory.read("expected"))
    }

    @Test func bytesBehindAUImageAreLeftOutAndSeveralUImagesFound() throws {
        for name in ["data", "small"] {
            _ = try tool("uimage", "wrap", "-n", name, "-d", name, "\(name).img").checked()
        }
        let first = try directory.read("data.img")
        let second = try directory.read("small.img")
        let erased = [UInt8](repeating: 0xff, count: 5000)
        try directory.write("padded", first + erased)
        let info = try tool("uimage", "info", "padded").checked()
        #expect(info.text.hasSuffix("Behind it:    5000 bytes, all 0xff\n"))
        _ = try tool("uimage", "unwrap", "padded", "-o", "out").checked()
        #expect(try directory.read("out") == directory.read("data"))
        // A stray magic counts for nothing.
        let stray: [UInt8] = [0x27, 0x05, 0x19, 0x56]
        try directory.write("both", stray + first + erased + stray + second + stray)
        let verified = try tool("uimage", "verify", "both").checked()
        #expect(
            verified.text == """
                both: uImage at 0x4, 'data': ok
                both: uImage at \(hex(4 + first.count + 5004)), 'small': ok

                """)
        #expect(try tool("uimage", "unwrap", "both", "-o", "second").isOneLine(2, "2 uImages in it", "--select"))
        _ = try tool("uimage", "unwrap", "both", "-s", "2", "-o", "second").checked()
        #expect(try directory.read("second") == directory.read("small"))
        _ = try tool("uimage", "unwrap", "both", "-d", "all").checked()
        #expect(try directory.read("all/0") == directory.read("data"))
        #expect(try directory.read("all/1") == directory.read("small"))
    }

    private func hex(_ number: Int) -> String { "0x" + String(number, radix: 16) }

    @Test(arguments: [
        ("gzip", ["gzip", "-c"]), ("bzip2", ["bzip2", "-c"]), ("lzma", ["xz", "--format=lzma", "-c"]),
        ("lz4", ["lz4", "-c", "-q"]), ("lz4", ["lz4", "-l", "-c", "-q"]), ("zstd", ["zstd", "-c", "-q"]),
    ])
    func compressedDataIsUnpackedAndCutDataIsAnError(compression: String, command: [String]) throws {
        let packed = try Program.run(command[0], Array(command.dropFirst()) + ["data"], in: directory.path).checked()
        try directory.write("packed", packed.standardOutput)
        _ = try mkimage(["-A", "arm", "-O", "linux", "-T", "kernel", "-C", compression, "-d", "packed", "image"])
            .checked()
        _ = try tool("uimage", "unwrap", "--decompress", "image", "-o", "out").checked()
        #expect(try directory.read("out") == directory.read("data"))
        try directory.write("cut", packed.standardOutput.prefix(packed.standardOutput.count / 2))
        _ = try tool("uimage", "wrap", "-C", compression, "-d", "cut", "cut.img").checked()
        let output = try tool("uimage", "unwrap", "--decompress", "cut.img", "-o", "cut.out")
        #expect(output.isOneLine(2, "cannot be decompressed"))
        #expect(try !directory.names.contains("cut.out"))
    }

    @Test func damageIsNamedAndForceTakesWhatIsThere() throws {
        _ = try tool("uimage", "wrap", "-d", "data", "image").checked()
        let image = try directory.read("image")
        var flipped = image
        flipped[500] ^= 1
        try directory.write("data.flipped", flipped)
        flipped = image
        flipped[20] ^= 1
        try directory.write("header.flipped", flipped)
        try directory.write("cut", image.prefix(1000))
        try directory.write("short", image.prefix(63))
        try directory.write("none", Array(repeating: 0x27, count: 1000))
        try directory.write("empty", [])
        #expect(try tool("uimage", "verify", "-q", "data.flipped").isOneLine(1, "at 0x0: the data's CRC is"))
        #expect(try tool("uimage", "verify", "-q", "header.flipped").isOneLine(1, "the header's CRC is"))
        #expect(try tool("uimage", "verify", "-q", "cut").isOneLine(1, "announces 70001 bytes", "only 936 follow"))
        for name in ["short", "none", "empty", "missing"] {
            #expect(try tool("uimage", "verify", name).isOneLine(2, "\(name): "))
            #expect(try tool("uimage", "unwrap", name, "-o", "out").isOneLine(2, "\(name): "))
        }
        #expect(try tool("uimage", "unwrap", "data.flipped", "-o", "out").isOneLine(2, "--force"))
        #expect(try !directory.names.contains("out"))
        #expect(try tool("uimage", "unwrap", "-f", "-q", "data.flipped", "-o", "out").isOneLine(1, "the data's CRC is"))
        #expect(try directory.read("out")[500 - 64] == directory.read("data")[500 - 64] ^ 1)
        #expect(try tool("uimage", "unwrap", "-f", "-q", "cut", "-o", "out").isOneLine(1, "only 936 follow"))
        #expect(try directory.read("out") == Array(directory.read("data").prefix(936)))
    }

    @Test func tableThatContradictsTheDataIsNamed() throws {
        _ = try tool("uimage", "wrap", "-T", "multi", "-d", "small:four", "image").checked()
        var data = Array(try directory.read("image").dropFirst(64))
        data[0] = 0x7f
        try directory.write("bad", data)
        // CRCs right over a wrong table.
        _ = try tool("uimage", "wrap", "-T", "filesystem", "-d", "bad", "wrapped").checked()
        _ = try mkimage(["-A", "arm", "-O", "linux", "-T", "filesystem", "-C", "none", "-d", "bad", "wrapped"])
            .checked()
        var image = try directory.read("wrapped")
        image[30] = 4
        image.replaceSubrange(4..<8, with: [0, 0, 0, 0])
        try directory.write("multi", image)
        let output = try tool("uimage", "verify", "-q", "multi")
        #expect(output.status == 1)
        #expect(output.messages.contains("file 0 of 2 has 2130706437 bytes by the table"))
    }

    /// FIT images as mkimage makes them: data inside, and data behind the tree.
    @Test(arguments: [[], ["-E"], ["-E", "-p", "0x2000"]])
    func membersOfAFITImageAreListedCheckedAndUnwrapped(options: [String]) throws {
        let home = Checkout.path("TestImages/home_demo")
        _ = try Program.run("sh", ["-c", "gzip -nc data >data.gz; cp \(home) home"], in: directory.path).checked()
        try directory.write("its", Array(Self.imageTree.utf8))
        _ = try mkimage(options + ["-f", "its", "fit"]).checked()
        let info = try tool("uimage", "info", "fit").checked()
        for line in [
            "FIT description: of a camera", " Image 0 (kernel-1)", "  Compression:  gzip", "  Architecture: arm",
            " Image 1 (rootfs)", "  Type:         filesystem",
        ] {
            #expect(info.text.contains(line + "\n"), "\(line): \(info.text)")
        }
        let theirs = try Program.run("mkimage", ["-l", "fit"], in: directory.path).checked()
        for line in theirs.text.split(separator: "\n") where line.contains("Hash value:") {
            let value = line.split(separator: " ").last ?? ""
            #expect(info.text.contains(" \(value) \(value.count == 40 ? "not checked" : "ok")\n"))
        }
        #expect(try tool("uimage", "verify", "fit").checked().text.hasSuffix("ok\n"))
        _ = try tool("uimage", "unwrap", "fit", "-d", "members").checked()
        #expect(try directory.read("members/kernel-1") == directory.read("data.gz"))
        #expect(try directory.read("members/rootfs") == directory.read("home"))
        _ = try tool("uimage", "unwrap", "fit", "--part", "kernel-1", "--decompress", "-o", "kernel").checked()
        #expect(try directory.read("kernel") == directory.read("data"))
        #expect(try tool("uimage", "unwrap", "fit", "-o", "x").isOneLine(2, "2 members", "--part"))
        #expect(try tool("uimage", "unwrap", "fit", "--part", "dtb", "-o", "x").isOneLine(2, "kernel-1, rootfs"))
        // The file system in it reads as the bare one.
        let bare = try tool("ls", "-lR", "home").checked()
        let inside = try tool("ls", "-lR", "fit").checked()
        #expect(inside.text == bare.text)
        #expect(inside.messages == bare.messages)
        #expect(try tool("info", "fit").text.contains("'rootfs' of a FIT image"))
        // A sum that does not fit is named, and only --force takes what is there.
        var bytes = try directory.read("fit")
        let place = try #require(bytes.firstRange(of: directory.read("data.gz"))).lowerBound + 30
        bytes[place] ^= 1
        try directory.write("fit", bytes)
        let bad = try tool("uimage", "verify", "fit")
        #expect(bad.status == 1)
        #expect(bad.messages.contains("the sha256 of 'kernel-1' does not fit its data"), "\(bad.messages)")
        #expect(try tool("uimage", "unwrap", "fit", "-d", "bad").status == 2)
        #expect(try tool("uimage", "unwrap", "fit", "-d", "bad", "--force").status == 1)
        #expect(try directory.read("bad/rootfs") == directory.read("home"))
        // Cut off anywhere, it is no image or a damaged one.
        for count in stride(from: 4, to: bytes.count, by: 9973) {
            try directory.write("cut", bytes.prefix(count))
            #expect(try tool("uimage", "verify", "cut").status > 0)
        }
    }

    private static let imageTree = """
        /dts-v1/; / { description = "of a camera"; #address-cells = <1>; images {
          kernel-1 {
            description = "Linux"; data = /incbin/("data.gz"); type = "kernel"; arch = "arm"; os = "linux";
            compression = "gzip"; load = <0x8000>; entry = <0x8000>;
            hash-1 { algo = "crc32"; }; hash-2 { algo = "sha256"; }; hash-3 { algo = "sha1"; };
          };
          rootfs {
            description = "home"; data = /incbin/("home"); type = "filesystem"; arch = "arm"; os = "linux";
            compression = "none"; hash-1 { algo = "crc32"; };
          };
        }; configurations { default = "c"; c { kernel = "kernel-1"; }; }; };
        """

    @Test func wrongArgumentsOfWrapAreRefusedAndNothingWritten() throws {
        let long = String(repeating: "n", count: 33)
        #expect(try tool("uimage", "wrap", "-n", long, "-d", "data", "out").isOneLine(2, "33 bytes", "holds 32"))
        #expect(try tool("uimage", "wrap", "-A", "z80", "-d", "data", "out").status == 64)
        #expect(try tool("uimage", "wrap", "-a", "123456789", "-d", "data", "out").status == 64)
        #expect(try tool("uimage", "wrap", "-d", "data", "-d", "small", "out").isOneLine(2, "2 files", "-T multi"))
        #expect(try tool("uimage", "wrap", "-d", "missing", "out").isOneLine(2, "missing: cannot open"))
        #expect(try !directory.names.contains("out"))
    }
}

import Foundation
import TestSupport
import Testing

struct PartitionTests {
    private let directory: Scratch

    init() throws { directory = try Scratch() }

    private struct Part: Equatable {
        var name: String
        var offset: Int
        var size: Int

        init(_ name: String, _ offset: Int, _ size: Int) {
            self.name = name
            self.offset = offset
            self.size = size
        }
    }

    private func parts(_ arguments: String...) throws -> [Part] {
        let output = try Program.run(Tool.path, ["partitions", "--json"] + arguments, in: directory.path)
        #expect(output.status == 0, "\(output.messages)")
        let object = try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: Any]
        return (object?["partitions"] as? [[String: Any]] ?? []).map {
            Part($0["name"] as? String ?? "", $0["offset"] as? Int ?? -1, $0["size"] as? Int ?? -1)
        }
    }

    private let camera = [
        Part("boot", 0, 0x50000), Part("kernel", 0x50000, 0x180000), Part("rootfs", 0x1d0000, 0x1e0000),
        Part("home", 0x3b0000, 0xc50000),
    ]

    @Test func tableIsTakenFromEitherArgument() throws {
        let log = """
            Creating 4 MTD partitions on "MStar SPI Flash":\r
            0x000000000000-0x000000050000 : "boot"\r
            0x000000050000-0x0000001d0000 : "kernel"\r
            0x0000001d0000-0x0000003b0000 : "rootfs"\r
            0x0000003b0000-0x000001000000 : "home"\r
            Creating 1 MTD partitions on "kernel":\r
            0x000000000000-0x000000010000 : "inner"\r
            """
        try directory.write("log", Array(log.utf8))
        #expect(try parts("log") == camera)
        #expect(try parts("--table", "log") == camera)
        #expect(try parts("log", "--chip", "kernel") == [Part("inner", 0x50000, 0x10000)])
        #expect(try parts("--table", "x:320k(boot),1536k(kernel),1920k(rootfs),-(home)", "--size", "16M") == camera)
    }

    @Test func aWholeFlashThatWasCutJoinsToTheSameBytes() throws {
        let flash = try WholeFlash(in: directory)
        try directory.write("flash", flash.bytes)
        // Its own environment holds the table.
        let expected = flash.partitions.map { Part($0.name, $0.range.lowerBound, $0.range.count) }
        #expect(try parts("flash") == expected)
        let output = try Tool.run("partitions", "flash", "--split", "-d", "parts", in: directory).checked()
        for (name, text) in [
            ("env", "U-Boot environment, 3 variables"), ("kernel", "uImage 'Linux-3.4.35'"), ("rootfs", "SquashFS 4.0"),
            ("sys", "JFFS2, little-endian, erase size 64 KiB, 20 files"),
            ("home", "JFFS2, little-endian, erase size 16 KiB"),
            ("data", "JFFS2, little-endian, erase size 128 KiB, 1 file"), ("spare", "erased"), ("boot", "unknown"),
        ] {
            #expect(
                output.text.split(separator: "\n").contains { $0.hasPrefix("  \(name) ") && $0.contains(text) },
                "\(name): \(output.text)")
        }
        for (index, part) in flash.partitions.enumerated() {
            #expect(try directory.read("parts/0\(index)-\(part.name).bin") == Array(flash.bytes[part.range]))
        }
        _ = try Tool.run("partitions", "--join", "parts", "-o", "joined", in: directory).checked()
        #expect(try directory.read("joined") == flash.bytes)
        // Without a table it is cut where things begin, and still the same when joined.
        var blank = flash.bytes
        blank.replaceSubrange(0x40000..<0x50000, with: Array(repeating: 0xff, count: 0x10000))
        try directory.write("blank", blank)
        _ = try Tool.run("partitions", "blank", "--split", "-d", "carved", in: directory).checked()
        _ = try Tool.run("partitions", "--join", "carved", "-f", "-o", "joined", in: directory).checked()
        #expect(try directory.read("joined") == blank)
        // A file of another size is refused.
        try directory.write("parts/03-rootfs.bin", try directory.read("parts/03-rootfs.bin") + [0])
        let larger = try Tool.run("partitions", "--join", "parts", "-o", "other", in: directory)
        #expect(larger.isOneLine(2, "03-rootfs.bin: 1966081 bytes", "1 too many"))
        #expect(try !directory.names.contains("other"))
    }

    @Test func gapsBetweenPartitionsAreCutAndJoinedToo() throws {
        let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 >> 4) }
        try directory.write("flash", bytes)
        let output = try Tool.run(
            "partitions", "flash", "--table", "a=0x100+0x200,../b=0x800+0x100", "--split", "-d", "parts", in: directory
        ).checked()
        #expect(output.messages.contains("no partition covers 0x300-0x800"))
        let names = try FileManager.default.contentsOfDirectory(atPath: directory("parts")).sorted()
        #expect(
            names == [
                "00-gap-0x0.bin", "01-a.bin", "02-gap-0x300.bin", "03-.._b.bin", "04-gap-0x900.bin", "partitions",
            ])
        _ = try Tool.run("partitions", "--join", "parts", "-o", "joined", in: directory).checked()
        #expect(try directory.read("joined") == bytes)
        #expect(try Tool.run("partitions", "flash", "--split", "-d", "parts", "-t", "a=0+4", in: directory).status == 2)
    }

    @Test func badTablesAreNamedAndNothingIsWritten() throws {
        try directory.write("flash", Array(repeating: 0, count: 4096))
        for (table, complaint) in [
            ("a=0+0x200,b=0x100+0x200", "'a' and 'b' overlap at 0x100"),
            ("a=0+0x2000", "'a' ends at 0x2000, but the flash at 0x1000"),
            ("a=0+0xffffffffffffffff", "--table: line 1: the size of 'a' 0xffffffffffffffff is larger than any flash"),
            ("a=0xfffffffffffffff0+0x20", "--table: line 1: the start of 'a' 0xfffffffffffffff0 is larger"),
        ] {
            let output = try Tool.run("partitions", "flash", "-t", table, "--split", "-d", "out", in: directory)
            #expect(output.status == 2)
            #expect(output.messages.contains(complaint), "\(output.messages)")
        }
        #expect(try directory.names == ["flash"])
        try directory.write("text", Array("nothing\n".utf8))
        try directory.write("empty", [])
        #expect(try Tool.run("partitions", "text", in: directory).isOneLine(2, "no partition table in it"))
        #expect(try Tool.run("partitions", "empty", in: directory).isOneLine(2, "the file is empty"))
        #expect(try Tool.run("partitions", "missing", in: directory).isOneLine(2, "missing: cannot open"))
        #expect(try Tool.run("partitions", "--join", "missing", "-o", "x", in: directory).isOneLine(2, "missing"))
        #expect(try Tool.run("partitions", in: directory).status == 64)
    }

    // MARK: - Guesses

    private let openWrt = """
        dev:    size   erasesize  name
        mtd0: 00030000 00010000 "u-boot"
        mtd1: 00010000 00010000 "u-boot-env"
        mtd2: 00010000 00010000 "factory"
        mtd3: 00fb0000 00010000 "firmware"
        mtd4: 0018a3c5 00010000 "kernel"
        mtd5: 00e25c3b 00010000 "rootfs"
        mtd6: 00a10000 00010000 "rootfs_data"

        """

    /// `/proc/mtd` tells no offsets: where they are guesses, nothing can be copied, and nothing is cut or read by them.
    @Test func guessedOffsetsGiveNoCommandsAndCutOrReadNothing() throws {
        try directory.write("mtd", Array(openWrt.utf8))
        let shown = try Tool.run("partitions", "mtd", "--ram", "0x82000000", in: directory)
        #expect(shown.status == 1)
        #expect(shown.messages.contains("mtd: /proc/mtd, line 2 tells no offsets"))
        #expect(shown.text.contains("0x5f0000?"))
        #expect(!shown.text.contains("sf read") && !shown.text.contains("--flash"))
        let json = try Tool.run("partitions", "mtd", "--json", "--ram", "0x82000000", in: directory)
        #expect(json.status == 1)
        #expect(!json.text.contains("sf read") && json.text.contains("\"doubt\""))
        try directory.write("flash", Array(repeating: 0xff, count: 0x1000000))
        let cut = try Tool.run("partitions", "flash", "-t", "mtd", "--split", "-d", "parts", in: directory)
        #expect(cut.status == 2 && cut.messages.contains("--force cuts nevertheless"))
        #expect(try directory.names == ["flash", "mtd"])
        let read = try Tool.run(
            "acquire", "/dev/null", "--yes", "--partition", "kernel", "--table", "mtd", in: directory)
        #expect(read.status == 2 && read.messages.contains("where 'kernel' lies is not certain"))
        // Sizes are no guesses.
        try directory.write("in", [1])
        _ = try Tool.run("pad", "in", "--partition", "factory", "-t", "mtd", "-o", "out", in: directory).checked()
        #expect(try directory.read("out").count == 0x10000)
    }

    /// A bad line is named, the others are used, and the exit status says so.
    @Test func badLineOfATableIsNamed() throws {
        let log = """
            Kernel command line: mem=32M mtdparts=hi_sfc:320k(boot),1536k(kernel
            Creating 2 MTD partitions on "hi_sfc":
            0x000000000000-0x000000050000 : "boot"
            0x000000050000-0x0000001d0000 : "kernel"
            """
        try directory.write("log", Array(log.utf8))
        let shown = try Tool.run("partitions", "log", in: directory)
        #expect(shown.isOneLine(1, "log: line 1: mtdparts: '1536k(kernel' is no partition"))
        #expect(shown.text.contains("2 partitions of 'hi_sfc'"))
        #expect(shown.text.contains("0x180000"))
        try directory.write("in", [1])
        let padded = try Tool.run("pad", "in", "--partition", "kernel", "-t", "log", "-o", "out", in: directory)
        #expect(padded.isOneLine(1, "log: line 1"))
        #expect(try directory.read("out").count == 0x180000)
    }

    /// The address is the board's, or there is none.
    @Test func commandsReadToTheBoardsMemory() throws {
        let table = "mtdparts=x:320K(boot),-(rest)"
        for (log, command) in [
            ("sf probe 0;sf read 0x80600000 0x40000 0x10000\n", "sf read 0x80600000 0x0 0x50000"),
            ("Machine: hi3518ev200\n", "sf read 0x82000000 0x0 0x50000"),
        ] {
            try directory.write("log", Array((log + table).utf8))
            let shown = try Tool.run("partitions", "log", in: directory).checked()
            #expect(shown.text.contains(command), "\(shown.text)")
        }
        try directory.write("log", Array(table.utf8))
        let shown = try Tool.run("partitions", "log", in: directory).checked()
        #expect(!shown.text.contains("sf read 0x") && shown.text.contains("--flash 0x0+0x50000"))
        let given = try Tool.run("partitions", "log", "--ram", "0x21000000", in: directory).checked()
        #expect(given.text.contains("sf read 0x21000000 0x0 0x50000"))
        let nand = try Tool.run(
            "partitions", "-t", "mtdparts=hinand:1M(boot)", "--ram", "0x21000000", in: directory
        ).checked()
        #expect(nand.text.contains("nand read 0x21000000 0x0 0x100000    --device nand --flash 0x0+0x100000"))
    }

    // MARK: - Whole flashes and own files

    private func random(_ count: Int) -> [UInt8] {
        var random = LinearCongruence(state: 7)
        return random.bytes(count)
    }

    @Test func partitionOfTheWholeFlashIsLeftOut() throws {
        let bytes = random(0x100000)
        try directory.write("flash", bytes)
        for table in [
            "mtdparts=f:256k(BOOT),1m@0(ALL),256k@256k(KERNEL),512k@512k(ROOTFS)",
            "mtdparts=f:1m@0(ALL),256k@0(BOOT),768k@256k(firmware),256k@256k(KERNEL),256k@768k(data)",
            "mtdparts=f:1m@0(ALL)",
        ] {
            let shown = try Tool.run("partitions", "flash", "-t", table, in: directory).checked()
            #expect(shown.messages.isEmpty)
            _ = try Tool.run("partitions", "flash", "-t", table, "--split", "-d", "parts", "-q", in: directory)
                .checked()
            for arguments in [[], ["-t", table]] {
                let joined = try Program.run(
                    Tool.path, ["partitions", "--join", "parts", "-o", "joined", "-q"] + arguments, in: directory.path)
                #expect(joined.status == 0, "\(joined.messages)")
                #expect(try directory.read("joined") == bytes)
                try FileManager.default.removeItem(atPath: directory("joined"))
            }
            try FileManager.default.removeItem(atPath: directory("parts"))
        }
    }

    @Test func partitionsWithNamesOfAnyKindAreCutAndJoined() throws {
        let bytes = random(0x1000)
        try directory.write("flash", bytes)
        try directory.write(
            "table",
            Array(
                "Creating 3 MTD partitions on \"x\":\n0x0-0x400 : \"u boot\"\n0x400-0x800 : \"a,b=c#d\"\n0x800-0x1000 : \"\"\n"
                    .utf8))
        _ = try Tool.run("partitions", "flash", "-t", "table", "--split", "-d", "parts", in: directory).checked()
        _ = try Tool.run("partitions", "--join", "parts", "-o", "joined", in: directory).checked()
        #expect(try directory.read("joined") == bytes)
    }

    @Test(arguments: [
        ["mtd0", "mtd1", "mtd2", "mtd3"], ["mtd0.bin", "mtd1.bin", "mtd2.bin", "mtd3.bin"],
        ["mtdblock0", "mtdblock1.img", "mtd2ro", "mtd3.dump"],
        ["mtd0_boot", "mtd1-kernel.bin", "mtdblock2_rootfs.bin", "mtd3.home.bin"],
        ["boot.bin", "Kernel", "rootfs.squashfs", "home.jffs2"],
        ["00-boot.bin", "01-kernel.bin", "02-rootfs.bin", "03-home.bin"],
        ["mtd0", "kernel.bin", "dump_mtd2.bin", "3_home"],
    ])
    func filesWithNamesOfTheUsersOwnAreJoinedByTheTable(names: [String]) throws {
        let bytes = random(0x4000)
        let ranges = [0..<0x400, 0x400..<0x1000, 0x1000..<0x2000, 0x2000..<0x4000]
        try FileManager.default.createDirectory(atPath: directory("own"), withIntermediateDirectories: true)
        for (name, range) in zip(names, ranges) { try directory.write("own/" + name, bytes[range]) }
        try directory.write("own/notes.txt", Array("mine".utf8))
        let table = "mtdparts=x:1k(boot),3k(kernel),4k(rootfs),-(home)"
        _ = try Tool.run("partitions", "--join", "own", "-t", table, "-o", "flash", in: directory).checked()
        #expect(try directory.read("flash") == bytes)
        // The numbers are Linux's, also where it numbers a partition of the whole flash.
        try directory.write("own/mtd4", bytes)
        let whole = "mtdparts=x:1k(boot),3k(kernel),4k(rootfs),8k(home),16k@0(ALL)"
        _ = try Tool.run("partitions", "--join", "own", "-t", whole, "-o", "flash", "-f", in: directory).checked()
        #expect(try directory.read("flash") == bytes)
        // A piece that is missing is taken from there.
        try FileManager.default.removeItem(atPath: directory("own/" + names[1]))
        _ = try Tool.run("partitions", "--join", "own", "-t", whole, "-o", "flash", "-f", in: directory).checked()
        #expect(try directory.read("flash") == bytes)
        // They disagree.
        try directory.write("own/" + names[2], Array(repeating: 0, count: 0x1000))
        let other = try Tool.run("partitions", "--join", "own", "-t", whole, "-o", "other", in: directory)
        #expect(other.isOneLine(1, "own/mtd4: differs from own/\(names[2]) at 0x1000"))
    }

    @Test func filesThatAreMissingTooLongOrThereTwiceAreNotJoined() throws {
        try FileManager.default.createDirectory(atPath: directory("own"), withIntermediateDirectories: true)
        try directory.write("own/mtd0", random(0x400))
        let table = "mtdparts=x:1k(boot),3k(kernel)"
        func join(_ table: String, _ arguments: String...) throws -> Program.Output {
            try Program.run(
                Tool.path, ["partitions", "--join", "own", "-t", table, "-o", "flash"] + arguments, in: directory.path)
        }
        // Nothing is made up.
        let gap = try join(table, "--size", "4096")
        #expect(gap.isOneLine(2, "own: no file has 0x400-0x1000 of the flash"))
        let filled = try join(table, "--size", "4096", "--force").checked()
        #expect(filled.messages.contains("it becomes 0xff"))
        #expect(try directory.read("flash") == random(0x400) + Array(repeating: 0xff, count: 0xc00))
        try FileManager.default.removeItem(atPath: directory("flash"))
        try directory.write("own/mtd1.bin", random(0xc01))
        #expect(try join(table).isOneLine(2, "own/mtd1.bin: 3073 bytes, but 'kernel' has 3072: 1 too many"))
        try directory.write("own/mtdblock0", random(0x400).reversed())
        #expect(try join(table).isOneLine(2, "own/mtd0 and own/mtdblock0 both are 'boot'"))
        #expect(try join("mtdparts=x:1k(a),1k(b),1k(c)").status == 2)
        try directory.write("mtd", Array(openWrt.utf8))
        #expect(try join("mtd").isOneLine(2, "the offsets are guesses", "--force"))
        let none = try Tool.run("partitions", "--join", "own", "-o", "flash", in: directory)
        #expect(none.isOneLine(2, "there is no file 'partitions' in it"))
    }

    /// Files that cannot be opened are an error like any other.
    @Test func aPartThatCannotBeReadIsAnErrorThatNamesIt() throws {
        try directory.write("flash", random(0x1000))
        _ = try Tool.run("partitions", "flash", "-t", "a=0+2K,b=2K+2K", "--split", "-d", "parts", in: directory)
            .checked()
        try FileManager.default.removeItem(atPath: directory("parts/01-b.bin"))
        #expect(
            try Tool.run("partitions", "--join", "parts", "-o", "x", in: directory).isOneLine(
                2, "01-b.bin: cannot open"))
        try FileManager.default.createDirectory(atPath: directory("parts/01-b.bin"), withIntermediateDirectories: true)
        #expect(
            try Tool.run("partitions", "--join", "parts", "-o", "x", in: directory).isOneLine(
                2, "01-b.bin: cannot read"))
        #expect(try !directory.names.contains("x"))
    }
}

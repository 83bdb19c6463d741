import Foundation
import TestSupport
import Testing

struct PartitionTests {
    private let folder: Scratch

    init() throws { folder = try Scratch() }

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
        let output = try Program.run(Tool.path, ["partitions", "--json"] + arguments, in: folder.path)
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

    @Test func bootLogWithAllThatTerminalsAdd() throws {
        try folder.write(
            "log",
            Array(
                """
                =~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.01.01 00:00:00 =~=~=~=~=~=~=~=~=~=~=~=\r
                [    1.200000] \u{1b}[1;32mCreating 4 MTD partitions on "MStar SPI Flash":\u{1b}[0m\r
                [    1.210000] 0x000000000000-0x000000050000 : "boot"\r
                [    1.215000] random: nonblocking pool is initialized\r
                [    1.220000] 0x000000050000-0x0000001d0000 : "kernel"\r
                [    1.230000] 0x0000001d0000-0x0000003b0000 : "rootfs"\r
                [    1.240000] 0x0000003b0000-0x000001000000 : "home"\r
                [    1.250000] 0x000000000000-0x000001000000 : "not announced"\r

                """.utf8))
        #expect(try parts("log") == camera)
        #expect(try parts("--table", "log") == camera)
    }

    @Test func oldBootLogWithEightDigits() throws {
        try folder.write(
            "log",
            Array(
                """
                <5>Creating 2 MTD partitions on "phys":
                <5>0x00000000-0x00040000 : "u boot"
                <5>0x00040000-0x00800000 : "all the rest"
                """.utf8))
        #expect(try parts("log") == [Part("u boot", 0, 0x40000), Part("all the rest", 0x40000, 0x7c0000)])
    }

    /// Partitions that are cut again are tables of their own, with offsets of the whole flash.
    @Test func partitionsInsidePartitions() throws {
        try folder.write(
            "log",
            // Noise of the line when the power comes on.
            [0, 0, 0xff, 0]
                + Array(
                    """
                    [    0.500000] 4 fixed-partitions partitions found on MTD device spi0.0
                    [    0.500000] Creating 4 MTD partitions on "spi0.0":
                    [    0.600000] 0x000000000000-0x000000020000 : "u-boot"
                    [    0.600000] 0x000000020000-0x000000fd0000 : "firmware"
                    [    0.700000] 2 tplink-fw partitions found on MTD device firmware
                    [    0.700000] Creating 2 MTD partitions on "firmware":
                    [    0.700000] 0x000000000000-0x000000150000 : "kernel"
                    [    0.700000] 0x000000150000-0x000000fb0000 : "rootfs"
                    [    0.700000] mtd: device 3 (rootfs) set to be root filesystem
                    [    0.700000] 1 squashfs-split partitions found on MTD device rootfs
                    [    0.700000] 0x0000003a0000-0x000000e60000 : "rootfs_data"
                    [    0.800000] 0x000000fd0000-0x000000ff0000 : "config"
                    [    0.800000] 0x000000ff0000-0x000001000000 : "art"
                    """.utf8))
        #expect(
            try parts("log") == [
                Part("u-boot", 0, 0x20000), Part("firmware", 0x20000, 0xfb0000), Part("config", 0xfd0000, 0x20000),
                Part("art", 0xff0000, 0x10000),
            ])
        #expect(
            try parts("log", "--chip", "firmware") == [
                Part("kernel", 0x20000, 0x150000), Part("rootfs", 0x170000, 0xe60000),
            ])
        #expect(try parts("log", "--chip", "rootfs") == [Part("rootfs_data", 0x510000, 0xac0000)])
    }

    /// A log of several starts, the first one cut off.
    @Test func severalStarts() throws {
        let start = """
            Creating 4 MTD partitions on "x":
            0x000000000000-0x000000050000 : "boot"
            0x000000050000-0x0000001d0000 : "kernel"

            """
        let rest = """
            0x0000001d0000-0x0000003b0000 : "rootfs"
            0x0000003b0000-0x000001000000 : "home"

            """
        try folder.write("log", Array((start + "reset\n" + start + rest + start + rest).utf8))
        #expect(try parts("log") == camera)
    }

    @Test(arguments: [
        """
        hisilicon # mtdparts

        device nor0 <hi_sfc>, # parts = 4
         #: name\t\tsize\t\toffset\t\tmask_flags
         0: boot                0x00050000\t0x00000000\t0
         1: kernel              0x00180000\t0x00050000\t1
         2: rootfs              0x001e0000\t0x001d0000\t0
         3: home                0x00c50000\t0x003b0000\t0

        active partition: nor0,0 - (boot) 0x00050000 @ 0x00000000
        """,
        """
         #: name\t\tsize\t\tnet size\toffset\t\tmask_flags
         0: boot                0x00050000\t0x00050000 \t0x00000000\t0
         1: kernel              0x00180000\t0x00170000 (!)\t0x00050000\t1
         2: rootfs              0x001e0000\t0x001e0000 \t0x001d0000\t0
         3: home                0x00c50000\t0x00c50000 \t0x003b0000\t0
        """,
        """
        => mtd list
        List of MTD devices:
        * nor0
          - device: flash@0
          - block size: 0x10000 bytes
          - 0x000000000000-0x000001000000 : "nor0"
        \t  - 0x000000000000-0x000000050000 : "boot"
        \t  - 0x000000050000-0x0000001d0000 : "kernel"
        \t  - 0x0000001d0000-0x0000003b0000 : "rootfs"
        \t  - 0x0000003b0000-0x000001000000 : "home"
        \t\t  - 0x000000000000-0x000000010000 : "inside"
        =>
        """,
        """
        FHA:Sflash_Get_Partition_Startpage g_boot_len:752
        mtd_part[0]:
        name = boot
        size = 0x50000
        offset = 0x0
        mask_flags = 0x1

        mtd_part[1]:
        name = kernel
        size = 0x180000
        usb: something else
        offset = 0x50000
        mask_flags = 0x1

        [    2.1] mtd_part[2]:
        [    2.1] name = rootfs
        [    2.1] size = 0x1e0000
        [    2.1] offset = 0x1d0000
        mtd_part[3]:
        name = home
        size = 0xc50000
        offset = 0x3b0000
        """,
        """
        [    1.203] 0x000000000000-0x000000050000 : "boot"
        [    1.203] 0x000000050000-0x0000001d0000 : "kernel"
        [    1.203] 0x0000001d0000-0x0000003b0000 : "rootfs"
        [    1.203] 0x0000003b0000-0x000001000000 : "home"
        """,
    ])
    func listsOfBootLoadersAndDrivers(text: String) throws {
        try folder.write("log", Array(text.replacingOccurrences(of: "\n", with: "\r\n").utf8))
        #expect(try parts("log") == camera)
    }

    @Test(arguments: [
        "mtdparts=hi_sfc:320k(boot),1536k(kernel),1920k(rootfs)ro,12608k(home)",
        "bootargs=mem=46M mtdparts=spi0.0:0x50000(boot),1536K(kernel)lk,0x1e0000@0x1d0000(rootfs),-(home) rw",
        "Kernel command line: root=/dev/mtdblock2 mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),-(home)",
        "boot=0+0x50000\nkernel=0x50000+0x180000 # comment\nrootfs=0x1d0000+1920K\nhome=0x3b0000+-\n",
        """
        dev:    size   erasesize  name
        mtd0: 00050000 00010000 "boot"
        mtd1: 00180000 00010000 "kernel"
        mtd2: 001e0000 00010000 "rootfs"
        mtd3: 00c50000 00010000 "home"
        """,
    ])
    func textsOfAllKinds(text: String) throws {
        try folder.write("table", Array(text.utf8))
        #expect(try parts("table", "--size", "16M") == camera)
    }

    @Test(arguments: [1, 2])
    func deviceTree(cells: Int) throws {
        let high = cells == 2 ? "0 " : ""
        func node(_ part: Part) -> String {
            """
            partition@\(String(part.offset, radix: 16)) {
              label = "\(part.name)"; reg = <\(high)\(part.offset) \(high)\(part.size)>;
            };
            """
        }
        let source = """
            /dts-v1/; / { spi { flash@0 { compatible = "jedec,spi-nor"; reg = <0>; partitions {
              compatible = "fixed-partitions"; #address-cells = <\(cells)>; #size-cells = <\(cells)>;
              \(camera.map(node).joined(separator: "\n"))
            }; }; }; };
            """
        try folder.write("dts", Array(source.utf8))
        _ = try Program.run("dtc", ["-q", "-I", "dts", "-O", "dtb", "-o", "dtb", "dts"], in: folder.path).checked()
        #expect(try parts("dtb") == camera)
        let blob = try folder.read("dtb")
        for count in stride(from: 4, to: blob.count, by: 7) {
            try folder.write("cut", blob.prefix(count))
            #expect(try Tool.run("partitions", "--table", "cut", in: folder).status == 2)
        }
    }

    @Test func wholeFlashIsCutAndJoined() throws {
        let flash = try WholeFlash(in: folder)
        try folder.write("flash", flash.bytes)
        // Its own environment holds the table.
        let expected = flash.partitions.map { Part($0.name, $0.range.lowerBound, $0.range.count) }
        #expect(try parts("flash") == expected)
        let output = try Tool.run("partitions", "flash", "--split", "-d", "parts", in: folder).checked()
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
            #expect(try folder.read("parts/0\(index)-\(part.name).bin") == Array(flash.bytes[part.range]))
        }
        _ = try Tool.run("partitions", "--join", "parts", "-o", "joined", in: folder).checked()
        #expect(try folder.read("joined") == flash.bytes)
        // Without a table it is cut where things begin, and still the same when joined.
        var blank = flash.bytes
        blank.replaceSubrange(0x40000..<0x50000, with: Array(repeating: 0xff, count: 0x10000))
        try folder.write("blank", blank)
        _ = try Tool.run("partitions", "blank", "--split", "-d", "carved", in: folder).checked()
        _ = try Tool.run("partitions", "--join", "carved", "-f", "-o", "joined", in: folder).checked()
        #expect(try folder.read("joined") == blank)
        // A file of another size is refused.
        try folder.write("parts/03-rootfs.bin", try folder.read("parts/03-rootfs.bin") + [0])
        let larger = try Tool.run("partitions", "--join", "parts", "-o", "other", in: folder)
        #expect(larger.isOneLine(2, "03-rootfs.bin: 1966081 bytes", "1 too many"))
        #expect(try !folder.names.contains("other"))
    }

    @Test func gapsAreKept() throws {
        let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 >> 4) }
        try folder.write("flash", bytes)
        let output = try Tool.run(
            "partitions", "flash", "--table", "a=0x100+0x200,../b=0x800+0x100", "--split", "-d", "parts", in: folder
        ).checked()
        #expect(output.messages.contains("no partition covers 0x300-0x800"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder("parts")).sorted()
        #expect(
            names == [
                "00-gap-0x0.bin", "01-a.bin", "02-gap-0x300.bin", "03-.._b.bin", "04-gap-0x900.bin", "partitions",
            ])
        _ = try Tool.run("partitions", "--join", "parts", "-o", "joined", in: folder).checked()
        #expect(try folder.read("joined") == bytes)
        #expect(try Tool.run("partitions", "flash", "--split", "-d", "parts", "-t", "a=0+4", in: folder).status == 2)
    }

    @Test func badTablesAreNamedAndNothingIsWritten() throws {
        try folder.write("flash", Array(repeating: 0, count: 4096))
        for (table, complaint) in [
            ("a=0+0x200,b=0x100+0x200", "'a' and 'b' overlap at 0x100"),
            ("a=0+0x2000", "'a' ends at 0x2000, but the flash at 0x1000"),
            ("a=0+0xffffffffffffffff", "the size of 'a' 0xffffffffffffffff is larger than any flash"),
            ("a=0xfffffffffffffff0+0x20", "the start of 'a' 0xfffffffffffffff0 is larger"),
            ("mtdparts=x:1k(a),zz(b)", "'zz(b)' is no partition"),
        ] {
            let output = try Tool.run("partitions", "flash", "-t", table, "--split", "-d", "out", in: folder)
            #expect(output.status == 2)
            #expect(output.messages.contains(complaint), "\(output.messages)")
        }
        #expect(try folder.names == ["flash"])
        try folder.write("text", Array("nothing\n".utf8))
        try folder.write("empty", [])
        #expect(try Tool.run("partitions", "text", in: folder).isOneLine(2, "no partition table in it"))
        #expect(try Tool.run("partitions", "empty", in: folder).isOneLine(2, "the file is empty"))
        #expect(try Tool.run("partitions", "missing", in: folder).isOneLine(2, "missing: cannot open"))
        #expect(try Tool.run("partitions", "--join", "missing", "-o", "x", in: folder).isOneLine(2, "missing"))
        #expect(try Tool.run("partitions", in: folder).status == 64)
    }
}

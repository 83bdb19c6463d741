import FirmwareImage
import Testing

struct MTDPartsTests {
    @Test(arguments: [
        "mtdparts=hi_sfc:320k(boot),1536k(kernel),1920k(rootfs)ro,12608k(home)",
        "bootargs=mem=46M mtdparts=spi0.0:0x50000(boot),1536K(kernel)lk,0x1e0000@0x1d0000(rootfs),-(home) rw",
        "Kernel command line: root=/dev/mtdblock2 mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),-(home)",
        "setenv bootargs 'mem=32M mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),-(home)'",
        "setenv bootargs \"mem=32M mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),-(home)\"; saveenv",
        "  \"bootargs=mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),-(home)\\0\" \\",
        "`mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),-(home)`",
        "mtdparts=mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),-(home)",
        "boot=0+0x50000\nkernel=0x50000+0x180000 # comment\nrootfs=0x1d0000+1920K\nhome=0x3b0000+-\n",
    ])
    func mtdpartsIsReadInEveryNotation(text: String) {
        let reading = Reading.of(text)
        #expect(reading.tables.first?.resolved(flashSize: 16 << 20).parts == camera)
        #expect(reading.tables.first?.partitions.map(\.number) == [0, 1, 2, 3])
        #expect(reading.problems.isEmpty)
    }

    @Test func eachChipOfMtdpartsIsATableOfItsOwn() {
        let tables = Reading.of("mtdparts=spi0.0:1M(a);nand:2M(b),-(c)").tables
        #expect(tables.map(\.device) == ["spi0.0", "nand"])
        #expect(
            tables.map(\.parts) == [[Part("a", 0, 1 << 20)], [Part("b", 0, 2 << 20), Part("c", 2 << 20, -1)]])
    }

    /// The terminal cut the kernel's command line; the kernel's own table follows.
    @Test func cutCommandLineDoesNotHideTheLog() {
        let text = """
            Kernel command line: mem=32M mtdparts=hi_sfc:320k(boot),1536k(kernel),1920k(rootf
            Creating 4 MTD partitions on "hi_sfc":
            0x000000000000-0x000000050000 : "boot"
            0x000000050000-0x0000001d0000 : "kernel"
            0x0000001d0000-0x0000003b0000 : "rootfs"
            0x0000003b0000-0x000001000000 : "home"
            """
        let reading = Reading.of(text)
        #expect(reading.tables.map(\.parts) == [camera])
        #expect(reading.problems.map(\.description) == ["line 1: mtdparts: '1920k(rootf' is no partition"])
    }

    /// Behind a bad partition only what has an offset of its own can be placed.
    @Test func badPartitionLeavesTheOthers() {
        let reading = Reading.of("mtdparts=x:320K(boot),zz(kernel),1920K(lost),0xc50000@0x3b0000(home),64K(behind)")
        #expect(
            reading.tables.first?.parts == [
                Part("boot", 0, 0x50000), Part("home", 0x3b0000, 0xc50000), Part("behind", 0x100_0000, 0x10000),
            ])
        #expect(reading.problems.map(\.description) == ["line 1: mtdparts: 'zz(kernel)' is no partition"])
        // A number that was cut is no partition of 704 bytes.
        for cut in ["704", "7", "704k@", "-", "704k(", ""] {
            let reading = Reading.of("mtdparts=x:320K(boot)," + cut)
            #expect(reading.tables.first?.parts.first == Part("boot", 0, 0x50000))
            #expect(cut == "-" || reading.tables.first?.parts.count == 1, "\(cut)")
        }
    }

    /// Linux and U-Boot: no partitions behind one that fills the device up.
    @Test func nothingFollowsTheRestOfTheDevice() {
        for behind in ["64K(env)", "64K@0xff0000(env)", "-(env)"] {
            let reading = Reading.of("mtdparts=x:320K(boot),-(rest),\(behind);y:1M(other)")
            #expect(
                reading.tables.map(\.parts) == [
                    [Part("boot", 0, 0x50000), Part("rest", 0x50000, -1)], [Part("other", 0, 1 << 20)],
                ])
            #expect(
                reading.problems.map(\.description) == [
                    "line 1: mtdparts: '\(behind)' stands behind 'rest', which takes the rest of the device: "
                        + "Linux refuses such a list"
                ])
        }
    }

    /// Copied from a terminal of 40 columns.
    @Test func mtdpartsThatATerminalBrokeIntoLinesIsRead() {
        let value = "bootargs=mem=46M mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),12608K(home) rw"
        for width in [31, 40, 57, 68, 77] {
            let lines = stride(from: 0, to: value.count, by: width).map { String(value.dropFirst($0).prefix(width)) }
            for end in ["\n", "\r\n"] {
                let reading = Reading.of(lines.joined(separator: end) + end + "=> \n")
                #expect(reading.tables.first?.parts == camera, "\(lines)")
                #expect(reading.problems.isEmpty, "\(lines)")
            }
        }
    }

    /// Rockchip's parameter files count in sectors.
    @Test(arguments: [
        """
        FIRMWARE_VER: 1.0
        MACHINE_MODEL: rk3308
        MAGIC: 0x5041524B
        TYPE: GPT
        CMDLINE: mtdparts=rk29xxnand:0x00002000@0x00002000(uboot),0x00002000@0x00004000(trust),0x00008000@0x00006000(boot),-@0x0000e000(rootfs:grow)
        """,
        "CMDLINE:mtdparts=:0x00002000@0x00002000(uboot),0x00002000@0x00004000(trust),0x00008000@ 0x00006000(boot:bootable),-@0x0000e000 (rootfs:grow)\nuuid:rootfs=614e0000-0000",
        "mtdparts=rk29xxnand:0x00002000@0x00002000(uboot),0x00002000@0x00004000(trust),0x00008000@0x00006000(boot),-@0x0000e000(rootfs)",
    ])
    func rockchipCountsInSectors(text: String) {
        let reading = Reading.of(text)
        #expect(
            reading.tables.first?.parts == [
                Part("uboot", 0x40_0000, 0x40_0000), Part("trust", 0x80_0000, 0x40_0000),
                Part("boot", 0xc0_0000, 0x100_0000), Part("rootfs", 0x1c0_0000, -1),
            ])
        #expect(reading.problems.isEmpty)
    }

    /// Their newer boards write bytes with units, under the same names.
    @Test func rockchipsUnitsAreBytes() {
        #expect(
            Reading.parts("bootargs=mtdparts=spi-nand0:256K(env),256K@256K(idblock),1M@512K(uboot)")
                == [
                    Part("env", 0, 256 << 10), Part("idblock", 256 << 10, 256 << 10), Part("uboot", 512 << 10, 1 << 20),
                ])
        #expect(
            Reading.parts("MAGIC: 0x5041524B\nCMDLINE: mtdparts=:4M@4M(uboot)") == [Part("uboot", 4 << 20, 4 << 20)])
    }

    @Test func numbersLargerThanAnyFlashAreRefused() {
        for text in [
            "mtdparts=x:0xffffffffffffffff(a)", "mtdparts=x:1(a),1@0xffffffffffffffff(b)",
            "CMDLINE: mtdparts=:0xffffffffffffffff@0(a)", "a=0+0xffffffffffffffff", "a=0xfffffffffffffff0+0x20",
            "mtdparts=x:1G(a),1023G(b),1G(c)",
        ] {
            let reading = Reading.of(text)
            #expect(reading.problems.count == 1 || reading.tables.isEmpty, "\(text)")
        }
    }

    @Test func listsKeepNamesOfAnyKind() {
        let names = ["u boot", "a,b", "a=b", "a#b", "\"quoted\"", "back\\slash", "line\nend", "ключ", "a+b", " blank "]
        let table = PartitionTable(
            device: "", source: "",
            partitions: names.enumerated().map { Partition(name: $1, offset: $0 << 16, size: 1 << 16) })
        let reading = Reading.of(table.lines.joined(separator: "\n") + "\n")
        #expect(reading.tables.first?.parts == table.parts)
        #expect(reading.problems.isEmpty)
        #expect(Reading.parts(table.lines.joined(separator: ",")) == table.parts)
        // As users write them.
        #expect(
            Reading.parts(" u boot = 0 + 64K, b=0x10000+-") == [Part("u boot", 0, 0x10000), Part("b", 0x10000, -1)])
    }

    @Test func badLineOfAListIsNamed() {
        let reading = Reading.of("a=0+64K\nb=64Q+64K\nc=128K+64K\n")
        #expect(reading.tables.first?.parts == [Part("a", 0, 0x10000), Part("c", 0x20000, 0x10000)])
        #expect(reading.problems.map(\.description) == ["line 2: 'b=64Q+64K' is no NAME=OFFSET+SIZE"])
    }
}

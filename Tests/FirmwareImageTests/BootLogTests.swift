import FirmwareImage
import Testing

struct BootLogTests {
    @Test func terminalsAddNothingToALog() {
        let log = """
            =~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.01.01 00:00:00 =~=~=~=~=~=~=~=~=~=~=~=\r
            [    1.200000] \u{1b}[1;32mCreating 4 MTD partitions on "MStar SPI Flash":\u{1b}[0m\r
            [    1.210000] 0x000000000000-0x000000050000 : "boot"\r
            [    1.215000] random: nonblocking pool is initialized\r
            [    1.220000] 0x000000050000-0x0000001d0000 : "kernel"\r
            [    1.230000] 0x0000001d0000-0x0000003b0000 : "rootfs"\r
            [    1.240000] 0x0000003b0000-0x000001000000 : "home"\r
            [    1.250000] 0x000000000000-0x000001000000 : "not announced"\r

            """
        let table = Reading.of(log).tables.first
        #expect(table?.parts == camera)
        #expect(table?.device == "MStar SPI Flash")
        #expect(table?.source == "boot log, line 2")
        #expect(table?.doubt == nil)
    }

    @Test func partitionsOfOldKernelsWithEightDigitsAreRead() {
        let log = """
            <5>Creating 2 MTD partitions on "phys":
            <5>0x00000000-0x00040000 : "u boot"
            <5>0x00040000-0x00800000 : "all the rest"
            """
        #expect(Reading.parts(log) == [Part("u boot", 0, 0x40000), Part("all the rest", 0x40000, 0x7c0000)])
    }

    /// Partitions that are cut again are tables of their own, with offsets of the whole flash. Linux numbers all of them
    /// in the order in which it tells them.
    @Test func partitionsInsidePartitionsAreTablesOfTheirOwn() {
        let log = """
            \u{0}\u{ff}\u{0}
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
            """
        let tables = Reading.of(log).tables
        #expect(tables.map(\.device) == ["spi0.0", "firmware", "rootfs"])
        #expect(tables.map(\.inside) == [nil, "firmware", "rootfs"])
        #expect(
            tables[0].parts == [
                Part("u-boot", 0, 0x20000), Part("firmware", 0x20000, 0xfb0000), Part("config", 0xfd0000, 0x20000),
                Part("art", 0xff0000, 0x10000),
            ])
        #expect(tables[0].partitions.map(\.number) == [0, 1, 5, 6])
        #expect(tables[1].parts == [Part("kernel", 0x20000, 0x150000), Part("rootfs", 0x170000, 0xe60000)])
        #expect(tables[1].partitions.map(\.number) == [2, 3])
        #expect(tables[2].parts == [Part("rootfs_data", 0x510000, 0xac0000)])
    }

    /// A log of several starts, the first one cut off.
    @Test func severalStartsAreOneTable() {
        let start = """
            Creating 4 MTD partitions on "x":
            0x000000000000-0x000000050000 : "boot"
            0x000000050000-0x0000001d0000 : "kernel"

            """
        let rest = """
            0x0000001d0000-0x0000003b0000 : "rootfs"
            0x0000003b0000-0x000001000000 : "home"

            """
        let tables = Reading.of(start + "reset\n" + start + rest + start + rest).tables
        #expect(tables.map(\.parts) == [camera])
        #expect(tables.first?.partitions.map(\.number) == [0, 1, 2, 3])
    }

    @Test func aLogWithoutItsFirstLineGivesTheTable() {
        let log = """
            [    1.203] 0x000000000000-0x000000050000 : "boot"
            [    1.203] 0x000000050000-0x0000001d0000 : "kernel"
            [    1.203] 0x0000001d0000-0x0000003b0000 : "rootfs"
            [    1.203] 0x0000003b0000-0x000001000000 : "home"
            """
        #expect(Reading.parts(log) == camera)
    }

    /// Web pages lose line ends.
    @Test func aWholeLogInOneLineGivesTheTable() {
        let log =
            "[ 0.7] Creating 4 MTD partitions on \"x\": [ 0.7] 0x000000000000-0x000000050000 : \"boot\" [ 0.7] "
            + "0x000000050000-0x0000001d0000 : \"kernel\" [ 0.7] 0x0000001d0000-0x0000003b0000 : \"rootfs\" "
            + "[ 0.8] 0x0000003b0000-0x000001000000 : \"home\" [ 0.9] done"
        #expect(Reading.parts(log) == camera)
        #expect(
            Reading.parts("0x000000000000-0x000000050000 : \"a \"b\" c\"") == [Part("a \"b\" c", 0, 0x50000)])
    }

    @Test func badLineIsNamedAndTheOthersAreUsed() {
        let log = """
            Creating 4 MTD partitions on "x":
            0x000000000000-0x000000050000 : "boot"
            0x000000050000-0x000000040000 : "backwards"
            0x000000050000-0x0000001d0000 : "kernel"
            0x000000050000-0xffffffffffffffff : "huge"
            0x000000050000-0xffffffffffffffffffff : "no number"
            """
        let reading = Reading.of(log)
        #expect(reading.tables.first?.parts == [Part("boot", 0, 0x50000), Part("kernel", 0x50000, 0x180000)])
        #expect(
            reading.problems.map(\.description) == [
                "line 3: 'backwards' ends at 0x40000, before its start 0x50000",
                "line 5: the size of 'huge' 0xfffffffffffaffff is larger than any flash",
            ])
    }

    @Test func flashSizeOfTheLogFillsTheRest() {
        let log = """
            SF: Detected W25Q128 with page size 256 Bytes, erase size 64 KiB, total 16 MiB
            bootargs=mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),-(home)
            """
        let table = Reading.of(log).tables.first
        #expect(table?.flashSize == 16 << 20)
        #expect(table?.eraseSize == 64 << 10)
        #expect(table?.resolved(flashSize: 16 << 20).parts == camera)
        for text in [
            "m25p80 spi0.0: w25q128 (16384 Kbytes)", "Spi(cs1): Block:64KB Chip:16MB Name:\"W25Q128\"",
            "hisi-sfc: gd25q128 (Chipsize 16 Mbytes, Blocksize 64KiB)",
        ] {
            #expect(Reading.of(text + "\nmtdparts=x:320K(boot)").tables.first?.flashSize == 16 << 20, "\(text)")
        }
        let two = "m25p80 spi0.0: a (16384 Kbytes)\nm25p80 spi0.1: b (8192 Kbytes)\nmtdparts=x:320K(boot)"
        #expect(Reading.of(two).tables.first?.flashSize == nil)
    }
}

import FirmwareImage
import Testing

struct BootLoaderTableTests {
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
    ])
    func partitionListsOfBootLoadersAndDriversAreRead(text: String) {
        #expect(Reading.parts(text.replacing("\n", with: "\r\n")) == camera)
        // Said twice, it is one table.
        #expect(Reading.of(text + "\n\n" + text).tables.map(\.parts) == [camera])
    }

    @Test func eachChipOfMTDListIsATableOfItsOwn() {
        let text = """
            List of MTD devices:
            * nor0
              - 0x000000000000-0x000001000000 : "nor0"
            \t  - 0x000000000000-0x000000050000 : "boot"
            * nand0
              - block size: 0x20000 bytes
              - 0x000000000000-0x000008000000 : "nand0"
            \t  - 0x000000000000-0x000004000000 : "ubi"
            """
        let tables = Reading.of(text).tables
        #expect(tables.map(\.device) == ["nor0", "nand0"])
        #expect(tables.map(\.eraseSize) == [nil, 0x20000])
        #expect(tables.map(\.parts) == [[Part("boot", 0, 0x50000)], [Part("ubi", 0, 0x400_0000)]])
    }

    /// `fis list` shows addresses of the processor; RedBoot's own lists are no partitions.
    @Test func redBootsListCountsFromTheStartOfTheFlash() {
        let text = """
            RedBoot> fis list
            Name              FLASH addr  Mem addr    Length      Entry point
            RedBoot           0xA8000000  0xA8000000  0x00030000  0x00000000
            vmlinux.bin.l7    0xA8030000  0x80041000  0x00100000  0x80041000
            rootfs            0xA8130000  0x80041000  0x006A0000  0x80041000
            FIS directory     0xA87E0000  0xA87E0000  0x0000F000  0x00000000
            RedBoot>
            """
        let table = Reading.of(text).tables.first
        #expect(
            table?.parts == [
                Part("RedBoot", 0, 0x30000), Part("vmlinux.bin.l7", 0x30000, 0x100000),
                Part("rootfs", 0x130000, 0x6a0000),
            ])
        #expect(table?.bookkeeping.map { Part($0) } == [Part("FIS directory", 0x7e0000, 0xf000)])
        #expect(
            table?.pieces(flashSize: 0x800000).map(\.name) == [
                "RedBoot", "vmlinux.bin.l7", "rootfs", "gap-0x7d0000", "FIS directory", "gap-0x7ef000",
            ])
    }

    @Test(arguments: [
        // The order of the list is not that of the flash; the flash does not begin with what is listed.
        (
            """
            Name              FLASH addr  Mem addr    Length      Entry point
            RedBoot config    0x50FC0000  0x50FC0000  0x00001000  0x00000000
            kernel2           0x50640000  0x01600000  0x00100000  0x00800000
            kernel1           0x50040000  0x01600000  0x00100000  0x01600000
            """, [Part("kernel1", 0x40000, 0x100000), Part("kernel2", 0x640000, 0x100000)]
        ),
        (
            """
            FLASH: 0xbe000000 - 0xbe400000, 64 blocks of 0x00010000 bytes each.
            RedBoot> fis list
            Name              FLASH addr  Checksum    Length      Entry point
            vmlinux.bin.gz    0xBE350000  0x80002000  0x000B4B98  0x80182398
            my rootfs         0xBE320000  0xBE120000  0x00030000  0x00000000
            """, [Part("my rootfs", 0x320000, 0x30000), Part("vmlinux.bin.gz", 0x350000, 0xb4b98)]
        ),
    ])
    func redBootsListIsReadInAnyOrderAndFromAnyFlashAddress(text: String, expected: [Part]) {
        #expect(Reading.parts(text) == expected)
    }

    @Test func redBootTellsTheFlashSizeAndACutRowEndsItsList() {
        let text = """
            FLASH: 0xa8000000 - 0xa87f0000, 128 blocks of 0x00010000 bytes each.
            Name              FLASH addr  Mem addr    Length      Entry point
            RedBoot           0xA8000000  0xA8000000  0x00030000  0x00000000
            broken            0xA8030000
            worse             0xA8030000  here        there       0x00000000
            rootfs            0xA8130000  0x80041000  0x006A0000  0x80041000
            """
        let reading = Reading.of(text)
        // A row that is cut ends the list.
        #expect(reading.tables.first?.parts == [Part("RedBoot", 0, 0x30000)])
        #expect(reading.tables.first?.flashSize == 8 << 20)
        #expect(reading.tables.first?.eraseSize == 0x10000)
    }
}

import FirmwareImage
import FlashBytes
import Testing

/// `/proc/mtd` tells sizes and names. The tables have the structure of those of real devices.
struct MTDDevicesTests {
    /// Devices as `NAME SIZE, NAME SIZE`, in hexadecimal.
    private func rows(_ text: String) -> [Part] {
        text.split(separator: ",").map { item in
            let words = item.split(separator: " ")
            let size = Int(words.last ?? "", radix: 16) ?? -1
            return Part(words.dropLast().joined(separator: " "), 0, size)
        }
    }

    private func procMTD(_ rows: [Part], erase: Int = 0x10000) -> String {
        var text = "dev:    size   erasesize  name\n"
        for (index, row) in rows.enumerated() {
            let blocks = hexadecimalDigits(row.size == 0 ? 0 : erase)
            text += "mtd\(index): \(hexadecimalDigits(row.size)) \(blocks) \"\(row.name)\"\n"
        }
        return text
    }

    private func shown(_ text: String, erase: Int = 0x10000) -> PartitionTable? {
        Reading.of(procMTD(rows(text), erase: erase)).tables.first
    }

    /// One behind the other.
    private func sums(_ text: String) -> [Part] {
        var at = 0
        return rows(text).map { row in
            defer { at += row.size }
            return Part(row.name, at, row.size)
        }
    }

    /// Nothing nested, and together a whole chip.
    @Test(arguments: [
        // HiSilicon, 8 MiB
        "U 50000, K 1a0000, R 120000, A 280000, H 270000",
        // Dahua, 32 MiB
        "boot 80000, rootfs 1700000, web 380000, custom 80000, logo c0000, config 140000, misc 280000",
        // Ingenic, erase blocks of 32 KiB
        "boot 80000, kernel 190000, root 2c0000, user 180000, web d0000, mtd e0000",
        // Allwinner, with its empty UDISK
        "uboot 60000, boot 1d0000, rootfs 120000, home 340000, backup 130000, env 20000, mfg 10000, conf 10000, UDISK 0",
        // A system that was not split
        "u-boot 30000, u-boot-env 10000, factory 10000, firmware fb0000",
        // Half of the flash in the middle
        "boot 40000, env 40000, app 800000, data 780000",
    ])
    func sizesThatFillAChipFollowOneAnother(rows: String) throws {
        let table = try #require(shown(rows, erase: 0x8000))
        #expect(table.doubt == nil)
        #expect(table.parts == sums(rows))
        #expect(table.eraseSize == 0x8000)
        #expect(table.flashSize == sums(rows).map { $0.offset + $0.size }.max())
        // The same with the size of the dump; with another size it is a guess.
        #expect(table.resolved(flashSize: table.flashSize ?? 0).doubt == nil)
        #expect(table.resolved(flashSize: 2 * (table.flashSize ?? 0)).doubt != nil)
    }

    /// The size of a dump decides where the sizes alone do not.
    @Test func theSizeOfTheDumpDecidesWhereTheSizesAloneDoNot() throws {
        let rows = "boot 40000, kernel 200000, rootfs 500000"
        let table = try #require(shown(rows))
        #expect(table.doubt != nil)
        #expect(table.resolved(flashSize: 0x740000).doubt == nil)
        #expect(table.resolved(flashSize: 0x740000).parts == sums(rows))
        #expect(table.resolved(flashSize: 0x800000).doubt != nil)
    }

    @Test(arguments: [
        (0, "ALL"), (0, "whole flash"), (0, "global"), (7, "all_flash"), (7, "SFC"), (7, "whole flash"),
    ])
    func aDeviceOfTheWholeFlashIsToldFromItsParts(place: Int, name: String) throws {
        let rows = "u-boot 30000, u-bootenv 10000, kernel 160000, rootfs 180000, config 60000, basic 20000, app 460000"
        var expected = sums(rows)
        expected.insert(Part(name, 0, 0x800000), at: place)
        let table = try #require(Reading.of(procMTD(expected)).tables.first)
        #expect(table.doubt == nil)
        #expect(table.parts == expected)
        #expect(table.flashSize == 0x800000)
        #expect(table.faults(flashSize: 0x800000).isEmpty)
    }

    /// Sixteen MiB with a large last partition, or eight with a partition of the whole flash?
    @Test func aLastPartitionOfHalfTheFlashIsAGuessWithoutItsSize() throws {
        let rows = "boot 40000, app 7c0000, data 800000"
        let table = try #require(shown(rows))
        #expect(table.doubt != nil)
        #expect(table.resolved(flashSize: 0x100_0000).parts == sums(rows))
        #expect(table.resolved(flashSize: 0x100_0000).doubt == nil)
        #expect(
            table.resolved(flashSize: 0x80_0000).parts
                == [Part("boot", 0, 0x40000), Part("app", 0x40000, 0x7c0000), Part("data", 0, 0x800000)])
    }

    struct Nested: Sendable {
        var rows: String
        var offsets: [Int]
    }

    private static let nested: [Nested] = [
        // OpenWrt on MT7628
        Nested(
            rows: "u-boot 30000, u-boot-env 10000, factory 10000, "
                + "firmware fb0000, kernel 18a3c5, rootfs e25c3b, rootfs_data a10000",
            offsets: [0, 0x30000, 0x40000, 0x50000, 0x50000, 0x1da3c5, 0x5f0000]),
        // ath79, with more behind the system
        Nested(
            rows: "u-boot 50000, dtb 10000, firmware f80000, kernel 1ec8e0, "
                + "rootfs d93720, rootfs_data a10000, config 10000, caldata 10000",
            offsets: [0, 0x50000, 0x60000, 0x60000, 0x24c8e0, 0x5d0000, 0xfe0000, 0xff0000]),
        // Xiaomi on Ralink: all of it first, the root at the end of its system
        Nested(
            rows: "ALL 1000000, Bootloader 30000, Config 10000, Factory 10000, OS1 c80000, "
                + "rootfs b11e68, OS2 200000, overlay 100000, crash 10000, reserved 10000, Bdata 10000",
            offsets: [0, 0, 0x30000, 0x40000, 0x50000, 0x1be198, 0xcd0000, 0xed0000, 0xfd0000, 0xfe0000, 0xff0000]),
        // Ralink's kit: the system behind its parts
        Nested(
            rows: "ALL 1000000, Bootloader 30000, Config 10000, Factory 10000, bkKernel 200000, "
                + "Kernel 1df508, RootFS 950af8, Kernel_RootFS b30000, user 80000, user2 200000",
            offsets: [0, 0, 0x30000, 0x40000, 0x50000, 0x250000, 0x42f508, 0x250000, 0xd80000, 0xe00000]),
        // RedBoot and OpenWrt
        Nested(
            rows: "RedBoot 40000, SysConf 20000, Loader 20000, "
                + "Kernel 100000, rootfs 660000, rootfs_data 3a0000, FIS directory 20000",
            offsets: [0, 0x40000, 0x60000, 0x80000, 0x180000, 0x440000, 0x7e0000]),
        // Broadcom
        Nested(
            rows: "boot 40000, linux 7b0000, "
                + "rootfs 6b0000, rootfs_data 80000, nvram 10000",
            offsets: [0, 0x40000, 0x140000, 0x770000, 0x7f0000]),
    ]

    /// Offsets that the order does not tell are guesses; those that are plausible are shown.
    @Test(arguments: nested)
    func nestedPartitionsAreGuesses(device: Nested) throws {
        let table = try #require(shown(device.rows))
        #expect(table.doubt?.contains("tells no offsets") == true)
        #expect(table.partitions.map(\.offset) == device.offsets)
        // No size of the flash makes it certain.
        for size in [0x40_0000, 0x80_0000, 0x100_0000, 0x200_0000] {
            #expect(table.resolved(flashSize: size).doubt != nil)
        }
    }

    @Test(arguments: [
        // Several are not listed, so that the sizes do not fill the chip.
        "ALL 7f80000, Bootloader 80000, kernel0 400000, rootfs0 1a00000",
        "nandboot 200000, boot0 1000000, system0 6040000, data 1780000",
        // In another order than in the flash: the system stands behind what is at the end.
        "u-boot 30000, hw_panic 10000, Factory 10000, oem 20000, bdinfo 10000, backup 10000, firmware f70000",
        // The whole flash, and not all of its parts
        "brcmnand.0 10000000, rootfs 2c60000, bank_1 5000000, bank_2 5000000",
        "x 10000", "empty 0",
    ])
    func sizesThatDoNotAddUpAreAGuess(rows: String) throws {
        let table = try #require(shown(rows))
        #expect(table.doubt != nil)
        #expect(table.partitions.map(\.size) == sums(rows).map(\.size))
    }

    @Test func chipsWithOtherEraseSizesAreNotOneFlash() {
        let text = """
            mtd0: 00300000 00010000 "a"
            mtd1: 00300000 00010000 "b"
            mtd2: 00200000 00020000 "c"
            """
        #expect(Reading.of(text).tables.first?.doubt?.contains("several chips") == true)
        let missing = "mtd0: 00300000 00010000 \"a\"\nmtd2: 00500000 00010000 \"c\"\n"
        #expect(Reading.of(missing).tables.first?.doubt?.contains("missing") == true)
    }

    @Test(arguments: [
        "mtd0: ffffffff 00010000 \"a\"", "mtd0: ffffffffffffffff ffffffffffffffff \"a\"",
        "mtd0: 00010000 00000000 \"x\"", "mtd0: 00000000 00000000 \"x\"",
        "mtd0: 8000000000000000 00010000 \"a\"\nmtd1: 8000000000000000 00010000 \"b\"",
        "mtd99999999999999999999: 00010000 00010000 \"a\"", "mtd0: 10000000000000000 00010000 \"a\"",
    ])
    func hugeSizesAndNumbersAreNeverCertain(text: String) {
        let reading = Reading.of(text)
        for table in reading.tables {
            _ = table.faults(flashSize: 1 << 20)
            #expect(table.doubt != nil)
            #expect(table.resolved(flashSize: .max).doubt != nil)
        }
    }

    @Test func moreDevicesThanAnyKernelHasAreAGuess() {
        let many = (0..<1100).map { "mtd\($0): 10000000000 00010000 \"p\($0)\"" }.joined(separator: "\n")
        #expect(Reading.of(many).tables.first?.doubt != nil)
    }

    @Test func aListThatWasCutOrSaidTwiceIsOneTable() {
        let whole = procMTD(camera)
        for text in [
            whole + whole, procMTD(Array(camera[..<2])) + "\n" + whole, whole + procMTD(Array(camera[..<3])),
            // Web pages lose line ends, the colon and quotes.
            whole.replacing("\n", with: " "), whole.replacing(":", with: "").replacing("\"", with: ""),
        ] {
            let tables = Reading.of(text).tables
            #expect(tables.map(\.parts) == [camera], "\(text)")
            #expect(tables.first?.doubt == nil)
            #expect(tables.first?.partitions.map(\.number) == [0, 1, 2, 3])
        }
    }

    /// A log tells offsets; what Linux shows later only adds the erase size.
    @Test func tableWithOffsetsTakesPrecedence() {
        let more = procMTD(camera + [Part("more", 0, 0x10000)])
        let reading = Reading.of("mtdparts=x:320K(boot),1536K(kernel),1920K(rootfs),12608K(home)\n" + more)
        #expect(reading.tables.map(\.parts) == [camera])
        #expect(reading.tables.first?.eraseSize == 0x10000)
        #expect(reading.tables.first?.doubt == nil)
    }

    // MARK: - /sys/class/mtd

    private static let grep = camera.enumerated().map { index, part in
        """
        /sys/class/mtd/mtd\(index)/name:\(part.name)
        /sys/class/mtd/mtd\(index)/offset:\(part.offset)
        /sys/class/mtd/mtd\(index)/size:\(part.size)
        /sys/class/mtd/mtd\(index)/erasesize:65536
        """
    }.joined(separator: "\n")

    private static let head = ["name", "size", "erasesize", "offset"].map { attribute in
        camera.enumerated().map { index, part in
            let value = ["name": part.name, "size": "\(part.size)", "erasesize": "65536", "offset": "\(part.offset)"]
            return "==> /sys/class/mtd/mtd\(index)/\(attribute) <==\n\(value[attribute] ?? "")\n"
        }.joined(separator: "\n")
    }.joined(separator: "\n# head …\n")

    private static let cat = camera.enumerated().map { index, part in
        """
        # cat /sys/class/mtd/mtd\(index)/name /sys/class/mtd/mtd\(index)/offset
        \(part.name)
        \(part.offset)
        root@cam:~# cat /sys/class/mtd/mtd\(index)/size
        \(part.size)
        root@cam:~# cat /sys/class/mtd/mtd\(index)/erasesize
        65536
        """
    }.joined(separator: "\n")

    @Test(arguments: [grep, head, cat])
    func filesOfSysfsGiveTheTable(text: String) {
        let table = Reading.of(text).tables.first
        #expect(table?.parts == camera)
        #expect(table?.doubt == nil)
        #expect(table?.eraseSize == 0x10000)
        #expect(table?.partitions.map(\.number) == [0, 1, 2, 3])
    }

    @Test func theChipItselfInSysfsIsNoPartition() {
        let chip = """
            /sys/class/mtd/mtd4/name:spi0.0
            /sys/class/mtd/mtd4/size:16777216

            """
        let table = Reading.of(chip + Self.grep).tables.first
        #expect(table?.parts == camera)
        #expect(table?.doubt == nil)
    }

    /// The offset of a nested partition counts from the one around it.
    @Test func nestedPartitionsOfSysfsAreAGuess() {
        let nested = """
            /sys/class/mtd/mtd4/name:inner
            /sys/class/mtd/mtd4/offset:0
            /sys/class/mtd/mtd4/size:131072
            """
        #expect(
            Reading.of(Self.grep + "\n" + nested).tables.first?.doubt?.contains("from the partition around") == true)
    }

    @Test func sysfsOfOldKernelsWithoutOffsetsIsRead() {
        let text = Self.grep.split(separator: "\n").filter { !$0.contains("offset") }.joined(separator: "\n")
        let table = Reading.of(text).tables.first
        #expect(table?.parts == camera)
        #expect(table?.doubt == nil)
        let failed = "cat: can't open '/sys/class/mtd/mtd0/offset': No such file or directory\n1048576\n"
        #expect(Reading.of(failed).tables.isEmpty)
        let bad = Reading.of(Self.grep + "\n/sys/class/mtd/mtd9/size:many")
        #expect(bad.tables.first?.parts == camera)
        #expect(bad.problems.map(\.description) == ["line 17: 'many' is no size of mtd9"])
    }
}

import FirmwareImage
import Testing

struct LoadAddressTests {
    @Test(arguments: [
        ("bootcmd=sf probe;sf read 0x80600000 0x40000 0x280000; bootm 0x80600000", 0x8060_0000, "sf read 0x80600000"),
        ("cmdstr is sf probe 0;sf read 82000000 0x40000 0x280000;bootm", 0x8200_0000, "line 1"),
        ("nand read 0x42000000 0x200000 0x400000", 0x4200_0000, "nand read"),
        ("## Booting kernel from Legacy Image at 81808000 ...", 0x8180_8000, "kernel"),
        ("baudrate=115200\nloadaddr=0x21000000\nipaddr=1.2.3.4", 0x2100_0000, "loadaddr=0x21000000"),
        (
            "DRAM bank   = 0x00000000\n-> start    = 0x80000000\n-> size     = 0x04000000", 0x8200_0000,
            "bdinfo"
        ),
        ("Machine: hi3518ev200", 0x8200_0000, "hi3518ev200"),
        ("OF: fdt:Machine model: Hisilicon HI3516EV300 DEMO Board", 0x4200_0000, "hi3516ev300"),
        ("Board: ISVP (Ingenic XBurst T21 SoC)", 0x8060_0000, "t21"),
    ])
    func theLoadAddressIsTakenFromWhatABoardSays(text: String, address: UInt64, evidence: String) {
        let found = Reading.of(text).loadAddress
        #expect(found?.address == address)
        #expect(found?.evidence.contains(evidence) == true, "\(found?.evidence ?? "")")
    }

    /// What the board does itself says more than its name.
    @Test func aReadCommandCountsMoreThanTheBoardsName() {
        let text =
            "Machine: hi3516ev200\n## Booting kernel from Legacy Image at 43000000 ...\nsf read 0x44000000 0x1 0x2"
        #expect(Reading.of(text).loadAddress?.address == 0x4400_0000)
    }

    @Test func noLoadAddressIsMadeUp() {
        for text in [
            "", "U-Boot 2016.11\nHit any key\n", "sf read ${baseaddr} 0x50000 0x200000", "Load Address: 80008000",
            "myloadaddr=0x21000000", "sf read failed: -1", "DRAM:  64 MiB",
        ] {
            #expect(Reading.of(text).loadAddress == nil, "\(text)")
        }
    }
}

import Foundation
import TestSupport
import Testing

/// Whole acquisitions from the simulator, in all its styles.
@Suite struct BoardTests {
    @Test(arguments: [
        ["--style", "2010", "--prompt", "hisilicon # "],
        ["--style", "2015"],
        ["--style", "2023", "--prompt", "=> ", "--hush"],
        ["--big-endian", "--row", "8", "--gap", "1", "--upper"],
        ["--no-ascii", "--row", "32"],
        ["--strict-align", "--eol", "lf", "--no-repeat"],
        ["--addr-format", "%016x", "--hush", "--saves"],
        ["--prompt", "> ", "--ansi"],
        ["--saves", "--hush", "--style", "2023"],
    ])
    func theFlashIsReadWholeAndVerifiedFromEveryStyleOfUBoot(board: [String]) throws {
        let flash = trappedFlash(size: 40_003)
        let lab = try SerialLab(flash: flash, board: board)
        let output = try lab.acquire("--flash", "0+40003")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
        #expect(lab.forbiddenWrites.isEmpty)
        #expect(output.text.contains("every block agrees"))
        let digest = try Program.run("sha256sum", [lab.image]).checked().text.prefix(64)
        #expect(output.text.contains(digest))
        // Nothing is typed while a command runs, since md swallows it, and no line feed follows a carriage return.
        #expect(!lab.audit.contains { $0["ahead"] != nil || $0["linefeed"] != nil })
    }

    @Test(arguments: ["nand", "mmc", "sunxi:rootfs"])
    func nandMMCAndSunxiFlashAreReadWhole(device: String) throws {
        let flash = trappedFlash(size: 32_768)
        let lab = try SerialLab(flash: flash)
        let output = try lab.acquire("--flash", "0+32768", "--device", device)
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    /// Flash that RAM has no room for is copied in parts; what a NAND chip leaves out shifts the later ones.
    @Test(arguments: ["sf", "nand", "mmc"])
    func flashLargerThanRAMIsReadInPartsAndBadBlocksAreNamed(device: String) throws {
        let erase = 128 << 10
        var flash = [UInt8](repeating: 0xff, count: 44 * erase)
        for block in [0, 3, 4, 26, 27, 28, 30, 40, 41] {
            flash.replaceSubrange(block * erase..<block * erase + 600, with: trappedFlash(size: 600, seed: block + 1))
        }
        let lab = try SerialLab(
            flash: flash, board: ["--ram-size", "8M", "--hush", "--nand-bad", "0x20000,0x80000,0x360000"])
        let output = try lab.acquire("--flash", "0x20000+5M", "--device", device)
        #expect(output.status == 0, "\(output.messages)")
        var wanted = Array(flash[erase..<erase + 5 << 20])
        if device == "nand" {
            let good = (1..<44).filter { ![1, 4, 27].contains($0) }.prefix(40)
            wanted = good.flatMap { flash[$0 * erase..<($0 + 1) * erase] }
            #expect(output.messages.contains("0x20000, 0x80000, 0x360000"), "\(output.messages)")
        }
        #expect(lab.bytes == wanted)
    }

    /// sunxi_flash knows no offset: what it cannot do is refused, not read from the wrong place.
    @Test func aSunxiPartitionIsReadFromItsBeginningOnly() throws {
        let lab = try SerialLab(flash: trappedFlash(size: 65_536))
        let output = try lab.acquire("--flash", "4096+4096", "--device", "sunxi:rootfs")
        #expect(output.status == 2)
        #expect(output.messages.contains("from its beginning only"))
    }

    /// dump.py's arguments: END is the last row, included; words in dump.py's order on request.
    @Test(arguments: [true, false])
    func dumpPyArgumentsIncludeTheLastRowAndKeepItsWordsOnRequest(asDumped: Bool) throws {
        let flash = trappedFlash(size: 8192)
        let lab = try SerialLab(flash: flash, board: ["--map", "0x30000000", "--style", "2015"])
        let output = try lab.acquire(
            ["115200", "0x30000100", "0x30001ff0", "--step", "64", "--timeout", "1"] + (asDumped ? ["--as-dumped"] : [])
        )
        #expect(output.status == 0, "\(output.messages)")
        var wanted = Array(flash[0x100..<0x2000])
        if asDumped {
            for at in stride(from: 0, to: wanted.count, by: 4) { wanted[at..<at + 4].reverse() }
        }
        #expect(lab.bytes == wanted)
    }

    @Test func memoryRangesOfAnyAlignmentAndSizeAreReadExactly() throws {
        let flash = trappedFlash(size: 8192)
        let lab = try SerialLab(flash: flash, board: ["--map", "0x30000000", "--strict-align"])
        for (start, size) in [(1, 3), (7, 100), (15, 4097), (0x100, 1)] {
            let output = try lab.acquire("--memory", "\(0x3000_0000 + start)+\(size)")
            #expect(output.status == 0, "\(output.messages)")
            #expect(lab.bytes == Array(flash[start..<start + size]))
        }
    }

    /// The example of dump.py's page: 1,966,080 bytes, of which blank blocks are not transferred; `--step` counts rows.
    @Test func theCommandLineOfDumpPyWorksAndReusesItsPreviousLog() throws {
        var flash = [UInt8](repeating: 0xff, count: 2 << 20)
        flash.replaceSubrange(0..<5000, with: trappedFlash(size: 5000))
        let lab = try SerialLab(flash: flash, board: ["--ram-base", "0x80000000", "--map", "0x21000000", "--hush"])
        let log = lab.directory.appending(path: "previous").path(percentEncoded: false)
        // As dump.py writes it: rows, and nothing else.
        var rows = ""
        for at in stride(from: 0, to: 2048, by: 16) {
            let row = Array(flash[at..<at + 16])
            let words = stride(from: 0, to: 16, by: 4).map { start in
                row[start..<start + 4].reversed().map { String(format: "%02x", $0) }.joined()
            }
            let text = String(decoding: row.map { (0x20...0x7e).contains($0) ? $0 : 0x2e }, as: UTF8.self)
            rows += String(format: "%08x: ", 0x2100_0000 + at) + words.joined(separator: " ") + "    \(text)\r\n"
        }
        try rows.write(toFile: log, atomically: true, encoding: .utf8)
        let output = try lab.acquire(
            "115200", "0x21000000", "0x211dfff0", "--step", "64", "--timeout", "1", "--previous", log, "--json")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes?.count == 1_966_080)
        #expect(lab.bytes == Array(flash[..<1_966_080]))
        let blocks = lab.journal.filter { $0["event"] as? String == "block" }
        #expect(blocks.allSatisfy { $0["size"] as? Int == 1024 })
        let report = try JSONDecoder().decode(Report.self, from: Data(output.standardOutput))
        #expect(report.reused == 2048)
    }

    /// `--step` of dump.py's page makes nothing slower: it is one command for each row that may be lost there.
    @Test func theStepOptionOfDumpPyCostsNoMoreCommands() throws {
        let flash = trappedFlash(size: 32_768)
        let reports = try [[], ["--step", "64", "--timeout", "1"]].map { options in
            let lab = try SerialLab(flash: flash, board: ["--map", "0x21000000", "--ram-base", "0x80000000"])
            let output = try lab.acquire(["115200", "0x21000000", "0x21007ff0", "--json"] + options)
            #expect(output.status == 0, "\(output.messages)")
            #expect(lab.bytes == flash)
            return try JSONDecoder().decode(Report.self, from: Data(output.standardOutput))
        }
        #expect(reports[0].commandCount == reports[1].commandCount)
    }

    /// What goes over the line: of the rows' own bytes at least 96 %, and of a flash that is mostly blank little.
    @Test func rowsAreAtLeast96PercentOfTheLineAndBlankFlashCostsLittle() throws {
        var flash = [UInt8](repeating: 0xff, count: 16 << 20)
        for part in [0, 1, 5, 9] {
            flash.replaceSubrange(
                part << 20..<(part + 1) << 20, with: trappedFlash(size: 1 << 20, seed: part + 1, blank: 0..<0))
        }
        let lab = try SerialLab(flash: flash, board: ["--style", "2023", "--hush"])
        let output = try lab.acquire("--flash", "0+16M", "--json", "--no-transcript")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
        let report = try JSONDecoder().decode(Report.self, from: Data(output.standardOutput))
        let onTheLine = Double(report.bytesIn + report.bytesOut)
        let wholeDump = Double(flash.count) / 16 * 65
        #expect(report.transferred == 4 << 20)
        #expect(Double(report.transferred) / 16 * 65 / onTheLine >= 0.96)
        #expect(onTheLine <= 0.26 * wholeDump)
        // One for each block of 16 KiB with data, and few besides.
        #expect(report.commandCount < 256 + 64)
    }

    @Test func blankBlocksAreNotTransferred() throws {
        var flash = trappedFlash(size: 65_536)
        for index in 16_384..<65_536 { flash[index] = 0xff }
        let lab = try SerialLab(flash: flash, board: ["--hush"])
        let output = try lab.acquire("--flash", "0+65536", "--json", "--quiet")
        let report = try JSONDecoder().decode(Report.self, from: Data(output.standardOutput))
        #expect(report.transferred == 16_384)
        #expect(report.blank == 49_152)
        #expect(lab.bytes == flash)
    }

    @Test func blocksOfAnOlderImageAreNotTransferred() throws {
        let flash = trappedFlash(size: 65_536)
        let lab = try SerialLab(flash: flash, board: ["--hush"])
        var old = flash
        old[5000] ^= 1
        try Data(old).write(to: lab.directory.appending(path: "old"))
        let have = lab.directory.appending(path: "old").path(percentEncoded: false)
        let output = try lab.acquire("--flash", "0+65536", "--json", "--have", have)
        let report = try JSONDecoder().decode(Report.self, from: Data(output.standardOutput))
        #expect(report.transferred == 4096)
        #expect(lab.bytes == flash)
    }

    struct Report: Decodable {
        var transferred: Int
        var blank: Int
        var reused: Int
        var kept: Int
        var corrected: Int
        var bytesIn: Int
        var bytesOut: Int
        var commandCount: Int
        var sha256: String
        var verification: String
    }

    /// Without crc32, and without echo, every row is read twice; nothing that could write is sent to a deaf console.
    @Test(arguments: [["--no-crc32"], ["--no-echo"], ["--no-echo", "--no-ascii"], ["--no-crc32", "--no-ascii"]])
    func withoutCRC32OrEchoEveryRowIsReadTwice(board: [String]) throws {
        let flash = trappedFlash(size: 8192)
        let lab = try SerialLab(flash: flash, board: board + ["--map", "0x30000000"])
        let blind = board.contains("--no-echo") ? ["--no-echo"] : []
        let output = try lab.acquire(["--memory", "0x30000000+8000"] + blind)
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == Array(flash.prefix(8000)))
        #expect(output.text.contains("read twice"))
        if board.contains("--no-echo") {
            let commands = Set(lab.audit.compactMap { ($0["command"] as? String)?.split(separator: " ").first })
            #expect(commands.isSubset(of: ["md.q", "md.l", "md.b", "version"]), "\(commands)")
            let refused = try lab.acquire("--flash", "0+8192", "--no-echo")
            #expect(refused.status == 2)
            #expect(refused.messages.contains("without echo"))
            let unasked = try lab.acquire("--memory", "0x30000000+8000")
            #expect(unasked.status == 2)
            #expect(unasked.messages.contains("nothing that is typed comes back"), "\(unasked.messages)")
        }
    }

    @Test func aPartitionOfTheEnvironmentIsReadByItsName() throws {
        let flash = trappedFlash(size: 65_536)
        let lab = try SerialLab(
            flash: flash,
            board: ["--env", "mtdparts=mtdparts=nor0:16k(BOOT),8k(KERNEL)ro,-(ROOTFS)"])
        let output = try lab.acquire("--partition", "kernel")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == Array(flash[16_384..<24_576]))
        // The chip is smaller than U-Boot can say.
        let rest = try lab.acquire("--partition", "ROOTFS")
        #expect(rest.status == 2)
        #expect(rest.messages.contains("begins at 0x6000"))
        let unknown = try lab.acquire("--partition", "x")
        #expect(unknown.messages.contains("BOOT, KERNEL, ROOTFS"))
    }

    /// The last partition ends where the chip ends, as `sf probe` has it.
    @Test(arguments: ["2010", "2015", "2023"])
    func aPartitionWithoutSizeEndsWhereTheChipEnds(style: String) throws {
        var flash = [UInt8](repeating: 0xff, count: 1 << 20)
        flash.replaceSubrange(0xf0000..., with: trappedFlash(size: 0x10000))
        let lab = try SerialLab(flash: flash, board: ["--style", style, "--hush"])
        let output = try lab.acquire("--partition", "rootfs", "--table", "mtdparts=nor0:768k(KERNEL),-(ROOTFS)")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == Array(flash[0xc0000...]))
    }

    /// Where neither the boot nor the environment tells, the command `mtdparts` may.
    @Test func aPartitionOfTheCommandMtdpartsIsReadByItsName() throws {
        let flash = trappedFlash(size: 65_536)
        let lab = try SerialLab(flash: flash, board: ["--mtdparts", "BOOT:0:0x4000,KERNEL:0x4000:0x2000"])
        let output = try lab.acquire("--partition", "KERNEL")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == Array(flash[0x4000..<0x6000]))
    }

    /// A vendor's U-Boot prints the table when it starts.
    @Test func aPartitionPrintedAtBootIsReadByItsName() throws {
        let flash = trappedFlash(size: 65_536)
        let lab = try SerialLab(
            flash: flash,
            board: [
                "--boot", "--autoboot", "1", "--banner",
                #"0x000000000000-0x000000004000 : "BOOT"\n0x000000004000-0x000000006000 : "KERNEL""#,
            ])
        let output = try lab.acquire("--power-on", "--partition", "KERNEL")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == Array(flash[0x4000..<0x6000]))
    }

    /// A console server instead of a port.
    @Test func theFlashIsReadThroughATCPConsoleServer() throws {
        let flash = trappedFlash(size: 20_000)
        let lab = try SerialLab(flash: flash, board: ["--tcp", "--hush"])
        let output = try lab.acquire("--flash", "0+20000")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    @Test(arguments: [
        [], ["--stop-key", "\\x03", "--autoboot-text", "Press Ctrl+C to stop autoboot "],
        ["--stop-key", " ", "--autoboot-text", "Press SPACE to abort autoboot in "],
    ])
    func autobootIsStoppedAtPowerOnByTheKeyThatTheBoardNames(board: [String]) throws {
        let flash = trappedFlash(size: 8192)
        let lab = try SerialLab(flash: flash, board: ["--boot", "--autoboot", "1"] + board)
        let output = try lab.acquire("--power-on", "--flash", "0+8192")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
    }

    @Test func aFasterRateIsUsedIfTheBoardTakesItAndPutBackAfterwards() throws {
        let flash = trappedFlash(size: 16_384)
        let rates = ["--rate", "115200", "--rates", "115200,460800,921600"]
        let lab = try SerialLab(flash: flash, board: rates, line: [])
        let output = try lab.acquire("--flash", "0+16384", "--baud-up", "921600")
        #expect(output.status == 0, "\(output.messages)")
        #expect(output.messages.contains("runs at 921600"))
        #expect(lab.bytes == flash)
        // It was put back: the next one starts as usual.
        let refused = try lab.acquire("--flash", "0+16384", "--baud-up", "1500000")
        #expect(refused.status == 0, "\(refused.messages)")
        #expect(refused.messages.contains("does not take 1500000"))
        #expect(lab.bytes == flash)
    }

    /// The board waits at a rate at which nothing gets through: it has to be switched off and on, and is then read as it is.
    @Test func aBoardThatIsDeafAtTheFasterRateIsReadAfterAPowerCycle() throws {
        let flash = trappedFlash(size: 8192)
        let lab = try SerialLab(
            flash: flash,
            board: ["--rate", "115200", "--rates", "115200,921600", "--deaf-rates", "921600", "--autoboot", "1"])
        let process = try lab.beginAcquire("--flash", "0+8192", "--baud-up", "921600")
        Thread.sleep(forTimeInterval: 5)
        for _ in 0..<20 where process.isRunning {
            lab.powerCycle()
            Thread.sleep(forTimeInterval: 4)
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(lab.bytes == flash)
    }

    /// What a run that was killed has left at the higher rate is found there, and put back to the usual one.
    @Test func aFasterRateLeftByAKilledRunIsFoundAndPutBack() throws {
        let flash = trappedFlash(size: 32_768)
        let lab = try SerialLab(
            flash: flash, board: ["--rate", "115200", "--rates", "115200,921600"], line: ["--baud", "200000"])
        let process = try lab.beginAcquire("--flash", "0+32768", "--baud-up", "921600")
        lab.waitForBlocks(2)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let output = try lab.acquire("--flash", "0+32768", "--baud-up", "921600", "--resume")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
        let usual = try lab.acquire("--flash", "0+256")
        #expect(usual.status == 0)
        #expect(!usual.messages.contains("talks at"), "\(usual.messages)")
    }

    @Test func theRateOfTheBoardIsFoundWhereAnotherWasGiven() throws {
        let flash = trappedFlash(size: 4096)
        let lab = try SerialLab(flash: flash, board: ["--rate", "57600"])
        let output = try lab.acquire("--flash", "0+4096", "--baud", "115200")
        #expect(output.status == 0, "\(output.messages)")
        #expect(output.messages.contains("talks at 57600"))
        #expect(lab.bytes == flash)
    }

    /// A transcript shows the same memory again, and is nobody else's business.
    @Test func aTranscriptGivesTheMemoryAgainAndOnlyItsOwnerCanReadIt() throws {
        let flash = trappedFlash(size: 8192)
        let lab = try SerialLab(flash: flash, board: ["--map", "0x30000000"])
        #expect(try lab.acquire("--memory", "0x30000000+8192").status == 0)
        for name in ["transcript", "journal"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(lab.image).\(name)")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        let copy = lab.directory.appending(path: "copy").path(percentEncoded: false)
        let output = try Program.run(
            Program.jffs2,
            ["acquire", "--log", "\(lab.image).transcript", "-o", copy, "--memory", "0x30000000+0x800"])
        #expect(output.status == 0, "\(output.messages)")
        #expect(try [UInt8](Data(contentsOf: URL(filePath: copy))) == Array(flash.prefix(0x800)))
    }

    /// Debian's U-Boot in QEMU: what the simulator is held against.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/lib/u-boot/qemu_arm/u-boot.bin")))
    func memoryOfTheRealUBootInQEMUIsReadAndVerified() throws {
        let flash = trappedFlash(size: 50_001)
        let lab = try SerialLab(flash: flash, board: ["--power-on-open"], tool: "start-uboot")
        let output = try lab.acquire("--power-on", "--memory", "0x4000000+50001")
        #expect(output.status == 0, "\(output.messages)")
        #expect(lab.bytes == flash)
        #expect(output.text.contains("every block agrees"))
    }
}

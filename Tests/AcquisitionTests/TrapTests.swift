import Testing

@testable import Acquisition

/// What a wrong key, or a line that is believed, would do: keys of boot texts, menus, words of drivers.
@Suite struct TrapTests {
    @Test(arguments: [
        ("Press 1 to erase NVRAM, 2 to upgrade, 9 for command line: ", ["9"]),
        ("Press U to update firmware from SD, C to console", ["C"]),
        ("Hit \"w\" within 3s to wipe config. Hit \"c\" for console.", ["c"]),
        ("Press \"R\" for reset to defaults, \"C\" to enter command line: ", ["C"]),
        ("Type \"erase\" to wipe, \"stop\" to stop", ["stop"]),
        ("Press Enter to flash the new image, or ^C to cancel", ["\u{3}"]),
        ("Press t to start TFTP recovery upgrade", []),
        ("New image on SD found. Press y to update", []),
        ("Hold \"E\" to erase the environment (2)", []),
        ("Press 'f' to format flash or SPACE to enter console ", [" "]),
        ("Press [ESC] for factory recovery (erases rootfs)\nPress [Ctrl-C] to enter the prompt", ["\u{3}"]),
        ("Press r to restore factory defaults, any other key to stop autoboot: 3", [" "]),
        ("Hit any key to stop autoboot: 3 \n(hold 1 for recovery)", [" "]),
        ("Please input password to enter console: ", []),
        // What has always been pressed.
        ("Press SPACE to abort autoboot in 2 seconds", [" "]), ("Press slp to abort autoboot in 2 seconds", ["slp"]),
        ("Autobooting in 1 seconds, press \"stop\" to stop", ["stop"]), ("Autobooting in 1 seconds", ["tpl"]),
        ("Enter \"STOP\" to stop autoboot in 2 seconds", ["STOP"]), ("press CTRL+Z to stop autoboot: 2", ["\u{1a}"]),
        ("Press Ctrl-\\ to stop autoboot: 2", ["\u{1c}"]), ("Hit <Ctrl-\\> to abort", ["\u{1c}"]),
        ("Press Ctrl \\ to stop", ["\u{1c}"]), ("Press \"Ctrl + ]\" to stop", ["\u{1d}"]),
        ("Press ^\\ to stop", ["\u{1c}"]),
        ("Press Ctrl-Break to stop", []), ("Press <Ctrl>+C to stop", ["\u{3}"]), ("Press Control-C to stop", ["\u{3}"]),
        ("Autobooting in 1 seconds, press \"<INTERRUPT>\" to stop", ["\u{3}"]),
        ("To stop autoboot type 'x' and press ENTER", ["x\r"]), ("Hit key \"u\" to stop autoboot:  2", ["u"]),
        ("Press any key in 2 secs to enter boot command mode.", [" "]),
        ("press [ESC] to enter console (2s)", ["\u{1b}\u{1b}"]), ("Press SPACE\nto abort", [" "]),
        ("Press ESC to abort TFTP download", ["\u{1b}\u{1b}"]),
        ("Press the [f] key and hit [enter] to enter failsafe mode", ["f\r", "\r"]),
        ("   1: Load system code then write to Flash\n   4: Entr boot command line interface.", ["4"]),
    ])
    func onlyTheKeysThatStopTheBootAreTakenFromItsText(text: String, keys: [String]) {
        #expect(StopKeys(in: text).keys == keys.map { Array($0.utf8) }, "\(text)")
    }

    /// What goes out unasked is held back once a text says that it does harm.
    @Test func aKeyThatTheTextSaysDoesHarmIsForbidden() {
        #expect(StopKeys(in: "Hit any key within 3 seconds to enter factory reset").forbids([0x03]))
        let recovery = StopKeys(in: "Press SPACE to start TFTP recovery; press S to stop autoboot")
        #expect(recovery.forbids([0x20]))
        #expect(!recovery.forbids([0x03]))
        #expect(recovery.keys == [[0x53]])
        #expect(!StopKeys(in: "Hit any key to stop autoboot:  3\nReading flash").forbids([0x03]))
    }

    @Test(arguments: [
        (["1. Load system code to SDRAM", "2. Load system code then write to Flash"], "choice> ", true),
        ([" b) boot", " e) erase settings"], "Select> ", true), (["[1] Reflash", "[4] Command line"], "? ", true),
        ([], "Flash is locked. Erase it? (y/n) ", true), (["--- board ---"], "=> ", false),
        (["a board", "b board"], "# ", false), ([], "[0] => ", false), (["12:04:05 up 3 min"], "$ ", false),
    ])
    func aMenuIsToldFromAPrompt(lines: [String], prompt: String, isMenu: Bool) {
        #expect(MenuText.isMenu(lines.map { Array($0.utf8) }, prompt: Array(prompt.utf8)) == isMenu)
    }

    @Test(arguments: [
        "SF: 65536 bytes @ 0x50000 Read: OK", "device 0 offset 0x50000, size 0x10000", " 131072 bytes read: OK",
        "Reading at 0x50000 --  30% complete.", "NAND read: device 0 offset 0x0, size 0x20000", "--->read spend 29 ms",
        "MMC read: dev # 0, block # 0, count 128 ... 128 blocks read: OK", "mmc0(part 0) is current device",
        "partinfo: name kernel, start 0x0, size 0x10000", "sunxi flash read :offset 0, 65536 bytes OK",
        "Skipping bad block 0x00020000", "16384 KiB hi_sfc at 0:0 is now current device",
        "SF: Detected n25q128a13 with page size 256 Bytes, erase size 64 KiB, total 16 MiB",
        "SF: 8 MiB [page:256 Bytes] [sector:65536 Bytes] [count:128] (XM25QH64A)",
        "Spi(cs1): Block:64KB Chip:8MB Name:\"W25Q64\"", "the manufacturer c8", "........",
        "4194304 bytes read in 1021 ms (3.9 MiB/s)",
    ])
    func usualAnswersToALoadAreNoComplaints(line: String) { #expect(LoadAnswer(lines: [line]).complaints.isEmpty) }

    @Test(arguments: [
        "spi: DMA transfer incomplete, falling back", "dma: incomplete", "spi nor: 3 bytes lost", "page 9 not complete",
        "spi: 12 bytes dropped", "chip busy: 5 bytes stale", "read completed with 3 errors in the fifo",
        "sfc: rx fifo underrun at 0x9000", "spi: DMA fallback, read ok", "bad block read at 0x20000",
    ])
    func answersThatBytesWereLostAreComplaints(line: String) {
        #expect(LoadAnswer(lines: [line, "SF: 65536 bytes @ 0x0 Read: OK"]).complaints == [line])
    }

    @Test func blanksBehindARowCostNothing() throws {
        let text = "21000000: 64636261 68676665 6c6b6a69 706f6e6d    abcdefghijklmnop"
        for tail in [" ", "\t", "   ", "          "] {
            let row = try #require(MemoryRow(Array((text + tail).utf8), expected: 16))
            #expect(row.bytes(reversed: true) == Array("abcdefghijklmnop".utf8))
            #expect(row.hasText)
            #expect(MemoryRow(Array((text.dropLast() + "q" + tail).utf8), expected: 16) == nil)
        }
        // Text that ends and begins with blanks.
        let blank = try #require(MemoryRow(Array("10: 20202020 20616220         ab       ".utf8), expected: 8))
        #expect(blank.digits == Array("     ab ".utf8))
        // No text at all, and the groups that are missing as blanks.
        let padded = try #require(
            MemoryRow(Array("21000000: e0 f9 10 d8                                    ".utf8), expected: 4))
        #expect(padded.digits == [0xe0, 0xf9, 0x10, 0xd8])
        #expect(!padded.hasText)
    }

    /// The consoles of Tests/SerialLab/oddboard/traps.py.
    @Test func boardsWithTrapsAreReadOrRefusedAndNeverWrittenTo() throws {
        let names = try OddBoard.names(in: "traps.py")
        #expect(names.count == 17)
        let complaints = OddBoard.complaints(about: names, of: "traps.py") { result in
            if !result.writes.isEmpty { return "WRITES \(result.writes)" }
            guard let (status, word) = Self.refused[result.name] else {
                return result.code == 0 && result.verdict == "EQUAL" ? nil : "should have been read"
            }
            return result.code == status && result.text.contains(word)
                ? nil : "should say '\(word)' with status \(status)"
        }
        for complaint in complaints { Issue.record(Comment(rawValue: complaint)) }
    }

    /// Those that cannot be read, or with a doubt, and what is said about them.
    private static let refused: [String: (Int, String)] = [
        "keys-none-harmless": (2, "give the keys that stop it with --stop-key"), "menu-numbers": (2, "this is a menu"),
        "menu-letters": (2, "this is a menu"),
        "menu-question": (2, "this is a menu"), "nothing-typed-comes-back": (2, "--no-echo"),
        "driver-says-incomplete": (1, "DMA transfer incomplete"), "driver-says-lost": (1, "3 bytes lost"),
        "driver-says-page": (1, "page 9 not complete"), "password-wrong": (2, "does not take the password"),
    ]
}

import Foundation
import TestSupport
import Testing

/// The odd consoles of Tests/SerialLab/oddboard: an image that is equal, or a failure that says why; never wrong data with
/// status 0, never a write.
///
/// `make test` takes those that have gone wrong once and are quick; with JFFS2_SOAK in the environment, all.
@Suite struct OddBoardTests {
    /// Consoles from which no image can come, and a word that the message must have.
    private static let refused: [String: String] = [
        "md-missing": "no md command", "no-bdinfo-no-ram": "--ram", "sf-read-error-text": "ERROR -5",
        "sf-read-timeout-text": "timed out", "sf-wraps-behind-end": "64 KiB", "sf-3byte-limit": "64 KiB",
        "no-echo-flash": "--no-echo", "loopback": "comes back", "tx-not-connected": "TX", "mw-ram-is-flash": "RAM",
        "password-prompt": "--password", "ralink-menu": "--stop-key", "login-prompt": "login",
        "login-prompt-partition": "login", "watchdog-10s-manual": "reset",
        "nand-dump-only": "it shows the page at 0x0",
        "busybox-root": "no base64, xxd, hexdump or od", "busybox-root-flash": "no base64, xxd, hexdump or od",
        "busybox-bash-message": "not found",
        "android-shell": "inaccessible",
    ]
    /// Images about which there is a doubt, by a word of it.
    private static let doubted: [String: String] = [
        "no-crc32": "no crc32", "crc32-broken": "not the usual one", "no-mw": "no mw",
        "nand-ecc-message": "uncorrectable ECC",
        "ctrl-c-reboots": "reset",
    ]
    /// A page that reads the same wrong bytes twice: nobody can know them.
    private static let wrongOnTheBoard: Set<String> = ["nand-ecc-message", "ctrl-c-reboots"]

    private static let sample = [
        "prompt-two-lines", "prompt-osc-title", "prompt-utf8", "prompt-clock", "tab-everywhere", "ascii-bars",
        "ascii-word-order",
        "eol-cr", "eol-lfcr", "crc32-broken", "cbsize-32", "double-echo", "redraw-echo", "wrap-80", "xon-xoff-in-echo",
        "sf-3byte-limit", "ram-changes-late", "ram-counter", "silent-reset-clears-upper", "vendor-banner-reset",
        "nand-ecc-message", "sf-read-timeout-text", "mw-ram-is-flash", "press-quoted-capital", "password-prompt",
        "power-on-at-prompt", "loopback", "crc32-other-words",
    ]

    private static func judge(_ result: OddBoard.Result) -> String? {
        if !result.writes.isEmpty { return "WRITES \(result.writes)" }
        if result.code == 0, result.verdict != "EQUAL" { return "WRONG DATA with status 0" }
        if let word = refused[result.name] {
            if result.code != 2 { return "should have failed" }
            return result.text.contains(word) ? nil : "does not say '\(word)'"
        }
        if let word = doubted[result.name] {
            if result.code != 1 { return "should have doubts" }
            if !result.text.contains(word) { return "does not say '\(word)'" }
            return result.verdict == "EQUAL" || wrongOnTheBoard.contains(result.name) ? nil : "not equal"
        }
        // No bdinfo says where a second place would be.
        if result.name == "prompt-two-lines", !result.text.contains("note: both copies of the flash were in one place")
        {
            return "should name the limit of the proof"
        }
        return result.code == 0 ? nil : "should have been read"
    }

    @Test func oddConsolesGiveAnEqualImageOrSayWhyNotAndAreNotWrittenTo() throws {
        var names = Self.sample
        if SoakLog.isSoak {
            names = try OddBoard.names(in: "cases.py")
            #expect(names.count >= 117)
        }
        for complaint in OddBoard.complaints(about: names, of: "cases.py", judge: Self.judge) {
            Issue.record(Comment(rawValue: complaint))
        }
    }

    /// `--stop-key '\r'` at a board that sits at its prompt, and whose last command was an erase.
    @Test func enterAsAStopKeyDoesNotRepeatTheLastCommand() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-enter-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let text = try OddBoard.run("enterrepeat.py", [], in: directory)
        #expect(text.contains("exit 0 True"), "\(text)")
        #expect(text.contains("erases carried out: 0"), "\(text)")
        #expect(text.contains("without --stop-key: exit 0 erases 0"), "\(text)")
    }
}

import Foundation
import TestSupport
import Testing

/// The odd consoles of Tests/SerialLab/oddboard: an image that is equal, or a failure that says why; never wrong data with
/// status 0, never a write.
///
/// `make test` takes those that have gone wrong once and are quick; with JFFS2_SOAK in the environment, all.
@Suite struct OddBoardTests {
    struct Result: Decodable, Sendable {
        var name: String
        var code: Int
        var verdict: String
        var text: String
        var writes: [String]
    }

    /// Consoles from which no image can come, and a word that the message must have.
    private static let refused: [String: String] = [
        "md-missing": "no md command", "no-bdinfo-no-ram": "--ram", "sf-read-error-text": "ERROR -5",
        "sf-read-timeout-text": "timed out", "sf-wraps-behind-end": "64 KiB", "sf-3byte-limit": "64 KiB",
        "no-echo-flash": "without echo", "loopback": "comes back", "tx-not-connected": "TX", "mw-ram-is-flash": "RAM",
        "password-prompt": "--password", "ralink-menu": "--stop-key", "login-prompt": "login",
        "login-prompt-partition": "login", "watchdog-10s-manual": "reset", "nand-dump-only": "md",
        "busybox-root": "not found", "busybox-root-flash": "not found", "busybox-bash-message": "not found",
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
        "prompt-osc-title", "prompt-utf8", "prompt-clock", "tab-everywhere", "ascii-bars", "ascii-word-order",
        "eol-cr", "eol-lfcr", "crc32-broken", "cbsize-32", "double-echo", "redraw-echo", "wrap-80", "xon-xoff-in-echo",
        "sf-3byte-limit", "ram-changes-late", "ram-counter", "silent-reset-clears-upper", "vendor-banner-reset",
        "nand-ecc-message", "sf-read-timeout-text", "mw-ram-is-flash", "press-quoted-capital", "password-prompt",
        "power-on-at-prompt", "loopback", "crc32-other-words",
    ]

    private static let isSoak = ProcessInfo.processInfo.environment["JFFS2_SOAK"] != nil

    /// Runs a script of the simulator in a folder of its own; what it printed.
    private static func run(_ script: String, _ arguments: [String], in folder: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Checkout.path("Tests/SerialLab/oddboard/\(script)")] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "JFFS2": Program.jffs2, "ACQWORK": folder.path(percentEncoded: false), "PYTHONDONTWRITEBYTECODE": "1",
        ]) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }

    private static func complaint(_ name: String) -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jffs2-odd-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let printed = try run("cases.py", [name], in: folder)
            let line = (try? Data(contentsOf: folder.appending(path: "results.jsonl"))) ?? Data()
            guard let result = try? JSONDecoder().decode(Result.self, from: line) else { return "\(name): \(printed)" }
            return judge(result).map { "\(name): \($0)\n\(result.code) \(result.verdict)\n\(result.text)" }
        } catch {
            return "\(name): \(error)"
        }
    }

    private static func judge(_ result: Result) -> String? {
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
        return result.code == 0 ? nil : "should have been read"
    }

    @Test func consoles() throws {
        var names = Self.sample
        if Self.isSoak {
            let folder = FileManager.default.temporaryDirectory
            let list = try Self.run("cases.py", ["--list"], in: folder).split(separator: "\n").map(String.init)
            #expect(list.count >= 162)
            names = list
        }
        // They mostly wait.
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 8
        let lock = NSLock()
        nonisolated(unsafe) var complaints: [String] = []
        for name in names {
            queue.addOperation {
                let complaint = Self.complaint(name)
                lock.withLock { complaints += complaint.map { [$0] } ?? [] }
            }
        }
        queue.waitUntilAllOperationsAreFinished()
        for complaint in complaints { Issue.record(Comment(rawValue: complaint)) }
    }

    /// `--stop-key '\r'` at a board that sits at its prompt, and whose last command was an erase.
    @Test func enterRepeatsNothing() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jffs2-enter-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let text = try Self.run("enterrepeat.py", [], in: folder)
        #expect(text.contains("exit 0 True"), "\(text)")
        #expect(text.contains("erases carried out: 0"), "\(text)")
        #expect(text.contains("without --stop-key: exit 0 erases 0"), "\(text)")
    }
}

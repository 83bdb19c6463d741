import Foundation
import TestSupport

/// A board of Tests/SerialLab at the end of a line: the simulator, and what damages the line.
final class SerialLab {
    let directory: URL
    /// What `jffs2 acquire` is given as its port.
    private(set) var port: String
    /// What the flash holds.
    let flash: [UInt8]
    private(set) var board: [String: String] = [:]
    private var processes: [Process] = []
    /// Whether the board is a simulator, which answers at once. A guest does not, on a machine that is busy.
    private let isQuick: Bool
    /// When the tools end by themselves: they outlive a test that is killed (seconds).
    private static let lifetime = ["--seconds", "1800"]

    /// - Parameters:
    ///   - flash: contents of the flash.
    ///   - board: options of `fake-uboot`.
    ///   - line: options of `faulty-serial`; nil connects directly.
    init(flash: [UInt8], board options: [String] = [], line: [String]? = nil, tool: String = "fake-uboot") throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-serial-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        self.flash = flash
        isQuick = !["start-uboot", "start-busybox"].contains(tool)
        let image = directory.appending(path: "flash").path(percentEncoded: false)
        try Data(flash).write(to: URL(filePath: image))
        let link = directory.appending(path: "port").path(percentEncoded: false)
        let audit = directory.appending(path: "audit").path(percentEncoded: false)
        port = link
        let own = tool == "fake-uboot" ? [image, "--audit", audit] : ["--image", image]
        board = try start(tool, own + Self.lifetime + (line == nil ? ["--link", link] : []) + options)
        if options.contains("--tcp") { port = board["PTY"] ?? "" }
        if let line {
            let log = directory.appending(path: "faults").path(percentEncoded: false)
            _ = try start(
                "faulty-serial", [board["PTY"] ?? "", "--link", link, "--log", log] + Self.lifetime + line)
        }
    }

    deinit {
        for process in processes { process.terminate() }
        // They take their links away, which must not happen under the feet of what follows.
        for process in processes { process.waitUntilExit() }
        try? FileManager.default.removeItem(at: directory)
    }

    /// The tools stay in the foreground: one that put itself into the background would keep the descriptor by which
    /// Foundation notices the end of a process.
    private func start(_ tool: String, _ arguments: [String]) throws -> [String: String] {
        let process = Process()
        process.executableURL = URL(filePath: Checkout.path("Tests/SerialLab/\(tool)"))
        process.arguments = ["--foreground"] + arguments
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        try process.run()
        processes.append(process)
        var text = Data()
        while !text.contains(0x0a) {
            let more = pipe.fileHandleForReading.availableData
            if more.isEmpty { break }
            text += more
        }
        var values: [String: String] = [:]
        for word in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace) {
            let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 { values[pair[0]] = pair[1] }
        }
        return values
    }

    /// Whether the kernel lab has a guest for `start-busybox`.
    static let hasGuest: Bool = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
        let lab = environment["JFFS2_KERNEL_LAB_CACHE"] ?? cache + "/jffs2-kernel-lab"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: lab)) ?? []
        return files.contains("vmlinux") && files.contains { $0.hasPrefix("initrd-") && $0.hasSuffix(".cpio") }
    }()

    /// Switches the board off and on.
    func powerCycle() {
        if let process = processes.first { kill(process.processIdentifier, SIGUSR1) }
    }

    /// Where the image goes.
    var image: String { directory.appending(path: "image").path(percentEncoded: false) }

    /// The image, if there is one.
    var bytes: [UInt8]? { (try? Data(contentsOf: URL(filePath: image))).map { [UInt8]($0) } }

    /// The journal's lines.
    var journal: [[String: Any]] {
        lines("image.journal")
    }

    /// What ran on the board, and what it wrote.
    var audit: [[String: Any]] { lines("audit") }

    private func lines(_ name: String) -> [[String: Any]] {
        let text = (try? String(contentsOf: directory.appending(path: name), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }

    /// Runs `jffs2 acquire PORT … --yes -o IMAGE`.
    func acquire(_ arguments: String...) throws -> Program.Output { try acquire(arguments) }

    /// Runs `jffs2 acquire PORT … --yes -o IMAGE`.
    ///
    /// - Parameter replacing: whether what an earlier run has left is replaced.
    func acquire(_ arguments: [String], replacing: Bool = true) throws -> Program.Output {
        let force = replacing && !arguments.contains("--resume") ? ["--force"] : []
        return try Program.run(
            Program.jffs2, ["acquire", port, "--yes", "-o", image] + force + timing(arguments) + arguments)
    }

    /// The lab answers faster than a board.
    private func timing(_ arguments: [String]) -> [String] {
        arguments.contains("--timeout") || !isQuick ? [] : ["--timeout", "0.3"]
    }

    /// Begins an acquisition that the test ends itself.
    func beginAcquire(_ arguments: String...) throws -> Process { try beginAcquire(arguments) }

    /// Begins an acquisition that the test ends itself.
    func beginAcquire(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Program.jffs2)
        process.arguments = ["acquire", port, "--yes", "-o", image] + timing(arguments) + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Waits until an acquisition has read blocks, and is in the middle of another.
    func waitForBlocks(_ count: Int) {
        for _ in 0..<600 where journal.count(where: { $0["event"] as? String == "block" }) < count {
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    /// Commands that write to flash, or to RAM outside of the two windows in which copies of flash are put.
    var forbiddenWrites: [[String: Any]] {
        let size = (max(flash.count, 1) + 3) / 4 * 4
        let second = 0x2100_0000 + (flash.count + 0xffff) / 0x10000 * 0x10000
        return audit.filter { entry in
            if entry["flash"] != nil { return true }
            guard let address = entry["write"] as? Int, let length = entry["size"] as? Int else { return false }
            return ![0x2100_0000, second].contains { address >= $0 && address + length <= $0 + size }
        }
    }
}

/// Random numbers that a seed repeats; by no other generator, since recorded transcripts hold flashes that are made of them.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_f491_4f6c_dd1d
    }
}

/// Flash contents with everything that could lead a reader astray.
///
/// - Parameter blank: what is erased; a block between two with data if nil.
func trappedFlash(size: Int, seed: Int = 1, blank: Range<Int>? = nil) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
    func put(_ text: String, _ at: Int) {
        for (index, byte) in text.utf8.enumerated() where at + index < size { bytes[at + index] = byte }
    }
    put("MStar # ", 0x40)
    put("=> ", 0x5d)
    put("21000010: 000000", 0x100)
    put("U-Boot 2015.01 (", 0x110)
    put("data abort", 0x120)
    put("                ", 0x130)
    put("0123456789abcdef0123456789abcdef", 0x140)
    put("crc32 for 210000", 0x160)
    // An erased block between two with data, and one of zeros.
    for index in blank ?? size / 4..<size / 2 { bytes[index] = 0xff }
    for index in size * 5 / 8..<min(size, size * 5 / 8 + 600) { bytes[index] = 0 }
    return bytes
}

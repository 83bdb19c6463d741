import Foundation
import TestSupport
import Testing

/// Seeded runs over a bad line: whatever happens, never wrong data with status 0, and nothing on the board changes.
///
/// `swift test` does twelve, `make test` sixty (JFFS2_LINES), `make soak` a thousand: JFFS2_SOAK says how many, or which
/// (`33,91`, or `33,` for one).
@Suite struct DamagedLineTests {
    private static let variables = ProcessInfo.processInfo.environment
    private static let wanted = variables["JFFS2_SOAK"] ?? variables["JFFS2_LINES"] ?? "12"
    /// Seeds that were named one by one are run on every board.
    private static let isList = wanted.contains(",")
    private static let seeds: [Int] = {
        let numbers = wanted.split(separator: ",").compactMap { Int($0) }
        return isList ? numbers : Array(0..<(numbers.first ?? 0))
    }()

    @Test func aBadLineNeverGivesWrongDataNorWritesToTheBoard() {
        let complaints = SoakLog.complaints(about: Self.seeds.map { "seed \($0)" }) { name in
            Self.complaint(Int(name.dropFirst(5)) ?? 0)
        }
        for complaint in complaints { Issue.record(Comment(rawValue: complaint)) }
    }

    /// The other simulator, the real U-Boot and the real BusyBox behind the same line, a run in ten of a soak.
    @Test func aBadLineNeverGivesWrongDataFromOtherBoards() {
        let seeds = Self.isList ? Self.seeds : Self.seeds.count > 60 ? Self.seeds.filter { $0 % 10 == 0 } : [3]
        let names = seeds.flatMap { seed in Self.others.map { "\($0) \(seed)" } }
        let complaints = SoakLog.complaints(about: names, atOnce: 3) { name in
            let words = name.split(separator: " ")
            return Self.complaint(Int(words[1]) ?? 0, of: String(words[0]))
        }
        for complaint in complaints { Issue.record(Comment(rawValue: complaint)) }
    }

    private static let others =
        ["start-oddboard"]
        + (FileManager.default.fileExists(atPath: "/usr/lib/u-boot/qemu_arm/u-boot.bin") ? ["start-uboot"] : [])
        + (SerialLab.hasGuest ? ["start-busybox"] : [])

    /// The last words come first: of a failed test the beginning is shown.
    private static func reason(_ output: Program.Output) -> String {
        let lines = output.messages.split(separator: "\n")
        return "\(lines.last ?? "without a word")\n\(output.messages)"
    }

    /// What was wrong with a run on another board.
    private static func complaint(_ seed: Int, of tool: String) -> String? {
        var generator = SeededGenerator(seed: seed + 1)
        let flash = trappedFlash(size: 8192, seed: seed)
        let (_, line) = conditions(seed, &generator)
        do {
            let lab = try SerialLab(flash: flash, line: line, tool: tool)
            let source =
                switch tool {
                case "start-uboot": ["--memory", "0x4000000+8192"]
                case "start-busybox": ["--flash", "0+8192", "--device", "mtd0"]
                default: ["--flash", "0+8192", "--ram", "0x21000000"]
                }
            let output = try lab.acquire(source)
            // Without the flash being copied twice a reset is a doubt, and no fault.
            if output.status == 2 { return isMild(seed) ? "\(tool) \(seed): gave up: \(Self.reason(output))" : nil }
            return output.status < 2 && lab.bytes == flash ? nil : "\(tool) \(seed): WRONG DATA\n\(output.messages)"
        } catch {
            return "\(tool) \(seed): \(error)"
        }
    }

    /// What was wrong with the run of a seed.
    private static func complaint(_ seed: Int) -> String? {
        var generator = SeededGenerator(seed: seed + 1)
        let size = [4096, 9000, 16_384, 20_001].randomElement(using: &generator) ?? 4096
        let flash = trappedFlash(size: size, seed: seed)
        let (board, line) = conditions(seed, &generator)
        var faults: [String] = []
        var messages = ""
        do {
            let lab = try SerialLab(flash: flash, board: board, line: line)
            let output = try lab.acquire("--flash", "0+\(size)", "--ram", "0x21000000")
            messages = output.messages
            switch output.status {
            case 0, 1:
                if lab.bytes != flash { faults.append("WRONG DATA with status \(output.status)") }
                // What the line does is not to be blamed on the flash.
                if messages.contains("did not read the same"), !board.contains("--sf-bad") {
                    faults.append("the flash is blamed")
                }
            case 2:
                // A clear failure: no image, and a line that says why.
                if lab.bytes != nil { faults.append("an image in spite of status 2") }
                if messages.split(separator: "\n").last?.hasPrefix("jffs2: ") != true { faults.append("no reason") }
                if isMild(seed) { faults.append("gave up on a line that is not that bad") }
            default: faults.append("status \(output.status)")
            }
            if !lab.forbiddenWrites.isEmpty { faults.append("the board was written to: \(lab.forbiddenWrites)") }
        } catch {
            faults.append("\(error)")
        }
        return faults.isEmpty ? nil : "seed \(seed): \(faults) \(board) \(line)\n\(messages)"
    }

    /// Seven of eight lines are of a kind that must be coped with.
    private static func isMild(_ seed: Int) -> Bool { seed % 8 != 7 }

    private static func conditions(_ seed: Int, _ generator: inout SeededGenerator) -> ([String], [String]) {
        func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &generator) ?? choices[0] }
        var board = pick([
            ["--style", "2010"], ["--style", "2015"], ["--style", "2023", "--hush"], ["--big-endian"],
            ["--hush", "--saves"], ["--no-ascii"], ["--no-crc32"], ["--sf-bad", "3"], ["--row", "8"],
        ])
        board += ["--autoboot", "1"]
        let scale = isMild(seed) ? 1.0 : 12.0
        func rate(_ choices: [Double]) -> String { String(pick(choices) * scale) }
        var line = ["--seed", String(seed), "--stall-seconds", "0.4", "--disconnect-seconds", "0.4"]
        line += ["--flip", rate([0, 1e-5, 1e-4]), "--drop", rate([0, 1e-5, 1e-4])]
        line += ["--tx-flip", rate([0, 1e-3, 3e-3]), "--tx-drop", rate([0, 1e-3, 3e-3])]
        line += ["--noise-line", rate([0, 0.002]), "--noise-mid", rate([0, 2e-5])]
        line += ["--dup-line", rate([0, 0.003]), "--drop-line", rate([0, 0.003])]
        line += ["--stall", rate([0, 0.002]), "--disconnect", rate([0, 0, 5e-4])]
        if seed % 10 == 3 { board += ["--watchdog", "12"] }
        return (board, line)
    }
}

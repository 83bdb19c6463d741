import Foundation
import TestSupport

/// Runs the consoles of Tests/SerialLab/oddboard.
enum OddBoard {
    struct Result: Decodable, Sendable {
        var name: String
        var code: Int
        var verdict: String
        var text: String
        var writes: [String]
    }

    /// The consoles of a script.
    static func names(in script: String) throws -> [String] {
        try run(script, ["--list"], in: FileManager.default.temporaryDirectory).split(separator: "\n").map(String.init)
    }

    /// Runs a script of the simulator in a directory of its own; what it printed.
    static func run(_ script: String, _ arguments: [String], in directory: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Checkout.path("Tests/SerialLab/oddboard/\(script)")] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "JFFS2": Program.jffs2, "ACQWORK": directory.path(percentEncoded: false), "PYTHONDONTWRITEBYTECODE": "1",
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

    /// What is wrong with runs on these consoles, many at once, since they mostly wait.
    static func complaints(
        about names: [String], of script: String, judge: @escaping @Sendable (Result) -> String?
    ) -> [String] {
        SoakLog.complaints(about: names) { name in
            let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-odd-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: directory) }
            do {
                try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
                let printed = try run(script, [name], in: directory)
                let line = (try? Data(contentsOf: directory.appending(path: "results.jsonl"))) ?? Data()
                guard let result = try? JSONDecoder().decode(Result.self, from: line) else {
                    return "\(name): \(printed)"
                }
                return judge(result).map { "\(name): \($0)\n\(result.code) \(result.verdict)\n\(result.text)" }
            } catch {
                return "\(name): \(error)"
            }
        }
    }
}

import Foundation

/// A program that a test runs.
package enum Program {
    package struct Output: Sendable {
        /// What it ended with; of one that a signal ended, its number.
        package var status: Int32
        /// The signal that ended it.
        package var signal: Int32?
        package var standardOutput: [UInt8]
        package var standardError: [UInt8]
        package var command: String

        /// Standard output as text.
        package var text: String { String(decoding: standardOutput, as: UTF8.self) }
        /// Standard error as text.
        package var messages: String { String(decoding: standardError, as: UTF8.self) }

        /// Itself, if the status was 0.
        package func checked() throws -> Output {
            if status != 0 { throw ProgramFailed(output: self) }
            return self
        }
    }

    /// Where `jffs2` is: what JFFS2_PROGRAM names, else what was built beside these tests.
    package static let jffs2: String =
        ProcessInfo.processInfo.environment["JFFS2_PROGRAM"]
        ?? URL(filePath: beside).appending(path: "jffs2")
        .path(percentEncoded: false)

    /// The directory in which these tests, and all programs, were built.
    package static let beside: String = {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
            let directory = bundle.bundleURL.deletingLastPathComponent()
        #else
            let directory = Bundle.main.bundleURL
        #endif
        return directory.path(percentEncoded: false)
    }()

    /// Runs a program to its end; `name` is a path, or looked up in PATH. Standard input is the file `input`, or empty.
    package static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil,
        input: String? = nil
    ) throws -> Output {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Not for env itself: some variables are traps.
        let variables = environment.map { "\($0.key)=\($0.value)" }
        #if os(Linux)
            // Whoever started the tests may ignore some signals.
            process.arguments = ["--default-signal=INT,TERM,HUP,PIPE"] + variables + [name] + arguments
        #else
            process.arguments = variables + [name] + arguments
        #endif
        if let directory { process.currentDirectoryURL = URL(filePath: directory) }
        // Files, not pipes: nothing here can then wait for a reader.
        let scratch = FileManager.default.temporaryDirectory.appending(path: "jffs2-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let files = ["out", "err"].map { scratch.appending(path: $0) }
        let handles = try files.map { file in
            try Data().write(to: file)
            return try FileHandle(forWritingTo: file)
        }
        let input = try input.map { try FileHandle(forReadingFrom: URL(filePath: $0)) }
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = handles[0]
        process.standardError = handles[1]
        try process.run()
        process.waitUntilExit()
        return Output(
            status: process.terminationStatus,
            signal: process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil,
            standardOutput: try [UInt8](Data(contentsOf: files[0])),
            standardError: try [UInt8](Data(contentsOf: files[1])),
            command: ([name] + arguments).joined(separator: " "))
    }
}

/// A program ended with a status other than 0.
package struct ProgramFailed: Error, CustomStringConvertible {
    package var output: Program.Output

    package var description: String {
        "\(output.command): status \(output.status)\n\(output.messages)"
    }
}

/// This checkout of the project.
package enum Checkout {
    /// The absolute path of something in it.
    package static func path(_ relative: String) -> String {
        var url = URL(filePath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appending(path: relative).path(percentEncoded: false)
    }
}

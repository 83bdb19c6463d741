import Foundation
import TestSupport

/// The program that was built beside these tests, run as a user runs it.
enum Tool {
    /// Where `jffs2` is.
    static let path = Program.jffs2

    /// Runs `jffs2` with these arguments and returns status, standard output and standard error.
    static func run(
        _ arguments: String..., environment: [String: String] = [:], in directory: Scratch? = nil
    ) throws -> Program.Output {
        try Program.run(path, arguments, environment: environment, in: directory?.path)
    }

    /// The same with a list of arguments, in a directory.
    static func run(_ arguments: [String], in directory: Scratch) throws -> Program.Output {
        try Program.run(path, arguments, in: directory.path)
    }
}

/// A directory of one test, removed with its contents at the end.
final class Scratch: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "jffs2-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Writes a file.
    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: URL(filePath: self(name)))
        return self(name)
    }

    /// The bytes of a file.
    func read(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: self(name)))) }

    /// Runs a script in it, which has to succeed; returns what it prints.
    @discardableResult
    func shell(_ script: String) throws -> String {
        try Program.run("sh", ["-ec", script], environment: ["LC_ALL": "C", "TZ": "UTC"], in: path).checked().text
    }

    /// Runs `jffs2` in it as a user who is not root.
    func nobody(_ arguments: String) throws -> Program.Output {
        let script = "exec setpriv --reuid=65534 --regid=65534 --clear-groups \(Tool.path) \(arguments)"
        return try Program.run("sh", ["-c", script], environment: ["LC_ALL": "C", "TZ": "UTC"], in: path)
    }

    /// What `jffs2 ls -R` says of an image in it.
    func listing(_ image: String) throws -> String { try Tool.run("ls", "-R", image, in: self).checked().text }

    /// What is in it, sorted.
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

extension Program.Output {
    /// Whether it is one line of a failure with this status.
    func isOneLine(_ status: Int32, _ parts: String...) -> Bool {
        self.status == status && messages.hasPrefix("jffs2: ") && messages.split(separator: "\n").count == 1
            && parts.allSatisfy(messages.contains)
    }
}

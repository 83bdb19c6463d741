import Foundation

/// Many runs at once, of which a soak keeps a log: what stands there as held is not run again.
///
/// JFFS2_SOAK says how many, or which; JFFS2_SOAK_LOG names the log, a line a run: `ok NAME`, or `FAULT NAME: what`.
enum SoakLog {
    static let isSoak = ProcessInfo.processInfo.environment["JFFS2_SOAK"] != nil
    private static let path = ProcessInfo.processInfo.environment["JFFS2_SOAK_LOG"]
    private static let lock = NSLock()

    /// What the runs complain about.
    ///
    /// - Parameters:
    ///   - names: of the runs, unique over all suites that soak.
    ///   - atOnce: how many at a time. Most of a run is waiting, unless it is a guest's, which must not starve.
    static func complaints(
        about names: [String], atOnce: Int = 12, _ run: @escaping @Sendable (_ name: String) -> String?
    ) -> [String] {
        let known = path.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
        let held = Set(known.split(separator: "\n").filter { $0.hasPrefix("ok ") }.map { String($0.dropFirst(3)) })
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = atOnce
        nonisolated(unsafe) var complaints: [String] = []
        for name in names where !held.contains(name) {
            queue.addOperation {
                let complaint = run(name)
                lock.withLock {
                    complaints += complaint.map { [$0] } ?? []
                    append(complaint.map { "FAULT \(name): \($0.replacing("\n", with: " / "))" } ?? "ok \(name)")
                }
            }
        }
        queue.waitUntilAllOperationsAreFinished()
        return complaints
    }

    private static func append(_ line: String) {
        guard let path else { return }
        if !FileManager.default.fileExists(atPath: path) { try? Data().write(to: URL(filePath: path)) }
        guard let file = FileHandle(forWritingAtPath: path) else { return }
        defer { try? file.close() }
        _ = try? file.seekToEnd()
        try? file.write(contentsOf: Data((line + "\n").utf8))
    }
}

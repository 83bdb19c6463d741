package import FlashBytes

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Writes a tree into a directory of the host, so that nothing in the tree can reach outside that directory.
package enum HostDirectoryWriter {
    /// How to write.
    package struct Configuration: Sendable {
        /// Whether an existing destination may be filled: its directories are kept, whatever else is in the place of an
        /// entry is unlinked first. Otherwise the destination must not exist, and appears when all is written.
        package var replacesExisting = false
        /// Whether to set owners and to create devices and sockets.
        package var isPrivileged = geteuid() == 0
        /// Whether to set set-uid and set-gid bits, which make a program of an image's maker run as somebody else.
        package var setsSetID = geteuid() == 0
        /// Whether to set extended attributes; the host may refuse some.
        package var setsExtendedAttributes = false
        /// Whether to compute the SHA-256 of each file's content on the way.
        package var computesDigests = true
        /// How many files are filled at the same time, at least 1. Changes nothing in the result.
        package var jobs = 1

        /// A new destination, with what the user who runs this may set but for extended attributes.
        package init() {}
    }

    /// How far the work is.
    package struct Progress: Sendable {
        /// Of `FileTree.inodes`, so many were created.
        package var files = 0
        /// The sizes of those that are regular files, added up (bytes).
        package var contentBytes: UInt64 = 0
    }

    /// Writes a tree into a directory of the host.
    ///
    /// Symlinks are never followed, the destination itself excepted; entries with names that no directory can hold are
    /// left out. Content that is damaged is written as far as it is good. All that could not be done is in the report.
    ///
    /// - Parameters:
    ///   - path: the destination.
    ///   - progress: called now and then.
    /// - Throws: `FileError` when the work cannot go on (disk full, destination exists). A destination that did not
    ///   exist before does not exist then either.
    package static func write(
        _ tree: FileTree, to path: String, configuration: Configuration = Configuration(),
        progress: ((Progress) -> Void)? = nil
    ) async throws(FileError) -> HostDirectoryWriterReport {
        let directory = try await prepare(tree, to: path, configuration: configuration, progress: progress)
        try WrittenDirectory.commit([directory])
        return directory.report
    }

    /// The same, up to the last step: a destination that did not exist before is not in its place yet.
    package static func prepare(
        _ tree: FileTree, to path: String, configuration: Configuration = Configuration(),
        progress: ((Progress) -> Void)? = nil
    ) async throws(FileError) -> WrittenDirectory {
        let place = try DestinationDirectory(path: path, mayExist: configuration.replacesExisting)
        return WrittenDirectory(
            place: place,
            report: try await fill(place, with: tree, path: path, configuration: configuration, progress: progress))
    }

    /// How many files are open at most for each of the jobs.
    private static let filesOfJob = 32
    /// So much content is worth a task (bytes).
    private static let enoughForBatch: UInt64 = 256 << 10

    private static func fill(
        _ place: DestinationDirectory, with tree: FileTree, path: String, configuration: Configuration,
        progress: ((Progress) -> Void)?
    ) async throws(FileError) -> HostDirectoryWriterReport {
        let walk = HostDirectoryWriterWalk(tree: tree, into: place, path: path, configuration: configuration)
        let jobs = max(configuration.jobs, 1)
        let most = min(jobs * filesOfJob, max(OpenFileLimit.current / 4, 1))
        let mostInBatch = max(1, most / (4 * jobs))
        let failure = await withTaskGroup(of: [FileFilling.Outcome].self) { group -> FileError? in
            var outcomes: [Int: FileFilling.Outcome] = [:]
            var batch: [FileFilling] = []
            var batchSize: UInt64 = 0
            var handedOut = 0
            var taken = 0
            // Waking a thread costs more than a small file does, so these go out in batches.
            func handOut() {
                if batch.isEmpty { return }
                handedOut += batch.count
                group.addTask { [batch] in batch.map { $0.run() } }
                (batch, batchSize) = ([], 0)
            }
            // Outcomes are taken in the order of the tree, whichever is done first, so that the report is the same
            // for any number of jobs. More are under way than there are jobs, so that one large file stops nobody; each
            // of them is open.
            func takeNext() async throws(FileError) {
                if taken == handedOut { handOut() }
                while outcomes[taken] == nil, let done = await group.next() {
                    for outcome in done { outcomes[outcome.filling.number] = outcome }
                }
                guard let outcome = outcomes.removeValue(forKey: taken) else { return }
                taken += 1
                try walk.take(outcome)
                progress?(walk.progress)
            }
            do throws(FileError) {
                while let filling = try walk.next() {
                    if handedOut + batch.count - taken >= most { try await takeNext() }
                    batch.append(filling)
                    batchSize = batchSize.addingReportingOverflow(filling.contents.size).partialValue
                    if batch.count >= mostInBatch || batchSize >= enoughForBatch { handOut() }
                }
                handOut()
                while taken < handedOut { try await takeNext() }
                try walk.finish()
                return nil
            } catch {
                handOut()
                walk.abandon()
                return error
            }
        }
        if let failure { throw failure }
        return walk.report
    }
}

/// A directory that is written, and gone if nobody puts it in its place.
package final class WrittenDirectory {
    private let place: DestinationDirectory
    /// What could not be done.
    package let report: HostDirectoryWriterReport

    init(place: DestinationDirectory, report: HostDirectoryWriterReport) {
        self.place = place
        self.report = report
    }

    /// Puts directories and the files that belong to them in their places: all of them, or none. Only what was written into directories
    /// that existed before is there already.
    package static func commit(_ directories: [WrittenDirectory], with files: [OutputFile] = []) throws(FileError) {
        try OutputSet.commit(outputs: directories.map(\.place) + files)
    }
}

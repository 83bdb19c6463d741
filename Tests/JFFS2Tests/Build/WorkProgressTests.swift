import FileTree
import FlashBytes
import JFFS2
import Synchronization
import Testing

/// What long work says of itself to whoever watches: one of them at a time, as only one is told.
@Suite(.serialized) struct WorkProgressTests {
    /// All that was said, by the name of the work.
    private final class Record: Sendable {
        private let said = Mutex<[String: [(done: UInt64, total: UInt64)]]>([:])

        func add(_ work: String, done: UInt64, total: UInt64) {
            said.withLock { $0[work, default: []].append((done, total)) }
        }

        func of(_ work: String) -> [(done: UInt64, total: UInt64)] { said.withLock { $0[work] ?? [] } }
    }

    private func watched(_ body: () -> Void) -> Record {
        let record = Record()
        WorkProgress.observed(by: { record.add($0, done: $1, total: $2) }, body)
        return record
    }

    @Test(arguments: [1, 3]) func parallelWorkCountsItsJobs(_ threads: Int) {
        let record = watched {
            let squares = ParallelJobs.run(count: 50, threads: threads, work: "squaring") { { $0 * $0 } }
            #expect(squares == (0..<50).map { $0 * $0 })
            _ = ParallelJobs.run(count: 50, threads: threads) { { $0 } }
        }
        #expect(record.of("squaring").map(\.done).sorted() == Array(1...50))
        #expect(record.of("squaring").allSatisfy { $0.total == 50 })
    }
}

internal import Dispatch
internal import FileTree
internal import FlashBytes
internal import Synchronization

/// Compresses batches in several threads and hands them over in order, in the thread of the caller.
final class CompressionLine: Sendable {
    private typealias Outcome = Swift.Result<CompressedBatch, BuildError>

    private struct State: Sendable {
        var planner: BatchPlanner
        var isStopped = false
        /// How many batches there are; nil until the last one was taken.
        var count: Int?
        /// What is compressed and waits for its turn.
        var finished: [Int: Outcome] = [:]
    }

    private let tree: FileTree
    private let pageSize: Int
    private let pool: CompressorPool
    private let state: Mutex<State>
    /// Raised for each batch that is finished, and for each worker that ends.
    private let progress = DispatchSemaphore(value: 0)
    /// How many more batches may be begun: bounds the memory.
    private let slots = DispatchSemaphore(value: 0)

    init(planner: BatchPlanner, of tree: FileTree, pageSize: Int, pool: CompressorPool) {
        self.tree = tree
        self.pageSize = pageSize
        self.pool = pool
        state = Mutex(State(planner: planner))
    }

    /// Calls `append` for each batch in order, while `jobs` threads compress those to come.
    func run(jobs: Int, append: (CompressedBatch) throws(BuildError) -> Void) throws(BuildError) {
        for _ in 0..<jobs + 4 { slots.signal() }
        for _ in 0..<jobs { WorkerThreads.start { self.work() } }
        defer {
            state.withLock { $0.isStopped = true }
            for _ in 0..<jobs { slots.signal() }
        }
        var next = 0
        while true {
            let (outcome, isEnd) = state.withLock { ($0.finished.removeValue(forKey: next), $0.count == next) }
            if let outcome {
                next += 1
                try append(try outcome.get())
                slots.signal()
            } else if isEnd {
                return
            } else {
                progress.wait()
            }
        }
    }

    private func work() {
        while true {
            slots.wait()
            let batch: BuildBatch? = state.withLock { state in
                if state.isStopped { return nil }
                guard let batch = state.planner.next() else {
                    state.count = state.planner.count
                    return nil
                }
                return batch
            }
            guard let batch else { break }
            let outcome: Outcome
            do throws(BuildError) {
                outcome = .success(try CompressedBatch(batch: batch, of: tree, pageSize: pageSize, pool: pool))
            } catch {
                outcome = .failure(error)
            }
            state.withLock { $0.finished[batch.index] = outcome }
            progress.signal()
        }
        progress.signal()
    }
}

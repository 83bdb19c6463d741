internal import Synchronization

/// Runs numbered jobs in several threads; the results come in the order of the numbers.
public enum ParallelJobs {
    /// - Parameter makeWorker: called once in each thread; gives what does a job.
    public static func run<Result: Sendable>(
        count: Int, threads: Int, makeWorker: @Sendable () -> ((Int) -> Result)
    ) -> [Result] {
        let next = Mutex(0)
        let results = Mutex([Result?](repeating: nil, count: count))
        WorkerThreads.perform(max(1, min(threads, count))) { _ in
            let work = makeWorker()
            while true {
                let index = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard index < count else { return }
                let result = work(index)
                results.withLock { $0[index] = result }
            }
        }
        return results.withLock { $0 }.compactMap(\.self)
    }
}

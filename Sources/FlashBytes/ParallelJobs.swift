internal import Synchronization

/// Runs numbered jobs in several threads; the results come in the order of the numbers.
public enum ParallelJobs {
    /// - Parameters:
    ///   - work: what it is, for who watches its progress; nil where that is told elsewhere.
    ///   - makeWorker: called once in each thread; gives what does a job.
    public static func run<Result: Sendable>(
        count: Int, threads: Int, work: String? = nil, makeWorker: @Sendable () -> ((Int) -> Result)
    ) -> [Result] {
        let next = Mutex(0)
        let results = Mutex([Result?](repeating: nil, count: count))
        let (name, observer) = (work, work == nil ? nil : WorkProgress.observer)
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
                if let name, let observer { observer(name, UInt64(index + 1), UInt64(count)) }
            }
        }
        return results.withLock { $0 }.compactMap(\.self)
    }
}

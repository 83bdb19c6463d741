import FlashBytes
import Synchronization

/// Hands files out to processes, and prints what they answer.
struct ScanRun: Sendable {
    let names: ScanNames
    let state: ScanState?
    /// See `ScanProcess`.
    let workerArguments: [String]
    /// How many files are looked at at a time.
    var jobs = 1
    /// Of one file; nil for none.
    var timeLimit: Duration?
    /// Larger files are refused (bytes).
    var largest = Int.max
    var isQuiet = false

    /// Looks at all files.
    func run() throws -> ScanTotals {
        let totals = Mutex(ScanTotals())
        let failure = Mutex<(any Error)?>(nil)
        let progress = ProgressLine(isQuiet: isQuiet)
        WorkerThreads.perform(jobs) { _ in
            var process: ScanProcess?
            defer { process?.end() }
            do {
                while failure.withLock({ $0 == nil }), let item = try names.next() {
                    let (answer, isKept) = try answer(item, process: &process)
                    if !isKept, item.status != nil { try state?.add(answer, for: item.path) }
                    // The totals' lock is the output's as well: a line is written whole, and at once.
                    try totals.withLock { totals in
                        totals.add(answer.verdict, isKept: isKept)
                        StandardStreams.write(answer.line)
                        try StandardStreams.finish()
                        progress.show("\(totals.count) files")
                    }
                }
            } catch {
                failure.withLock { if $0 == nil { $0 = error } }
            }
        }
        progress.clear()
        if let failure = failure.withLock({ $0 }) { throw failure }
        return totals.withLock(\.self)
    }

    private func answer(
        _ item: ScanNames.Item, process: inout ScanProcess?
    ) throws -> (answer: ScanAnswer, isKept: Bool) {
        guard let status = item.status else {
            return (failed(item, message: item.problem ?? "cannot be read", verdict: .unreadable), false)
        }
        if let known = state?.answer(for: item.path, status: status) { return (known, true) }
        if status.size > largest {
            let message =
                "has more than \(SizeExpression.readable(largest)); --max-input SIZE allows more"
            return (failed(item, message: message, verdict: .unreadable), false)
        }
        return (try examined(item, process: &process), false)
    }

    /// Lets a process look at a file. One that dies of it may have been weakened by files before: then it is tried in a new one.
    private func examined(_ item: ScanNames.Item, process: inout ScanProcess?) throws -> ScanAnswer {
        while true {
            let current = try process ?? ScanProcess(arguments: workerArguments)
            process = current
            let isNew = current.answerCount == 0
            switch current.examine(item.path, within: timeLimit) {
            case .answer(let answer):
                if answer.verdict == .unreadable { warn(item.path, line: answer.line) }
                return answer
            case .late:
                process = nil
                return failed(
                    item, message: "took longer than \(timeLimit ?? .zero); --time-limit SECONDS allows more",
                    verdict: .givenUp)
            case .died(let signal):
                process = nil
                if !isNew { continue }
                let cause = signal.map { "signal \($0)" } ?? "no signal"
                return failed(
                    item,
                    message: "the process that looked at it ended (\(cause)): it took more memory than it may "
                        + "(--memory-limit SIZE allows more), or met a fault of this program",
                    verdict: .givenUp)
            }
        }
    }

    private func failed(
        _ item: ScanNames.Item, message: String, verdict: ScanAnswer.Verdict
    ) -> ScanAnswer {
        if !isQuiet { StandardStreams.error("scan: \(ScanDescription(of: item.path).file): \(message)") }
        return ScanAnswer(
            verdict: verdict, size: item.status?.size ?? 0, modified: item.status?.modified ?? 0,
            line: ScanDescription.failedLine(item.path, message: message))
    }

    /// Says what the line of a file says that could not be read.
    private func warn(_ path: [UInt8], line: [UInt8]) {
        struct Line: Decodable {
            struct Detail: Decodable { var message: String }
            var error: Detail
        }
        guard !isQuiet, let message = JSON.value(Line.self, line)?.error.message else { return }
        StandardStreams.error("scan: \(ScanDescription(of: path).file): \(message)")
    }
}

import FlashBytes
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One line on standard error that is written over and over, when that is a terminal and the work is long.
final class ProgressLine: Sendable {
    private struct State {
        /// When the present work began.
        var start = ContinuousClock.now
        var last = ContinuousClock.now
        var work = ""
        var isShown = false
    }

    private let isOn: Bool
    private let state = Mutex(State())
    /// The one that is on the terminal now, which goes away before something else is printed.
    private static let current = Mutex<ProgressLine?>(nil)

    init(isQuiet: Bool) { isOn = !isQuiet && isatty(STDERR_FILENO) != 0 }

    /// Does something long, whose progress is shown behind the name of what it is done to.
    static func showing<Value, Problem: Error>(
        _ name: String, isQuiet: Bool, while body: () throws(Problem) -> Value
    ) throws(Problem) -> Value {
        let line = ProgressLine(isQuiet: isQuiet)
        guard line.isOn else { return try body() }
        defer { line.clear() }
        return try WorkProgress.observed(
            by: { work, done, total in line.show("\(name): \(work)", work: work, done: done, of: total) }, body)
    }

    /// Takes the line away that is on the terminal.
    static func clear() { current.withLock { $0 }?.clear() }

    /// Shows the text, at most ten times a second and not in the first half second.
    func show(_ text: @autoclosure () -> String) { show(work: "") { _ in text() } }

    /// - Parameter text: takes how long the work lasts.
    private func show(work: String, _ text: (Duration) -> String) {
        guard isOn else { return }
        let now = ContinuousClock.now
        let elapsed: Duration? = state.withLock { state in
            if state.work != work { (state.work, state.start) = (work, now) }
            guard now - state.start > .milliseconds(500), now - state.last > .milliseconds(100) else { return nil }
            state.last = now
            state.isShown = true
            return now - state.start
        }
        guard let elapsed else { return }
        Self.current.withLock { $0 = self }
        _ = try? FileDescriptor.standardError.writeAll("\r\(Printable.text(text(elapsed)))\u{1b}[K".utf8)
    }

    /// Shows how much is done, and how long the rest takes at the pace so far.
    ///
    /// - Parameters:
    ///   - what: what is worked on.
    ///   - done: of `total`, in any unit.
    func show(_ what: @autoclosure () -> String, work: String = "", done: UInt64, of total: UInt64) {
        show(work: work) { elapsed in Self.text(what(), done: done, of: total, after: elapsed) }
    }

    /// `out: 43 %, 12 s left`; without a time before there is a pace.
    static func text(_ what: String, done: UInt64, of total: UInt64, after elapsed: Duration) -> String {
        guard total > 0, done > 0 else { return what }
        let share = min(1, Double(done) / Double(total))
        // What is not at its end is not done.
        let percent = min(99, Int(share * 100))
        let (seconds, attoseconds) = elapsed.components
        let passed = Double(seconds) + Double(attoseconds) / 1e18
        let left = passed / share - passed
        guard left < 360_000 else { return "\(what): \(percent) %" }
        let rest = Int(left.rounded(.up))
        let time = rest < 60 ? "\(rest) s" : "\(rest / 60) min \(rest % 60) s"
        return "\(what): \(percent) %, \(time) left"
    }

    /// Takes the line away.
    func clear() {
        let isShown = state.withLock { state in
            defer { state.isShown = false }
            return state.isShown
        }
        Self.current.withLock { $0 = nil }
        if isShown { _ = try? FileDescriptor.standardError.writeAll("\r\u{1b}[K".utf8) }
    }
}

import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One line on standard error that is written over and over, when that is a terminal and the work is long.
final class ProgressLine {
    private let isOn: Bool
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now
    private var isShown = false

    init(isQuiet: Bool) { isOn = !isQuiet && isatty(STDERR_FILENO) != 0 }

    deinit { clear() }

    /// Shows the text, at most ten times a second and not in the first half second.
    func show(_ text: @autoclosure () -> String) {
        guard isOn else { return }
        let now = ContinuousClock.now
        guard now - start > .milliseconds(500), now - last > .milliseconds(100) else { return }
        last = now
        isShown = true
        _ = try? FileDescriptor.standardError.writeAll("\r\(text())\u{1b}[K".utf8)
    }

    /// Shows how much is done, and how long the rest takes at the pace so far.
    ///
    /// - Parameters:
    ///   - what: what is worked on.
    ///   - done: of `total`, in any unit.
    func show(_ what: @autoclosure () -> String, done: UInt64, of total: UInt64) {
        show(Self.text(what(), done: done, of: total, after: ContinuousClock.now - start))
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
        if isShown { _ = try? FileDescriptor.standardError.writeAll("\r\u{1b}[K".utf8) }
        isShown = false
    }
}

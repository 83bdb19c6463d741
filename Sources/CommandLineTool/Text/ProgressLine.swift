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

    /// Takes the line away.
    func clear() {
        if isShown { _ = try? FileDescriptor.standardError.writeAll("\r\u{1b}[K".utf8) }
        isShown = false
    }
}

import Acquisition
import FlashBytes
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A bar on standard error while an acquisition runs; notes go above it.
final class AcquireProgress: AcquisitionObserver {
    private let isShown: Bool
    private let quiet: Bool
    private var width = 0

    init(quiet: Bool) {
        self.quiet = quiet
        isShown = !quiet && isatty(2) == 1
    }

    func note(_ remark: AcquisitionRemark) {
        finish()
        if !quiet { StandardStreams.error(remark.sentence) }
    }

    func progress(_ progress: AcquisitionProgress) {
        guard isShown, progress.total > 0 else { return }
        let percent = progress.done * 100 / progress.total
        let bar = String(repeating: "#", count: percent / 4) + String(repeating: ".", count: 25 - percent / 4)
        var line = "[\(bar)] \(percent) %"
        if progress.rate > 0 { line += "  \(Int(progress.rate)) B/s" }
        if let share = progress.share { line += " (\(Int((share * 100).rounded())) % of the line)" }
        line += "  \(Acquisition.time(progress.left)) left"
        if progress.corrected > 0 { line += "  \(progress.corrected) errors corrected" }
        show(line)
    }

    /// Ends the line of the bar.
    func finish() {
        if width > 0 { show("") }
        width = 0
    }

    private func show(_ line: String) {
        let blanks = String(repeating: " ", count: max(0, width - line.count))
        _ = try? FileDescriptor.standardError.writeAll("\r\(line)\(blanks)\(line.isEmpty ? "\r" : "")".utf8)
        width = line.count
    }
}

/// Asking the user.
enum Terminal {
    /// Whether there is somebody to ask.
    static var isInteractive: Bool { isatty(0) == 1 && isatty(2) == 1 }

    /// Whether the user says yes.
    static func confirm(_ question: String) -> Bool {
        _ = try? FileDescriptor.standardError.writeAll("\(question) [y/N] ".utf8)
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }
}

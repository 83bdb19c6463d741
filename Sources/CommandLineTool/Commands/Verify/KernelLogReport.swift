import FlashBytes
import ImageFile
import JFFS2

/// What `verify --kernel-log` says.
struct KernelLogReport {
    private let comparison: KernelLogComparison

    /// So many of our findings are listed.
    private static let mostUnsaid = 20

    /// For `--json`.
    struct Result: Encodable {
        struct Line: Encodable {
            var line: String
            var meaning: String?
            var offset: Int?
            var ino: UInt32?
            var complaint: Bool
            var finding: FindingDescription?
            var doubt: String?
        }
        var lines: [Line]
        /// What the kernel did not print.
        var unsaid: [FindingDescription]
        var remarks: [String]
    }

    init(_ comparison: KernelLogComparison) { self.comparison = comparison }

    var result: Result {
        Result(
            lines: comparison.entries.map { entry in
                var (offset, ino): (Int?, UInt32?) = (nil, nil)
                switch entry.line.place {
                case .offset(let place): offset = place
                case .inode(let number): ino = number
                case .none: break
                }
                return Result.Line(
                    line: entry.line.text, meaning: entry.line.meaning, offset: offset, ino: ino,
                    complaint: entry.line.isComplaint, finding: entry.finding.map { FindingDescription($0) },
                    doubt: entry.doubt)
            },
            unsaid: comparison.unsaid.map { FindingDescription($0) }, remarks: comparison.remarks)
    }

    /// For people.
    var lines: [String] {
        var lines: [String] = []
        for entry in comparison.entries {
            lines.append("  kernel  \(entry.line.text)")
            lines.append("          " + (entry.line.meaning ?? "a line that is not known here"))
            if let finding = entry.finding {
                lines.append("          here: " + Self.text(finding))
            } else if let doubt = entry.doubt {
                lines.append("          no counterpart: " + doubt)
            }
        }
        if comparison.entries.isEmpty { lines.append("  kernel  no line about JFFS2 is in the log") }
        lines += comparison.remarks.map { "  kernel  \($0)" }
        if !comparison.unsaid.isEmpty {
            lines.append("  kernel  not in the log:")
            lines += comparison.unsaid.prefix(Self.mostUnsaid).map { "          " + Self.text($0) }
            let more = comparison.unsaid.count - Self.mostUnsaid
            if more > 0 { lines.append("          … and \(more) more") }
        }
        return lines
    }

    private static func text(_ finding: Finding) -> String {
        Printable.text((finding.offset.map { "at \(hex($0)): " } ?? "") + finding.message)
    }
}

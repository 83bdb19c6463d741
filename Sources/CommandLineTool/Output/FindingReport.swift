import JFFS2

/// Prints findings to standard error: damage always, the rest when asked.
enum FindingReport {
    /// How many lines of one kind are printed without `--verbose`.
    private static let limit = 5

    static func print(_ findings: FindingList, of path: String, verbose: Bool) {
        var printed: [Finding.Code: Int] = [:]
        for finding in findings.findings where verbose || finding.severity > .note {
            printed[finding.code, default: 0] += 1
            if !verbose, printed[finding.code, default: 0] > limit { continue }
            Console.error(line(finding, path))
        }
        for (code, count) in printed.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let all = findings.counts[code] ?? count
            let shown = verbose ? count : min(count, limit)
            if all > shown { Console.error("\(path): … and \(all - shown) more of this kind (\(code.rawValue))") }
        }
    }

    /// `sys: damage at 0x1234: node with …`.
    static func line(_ finding: Finding, _ path: String) -> String {
        let place = finding.offset.map { " at 0x\(String($0, radix: 16))" } ?? ""
        return "\(path): \(finding.severity)\(place): \(finding.message)"
    }
}

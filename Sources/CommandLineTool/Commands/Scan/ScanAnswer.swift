/// What came out of a file: a line for the output, and what the scan itself has to know.
struct ScanAnswer: Sendable {
    /// What the exit status and the totals are made of.
    enum Verdict: String, Sendable, CaseIterable {
        /// An image without damage, in which no secret was found.
        case sound
        case damaged
        case secrets
        case damagedWithSecrets
        /// No JFFS2 in it.
        case other
        /// It could not be read; next time, perhaps.
        case unreadable
        /// It took too much time or memory, or ended the process that looked at it.
        case givenUp
    }

    var verdict: Verdict
    /// In bytes.
    var size: Int
    /// When the file was changed last (nanoseconds since 1970).
    var modified: Int
    /// One line of JSON, with its end.
    var line: [UInt8]
}

extension ScanAnswer {
    /// As it goes from one process to another: `VERDICT SIZE TIME JSON`, one line.
    var message: [UInt8] { Array("\(verdict.rawValue) \(size) \(modified) ".utf8) + line }

    /// Reads what `message` wrote, without the end of its line.
    init?(message: ArraySlice<UInt8>) {
        let fields = message.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4, let verdict = Verdict(rawValue: String(decoding: fields[0], as: UTF8.self)),
            let size = Int(String(decoding: fields[1], as: UTF8.self)),
            let modified = Int(String(decoding: fields[2], as: UTF8.self))
        else { return nil }
        self.init(verdict: verdict, size: size, modified: modified, line: fields[3] + [0x0a])
    }
}

/// How many files there were, and what came out.
struct ScanTotals: Sendable {
    private var counts: [ScanAnswer.Verdict: Int] = [:]
    private var keptCount = 0
    /// How many files there were.
    private(set) var count = 0

    /// - Parameter isKept: whether it was done before.
    mutating func add(_ verdict: ScanAnswer.Verdict, isKept: Bool) {
        counts[verdict, default: 0] += 1
        count += 1
        if isKept { keptCount += 1 }
    }

    private func count(_ verdicts: ScanAnswer.Verdict...) -> Int { verdicts.reduce(0) { $0 + counts[$1, default: 0] } }

    /// Whether a file was not read, or given up.
    var isIncomplete: Bool { count(.unreadable, .givenUp) > 0 }

    /// Whether an image is damaged, or secrets were found.
    var hasFindings: Bool { count(.damaged, .secrets, .damagedWithSecrets) > 0 }

    /// `12 files: 9 JFFS2 (1 damaged, 7 with secrets), 2 of other kinds, 1 not read`
    var description: String {
        let damaged = count(.damaged, .damagedWithSecrets)
        let secret = count(.secrets, .damagedWithSecrets)
        var text = "\(count) file\(count == 1 ? "" : "s"): "
        text += "\(count(.sound, .damaged, .secrets, .damagedWithSecrets)) JFFS2"
        let remarks = [(damaged, "damaged"), (secret, "with secrets")].filter { $0.0 > 0 }
        if !remarks.isEmpty { text += " (" + remarks.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + ")" }
        let rest = [
            (count(.other), "of other kinds"), (count(.unreadable), "not read"), (count(.givenUp), "given up"),
        ].filter { $0.0 > 0 }
        text += rest.map { ", \($0.0) \($0.1)" }.joined()
        return text + (keptCount > 0 ? "; \(keptCount) of them done before" : "")
    }
}

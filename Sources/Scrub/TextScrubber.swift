public import FlashBytes

/// Cleans a text: a boot log, a transcript.
public struct TextScrubber: Sendable {
    public var rules: RuleSet
    /// How many threads are used.
    public var jobs = Scrubber.processors

    public init(_ rules: RuleSet) { self.rules = rules }

    /// Whether bytes are text: hardly any other control characters than terminals get, and mostly ASCII or valid UTF-8.
    public static func isText(_ file: FileBytes) -> Bool {
        guard file.count > 0, file.count <= 256 << 20 else { return false }
        return file.withBytes { bytes in
            var odd = 0
            var high = 0
            for at in 0..<bytes.byteCount {
                guard let byte = try? bytes.uint8(at: at) else { return false }
                if byte >= 0x80 {
                    high += 1
                } else if byte < 0x20, ![0x07, 0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b].contains(byte) {
                    odd += 1
                }
            }
            // Serial lines drop and garble a byte now and then.
            guard odd * 200 <= bytes.byteCount else { return false }
            return high * 4 <= bytes.byteCount
                || (try? bytes.bytes(in: 0..<bytes.byteCount)).map { String(validating: $0, as: UTF8.self) != nil }
                    ?? false
        }
    }

    /// What the rules find in it.
    public func list(_ file: FileBytes) throws(ScrubError) -> SearchResult {
        try search(file.withBytes { Array($0) }, rules.search())
    }

    /// The text with everything redacted that is found, and the proof.
    public func run(_ file: FileBytes, path: String) throws(ScrubError) -> ScrubbedImage {
        var bytes = file.withBytes { Array($0) }
        var found: [ScrubFinding] = []
        var values: Set<[UInt8]> = []
        var last = SearchResult(findings: [], incompleteRules: [])
        var rounds = 0
        var first: [ScrubFinding] = []
        repeat {
            last = try search(bytes, rules.search(adding: values.compactMap(KnownSecret.init)))
            if rounds == 0 { first = last.findings }
            found += last.findings
            values.formUnion(last.findings.filter(\.isDistinctive).map(\.secret))
            for finding in last.findings { bytes.replaceSubrange(finding.range, with: finding.redacted) }
            rounds += 1
        } while rounds < 5 && (!last.findings.isEmpty || rounds == 1)
        let secrets = ValueList(found, values, given: rules.secrets.map(\.bytes))
        let report = ScrubReport(
            input: Scrubber.subject(secrets.masked(path), file), output: Scrubber.subject("", FileBytes(bytes)),
            searched: Scrubber.scope(rules, kept: [], values.count, secrets), found: Scrubber.counts(first),
            changes: [],
            notes: last.incompleteRules.map { "rule '\($0)' takes too long on this input and was given up" },
            proof: ScrubReport.Proof(
                holds: last.findings.isEmpty && last.incompleteRules.isEmpty, rounds: rounds, nodes: 0,
                contentBytes: UInt64(bytes.count), rawBytes: bytes.count))
        return ScrubbedImage(
            bytes: bytes, report: PrivateScrubReport(report: report, values: secrets.values), left: last.findings,
            isDamaged: !last.incompleteRules.isEmpty)
    }

    private func search(_ bytes: [UInt8], _ search: SecretSearch) throws(ScrubError) -> SearchResult {
        guard let state = SecretSearch.State(search) else { throw .options("not enough memory") }
        let text = unsafe bytes.span.bytes
        let findings = search.search(text, in: 0..<bytes.count, path: nil, state).map { match in
            ScrubFinding(match, in: text, search, place: .line(Self.line(bytes, match.secret.lowerBound)))
        }
        return SearchResult(findings: findings, incompleteRules: state.incomplete.sorted().map { search.rules[$0].id })
    }

    private static func line(_ bytes: [UInt8], _ at: Int) -> Int { bytes[..<at].count { $0 == 0x0a } + 1 }
}

package import FlashBytes

/// Cleans a text: a boot log, a transcript.
package struct TextScrubber: Sendable {
    package var rules: RuleSet
    /// How many threads are used.
    package var jobs = ProcessorCount.available

    package init(_ rules: RuleSet) { self.rules = rules }

    /// Whether a file is a text in any encoding, with noise of a serial line or without.
    package static func isText(_ file: FileBytes) -> Bool {
        file.withBytes { bytes in
            // An archive of texts is none: its own sums and sizes would be wrong.
            let archive = (try? bytes.bytes(in: 257..<262)) ?? []
            return archive != Array("ustar".utf8) && PlainText.isText(bytes)
        }
    }

    /// What the rules find in it.
    ///
    /// - Parameter hasCopies: whether it is to be looked where else the values stand that they find.
    package func list(_ file: FileBytes, hasCopies: Bool = false) throws(ScrubError) -> SearchResult {
        let bytes = file.withBytes { Array($0) }
        var result = try search(bytes, search: rules.search())
        let values = hasCopies ? result.findings.searchedValues() : []
        if !values.isEmpty {
            let known = SecretSearch(
                rules.search(adding: values.compactMap { KnownSecret($0) }), from: rules.secrets.count)
            result.findings += try search(bytes, search: known).findings.outside(of: result.findings)
        }
        result.notSearched += rules.unwanted
        return result
    }

    /// The text with everything redacted that is found, and the proof.
    package func run(_ file: FileBytes, path: String) throws(ScrubError) -> ScrubbedImage {
        var bytes = file.withBytes { Array($0) }
        var found: [ScrubFinding] = []
        var values: [[UInt8]] = []
        var last = SearchResult(findings: [], incompleteRules: [])
        var rounds = 0
        var first: [ScrubFinding] = []
        repeat {
            last = try search(bytes, search: rules.search(adding: values.compactMap { KnownSecret($0) }))
            if rounds == 0 { first = last.findings }
            found += last.findings
            values += last.findings.searchedValues(besides: Set(values))
            redact(&bytes, findings: last.findings)
            rounds += 1
        } while rounds < 5 && (!last.findings.isEmpty || rounds == 1)
        let secrets = ValueList(findings: found, distinctive: Set(values), given: rules.secrets.map(\.bytes))
        let report = ScrubReport(
            input: Scrubber.input(secrets.masked(path), file: file),
            output: Scrubber.subject("", file: FileBytes(bytes)),
            searched: Scrubber.scope(
                rules, kept: [], removed: values.count, values: secrets, notSearched: rules.unwanted),
            found: Scrubber.counts(first),
            changes: [],
            notes: last.incompleteRules.map { "rule '\($0)' takes too long on this input and was given up" },
            proof: ScrubReport.Proof(
                holds: last.findings.isEmpty && last.incompleteRules.isEmpty, rounds: rounds, nodes: 0,
                contentBytes: UInt64(bytes.count), rawBytes: bytes.count))
        return ScrubbedImage(
            bytes: bytes, report: PrivateScrubReport(report: report, values: secrets.values), found: found,
            left: last.findings,
            isDamaged: !last.incompleteRules.isEmpty, notSearched: report.searched.notSearched)
    }

    /// Searches the bytes as they are, and the texts in them, if those are something else: in UTF-16, or with control
    /// sequences and NULs between the letters of a secret. A file may be of several encodings, and noise of the line may
    /// shift one by a byte.
    private func search(_ bytes: [UInt8], search: SecretSearch) throws(ScrubError) -> SearchResult {
        guard let state = SecretSearch.State(search) else { throw .options("not enough memory") }
        state.readsWideText = false
        let source = unsafe bytes.span.bytes
        var findings = findings(bytes, search: search, state: state)
        let detected = PlainText(assuming: source)
        let texts = detected.encoding == .utf8 ? [detected] : [detected, PlainText(source, as: .utf8)]
        for text in texts where !text.isVerbatim {
            let shown = self.findings(text.bytes, search: search, state: state)
            // Both ends of each, in one pass over the source.
            let ends = shown.flatMap { [$0.range.lowerBound, $0.range.upperBound] }.sorted()
            let places = Dictionary(zip(ends, text.sourceOffsets(of: ends, in: source)), uniquingKeysWith: { $1 })
            let known = findings.map(\.range).sorted { $0.lowerBound < $1.lowerBound }
            var added: [ScrubFinding] = []
            for var finding in shown {
                guard let start = places[finding.range.lowerBound], let end = places[finding.range.upperBound] else {
                    continue
                }
                finding.range = start..<max(start, end)
                // Found already; in UTF-16 the other half of the first character may belong to it.
                let next = known.partitionPoint { $0.lowerBound <= start + 1 }
                let isKnown =
                    next > 0 && known[next - 1].lowerBound <= start + 1 && known[next - 1].upperBound >= end - 1
                if !isKnown { added.append(finding) }
            }
            // Of a value with something between its letters the bytes as they are may give a part: the whole takes its place.
            let whole = added.sorted { $0.range.lowerBound < $1.range.lowerBound }
            findings.removeAll { part in
                let next = whole.partitionPoint { $0.range.upperBound <= part.range.lowerBound }
                return next < whole.count && whole[next].rule == part.rule && whole[next].range.overlaps(part.range)
            }
            findings += added
        }
        return SearchResult(findings: findings, incompleteRules: state.incomplete.sorted().map { search.rules[$0].id })
    }

    /// What is found in some bytes, each with its line.
    private func findings(_ bytes: [UInt8], search: SecretSearch, state: SecretSearch.State) -> [ScrubFinding] {
        let text = unsafe bytes.span.bytes
        let matches = search.search(text, in: 0..<bytes.count, path: nil, state: state)
        var line = 1
        var at = 0
        var lines: [Int: Int] = [:]
        for place in matches.map(\.secret.lowerBound).sorted() {
            line += bytes[at..<place].count { $0 == 0x0a }
            at = place
            lines[place] = line
        }
        return matches.map { match in
            ScrubFinding(match: match, in: text, search: search, place: .line(lines[match.secret.lowerBound] ?? 0))
        }
    }

    /// The bytes with something else in the place of what was found, none more and none less.
    private func redact(_ bytes: inout [UInt8], findings: [ScrubFinding]) {
        for finding in findings {
            let (secret, mask) = (finding.secret, finding.redacted)
            var index = 0
            for at in finding.range {
                if index < secret.count, bytes[at] == secret[index] || finding.range.count == secret.count {
                    bytes[at] = mask[index]
                    index += 1
                } else if bytes[at] != 0 {
                    // What stands between the letters: control sequences, half of a character.
                    bytes[at] = UInt8(ascii: "X")
                }
            }
        }
    }
}

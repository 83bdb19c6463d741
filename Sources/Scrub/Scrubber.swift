package import FileTree
import FlashBytes
package import ImageFile
import JFFS2

/// Writes inputs anew without what should not be in them, and proves that it is gone.
package struct Scrubber: Sendable {
    /// The file systems of one input.
    private let images: [OpenedImage]
    private let options: InputOptions
    /// What the user named.
    package var places: [NamedPlace] = []
    /// What counts as a secret.
    package var rules = RuleSet()
    /// What is done with findings, instead of what each rule says.
    package var action: ScrubAction?
    /// Contents for `ScrubAction.template`; their paths are replaced in any case.
    package var templates: [FilePathBytes: [UInt8]] = [:]
    /// What is done with what is found in single files, instead of what `action` and the rules say.
    package var choices: [FilePathBytes: ScrubAction] = [:]
    /// Files in which nothing is changed and nothing is looked for.
    package var kept: Set<FilePathBytes> = []
    /// The time of everything in the output instead of its own (seconds since 1970).
    package var time: Int64?
    /// Whether the output is the file system alone, without swapping and without the bytes around it.
    package var isRaw = false
    /// Whether only the erase blocks that must change are rewritten. What is dead and holds nothing stays in the others.
    package var keepsLayout = false
    /// How many threads are used.
    package var jobs = ProcessorCount.available

    /// How often the output is written anew when the search still finds something.
    private static let mostRounds = 5

    /// - Parameters:
    ///   - images: all file systems of one input, or one of them.
    ///   - options: those that they were opened with.
    package init(images: [OpenedImage], options: InputOptions) throws(ScrubError) {
        guard !images.isEmpty else { throw .options("there is no file system") }
        self.images = images
        self.options = options
    }

    /// What each file system of the input shows.
    var trees: [FileTree] { images.map(\.fileSystem.tree) }

    /// What the rules find in the input.
    ///
    /// - Parameters:
    ///   - hasCopies: whether it is to be looked where else the values stand that they find, as `run` takes them out: a second
    ///     search, which takes as long.
    ///   - hasStaying: whether programs, libraries, pages and manuals are looked at as well, in which nothing is changed.
    package func list(hasCopies: Bool = false, hasStaying: Bool = false) -> SearchResult {
        let searched = ImageSearch(images: images, options: options, jobs: jobs)
        let staying = hasStaying ? rules.forImages.searchOfProtectedFiles() : nil
        var result = searched.findings(rules.forImages.search(), staying: staying)
        let values = hasCopies ? result.findings.filter { !isKept($0) }.searchedValues() : []
        if !values.isEmpty {
            let search = rules.forImages.search(adding: values.compactMap { KnownSecret($0) })
            let further = searched.findings(SecretSearch(search, from: rules.secrets.count)).findings
            result.findings += further.outside(of: result.findings)
        }
        result.notSearched += keptSecrets(result.findings) + unselected + rules.unwanted
        result.findings.removeAll { isKept($0) }
        return result
    }

    /// The parts of the file that the user did not select, and that are no erased flash: they are copied as they are.
    private var unselected: [String] {
        let file = images[0].file
        let start = min(options.offset ?? 0, file.count)
        let end = min(file.count, options.length.map { start + $0 } ?? file.count)
        if isRaw || images[0].spareArea != nil { return [] }
        return [0..<start, end..<file.count].filter { part in
            !part.isEmpty
                && file.withBytes { bytes in
                    !bytes.isFilled(with: 0xff, in: part) && !bytes.isFilled(with: 0, in: part)
                }
        }.map {
            "what lies from \(hex($0.lowerBound)) to \(hex($0.upperBound)) was not selected, and is copied as it is"
        }
    }

    /// Makes the new image in memory, and searches it until nothing is found.
    package func run() throws(ScrubError) -> ScrubbedImage {
        try checkFrame()
        var log = Log()
        var current = images
        var bytes: [UInt8] = []
        var values: Set<[UInt8]> = []
        var secrets: [KnownSecret] = []
        var search = rules.forImages.search()
        var last = SearchResult(findings: [], incompleteRules: [])
        for round in 0..<Self.mostRounds {
            let searched = ImageSearch(images: current, options: round == 0 ? options : outputOptions, jobs: jobs)
            last = searched.findings(search)
            last.notSearched += keptSecrets(last.findings)
            log.kept += last.findings.filter { isKept($0) }
            last.findings.removeAll { isKept($0) }
            if round > 0, last.findings.isEmpty { break }
            log.add(last.findings, isInput: round == 0)
            let fresh = last.findings.searchedValues(besides: values)
            if !fresh.isEmpty {
                values.formUnion(fresh)
                let first = rules.secrets.count + secrets.count
                secrets += fresh.compactMap { KnownSecret($0) }
                search = rules.forImages.search(adding: secrets)
                // Where the new values are besides, in all notations.
                var more = searched.findings(SecretSearch(search, from: first)).findings
                more.removeAll { isKept($0) }
                log.add(more, isInput: false)
                last.findings += more
            }
            let output = try rewrite(current, findings: last.findings, isFirst: round == 0, log: &log)
            bytes = output.bytes
            log.rounds = round + 1
            current = reopened(output)
        }
        return try result(bytes, current: current, last: last, values: values, log: log)
    }

    /// What was found and done on the way.
    private struct Log {
        var found: [ScrubFinding] = []
        var further: [ScrubFinding] = []
        /// What stays, and is not told either.
        var kept: [ScrubFinding] = []
        /// Whether something could not be read.
        var lacksContent = false
        var changes: [ScrubChange] = []
        var notes: [String] = []
        var rounds = 0
        /// Why each block of each file system changed.
        var changedBlocks: [[Int: Set<ChangedBlock.Reason>]] = []

        mutating func add(_ findings: [ScrubFinding], isInput: Bool) {
            if isInput { found += findings } else { further += findings }
        }

        mutating func note(_ kept: KeptLayout, number: Int, isFirst: Bool) {
            for block in kept.changedBlocks where number < changedBlocks.count {
                changedBlocks[number][block.index, default: []].formUnion(block.reasons)
            }
            if isFirst { notes += kept.damage.map { "\($0.path): \($0.damage); zeros in the output" } }
            lacksContent = lacksContent || !kept.damage.isEmpty
        }
    }

    /// Which part of the output is looked at.
    private var outputOptions: InputOptions { isRaw || images[0].spareArea != nil ? InputOptions() : options }

    private func checkFrame() throws(ScrubError) {
        guard !keepsLayout || time == nil else {
            throw .options("one time for everything changes every block; it does not go with keeping the layout")
        }
        guard !isRaw || images.count == 1 else {
            throw .options("the input holds \(images.count) file systems; select one of them to write it raw")
        }
        try checkKept()
        if let path = kept.first(where: { path in !images.contains { $0.fileSystem.tree.find(path) != nil } }) {
            throw .missingPath(path)
        }
    }

    /// A whole output.
    private struct Output {
        var bytes: [UInt8]
        /// Where each file system lies, after the layers of the input were taken off (bytes).
        var ranges: [Range<Int>]
    }

    /// Reads an output by what is known of the input: where a file system lies does not change when its first block becomes
    /// empty, nor does its erase size.
    private func reopened(_ output: Output) -> [OpenedImage] {
        let file = FileBytes(output.bytes)
        let start = outputOptions.offset ?? 0
        let end = outputOptions.length.map { start + $0 } ?? file.count
        let view = FileBytes(
            InputFrame.view(
                of: ByteRegion(file: file, range: start..<end), swapGroup: isRaw ? nil : images[0].swapGroup))
        return zip(images, output.ranges).map { image, range in
            let layers = image.layers.filter { layer in
                switch layer {
                // The output has none of these.
                case .spareArea, .badBlocks, .packed: false
                default: !isRaw
                }
            }
            return image.reread(from: file, view: ByteRegion(view), at: range, layers: layers)
        }
    }

    // MARK: - Writing

    private func rewrite(
        _ current: [OpenedImage], findings: [ScrubFinding], isFirst: Bool, log: inout Log
    ) throws(ScrubError) -> Output {
        var trees = current.map(\.fileSystem.tree)
        if isFirst {
            if let area = images[0].spareArea {
                log.notes.append(
                    "the spare area (\(area)) is left out of the output: write it in a way that makes a new one, such as "
                        + "nandwrite without --oob")
                if !images[0].badBlocks.isEmpty {
                    log.notes.append(
                        "bad blocks are erased ones in the output; nandwrite passes over those of the device, and so needs "
                            + "an image without them")
                }
            }
            for index in trees.indices {
                for path in trees[index].deleteImpossibleNames() {
                    log.notes.append("\(path) is left out of the output: no system can hold a file of that name")
                    log.lacksContent = true
                }
            }
            log.notes += try Self.apply(places + templates.keys.map { .empty($0) }, to: &trees)
            for (path, content) in templates {
                for index in trees.indices {
                    guard let id = trees[index].find(path) else { continue }
                    trees[index][id].payload = .regular(MemoryContents(content))
                }
            }
            log.changes += places.map { place in
                switch place {
                case .delete(let path): ScrubChange(path: "\(path)", action: "delete", rules: [])
                case .empty(let path): ScrubChange(path: "\(path)", action: "empty", rules: [])
                }
            }
            log.changes += templates.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
                .map { ScrubChange(path: "\($0)", action: "template", rules: []) }
        }
        let done = isFirst ? Set(places.map(\.path) + templates.keys) : []
        let redaction = TreeRedaction(action: action, choices: choices, templates: templates)
        let open = findings.filter { finding in
            guard let path = finding.place.path else { return true }
            // What is gone or replaced already.
            return !done.contains { path.components.starts(with: $0.components) } || !isContent(finding)
        }
        for index in trees.indices { log.changes += try redaction.apply(open, to: &trees[index]) }
        return try assemble(current, trees: trees, findings: open, isFirst: isFirst, log: &log)
    }

    private func isContent(_ finding: ScrubFinding) -> Bool {
        switch finding.place {
        case .content, .file, .member: true
        default: false
        }
    }

    private func assemble(
        _ current: [OpenedImage], trees: [FileTree], findings: [ScrubFinding], isFirst: Bool, log: inout Log
    ) throws(ScrubError) -> Output {
        for image in current where !isRaw {
            do throws(SaveError) {
                try image.checkSurroundings()
            } catch {
                throw .save(error)
            }
        }
        var frame = InputFrame(images: current, options: isFirst ? options : outputOptions)
        if !isRaw {
            for finding in findings {
                guard case .outside = finding.place else { continue }
                frame.replace(finding.range, with: finding.redacted)
            }
        }
        let end = frame.view.count
        var ranges = current.map(\.range)
        func put(_ number: Int, bytes: [UInt8]) {
            frame.replace(ranges[number], with: bytes)
            ranges[number] = ranges[number].lowerBound..<ranges[number].lowerBound + bytes.count
        }
        // From the last one to the first, so that one that grows does not move the others.
        if log.changedBlocks.isEmpty { log.changedBlocks = current.map { _ in [:] } }
        for (number, (image, tree)) in zip(current, trees).enumerated().reversed() {
            let isAtEnd = image.range.upperBound == end && (options.length == nil || isRaw)
            let mayGrow = isAtEnd && image.range.count % image.eraseSize.bytes != 0
            if keepsLayout {
                let keeper = LayoutKeeper(original: image.fileSystem, mayGrow: mayGrow)
                let kept = try keeper.write(tree, without: findings.filter { $0.fileSystem == number })
                log.note(kept, number: number, isFirst: isFirst)
                if isRaw { return Output(bytes: kept.bytes, ranges: [0..<kept.bytes.count]) }
                put(number, bytes: kept.bytes)
                continue
            }
            let form = OriginalForm(of: image.fileSystem, mayGrow: mayGrow, jobs: max(1, jobs), time: time)
            let output: OriginalForm.Output
            do throws(SaveError) {
                output = try form.write(tree)
            } catch {
                throw .save(error)
            }
            if isFirst { log.notes += output.notes }
            log.lacksContent = log.lacksContent || !output.damage.isEmpty
            if isRaw { return Output(bytes: output.bytes, ranges: [0..<output.bytes.count]) }
            put(number, bytes: output.bytes)
        }
        if isFirst { log.notes += frame.staleSums }
        return Output(bytes: frame.assembled(), ranges: ranges)
    }

    /// Each path must be in at least one of the trees.
    private static func apply(_ places: [NamedPlace], to trees: inout [FileTree]) throws(ScrubError) -> [String] {
        var notes: [String] = []
        var isFound = [Bool](repeating: false, count: places.count)
        for index in trees.indices {
            var here: [NamedPlace] = []
            for (number, place) in places.enumerated() where trees[index].find(place.path) != nil {
                isFound[number] = true
                here.append(place)
            }
            notes += try trees[index].apply(here)
        }
        if let missing = isFound.firstIndex(of: false) { throw .missingPath(places[missing].path) }
        return notes
    }

    // MARK: - The result

    private func result(
        _ bytes: [UInt8], current: [OpenedImage], last: SearchResult, values: Set<[UInt8]>, log: Log
    ) throws(ScrubError) -> ScrubbedImage {
        let remains = current.flatMap { $0.fileSystem.remains(isLayoutKept: keepsLayout) }
        let isDamaged = log.lacksContent || images.contains { $0.fileSystem.findings.isDamaged }
        var notes = log.notes
        if isDamaged { notes.append("the input is damaged: what could not be read is not in the output") }
        notes += last.incompleteRules.map { "rule '\($0)' takes too long on this input and was given up" }
        let holds = last.findings.isEmpty && remains.isEmpty && last.incompleteRules.isEmpty
        let all = log.found + log.further
        let secrets = ValueList(findings: all, distinctive: values, given: rules.secrets.map(\.bytes))
        var report = ScrubReport(
            input: Self.input(images[0].path, file: images[0].file), output: Self.subject("", file: FileBytes(bytes)),
            searched: Self.scope(
                rules.forImages, kept: kept.map(\.description).sorted(), removed: values.count, values: secrets,
                notSearched: last.notSearched + unselected + rules.unwanted, options: options),
            found: Self.counts(log.found), changes: log.changes, notes: notes,
            proof: ScrubReport.Proof(
                holds: holds, rounds: log.rounds,
                nodes: current.reduce(0) { $0 + $1.fileSystem.scan.nodes.count },
                contentBytes: current.reduce(0) { $0 &+ $1.fileSystem.tree.contentBytes }, rawBytes: bytes.count))
        let searched = ImageSearch(images: current, options: outputOptions, jobs: jobs)
        report.searched.staying = searched.staying(rules.forImages.searchOfProtectedFiles()).count
        let comparison = keepsLayout ? try comparison(bytes, log: log) : nil
        if let comparison {
            report.keptLayout = images.indices.map {
                ScrubReport.KeptLayout(image: images[$0], number: $0, comparison: comparison)
            }
        }
        // Paths may hold what was removed from others.
        let masks =
            log.kept.isEmpty
            ? secrets
            : ValueList(findings: all + log.kept, distinctive: values, given: rules.secrets.map(\.bytes))
        masks.mask(&report)
        return ScrubbedImage(
            bytes: bytes, report: PrivateScrubReport(report: report, values: secrets.values), found: all,
            left: last.findings,
            remains: remains, comparison: comparison,
            isDamaged: isDamaged || !last.incompleteRules.isEmpty, notSearched: report.searched.notSearched,
            commonPlaces: commonPlaces(current, findings: all, values: values))
    }

    /// Where credentials that were removed, and are too common to be looked for everywhere, stand as words of their own.
    private func commonPlaces(
        _ output: [OpenedImage], findings: [ScrubFinding], values: Set<[UInt8]>
    ) -> [ScrubPlace] {
        let common = Set(
            findings.lazy.filter { $0.kind == .credential && $0.notation == .plain && !$0.isDistinctive }.map(\.value)
        ).subtracting(values).filter { $0.count <= 64 }
        if common.isEmpty { return [] }
        let search = SecretSearch(
            rules: [], allowlists: [], secrets: common.compactMap { KnownSecret($0) }, isForWords: true)
        return ImageSearch(images: output, options: outputOptions, jobs: jobs).findings(search).findings.map(\.place)
    }

    /// In which erase blocks an output differs from the input.
    private func comparison(_ output: [UInt8], log: Log) throws(ScrubError) -> FlashComparison {
        let rewritten = zip(images, log.changedBlocks).map { image, changed in
            let size = image.fileSystem.eraseSize
            return changed.sorted { $0.key < $1.key }.map { index, reasons in
                ChangedBlock(
                    index: index, range: index * size..<(index + 1) * size,
                    reasons: ChangedBlock.Reason.allCases.filter(reasons.contains))
            }
        }
        do {
            guard isRaw else {
                return try InputFrame(images: images, options: options).comparison(with: output, rewritten: rewritten)
            }
            let area = FlashComparison.Area(
                range: 0..<images[0].range.count, eraseSize: images[0].fileSystem.eraseSize,
                rewritten: rewritten.first ?? [])
            return try images[0].fileSystem.image.withBytes { (bytes: RawSpan) throws(LayoutError) in
                try FlashComparison(of: bytes, with: unsafe output.span.bytes, areas: [area])
            }
        } catch {
            throw .save(.layout(error))
        }
    }
}

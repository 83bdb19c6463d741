import FileTree
import FlashBytes
package import ImageFile
import JFFS2

/// What a search brought.
package struct SearchResult: Sendable {
    /// In the order of the file systems; live ones first by path, then by place.
    package var findings: [ScrubFinding]
    /// Rules that were given up because their patterns explode on this input; what they would have found is not known.
    package var incompleteRules: [String]
    /// What was not searched, as sentences: packed files that cannot be unpacked, other file systems.
    package var notSearched: [String] = []
    /// What looks like a secret in programs, libraries, pages and manuals, and stays; only where somebody asked.
    package var staying: [ScrubFinding] = []
}

/// Searches an input: its file systems, and what lies around them.
package struct ImageSearch: Sendable {
    private let images: [OpenedImage]
    private let frame: InputFrame
    /// How many threads are used.
    package var jobs: Int

    /// - Parameters:
    ///   - images: all file systems of one input, or one of them.
    ///   - options: those that they were opened with.
    package init(images: [OpenedImage], options: InputOptions, jobs: Int) {
        self.images = images
        self.jobs = jobs
        frame = InputFrame(images: images, options: options)
    }

    /// Everything that the rules find.
    package func findings(_ rules: RuleSet) -> SearchResult { findings(rules.search()) }

    fileprivate enum Job: Sendable {
        case fileSystem(Int, FileSystemSearch.Job)
        /// A piece of the view that begins at `start`; what ends before `from` belongs to a file system.
        case outside(ByteRegion, start: Int, from: Int, Range<Int>)
    }

    /// - Parameter staying: what files are searched for in which nothing is changed; nil to leave that out.
    func findings(_ search: SecretSearch, staying: SecretSearch? = nil) -> SearchResult {
        let systems = images.map { FileSystemSearch(fileSystem: $0.fileSystem, search: search) }
        var jobs: [Job] = []
        for (index, system) in systems.enumerated() { jobs += system.jobs.map { .fileSystem(index, $0) } }
        for gap in frame.gaps(around: images.map(\.range)) { jobs.append(gap) }
        let work = jobs
        let results = ParallelJobs.run(count: work.count, threads: self.jobs, work: "searching") {
            let state = SecretSearch.State(search)
            let decompressor = Decompressor()
            return { index -> Found in
                guard let state else { return Found(incomplete: Set(search.rules.indices), lacksTornNodes: true) }
                switch work[index] {
                case .fileSystem(let system, let job):
                    var found = systems[system].run(job, state: state, decompressor: decompressor)
                    for index in found.indices { found[index].fileSystem = system }
                    return Found(
                        found: found, incomplete: state.incomplete, lacksTornNodes: state.lacksTornNodes,
                        notSearched: state.notSearched)
                case .outside(let region, let start, let first, let range):
                    let found = Self.outside(region, start: start, range: range, search: search, state: state)
                    return Found(
                        found: found.filter { $0.range.upperBound > first }, incomplete: state.incomplete)
                }
            }
        }
        let incomplete = results.reduce(into: Set<Int>()) { $0.formUnion($1.incomplete) }
        var rules = incomplete.sorted().map { search.rules[$0].id }
        if results.contains(where: \.lacksTornNodes) { rules.append("all, in nodes with damaged headers") }
        let notSearched = results.reduce(into: Set<String>()) { $0.formUnion($1.notSearched) }
        // What is overwritten there takes a block of them away; what is in them is said.
        let foreign = frame.foreignData(around: images.map(\.range), search: search)
        let findings = results.flatMap(\.found).filter { finding in
            guard case .outside = finding.place else { return true }
            return !foreign.squashFS.contains { $0.overlaps(finding.range) }
        }
        return SearchResult(
            findings: findings, incompleteRules: rules,
            notSearched: notSearched.sorted() + foreign.sentences,
            staying: staying.map { self.staying(systems, search: $0, besides: findings) } ?? [])
    }

    /// What looks like a secret in files in which nothing is changed, by path.
    func staying(_ search: SecretSearch) -> [ScrubFinding] {
        staying(images.map { FileSystemSearch(fileSystem: $0.fileSystem, search: search) }, search: search, besides: [])
    }

    /// The same, of file systems that are searched already.
    ///
    /// - Parameter found: what is taken out of them nevertheless.
    private func staying(
        _ searched: [FileSystemSearch], search: SecretSearch, besides found: [ScrubFinding]
    ) -> [ScrubFinding] {
        let systems = searched.map { FileSystemSearch($0, search: search) }
        let work = systems.indices.flatMap { index in systems[index].contents.map { (index, $0) } }
        let results = ParallelJobs.run(count: work.count, threads: jobs, work: "searching") {
            let state = SecretSearch.State(search)
            return { index -> [ScrubFinding] in
                guard let state else { return [] }
                let (system, (id, path)) = work[index]
                var found = systems[system].protected(id, path: path, state: state)
                for index in found.indices { found[index].fileSystem = system }
                return found
            }
        }
        return results.flatMap(\.self).outside(of: found)
    }

    /// What one job brought.
    private struct Found: Sendable {
        var found: [ScrubFinding] = []
        var incomplete: Set<Int> = []
        var lacksTornNodes = false
        var notSearched: Set<String> = []
    }

    private static func outside(
        _ region: ByteRegion, start: Int, range: Range<Int>, search: SecretSearch, state: SecretSearch.State
    ) -> [ScrubFinding] {
        region.withBytes { bytes in
            search.search(bytes, in: range, path: nil, state: state).map { match in
                var finding = ScrubFinding(
                    match: match, in: bytes, search: search, place: .outside(offset: start + match.secret.lowerBound))
                finding.range = start + match.secret.lowerBound..<start + match.secret.upperBound
                return finding
            }
        }
    }
}

extension InputFrame {
    /// How far into its neighbours a gap is looked at (bytes).
    private static let seam = 512

    /// The bytes of the view that belong to no file system, as jobs.
    fileprivate func gaps(around ranges: [Range<Int>]) -> [ImageSearch.Job] {
        var jobs: [ImageSearch.Job] = []
        for gap in between(ranges) {
            // Some bytes of the neighbours, so that nothing hides on the border.
            let wide = max(0, gap.lowerBound - Self.seam)..<min(view.count, gap.upperBound + Self.seam)
            let region = ByteRegion(Array(view[wide]))
            let end = gap.upperBound - wide.lowerBound
            for piece in stride(from: 0, to: end, by: 1 << 20) {
                let range = piece..<min(piece + 1 << 20, end)
                jobs.append(.outside(region, start: wide.lowerBound, from: gap.lowerBound, range))
            }
        }
        return jobs
    }

    /// What lies around the file systems, as sentences, and where SquashFS is among it.
    fileprivate func foreignData(
        around ranges: [Range<Int>], search: SecretSearch
    ) -> (sentences: [String], squashFS: [Range<Int>]) {
        var found: (sentences: [String], squashFS: [Range<Int>]) = ([], [])
        for gap in between(ranges) {
            let bytes = Array(view[gap])
            let places = SquashFSFiles.places(in: bytes)
            found.sentences += ForeignData.found(in: bytes, from: gap.lowerBound, squashFS: places, search: search)
            found.squashFS += places.map { $0.lowerBound + gap.lowerBound..<$0.upperBound + gap.lowerBound }
        }
        return found
    }

    private func between(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var gaps: [Range<Int>] = []
        var start = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            gaps.append(min(start, range.lowerBound)..<range.lowerBound)
            start = max(start, range.upperBound)
        }
        gaps.append(min(start, view.count)..<view.count)
        return gaps.filter { !$0.isEmpty }
    }
}

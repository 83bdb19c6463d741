import FileTree
import FlashBytes
import JFFS2

/// Searches one file system through and through: what it shows, what it does not show any more, and every raw byte.
struct FileSystemSearch: Sendable {
    let fileSystem: FileSystem
    let search: SecretSearch
    let log: FlashLog
    let histories: InodeHistories

    init(fileSystem: FileSystem, search: SecretSearch) {
        self.fileSystem = fileSystem
        self.search = search
        log = FlashLog(fileSystem, reach: .everywhere)
        histories = InodeHistories(log)
    }

    /// Another search of the same file system.
    init(_ other: FileSystemSearch, search: SecretSearch) {
        fileSystem = other.fileSystem
        self.search = search
        log = other.log
        histories = other.histories
    }

    /// What is looked at in one go.
    enum Job: Sendable {
        case content(InodeID, FilePathBytes)
        /// Names, targets and attributes of all files.
        case names
        /// The nodes of an inode, at least one of them dead.
        case history(InodeNumber)
        /// Nodes with damaged headers.
        case torn
        /// What compressed streams give beyond what their nodes declare; indices in `FlashLog.entries`.
        case surplus(Range<Int>)
        case raw(Range<Int>)
    }

    /// How much raw bytes make a job (bytes).
    private static let rawPiece = 1 << 20
    /// How many nodes make a job.
    private static let nodePiece = 4096
    /// Larger files are looked at piece by piece (bytes).
    private static let largestWhole = 32 << 20

    /// All files that are not empty, each under one name.
    var contents: [(InodeID, FilePathBytes)] {
        var contents: [(InodeID, FilePathBytes)] = []
        var seen: Set<InodeID> = []
        fileSystem.tree.walk { path, id in
            guard case .regular(let file) = fileSystem.tree[id].payload, file.size > 0 else { return }
            if seen.insert(id).inserted { contents.append((id, path)) }
        }
        return contents
    }

    var jobs: [Job] {
        var jobs = contents.map { Job.content($0, $1) }
        jobs.append(.names)
        jobs += histories.withDeadData.map(Job.history)
        if !log.torn.isEmpty { jobs.append(.torn) }
        for start in stride(from: 0, to: log.entries.count, by: Self.nodePiece) {
            jobs.append(.surplus(start..<min(start + Self.nodePiece, log.entries.count)))
        }
        for start in stride(from: 0, to: fileSystem.image.count, by: Self.rawPiece) {
            jobs.append(.raw(start..<min(start + Self.rawPiece, fileSystem.image.count)))
        }
        return jobs
    }

    func run(_ job: Job, state: SecretSearch.State, decompressor: Decompressor) -> [ScrubFinding] {
        switch job {
        case .content(let id, let path): content(id, path: path, state: state, decompressor: decompressor)
        case .names: names(state) + deadNames(state)
        case .history(let inode):
            HistorySearch(log: log, histories: histories, search: search).run(
                inode, state: state, decompressor: decompressor)
        case .torn:
            HistorySearch(log: log, histories: histories, search: search).tornNodes(state, decompressor: decompressor)
        case .surplus(let indices): surplus(indices, state: state, decompressor: decompressor)
        case .raw(let range): raw(range, state: state, decompressor: decompressor)
        }
    }

    // MARK: - What is shown

    private func content(
        _ id: InodeID, path: FilePathBytes, state: SecretSearch.State, decompressor: Decompressor
    ) -> [ScrubFinding] {
        guard case .regular(let contents) = fileSystem.tree[id].payload else { return [] }
        let pathBytes = path.lastBytes(SecretRule.longestPath)
        var found: [ScrubFinding] = []
        if let rule = search.placeRule(pathBytes, state: state), !isErased(contents),
            search.rules[rule].kind != .record
                || !Self.isProgram(head(of: contents)) && !PackedFileSearch.isPartOfProgram(pathBytes)
        {
            found.append(ScrubFinding(search.rules[rule], place: .file(path), size: Int(clamping: contents.size)))
        }
        // Of a private file too: its values have to be gone everywhere else.
        var isWhole = true
        found += text(contents, path: path, pathBytes: pathBytes, state: state, isWhole: &isWhole)
        if !isWhole, let number = fileSystem.tree[id].number {
            let history = HistorySearch(log: log, histories: histories, search: search)
            found += history.unreadableNodes(number, state: state, decompressor: decompressor)
        }
        return found
    }

    /// A file that is read piece by piece: all at once only if it is packed.
    private func packed(
        _ contents: any FileContents, path: FilePathBytes, state: SecretSearch.State
    ) -> [ScrubFinding] {
        guard let reader = try? contents.makeReader() else { return [] }
        var isWhole = true
        let head = Self.read(reader, range: 0..<min(contents.size, 512), isWhole: &isWhole)
        let packed = PackedFileSearch(search: search)
        guard PackedContents.isPacked(head), contents.size <= UInt64(Self.largestWhole) * 2 else {
            return packed.run(head, size: contents.size, path: path, state: state)
        }
        let bytes = Self.read(reader, range: 0..<contents.size, isWhole: &isWhole)
        return packed.run(bytes, size: contents.size, path: path, state: state)
    }

    private func head(of contents: any FileContents) -> [UInt8] {
        guard let reader = try? contents.makeReader() else { return [] }
        var isWhole = true
        return Self.read(reader, range: 0..<min(contents.size, 64), isWhole: &isWhole)
    }

    /// Whether a file begins as a program, a script or a page does: none of them is a record, whatever directory it is in.
    private static func isProgram(_ head: [UInt8]) -> Bool {
        if ["\u{7f}ELF", "#!", "MZ"].contains(where: { head.starts(with: $0.utf8) }) { return true }
        let text = String(decoding: head.drop { $0 <= 0x20 }, as: UTF8.self).lowercased()
        return ["<!doctype", "<html", "<?xml", "<?php", "<%"].contains(where: text.hasPrefix)
    }

    /// Whether a file is all zeros: what redaction leaves of one that is private as a whole.
    private func isErased(_ contents: any FileContents) -> Bool {
        guard let reader = try? contents.makeReader(), let ranges = try? reader.dataRanges() else { return false }
        for range in ranges {
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(start + UInt64(Self.rawPiece), range.upperBound)
                var isWhole = true
                guard Self.read(reader, range: start..<end, isWhole: &isWhole).allSatisfy({ $0 == 0 }) else {
                    return false
                }
                start = end
            }
        }
        return true
    }

    static func read(_ reader: any ContentReader, range: Range<UInt64>, isWhole: inout Bool) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var span = bytes.mutableSpan
        var buffer = unsafe span.mutableBytes
        if (try? reader.read(into: &buffer, at: range.lowerBound).isEmpty) != true { isWhole = false }
        return bytes
    }

    private func text(
        _ contents: any FileContents, path: FilePathBytes, pathBytes: [UInt8], state: SecretSearch.State,
        isWhole: inout Bool
    ) -> [ScrubFinding] {
        guard let reader = try? contents.makeReader(), let ranges = try? reader.dataRanges() else {
            isWhole = false
            return []
        }
        let data = ranges.reduce(0) { $0 + UInt64($1.count) }
        if contents.size <= UInt64(Self.largestWhole), contents.size / Self.mostHole <= data {
            let bytes = Self.read(reader, range: 0..<contents.size, isWhole: &isWhole)
            let packed = PackedFileSearch(search: search)
            let (current, beside) = companions(of: bytes, path: path, state: state)
            let inner = packed.run(current, size: UInt64(current.count), path: path, state: state) + beside
            var own = text(bytes, from: 0, in: 0..<bytes.count, path: path, pathBytes: pathBytes, state: state)
            // Its cells are read one by one: between them nothing says where a value ends.
            if Database.isReadable(bytes) { own.removeAll { $0.rule != ScrubFinding.knownSecretRule } }
            own += inner.filter(\.member.isEmpty)
            var left = SquashFSFiles.limit
            return packed.outsideOfSquashFS(
                own, bytes: bytes, name: "\(path)", isNamed: true, left: &left, state: state)
                + inner.filter { !$0.member.isEmpty }
        }
        var found = packed(contents, path: path, state: state)
        if WriteAheadLog.isOne(head(of: contents)) {
            PackedFileSearch(search: search).note(logOf: "\(path)", state: state)
        }
        let overlap = UInt64(SecretRule.wideReach * 2)
        for range in Self.joined(ranges) {
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(start + UInt64(Self.largestWhole), range.upperBound)
                let from = max(range.lowerBound, start > overlap ? start - overlap : 0)
                let to = min(end + overlap, range.upperBound)
                let bytes = Self.read(reader, range: from..<to, isWhole: &isWhole)
                let own =
                    text(
                        bytes, from: Int(from), in: Int(start - from)..<Int(end - from), path: path,
                        pathBytes: pathBytes, state: state)
                    + embedded(in: bytes, from: Int(from), path: path, state: state)
                var left = SquashFSFiles.limit
                found += PackedFileSearch(search: search).outsideOfSquashFS(
                    own, bytes: bytes, name: "\(path)", isNamed: false, from: Int(from), left: &left, state: state)
                start = end
            }
        }
        return found
    }

    /// What is packed in a piece of a large file.
    private func embedded(
        in bytes: [UInt8], from start: Int, path: FilePathBytes, state: SecretSearch.State
    ) -> [ScrubFinding] {
        PackedFileSearch(search: search).embedded(in: bytes, path: path, state: state).map { finding in
            var finding = finding
            finding.place = .content(path, offset: start + finding.range.lowerBound)
            finding.range = start + finding.range.lowerBound..<start + finding.range.upperBound
            return finding
        }
    }

    /// A file that is larger than this many times its data is looked at without its holes.
    private static let mostHole: UInt64 = 16
    /// A smaller hole between two pieces of data is looked over (bytes).
    private static let smallHole: UInt64 = 4096

    /// Pieces of data, those joined between which only a small hole lies.
    private static func joined(_ ranges: [Range<UInt64>]) -> [Range<UInt64>] {
        var joined: [Range<UInt64>] = []
        for range in ranges {
            if let last = joined.last, range.lowerBound - last.upperBound <= smallHole {
                joined[joined.count - 1] = last.lowerBound..<range.upperBound
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    func text(
        _ bytes: [UInt8], from start: Int, in range: Range<Int>, path: FilePathBytes, pathBytes: [UInt8],
        state: SecretSearch.State
    ) -> [ScrubFinding] {
        let text = unsafe bytes.span.bytes
        let isCompiled = start == 0 && SecretSearch.isProgram(text) || PackedFileSearch.isCompiled(pathBytes)
        return search.search(text, in: range, path: pathBytes, state: state).compactMap { match in
            if isCompiled, case .secret(let index, _) = match.origin, !search.isUnmistakable(index) {
                state.note(
                    notSearched:
                        "\(path) is a program, and has a value that was found elsewhere as a word of its own: it stays")
                return nil
            }
            var finding = ScrubFinding(
                match: match, in: text, search: search, place: .content(path, offset: start + match.secret.lowerBound))
            finding.range = start + match.secret.lowerBound..<start + match.secret.upperBound
            return finding
        }
    }

    private func names(_ state: SecretSearch.State) -> [ScrubFinding] {
        var found: [ScrubFinding] = []
        func look(_ bytes: [UInt8], path: FilePathBytes, place: ScrubPlace) {
            let text = unsafe bytes.span.bytes
            let pathBytes = path.lastBytes(SecretRule.longestPath)
            for match in search.search(text, in: 0..<bytes.count, path: pathBytes, isContent: false, state: state) {
                found.append(ScrubFinding(match: match, in: text, search: search, place: place))
            }
        }
        func look(_ attribute: ExtendedAttribute, of path: FilePathBytes) {
            look(attribute.name, path: path, place: .attribute(path))
            look(attribute.value, path: path, place: .attribute(path))
            found += PackedFileSearch(search: search).embedded(in: attribute.value, path: path, state: state).map {
                var finding = $0
                finding.place = .attribute(path)
                return finding
            }
        }
        for entry in fileSystem.unreadable {
            if let name = entry.path.components.last { look(name.bytes, path: entry.path, place: .name(entry.path)) }
        }
        var seen: Set<InodeID> = []
        fileSystem.tree.walk { path, id in
            if let name = path.components.last { look(name.bytes, path: path, place: .name(path)) }
            guard seen.insert(id).inserted else { return }
            let inode = fileSystem.tree[id]
            if case .symbolicLink(let target) = inode.payload { look(target, path: path, place: .target(path)) }
            for attribute in inode.metadata.extendedAttributes {
                look(attribute, of: path)
            }
        }
        for attribute in fileSystem.tree[FileTree.root].metadata.extendedAttributes {
            look(attribute, of: FilePathBytes())
        }
        return found
    }

    /// Names and attributes that are no more, each for itself: what lies behind them does not count.
    private func deadNames(_ state: SecretSearch.State) -> [ScrubFinding] {
        fileSystem.image.withBytes { bytes in
            log.entries.lazy.filter { !$0.isShown }.flatMap { node in
                node.texts(within: bytes.byteCount).flatMap { range -> [ScrubFinding] in
                    let text = bytes.extracting(range)
                    return search.search(text, in: 0..<text.byteCount, path: nil, state: state).map {
                        let place = ScrubPlace.raw(offset: range.lowerBound + $0.secret.lowerBound, inside: "\(node)")
                        return ScrubFinding(match: $0, in: text, search: search, place: place)
                    }
                }
            }
        }
    }

    // MARK: - Raw bytes

    /// All bytes as they are, except where they are known to belong to what was looked at already.
    private func raw(
        _ range: Range<Int>, state: SecretSearch.State, decompressor: Decompressor
    ) -> [ScrubFinding] {
        fileSystem.image.withBytes { bytes in
            search.search(bytes, in: range, path: nil, state: state).compactMap { match in
                let node = log.entry(at: match.secret.lowerBound)
                if let node, match.secret.upperBound <= node.end {
                    // The live tree, or the decompressed data of a dead node, shows it (or its rules except it).
                    let isLookedAt =
                        node.isShown || histories.hasDeadData(node) && match.secret.lowerBound >= node.dataStart
                    if isLookedAt, !node.hides(match.secret, in: bytes, by: decompressor) { return nil }
                    let texts = node.isShown ? [] : node.texts(within: bytes.byteCount)
                    if texts.contains(where: { match.secret.clamped(to: $0) == match.secret }) { return nil }
                }
                return ScrubFinding(
                    match: match, in: bytes, search: search,
                    place: .raw(offset: match.secret.lowerBound, inside: node.map { "\($0)" } ?? "slack"))
            }
        }
    }

    /// What is in the compressed data of nodes beyond their dsize.
    private func surplus(
        _ indices: Range<Int>, state: SecretSearch.State, decompressor: Decompressor
    ) -> [ScrubFinding] {
        fileSystem.image.withBytes { bytes in
            log.entries[indices].flatMap { node -> [ScrubFinding] in
                let text = node.hiddenParts(in: bytes, by: decompressor).surplus
                if text.isEmpty { return [] }
                let span = unsafe text.span.bytes
                return search.search(span, in: 0..<text.count, path: nil, state: state).map {
                    var finding = ScrubFinding(
                        match: $0, in: span, search: search,
                        place: .raw(offset: node.offset, inside: "data beyond the dsize of \(node)"))
                    finding.range = node.offset..<node.end
                    return finding
                }
            }
        }
    }
}

extension FlashLogEntry {
    /// Whether some bytes of a node (or a part of them) are none that anything shows.
    fileprivate func hides(_ range: Range<Int>, in image: RawSpan, by decompressor: Decompressor) -> Bool {
        hiddenParts(in: image, by: decompressor).ranges.contains { $0.overlaps(range) }
    }
}

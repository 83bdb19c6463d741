import FileTree
import FlashBytes
import JFFS2

/// Searches what an inode's nodes hold that is not shown any more: each dead node for itself, and the content of the file as
/// it was after each write, so that a secret is found that lies across nodes of different age.
struct HistorySearch {
    let log: FlashLog
    let histories: InodeHistories
    let search: SecretSearch

    private var fileSystem: FileSystem { log.fileSystem }

    /// How far around a write is looked for what crosses its borders (bytes).
    private static let seam = 1024
    /// A file of more bytes is not looked at as a struct after each write (bytes).
    private static let largestStruct = 4096
    /// A write of more bytes tells itself what it is about (bytes).
    private static let largestFragment = 256
    /// A page; what is read from a damaged header may be any number (bytes).
    private static let largestTorn = 64 << 10
    /// What all damaged headers together may give, for each byte of the image.
    private static let mostTorn = 64

    /// How often a file is unpacked as it was before it was written anew.
    private static let mostGenerations = 8

    /// What is packed in an older content of a file.
    private func packed(
        _ content: [UInt8], last node: FlashLogEntry, path: FilePathBytes?, state: SecretSearch.State
    ) -> [ScrubFinding] {
        let inode = node.inode ?? 0
        let name = path ?? FilePathBytes([FileName(Array("inode \(inode)".utf8))])
        return PackedFileSearch(search: search).run(content, size: UInt64(content.count), path: name, state: state).map
        {
            var finding = $0
            finding.place = .oldContent(offset: node.offset, inode: inode, path: path)
            finding.member = []
            return finding
        }
    }

    /// A file that is private as a whole, of which something is dead.
    private func wholeFile(
        _ inode: InodeNumber, path: FilePathBytes?, own: [FlashLogEntry], state: SecretSearch.State
    ) -> [ScrubFinding] {
        guard let rule = path.flatMap({ search.placeRule($0.lastBytes(SecretRule.longestPath), state: state) }),
            let last = own.last(where: { !$0.isShown })
        else { return [] }
        let size = own.reduce(0) { $0 + ($1.isShown ? 0 : $1.end - $1.dataStart) }
        return [
            ScrubFinding(
                search.rules[rule],
                place: .deadNode(
                    offset: last.offset, inode: inode, path: path,
                    status: histories.shown.contains(inode) ? "superseded" : "deleted"), size: size)
        ]
    }

    func run(_ inode: InodeNumber, state: SecretSearch.State, decompressor: Decompressor) -> [ScrubFinding] {
        let path = histories.paths[inode]
        let own = log.versions(of: inode, in: histories)
        var found = wholeFile(inode, path: path, own: own, state: state)
        var replay = FileReplay(on: shown(inode))
        var seen: Set<[UInt8]> = []
        var last: FlashLogEntry?
        var generations = 0
        fileSystem.image.withBytes { bytes in
            for node in own {
                guard case .inode(let raw) = node.content else { continue }
                guard let data = node.data(in: bytes, by: decompressor) else {
                    // Nothing to decompress; but nothing keeps bytes from being there.
                    if node.isDead { found += stored(node, path: path, in: bytes, state: state) }
                    continue
                }
                let text = data.good
                let start = Int(raw.offset)
                let isProgram = Self.isProgram(replay.file) || (start == 0 && Self.isProgram(text))
                if node.isDead {
                    // A page of a large file is no struct.
                    let isStruct = raw.isize <= FixedWidthFields.largest
                    for finding in look(
                        text, range: 0..<text.count, node: node, path: path, isProgram: isProgram, isStruct: isStruct,
                        state: state)
                    {
                        if node.isShown, isShown(finding, at: start, inode: inode) { continue }
                        seen.insert(finding.secret)
                        found.append(finding)
                    }
                    if !data.isWhole { found += stored(node, path: path, in: bytes, state: state) }
                    if start > 0, !replay.isKnown(at: start - 1) {
                        found += fragments(text, node: node, path: path, state: state)
                    }
                }
                if start == 0, let last, last.isDead, !replay.file.isEmpty, generations < Self.mostGenerations {
                    generations += 1
                    found += packed(replay.file, last: last, path: path, state: state)
                }
                last = node
                guard let written = replay.write(text, at: start, isize: Int(raw.isize)) else { continue }
                let window =
                    max(0, written.lowerBound - Self.seam)..<min(replay.file.count, written.upperBound + Self.seam)
                let isStruct = replay.file.count <= Self.largestStruct
                for finding in look(
                    replay.file, range: window, node: node, path: path, isProgram: Self.isProgram(replay.file),
                    isStruct: isStruct, state: state)
                where seen.insert(finding.secret).inserted {
                    guard !isShown(finding, at: 0, inode: inode) else { continue }
                    var finding = finding
                    finding.place = .oldContent(offset: node.offset, inode: inode, path: path)
                    found.append(finding)
                }
            }
        }
        if let last, !histories.shown.contains(inode) {
            found += packed(replay.file, last: last, path: path, state: state)
        }
        return found
    }

    /// The stored bytes of an inode's live nodes that cannot be decompressed.
    func unreadableNodes(
        _ inode: InodeNumber, state: SecretSearch.State, decompressor: Decompressor
    ) -> [ScrubFinding] {
        let path = histories.paths[inode]
        return fileSystem.image.withBytes { bytes in
            (histories.nodes[inode] ?? []).flatMap { index -> [ScrubFinding] in
                let node = log.entries[index]
                guard node.isShown, !node.isPartlyShown, let data = node.data(in: bytes, by: decompressor),
                    !data.isWhole
                else { return [] }
                return stored(node, path: path, in: bytes, state: state)
            }
        }
    }

    /// Nodes whose header is damaged: what their compressed data gives. Their raw bytes are looked at elsewhere.
    ///
    /// An image full of headers without nodes would take for ever: it is given up.
    func tornNodes(_ state: SecretSearch.State, decompressor: Decompressor) -> [ScrubFinding] {
        var found: [ScrubFinding] = []
        var budget = Self.mostTorn * fileSystem.image.count + (1 << 20)
        fileSystem.image.withBytes { bytes in
            for node in log.torn {
                guard let data = node.data(in: bytes, by: decompressor, most: Self.largestTorn)?.good else { continue }
                budget -= data.count
                guard budget > 0 else { return state.giveUpTornNodes() }
                found += look(
                    data, range: 0..<data.count, node: node, path: nil, isProgram: false, isStruct: true, state: state)
            }
        }
        return found
    }

    /// The content of a file that is there still, as the ground on which its history is played back: where the garbage
    /// collector took the older nodes, the names of settings are mostly where they were.
    private func shown(_ inode: InodeNumber) -> [UInt8] {
        guard histories.shown.contains(inode), let path = histories.paths[inode], let id = fileSystem.tree.find(path),
            case .regular(let contents) = fileSystem.tree[id].payload, contents.size <= UInt64(FileReplay.largest),
            let data = try? contents.makeReader().dataRanges().reduce(0, { $0 + $1.count }),
            contents.size <= 64 * UInt64(data) + 1 << 20
        else { return [] }
        return (try? contents.readAll()) ?? []
    }

    /// What looks like a key in a small write into the middle of a file of which nothing older is left: the name of the
    /// setting stood in front of it.
    private func fragments(
        _ data: [UInt8], node: FlashLogEntry, path: FilePathBytes?, state: SecretSearch.State
    ) -> [ScrubFinding] {
        guard data.count <= Self.largestFragment else { return [] }
        let place = ScrubPlace.deadNode(
            offset: node.offset, inode: node.inode ?? 0, path: path, status: node.shownStatus.word)
        let text = unsafe data.span.bytes
        return search.fragments(text, path: path?.lastBytes(SecretRule.longestPath), state: state).map {
            ScrubFinding(match: $0, in: text, search: search, place: place)
        }
    }

    private static func isProgram(_ bytes: [UInt8]) -> Bool { SecretSearch.isProgram(unsafe bytes.span.bytes) }

    /// Whether the live file holds the same at the same place: then it is no finding of its own.
    ///
    /// - Parameter start: where in the file the bytes begin in which it was found.
    private func isShown(_ finding: ScrubFinding, at start: Int, inode: InodeNumber) -> Bool {
        guard histories.shown.contains(inode), let path = histories.paths[inode], let id = fileSystem.tree.find(path),
            case .regular(let contents) = fileSystem.tree[id].payload,
            UInt64(start + finding.range.upperBound) <= contents.size, let reader = try? contents.makeReader()
        else { return false }
        var bytes = [UInt8](repeating: 0, count: finding.range.count)
        var span = bytes.mutableSpan
        var buffer = unsafe span.mutableBytes
        _ = try? reader.read(into: &buffer, at: UInt64(start + finding.range.lowerBound))
        return bytes == finding.carrier ?? finding.secret
    }

    private func look(
        _ bytes: [UInt8], range: Range<Int>, node: FlashLogEntry, path: FilePathBytes?,
        isProgram: Bool, isStruct: Bool, state: SecretSearch.State
    ) -> [ScrubFinding] {
        let text = unsafe bytes.span.bytes
        let status = !node.isShown ? node.shownStatus.word : node.isPartlyShown ? "overwritten" : "unreadable"
        let place = ScrubPlace.deadNode(offset: node.offset, inode: node.inode ?? 0, path: path, status: status)
        return search.search(text, in: range, path: path?.bytes, isProgram: isProgram, isWhole: isStruct, state: state)
            .map {
                ScrubFinding(match: $0, in: text, search: search, place: place)
            }
    }

    /// The stored bytes of a node that cannot be decompressed.
    private func stored(
        _ node: FlashLogEntry, path: FilePathBytes?, in bytes: RawSpan, state: SecretSearch.State
    ) -> [ScrubFinding] {
        guard let data = try? bytes.bytes(in: node.dataStart..<node.end) else { return [] }
        return look(
            data, range: 0..<data.count, node: node, path: path, isProgram: false, isStruct: false, state: state)
    }
}

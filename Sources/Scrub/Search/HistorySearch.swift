import FileTree
import FlashBytes
import JFFS2

/// Searches what an inode's nodes hold that is not shown any more: each dead node for itself, and the content of the file as
/// it was after each write, so that a secret is found that lies across nodes of different age.
struct HistorySearch {
    let fileSystem: FileSystem
    let nodes: NodeSurvey
    let search: SecretSearch

    /// How far around a write is looked for what crosses its borders (bytes).
    private static let seam = 1024
    /// The largest file whose history is played back (bytes).
    private static let largest = 32 << 20
    /// No codec turns one byte into more.
    private static let largestExpansion = 8192
    /// A node holds a page or a few; what claims more is cut (bytes).
    private static let largestNode = 4 << 20

    func run(_ inode: UInt32, _ state: SecretSearch.State, _ decompressor: Decompressor) -> [ScrubFinding] {
        let path = nodes.paths[inode]
        let own = (nodes.nodesOfInode[inode] ?? []).map { nodes.nodes[$0] }.sorted {
            $0.version != $1.version ? $0.version < $1.version : $0.offset < $1.offset
        }
        var found: [ScrubFinding] = []
        if let path, let rule = search.placeRule(path.bytes, state), let last = own.last(where: { !$0.isLive }) {
            let size = own.reduce(0) { $0 + ($1.isLive ? 0 : $1.end - $1.dataStart) }
            found.append(
                ScrubFinding(
                    search.rules[rule],
                    place: .deadNode(
                        offset: last.offset, inode: inode, path: path,
                        status: nodes.liveInodes.contains(inode) ? "superseded" : "deleted"), size: size))
        }
        var file: [UInt8] = []
        var canReplay = true
        var total = 0
        var seen: Set<[UInt8]> = []
        fileSystem.image.withBytes { bytes in
            for node in own {
                guard let raw = try? RawInode(reading: bytes, at: node.offset, fileSystem.byteOrder),
                    let data = decompressed(raw, node, bytes, decompressor)
                else { continue }
                let start = Int(raw.offset)
                if !node.isLive {
                    for finding in look(data.bytes, 0..<data.bytes.count, node, path, state) {
                        seen.insert(finding.secret)
                        found.append(finding)
                    }
                    if !data.isWhole { found += stored(raw, node, path, bytes, state) }
                }
                total += data.bytes.count
                // Sparse files are not filled up: what no node covers holds no secret, and a border to it is no seam.
                guard canReplay, start + data.bytes.count <= min(Self.largest, 64 * total + (1 << 20)) else {
                    canReplay = false
                    continue
                }
                if file.count < start + data.bytes.count {
                    file.append(contentsOf: repeatElement(0, count: start + data.bytes.count - file.count))
                }
                file.replaceSubrange(start..<start + data.bytes.count, with: data.bytes)
                if Int(raw.isize) < file.count {
                    file.replaceSubrange(
                        Int(raw.isize)..<file.count, with: repeatElement(0, count: file.count - Int(raw.isize)))
                }
                let window = max(0, start - Self.seam)..<min(file.count, start + data.bytes.count + Self.seam)
                for finding in look(file, window, node, path, state) where seen.insert(finding.secret).inserted {
                    guard !isShown(finding, path) else { continue }
                    var finding = finding
                    finding.place = .oldContent(offset: node.offset, inode: inode, path: path)
                    found.append(finding)
                }
            }
        }
        return found
    }

    /// Whether the live file holds the same at the same place: then it is no finding of its own.
    private func isShown(_ finding: ScrubFinding, _ path: FilePathBytes?) -> Bool {
        guard let path, let id = fileSystem.tree.find(path),
            case .regular(let contents) = fileSystem.tree[id].payload,
            UInt64(finding.range.upperBound) <= contents.size, let reader = try? contents.makeReader()
        else { return false }
        var bytes = [UInt8](repeating: 0, count: finding.range.count)
        var span = bytes.mutableSpan
        var buffer = unsafe span.mutableBytes
        _ = try? reader.read(into: &buffer, at: UInt64(finding.range.lowerBound))
        return bytes == finding.secret
    }

    private func look(
        _ bytes: [UInt8], _ range: Range<Int>, _ node: NodeSurvey.Node, _ path: FilePathBytes?,
        _ state: SecretSearch.State
    ) -> [ScrubFinding] {
        let text = unsafe bytes.span.bytes
        let place = ScrubPlace.deadNode(offset: node.offset, inode: node.inode, path: path, status: node.status.word)
        return search.search(text, in: range, path: path?.bytes, state).map {
            ScrubFinding($0, in: text, search, place: place)
        }
    }

    /// The stored bytes of a node that cannot be decompressed.
    private func stored(
        _ raw: RawInode, _ node: NodeSurvey.Node, _ path: FilePathBytes?, _ bytes: RawSpan,
        _ state: SecretSearch.State
    ) -> [ScrubFinding] {
        guard let data = try? bytes.bytes(in: node.dataStart..<node.end) else { return [] }
        return look(data, 0..<data.count, node, path, state)
    }

    /// The data of a node, as far as it can be had.
    private func decompressed(
        _ raw: RawInode, _ node: NodeSurvey.Node, _ bytes: RawSpan, _ decompressor: Decompressor
    ) -> (bytes: [UInt8], isWhole: Bool)? {
        if raw.compression == .zero || raw.csize == 0 { return nil }
        let stored = node.dataStart..<min(node.end, raw.dataRange(at: node.offset).upperBound)
        guard !stored.isEmpty else { return nil }
        let size = min(Int(raw.coveredSize), Self.largestNode, Self.largestExpansion * (stored.count + 64))
        var output = [UInt8](repeating: 0, count: size)
        do throws(Decompressor.Failure) {
            var span = output.mutableSpan
            var target = unsafe span.mutableBytes
            try decompressor.decompress(bytes.extracting(stored), raw.compression, into: &target)
            return (output, true)
        } catch {
            return (output, false)
        }
    }
}

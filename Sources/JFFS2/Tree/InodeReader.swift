internal import FileTree
import FlashBytes

/// What the nodes of one inode add up to.
struct InodeContent {
    /// The node that gives the metadata; nil when there is none and a directory is made up around its names.
    var metadata: RawInode?
    /// That node.
    var metadataNode: NodeIndex?
    /// Whether that node lies outside the fragments (it carries no data).
    var hasSeparateMetadata = false
    /// What fills the file, not yet cut to its size.
    var fragments: [Fragment] = []
    /// Stretches that a damaged node filled, and no newer one does.
    var losses: [ContentDamage] = []
}

/// Reads all nodes of an inode as the kernel's readinode.c does when the inode is first used.
///
/// Sums that the mount left unchecked are checked here. Of two nodes of one version that touch (a copy by garbage
/// collection), the one that was scanned later stays, if its data is sound. A node with unsound data hides nothing and
/// gives no metadata.
struct InodeReader {
    let scan: NodeScan
    let checks: ReadChecks

    init(scan: NodeScan) {
        self.scan = scan
        checks = ReadChecks(scan)
    }

    /// One inode node with its fixed part.
    private struct Candidate {
        var raw: RawInode
        var node: NodeIndex
        var isSound = true

        var start: UInt64 { UInt64(raw.offset) }
        var end: UInt64 { UInt64(raw.offset) + UInt64(raw.coveredSize) }

        /// Whether the other one is a copy of this node.
        func isEqual(to other: Candidate) -> Bool {
            raw.nodeCRC == other.raw.nodeCRC && raw.dataCRC == other.raw.dataCRC && start == other.start
                && end == other.end
        }
    }

    /// What the data nodes of an inode fill it with.
    private struct Data {
        /// The nodes of the file, each with its rank: what has the higher one hides the other.
        var pieces: [Fragments.Piece] = []
        /// The node that gives the metadata, unless one without data does.
        var latest: Candidate?
        /// Nodes of which Linux finds that the data CRC is wrong.
        var faulty: Set<NodeIndex> = []
    }

    /// - Parameters:
    ///   - nodes: the inode's nodes, ascending by place.
    ///   - status: set for each of them.
    func read(
        _ nodes: some BidirectionalCollection<NodeIndex>, in image: RawSpan,
        status: inout [NodeStatus], into findings: inout FindingList
    ) -> InodeContent {
        var candidates: [Candidate] = []
        var bare: Candidate?
        // Backwards, since the kernel chains each node it meets in front of the others.
        for node in nodes.reversed() {
            guard let raw = sound(node, in: image, status: &status, into: &findings) else { continue }
            if raw.version == .max {
                findings.add(
                    .lastVersion, severity: .warning, at: scan.offset(of: node), inode: raw.inode,
                    message:
                        "node of version 0xffffffff: what Linux writes next to inode \(raw.inode) gets version 0, and counts "
                        + "as older than all that is there")
            }
            let isSound = raw.hasSoundData(in: image, at: scan.offset(of: node))
            let candidate = Candidate(raw: raw, node: node, isSound: isSound)
            status[node] = .superseded
            if raw.coveredSize > 0 {
                candidates.append(candidate)
            } else if bare.map({ $0.raw.version < raw.version }) ?? true {
                bare = candidate
            }
        }
        let data = resolve(candidates, in: image, into: &findings)
        var content = InodeContent()
        content.fragments = Fragments.resolve(data.pieces)
        let isBare = (bare?.raw.version).map { $0 >= data.latest?.raw.version ?? 0 } ?? false
        let latest = isBare ? bare : data.latest
        content.metadata = latest?.raw
        content.metadataNode = latest?.node
        content.hasSeparateMetadata = isBare
        for fragment in content.fragments { status[fragment.node] = .live }
        if let node = latest?.node { status[node] = .live }
        if candidates.contains(where: { !$0.isSound }) {
            report(candidates, data: data, content: &content, status: &status, in: image, into: &findings)
        }
        return content
    }

    /// The fixed part of a node, if the kernel would look at it any further.
    private func sound(
        _ node: NodeIndex, in image: RawSpan, status: inout [NodeStatus], into findings: inout FindingList
    ) -> RawInode? {
        let scanned = scan[node]
        let offset = Int(scanned.offset)
        // Behind a summary, neither header nor node has been looked at yet.
        guard let header = NodeHeader(reading: image, at: offset, scan.byteOrder, magic: scan.magic),
            scan.isHeader(header, of: .inode), let raw = try? RawInode(reading: image, at: offset, scan.byteOrder),
            raw.isIntact
        else {
            status[node] = .damaged
            findings.add(
                .badNodeCRC, severity: .damage, at: offset,
                message: "inode node with a wrong header or node CRC, ignored")
            return nil
        }
        let expected = (Int(raw.csize) + RawInode.size + 3) & ~3
        guard raw.offset <= raw.isize, expected == padded(raw.totalLength) else {
            status[node] = .damaged
            findings.add(
                .badLength, severity: .damage, at: offset, inode: raw.inode,
                message: raw.offset > raw.isize
                    ? "inode node whose piece begins at \(raw.offset), behind its isize \(raw.isize); ignored"
                    : "inode node of \(raw.totalLength) bytes with a csize of \(raw.csize); ignored")
            return nil
        }
        return raw
    }

    // MARK: - Which nodes fill the file

    private func resolve(_ candidates: [Candidate], in image: RawSpan, into findings: inout FindingList) -> Data {
        var byVersion: [UInt32: Candidate] = [:]
        var isPlain = true
        var distinct: [Candidate] = []
        for candidate in candidates {
            isPlain = isPlain && candidate.isSound
            guard let duplicate = byVersion.updateValue(candidate, forKey: candidate.raw.version) else {
                distinct.append(candidate)
                continue
            }
            isPlain = isPlain && candidate.isEqual(to: duplicate)
            findings.add(
                .sameVersion, severity: .note, at: scan.offset(of: candidate.node), inode: candidate.raw.inode,
                message: "a second node of version \(candidate.raw.version)")
        }
        if isPlain { return painted(distinct.map { ($0, $0.raw.version) }) }
        return replayed(candidates, in: image)
    }

    /// - Parameter nodes: sound ones, each with its rank.
    private func painted(_ nodes: [(candidate: Candidate, rank: UInt32)]) -> Data {
        var data = Data()
        data.pieces.reserveCapacity(nodes.count)
        for (candidate, rank) in nodes {
            data.pieces.append(
                Fragments.Piece(version: rank, start: candidate.raw.offset, end: candidate.end, node: candidate.node))
            if data.latest.map({ candidate.raw.version > $0.raw.version }) ?? true { data.latest = candidate }
        }
        return data
    }

    private func replayed(_ candidates: [Candidate], in image: RawSpan) -> Data {
        // What Linux reads on NAND flash together with the header it checks at once, whatever hides it.
        let atOnce = candidates.filter { !$0.isSound && checks.coversData(of: $0.raw, $0.node, in: image) }
        let faulty = Set(atOnce.map(\.node))
        let rest = candidates.filter { !faulty.contains($0.node) }
        let items = rest.map {
            NodeReplay.Item(version: $0.raw.version, start: $0.start, end: $0.end, isSound: $0.isSound)
        }
        guard let outcome = NodeReplay.run(items) else {
            var data = painted(rest.filter(\.isSound).map { ($0, $0.raw.version) })
            data.faulty = Set(candidates.lazy.filter { !$0.isSound }.map(\.node))
            return data
        }
        var data = painted(outcome.painted.enumerated().map { (rest[$0.element], UInt32($0.offset)) })
        data.faulty = faulty.union(outcome.faulty.map { rest[$0].node })
        return data
    }

    /// Names the nodes that fail their data CRC: as damage, unless newer nodes hide them anyhow.
    private func report(
        _ candidates: [Candidate], data: Data, content: inout InodeContent, status: inout [NodeStatus],
        in image: RawSpan, into findings: inout FindingList
    ) {
        let versions = Dictionary(
            candidates.map { ($0.node, $0.raw.version) }, uniquingKeysWith: { first, _ in first })
        for candidate in candidates where !candidate.isSound {
            let raw = candidate.raw
            status[candidate.node] = .damaged
            var covered = candidate.start
            for fragment in content.fragments[content.fragments.partitionPoint { UInt64($0.end) <= covered }...] {
                guard covered < candidate.end, UInt64(fragment.start) <= covered,
                    versions[fragment.node, default: 0] >= raw.version
                else { break }
                covered = UInt64(fragment.end)
            }
            let metadata = content.metadata
            let isHidden =
                metadata.map { $0.version >= raw.version && min(candidate.end, UInt64($0.isize)) <= covered } ?? false
            let offset = scan.offset(of: candidate.node)
            let isFound = data.faulty.contains(candidate.node)
            if !isHidden, isFound {
                content.losses.append(
                    ContentDamage(
                        range: candidate.start..<candidate.end, reason: "node at \(hex(offset)) with a wrong data CRC"))
            }
            findings.add(
                .badDataCRC, severity: isHidden ? .note : isFound ? .damage : .warning,
                linux: isFound ? .complains : .silent,
                at: offset, inode: raw.inode, linuxLine: LinuxLine.dataCRC(raw, at: offset, in: image),
                message:
                    "node with a wrong data CRC, ignored (bytes \(raw.offset)..<\(candidate.end), version \(raw.version))"
                    + (isHidden ? "; other nodes hide it" : ""))
        }
    }
}

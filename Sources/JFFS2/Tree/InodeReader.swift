import FlashBytes

/// What the nodes of one inode add up to.
struct InodeContent {
    /// The node that gives the metadata; nil when there is none and a folder is made up around its names.
    var metadata: RawInode?
    /// The index of that node in `NodeScan.nodes`.
    var metadataNode: UInt32?
    /// Whether that node lies outside the fragments (it carries no data).
    var hasSeparateMetadata = false
    /// What fills the file, not yet cut to its size.
    var fragments: [Fragment] = []
}

/// Reads all nodes of an inode as the kernel's readinode.c does when the inode is first used.
///
/// Sums that the mount left unchecked are checked here. Of two nodes of one version that touch (a copy by garbage
/// collection), the one that was scanned later stays, if its data is sound. A node with unsound data hides nothing and
/// gives no metadata.
struct InodeReader {
    let scan: NodeScan

    /// One inode node with its fixed part.
    private struct Candidate {
        var raw: RawInode
        var node: UInt32

        /// Whether the stretches touch or overlap.
        func touches(_ other: Candidate) -> Bool {
            start <= other.end && other.start <= end
        }
        var start: UInt64 { UInt64(raw.offset) }
        var end: UInt64 { UInt64(raw.offset) + UInt64(raw.coveredSize) }
    }

    /// - Parameters:
    ///   - nodes: the inode's nodes, ascending by place.
    ///   - status: set for each of them.
    func read(
        _ nodes: some BidirectionalCollection<UInt32>, _ image: RawSpan,
        _ status: inout [NodeStatus], _ findings: inout FindingList
    ) -> InodeContent {
        var content = InodeContent()
        var data: [Candidate] = []
        var bare: Candidate?
        // Backwards, since the kernel chains each node it meets in front of the others.
        for node in nodes.reversed() {
            guard let raw = sound(node, image, &status, &findings) else { continue }
            let candidate = Candidate(raw: raw, node: node)
            status[Int(node)] = .superseded
            if raw.coveredSize == 0 {
                if bare.map({ $0.raw.version < raw.version }) ?? true { bare = candidate }
            } else {
                data.append(candidate)
            }
        }
        data = withoutTwins(data, image, &findings)
        let soundData = data.filter { hasSoundData($0, image) }
        content.fragments = Fragments.resolve(
            soundData.map {
                Fragments.Piece(version: $0.raw.version, start: $0.raw.offset, end: $0.end, node: $0.node)
            })
        var latest = bare
        for candidate in soundData
        where latest.map({ candidate.raw.version > $0.raw.version }) ?? true { latest = candidate }
        content.metadata = latest?.raw
        content.metadataNode = latest?.node
        content.hasSeparateMetadata = latest != nil && latest?.node == bare?.node
        for fragment in content.fragments { status[Int(fragment.node)] = .live }
        if let node = latest?.node { status[Int(node)] = .live }
        if soundData.count < data.count { report(data, content, image, &status, &findings) }
        return content
    }

    /// The fixed part of a node, if the kernel would look at it any further.
    private func sound(
        _ node: UInt32, _ image: RawSpan, _ status: inout [NodeStatus], _ findings: inout FindingList
    ) -> RawInode? {
        let scanned = scan.nodes[Int(node)]
        let offset = Int(scanned.offset)
        // Behind a summary, neither header nor node has been looked at yet.
        guard let header = NodeHeader(reading: image, at: offset, scan.byteOrder, magic: scan.magic),
            header.type == .inode, let raw = try? RawInode(reading: image, at: offset, scan.byteOrder), raw.isIntact
        else {
            status[Int(node)] = .damaged
            findings.add(.badNodeCRC, .damage, at: offset, "inode node with a wrong header or node CRC, ignored")
            return nil
        }
        let expected = (Int(raw.csize) + RawInode.size + 3) & ~3
        guard raw.offset <= raw.isize, expected == padded(raw.totalLength) else {
            status[Int(node)] = .damaged
            findings.add(
                .badLength, .damage, at: offset, inode: raw.inode,
                raw.offset > raw.isize
                    ? "inode node whose piece begins at \(raw.offset), behind its isize \(raw.isize); ignored"
                    : "inode node of \(raw.totalLength) bytes with a csize of \(raw.csize); ignored")
            return nil
        }
        return raw
    }

    /// Drops one of each two touching nodes of the same version.
    private func withoutTwins(
        _ candidates: [Candidate], _ image: RawSpan, _ findings: inout FindingList
    ) -> [Candidate] {
        var byVersion: [UInt32: Int] = [:]
        for candidate in candidates { byVersion[candidate.raw.version, default: 0] += 1 }
        if byVersion.count == candidates.count { return candidates }
        var kept: [Candidate] = []
        var groups: [UInt32: [Int]] = [:]
        for candidate in candidates {
            let version = candidate.raw.version
            guard byVersion[version, default: 0] > 1 else {
                kept.append(candidate)
                continue
            }
            if let twin = groups[version, default: []].first(where: { kept[$0].touches(candidate) }) {
                findings.add(
                    .sameVersion, .note, at: Int(scan.nodes[Int(candidate.node)].offset),
                    inode: candidate.raw.inode, "a second node of version \(version) for the same bytes")
                if !hasSoundData(kept[twin], image) { kept[twin] = candidate }
            } else {
                groups[version, default: []].append(kept.count)
                kept.append(candidate)
            }
        }
        return kept
    }

    private func hasSoundData(_ candidate: Candidate, _ image: RawSpan) -> Bool {
        if candidate.raw.csize == 0 { return true }
        let range = candidate.raw.dataRange(at: Int(scan.nodes[Int(candidate.node)].offset))
        guard range.upperBound <= image.byteCount else { return false }
        return CRC32.jffs2(image.extracting(range)) == candidate.raw.dataCRC
    }

    /// Names the nodes that fail their data CRC: as damage, unless newer nodes hide them anyhow.
    private func report(
        _ candidates: [Candidate], _ content: InodeContent, _ image: RawSpan, _ status: inout [NodeStatus],
        _ findings: inout FindingList
    ) {
        let versions = Dictionary(
            candidates.map { ($0.node, $0.raw.version) }, uniquingKeysWith: { first, _ in first })
        for candidate in candidates where !hasSoundData(candidate, image) {
            let raw = candidate.raw
            status[Int(candidate.node)] = .damaged
            var covered = candidate.start
            for fragment in content.fragments
            where UInt64(fragment.end) > covered && UInt64(fragment.start) <= covered
                && versions[fragment.node, default: 0] > raw.version
            {
                covered = UInt64(fragment.end)
            }
            let metadata = content.metadata
            let isHidden =
                metadata.map { $0.version > raw.version && min(candidate.end, UInt64($0.isize)) <= covered } ?? false
            findings.add(
                .badDataCRC, isHidden ? .note : .damage, at: Int(scan.nodes[Int(candidate.node)].offset),
                inode: raw.inode,
                "node with a wrong data CRC, ignored (bytes \(raw.offset)..<\(candidate.end), version \(raw.version))"
                    + (isHidden ? "; newer nodes hide it" : ""))
        }
    }
}

import FlashBytes

/// Everything on the flash, in the order of its place: each node with its fields and what became of it, dead ones too.
///
/// The file system is a log, and erase blocks are used again and again: place says little about age. What is older than
/// what, versions say, within an inode or a directory.
package struct FlashLog: Sendable {
    /// Where nodes are looked for.
    package enum Reach: Sendable {
        /// Block by block as Linux does without summaries' help (obsolete nodes are not in those); with what lies between
        /// the nodes.
        case blocks
        /// Every header wherever it lies: Linux skips blocks that begin erased. Nodes only.
        case everywhere
    }

    /// Whose flash it is.
    package let fileSystem: FileSystem
    /// Which parts of the flash were looked at.
    package let reach: Reach
    /// Ascending by place. Gaps are the up to three bytes that pad a node to a multiple of 4.
    package let entries: [FlashLogEntry]
    /// Positions between the nodes that look like an inode node with data, but whose header has a wrong sum. Looked for where
    /// every header is.
    package let torn: [FlashLogEntry]

    /// Reads the log of a file system.
    package init(_ fileSystem: FileSystem, reach: Reach = .blocks) {
        self.fileSystem = fileSystem
        self.reach = reach
        (entries, torn) = fileSystem.image.withBytes { bytes in
            switch reach {
            case .blocks: return (Self.blocks(of: fileSystem, in: bytes), [])
            case .everywhere:
                let entries = Self.headers(of: fileSystem, in: bytes)
                return (entries, Self.torn(between: entries, in: bytes, fileSystem))
            }
        }
    }

    /// The last entry that begins at or before a byte, if it holds it.
    package func entry(at offset: Int) -> FlashLogEntry? {
        let next = entries.partitionPoint { $0.offset <= offset }
        guard next > 0, entries[next - 1].end > offset else { return nil }
        return entries[next - 1]
    }

    // MARK: - Block by block

    /// What Linux takes a node for.
    struct Known {
        var status: NodeStatus
        /// Of a sound one.
        var node: NodeIndex?
    }

    private static func blocks(of fileSystem: FileSystem, in bytes: RawSpan) -> [FlashLogEntry] {
        let (seen, statuses) = (fileSystem.scan, fileSystem.statuses)
        if seen.summaries == 0 {
            return entries(of: seen, in: bytes) { place, node in
                Known(status: statuses[place], node: node.verdict == .sound ? NodeIndex(place) : nil)
            }
        }
        let known = knownNodes(fileSystem)
        let scan = NodeScan(
            bytes, byteOrder: seen.byteOrder, eraseSize: seen.eraseSize, magic: seen.magic, usingSummaries: false)
        return entries(of: scan, in: bytes) { _, node in known[node.offset] }
    }

    /// What Linux sees, by offset.
    private static func knownNodes(_ fileSystem: FileSystem) -> [UInt32: Known] {
        var known: [UInt32: Known] = [:]
        known.reserveCapacity(fileSystem.scan.nodes.count)
        for (place, node) in fileSystem.scan.nodes.enumerated() {
            let index = node.verdict == .sound ? NodeIndex(place) : known[node.offset]?.node
            known[node.offset] = Known(status: fileSystem.statuses[place], node: index)
        }
        return known
    }

    /// What a scan without summaries met, and what lies between.
    ///
    /// - Parameter known: what Linux takes a node for, by its place in the scan.
    static func entries(
        of scan: NodeScan, in bytes: RawSpan, known: (Int, ScannedNode) -> Known?
    ) -> [FlashLogEntry] {
        var entries: [FlashLogEntry] = []
        entries.reserveCapacity(scan.nodes.count + scan.nodes.count / 8)
        var at = 0
        for (place, node) in scan.nodes.enumerated() {
            let offset = Int(node.offset)
            fill(at..<max(at, offset), eraseSize: scan.eraseSize, in: bytes, to: &entries)
            let isTrusted = node.verdict != .misfit && node.type.accurate != .cleanmarker
            let end =
                isTrusted
                ? min(offset + padded(node.totalLength), bytes.byteCount) : offset + NodeHeader.size
            let known = known(place, node)
            var status = known?.status ?? (node.verdict == .obsolete ? .obsolete : .none)
            if node.verdict == .damaged || node.verdict == .misfit { status = .damaged }
            entries.append(
                FlashLogEntry(
                    reading: node.type, at: offset..<end, length: node.totalLength, in: bytes, scan.byteOrder,
                    verdict: node.verdict, status: status, node: known?.node))
            at = max(at, end)
        }
        fill(at..<bytes.byteCount, eraseSize: scan.eraseSize, in: bytes, to: &entries)
        return entries
    }

    /// Cuts a gap at block boundaries and into erased, zero and other stretches.
    private static func fill(_ gap: Range<Int>, eraseSize: Int, in bytes: RawSpan, to entries: inout [FlashLogEntry]) {
        var at = gap.lowerBound
        while at < gap.upperBound {
            let block = at..<min(gap.upperBound, (at / eraseSize + 1) * eraseSize)
            for (value, content) in [(UInt8(0xff), FlashLogEntry.Content.erased), (0, .zeros)] {
                let end = bytes.endOfRun(of: value, in: at..<block.upperBound)
                if end == block.upperBound || end - at >= 4 {
                    entries.append(FlashLogEntry(content, range: at..<end))
                    at = end
                    break
                }
            }
            if at >= block.upperBound { continue }
            let start = at
            // Until four bytes in a row are erased, as the kernel goes by words.
            while at < block.upperBound, !bytes.isFilled(with: 0xff, in: at..<min(at + 4, block.upperBound)) {
                at = min(at + 4, block.upperBound)
            }
            if at > start { entries.append(FlashLogEntry(.dirt, range: start..<at)) }
        }
    }

    // MARK: - Every header

    private static func headers(of fileSystem: FileSystem, in bytes: RawSpan) -> [FlashLogEntry] {
        let known = knownNodes(fileSystem)
        let partlyShown = fileSystem.partlyShownNodes()
        let census = NodeCensus(bytes, byteOrder: fileSystem.byteOrder, magic: fileSystem.scan.magic)
        return census.sightings.map { sighting in
            let type = sighting.header.type
            let known = known[UInt32(truncatingIfNeeded: sighting.offset)]
            var status = known?.status ?? (type.isAccurate ? .damaged : .obsolete)
            if type.isFiller { status = .none }
            var entry = FlashLogEntry(
                reading: type, at: sighting.offset..<min(sighting.nextOffset, bytes.byteCount),
                length: sighting.header.totalLength, in: bytes, fileSystem.byteOrder, verdict: nil, status: status,
                node: known?.node)
            if case .inode = entry.content {
                entry.isPartlyShown = entry.isShown && partlyShown.contains(sighting.offset)
            }
            return entry
        }
    }

    private static func torn(
        between entries: [FlashLogEntry], in bytes: RawSpan, _ fileSystem: FileSystem
    ) -> [FlashLogEntry] {
        let (order, magic) = (fileSystem.byteOrder, fileSystem.scan.magic)
        var torn: [FlashLogEntry] = []
        func look(_ start: Int, end: Int) {
            var at = (start + 3) & ~3
            while at + RawInode.size < end {
                defer { at += 4 }
                guard (try? bytes.uint16(at: at, order)) == magic, let kind = try? bytes.uint16(at: at + 2, order),
                    NodeType(rawValue: kind).accurate == .inode,
                    let raw = try? RawInode(reading: bytes, at: at, order), raw.csize > 0,
                    raw.compression != .none, raw.compression != .zero
                else { continue }
                let range = at..<min(end, raw.dataRange(at: at).upperBound)
                torn.append(
                    FlashLogEntry(
                        reading: .inode, at: range, length: UInt32(range.count), in: bytes, order, verdict: .damaged,
                        status: .damaged, node: nil))
            }
        }
        var end = 0
        for entry in entries {
            look(end, end: entry.offset)
            end = max(end, entry.end)
        }
        look(end, end: bytes.byteCount)
        return torn
    }
}

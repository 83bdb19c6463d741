import FlashBytes

/// Finds out how many file systems the nodes of a flash dump belong to.
///
/// Within one file system an inode number and a version belong to one node (or to copies of it that garbage collection
/// made, which are equal). Where the same number and version stand for different nodes, two file systems lie side by
/// side, and the cut is between the nodes. A few such pairs occur in one old file system too: versions are used again
/// after a loss of power. So many of them must agree on a cut, and equal copies on both sides speak against it.
public enum FileSystemSplit {
    /// Runs of `census.sightings` (index ranges), one a file system, ascending.
    ///
    /// - Parameter nodes: the sightings to look at; all if nil.
    public static func runs(_ bytes: RawSpan, _ census: NodeCensus, _ nodes: Range<Int>? = nil) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var pending = [nodes ?? 0..<census.sightings.count]
        while let run = pending.popLast() {
            if let cut = bestCut(bytes, census, run) {
                pending.append(cut..<run.upperBound)
                pending.append(run.lowerBound..<cut)
            } else if !run.isEmpty {
                runs.append(run)
            }
        }
        return runs.sorted { $0.lowerBound < $1.lowerBound }
    }

    private struct Key: Hashable {
        var isDirent: Bool
        var inode: UInt32
        var version: UInt32
    }

    /// The index of the first node of the second file system; nil when all nodes belong together.
    private static func bestCut(_ bytes: RawSpan, _ census: NodeCensus, _ run: Range<Int>) -> Int? {
        var last: [Key: (index: Int, sum: UInt32)] = [:]
        // Differences: how many more conflicts (and equal copies) a cut before this node separates than one before.
        var conflicts = [Int](repeating: 0, count: run.count + 1)
        var copies = [Int](repeating: 0, count: run.count + 1)
        var types: [UInt32: (index: Int, type: UInt32)] = [:]
        for index in run {
            guard let (key, sum, mode) = identity(bytes, census, index) else { continue }
            // An inode number that is a folder here and a file there.
            if let type = mode.map({ $0 & 0o170000 }) {
                if let known = types[key.inode], known.type != type {
                    conflicts[known.index - run.lowerBound + 1] += 1
                    conflicts[index - run.lowerBound + 1] -= 1
                }
                types[key.inode] = (index, type)
            }
            if let known = last[key] {
                let from = known.index - run.lowerBound + 1
                let to = index - run.lowerBound + 1
                if known.sum == sum {
                    copies[from] += 1
                    copies[to] -= 1
                } else {
                    conflicts[from] += 1
                    conflicts[to] -= 1
                }
            }
            last[key] = (index, sum)
        }
        var best: (cut: Int, conflicts: Int)?
        var twin: (cut: Int, pairs: Int)?
        var gaps: [(cut: Int, conflicts: Int)] = []
        var conflict = 0
        var copy = 0
        for offset in 0..<run.count {
            conflict += conflicts[offset]
            copy += copies[offset]
            if offset > 0, conflict >= 2, conflict > 4 * copy, isBlockStart(census, run.lowerBound + offset) {
                gaps.append((run.lowerBound + offset, conflict))
            }
            let smaller = min(offset, run.count - offset)
            if offset > 0, conflict + copy >= 50, (conflict + copy) * 10 >= smaller * 8 {
                // The last one of equals: there the second file system begins to repeat the first.
                if twin.map({ conflict + copy >= $0.pairs }) ?? true {
                    twin = (run.lowerBound + offset, conflict + copy)
                }
            }
            guard offset > 0, conflict >= 2, conflict > 4 * copy, conflict * 20 >= smaller else { continue }
            // The last one of equals: there the second file system begins to contradict the first.
            if best.map({ conflict >= $0.conflicts }) ?? true { best = (run.lowerBound + offset, conflict) }
        }
        // Few contradictions are enough where each side is whole in itself.
        for gap in gaps.sorted(by: { ($0.conflicts, $0.cut) > ($1.conflicts, $1.cut) }).prefix(mostGaps)
        where isClosed(bytes, census, run.lowerBound..<gap.cut) && isClosed(bytes, census, gap.cut..<run.upperBound) {
            return gap.cut
        }
        if let best { return blockStart(census, before: best.cut, run) }
        // Two copies of one firmware, as many devices keep them: nearly all nodes stand twice, and each half is whole.
        if let cut = twin.map({ blockStart(census, before: $0.cut, run) }),
            isClosed(bytes, census, run.lowerBound..<cut), isClosed(bytes, census, cut..<run.upperBound)
        {
            return cut
        }
        return nil
    }

    /// How many places are tried.
    private static let mostGaps = 12

    /// Whether a block may begin with the node: erased space or a cleanmarker says so.
    private static func isBlockStart(_ census: NodeCensus, _ index: Int) -> Bool {
        let sighting = census.sightings[index]
        return sighting.header.type.accurate == .cleanmarker || census.sightings[index - 1].end + 3 < sighting.offset
    }

    /// Whether (nearly) all names among the nodes, as far as they were not replaced, stand for inodes among them, in
    /// folders among them.
    private static func isClosed(_ bytes: RawSpan, _ census: NodeCensus, _ run: Range<Int>) -> Bool {
        struct Name: Hashable {
            var parent: UInt32
            var sum: UInt32
        }
        var inodes: Set<UInt32> = [1]
        var dirents: [Name: Dirent] = [:]
        for index in run {
            let sighting = census.sightings[index]
            if sighting.header.type.accurate == .inode,
                let raw = try? RawInode(reading: bytes, at: sighting.offset, census.byteOrder)
            {
                inodes.insert(raw.inode)
            } else if sighting.header.type == .dirent,
                let raw = try? Dirent(reading: bytes, at: sighting.offset, census.byteOrder), raw.isIntact
            {
                let name = Name(parent: raw.parent, sum: raw.nameCRC)
                if dirents[name].map({ $0.version <= raw.version }) ?? true { dirents[name] = raw }
            }
        }
        let live = dirents.values.filter { $0.inode != 0 }
        let strangers = live.count { !inodes.contains($0.inode) || !inodes.contains($0.parent) }
        return !live.isEmpty && strangers * 20 <= live.count
    }

    /// The first node of the block that holds the node: the nearest cleanmarker in the unbroken row of nodes in front
    /// of it, else one at a multiple of 4 KiB, the smallest block there is.
    private static func blockStart(_ census: NodeCensus, before cut: Int, _ run: Range<Int>) -> Int {
        var aligned: Int?
        var index = cut
        while true {
            let sighting = census.sightings[index]
            if sighting.header.type.accurate == .cleanmarker { return index }
            if aligned == nil, sighting.offset % 4096 == 0 { aligned = index }
            guard index > run.lowerBound + 1, census.sightings[index - 1].end >= sighting.offset - 3 else {
                return aligned ?? index
            }
            index -= 1
        }
    }

    /// What must be unique in a file system, and the sum that tells copies from others.
    private static func identity(
        _ bytes: RawSpan, _ census: NodeCensus, _ index: Int
    ) -> (Key, sum: UInt32, mode: UInt32?)? {
        let sighting = census.sightings[index]
        switch sighting.header.type.accurate {
        case .inode:
            guard let raw = try? RawInode(reading: bytes, at: sighting.offset, census.byteOrder), raw.isIntact
            else { return nil }
            // The node's own sum does not cover its data.
            return (
                Key(isDirent: false, inode: raw.inode, version: raw.version), raw.nodeCRC &+ raw.dataCRC &* 31, raw.mode
            )
        case .dirent:
            guard let raw = try? Dirent(reading: bytes, at: sighting.offset, census.byteOrder), raw.isIntact
            else { return nil }
            return (Key(isDirent: true, inode: raw.parent, version: raw.version), raw.nodeCRC ^ raw.nameCRC, nil)
        default:
            return nil
        }
    }
}

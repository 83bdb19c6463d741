import FileTree
import FlashBytes

extension FileHistory {
    /// Sorts the nodes of an inode into the files that had its number, the oldest first; the last one has it now.
    ///
    /// - Parameters:
    ///   - nodes: readable inode nodes of one inode, as indices in `log.entries`, ascending by place.
    ///   - isNamed: whether any dirent names the inode.
    static func histories(
        of inode: InodeNumber, nodes: [Int], in log: FlashLog, _ bytes: RawSpan, isNamed: Bool
    ) -> [FileHistory] {
        var candidates = nodes.compactMap { Candidate(log.entries[$0], at: $0) }
        candidates.sort { ($0.raw.version, $0.entry) < ($1.raw.version, $1.entry) }
        let hasConflict = Candidate.mergeCopies(&candidates, in: log, bytes: bytes)
        let uses = hasConflict ? Candidate.uses(candidates, in: log) : [candidates]
        var histories = uses.map { use in
            var previous: RawInode?
            return FileHistory(
                inode: inode,
                versions: use.map { candidate in
                    defer { previous = candidate.raw }
                    return FileVersion(
                        version: candidate.raw.version, entry: candidate.entry, copies: candidate.copies,
                        fate: NodeFate(of: log.entries[candidate.entry], isNamed: isNamed),
                        change: FileChange(candidate.raw, after: previous))
                })
        }
        for index in histories.indices.dropLast() { histories[index].nextUse = uses[index + 1].map(\.raw.ctime).min() }
        return histories
    }

    /// A node that may be a version.
    private struct Candidate {
        var raw: RawInode
        var entry: Int
        var copies = 1

        init?(_ entry: FlashLogEntry, at index: Int) {
            guard case .inode(let raw) = entry.content else { return nil }
            self.raw = raw
            self.entry = index
        }

        /// Makes one of nodes that are alike, and drops what was cut off while it was written, since its version was given
        /// again then.
        ///
        /// - Parameter candidates: ascending by version.
        /// - Returns: whether two different nodes with one version are left.
        static func mergeCopies(_ candidates: inout [Candidate], in log: FlashLog, bytes: RawSpan) -> Bool {
            var merged: [Candidate] = []
            merged.reserveCapacity(candidates.count)
            var hasConflict = false
            var start = 0
            while start < candidates.count {
                var end = start + 1
                while end < candidates.count, candidates[end].raw.version == candidates[start].raw.version { end += 1 }
                if end - start == 1 {
                    merged.append(candidates[start])
                } else {
                    let group = distinct(candidates[start..<end], in: log, bytes: bytes)
                    hasConflict = hasConflict || group.count > 1
                    merged += group
                }
                start = end
            }
            candidates = merged
            return hasConflict
        }

        /// One of each kind of nodes of one version.
        private static func distinct(
            _ group: ArraySlice<Candidate>, in log: FlashLog, bytes: RawSpan
        ) -> [Candidate] {
            func rank(_ candidate: Candidate) -> Int {
                let entry = log.entries[candidate.entry]
                if entry.status == .live { return 2 }
                return candidate.raw.hasSoundData(in: bytes, at: entry.offset) ? 1 : 0
            }
            var kinds: [(candidate: Candidate, rank: Int)] = []
            var places: [[UInt32]: Int] = [:]
            for candidate in group {
                let rank = rank(candidate)
                guard let place = places[[candidate.raw.nodeCRC, candidate.raw.dataCRC]] else {
                    places[[candidate.raw.nodeCRC, candidate.raw.dataCRC]] = kinds.count
                    kinds.append((candidate, rank))
                    continue
                }
                kinds[place].candidate.copies += 1
                if rank >= kinds[place].rank {
                    kinds[place].candidate.entry = candidate.entry
                    kinds[place].rank = rank
                }
            }
            let sound = kinds.filter { $0.rank > 0 }
            return (sound.isEmpty ? kinds.suffix(1) : sound).map(\.candidate)
        }

        /// Parts the nodes of an inode by the files that had its number: in the order of time, a version that was there
        /// already begins another file. All that is not marked obsolete belongs to the last one.
        ///
        /// - Parameter candidates: ascending by version.
        static func uses(_ candidates: [Candidate], in log: FlashLog) -> [[Candidate]] {
            var uses: [[Candidate]] = []
            var highest: UInt32 = 0
            let byTime = candidates.sorted {
                ($0.raw.ctime, $0.raw.version, $0.entry) < ($1.raw.ctime, $1.raw.version, $1.entry)
            }
            for candidate in byTime {
                if uses.isEmpty || candidate.raw.version <= highest { uses.append([]) }
                uses[uses.count - 1].append(candidate)
                highest = candidate.raw.version
            }
            let isCurrent = { (use: [Candidate]) in use.contains { log.entries[$0.entry].status != .obsolete } }
            let first = uses.firstIndex(where: isCurrent) ?? uses.count - 1
            let last = uses[first...].flatMap { $0 }
            uses.removeLast(uses.count - first)
            // Of one version in the last file, what is not obsolete stays.
            var byVersion: [UInt32: Candidate] = [:]
            for candidate in last {
                if let known = byVersion[candidate.raw.version], log.entries[known.entry].status != .obsolete,
                    log.entries[candidate.entry].status == .obsolete
                {
                    continue
                }
                byVersion[candidate.raw.version] = candidate
            }
            uses.append(byVersion.values.sorted { $0.raw.version < $1.raw.version })
            return uses
        }
    }
}

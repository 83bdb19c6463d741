import FileTree
import FlashBytes
import JFFS2

/// What the inode numbers and versions of a row of nodes say about a cut in front of each of them.
///
/// Within one file system an inode number and a version belong to one node, or to equal copies of it that garbage collection
/// made. Nodes that are marked obsolete do not count: flash that can be marked gives numbers and versions of deleted files
/// again.
struct NumberTies {
    /// For each node of the row: how many pairs of different nodes with the same number and version a cut in front of it
    /// parts.
    private(set) var conflicts: [Int]
    /// How many pairs of equal nodes it parts.
    private(set) var copies: [Int]
    /// How many names and inodes it parts from all that they belong to.
    private(set) var breaks: [Int]
    /// How many live names (with an inode number) lie in front of each node; one more than nodes.
    private var names: [Int]
    /// How many live inode nodes lie in front of each node; one more than nodes.
    private var inodes: [Int]

    /// Whether a part of the row has live names and live inodes.
    func hasTree(_ part: Range<Int>) -> Bool {
        names[part.upperBound] > names[part.lowerBound] && inodes[part.upperBound] > inodes[part.lowerBound]
    }

    /// How many live names a part of the row has.
    func names(_ part: Range<Int>) -> Int { names[part.upperBound] - names[part.lowerBound] }

    /// How many live names and inode nodes a part of the row has.
    func nodes(_ part: Range<Int>) -> Int {
        names[part.upperBound] - names[part.lowerBound] + inodes[part.upperBound] - inodes[part.lowerBound]
    }

    private struct Key: Hashable {
        var isDirent: Bool
        var inode: InodeNumber
        var version: UInt32
    }

    /// Where in the row the nodes of a number stand, and the first and last names for it.
    private struct Places {
        var nodes: ClosedRange<Int>?
        var names: ClosedRange<Int>?
        /// The kind of file, and where it was last seen.
        var kind: (mode: UInt32, index: Int)?
    }

    /// - Parameters:
    ///   - sightings: the row.
    ///   - bytes: that they count in.
    init(_ sightings: ArraySlice<NodeCensus.Sighting>, in bytes: RawSpan) {
        let count = sightings.count
        conflicts = [Int](repeating: 0, count: count + 1)
        copies = conflicts
        breaks = conflicts
        names = conflicts
        inodes = conflicts
        var known: [Key: (index: Int, sum: UInt32)] = [:]
        var places: [InodeNumber: Places] = [.root: Places()]
        var dirents: [(index: Int, parent: InodeNumber, inode: InodeNumber)] = []
        var raws: [(index: Int, inode: InodeNumber)] = []
        func meet(_ key: Key, sum: UInt32, index: Int) {
            if let last = known[key] {
                if last.sum == sum {
                    Self.add(&copies, cuts: last.index + 1...index)
                } else {
                    Self.add(&conflicts, cuts: last.index + 1...index)
                }
            }
            known[key] = (index, sum)
        }
        for (index, sighting) in sightings.enumerated() {
            names[index + 1] = names[index]
            inodes[index + 1] = inodes[index]
            // Linux does not see a node with a wrong sum, and gives its version again.
            guard sighting.isIntact(in: bytes) else { continue }
            if sighting.header.type == .inode,
                let raw = try? RawInode(reading: bytes, at: sighting.offset, sighting.byteOrder)
            {
                inodes[index + 1] += 1
                raws.append((index, raw.inode))
                meet(Key(isDirent: false, inode: raw.inode, version: raw.version), sum: Self.sum(raw), index: index)
                var place = places[raw.inode] ?? Places()
                place.nodes = Self.extended(place.nodes, index: index)
                // A directory here and a file there.
                if let kind = place.kind, kind.mode != raw.mode & 0o170000 {
                    Self.add(&conflicts, cuts: kind.index + 1...index)
                }
                place.kind = (raw.mode & 0o170000, index)
                places[raw.inode] = place
            } else if sighting.header.type == .dirent,
                let raw = try? Dirent(reading: bytes, at: sighting.offset, sighting.byteOrder)
            {
                meet(
                    Key(isDirent: true, inode: raw.parent, version: raw.version), sum: raw.nodeCRC &+ raw.nameCRC &* 31,
                    index: index)
                guard raw.inode != 0 else { continue }
                names[index + 1] += 1
                dirents.append((index, raw.parent, raw.inode))
                places[raw.inode, default: Places()].names = Self.extended(places[raw.inode]?.names, index: index)
            }
        }
        for (index, inode) in raws { addBreak(index, others: places[inode]?.names) }
        for (index, parent, inode) in dirents {
            addBreak(index, others: places[inode]?.nodes)
            if parent != 1 { addBreak(index, others: places[parent]?.nodes) }
        }
        Self.accumulate(&conflicts)
        Self.accumulate(&copies)
        Self.accumulate(&breaks)
    }

    /// What tells copies of a node from others.
    private static func sum(_ raw: RawInode) -> UInt32 {
        // Garbage collection writes a hole again with its version, but with the inode's present times and size
        // (`jffs2_garbage_collect_hole` in gc.c).
        if raw.csize == 0, raw.dsize > 0 { return raw.offset &* 31 &+ raw.dsize }
        // The node's own sum does not cover its data.
        return raw.nodeCRC &+ raw.dataCRC &* 31
    }

    /// Counts the cuts that part a node from all it belongs to.
    private mutating func addBreak(_ index: Int, others: ClosedRange<Int>?) {
        guard let others else { return }
        if others.upperBound < index { Self.add(&breaks, cuts: others.upperBound + 1...index) }
        if others.lowerBound > index { Self.add(&breaks, cuts: index + 1...others.lowerBound) }
    }

    private static func extended(_ range: ClosedRange<Int>?, index: Int) -> ClosedRange<Int> {
        range.map { min($0.lowerBound, index)...max($0.upperBound, index) } ?? index...index
    }

    /// Notes a change by one for all cuts in a range, as differences.
    private static func add(_ counts: inout [Int], cuts: ClosedRange<Int>) {
        counts[cuts.lowerBound] += 1
        if cuts.upperBound + 1 < counts.count { counts[cuts.upperBound + 1] -= 1 }
    }

    private static func accumulate(_ counts: inout [Int]) {
        var sum = 0
        for index in counts.indices {
            sum += counts[index]
            counts[index] = sum
        }
    }
}

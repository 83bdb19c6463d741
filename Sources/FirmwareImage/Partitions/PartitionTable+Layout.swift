internal import FlashBytes

extension PartitionTable {
    /// Something about a table that is not as it should be.
    package enum Fault: Sendable, Hashable, CustomStringConvertible {
        case overlap(String, String, at: Int)
        case gap(Range<Int>)
        case beyondFlash(String, end: Int, flash: Int)
        case sameName(String)
        case empty(String)

        /// Whether cutting a flash by the table would lose or double bytes.
        package var isSerious: Bool {
            switch self {
            case .overlap, .beyondFlash: true
            case .gap, .sameName, .empty: false
            }
        }

        /// What is wrong and where, without full stop.
        package var description: String {
            switch self {
            case .overlap(let first, let second, let at): "'\(first)' and '\(second)' overlap at \(hex(at))"
            case .gap(let range):
                "no partition covers \(hex(range.lowerBound))-\(hex(range.upperBound)) (\(range.count) bytes)"
            case .beyondFlash(let name, let end, let flash):
                "'\(name)' ends at \(hex(end)), but the flash at \(hex(flash))"
            case .sameName(let name): "two partitions have the name '\(name)'"
            case .empty(let name): "'\(name)' has no bytes"
            }
        }
    }

    /// A partition and where it ends, for walks over the flash.
    private struct Part {
        var index: Int
        var start: Int
        var end: Int
    }

    /// All that have bytes, by their places; of those that begin together the largest first.
    private func parts(_ all: [Partition], flashSize: Int?) -> [Part] {
        var parts: [Part] = []
        for (index, partition) in all.enumerated() {
            let end = partition.end ?? max(flashSize ?? partition.offset, partition.offset)
            // "The rest" of a flash of unknown size reaches at least to its own beginning.
            if end > partition.offset || partition.size == nil {
                parts.append(Part(index: index, start: partition.offset, end: end))
            }
        }
        return parts.sorted { ($0.start, -$0.end, $0.index) < ($1.start, -$1.end, $1.index) }
    }

    /// All faults; the end of the flash is looked at when its size is given.
    ///
    /// A partition that lies inside another one, or is the whole flash, is no fault.
    package func faults(flashSize: Int?) -> [Fault] {
        let all = partitions + bookkeeping
        var faults: [Fault] = []
        var names: Set<String> = []
        for partition in partitions {
            if !names.insert(partition.name).inserted { faults.append(.sameName(partition.name)) }
            if partition.size == 0 { faults.append(.empty(partition.name)) }
        }
        var covered = 0
        // The partitions around the place, the innermost one last.
        var around: [Part] = []
        for part in parts(all, flashSize: flashSize) {
            if part.start > covered { faults.append(.gap(covered..<part.start)) }
            while let last = around.last, last.end <= part.start { around.removeLast() }
            if let last = around.last, part.end > last.end {
                faults.append(.overlap(all[last.index].name, all[part.index].name, at: part.start))
                // What reaches further is the one that the next may overlap.
                around.removeLast()
            }
            around.append(part)
            covered = max(covered, part.end)
            if let flashSize, part.end > flashSize || part.start > flashSize {
                faults.append(.beyondFlash(all[part.index].name, end: max(part.end, part.start), flash: flashSize))
            }
        }
        if let flashSize, covered < flashSize { faults.append(.gap(covered..<flashSize)) }
        return faults
    }

    /// The partitions that contain others, and what they contain, as indices of `partitions`.
    ///
    /// Of several that are the same part of the flash, the first one contains the others.
    package func contents(flashSize: Int?) -> [Int: [Int]] {
        var contents: [Int: [Int]] = [:]
        var around: [Part] = []
        for part in parts(partitions, flashSize: flashSize) where part.end > part.start {
            while let last = around.last, last.end <= part.start { around.removeLast() }
            if let last = around.last, part.end <= last.end { contents[last.index, default: []].append(part.index) }
            around.append(part)
        }
        return contents
    }

    /// The parts into which the table cuts a flash, in its order: the partitions that contain no others, and what lies
    /// between them. Together they are the whole flash; where partitions overlap, their bytes come twice.
    package func pieces(flashSize: Int) -> [Partition] {
        let contents = contents(flashSize: flashSize)
        let leaves = partitions.indices.filter { contents[$0] == nil }.map { partitions[$0] } + bookkeeping
        let containers = parts(contents.keys.sorted().map { partitions[$0] }, flashSize: flashSize)
        let names = contents.keys.sorted().map { partitions[$0].name }
        var pieces: [Partition] = []
        var around: [Part] = []
        var rest = containers[...]
        func gap(_ range: Range<Int>) {
            // Named for the innermost partition around it.
            while let next = rest.first, next.start <= range.lowerBound {
                while let last = around.last, last.end <= next.start { around.removeLast() }
                around.append(next)
                rest.removeFirst()
            }
            while let last = around.last, last.end <= range.lowerBound { around.removeLast() }
            let name = around.last.map { names[$0.index] } ?? "gap"
            pieces.append(
                Partition(name: "\(name)-\(hex(range.lowerBound))", offset: range.lowerBound, size: range.count))
        }
        var covered = 0
        for part in parts(leaves, flashSize: flashSize) {
            if part.start > covered { gap(covered..<part.start) }
            var piece = leaves[part.index]
            piece.size = part.end - part.start
            pieces.append(piece)
            covered = max(covered, part.end)
        }
        if covered < flashSize { gap(covered..<flashSize) }
        return pieces
    }

    /// As lines of `NAME=OFFSET+SIZE`, which `PartitionText` reads again.
    package var lines: [String] {
        partitions.map { partition in
            PartitionList.written(partition.name) + "=\(hex(partition.offset))+"
                + (partition.size.map { hex($0) } ?? "-")
        }
    }
}

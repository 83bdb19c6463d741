package import FirmwareImage

extension FlashMap.Entry {
    /// What the part is, in one word: `jffs2`, `uImage`, `squashfs`, `ubi`, `environment`, `fit`, `deviceTree`, `erased` or
    /// `unknown`.
    package var word: String {
        switch content {
        case .jffs2: "jffs2"
        case .structure(let structure): structure.word
        case .erased: "erased"
        case .unknown: "unknown"
        }
    }
}

extension FlashMap {
    /// A partition table for a flash without one: it is cut where one thing ends and another begins.
    package var partitionTable: PartitionTable {
        var partitions: [Partition] = []
        var counts: [String: Int] = [:]
        for entry in entries {
            if let last = partitions.last, let end = last.end {
                if entry.range.lowerBound < end { continue }
                // Erased space belongs to what lies in front of it.
                if case .erased = entry.content {
                    partitions[partitions.count - 1].size = entry.range.upperBound - last.offset
                    continue
                }
            }
            let name = entry.word
            let count = counts[name, default: 0] + 1
            counts[name] = count
            partitions.append(
                Partition(
                    name: count == 1 ? name : "\(name)-\(count)", offset: entry.range.lowerBound,
                    size: entry.range.count))
        }
        return PartitionTable(device: "", source: "what lies in the flash", partitions: partitions)
    }
}

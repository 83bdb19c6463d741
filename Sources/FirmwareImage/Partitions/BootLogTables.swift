/// Partition tables in the log of a booting Linux (`drivers/mtd/mtdpart.c`).
///
///     Creating 2 MTD partitions on "hi_sfc":
///     0x000000000000-0x000000040000 : "boot"
///     0x000000040000-0x000001000000 : "firmware"
///
/// A partition may be cut again as soon as it is there: then its table stands in the middle of the other one, and counts
/// from the partition's own beginning.
struct BootLogTables {
    private struct Table {
        var table: PartitionTable
        /// How many partitions the kernel said it creates.
        var announced: Int
        /// The partition that this one cuts.
        var outer: Partition?
        var isComplete: Bool { table.partitions.count >= announced }
    }

    private var finished: [Table] = []
    /// Tables that still wait for partitions, the innermost one last.
    private var open: [Table] = []
    /// What a parser found, before the partitions themselves are listed.
    private var found: (count: Int, device: String)?

    /// All tables; those of whole flashes first, those inside partitions (`PartitionTable.inside`) behind them.
    static func tables(in lines: [String]) throws(PartitionTable.Malformed) -> [PartitionTable] {
        var log = BootLogTables()
        for (index, line) in lines.enumerated() { try log.read(line, number: index + 1) }
        let tables = (log.finished + log.open.reversed()).map(\.table).filter { !$0.partitions.isEmpty }
        return tables.filter { $0.inside == nil } + tables.filter { $0.inside != nil }
    }

    /// The partitions of a log that lost the line in front of them.
    static func loosePartitions(_ lines: [String]) throws(PartitionTable.Malformed) -> PartitionTable? {
        var partitions: [Partition] = []
        for line in lines {
            guard let partition = try PartitionText.logLine(line), !partitions.contains(partition) else { continue }
            partitions.append(partition)
        }
        return PartitionTable(device: "", source: "boot log", partitions: partitions)
    }

    private mutating func read(_ line: String, number: Int) throws(PartitionTable.Malformed) {
        if line.contains("MTD partitions on ") || line.contains("MTD partition on ") {
            guard let count = Self.count(line, behind: "Creating ") else { return }
            let device = line.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first ?? ""
            begin(String(device), count, number)
        } else if line.contains(" partitions found on MTD device ") {
            guard let count = Self.count(line, behind: ""), let device = line.split(separator: " ").last else { return }
            found = (count, String(device))
        } else if let partition = try PartitionText.logLine(line) {
            // Some parsers list what they found without "Creating".
            if let found, isPartition(found.device) { begin(found.device, found.count, number) }
            add(partition)
        }
    }

    private mutating func begin(_ device: String, _ count: Int, _ number: Int) {
        found = nil
        close()
        let outer = partition(device)
        if outer == nil {
            // Another flash, or the log of another start: what waits will get no more.
            finished += open.reversed()
            open = []
        }
        open.append(
            Table(
                table: PartitionTable(
                    device: device, source: "boot log, line \(number)", partitions: [],
                    inside: outer.map { _ in device }),
                announced: count, outer: outer))
    }

    private mutating func add(_ partition: Partition) {
        close()
        guard !open.isEmpty else { return }
        let last = open.count - 1
        var partition = partition
        // Kernels count from the beginning of the outer partition; old patches counted from that of the flash.
        if let outer = open[last].outer, let size = outer.size, (partition.end ?? 0) <= size {
            partition.offset += outer.offset
        }
        open[last].table.partitions.append(partition)
    }

    /// Takes away the tables that have all their partitions.
    private mutating func close() {
        while let last = open.last, last.isComplete {
            finished.append(last)
            open.removeLast()
        }
    }

    private func isPartition(_ name: String) -> Bool { partition(name) != nil }

    /// The partition of this name that was created last.
    private func partition(_ name: String) -> Partition? {
        for table in open.reversed() + finished.reversed() {
            if let partition = table.table.partitions.last(where: { $0.name == name }) { return partition }
        }
        return nil
    }

    /// The number that follows `text`, or the first of the line's words that is one.
    private static func count(_ line: String, behind text: String) -> Int? {
        if text.isEmpty { return line.split(separator: " ").lazy.compactMap { Int($0) }.first }
        return line.firstRange(of: text).flatMap { Int(line[$0.upperBound...].prefix { $0.isNumber }) }
    }
}

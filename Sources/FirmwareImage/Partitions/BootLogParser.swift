/// Partition tables in the log of a booting Linux (`drivers/mtd/mtdpart.c`).
///
///     Creating 2 MTD partitions on "hi_sfc":
///     0x000000000000-0x000000040000 : "boot"
///     0x000000040000-0x000001000000 : "firmware"
///
/// A partition may be cut again as soon as it is there: then its table stands in the middle of the other one, and counts
/// from the partition's own beginning.
struct BootLogParser: TableParser {
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
    /// The partition of each name that was created last.
    private var latest: [String: Partition] = [:]
    /// The devices that were cut since the kernel began to count, and its next number.
    private var devices: Set<String> = []
    private var number = 0
    /// Partitions that no table claims: of a log that lost the line in front of them.
    private var loose: [Partition] = []
    private var knownLoose: Set<Partition> = []
    private(set) var problems: [TableProblem] = []

    /// All tables; those of whole flashes first, those inside partitions (`PartitionTable.inside`) behind them.
    var tables: [PartitionTable] {
        let tables = (finished + open.reversed()).map(\.table).filter { !$0.partitions.isEmpty }
        return tables.filter { $0.inside == nil } + tables.filter { $0.inside != nil }
    }

    /// The partitions of a log that lost the line in front of them.
    var looseTable: PartitionTable? {
        loose.isEmpty ? nil : PartitionTable(device: "", source: "boot log", partitions: loose)
    }

    mutating func read(_ line: TextLine) {
        let bytes = line.bytes
        if bytes.contains("Linux version ") { startCounting() }
        if bytes.contains("MTD partition") {
            guard let count = bytes.firstRange(of: "Creating ").flatMap({ Self.count(bytes[$0.upperBound...]) }),
                bytes.contains("MTD partitions on ") || bytes.contains("MTD partition on ")
            else { return }
            begin(bytes.quoted?.text ?? "", count: count, line: line.number)
            // A page without line ends.
            if let quoted = bytes.quoted { read(partitionsIn: bytes[(quoted.endIndex + 1)...], line.number) }
        } else if bytes.contains(" partitions found on MTD device ") {
            guard let count = bytes.words.lazy.compactMap({ $0.number(base: 10) }).first, let device = bytes.words.last
            else { return }
            found = (Int(clamping: count), device.text)
        } else {
            read(partitionsIn: bytes, line.number)
        }
    }

    private mutating func read(partitionsIn bytes: ArraySlice<UInt8>, _ line: Int) {
        var rest = bytes
        while let part = LogPartition(&rest) {
            do throws(PartitionTable.Malformed) {
                let partition = try part.partition()
                // Some parsers list what they found without "Creating".
                if let found, latest[found.device] != nil { begin(found.device, count: found.count, line: line) }
                add(partition)
            } catch {
                problems.append(TableProblem(line: line, reason: error.description))
            }
        }
    }

    private mutating func startCounting() {
        devices = []
        number = 0
    }

    private mutating func begin(_ device: String, count: Int, line: Int) {
        found = nil
        close()
        let outer = latest[device]
        if outer == nil {
            // Another flash, or the log of another start: what waits will get no more.
            finished += open.reversed()
            open = []
        }
        if !devices.insert(device).inserted, outer == nil { startCounting() }
        open.append(
            Table(
                table: PartitionTable(
                    device: device, source: "boot log, line \(line)", partitions: [], inside: outer.map { _ in device }),
                announced: count, outer: outer))
    }

    private mutating func add(_ partition: Partition) {
        close()
        guard !open.isEmpty else {
            if knownLoose.insert(partition).inserted { loose.append(partition) }
            return
        }
        let last = open.count - 1
        var partition = partition
        // Kernels count from the beginning of the outer partition; old patches counted from that of the flash.
        if let outer = open[last].outer, let size = outer.size, (partition.end ?? 0) <= size {
            partition.offset += outer.offset
        }
        partition.number = number
        number += 1
        open[last].table.partitions.append(partition)
        latest[partition.name] = partition
    }

    /// Takes away the tables that have all their partitions.
    private mutating func close() {
        while let last = open.last, last.isComplete {
            finished.append(last)
            open.removeLast()
        }
    }

    private static func count(_ bytes: ArraySlice<UInt8>) -> Int? {
        bytes.prefix { $0.isDecimalDigit }.number(base: 10).map { Int(clamping: $0) }
    }
}

/// `0x000000040000-0x0000002c0000 : "kernel"`, as Linux and U-Boot print a partition.
struct LogPartition {
    private let start: UInt64
    private let end: UInt64
    private let name: ArraySlice<UInt8>

    /// Longer names are none (bytes).
    private static let longestName = 256

    /// The first one in `rest`, of which it takes what was read.
    init?(_ rest: inout ArraySlice<UInt8>) {
        while let place = rest.firstRange(of: "0x") {
            let first = rest[place.upperBound...].prefix { $0.isHexDigit }
            rest = rest[first.endIndex...]
            guard let start = first.number(base: 16) else { continue }
            var behind = rest.drop { $0.isBlank }
            guard behind.popFirst() == UInt8(ascii: "-") else { continue }
            behind = behind.drop { $0.isBlank }
            guard behind.hasPrefix("0x") else { continue }
            let second = behind.dropFirst(2).prefix { $0.isHexDigit }
            guard let end = second.number(base: 16) else { continue }
            behind = behind[second.endIndex...].drop { $0.isBlank || $0 == UInt8(ascii: ":") }
            guard behind.first == UInt8(ascii: "\"") else { continue }
            let text = behind.dropFirst().prefix(Self.longestName)
            // A name may have quotes of its own; another partition may follow in the same line.
            let limit = text.firstRange(of: "0x").map { text[..<$0.lowerBound] } ?? text
            guard let close = limit.lastIndex(of: UInt8(ascii: "\"")) ?? text.firstIndex(of: UInt8(ascii: "\"")) else {
                continue
            }
            self.start = start
            self.end = end
            name = text[..<close]
            rest = rest[(close + 1)...]
            return
        }
        return nil
    }

    func partition() throws(PartitionTable.Malformed) -> Partition {
        let name = name.text
        guard end >= start else {
            throw .init(
                description:
                    "'\(name)' ends at 0x\(String(end, radix: 16)), before its start 0x\(String(start, radix: 16))")
        }
        return try PartitionTable.partition(name, offset: start, size: end - start)
    }
}

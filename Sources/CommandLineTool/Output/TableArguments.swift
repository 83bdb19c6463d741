import ArgumentParser
import FirmwareImage
import FlashBytes

/// Where a partition table comes from.
struct TableArguments: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            The partition table: a file (a console's log, /proc/mtd, a device tree blob, a flash with a U-Boot \
            environment, a list of NAME=OFFSET+SIZE), or the text itself (mtdparts=… or NAME=OFFSET+SIZE,…).
            """,
            valueName: "file|text"), completion: .file())
    var table: String?

    @Option(help: "Which table, by the name of its flash chip, if the source holds several.")
    var chip: String?

    /// The one table of the source that was given; nil if none was given.
    func read() throws -> PartitionTable? {
        guard let table else { return nil }
        let isText = table.hasPrefix("mtdparts=") || table.contains("=") && table.contains("+")
        if isText {
            do {
                return try choose(PartitionText.tables(in: table), "--table")
            } catch let error as PartitionTable.Malformed {
                throw Failure("--table: \(error)")
            }
        }
        return try read(file: FileBytes(path: table), table)
    }

    /// The one table in a file.
    func read(file: FileBytes, _ path: String) throws -> PartitionTable {
        do {
            let tables = try file.withBytes { (bytes: RawSpan) throws(PartitionTable.Malformed) in
                try PartitionSource.tables(in: bytes)
            }
            return try choose(tables, path)
        } catch let error as PartitionTable.Malformed {
            throw Failure("\(path): \(error)")
        }
    }

    private func choose(_ tables: [PartitionTable], _ path: String) throws -> PartitionTable {
        var tables = tables
        if let chip { tables = tables.filter { $0.device == chip } }
        guard let first = tables.first else {
            throw Failure(
                "\(path): no partition table in it" + (chip.map { " for '\($0)'" } ?? "")
                    + "; it may be a boot log, mtdparts=…, /proc/mtd, a device tree, or NAME=OFFSET+SIZE")
        }
        // The same table is often told twice: by the kernel's arguments and by its log.
        let others = tables.filter { !Self.isSame($0, first) }
        if Set(others.map(\.device) + [first.device]).count > 1 {
            let names = ([first] + others).map { "\($0.device): \($0.partitions.count)" }.joined(separator: ", ")
            throw Failure("\(path): \(others.count + 1) partition tables in it (\(names)); choose one with --chip")
        }
        if let other = others.first {
            Console.error("\(path): the tables of '\(first.source)' and '\(other.source)' differ; taking the first")
        }
        return first
    }

    /// Whether two tables differ in nothing but a last "rest".
    private static func isSame(_ left: PartitionTable, _ right: PartitionTable) -> Bool {
        left.partitions.count == right.partitions.count
            && zip(left.partitions, right.partitions).allSatisfy { left, right in
                left.name == right.name && left.offset == right.offset
                    && (left.size == nil || right.size == nil || left.size == right.size)
            }
    }
}

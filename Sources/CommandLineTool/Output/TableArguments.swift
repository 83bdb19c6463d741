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
        return try choose(Self.tables(table), table)
    }

    /// The one table in a file.
    func read(file: FileBytes, _ path: String) throws -> PartitionTable {
        try choose(Self.tables(in: file, path), path)
    }

    /// The partition of a name in the source that was given.
    func partition(_ name: String) throws -> Partition {
        guard let table else { throw ValidationError("--partition needs a table: --table FILE.") }
        return try Self.partition(name, in: Self.tables(table).filter { chip == nil || $0.device == chip })
    }

    /// The size of a partition (bytes); `option` is what to use where the table does not say it.
    static func size(of partition: Partition, orUse option: String) throws -> Int {
        guard let size = partition.size else {
            throw Failure("the table does not say how long '\(partition.name)' is; use \(option) SIZE")
        }
        return size
    }

    /// All tables of a source: the name of a file, or the text itself.
    static func tables(_ source: String) throws -> [PartitionTable] {
        let isText =
            source.contains("mtdparts=") || source.contains("=") && source.contains("+")
            || source.contains(":") && source.contains("(")
        if isText {
            do {
                let text = source.contains("=") ? source : "mtdparts=" + source
                return try PartitionText.tables(in: text)
            } catch {
                throw Failure("--table: \(error)")
            }
        }
        return try tables(in: FileBytes(path: source), source)
    }

    private static func tables(in file: FileBytes, _ path: String) throws -> [PartitionTable] {
        do {
            return try file.withBytes { (bytes: RawSpan) throws(PartitionTable.Malformed) in
                try PartitionSource.tables(in: bytes)
            }
        } catch {
            throw Failure("\(path): \(error)")
        }
    }

    /// The partition of a name, in upper or lower case, in any of the tables.
    static func partition(_ name: String, in tables: [PartitionTable]) throws -> Partition {
        let all = tables.flatMap(\.partitions)
        let found =
            all.first { $0.name == name } ?? all.first { $0.name.lowercased() == name.lowercased() }
        guard let found else {
            let names = all.isEmpty ? "the table is empty" : "there are \(all.map(\.name).joined(separator: ", "))"
            throw Failure("there is no partition '\(name)'; \(names)")
        }
        return found
    }

    private func choose(_ tables: [PartitionTable], _ path: String) throws -> PartitionTable {
        var tables = tables
        if let chip {
            tables = tables.filter { $0.device == chip }
        } else {
            for inner in tables.compactMap(\.inside) {
                Console.error("\(path): '\(inner)' is cut further; --chip '\(inner)' shows how")
            }
            tables = tables.filter { $0.inside == nil }
        }
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

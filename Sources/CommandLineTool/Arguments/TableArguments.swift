import ArgumentParser
import FirmwareImage
import FlashBytes
import ImageFile

/// Where a partition table comes from.
struct TableArguments: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            The partition table: a file (a console's log, /proc/mtd or /sys/class/mtd, a device tree or its source, RedBoot's \
            fis list, a saved web page, a flash with a U-Boot environment, a list of NAME=OFFSET+SIZE; in any encoding), or \
            the text itself (mtdparts=… or NAME=OFFSET+SIZE,…).
            """,
            valueName: "file|text"), completion: .file())
    var table: String?

    @Option(help: "Which table, by the name of its flash chip, if the source holds several.")
    var chip: String?

    /// The one table of a source, and what else the source tells.
    struct Choice {
        var table: PartitionTable
        var loadAddress: LoadAddress?
        /// Lines of the source that could not be read; told already.
        var problems: [String]
    }

    /// The one table of the source that was given; nil if none was given.
    func read() throws -> Choice? {
        guard let table else { return nil }
        return try choose(Self.source(table), path: table)
    }

    /// The one table in a file.
    func read(file: FileBytes, _ path: String) throws -> Choice {
        try choose(Self.source(file, path: path), path: path)
    }

    /// The size of the partition of a name in the source that was given (bytes); `option` is what to use where the table
    /// does not say it.
    ///
    /// - Returns: also whether lines of the source could not be read.
    func size(ofPartition name: String, orUse option: String) throws -> (bytes: Int, hasProblems: Bool) {
        guard let table else { throw ValidationError("--partition needs a table: --table FILE.") }
        let reading = try Self.source(table)
        let tables = reading.tables.filter { chip == nil || $0.device == chip }
        return (
            try Self.size(of: Self.partition(name, in: tables), orUse: option), !reading.problems.isEmpty
        )
    }

    /// The size of a partition (bytes); `option` is what to use where the table does not say it.
    static func size(of partition: Partition, orUse option: String) throws -> Int {
        guard let size = partition.size else {
            throw Failure("the table does not say how long '\(Printable.text(partition.name))' is; use \(option) SIZE")
        }
        return size
    }

    /// All tables of a source: the name of a file, or the text itself. What is wrong in it is told.
    static func tables(_ source: String) throws -> [PartitionTable] { try Self.source(source).tables }

    private static func source(_ source: String) throws -> TableReading {
        let isText =
            source.contains("mtdparts=") || source.contains("=") && source.contains("+")
            || source.contains(":") && source.contains("(")
        guard isText else {
            let file = try ImageOpener.read(source, options: InputOptions())
            if let damage = file.damage { StandardStreams.error("\(file.name): \(damage)") }
            return try Self.source(file.bytes, path: file.name)
        }
        let text = Array((source.contains("=") ? source : "mtdparts=" + source).utf8)
        let reading = FileBytes(text).withBytes { PartitionText.read(PlainText(assuming: $0)) }
        return try told(reading, path: "--table")
    }

    private static func source(_ file: FileBytes, path: String) throws -> TableReading {
        try told(file.withBytes { PartitionSource.read($0) }, path: path)
    }

    /// Tells what could not be read; without anything else that is all.
    private static func told(_ reading: TableReading, path: String) throws -> TableReading {
        if reading.tables.isEmpty, let problem = reading.problems.first {
            throw Failure("\(path): \(Printable.text(problem.description))")
        }
        for problem in reading.problems.prefix(mostProblems) {
            StandardStreams.error("\(path): \(Printable.text(problem.description))")
        }
        if reading.problems.count > mostProblems {
            StandardStreams.error("\(path): and \(reading.problems.count - mostProblems) more of the kind")
        }
        var reading = reading
        for index in reading.tables.indices {
            if let size = reading.tables[index].flashSize {
                reading.tables[index] = reading.tables[index].resolved(flashSize: size)
            }
        }
        return reading
    }

    /// How many problems are told one by one.
    private static let mostProblems = 20

    /// The partition of a name, in upper or lower case, in any of the tables.
    ///
    /// - Parameter isPlaceNeeded: whether its offset has to be certain.
    static func partition(
        _ name: String, in tables: [PartitionTable], isPlaceNeeded: Bool = false
    ) throws -> Partition {
        func found(_ isIt: (Partition) -> Bool) -> [(table: PartitionTable, partition: Partition)] {
            tables.flatMap { table in table.partitions.filter(isIt).map { (table, $0) } }
        }
        let exact = found { $0.name == name }
        let all = exact.isEmpty ? found { $0.name.lowercased() == name.lowercased() } : exact
        guard let first = all.first else {
            let names = tables.flatMap { $0.partitions.map { Printable.text($0.name) } }
            throw Failure(
                "there is no partition '\(name)'; "
                    + (names.isEmpty
                        ? "the table is empty" : "there are \(names.prefix(64).joined(separator: ", "))"))
        }
        let others = all.dropFirst().filter {
            $0.partition.size != first.partition.size || isPlaceNeeded && $0.partition.offset != first.partition.offset
        }
        // Kernel's arguments and log may differ in a detail; chips, and equal names in one table, are different things.
        if let other = others.first(where: { $0.table.device != first.table.device || $0.table == first.table }) {
            func place(_ found: (table: PartitionTable, partition: Partition)) -> String {
                (found.table.device.isEmpty ? "" : "in '\(Printable.text(found.table.device))' ")
                    + "at \(hex(found.partition.offset))"
            }
            throw Failure("there are several partitions '\(name)': \(place(first)) and \(place(other))")
        }
        if isPlaceNeeded, let doubt = first.table.doubt {
            throw Failure("where '\(name)' lies is not certain: \(doubt)")
        }
        return first.partition
    }

    private func choose(_ reading: TableReading, path: String) throws -> Choice {
        var tables = reading.tables
        if let chip {
            tables = tables.filter { $0.device == chip }
        } else {
            for inner in tables.compactMap(\.inside) {
                StandardStreams.error(
                    "\(path): '\(Printable.text(inner))' is cut further; --chip '\(Printable.text(inner))' shows how")
            }
            tables = tables.filter { $0.inside == nil }
        }
        guard let first = tables.first else {
            throw Failure(
                "\(path): no partition table in it" + (chip.map { " for '\($0)'" } ?? "")
                    + "; it may be a boot log, mtdparts=…, /proc/mtd, a device tree, or NAME=OFFSET+SIZE")
        }
        // The same table is often told twice: by the kernel's arguments and by its log.
        let others = tables.dropFirst().filter { !Self.isSame($0, right: first) }
        if Set(others.map(\.device) + [first.device]).count > 1 {
            let names = ([first] + others).prefix(16).map { "\(Printable.text($0.device)): \($0.partitions.count)" }
            throw Failure(
                "\(path): \(others.count + 1) partition tables in it (\(names.joined(separator: ", "))); choose one with --chip"
            )
        }
        if let other = others.first {
            StandardStreams.error(
                "\(path): the tables of '\(first.source)' and '\(other.source)' differ; taking the first")
        }
        return Choice(
            table: first, loadAddress: reading.loadAddress,
            problems: reading.problems.map { Printable.text($0.description) })
    }

    /// Whether two tables differ in nothing but a last "rest".
    private static func isSame(_ left: PartitionTable, right: PartitionTable) -> Bool {
        left.partitions.count == right.partitions.count
            && zip(left.partitions, right.partitions).allSatisfy { left, right in
                left.name == right.name && left.offset == right.offset
                    && (left.size == nil || right.size == nil || left.size == right.size)
            }
    }
}

import ArgumentParser
import FirmwareImage
import FlashBytes
import ImageInput

/// `jffs2 partitions [FLASH]`
struct Partitions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a flash's partitions, cut a dump into files, and join them again.",
        discussion: """
            The table comes from --table, else from the U-Boot environment in the dump. Without any table, the dump is \
            cut where 'jffs2 info' sees one thing end and another begin. --split also writes the bytes that no \
            partition covers, and a file 'partitions' with the table, so that --join makes the same flash again.

            Instead of a dump, the file may be a console's log, a device tree blob or /proc/mtd: then the table in it \
            is shown. Exit status 1 if partitions overlap or reach behind the end of the flash.
            """)

    @Argument(help: "A dump of the whole flash, or a file with a table; - is standard input.", completion: .file())
    var flash: String?

    @OptionGroup var source: TableArguments

    @Flag(help: "Cut FLASH into one file for each partition, in the folder -d.")
    var split = false

    @Option(help: "Join the files of this folder (as --split made them) into one flash, -o.", completion: .directory)
    var join: String?

    @Option(
        name: [.customShort("d"), .long], help: "The folder for --split; it must not exist (see -f).",
        completion: .directory)
    var directory: String?

    @Option(name: .shortAndLong, help: "The flash that --join writes.", completion: .file())
    var output: String?

    @Option(help: "Size of the flash, where no dump says it.", transform: SizeArgument.size)
    var size: Int?

    @Option(help: "Erase size of the flash, to count blocks.", transform: SizeArgument.eraseSize)
    var eraseSize: Int?

    @Option(help: "Address in RAM for the sf read commands that are shown.", transform: UImageWrap.address)
    var ram: UInt32 = 0x8200_0000

    @Flag(
        name: .shortAndLong,
        help: """
            Cut although partitions overlap or reach behind the end of the flash; write into a folder that exists, and \
            replace files that do.
            """)
    var force = false

    @OptionGroup var reading: ReadingArguments

    @OptionGroup var verbosity: OutputArguments

    func validate() throws {
        if split, directory == nil { throw ValidationError("--split needs a folder: -d DIR.") }
        if join != nil, output == nil { throw ValidationError("--join needs a file: -o FLASH.") }
        if join != nil, split { throw ValidationError("--split and --join exclude each other.") }
        if split, flash == nil { throw ValidationError("--split needs a FLASH to cut.") }
        if !split, join == nil, flash == nil, source.table == nil {
            throw ValidationError("Give a FLASH, or a --table to show.")
        }
    }

    func run() throws {
        if let join, let output {
            let place = try Destination(
                output, Destination.Replacing(isAllowed: force),
                inputs: [source.table, join + "/" + PartitionFiles.tableName])
            try PartitionFiles.join(join, place, table: source.read(), quiet: verbosity.quiet)
            return
        }
        var file: FileBytes?
        var table = try source.read()
        if let flash {
            let opened = try reading.open(flash)
            let (bytes, flash) = (opened.bytes, opened.name)
            guard bytes.count > 0 else { throw Failure("\(flash): the file is empty") }
            file = bytes
            if table == nil {
                let isFlash = bytes.withBytes { !PartitionSource.isSource($0) }
                if isFlash {
                    table = try? bytes.withBytes { (bytes: RawSpan) throws(PartitionTable.Malformed) in
                        try PartitionSource.environments(in: bytes).first
                    }
                    if let chip = source.chip, table?.device != chip { table = nil }
                    if table == nil { table = carved(bytes, flash) }
                } else {
                    table = try source.read(file: bytes, flash)
                    file = nil
                }
            }
        }
        guard var table else { throw Failure("\(flash ?? ""): no partition table") }
        let flashSize = file?.count ?? size
        if let flashSize { table = table.resolved(flashSize: flashSize) }
        let faults = table.faults(flashSize: flashSize)
        for fault in faults { Console.error("\(flash ?? "table"): \(fault)") }
        if split, let directory, let file {
            if let serious = faults.first(where: \.isSerious), !force {
                throw Failure("\(flash ?? ""): \(serious); --force cuts nevertheless")
            }
            let files = try PartitionFiles.split(file, table, into: directory, replacing: force)
            try show(table, file)
            try Console.finish()
            try files.commit()
        } else {
            try show(table, file)
        }
        if faults.contains(where: \.isSerious) { throw Failure.damaged }
    }

    /// A table of what carving finds.
    private func carved(_ file: FileBytes, _ path: String) -> PartitionTable {
        let images = (try? ImageOpener.openAll(file, path: path)) ?? []
        var partitions: [Partition] = []
        for entry in FlashMap(file, images).entries {
            let name = FlashEntryDescription(entry).kind
            if let last = partitions.last, let end = last.end {
                if entry.range.lowerBound < end { continue }
                // Erased space belongs to what lies in front of it.
                if case .erased = entry.content {
                    partitions[partitions.count - 1].size = entry.range.upperBound - last.offset
                    continue
                }
            }
            let count = partitions.count { $0.name == name || $0.name.hasPrefix(name + "-") }
            partitions.append(
                Partition(
                    name: count == 0 ? name : "\(name)-\(count + 1)", offset: entry.range.lowerBound,
                    size: entry.range.count))
        }
        return PartitionTable(device: "", source: "what lies in the flash", partitions: partitions)
    }

    // MARK: - Showing

    private struct Description: Encodable {
        struct Part: Encodable {
            var name: String
            var offset: Int
            var size: Int?
            var end: Int?
            var eraseBlocks: Int?
            var contents: String?
            var uBootRead: String?
            var acquire: String?
        }

        var source: String
        var device: String
        var eraseSize: Int?
        var partitions: [Part]
        var faults: [String]
    }

    private func show(_ table: PartitionTable, _ file: FileBytes?) throws {
        let erase = eraseSize ?? table.eraseSize ?? 0x10000
        let parts = table.partitions.map { partition in
            let place = partition.size.map { "\(hex(partition.offset)) \(hex($0))" }
            return Description.Part(
                name: partition.name, offset: partition.offset, size: partition.size, end: partition.end,
                eraseBlocks: partition.size.map { ($0 + erase - 1) / erase },
                contents: partition.end.flatMap { end in
                    file.map { PartitionContents.describe($0, partition.offset..<max(partition.offset, end)) }
                },
                uBootRead: place.map { "sf read \(hex(ram)) \($0)" },
                acquire: partition.size.map { "--flash \(hex(partition.offset))+\(hex($0))" })
        }
        if verbosity.json {
            let faults = table.faults(flashSize: file?.count ?? size).map(\.description)
            try JSON.print(
                Description(
                    source: table.source, device: table.device, eraseSize: eraseSize ?? table.eraseSize,
                    partitions: parts, faults: faults))
            return
        }
        if verbosity.quiet { return }
        PartitionListing(table, eraseSize: erase, contents: parts.map(\.contents)).print()
        let width = parts.map(\.name.count).max() ?? 0
        Console.print("To read one at the U-Boot prompt ('sf probe 0' first), or with 'jffs2 acquire PORT':")
        for part in parts {
            guard let read = part.uBootRead, let acquire = part.acquire else { continue }
            let name = Printable.text(Array(part.name.utf8))
            let space = String(repeating: " ", count: max(0, width - name.count))
            Console.print("  \(name)\(space)  \(read)    \(acquire)")
        }
    }
}

import ArgumentParser
import FirmwareImage
import FlashBytes
import ImageFile

/// `jffs2 partitions [FLASH]`
struct Partitions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partitions",
        abstract: "Show a flash's partitions, cut a dump into files, and join them again.",
        discussion: """
            The table comes from --table, else from the U-Boot environment in the dump. Without any table, the dump is \
            cut where 'jffs2 info' sees one thing end and another begin. --split also writes the bytes that no \
            partition covers, and a file 'partitions' with the table, so that --join makes the same flash again; a \
            partition that contains others, or is the whole flash, is left out. --join with --table puts your own \
            files together: mtd0, mtd1.bin, mtdblock2, mtd3_home, home.bin.

            Instead of a dump, the file may be a console's log, a device tree, /proc/mtd or whatever else --table takes: \
            then the table in it is shown. /proc/mtd tells no offsets; they are shown as such only where the sizes add \
            up to the flash, else with '?', as guesses, and without commands to copy.

            Exit status 1 if partitions overlap or reach behind the end of the flash, if the offsets are guesses, or if \
            lines of the table could not be read.
            """)

    @Argument(help: "A dump of the whole flash, or a file with a table; - is standard input.", completion: .file())
    var flash: String?

    @OptionGroup var source: TableArguments

    @Flag(help: "Cut FLASH into one file for each partition, in the folder -d.")
    var split = false

    @Option(
        help: "Join the files of this folder (as --split made them, or your own, with --table) into one flash, -o.",
        completion: .directory)
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

    @Option(
        help:
            "Address in the board's RAM for the sf read commands that are shown; else what the log or environment shows.",
        transform: UImageWrap.address)
    var ram: UInt32?

    @Flag(
        name: .shortAndLong,
        help: """
            Cut although partitions overlap, reach behind the end of the flash or are guesses; join although bytes are \
            missing, which become 0xff; write into a folder that exists, and replace files that do.
            """)
    var force = false

    @OptionGroup var reading: ReadingArguments

    @OptionGroup var verbosity: OutputArguments
    @OptionGroup var sizes: SizeArguments

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
        if let join, let output { return try joinFiles(join, output: output) }
        var file: FileBytes?
        var choice = try source.read()
        if let flash {
            let opened = try reading.open(flash)
            let (bytes, flash) = (opened.bytes, opened.name)
            guard bytes.count > 0 else { throw Failure("\(flash): the file is empty") }
            if choice == nil {
                (choice, file) = try table(of: bytes, flash)
            } else {
                file = bytes
            }
        }
        guard var choice else { throw Failure("\(flash ?? ""): no partition table") }
        let flashSize = file?.count ?? size ?? choice.table.flashSize
        if let flashSize { choice.table = choice.table.resolved(flashSize: flashSize) }
        let name = source.table ?? flash ?? "table"
        let faults = choice.table.faults(flashSize: flashSize)
        for fault in faults.prefix(Self.mostFaults) {
            StandardStreams.error("\(flash ?? name): \(Printable.text(fault.description))")
        }
        if faults.count > Self.mostFaults {
            StandardStreams.error("\(flash ?? name): and \(faults.count - Self.mostFaults) more")
        }
        if let doubt = choice.table.doubt { StandardStreams.error("\(name): \(doubt)") }
        let serious = faults.first(where: \.isSerious)
        if split, let directory, let file {
            if !force, let reason = serious?.description ?? choice.table.doubt {
                throw Failure("\(flash ?? ""): \(Printable.text(reason)); --force cuts nevertheless")
            }
            let cut = FlashCut(choice.table, flashSize: file.count)
            let files = try DirectoryDestination.begin(directory, mayExist: force, replacing: force)
            try cut.write(file, into: files)
            try show(choice, file: file, faults: faults)
            try StandardStreams.finish()
            try files.commit()
        } else {
            try show(choice, file: file, faults: faults)
        }
        if serious != nil || choice.table.doubt != nil || !choice.problems.isEmpty { throw Failure.damaged }
    }

    /// How many faults are told one by one.
    private static let mostFaults = 100

    private func joinFiles(_ directory: String, output: String) throws {
        let place = try Destination(
            output: output, replacing: Destination.Replacing(isAllowed: force),
            inputs: [source.table, directory + "/" + PartitionFileName.table])
        let given = try source.read()
        let isSound = try PartitionJoin(directory: directory, force: force, verbosity: verbosity, sizes: sizes).run(
            given?.table, flashSize: size, output: place)
        if !isSound || given?.problems.isEmpty == false { throw Failure.damaged }
    }

    /// The table of a file that was given alone, and the file if it is a flash.
    private func table(of bytes: FileBytes, _ path: String) throws -> (TableArguments.Choice?, FileBytes?) {
        let kind = bytes.withBytes { PartitionSource.kind($0) }
        if kind == .source { return (try source.read(file: bytes, path), nil) }
        let reading = bytes.withBytes { PartitionSource.environments(in: $0) }
        var table = reading.tables.first
        if let chip = source.chip, table?.device != chip { table = nil }
        if table == nil {
            let images = (try? ImageOpener.openAll(bytes, path: path)) ?? []
            // A log with noise, or a flash with texts in it?
            if kind == .noisyText, images.isEmpty { return (try source.read(file: bytes, path), nil) }
            table = FlashMap(file: bytes, images: images).partitionTable
        }
        return (table.map { TableArguments.Choice(table: $0, loadAddress: reading.loadAddress, problems: []) }, bytes)
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

        struct Memory: Encodable {
            var address: UInt64
            var evidence: [String]
        }

        var source: String
        var mtdDevice: String
        var eraseSize: Int?
        /// Why the offsets are guesses.
        var doubt: String?
        /// Where the commands put what they read.
        var ram: Memory?
        var partitions: [Part]
        var faults: [String]
        var problems: [String]
    }

    private func show(_ choice: TableArguments.Choice, file: FileBytes?, faults: [PartitionTable.Fault]) throws {
        let table = choice.table
        let erase = eraseSize ?? table.eraseSize ?? 0x10000
        // Rockchip's name is the same for flash of any kind.
        let isNAND = table.device.lowercased().contains("nand") && table.device != "rk29xxnand"
        let memory = ram.map { LoadAddress(address: UInt64($0), evidence: "--ram") } ?? choice.loadAddress
        if verbosity.quiet, !verbosity.json { return }
        let contents = file.map { PartitionDescriptions.all($0, table: table) } ?? []
        let parts = table.partitions.enumerated().map { index, partition in
            // Nothing to copy where the place is a guess.
            let place = table.doubt == nil ? partition.size : nil
            return Description.Part(
                name: partition.name, offset: partition.offset, size: partition.size, end: partition.end,
                eraseBlocks: partition.size.map { PartitionListing.blocks($0, eraseSize: erase) },
                contents: contents.indices.contains(index) ? contents[index] : nil,
                uBootRead: place.flatMap { size in
                    memory.map {
                        "\(isNAND ? "nand" : "sf") read \(hex($0.address)) \(hex(partition.offset)) \(hex(size))"
                    }
                },
                acquire: place.map { "\(isNAND ? "--device nand " : "")--flash \(hex(partition.offset))+\(hex($0))" })
        }
        if verbosity.json {
            try JSON.print(
                Description(
                    source: table.source, mtdDevice: table.device, eraseSize: eraseSize ?? table.eraseSize,
                    doubt: table.doubt, ram: memory.map { .init(address: $0.address, evidence: [$0.evidence]) },
                    partitions: parts, faults: faults.map(\.description), problems: choice.problems))
            return
        }
        PartitionListing(table, eraseSize: erase, contents: contents).print()
        if verbosity.verbose { details(of: table, eraseSize: erase).forEach(StandardStreams.print) }
        if table.doubt == nil { commands(parts, memory: memory, isNAND: isNAND) }
    }

    /// What `--verbose` says: sizes in bytes, and the erase blocks by their numbers.
    private func details(of table: PartitionTable, eraseSize: Int) -> [String] {
        table.partitions.map { partition in
            let name = Printable.text(partition.name)
            guard let size = partition.size, size > 0, eraseSize > 0 else {
                return "  \(name): to the end of the flash"
            }
            let last = partition.offset.addingReportingOverflow(size - 1)
            guard !last.overflow, table.doubt == nil else { return "  \(name): \(size) bytes" }
            return
                "  \(name): \(size) bytes, erase blocks \(partition.offset / eraseSize) to \(last.partialValue / eraseSize)"
        }
    }

    private func commands(_ parts: [Description.Part], memory: LoadAddress?, isNAND: Bool) {
        let probe = isNAND ? "" : " ('sf probe 0' first)"
        if let memory {
            StandardStreams.print(
                "To read one at the U-Boot prompt\(probe), or with 'jffs2 acquire PORT'; the board's RAM at "
                    + "\(hex(memory.address)): \(Printable.text(memory.evidence))")
        } else {
            StandardStreams.print(
                "To read one with 'jffs2 acquire PORT'; for commands of the U-Boot prompt give an address in the board's RAM, "
                    + "--ram ADDRESS")
        }
        let names = parts.map { Printable.text($0.name) }
        let width = names.map(\.count).max() ?? 0
        for (part, name) in zip(parts, names) {
            guard let acquire = part.acquire, part.size != 0 else { continue }
            let space = String(repeating: " ", count: max(0, width - name.count))
            StandardStreams.print("  \(name)\(space)  " + (part.uBootRead.map { $0 + "    " } ?? "") + acquire)
        }
    }
}

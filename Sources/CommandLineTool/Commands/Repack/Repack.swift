import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 repack -r DIR -o OUT`
struct Repack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repack",
        abstract: "Pack a folder, or the files of another image, into an image.",
        discussion: """
            All options of mkfs.jffs2 have its meaning, also clustered and joined (-lqn, -e64); of -l and -b the last one \
            counts, and numbers with a leading 0 are octal. (As mkfs.jffs2, the program also takes shortened long options.) \
            Where mkfs.jffs2 misreads a value and goes on, as -p1MiB, it is taken as it is meant, or refused. Before the image is put \
            in its place it is read back and compared with its source; what goes to a pipe or a device is collected in a \
            temporary file before (in TMPDIR, unless --no-check).
            """)

    @OptionGroup var origin: SourceArguments

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The image to write; - is standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(help: "Replace the output if it exists already.")
    var force = false

    @Flag(help: "With --from: change the image itself. It stays as IMAGE~ until the new one is proven.")
    var inPlace = false

    @OptionGroup var image: ImageArguments

    @OptionGroup(title: "Files that a boot loader reads") var uncompressed: UncompressedArguments

    @OptionGroup(title: "The source image") var sourceLayout: SourceLayoutArguments

    @OptionGroup(title: "Changing an image") var layout: KeepLayoutArguments

    @Flag(help: "Do not read the image back before it is put in its place.")
    var noCheck = false

    @Option(
        name: [.customShort("i"), .long],
        help: ArgumentHelp(
            """
            Write what can stand behind this image, at the next erase block: inode numbers go on, and (without --compat) \
            its folders get the new names.
            """, valueName: "image"), completion: .file())
    var incremental: String?

    @Flag(name: [.customShort("L"), .long], help: "Show the codecs and their priorities.")
    var listCompressors = false

    @Flag(
        name: [.customShort("t"), .long],
        help: "Check that all data can be decompressed (always done unless --no-check).")
    var testCompression = false

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more: the names that are packed, and what they take.")
    var verbose = false

    @Flag(help: "Print one JSON object instead of text; see jffs2-json(5).")
    var json = false

    @OptionGroup var sizes: SizeArguments

    func validate() throws {
        if listCompressors { return }
        try origin.check()
        if layout.keepLayout {
            if origin.from == nil { throw ValidationError("--keep-layout changes an image: give it with --from.") }
            try LayoutRepack.check(image)
            if incremental != nil { throw ValidationError("--keep-layout and -i are two things.") }
            if origin.dedupe { throw ValidationError("--keep-layout and --dedupe are two things.") }
            if output == "-", layout.changedBlocks == "-" {
                throw ValidationError("Only one of -o and --changed-blocks can be standard output.")
            }
        }
        if inPlace, origin.from == nil { throw ValidationError("--in-place changes an image: give it with --from.") }
        if output == nil, !inPlace { throw ValidationError("Where to? Give -o OUT.") }
        if origin.from == nil, incremental == nil, !sourceLayout.isEmpty {
            throw ValidationError("The options of the source image go with --from or -i.")
        }
    }

    func run() throws {
        if listCompressors { return try CompressorList.print(asJSON: json) }
        let replacing = Destination.Replacing(isAllowed: force, option: "--force")
        let place = try Destination(
            output: output, orChanging: origin.from, inPlace: (inPlace, "--in-place"), replacing,
            inputs: [origin.tar, origin.mtree, origin.devtable, incremental, image.table])
        let listPlace = try layout.listPlace(replacing)
        var options = sourceLayout.options
        options.selection = origin.select.map(FileSystemSelection.init)
        if layout.keepLayout { options.eraseSize = options.eraseSize ?? image.eraseBlock }
        var source = try origin.open(
            quiet: quiet, verbose: verbose, options, keepsAttributeOrder: image.compat != nil,
            squash: image.applySquashing)
        if place.isInPlace { try source.opened?.checkInPlace(keepsSurroundings: layout.keepLayout) }
        let isText = !quiet && !json && !place.isStandardOutput && listPlace?.isStandardOutput != true
        if isText {
            source.remarks.forEach(StandardStreams.print)
            if let remark = image.squashRemark { StandardStreams.print("\(source.name): \(remark)") }
        }
        try keepUncompressed(&source, says: isText)
        if layout.keepLayout, let opened = source.opened {
            let repack = LayoutRepack(opened: opened, options: options, arguments: image)
            return try changeBlocks(of: source, repack, place: place, listPlace: listPlace, isText: isText)
        }
        try pack(&source, place: place, isText: isText)
    }

    /// Writes a new image.
    private func pack(_ source: inout SourceArguments.Source, place: Destination, isText: Bool) throws {
        for path in source.tree.dropFurtherDirectoryNames() {
            StandardStreams.error("warning: \(source.name): \(path) is a further name of a folder, and is left out")
        }
        let front = try incremental.map { try openFront($0).fileSystem }
        let configuration = try configuration(for: source, behind: front)
        if origin.dedupe {
            let merged = source.tree.mergeIdenticalFiles { configuration.storedMetadata(of: $0) }
            if isText {
                StandardStreams.print(
                    "\(merged.files) files became further names of \(merged.kept) (\(merged.size) bytes less)")
            }
        }
        let builder: ImageBuilder
        do {
            builder = try ImageBuilder(configuration)
        } catch {
            throw Failure(error.description, status: .usage)
        }
        let file = try place.open(isReadable: !noCheck)
        var output = VerifiedOutput(file)
        output.isChecked = !noCheck
        let report = try ProgressLine.showing(place.path, isQuiet: quiet) {
            try place.saving { () throws(SaveError) in
                try output.write(source.tree, with: builder, behind: front)
            }
        }
        for damaged in report.damage { StandardStreams.error("\(damaged.path): \(damaged.damage); written as zeros") }
        warn(source, configuration: configuration, report: report)
        let description = RepackDescription(
            input: source.name, output: place.path, configuration: configuration, report: report, tree: source.tree)
        if json, !place.isStandardOutput {
            try JSON.print(description)
        } else if isText {
            if verbose { Listing.printNames(of: source.tree) }
            StandardStreams.print(description.line(sizes))
            if verbose { description.facts(sizes).forEach(StandardStreams.print) }
        }
        try StandardStreams.commit([file])
        if source.isDamaged || !report.damage.isEmpty { throw Failure.damaged }
    }

    /// How the new image is made: as the user says, else as its source or the image in front of it.
    private func configuration(
        for source: SourceArguments.Source, behind front: FileSystem?
    ) throws -> ImageConfiguration {
        var configuration = try image.configuration(source.like ?? front.map(ImageConfiguration.init(like:)))
        if configuration.isCompatible { configuration.firstTableInode = source.firstTableInode }
        if let front {
            guard front.byteOrder == configuration.byteOrder else {
                throw Failure("\(incremental ?? "") is \(front.byteOrder.rawValue)-endian; both images must be")
            }
            configuration.appendage = try Appendage(to: front)
        }
        return configuration
    }

    /// Opens the image that the new one will stand behind: both are on one flash.
    private func openFront(_ path: String) throws -> OpenedImage {
        var options = origin.from == nil ? sourceLayout.options : sourceLayout.ofDevice
        let front = try ImageOpener.open(path: path, options: options)
        guard options.eraseSize == nil, let eraseBlock = image.eraseBlock, front.eraseSize.bytes != eraseBlock else {
            return front
        }
        if front.eraseSize.confidence == .high {
            throw Failure(
                "\(path): the erase size is \(SizeExpression.readable(front.eraseSize.bytes)) ("
                    + front.eraseSize.evidence.joined(separator: "; ")
                    + "), and both images will be on one flash: -e must be the same (--source-erase-size says otherwise)"
            )
        }
        options.eraseSize = eraseBlock
        return try ImageOpener.open(path: path, options: options)
    }

    /// Marks what is not to be compressed, and says so.
    private func keepUncompressed(_ source: inout SourceArguments.Source, says: Bool) throws {
        let outcome = try uncompressed.apply(to: &source.tree, source: source.uncompressed)
        for warning in outcome.warnings { StandardStreams.error("warning: \(warning)") }
        if says, let first = outcome.kept.first {
            let names = outcome.kept.prefix(5).map(\.description).joined(separator: ", ")
            let more = outcome.kept.count > 5 ? " and \(outcome.kept.count - 5) more" : ""
            StandardStreams.print(
                "\(names)\(more): stored without compression, as in \(source.name) "
                    + "(--no-compress '!\(outcome.kept.count == 1 ? first.description : "*")' compresses)")
        }
        guard !layout.keepLayout, !image.namesCodecs, uncompressed.isEmpty, let opened = source.opened,
            opened.fileSystem.isUncompressed
        else { return }
        if let bootFile = source.tree.bootFile {
            source.tree.keepAllUncompressed()
            if says {
                StandardStreams.print(
                    "nothing in \(source.name) is compressed, and a boot loader reads \(bootFile): nothing is compressed "
                        + "(-m priority compresses)")
            }
        } else {
            StandardStreams.error(
                "warning: nothing in \(source.name) is compressed, and the new image is; if a boot loader reads its files, "
                    + "use -m none or --no-compress")
        }
    }

    /// `--keep-layout`.
    private func changeBlocks(
        of source: SourceArguments.Source, _ repack: LayoutRepack, place: Destination, listPlace: Destination?,
        isText: Bool
    ) throws {
        let outcome = try repack.run(source.tree, output: place.path)
        for damaged in outcome.result.damage {
            StandardStreams.error("\(damaged.path): \(damaged.damage); written as zeros")
        }
        let file = try place.open(isReadable: true)
        try place.saving { () throws(SaveError) in try VerifiedOutput(file).write(outcome.bytes) }
        let list = try listPlace.flatMap { try outcome.list.write(to: $0) }
        if let remark = source.opened?.unpackedRemark, !quiet { StandardStreams.error(remark) }
        for warning in repack.warnings(outcome) { StandardStreams.error("warning: \(warning)") }
        if let caution = outcome.list.caution {
            StandardStreams.error("warning: \(place.path) is not for the flash as it is: \(caution)")
        }
        if json, !place.isStandardOutput, listPlace?.isStandardOutput != true {
            try JSON.print(
                LayoutRepack.Description(
                    input: source.name, output: place.path, eraseSize: repack.opened.fileSystem.eraseSize,
                    size: outcome.bytes.count, eraseBlocks: outcome.result.blockCount,
                    freeBlocks: outcome.result.freeBlocks, newNodes: outcome.result.newNodes,
                    changedBlocks: outcome.list.blocks))
        } else if isText {
            outcome.list.lines.forEach(StandardStreams.print)
        }
        try StandardStreams.commit([file] + [list].compactMap(\.self))
        if source.isDamaged || !outcome.result.damage.isEmpty { throw Failure.damaged }
    }

    private func warn(_ source: SourceArguments.Source, configuration: ImageConfiguration, report: BuildReport) {
        if let remark = source.opened?.unpackedRemark, !quiet { StandardStreams.error(remark) }
        if let like = source.like, like.eraseSize != configuration.eraseSize {
            StandardStreams.error(
                "warning: the erase size of \(source.name) is \(SizeExpression.readable(like.eraseSize)), "
                    + "that of the new image \(SizeExpression.readable(configuration.eraseSize))")
        }
        if let warning = CleanmarkerAdvice.warning(configuration, wasAsked: image.noCleanmarkers) {
            StandardStreams.error("warning: \(warning)")
        }
        if configuration.pageSize > 4096 {
            StandardStreams.error(
                "warning: a Linux with memory pages of 4 KiB spoils nodes with more data (-s \(configuration.pageSize)) when it "
                    + "collects garbage; use -s 4096 unless the device's pages are larger")
        }
        if let area = source.opened?.spareArea, configuration.spareArea == nil {
            StandardStreams.error(
                "warning: \(source.name) has the spare area of each page (\(area)), and the new image has none: write it without "
                    + "one, as nandwrite does without -o, or make it with --oob \(area)")
        }
        guard let size = configuration.flashSize else { return }
        let budget = FlashBudget(size: size, eraseSize: configuration.eraseSize)
        if let warning = budget.warning(usedBlocks: report.usedBlocks) { StandardStreams.error("warning: \(warning)") }
    }
}

extension ImageConfiguration {
    /// The size of the partition, where the user gave one (bytes).
    fileprivate var flashSize: UInt64? {
        if case .toSize(let size) = padding { return size }
        return maximumSize
    }
}

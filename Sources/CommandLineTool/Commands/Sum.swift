import ArgumentParser
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 sum IN -o OUT`
struct Sum: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sum",
        abstract: "Give an image summary nodes, for faster mounting.",
        discussion: """
            The job of sumtool. All nodes are taken over as they are, but for those that are obsolete or damaged; where \
            an erase block has no room for its summary, nodes move to the next one. The image is read back and compared \
            before it is put in its place. The last block is left open and gets none, so that Linux can go on writing \
            there. Blocks with extended attributes get none either: they come last.
            """)

    @Argument(help: LayoutArguments.imageHelp, completion: .file())
    var image: String?

    @Option(name: .shortAndLong, help: .hidden)
    var input: String?

    @OptionGroup var layout: LayoutArguments

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The image to write; - is standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(help: "Change the image itself. It stays as IMAGE~ until the new one is proven.")
    var inPlace = false

    @Flag(help: "Replace the output if it exists already.")
    var force = false

    @Option(
        name: [.customShort("e"), .customLong("eraseblock")],
        help: ArgumentHelp(
            "Erase size of the new image; a bare number below 0x1000 counts KiB (default: that of the image).",
            valueName: "size"), transform: SizeArgument.eraseSize)
    var eraseBlock: Int?

    @Flag(name: [.customShort("l"), .long], help: "The image is little-endian (default: found out).")
    var littleEndian = false

    @Flag(name: [.customShort("b"), .long], help: "The image is big-endian (default: found out).")
    var bigEndian = false

    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp("Size of the cleanmarkers (default: as in the image).", valueName: "size"),
        transform: SizeArgument.size)
    var cleanmarker: Int?

    @Flag(name: [.customShort("n"), .long], help: "No cleanmarkers: for NAND (default: as in the image).")
    var noCleanmarkers = false

    @Option(
        name: [.customShort("p"), .long],
        help: ArgumentHelp(
            "Pad with 0xFF to SIZE, or without one to whole erase blocks; an image larger than SIZE is an error.",
            valueName: "size"), transform: ImageArguments.Pad.init)
    var pad: ImageArguments.Pad?

    @OptionGroup var verbosity: OutputArguments
    @OptionGroup var sizes: SizeArguments

    /// What was done, as JSON.
    struct Description: Encodable {
        var input: String
        var output: String
        var eraseSize: Int
        var size: UInt64
        var nodeCount: Int
        var obsoleteNodes: Int
        var damagedNodes: Int
        var summaries: Int
        var blocksWithoutSummary: Int
    }

    func validate() throws {
        if littleEndian, bigEndian { throw ValidationError("-l and -b are two things.") }
        if (image == nil) == (input == nil) { throw ValidationError("Which image? Give one.") }
        if noCleanmarkers, cleanmarker != nil { throw ValidationError("-n and -c are two things.") }
    }

    func run() throws {
        let path = image ?? input ?? ""
        let place = try Destination(
            output: output, orChanging: path, inPlace: (inPlace, "--in-place"),
            Destination.Replacing(isAllowed: force, option: "--force"))
        var options = layout.options
        if littleEndian { options.byteOrder = .little }
        if bigEndian { options.byteOrder = .big }
        let file = try ImageOpener.read(path, options: options)
        var opened = try ImageOpener.open(file, options: options)
        if let eraseBlock, opened.eraseSize.confidence < .high, opened.eraseSize.bytes != eraseBlock {
            options.eraseSize = eraseBlock
            opened = try ImageOpener.open(file, options: options)
        }
        if place.isInPlace { try opened.checkInPlace(keepsSurroundings: false) }
        FindingReport.print(opened, quiet: verbosity.quiet, verbose: verbosity.verbose)
        let original = opened.fileSystem
        var configuration = ImageConfiguration(like: original)
        if let eraseBlock { configuration.eraseSize = eraseBlock }
        if let cleanmarker { configuration.cleanmarkerSize = cleanmarker }
        if noCleanmarkers { configuration.cleanmarkerSize = nil }
        configuration.padding = pad?.padding ?? .none
        configuration.jobs = ProcessorCount.available
        if configuration.eraseSize != original.eraseSize {
            StandardStreams.error(
                "warning: the erase size of \(file.name) is \(SizeExpression.readable(original.eraseSize)), that of the "
                    + "new image \(SizeExpression.readable(configuration.eraseSize))")
        }
        if let warning = CleanmarkerAdvice.warning(configuration, wasAsked: noCleanmarkers) {
            StandardStreams.error("warning: \(warning)")
        }
        let (output, report) = try ProgressLine.showing(file.name, isQuiet: verbosity.quiet) {
            try write(original, of: file.name, to: place, configuration: configuration)
        }
        if let remark = file.unpackedRemark, !verbosity.quiet { StandardStreams.error(remark) }
        if verbosity.json, !place.isStandardOutput {
            try JSON.print(
                Description(
                    input: file.name, output: place.path, eraseSize: configuration.eraseSize, size: report.imageSize,
                    nodeCount: report.nodes, obsoleteNodes: report.obsoleteNodes, damagedNodes: report.damagedNodes,
                    summaries: report.summaries, blocksWithoutSummary: report.blocksWithoutSummary))
        } else if !verbosity.quiet, !place.isStandardOutput {
            StandardStreams.print(line(configuration, report: report, path: place.path))
        }
        try StandardStreams.commit([output])
        if original.findings.isDamaged { throw Failure.damaged }
    }

    private func write(
        _ original: FileSystem, of path: String, to place: Destination, configuration: ImageConfiguration
    ) throws -> (OutputFile, ImageSummarizer.Report) {
        let summarizer: ImageSummarizer
        do {
            summarizer = try ImageSummarizer(configuration)
        } catch {
            throw Failure(error.description, status: .usage)
        }
        let file = try place.open(isReadable: true)
        do throws(SaveError) {
            return (file, try VerifiedOutput(file).write(original, with: summarizer))
        } catch {
            guard case .differs(let problems) = error else { throw Failure(place: place, error: error) }
            throw Failure(
                "\(place.path): the image would not show what \(path) shows; 'jffs2 repack --from' packs it anew: "
                    + problems.joined(separator: "; "))
        }
    }

    private func line(_ configuration: ImageConfiguration, report: ImageSummarizer.Report, path: String) -> String {
        var parts = ["\(sizes.text(report.imageSize)) (\(hex(report.imageSize)))"]
        parts.append(
            "\(report.usedBlocks) erase block\(report.usedBlocks == 1 ? "" : "s") of "
                + "\(SizeExpression.readable(configuration.eraseSize)) used, \(report.summaries) with summary")
        parts.append("\(report.nodes) nodes")
        if report.obsoleteNodes > 0 { parts.append("\(report.obsoleteNodes) obsolete ones left out") }
        if report.damagedNodes > 0 { parts.append("\(report.damagedNodes) damaged ones left out") }
        return "\(path): " + parts.joined(separator: ", ")
    }
}

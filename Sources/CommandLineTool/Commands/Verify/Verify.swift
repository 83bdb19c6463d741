import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 verify IMAGE`
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every CRC, every node, the structure, the space and the alignment of an image.",
        discussion: """
            Exit status 0 if all checks hold, 1 if one does not, 2 if there is no file system. Every file is \
            decompressed. An image that ends inside its last erase block is sound (mkfs.jffs2 makes such without -p); \
            --aligned asks for whole blocks. Notes (normal on a used flash) are listed with --verbose only. What Linux has in \
            its log about a finding stands beside it. Advice (no room to write, too few blocks) never changes the exit status.

            --kernel-log explains the lines that a device printed, each with its place in the image. Offsets in them count \
            from the start of the partition. It says which lines have no counterpart in this image, and what the kernel did \
            not print. That changes no exit status.
            """)

    @OptionGroup var input: ImageInput

    @Flag(help: "Fail if the image does not end at the end of an erase block.")
    var aligned = false

    @Option(
        help: ArgumentHelp(
            "Explain a device's log (dmesg, syslog or console); - is standard input.", valueName: "file"),
        completion: .file())
    var kernelLog: String?

    @OptionGroup var output: OutputArguments
    @OptionGroup var sizes: SizeArguments
    @OptionGroup var layout: LayoutArguments

    private struct Report: Encodable {
        var image: ImageDescription
        var checks: [CheckDescription]
        var space: SpaceDescription
        var advice: [String]
        var kernelLog: KernelLogReport.Result?
        var holds: Bool
    }

    func validate() throws {
        if kernelLog == "-", input.image == "-" {
            throw ValidationError("Only one of image and log is standard input.")
        }
    }

    func run() throws {
        let image = try input.open(layout)
        let check = ProgressLine.showing(input.name, isQuiet: output.quiet) {
            ImageVerification(image, isAlignmentWanted: aligned)
        }
        let advice = VerifyAdvice.sentences(image, check: check)
        let log = try kernelLog.map { KernelLogReport(try compare($0, image: image, check: check)) }
        if output.json {
            try JSON.print(
                Report(
                    image: ImageDescription(image), checks: check.results.map { CheckDescription($0) },
                    space: SpaceDescription(check.space),
                    advice: advice,
                    kernelLog: log?.result, holds: check.holds))
        } else if !output.quiet {
            StandardStreams.print(ImageDescription(image).line)
            for each in check.results { StandardStreams.print(CheckDescription(each, sizes: sizes).line) }
            for sentence in advice { StandardStreams.print("  advice  \(sentence)") }
            if output.verbose { SpaceDescription(check.space).lines.forEach(StandardStreams.print) }
            log?.lines.forEach(StandardStreams.print)
        }
        FindingReport.print(
            image, quiet: output.quiet, verbose: output.verbose, withComplaints: !output.quiet, withLinuxLines: true)
        FindingReport.print(
            check.fileSystem.contentFindings, of: image.path, quiet: output.quiet, verbose: output.verbose)
        FindingReport.print(
            check.fileSystem.summaryFindings, of: image.path, quiet: output.quiet, verbose: output.verbose)
        for part in check.fileSystem.unreadableParts.prefix(output.verbose ? .max : 20) {
            StandardStreams.error("\(image.path): damage: \(part.path): \(part.damage)")
        }
        if !check.holds { throw Failure.damaged }
    }

    private func compare(
        _ path: String, image: OpenedImage, check: ImageVerification
    ) throws -> KernelLogComparison {
        var limits = InputFile.Limits()
        limits.largest = KernelLogComparison.largest
        let file = try InputFile(path: path, limits: limits)
        guard file.bytes.count <= KernelLogComparison.largest else {
            throw Failure("\(file.name): too long for a log (\(file.bytes.count) bytes)")
        }
        return file.bytes.withBytes {
            KernelLogComparison(log: $0, image: image, check: check.fileSystem)
        }
    }
}

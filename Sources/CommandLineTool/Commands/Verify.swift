import ArgumentParser
import ImageFile
import JFFS2

/// `jffs2 verify IMAGE`
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every CRC, every node, the structure and the alignment of an image.",
        discussion: """
            Exit status 0 if all checks hold, 1 if one does not, 2 if there is no file system. Every file is \
            decompressed. An image that ends inside its last erase block is sound (mkfs.jffs2 makes such without -p); \
            --aligned asks for whole blocks. Notes (normal on a used flash) are listed with --verbose only.
            """)

    @OptionGroup var input: InputArguments

    @Flag(help: "Fail if the image does not end at the end of an erase block.")
    var aligned = false

    @OptionGroup var output: OutputArguments

    private struct Report: Encodable {
        var image: ImageDescription
        var checks: [CheckDescription]
        var holds: Bool
    }

    func run() throws {
        let image = try input.open()
        let check = ImageVerification(image, isAlignmentWanted: aligned)
        let checks = check.results.map { CheckDescription($0) }
        if output.json {
            try JSON.print(Report(image: ImageDescription(image), checks: checks, holds: check.holds))
        } else if !output.quiet {
            StandardStreams.print(ImageDescription(image).line)
            for each in checks { StandardStreams.print(each.line) }
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose, withComplaints: !output.quiet)
        FindingReport.print(
            check.fileSystem.summaryFindings, of: image.path, quiet: output.quiet, verbose: output.verbose)
        for part in check.fileSystem.unreadableParts.prefix(output.verbose ? .max : 20) {
            StandardStreams.error("\(image.path): damage: \(part.path): \(part.damage)")
        }
        if !check.holds { throw Failure.damaged }
    }
}

import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 stat IMAGE PATH…`
struct StatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stat",
        abstract: "Say everything about single files, and where their nodes are on the flash.",
        discussion: """
            Type, mode, owner, size, times (UTC), all names of the inode, extended attributes; how much room its nodes take, \
            what the contents take of that, in which erase blocks the live ones lie; and each node with its offset, the \
            outdated ones, too: 'at' is the place of a piece in the file.
            """)

    @OptionGroup var input: ImageInput

    @Argument(help: "Files and folders in the image, or patterns (see ls).")
    var paths: [String]

    @OptionGroup var moment: MomentArguments
    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func run() throws {
        let image = moment.apply(try input.open(layout))
        let listing = StatListing(image.fileSystem)
        let found = try PathArguments.found(paths, in: image, isAllOrNone: output.json)
        let files = found.paths.compactMap { listing.file($0) }
        if output.json {
            try JSON.print("entries", list: files)
        } else {
            for (index, file) in files.enumerated() {
                if index > 0 { StandardStreams.print("") }
                file.lines.forEach(StandardStreams.print)
            }
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if found.isIncomplete { throw Failure.incomplete }
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }
}

import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 ls IMAGE [PATH…]`
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List files as ls -l does: mode, links, owner, group, size, time (UTC), name.",
        discussion: "Without a PATH, the root folder. Owners are numbers, as they are in the image.")

    @OptionGroup var input: InputArguments

    @Argument(help: "Files and folders in the image.")
    var paths: [String] = []

    @Flag(name: [.customShort("R"), .long], help: "List folders with all that is in them.")
    var recursive = false

    @Flag(name: [.customShort("l"), .long], help: "Long lines; they are the default.")
    var long = false

    @OptionGroup var moment: MomentArguments
    @OptionGroup var output: OutputArguments

    func run() throws {
        let image = moment.apply(try input.open())
        let tree = image.fileSystem.tree
        var rows: [Listing.Row] = []
        for path in paths.isEmpty ? ["/"] : paths {
            let start = FilePathBytes(path)
            guard let id = tree.find(start) else { throw Failure("\(input.name): \(start): not in the image") }
            rows += Listing.rows(tree, from: id, at: start, recursive: recursive)
        }
        if output.json {
            try JSON.print("entries", list: rows.lazy.map(\.json))
        } else {
            Listing.lines(rows).forEach(StandardStreams.print)
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }
}

import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 du IMAGE [PATH…]`
struct DiskUsage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "du",
        abstract: "Say how much room folders take on the flash.",
        discussion: """
            A line for each folder, after those in it, with tabs between: the bytes of all nodes of what is in it, with headers, \
            names and padding; the bytes of those that are live (the others are outdated, and free when their erase block is \
            erased); how many times larger the contents are than the live nodes; the path. Without a PATH, the root folder; a \
            PATH may be a pattern (see ls). A file with several names counts once, under the first one that is met.
            """,
        // As with du, -h is for people: sizes that they can read.
        helpNames: .long)

    @OptionGroup var input: ImageInput

    @Argument(help: "Files and folders in the image, or patterns.")
    var paths: [String] = []

    @Flag(name: [.customShort("a"), .long], help: "A line for each file, too.")
    var all = false

    @Flag(name: [.customShort("s"), .long], help: "A line for each PATH only.")
    var summarize = false

    @Option(
        name: [.customShort("d", allowingJoined: true), .long],
        help: ArgumentHelp("Lines down to so many levels.", valueName: "levels"))
    var maxDepth: Int?

    @Flag(
        name: [.customShort("h"), .customLong("human"), .customLong("human-readable")],
        help: "Bytes as 1.5K, 12M (powers of 1024).")
    var human = false

    @OptionGroup var moment: MomentArguments
    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    /// What `--json` has behind the entries.
    private struct Rest: Encodable {
        /// Of the whole image (bytes): nodes of files that no name leads to; cleanmarkers, summaries and what belongs to no
        /// file; erased space.
        var nameless: Int
        var other: Int
        var free: Int
    }

    func validate() throws {
        if all, summarize { throw ValidationError("-a and -s exclude each other.") }
        if summarize, maxDepth ?? 0 != 0 { throw ValidationError("-s and --max-depth exclude each other.") }
        if maxDepth ?? 0 < 0 { throw ValidationError("--max-depth takes a number of levels.") }
    }

    func run() throws {
        let image = moment.apply(try input.open(layout))
        let tree = image.fileSystem.tree
        let usage = FlashUsage(FlashLog(image.fileSystem))
        let list = ListBox()
        var walk = DiskUsageWalk(
            tree, usage: usage, most: summarize ? 0 : maxDepth ?? .max, listsFiles: all
        ) { line in
            if output.json {
                try list.json.add(line)
            } else {
                StandardStreams.print(line.text(human: human))
            }
        }
        let found = try PathArguments.found(paths, in: image, isAllOrNone: output.json)
        if !output.json, !output.quiet, OutputTerminal.isThere { StandardStreams.print(DiskUsageLine.title) }
        for start in found.paths { try walk.add(start) }
        if output.json {
            try list.json.finish(
                Rest(nameless: nameless(usage, tree: tree), other: usage.other, free: usage.free))
        } else if output.verbose {
            StandardStreams.error(
                "\(image.path): \(nameless(usage, tree: tree)) bytes in nodes of files without a name, \(usage.other) in "
                    + "cleanmarkers, summaries and what belongs to no file, \(usage.free) erased")
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if found.isIncomplete { throw Failure.incomplete }
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    /// A list that grows while it is printed.
    private final class ListBox {
        var json = JSON.List("entries")
    }

    /// Room of inodes that no name leads to.
    private func nameless(_ usage: FlashUsage, tree: FileTree) -> Int {
        let named = Set(tree.inodes.lazy.compactMap(\.number))
        return usage.rooms.reduce(0) { named.contains($1.key) ? $0 : $0 + $1.value.total }
    }
}

import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 history IMAGE [PATH…]`
struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the versions of files that are still in the flash: live, outdated and deleted ones.",
        discussion: """
            JFFS2 writes every change as a new node and erases old ones when it needs their blocks. What is left is listed \
            by file: the versions of its nodes (those that were written together in one line, each in its own with \
            --verbose), and the names that it had. A PATH may be one that a file had at any time, a folder, or \
            lost+found/inode-NUMBER. Times are those of the device's clock, in UTC. A device without a battery for its \
            clock begins in 1970 with each start: versions tell the order then, and a warning says so.

            The garbage collector of the device removes old nodes and gives what it copies new versions, so no list is \
            complete: versions that are gone are counted. 'jffs2 recover' gets the contents; 'jffs2 cat --file-version' \
            writes one version.

            --timeline lists what happened in the whole image in the order of time, each with the path of that time: \
            create, write, attributes, access, link, rename, delete. Within a second, versions and folders tell the \
            order. --csv and --body imply it. Fields of CSV that a spreadsheet would take for a formula begin with an \
            apostrophe. --body writes a line for each version and each name that went, as mactime reads it: MD5 \
            (always 0), name, inode, mode, UID, GID, size, atime, mtime, ctime, crtime.
            """)

    @OptionGroup var input: ImageInput

    @Argument(help: "Files and folders in the image, also such as are not there any more; all without one.")
    var paths: [String] = []

    @Flag(help: "List what happened in the whole image in the order of time.")
    var timeline = false

    @Flag(help: "Write the timeline as CSV.")
    var csv = false

    @Flag(help: "Write the timeline in the body format of mactime (The Sleuth Kit 3).")
    var body = false

    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func validate() throws {
        if [csv, body, output.json].count(where: { $0 }) > 1 {
            throw ValidationError("--csv, --body and --json exclude each other.")
        }
    }

    func run() throws {
        var image = try input.open(layout)
        let history = FlashHistory(FlashLog(image.fileSystem))
        image.addClockSetbacks(of: history)
        if timeline || csv || body {
            let inodes = try paths.isEmpty ? nil : Set(self.inodes(in: history))
            let listing = TimelineListing(history: history, inodes: inodes)
            if csv {
                listing.writeCSV()
            } else if body {
                listing.writeBody()
            } else if output.json {
                try JSON.print("events", list: listing.entries)
            } else {
                listing.writeText()
            }
        } else {
            let listing = FileHistoryListing(history: history, isVerbose: output.verbose)
            let files =
                try paths.isEmpty ? history.files[...] : inodes(in: history).flatMap { history.files(of: $0) }[...]
            if output.json {
                try JSON.print("files", list: files.lazy.map { listing.entry($0) })
            } else {
                for file in files { listing.lines(file).forEach(StandardStreams.print) }
            }
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    /// The inodes that ever had the paths, in their order, each once.
    private func inodes(in history: FlashHistory) throws -> [InodeNumber] {
        var met: Set<InodeNumber> = []
        return try paths.flatMap { text in
            let (path, found) = history.inodes(meantBy: text)
            if found.isEmpty { throw Failure("\(input.name): \(path): no node in the image tells of it") }
            return found.filter { met.insert($0).inserted }
        }
    }
}

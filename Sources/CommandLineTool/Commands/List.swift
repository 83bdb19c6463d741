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
        discussion: """
            Without a PATH, the root folder. A PATH may be a pattern, which counts from the root: * and ? match within a name \
            (names with a dot in front, too), ** any number of folders. Owners are numbers, as they are in the image. With -R \
            each file has its whole path, and what is in a folder follows it.
            """)

    @OptionGroup var input: InputArguments

    @Argument(help: "Files and folders in the image, or patterns.")
    var paths: [String] = []

    @Flag(name: [.customShort("R"), .long], help: "List folders with all that is in them.")
    var recursive = false

    @Flag(name: [.customShort("l"), .long], help: "Long lines; they are the default.")
    var long = false

    @Flag(name: .customShort("1"), help: "Names only, one a line.")
    var namesOnly = false

    @Flag(name: [.customShort("d"), .long], help: "List folders themselves, and not what is in them.")
    var directory = false

    @Flag(name: .customShort("t"), help: "The newest first.")
    var byTime = false

    @Flag(name: .customShort("S"), help: "The largest first.")
    var bySize = false

    @Flag(name: [.customShort("r"), .long], help: "In reverse order.")
    var reverse = false

    @Flag(help: "Sizes as 1.5K, 12M (powers of 1024).")
    var human = false

    @OptionGroup var moment: MomentArguments
    @OptionGroup var output: OutputArguments

    /// What is listed under one name.
    private struct Section {
        /// nil for files, and for a folder that is listed alone.
        var title: String?
        var rows: [Listing.Row]
    }

    func run() throws {
        let image = moment.apply(try input.open())
        let sections = try sections(image)
        if output.json {
            try JSON.print("entries", list: sections.lazy.flatMap(\.rows).map(\.json))
        } else {
            for (index, section) in sections.enumerated() {
                if index > 0 { StandardStreams.print("") }
                if let title = section.title { StandardStreams.print("\(title):") }
                let lines = namesOnly ? section.rows.map(\.name) : Listing.lines(section.rows, human: human)
                lines.forEach(StandardStreams.print)
            }
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    /// Files first, then each folder.
    private func sections(_ image: OpenedImage) throws -> [Section] {
        let tree = image.fileSystem.tree
        let order = Listing.Order(key: bySize ? .size : byTime ? .time : .name, isReversed: reverse)
        var files: [Listing.Row] = []
        var folders: [Listing.Row] = []
        for start in try PathArguments.expand(paths, in: image) {
            guard let id = tree.find(start) else { continue }
            let row = Listing.row(tree, id: id, path: start, name: start.description)
            if directory || row.inode.kind != .directory { files.append(row) } else { folders.append(row) }
        }
        let isAlone = files.isEmpty && folders.count == 1
        var sections = files.isEmpty ? [] : [Section(rows: order.sorted(files))]
        for folder in order.sorted(folders) {
            guard let id = tree.find(folder.path) else { continue }
            let rows = Listing.rows(tree, from: id, at: folder.path, recursive: recursive, order: order)
            if recursive, !sections.isEmpty {
                // Whole paths need no title.
                sections[sections.count - 1].rows += rows
            } else {
                sections.append(Section(title: isAlone || recursive ? nil : folder.name, rows: rows))
            }
        }
        return sections
    }
}

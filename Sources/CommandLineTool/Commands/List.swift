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
            each file has its whole path, and what is in a folder follows it. A PATH may be written as it is printed (\\ooo for a \
            byte), or with its raw bytes. A symlink is listed as one; with -1, one that leads to a folder lists what is in that, as \
            ls does.
            """,
        // As with ls, -h is for people: sizes that they can read.
        helpNames: .long)

    @OptionGroup var input: ImageInput

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

    @Flag(
        name: [.customShort("h"), .customLong("human"), .customLong("human-readable")],
        help: "Sizes as 1.5K, 12M (powers of 1024).")
    var human = false

    @Flag(
        name: [.customShort("a"), .customShort("A"), .long], help: "Names with a dot in front, too; they always are.")
    var all = false

    @OptionGroup var moment: MomentArguments
    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    /// What is listed under one name.
    private struct Section {
        /// nil for files, and for a folder that is listed alone.
        var title: String?
        var rows: [Listing.Row]
    }

    func run() throws {
        let image = moment.apply(try input.open(layout))
        let found = try PathArguments.found(paths, in: image, isAllOrNone: output.json)
        if recursive {
            try listAll(found.paths, of: image)
        } else {
            try list(try sections(found.paths, of: image))
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if found.isIncomplete { throw Failure.incomplete }
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    private var order: Listing.Order {
        Listing.Order(key: bySize ? .size : byTime ? .time : .name, isReversed: reverse)
    }

    private func list(_ sections: [Section]) throws {
        if output.json { return try JSON.print("entries", list: sections.lazy.flatMap(\.rows).map(\.json)) }
        for (index, section) in sections.enumerated() {
            if index > 0 { StandardStreams.print("") }
            if let title = section.title { StandardStreams.print("\(title):") }
            let lines = namesOnly ? section.rows.map(\.name) : Listing.lines(section.rows, human: human)
            lines.forEach(StandardStreams.print)
        }
    }

    /// What was asked for, folders apart: in the order in which it is listed.
    private func starts(
        _ paths: [FilePathBytes], of image: OpenedImage
    ) -> (files: [Listing.Row], folders: [Listing.Row]) {
        let tree = image.fileSystem.tree
        var files: [Listing.Row] = []
        var folders: [Listing.Row] = []
        for start in paths {
            guard var id = tree.find(start) else { continue }
            // As with ls: short lines follow a symlink that is named, long ones show it.
            if namesOnly, !long, !directory, let end = Self.folder(start, in: tree), tree[end].kind == .directory {
                id = end
            }
            let row = Listing.row(tree, id: id, path: start, name: start.description)
            if directory || row.inode.kind != .directory { files.append(row) } else { folders.append(row) }
        }
        return (order.sorted(files), order.sorted(folders))
    }

    /// The folder at a path, which may be a symlink that leads to it.
    private static func folder(_ path: FilePathBytes, in tree: FileTree) -> InodeID? {
        guard case .file(let id, _) = tree.following(path) else { return tree.find(path) }
        return id
    }

    /// Files first, then each folder.
    private func sections(_ paths: [FilePathBytes], of image: OpenedImage) throws -> [Section] {
        let tree = image.fileSystem.tree
        let (files, folders) = starts(paths, of: image)
        let isAlone = files.isEmpty && folders.count == 1
        var sections = files.isEmpty ? [] : [Section(rows: files)]
        for folder in folders {
            guard let id = Self.folder(folder.path, in: tree) else { continue }
            sections.append(
                Section(
                    title: isAlone ? nil : folder.name,
                    rows: Listing.rows(tree, in: id, at: folder.path, order: order)))
        }
        return sections
    }

    /// Whole paths need no title. They are made one after the other, since those of a deep tree are long.
    private func listAll(_ paths: [FilePathBytes], of image: OpenedImage) throws {
        let tree = image.fileSystem.tree
        let (files, folders) = starts(paths, of: image)
        func visit(_ body: (PathTrail, InodeID) throws -> Void) rethrows {
            for folder in folders {
                guard let id = Self.folder(folder.path, in: tree) else { continue }
                try Listing.walk(tree, from: id, at: folder.path, order: order, body: body)
            }
        }
        if output.json {
            var list = JSON.List("entries")
            for file in files { try list.add(file.json) }
            try visit { trail, id in try list.add(Listing.row(tree, id: id, path: trail.path, name: "").json) }
            return list.finish()
        }
        var columns = Listing.Columns(human: human)
        if !namesOnly {
            for file in files { columns.add(file.inode, links: file.links) }
            visit { _, id in columns.add(tree[id], links: tree[id].linkCount ?? 1) }
        }
        func show(_ inode: Inode, name: String) {
            StandardStreams.print(
                namesOnly ? name : columns.line(inode, links: inode.linkCount ?? 1, name: name))
        }
        for file in files { show(file.inode, name: file.name) }
        visit { trail, id in show(tree[id], name: trail.relativeDescription) }
    }
}

import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 unpack IMAGE`
struct Unpack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Write the files in an image into a folder, and all their metadata beside it.",
        discussion: """
            Files get their modes, times, hard links and holes; owners, devices, sockets, set-uid and set-gid when run as root. \
            Everything else is in DIR.mtree, which 'jffs2 repack' uses, so that nothing is lost without root. Damaged \
            files are written as far as they are good. Nothing outside DIR is touched, whatever the image holds.
            """)

    @OptionGroup var input: ImageInput

    @Argument(help: "Only these files and folders in the image, or patterns (see ls).")
    var paths: [String] = []

    @Flag(
        name: .long, help: "Print the names of what would be written, and write nothing; with -v long lines as of ls.")
    var list = false

    @Option(
        name: [.customShort("d"), .customLong("directory")],
        help: ArgumentHelp("The folder to write; it must not exist (see -f).", valueName: "dir"),
        completion: .directory)
    var directory = "jffs2-root"

    @Flag(name: .shortAndLong, help: "Write into an existing folder; files that are in the way are replaced.")
    var force = false

    @Flag(help: "Set extended attributes too (they are in DIR.mtree in any case).")
    var xattrs = false

    @Flag(help: "Set set-uid and set-gid without being root, too (they are in DIR.mtree in any case).")
    var setId = false

    @Flag(help: "Do not write DIR.mtree.")
    var noMtree = false

    @Option(
        help: ArgumentHelp(
            "Write a tar archive with everything in it instead of a folder, packed if it ends with .gz, .xz, .zst or .bz2; - is standard output.",
            valueName: "file"),
        completion: .file())
    var tar: String?

    @OptionGroup var filter: FilterArguments

    @OptionGroup var moment: MomentArguments

    @Flag(
        help: ArgumentHelp(
            "Write files that no name leads to as well, as lost+found/#INODE.",
            discussion: "Those that lost their name by damage, and what is left of deleted ones. Linux shows neither."))
    var orphans = false

    @OptionGroup var limits: UnpackLimits

    @Flag(help: "Refuse a damaged image instead of writing what can be saved.")
    var strict = false

    @Option(help: "How many files are written at the same time (default: one a core).")
    var jobs: Int?

    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func validate() throws {
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 1024.") }
        if list, tar != nil { throw ValidationError("--list and --tar exclude each other.") }
        if tar == "-", output.json { throw ValidationError("--tar - and --json both want standard output.") }
        if directory.isEmpty { throw ValidationError("-d wants the name of a folder.") }
    }

    /// What is to be written of an image.
    func tree(of image: OpenedImage) throws -> FileTree {
        guard orphans else { return try chosen(of: image.fileSystem.tree, in: image) }
        let (tree, count) = image.fileSystem.treeWithOrphans()
        StandardStreams.error(
            "\(image.path): \(count) file\(count == 1 ? "" : "s") that no name leads to, in lost+found")
        return try chosen(of: tree, in: image)
    }

    /// What is to be written, without a word about it: for what is looked at before anything is said.
    func everythingChosen(in image: OpenedImage) throws -> FileTree {
        let tree = orphans ? image.fileSystem.treeWithOrphans().tree : image.fileSystem.tree
        return try chosen(of: tree, in: image)
    }

    /// The part of a tree that was asked for.
    func chosen(of tree: FileTree, in image: OpenedImage) throws -> FileTree {
        let wanted = paths.isEmpty ? [] : try PathArguments.expand(paths, of: tree, in: image)
        // The root is everything.
        guard !wanted.isEmpty, !wanted.contains(where: \.components.isEmpty) else {
            return try filter.apply(tree, of: image.path)
        }
        var patterns = PathPatterns([])
        patterns.patterns = wanted.map(PathPattern.init(exactly:))
        return try filter.apply(tree.filtered(only: patterns, exclude: PathPatterns([])), of: image.path)
    }

    func run() async throws {
        if list { return try UnpackListing.print(self) }
        if let tar {
            let image = moment.apply(try input.open(layout))
            return try TarUnpacking(command: self, image: image, path: tar).run()
        }
        let images = try input.openAll(layout).map(moment.apply)
        var unpackers: [DirectoryUnpacking] = []
        for image in images {
            let place = images.count == 1 ? directory : "\(directory)-\(image.number)"
            unpackers.append(DirectoryUnpacking(command: self, image: image, directory: place))
        }
        // All is looked at before the first is written.
        for unpacker in unpackers { try unpacker.check() }
        var unpacked: [DirectoryUnpacking.Unpacked] = []
        for unpacker in unpackers { unpacked.append(try await unpacker.run()) }
        let results = unpacked.map(\.result)
        if output.json {
            if results.count == 1, let result = results.first {
                try JSON.print(result)
            } else {
                try JSON.print(["results": results])
            }
        }
        try StandardStreams.finish()
        try WrittenDirectory.commit(unpacked.map(\.directory), with: unpacked.compactMap(\.manifest))
        if results.contains(where: \.damaged) { throw Failure.damaged }
    }
}

/// Which files of a tree.
struct FilterArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only files and folders that match, as in .gitignore (repeatable).", valueName: "pattern"))
    var only: [String] = []

    @Option(
        help: ArgumentHelp("Leave out files and folders that match (repeatable).", valueName: "pattern"))
    var exclude: [String] = []

    /// The part of the tree that was asked for.
    func apply(_ tree: FileTree, of path: String) throws -> FileTree {
        if only.isEmpty, exclude.isEmpty { return tree }
        let part = tree.filtered(only: PathPatterns(only), exclude: PathPatterns(exclude))
        if part[FileTree.root].entries.isEmpty, !tree[FileTree.root].entries.isEmpty {
            throw Failure("\(path): no file in the image is asked for by --only and --exclude")
        }
        return part
    }
}

import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 diff A B [PATH…]`
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what differs between two images, folders or archives.",
        discussion: """
            A and B are images, folders, archives (tar, cpio, zip, compressed or not) or manifests as unpack writes them, \
            in any mix. Each file is named that is in B only (added), in A only (removed) or in both with other content, \
            type, target of a link, device number, mode, owner, times, extended attributes or other hard links (changed). \
            A folder's times change with the names in it.

            A manifest DIR.mtree beside a folder tells what the folder cannot hold, as with repack. Without one, owners, device \
            files that are missing, and extended attributes but user.* and access control lists are compared only by root. \
            Times of access and of change are compared only between images and such manifests. Of a manifest that is A or B \
            itself, contents are compared by their SHA-256. An archive with one file that is an image stands for that image.

            Exit status: 0 nothing differs, 1 something does, 2 content cannot be read, or there is other trouble.
            """)

    @Argument(
        help: ArgumentHelp("The old one; - is standard input.", valueName: "A"),
        completion: .file())
    var old: String

    @Argument(help: ArgumentHelp("The new one.", valueName: "B"), completion: .file())
    var new: String

    @Argument(help: "Files and folders to compare, also as patterns (see ls); all without one.")
    var paths: [String] = []

    @OptionGroup var arguments: DiffArguments
    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func validate() throws {
        if old == "-", new == "-" { throw ValidationError("Only one of A and B can be standard input.") }
        if output.json, arguments.text { throw ValidationError("--text and --json exclude each other.") }
    }

    func run() throws {
        let ignored = try arguments.ignoredAspects()
        let one = try DiffSource.open(old, options: layout.options, at: arguments.at, output: output)
        var options = layout.options
        if let select = arguments.toSelect { options.selection = FileSystemSelection(select) }
        let two = try DiffSource.open(new, options: options, at: arguments.toAt, output: output)
        if !output.quiet { for case let remark? in [one.remark, two.remark] { StandardStreams.error(remark) } }
        let starts = try starts(one, two: two)
        let blocks = try arguments.blocks ? DifferingBlocks(one, new: two) : nil

        var report = DiffReport(one, new: two, arguments: arguments, output: output)
        var comparison = TreeComparison(one.compared, new: two.compared, ignoring: ignored)
        for start in starts {
            comparison.run(from: start) { difference in
                report.add(difference)
                return !output.quiet
            }
        }
        try report.finish(blocks: blocks, missingDevices: comparison.missingDevices)
        let isTrouble = nameUnreadable(one, starts: starts) || nameUnreadable(two, starts: starts)
        if isTrouble || report.isTrouble { throw Failure("", status: .failed) }
        if report.hasDifferences || blocks?.isEmpty == false { throw Failure("", status: .damaged) }
    }

    /// What is compared, nothing twice.
    private func starts(_ one: DiffSource, two: DiffSource) throws -> [FilePathBytes] {
        if paths.isEmpty { return [FilePathBytes()] }
        var wanted: Set<FilePathBytes> = []
        for text in paths {
            let found = one.compared.tree.paths(meantBy: text) + two.compared.tree.paths(meantBy: text)
            if found.isEmpty {
                throw Failure("\(FilePathBytes(text)): neither in \(one.name) nor in \(two.name)")
            }
            wanted.formUnion(found)
        }
        return wanted.filter { path in
            !path.components.indices.contains { wanted.contains(FilePathBytes(Array(path.components[..<$0]))) }
        }.sorted { $0.components.lexicographicallyPrecedes($1.components) }
    }

    /// Says what is listed there and cannot be opened.
    private func nameUnreadable(_ source: DiffSource, starts: [FilePathBytes]) -> Bool {
        let entries = source.unreadable.filter { entry in
            starts.contains { entry.path.components.starts(with: $0.components) }
        }
        for entry in entries.prefix(output.verbose ? .max : 20) {
            StandardStreams.error(
                "\(source.name): \(entry.path) (inode \(entry.inode)) cannot be read: \(entry.reason)")
        }
        return !entries.isEmpty
    }
}

/// How two trees are compared and shown.
struct DiffArguments: ParsableArguments {
    /// What may differ.
    enum Ignored: String, CaseIterable {
        case times, owner, mode, xattrs, links, content

        var aspects: Set<FileAspect> {
            switch self {
            case .times: [.modificationTime, .accessTime, .changeTime]
            case .owner: [.owner]
            case .mode: [.mode]
            case .xattrs: [.attributes]
            case .links: [.links]
            case .content: [.content]
            }
        }
    }

    @Option(
        help: ArgumentHelp(
            "Do not compare times, owner, mode, xattrs, links (hard ones) or content (repeatable, or with commas).",
            valueName: "what"))
    var ignore: [String] = []

    @Flag(
        name: [.customShort("u"), .long],
        help: "Show how text files of up to 4 MiB differ, as diff -u does; patch -p1 takes it.")
    var text = false

    @Flag(name: [.customShort("r"), .long], help: "Folders with all that is in them; they always are.")
    var recursive = false

    @Flag(
        name: [.customShort("N"), .long], help: "A file that one side lacks is empty there; with --text it always is.")
    var newFile = false

    @Flag(help: "Show the sizes of what differs, and how many files and bytes in all.")
    var stat = false

    @Flag(help: "Of two images: list the erase blocks in which they differ, too; these count as a difference then.")
    var blocks = false

    @Option(
        help: ArgumentHelp(
            "A as it was at TIME (see ls); 'jffs2 diff X X --at TIME' says what has changed since then.",
            valueName: "time"),
        transform: MomentArguments.time)
    var at: UInt32?

    @Option(help: ArgumentHelp("B as it was at TIME.", valueName: "time"), transform: MomentArguments.time)
    var toAt: UInt32?

    @Option(help: ArgumentHelp("As --select, of B alone.", valueName: "number or name"))
    var toSelect: String?

    func validate() throws { _ = try ignoredAspects() }

    func ignoredAspects() throws -> Set<FileAspect> {
        var aspects: Set<FileAspect> = []
        for word in ignore.flatMap({ $0.split(separator: ",") }) {
            guard let known = Ignored(rawValue: String(word)) else {
                let words = Ignored.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--ignore '\(Printable.text(String(word)))' is none of \(words).")
            }
            aspects.formUnion(known.aspects)
        }
        return aspects
    }
}

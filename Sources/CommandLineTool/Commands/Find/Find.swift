import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 find IMAGE [PATH…] [EXPRESSION]`
struct Find: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find files in an image by name, type, size, owner, mode and time.",
        usage: "jffs2 find [<options>] <image> [<path> ...] [<expression>]",
        discussion: """
            Words and grammar of the expression are those of find: tests in a row must all hold, -o (-or) is or, ! (-not) \
            negates, ( ) put together, comma asks both.

            Tests: -name GLOB, -path GLOB (of the whole path, which begins with /), -lname GLOB (of a link's target), -iname, \
            -ipath, -ilname (of any case), -type f,d,l,b,c,p,s, -size N[cwbkMG] (rounded up; bare N counts 512 bytes), \
            -newer FILE and -samefile FILE (a path in the image), -perm MODE, -MODE (all bits) or /MODE (any), -uid N, -gid N, \
            -user NAME, -group NAME (by the image's own /etc/passwd and /etc/group, or a number), -links N, -inum N, -empty, \
            -true, -false. N is exact, +N more, -N less.

            Actions: -print (the default), -print0 (raw bytes with a NUL behind), -ls, -prune. For the whole search: \
            -maxdepth N, -mindepth N, -depth (what is in a folder first).

            With --json the files that are printed, as ls --json has them.
            """)

    @OptionGroup var input: InputArguments

    @Argument(help: "Where the search begins: folders in the image, or patterns (see ls); all without one.")
    var paths: [String] = []

    /// See `FindArguments`.
    @Option(parsing: .unconditionalSingleValue, help: .hidden)
    var expression: [String] = []

    @OptionGroup var moment: MomentArguments
    @OptionGroup var output: OutputArguments

    func run() throws {
        let (wanted, options) = try FindParser.parse(expression)
        let image = moment.apply(try input.open())
        let matcher = try FindMatcher(wanted, in: image)
        let tree = image.fileSystem.tree
        var found: [Listing.Row] = []
        for start in try PathArguments.expand(paths, in: image) {
            search(tree, from: start, options: options) { path, id in
                matcher.visit(path, id: id) { action in
                    if output.json {
                        found.append(Listing.row(tree, id: id, path: path, name: nil))
                    } else {
                        print(action, path: path, inode: tree[id])
                    }
                }
            }
        }
        if output.json { try JSON.print("entries", list: found.lazy.map(\.json)) }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    /// - Parameter visit: gives back whether what is in a directory is left out.
    private func search(
        _ tree: FileTree, from start: FilePathBytes, options: FindParser.Options,
        visit: (FilePathBytes, InodeID) -> Bool
    ) {
        guard let id = tree.find(start) else { return }
        var pruned: Int?
        // With -depth: what is still to be visited, when all in it was.
        var waiting: [(path: FilePathBytes, id: InodeID, depth: Int)] = []
        func meet(_ path: FilePathBytes, id: InodeID, depth: Int) {
            if let above = pruned {
                if depth > above { return }
                pruned = nil
            }
            while options.isDepthFirst, let last = waiting.last, last.depth >= depth {
                waiting.removeLast()
                _ = visit(last.path, last.id)
            }
            guard depth <= options.mostDepth, depth >= options.leastDepth else { return }
            if options.isDepthFirst {
                waiting.append((path, id, depth))
            } else if visit(path, id) {
                pruned = depth
            }
        }
        meet(start, id: id, depth: 0)
        if tree[id].kind == .directory {
            tree.walk(from: id) { path, id in
                meet(FilePathBytes(start.components + path.components), id: id, depth: path.components.count)
            }
        }
        for last in waiting.reversed() { _ = visit(last.path, last.id) }
    }

    private func print(_ action: FindMatcher.Action, path: FilePathBytes, inode: Inode) {
        switch action {
        case .print: StandardStreams.print(path.description)
        case .printZero: StandardStreams.write([UInt8(ascii: "/")] + path.bytes + [0])
        case .list:
            let row = Listing.Row(path: path, name: path.description, inode: inode, links: inode.linkCount ?? 1)
            let blocks = (inode.size + 1023) / 1024
            let number = inode.number.map(\.description) ?? "-"
            StandardStreams.print("\(number) \(blocks) \(Listing.lines([row])[0])")
        }
    }
}

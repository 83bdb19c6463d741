import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 find IMAGE [PATH…] [EXPRESSION]`
struct Find: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Find files in an image by name, type, size, owner, mode and time.",
        usage: "jffs2 find [<options>] <image> [<path> ...] [<expression>]",
        discussion: """
            Words and grammar of the expression are those of find: tests in a row must all hold, -o (-or) is or, ! (-not) \
            negates, ( ) put together, comma asks both.

            Tests: -name GLOB, -path GLOB (of the whole path, which begins with /), -lname GLOB (of a link's target), -iname, \
            -ipath, -ilname (of any case), -type f,d,l,b,c,p,s, -xtype (of what a symlink leads to), -size N[cwbkMG] (rounded up; bare N counts 512 bytes), \
            -regex R, -iregex R (of the whole path; see -regextype), -newer FILE (and -anewer, -cnewer) and -samefile FILE \
            (a path in the image), -newermt TIME (-newerat, -newerct; see --at), -mtime N (-atime, -ctime; days) and -mmin N \
            (-amin, -cmin; minutes) before now or before --at, -perm MODE, -MODE (all bits) or /MODE (any), -uid N, -gid N, \
            -user NAME, -group NAME (by the image's own /etc/passwd and /etc/group, or a number), -nouser, -nogroup (not in \
            those), -readable, -writable, -executable (by anybody, as the mode says), -used N (days), -links N, -inum N, \
            -empty, -true, -false. N is exact, +N more, -N less.

            Actions: -print (the default), -print0 (raw bytes with a NUL behind, for xargs -0), -printf FORMAT (%p %P %h %f %H \
            %d %s %k %b %m %M %u %U %g %G %i %n %y %Y %l %F, %a %c %t, %T@ %TY … with %A and %C too, UTC), -ls, -prune, -quit. \
            Names are printed with \\ooo for bytes that cannot be shown, which all PATHs and patterns take; 'xargs -d "\\n"' \
            hands them on. A FORMAT with \\0 in it has raw bytes. For the whole search: \
            -maxdepth N, -mindepth N, -depth (what is in a folder first), -daystart (ages behind it count from the end of today, UTC).

            With --json the files that are printed, as ls --json has them.
            """)

    @OptionGroup var input: ImageInput

    @Argument(help: "Where the search begins: folders in the image, or patterns (see ls); all without one.")
    var paths: [String] = []

    /// See `FindArguments`.
    @Option(parsing: .unconditionalSingleValue, help: .hidden)
    var expression: [String] = []

    @OptionGroup var moment: MomentArguments
    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func run() throws {
        let (wanted, options) = try FindParser.parse(expression)
        let image = moment.apply(try input.open(layout))
        let now = moment.at.map { Int64($0) } ?? CurrentTime.seconds
        let matcher = try FindMatcher(wanted, in: image, now: now)
        let tree = image.fileSystem.tree
        var list = JSON.List("entries")
        var failure: (any Error)?
        var isOver = false
        let found = try PathArguments.found(paths, in: image, isAllOrNone: output.json)
        for start in found.paths where !isOver {
            search(tree, from: start, options: options) { trail, id in
                if isOver { return true }
                return matcher.visit(trail, id: id) { action in
                    // What is behind -quit is not done any more, a -print that nobody wrote neither.
                    if isOver { return }
                    if case .quit = action {
                        isOver = true
                    } else if output.json {
                        let row = Listing.row(tree, id: id, path: trail.path, name: nil)
                        do { try list.add(row.json) } catch { failure = failure ?? error }
                    } else {
                        print(action, trail: trail, inode: tree[id])
                    }
                }
            }
        }
        if let failure { throw failure }
        if output.json { list.finish() }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if found.isIncomplete { throw Failure.incomplete }
        if image.fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    /// - Parameter visit: gives back whether what is in a directory is left out.
    private func search(
        _ tree: FileTree, from start: FilePathBytes, options: FindParser.Options, visit: (PathTrail, InodeID) -> Bool
    ) {
        guard let id = tree.find(start) else { return }
        var trail = PathTrail(start)
        var pruned: Int?
        // With -depth: the directories and the last file that are still to be visited, the deepest one last. The trail begins
        // with the path of each of them.
        var waiting: [(id: InodeID, depth: Int)] = []
        func visitWaiting(from depth: Int) {
            while let last = waiting.last, last.depth >= depth {
                waiting.removeLast()
                trail.cut(to: last.depth)
                _ = visit(trail, last.id)
            }
        }
        func meet(_ name: FileName?, id: InodeID, depth: Int) {
            if let above = pruned {
                if depth > above { return }
                pruned = nil
            }
            if options.isDepthFirst { visitWaiting(from: depth) }
            if let name { trail.move(to: name, depth: depth) }
            guard depth <= options.mostDepth, depth >= options.leastDepth else { return }
            if options.isDepthFirst {
                waiting.append((id, depth))
            } else if visit(trail, id) {
                pruned = depth
            }
        }
        meet(nil, id: id, depth: 0)
        if tree[id].kind == .directory {
            tree.walk(from: id) { path, id in meet(path.components.last, id: id, depth: path.components.count) }
        }
        visitWaiting(from: 0)
    }

    private func print(_ action: FindMatcher.Action, trail: PathTrail, inode: Inode) {
        switch action {
        case .print: StandardStreams.write(trail.printed + [0x0a])
        case .printZero: StandardStreams.write([UInt8(ascii: "/")] + trail.path.bytes + [0])
        case .bytes(let bytes): StandardStreams.write(bytes)
        case .quit: break
        case .list:
            let row = Listing.Row(
                path: FilePathBytes(), name: trail.description, inode: inode, links: inode.linkCount ?? 1)
            let blocks = (inode.size + 1023) / 1024
            let number = inode.number.map(\.description) ?? "-"
            StandardStreams.print("\(number) \(blocks) \(Listing.lines([row])[0])")
        }
    }
}

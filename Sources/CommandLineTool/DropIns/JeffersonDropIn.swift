import FileTree
import FlashBytes
import ImageFile
import JFFS2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `jefferson`: `jffs2 unpack` of all file systems in a file into one directory, and nothing beside it.
///
/// unblob runs it in a sandbox where nothing outside of the directory can be written, and takes any status but 0 for a
/// failure; binwalk takes 0, 1 and 2 for success. So files that came out are a success, whatever is damaged, and the status of a
/// failure is jefferson's own -1.
enum JeffersonDropIn: DropInTool {
    private static let parser = GetoptParser(
        letters: "d:fvhV",
        names: [
            "dest": "d", "destination": "d", "force": "f", "verbose": "v", "help": "h", "version": "V",
        ])

    static func run(_ arguments: [String]) async throws {
        let given = parser.parsed(arguments)
        if let problem = given.problem { throw Failure("\(problem); see --help", status: .usage) }
        if given.has("h") { return printHelp(help) }
        if given.has("V") { return StandardStreams.print(DropIn.jefferson.versionLine) }
        guard let path = given.operands.first, given.operands.count == 1 else {
            throw Failure("which FILE? Give one; see --help", status: .usage)
        }
        let extraction = JeffersonExtraction(
            path: path, directory: given.value(of: "d") ?? "jffs2-root", isForced: given.has("f"),
            isVerbose: given.has("v"))
        try await extraction.run()
    }

    static func exitStatus(_ status: Failure.Status, message: String) -> Int32 { status == .usage ? 2 : 255 }

    private static let help = """
        Usage: jefferson [OPTIONS] FILE
        Writes the files of all JFFS2 file systems in FILE into a folder. This is jffs2.

          -d, --dest, --destination DIR   the folder (default: jffs2-root)
          -f, --force                     into a folder that exists; what is in the way is replaced
          -v, --verbose                   say more
          -h, --help                      print this

        Differences from the original: man jefferson(1) of jffs2. More: jffs2 help unpack.
        """
}

/// One file on its way into one directory.
private struct JeffersonExtraction {
    let path: String
    let directory: String
    let isForced: Bool
    let isVerbose: Bool

    func run() async throws {
        var status = stat()
        if unsafe stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFDIR {
            throw Failure("\(path): \(errno == ENOENT ? "there is no such file" : "is no file")", status: .usage)
        }
        if !isForced, unsafe lstat(directory, &status) == 0 {
            throw Failure("\(directory): exists already; -f writes into it, -d names another folder")
        }
        let images = try ImageOpener.openAll(path: path)
        let tree = try tree(of: images)
        for image in images { FindingReport.print(image, quiet: !isVerbose, verbose: isVerbose) }
        let emptiness = Failure("\(path): no file came out: there is none in the file system")
        if tree[FileTree.root].entries.isEmpty { throw emptiness }
        show(images, tree: tree)
        var configuration = HostDirectoryWriter.Configuration()
        configuration.replacesExisting = isForced
        configuration.computesDigests = false
        configuration.jobs = ProcessorCount.available
        let report = try await HostDirectoryWriter.write(tree, to: directory, configuration: configuration)
        for finding in report.findings { StandardStreams.error("\(directory)\(finding)") }
        if report.furtherFindings > 0 { StandardStreams.error("\(directory): … and \(report.furtherFindings) more") }
        if report.privilegedFilesLeftOut > 0 {
            StandardStreams.error(
                "\(directory): not run as root, so \(report.privilegedFilesLeftOut) devices and sockets are left out")
        }
        if report.setIDsLeftOut > 0 {
            StandardStreams.error(
                "\(directory): not run as root, so set-uid and set-gid of \(report.setIDsLeftOut) files are left out")
        }
        if report.created.values.allSatisfy({ $0 == 0 }) { throw emptiness }
    }

    /// What is to be written: what Linux shows; if that is nothing, what no name leads to.
    ///
    /// unblob cuts a damaged flash into pieces. In one without the folder of its files no file has a name that Linux would find.
    private func tree(of images: [OpenedImage]) throws -> FileTree {
        let shown = images.map(\.fileSystem.tree)
        if shown.contains(where: { !$0[FileTree.root].entries.isEmpty }) { return try merged(images, trees: shown) }
        let found = images.map { $0.fileSystem.treeWithOrphans() }
        let count = found.reduce(0) { $0 + $1.count }
        if count > 0 {
            StandardStreams.error(
                "\(path): no file has a name that Linux would show; \(count) without one \(count == 1 ? "is" : "are") in "
                    + "\(directory)/lost+found")
        }
        return try merged(images, trees: found.map(\.tree))
    }

    /// All trees as one: directories of the same name are joined. A file system that has another file under a name that is taken
    /// goes into a directory of its own, so that nothing is lost.
    private func merged(_ images: [OpenedImage], trees: [FileTree]) throws -> FileTree {
        var tree = FileTree()
        for (index, (image, other)) in zip(images, trees).enumerated() {
            try UnpackLimits.check(other, of: image, mostBytes: nil, mostFiles: UnpackLimits.usualFiles)
            if index == 0 {
                tree = other
                continue
            }
            guard let taken = firstConflict(of: other, with: tree) else {
                _ = tree.overlay(other)
                continue
            }
            var name = "fs_\(image.number)"
            while tree.child(FileName(name), of: FileTree.root) != nil { name += "_" }
            StandardStreams.error(
                "\(path): \(taken) is in more than one file system; all of number \(image.number) is in \(directory)/\(name)"
            )
            var apart = FileTree()
            let place = apart.add(
                Inode(metadata: other[FileTree.root].metadata, payload: .directory([])), name: FileName(name),
                to: FileTree.root)
            apart.graft(other, into: place)
            _ = tree.overlay(apart)
        }
        return tree
    }

    /// The first path that is in both, unless it is a directory in both.
    private func firstConflict(of other: FileTree, with tree: FileTree) -> FilePathBytes? {
        var conflict: FilePathBytes?
        other.walk { path, id in
            guard conflict == nil, let taken = tree.find(path) else { return }
            if other[id].kind != .directory || tree[taken].kind != .directory { conflict = path }
        }
        return conflict
    }

    /// What jefferson says of its work.
    private func show(_ images: [OpenedImage], tree: FileTree) {
        for image in images {
            let order = image.fileSystem.byteOrder == .little ? "<" : ">"
            StandardStreams.print("dumping fs to \(directory) (endianness: \(order))")
        }
        guard isVerbose else { return }
        tree.walk { path, id in
            let kind =
                switch tree[id].kind {
                case .directory: "S_ISDIR"
                case .regular: "S_ISREG"
                case .symbolicLink: "S_ISLNK"
                case .characterDevice: "S_ISCHR"
                case .blockDevice: "S_ISBLK"
                case .fifo: "S_ISFIFO"
                case .socket: "S_ISSOCK"
                }
            StandardStreams.write(Array("writing \(kind) ".utf8) + JeffersonDropIn.shown(path.bytes) + [0x0a])
        }
    }
}

extension FileTree {
    /// Puts all that is in the root of another tree into a directory of this one, which has to be empty.
    fileprivate mutating func graft(_ other: FileTree, into directory: InodeID) {
        // Identifiers are places in the array; the other root becomes the directory itself.
        let first = inodes.count
        func moved(_ id: InodeID) -> InodeID { id == Self.root ? directory : InodeID(first + id.index - 1) }
        for (index, inode) in other.inodes.enumerated() {
            var inode = inode
            if case .directory(let entries) = inode.payload {
                inode.payload = .directory(
                    entries.map { DirectoryEntry(name: $0.name, inode: moved($0.inode)) })
            }
            if index == Self.root.index {
                self[directory].payload = inode.payload
            } else {
                inodes.append(inode)
            }
        }
    }
}

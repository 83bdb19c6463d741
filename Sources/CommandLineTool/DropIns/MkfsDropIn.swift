import ArgumentParser

/// `mkfs.jffs2`: `jffs2 repack` with the bytes of mkfs.jffs2.
enum MkfsDropIn: DropInTool {
    static func run(_ arguments: [String]) async throws {
        let given = GetoptNormalizer.mkfs.normalized(arguments)
        var own = ["repack", "--compat", "mkfs.jffs2", "--quiet", "--no-mtree", "--force"]
        if given.count(of: "root") == 0 { own += ["--root", "."] }
        if given.count(of: "output") == 0 { own += ["--output", "-"] }
        try NormalizedDropIn(tool: .mkfs, given: given, own: own + given.arguments, help: help).run()
    }

    static func exitStatus(_ status: Failure.Status, message: String) -> Int32 {
        NormalizedDropIn.isGetoptProblem(status, message: message) ? 1 : 255
    }

    private static let help = """
        Usage: mkfs.jffs2 [OPTIONS]
        Packs a directory tree into a JFFS2 image. This is jffs2, which writes the same bytes as mkfs.jffs2 2.1.5.

          -r, -d, --root=DIR        the tree (default: the current directory)
          -o, --output=FILE         the image (default: standard output)
          -e, --eraseblock=SIZE     erase size (default: 64KiB; a bare number below 0x1000 counts KiB)
          -p, --pad[=SIZE]          pad with 0xFF to SIZE, or to whole erase blocks
          -s, --pagesize=SIZE       data in a node at most (default: 4KiB)
          -l, --little-endian       little-endian (default: as this machine)
          -b, --big-endian          big-endian
          -c, --cleanmarker=SIZE    size of the cleanmarkers (default: 12)
          -n, --no-cleanmarkers     none, for NAND
          -m, --compression-mode=M  none, priority, size or favourlzo
          -x, --disable-compressor=NAME       do not use a codec
          -X, --enable-compressor=NAME        use a codec
          -y, --compressor-priority=N:NAME    set the priority of a codec
          -L, --list-compressors    list the codecs
          -t, --test-compression    decompress and compare
          -N, --no-compress-list=FILE         files that stay uncompressed, a path a line
          -D, --devtable=FILE       entries of a device table
          -q, --squash              -U and -P
          -U, --squash-uids         root owns everything
          -P, --squash-perms        nobody but the owner may write; no set-uid, no set-gid
          -f, --faketime            all times 0
          -i, --incremental=FILE    what is added to the image FILE
              --with-xattr          with extended attributes
              --with-selinux        with those of SELinux
              --with-posix-acl      with access control lists
          -v, --verbose             say more
          -V, --version             print the version
          -h, --help                print this

        Differences from the original: man mkfs.jffs2(1) of jffs2. Everything else: jffs2 help repack.
        """
}

/// `sumtool`: `jffs2 sum`.
enum SumtoolDropIn: DropInTool {
    static func run(_ arguments: [String]) async throws {
        let given = GetoptNormalizer.sumtool.normalized(arguments)
        // Whatever the image tells; sumtool itself takes 64 KiB and cleanmarkers.
        try NormalizedDropIn(
            tool: .sumtool, given: given, own: ["sum", "--quiet", "--force"] + given.arguments, help: help
        ).run()
    }

    static func exitStatus(_ status: Failure.Status, message: String) -> Int32 {
        // Done, but the image was damaged: sumtool says so in words only.
        if status == .damaged { return 0 }
        return NormalizedDropIn.isGetoptProblem(status, message: message) ? 1 : 255
    }

    private static let help = """
        Usage: sumtool [OPTIONS] -i IMAGE -o FILE
        Gives a JFFS2 image summary nodes, for faster mounting. This is jffs2.

          -i, --input=IMAGE         the image
          -o, --output=FILE         the new one
          -e, --eraseblock=SIZE     erase size (default: that of the image)
          -c, --cleanmarker=SIZE    size of the cleanmarkers (default: as in the image)
          -n, --no-cleanmarkers     none, for NAND
          -l, --littleendian        the image is little-endian (default: found out)
          -b, --bigendian           the image is big-endian
          -p, --pad                 pad with 0xFF to whole erase blocks
          -v, --verbose             say more
          -V, --version             print the version
          -h, --help                print this

        Differences from the original: man sumtool(1) of jffs2. More: jffs2 help sum.
        """
}

/// A tool whose options are those of a command of ours.
private struct NormalizedDropIn {
    let tool: DropIn
    let given: GetoptNormalizer.Result
    /// The program's own arguments for the tool's.
    let own: [String]
    let help: String

    func run() throws {
        if let letter = given.unknownLetter { throw Failure("Unknown option '-\(letter)'", status: .usage) }
        if given.count(of: "version") > 0 { return StandardStreams.print(tool.versionLine) }
        if given.count(of: "help") > 0 { return StandardStreams.print(help) }
        for option in ["root", "output", "input", "incremental"] where given.count(of: option) > 1 {
            throw Failure("--\(option) is given more than once")
        }
        if let first = given.ignored.first {
            StandardStreams.error("warning: '\(first)' is no option, and is ignored")
        }
        var command = try JFFS2Command.parseAsRoot(own)
        try command.run()
    }

    /// Whether it is what getopt finds out, and not what the tool does.
    static func isGetoptProblem(_ status: Failure.Status, message: String) -> Bool {
        status == .usage && (message.hasPrefix("Unknown option") || message.hasPrefix("Missing value"))
    }
}

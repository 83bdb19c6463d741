import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2
import TreeMount

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `jffs2 mount IMAGE DIR`
struct MountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mount",
        abstract: "Mount an image read-only, through FUSE or by the kernel's own jffs2.",
        discussion: """
            DIR shows the files of the image as unpack would write them, with owners, modes, times, hard links, devices, extended \
            attributes and holes; what is read is decompressed then. It takes what unpack takes; of several file systems in a file \
            each is a folder in DIR, 1, 2 and so on, unless --select names one. Root is not needed. Reading a part of a file that \
            is damaged is an input/output error; the rest of it can be read. 'fusermount3 -u DIR' unmounts it (-uz if it is in use).

            --history adds a folder .history with earlier versions of files, deleted ones too, as far as the flash still has \
            them, as 'jffs2 recover --all-versions' finds them: PATH@VERSION, by the versions that 'jffs2 history' shows.

            --kernel lets Linux mount it: it loads the modules, makes a temporary copy of whole erase blocks, a loop device and a \
            flash of it (block2mtd), and mounts that. It needs root. --umount undoes all of it. With --rw files can be changed: in \
            the copy, never in IMAGE; then 'jffs2 repack --from COPY -o NEW' packs what came out.
            """)

    @Argument(help: LayoutArguments.imageHelp, completion: .file())
    var image: String

    @Argument(help: "The folder to mount at; it must exist.", completion: .directory)
    var directory: String?

    @Flag(name: .shortAndLong, help: "Stay in the foreground; Ctrl-C unmounts.")
    var foreground = false

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Options for FUSE, or with --kernel for the kernel, as mount takes them (repeatable).",
            discussion: """
                allow_other lets other users in, and the kernel checks modes then; root needs no more for it, others the line \
                user_allow_other in /etc/fuse.conf. See mount.fuse3(8).
                """, valueName: "options"))
    var options: [String] = []

    @OptionGroup var moment: MomentArguments

    @Flag(help: "Show earlier versions and deleted files in DIR/.history.")
    var history = false

    @Flag(help: "Let the kernel's own jffs2 mount a copy of it; for root.")
    var kernel = false

    @Flag(help: "With --kernel: let the copy be changed.")
    var rw = false

    @Option(
        help: ArgumentHelp(
            "With --kernel: make the copy here, and keep it when it is unmounted.", valueName: "file"),
        completion: .file())
    var copy: String?

    @Flag(help: "Unmount DIR, the only operand, and undo all that --kernel did.")
    var umount = false

    @Option(help: "How many threads answer the kernel (default: 1).")
    var jobs: Int?

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more, and list all findings.")
    var verbose = false

    @OptionGroup var layout: LayoutArguments

    func validate() throws {
        if umount {
            if directory != nil { throw ValidationError("--umount takes one operand, the folder.") }
            if kernel || rw || history || foreground || copy != nil || moment.at != nil || !options.isEmpty {
                throw ValidationError("--umount goes with no other option.")
            }
            return
        }
        if directory == nil { throw ValidationError("Where to? Give IMAGE and DIR.") }
        if directory?.isEmpty == true { throw ValidationError("DIR wants the name of a folder.") }
        if let jobs, !(1...64).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 64.") }
        if !kernel, rw { throw ValidationError("FUSE mounts read-only; --rw goes with --kernel.") }
        if !kernel, copy != nil { throw ValidationError("--copy goes with --kernel.") }
        if kernel, history || moment.at != nil {
            throw ValidationError("The kernel shows the newest state alone; --at and --history go without --kernel.")
        }
        if kernel, foreground { throw ValidationError("With --kernel nothing stays in the foreground.") }
        if wantedOptions.contains("rw") {
            throw ValidationError("rw is not possible with FUSE; --kernel --rw changes a copy.")
        }
    }

    /// `-o a,b -o c`, each by itself.
    var wantedOptions: [String] { options.flatMap { $0.split(separator: ",").map(String.init) } }

    func run() throws {
        if umount { return try KernelMount.undo(at: Self.absolute(image), named: image, isQuiet: quiet) }
        guard let directory else { return }
        if kernel { return try KernelMount(command: self, directory: directory).run() }
        #if Mount
            try serve(at: directory)
        #else
            throw Failure(Self.unavailable)
        #endif
    }

    /// Why this program cannot mount through FUSE, and what does.
    static var unavailable: String {
        #if os(Linux)
            "this program was built without libfuse3; with it (Debian: apt install libfuse3-dev fuse3), "
                + "'make' builds one that mounts, and so does 'swift build --traits Mount'; 'jffs2 unpack' needs neither"
        #else
            "FUSE 3 is of Linux; here, 'jffs2 unpack' writes the files into a folder"
        #endif
    }

    /// The path from the root on, with symbolic links followed.
    static func absolute(_ path: String) throws -> String {
        guard let resolved = unsafe realpath(path, nil) else {
            let reason = unsafe String(cString: strerror(errno))
            throw Failure("\(path): \(errno == ENOENT ? "is no folder; make it first" : reason)")
        }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}

#if Mount
    extension MountCommand {
        private func serve(at directory: String) throws {
            let place = try Self.absolute(directory)
            let images = try layout.openAll(image)
            for image in images { FindingReport.print(moment.apply(image), quiet: quiet, verbose: verbose) }
            let table = MountTable(try MountedImages(images: images, moment: moment, withHistory: history).tree())
            report(table)
            var options = TreeMount.Options()
            options.source = images.first?.path ?? image
            options.options = wantedOptions
            // Whoever lets others in means those that the modes let in.
            if wantedOptions.contains("allow_other") { options.options.append("default_permissions") }
            options.staysInForeground = foreground
            options.threads = jobs ?? 1
            do {
                try TreeMount.serve(table, at: place, options: options) {
                    if !quiet {
                        let end = foreground ? "Ctrl-C or " : ""
                        StandardStreams.print(
                            "\(directory): \(options.source), read-only; \(end)"
                                + "'fusermount3 -u \(ShellWord.file(directory))' unmounts it")
                    }
                    try StandardStreams.finish()
                }
            } catch let error as TreeMount.MountError {
                throw Failure("\(directory): \(error)")
            }
        }

        /// Names the files that the host cannot show.
        private func report(_ table: MountTable) {
            let shown = verbose ? Int.max : 20
            for path in table.leftOut.prefix(shown) {
                StandardStreams.error("\(image): \(path): a name that no folder can hold; left out")
            }
            if table.leftOut.count > shown {
                StandardStreams.error("\(image): … and \(table.leftOut.count - shown) more")
            }
        }
    }
#endif

import FileTree
import FlashBytes
import ImageFile
import JFFS2
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `jffs2 mount --kernel`: Linux's own jffs2 mounts a copy of the image.
struct KernelMount {
    let command: MountCommand
    let directory: String

    /// Linux refuses flashes with fewer blocks.
    private static let fewestBlocks = 5

    /// What works instead.
    private var instead: String {
        let words = ["jffs2", "mount", ShellWord.file(command.image), ShellWord.file(directory)]
        return "; without the kernel: \(words.joined(separator: " "))"
    }

    func run() throws {
        #if os(Linux)
            guard geteuid() == 0 else { throw Failure("--kernel needs root\(instead)") }
            let place = try MountCommand.absolute(directory)
            guard !place.utf8.contains(0x0a) else { throw Failure("\(directory): a name with a line feed\(instead)") }
            let image = try command.layout.open(command.image)
            try check(image)
            FindingReport.print(image, quiet: command.quiet, verbose: command.verbose)
            let lock = try KernelMountState.lock()
            defer { close(lock) }
            let missing = KernelModule.loadAll()
            guard missing.isEmpty else {
                missing.forEach(StandardStreams.error)
                throw Failure("the kernel cannot mount it here\(instead)")
            }
            var state = try KernelMountState.new(directory: place, copy: command.copy)
            do {
                try mount(image, state: &state)
            } catch {
                // What was begun goes away; what is said is why.
                try? state.undo()
                if state.keepsCopy, state.hasCopy { unsafe unlink(state.copy) }
                throw error
            }
            try say(image, state: state)
        #else
            throw Failure("--kernel needs Linux")
        #endif
    }

    /// Refuses what Linux would not read, or what would crash it.
    private func check(_ image: OpenedImage) throws {
        let hostOrder: ByteOrder = UInt16(1).littleEndian == 1 ? .little : .big
        let (order, host) = (image.fileSystem.byteOrder, hostOrder)
        let name = ShellWord.file(command.image)
        guard order == host else {
            let option = host == .little ? "-l" : "-b"
            throw Failure(
                "\(image.path): is \(Self.word(order)), and the kernel of this machine reads \(Self.word(host)) alone; "
                    + "'jffs2 repack --from \(name) \(option) -o NEW' turns it round\(instead)")
        }
        if command.rw, image.fileSystem.scan.cleanmarkers == 0 {
            throw Failure(
                "\(image.path): has no cleanmarkers, so it is for NAND, and Linux crashes once it wrote to it on another flash; "
                    + "'jffs2 repack --from \(name) -c 12 -o NEW' writes them")
        }
    }

    private static func word(_ order: ByteOrder) -> String { order == .little ? "little-endian" : "big-endian" }

    /// The copy: whole erase blocks, and with --rw some that are erased.
    private func blockCount(_ image: OpenedImage) -> Int {
        let size = image.eraseSize.bytes
        let used = max(1, (image.fileSystem.image.count + size - 1) / size)
        let free = command.rw ? max(8, used / 4) : 0
        return max(Self.fewestBlocks, used + free)
    }

    private func writeCopy(of image: OpenedImage, to path: String) throws {
        guard unsafe access(path, F_OK) != 0 else { throw Failure("\(path): exists already; give --copy another name") }
        let place = try Destination(
            output: path, replacing: Destination.Replacing(isAllowed: false), inputs: [command.image], role: .secret)
        var output = VerifiedOutput(try place.open())
        let bytes = image.fileSystem.image
        for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
            try bytes.region(start..<min(bytes.count, start + (1 << 20))).withBytes { piece in
                try place.saving { () throws(SaveError) in try output.append(piece) }
            }
        }
        let rest = blockCount(image) * image.eraseSize.bytes - bytes.count
        try place.saving { () throws(SaveError) in
            try output.append(0xff, count: rest)
            try output.finish()
        }
        try StandardStreams.commit([output.file])
    }

    #if os(Linux)
        private func mount(_ image: OpenedImage, state: inout KernelMountState) throws {
            try writeCopy(of: image, to: state.copy)
            state.hasCopy = true
            try state.save()
            let loop = try saying { () throws(LoopDevice.Trouble) in try LoopDevice.attach(state.copy) }
            state.loop = loop
            try state.save()
            let flash = try saying { () throws(LoopDevice.Trouble) in
                try FlashOnLoop.make(of: loop, eraseSize: image.eraseSize.bytes)
            }
            state.flash = flash
            try state.save()
            var flags = UInt(MS_NOSUID | MS_NODEV) | (command.rw ? 0 : UInt(MS_RDONLY))
            var data: [String] = []
            for option in command.wantedOptions {
                switch option {
                case "ro", "rw": break
                case "suid": flags &= ~UInt(MS_NOSUID)
                case "dev": flags &= ~UInt(MS_NODEV)
                case "nosuid", "nodev": break
                case "noexec": flags |= UInt(MS_NOEXEC)
                case "noatime": flags |= UInt(MS_NOATIME)
                default: data.append(option)
                }
            }
            guard unsafe Glibc.mount(flash, state.directory, "jffs2", flags, data.joined(separator: ",")) == 0 else {
                throw Failure(refusal(errno))
            }
            state.isMounted = true
            try state.save()
        }

        /// What the kernel's error means.
        private func refusal(_ error: Int32) -> String {
            let reason = unsafe String(cString: strerror(error))
            let name = ShellWord.file(command.image)
            return switch error {
            case EPERM: "\(directory): may not be mounted at, perhaps since this is a container\(instead)"
            case ENODEV: "\(directory): the kernel does not know jffs2 in spite of the module\(instead)"
            default:
                "\(directory): the kernel refuses the image: \(reason); 'dmesg' and 'jffs2 doctor \(name)' say more\(instead)"
            }
        }

        private func saying<Result>(_ body: () throws(LoopDevice.Trouble) -> Result) throws -> Result {
            do throws(LoopDevice.Trouble) {
                return try body()
            } catch {
                throw Failure("\(error)\(instead)")
            }
        }
    #endif

    private func say(_ image: OpenedImage, state: KernelMountState) throws {
        guard !command.quiet else { return }
        let how = command.rw ? "read and write" : "read-only"
        let end = "'jffs2 mount --umount \(ShellWord.file(directory))' undoes it"
        StandardStreams.print("\(directory): \(image.path), \(how), by the kernel's jffs2; \(end)")
        if command.rw {
            let copy = ShellWord.file(state.copy)
            StandardStreams.print(
                "\(directory): what changes is in \(state.copy); 'sync; jffs2 repack --from \(copy) -o NEW' packs it"
                    + (state.keepsCopy ? "" : ", before it is unmounted (see --copy)"))
        }
        try StandardStreams.finish()
    }

    /// `--umount DIR`
    static func undo(at directory: String, named name: String, isQuiet: Bool) throws {
        #if os(Linux)
            let states = geteuid() == 0 ? KernelMountState.all() : []
            guard let state = states.last(where: { $0.directory == directory }) else {
                throw Failure(
                    "\(name): not mounted with --kernel"
                        + (geteuid() == 0 ? "" : ", as far as others than root can see")
                        + "; if anything is mounted there, 'fusermount3 -u \(ShellWord.file(name))' unmounts it")
            }
            let lock = try KernelMountState.lock()
            defer { close(lock) }
            do throws(KernelMountState.Trouble) {
                try state.undo()
            } catch {
                throw Failure("\(name): \(error)")
            }
            if !isQuiet {
                StandardStreams.print(
                    "\(name): unmounted" + (state.keepsCopy ? "; what it was is in \(state.copy)" : ""))
            }
        #else
            throw Failure("--umount needs Linux")
        #endif
    }
}

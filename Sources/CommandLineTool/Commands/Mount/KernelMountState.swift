#if os(Linux)
    import FlashBytes
    import SystemPackage

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// What a mount by the kernel is made of, kept in a file, so that it can be undone later.
    ///
    /// `/var/lib/jffs2/mount-N/state` has a line for each: a word, a blank, a value. Beside it is the copy, `flash.img`. Only root
    /// can look there. While it is changed, `/var/lib/jffs2/lock` is locked.
    struct KernelMountState {
        /// The folder of the state.
        private let folder: String
        /// Where it is mounted; absolute.
        let directory: String
        /// The copy of the image; absolute.
        let copy: String
        /// Whether the copy stays when all is undone.
        let keepsCopy: Bool
        /// Whether the copy was made.
        var hasCopy = false
        /// The loop device.
        var loop: String?
        /// The flash on it: `mtd0`.
        var flash: String?
        /// Whether it was mounted.
        var isMounted = false

        static let top = "/var/lib/jffs2"

        /// Why a mount cannot be undone.
        struct Trouble: Error, CustomStringConvertible {
            /// A sentence without capital and full stop.
            let description: String
        }

        /// Waits until nobody else mounts or unmounts; closing ends that.
        static func lock() throws -> CInt {
            for parent in ["/var", "/var/lib"] { unsafe mkdir(parent, 0o755) }
            unsafe mkdir(top, 0o700)
            let descriptor = unsafe open("\(top)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
                throw FileError(action: "create", path: "\(top)/lock", errno: Errno(rawValue: errno))
            }
            return descriptor
        }

        /// A state in a folder of its own, with nothing done yet.
        static func new(directory: String, copy: String?) throws -> KernelMountState {
            if all().contains(where: { $0.directory == directory && $0.isMounted && isMountPoint(directory) }) {
                throw Failure("\(directory): is mounted already; 'jffs2 mount --umount' undoes that")
            }
            for number in 1...10_000 {
                let folder = "\(top)/mount-\(number)"
                guard unsafe mkdir(folder, 0o700) == 0 else {
                    if errno == EEXIST { continue }
                    throw FileError(action: "create", path: folder, errno: Errno(rawValue: errno))
                }
                let path = try copy.map(absolute) ?? "\(folder)/flash.img"
                let state = KernelMountState(
                    folder: folder, directory: directory, copy: path, keepsCopy: copy != nil)
                try state.save()
                return state
            }
            throw Failure("\(top): too many mounts")
        }

        /// Of a file that need not be there.
        private static func absolute(_ path: String) throws -> String {
            let path = FilePath(path)
            guard let name = path.lastComponent, !path.string.utf8.contains(0x0a) else {
                throw Failure("\(path): is no name of a file", status: .usage)
            }
            let parent = path.removingLastComponent()
            return FilePath(try MountCommand.absolute(parent.isEmpty ? "." : parent.string)).appending(name).string
        }

        // MARK: - In its file

        func save() throws {
            var lines = ["directory \(directory)", "copy \(copy)"]
            if keepsCopy { lines.append("keeps-copy yes") }
            if hasCopy { lines.append("has-copy yes") }
            if let loop { lines.append("loop \(loop)") }
            if let flash { lines.append("flash \(flash)") }
            if isMounted { lines.append("mounted yes") }
            let file = try OutputFile(path: "\(folder)/state", permissions: .ownerReadWrite)
            let text = Array((lines.joined(separator: "\n") + "\n").utf8)
            try file.write(unsafe text.span.bytes)
            try OutputSet.commit([file])
        }

        private init?(folder: String) {
            guard let file = try? FileBytes(path: "\(folder)/state") else { return nil }
            let text = file.withBytes { bytes in
                String(decoding: unsafe bytes.withUnsafeBytes { unsafe Array($0) }, as: UTF8.self)
            }
            var values: [Substring: String] = [:]
            for line in text.split(separator: "\n") {
                let parts = line.split(separator: " ", maxSplits: 1)
                if parts.count == 2 { values[parts[0]] = String(parts[1]) }
            }
            guard let directory = values["directory"], let copy = values["copy"] else { return nil }
            self.folder = folder
            self.directory = directory
            self.copy = copy
            keepsCopy = values["keeps-copy"] != nil
            hasCopy = values["has-copy"] != nil
            loop = values["loop"]
            flash = values["flash"]
            isMounted = values["mounted"] != nil
        }

        private init(folder: String, directory: String, copy: String, keepsCopy: Bool) {
            self.folder = folder
            self.directory = directory
            self.copy = copy
            self.keepsCopy = keepsCopy
        }

        /// All that are there, the oldest first.
        static func all() -> [KernelMountState] {
            let names = (try? DirectoryNames.visible(in: top)) ?? []
            let numbers = names.compactMap { $0.hasPrefix("mount-") ? Int($0.dropFirst("mount-".count)) : nil }
            return numbers.sorted().compactMap { KernelMountState(folder: "\(top)/mount-\($0)") }
        }

        // MARK: - Undoing

        /// Unmounts, and takes flash, loop device and copy away, as far as they are there.
        ///
        /// - Throws: where it is in use, and then nothing is undone.
        func undo() throws(Trouble) {
            if isMounted, Self.isMountPoint(directory), unsafe umount2(directory, 0) != 0 {
                let reason = unsafe String(cString: strerror(errno))
                throw Trouble(
                    description: errno == EBUSY
                        ? "is in use; 'fuser -vm \(directory)' says by whom" : "cannot be unmounted: \(reason)")
            }
            // block2mtd gives no single flash back: with the last one the module goes.
            let others = Self.all().filter { $0.folder != folder && $0.flash != nil }
            if flash != nil, others.isEmpty { KernelModule.unloadBlock2MTD() }
            // One that is still held goes when its holder does.
            if let loop { LoopDevice.detach(loop, from: copy) }
            if !keepsCopy { unsafe unlink(copy) }
            unsafe unlink("\(folder)/state")
            unsafe rmdir(folder)
        }

        /// Whether something is mounted at a directory, which has another device than its parent then.
        private static func isMountPoint(_ directory: String) -> Bool {
            var (own, parent) = (stat(), stat())
            guard unsafe lstat(directory, &own) == 0, unsafe lstat(directory + "/..", &parent) == 0 else {
                return false
            }
            return own.st_dev != parent.st_dev || own.st_ino == parent.st_ino
        }
    }
#endif

#if os(Linux)
    import FlashBytes
    import SystemPackage

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// The parts of the kernel that a mount needs.
    enum KernelModule: String, CaseIterable {
        case loop, mtd, block2mtd, jffs2

        /// That this program has loaded block2mtd, so that it may unload it.
        private static let mark = "\(KernelMountState.top)/loaded-block2mtd"

        /// Loads what is not there yet.
        ///
        /// - Returns: a line for each that is missing and cannot be loaded; without full stop.
        static func loadAll() -> [String] {
            allCases.compactMap { module in
                if module.isThere { return nil }
                let said = Self.run("modprobe", arguments: [module.rawValue])
                guard module.isThere else { return module.complaint(said) }
                if module == .block2mtd, let file = try? OutputFile(path: mark) { try? OutputSet.commit([file]) }
                return nil
            }
        }

        /// Whether it is loaded, or built in.
        private var isThere: Bool {
            switch self {
            case .loop: unsafe access("/dev/loop-control", F_OK) == 0
            case .mtd: unsafe access("/proc/mtd", F_OK) == 0
            case .block2mtd: unsafe access(FlashOnLoop.parameter, F_OK) == 0
            case .jffs2: Self.text("/proc/filesystems").split(separator: "\n").contains { $0.hasSuffix("\tjffs2") }
            }
        }

        /// Why it cannot be loaded, and what may help.
        ///
        /// - Parameter said: what modprobe said; nil where there is none.
        private func complaint(_ said: String?) -> String {
            let release =
                Self.text("/proc/sys/kernel/osrelease").split(separator: "\n").first.map(String.init) ?? "this one"
            guard let said else {
                return "the kernel has no \(rawValue) loaded, and there is no modprobe (Debian: kmod)"
            }
            if said.contains("not found") {
                return
                    "kernel \(release) has no module \(rawValue) in /lib/modules; Debian has it in linux-image, Ubuntu in "
                    + "linux-modules-extra-\(release)"
            }
            let isRefused = ["Key was rejected", "Required key", "Operation not permitted"].contains {
                said.contains($0)
            }
            if isRefused, Self.refusesUnsigned {
                return "the kernel takes no module \(rawValue) that is not signed by somebody it knows (Secure Boot)"
            }
            if isRefused { return "module \(rawValue) may not be loaded, perhaps since this is a container" }
            let reason = said.split(separator: "\n").last.map(String.init) ?? ""
            return "module \(rawValue) cannot be loaded\(reason.isEmpty ? "" : ": \(reason)")"
        }

        /// Whether Secure Boot, or a switch of the kernel, keeps modules out that nobody has signed.
        private static var refusesUnsigned: Bool {
            let lockdown = text("/sys/kernel/security/lockdown")
            return text("/sys/module/module/parameters/sig_enforce").hasPrefix("Y")
                || lockdown.contains("[integrity]") || lockdown.contains("[confidentiality]")
        }

        /// Gives all flashes on block devices back, if it was this program that loaded the module.
        static func unloadBlock2MTD() {
            guard unsafe access(mark, F_OK) == 0 else { return }
            _ = run("rmmod", arguments: [block2mtd.rawValue])
            if !block2mtd.isThere { unsafe unlink(mark) }
        }

        /// A small file of the kernel; empty where there is none. In sysfs all say that they have 4096 bytes.
        static func text(_ path: String) -> String {
            guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else {
                return ""
            }
            defer { try? file.close() }
            return String(decoding: all(of: file), as: UTF8.self)
        }

        private static func all(of file: FileDescriptor) -> [UInt8] {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = (try? unsafe buffer.withUnsafeMutableBytes { unsafe try file.read(into: $0) }) ?? 0
                if count == 0 { return bytes }
                bytes += buffer.prefix(count)
            }
        }

        /// Runs a program of the system.
        ///
        /// - Returns: what it wrote to standard error; nil where there is no such program.
        private static func run(_ name: String, arguments: [String]) -> String? {
            // Those who became root by su have no /sbin in PATH.
            let places = ["/sbin", "/usr/sbin", "/bin", "/usr/bin"].map { "\($0)/\(name)" }
            guard let path = places.first(where: { unsafe access($0, X_OK) == 0 }) else { return nil }
            guard let pipe = try? FileDescriptor.pipe() else { return "" }
            defer { try? pipe.readEnd.close() }
            var actions = unsafe posix_spawn_file_actions_t()
            unsafe posix_spawn_file_actions_init(&actions)
            defer { unsafe posix_spawn_file_actions_destroy(&actions) }
            unsafe posix_spawn_file_actions_adddup2(&actions, pipe.writeEnd.rawValue, 2)
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            unsafe posix_spawn_file_actions_addclose(&actions, pipe.readEnd.rawValue)
            unsafe posix_spawn_file_actions_addclose(&actions, pipe.writeEnd.rawValue)
            var words: [UnsafeMutablePointer<CChar>?] = unsafe ([name] + arguments).map { unsafe strdup($0) } + [nil]
            defer { for index in unsafe words.indices { unsafe free(words[index]) } }
            var child = pid_t()
            let isStarted = unsafe posix_spawn(&child, path, &actions, nil, &words, environ) == 0
            try? pipe.writeEnd.close()
            guard isStarted else { return nil }
            let said = all(of: pipe.readEnd)
            var status: CInt = 0
            while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
            return String(decoding: said, as: UTF8.self)
        }
    }
#endif

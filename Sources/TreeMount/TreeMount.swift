import Synchronization

#if Mount
    internal import CFUSE
    import Glibc
#endif

/// A tree that is mounted through FUSE, and served until it is unmounted.
package enum TreeMount {
    /// Whether this build can mount at all.
    package static var isAvailable: Bool {
        #if Mount
            true
        #else
            false
        #endif
    }

    /// How it is mounted.
    package struct Options: Sendable {
        /// What `mount` shows as the source.
        package var source = "jffs2"
        /// Options for libfuse and the kernel, as `-o` takes them, each by itself.
        package var options: [String] = []
        /// Whether the program stays where it is instead of going into the background.
        package var staysInForeground = false
        /// How many threads answer the kernel.
        package var threads = 1

        /// The usual ones.
        package init() {}
    }

    /// Why a tree cannot be mounted, or was not served to the end.
    package struct MountError: Error, CustomStringConvertible {
        /// A sentence without capital and full stop.
        package let description: String
    }
}

#if Mount
    extension TreeMount {
        /// What libfuse said last.
        private static let message = Mutex("")

        /// Mounts a tree, and serves it until somebody unmounts it or a signal ends the program.
        ///
        /// Unless it stays in the foreground, the process that called it ends with status 0 as soon as it is mounted, and another one
        /// serves. No other thread may be doing anything then.
        ///
        /// - Parameters:
        ///   - directory: an absolute path.
        ///   - mounted: called once it is mounted, where messages still reach somebody.
        package static func serve(
            _ table: MountTable, at directory: String, options: Options, mounted: () throws -> Void
        ) throws {
            try check(directory)
            collectMessages()
            let server = TreeServer(table)
            defer { withExtendedLifetime(server) {} }
            let session = unsafe try session(of: server, options: options)
            defer { unsafe fuse_session_destroy(session) }
            unsafe EndingSignals.take(for: session)
            defer { EndingSignals.leave() }
            guard unsafe fuse_session_mount(session, directory) == 0 else {
                throw MountError(description: "cannot be mounted at\(said())")
            }
            defer { unsafe fuse_session_unmount(session) }
            try mounted()
            guard options.staysInForeground || fuse_daemonize(0) == 0 else {
                throw MountError(description: "cannot go into the background")
            }
            if !options.staysInForeground { unsafe closeInherited(but: fuse_session_fd(session)) }
            let result = unsafe jffs2_fuse_loop(session, UInt32(options.threads))
            if result < 0, !EndingSignals.hasCome {
                throw MountError(description: "was not served to the end: \(unsafe String(cString: strerror(-result)))")
            }
        }

        /// Whoever started the program may wait until nobody has its end of a pipe any more.
        private static func closeInherited(but kept: Int32) {
            guard kept >= 3 else { return }
            for descriptor in 3..<max(kept, 3) { close(descriptor) }
            // Further ones are few, if any, and low.
            for descriptor in kept + 1..<kept + 1024 { close(descriptor) }
        }

        /// Says what libfuse says in words of its own, or not at all.
        private static func check(_ directory: String) throws(MountError) {
            var status = stat()
            guard unsafe lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw MountError(description: "is no folder; make it first")
            }
            guard unsafe access("/dev/fuse", F_OK) == 0 else {
                throw MountError(
                    description: "cannot be mounted at: there is no /dev/fuse here; as root: modprobe fuse")
            }
        }

        private static func session(of server: TreeServer, options: Options) throws(MountError) -> OpaquePointer {
            let fixed = ["ro", "subtype=jffs2", "fsname=" + escaped(options.source)]
            let words = ["jffs2", "-o", (fixed + options.options).joined(separator: ",")]
            var arguments = unsafe fuse_args()
            defer { unsafe fuse_opt_free_args(&arguments) }
            for word in words {
                guard unsafe fuse_opt_add_arg(&arguments, word) == 0 else {
                    throw MountError(description: "cannot be mounted at: no memory")
                }
            }
            var operations = TreeOperations.table()
            let userdata = unsafe Unmanaged.passUnretained(server).toOpaque()
            guard let session = unsafe jffs2_fuse_session(&arguments, &operations, userdata) else {
                throw MountError(description: "cannot be mounted at\(said())")
            }
            return unsafe session
        }

        /// A comma ends an option, unless a backslash is in front.
        private static func escaped(_ value: String) -> String {
            String(value.flatMap { $0 == "," || $0 == "\\" ? ["\\", $0] : [$0] })
        }

        private static func collectMessages() {
            unsafe fuse_set_log_func { _, format, arguments in
                guard let format = unsafe format, let arguments = unsafe arguments else { return }
                var buffer = [CChar](repeating: 0, count: 512)
                let length = unsafe vsnprintf(&buffer, buffer.count, format, arguments)
                guard length > 0 else { return }
                let text = buffer.prefix(min(Int(length), buffer.count - 1)).map { UInt8(bitPattern: $0) }
                // A line comes in pieces.
                TreeMount.message.withLock {
                    $0 = ($0.hasSuffix("\n") ? "" : $0) + String(decoding: text, as: UTF8.self)
                }
            }
        }

        /// `: what libfuse said`
        private static func said() -> String {
            var text = message.withLock { $0 }
            while text.last?.isWhitespace == true { text.removeLast() }
            if text.hasPrefix("fuse: ") { text.removeFirst("fuse: ".count) }
            return text.isEmpty ? "" : ": \(text)"
        }
    }
#endif

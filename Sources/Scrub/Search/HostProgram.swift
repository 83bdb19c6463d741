import FlashBytes
import Synchronization
import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A program of the host that reads bytes and writes bytes. Neither are ever in a file with a name: they may be secret.
package enum HostProgram {
    private static let isForbiddenNow = Atomic<Bool>(false)

    /// Whether no other program is run.
    static var isForbidden: Bool { isForbiddenNow.load(ordering: .relaxed) }

    /// From now on no other program is run: what is found depends on the input alone.
    package static func forbid() { isForbiddenNow.store(true, ordering: .relaxed) }

    /// Where the program finds its input.
    static let input = "/dev/fd/3"

    /// An option of setpriv(1), which is no option of ours.
    private static let diesWithParent = ["", "", "pdeathsig"].joined(separator: "-")

    /// Runs a program, if there is one of that name in PATH.
    ///
    /// - Parameters:
    ///   - arguments: behind its name; one of them is `input`.
    ///   - bytes: what stands in the input.
    ///   - limit: of what it may write to its standard output (bytes).
    /// - Returns: what it wrote; nil where there is no such program, it failed, or wrote more.
    static func run(_ name: String, arguments: [String], bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
        guard !isForbidden, let source = namelessFile(holding: bytes) else { return nil }
        defer { close(source) }
        guard let pipe = try? FileDescriptor.pipe() else { return nil }
        // A program that is left alone with its input would keep that for ever.
        let child =
            spawn(
                "setpriv", arguments: [Self.diesWithParent, "KILL", name] + arguments, input: source,
                output: pipe.writeEnd.rawValue)
            ?? spawn(name, arguments: arguments, input: source, output: pipe.writeEnd.rawValue)
        try? pipe.writeEnd.close()
        defer { try? pipe.readEnd.close() }
        guard let child else { return nil }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var isEnd = false
        while !isEnd, output.count <= limit {
            let count = (try? unsafe buffer.withUnsafeMutableBytes { unsafe try pipe.readEnd.read(into: $0) }) ?? 0
            if count == 0 { isEnd = true }
            output += buffer.prefix(count)
        }
        if !isEnd { kill(child, SIGKILL) }
        var status: CInt = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        return isEnd && status == 0 ? output : nil
    }

    /// A file that has lost its name before anything is in it, in memory where the system has such a place.
    private static func namelessFile(holding bytes: ArraySlice<UInt8>) -> CInt? {
        var descriptor: CInt = -1
        for directory in ["/dev/shm", "/tmp"] where descriptor < 0 {
            var path = Array("\(directory)/jffs2-XXXXXX".utf8CString)
            descriptor = unsafe mkstemp(&path)
            if descriptor >= 0 { unsafe unlink(path) }
        }
        guard descriptor >= 0 else { return nil }
        let isWritten =
            (try? unsafe bytes.withUnsafeBytes {
                unsafe try FileDescriptor(rawValue: descriptor).writeAll(toAbsoluteOffset: 0, $0)
            }) != nil
        if isWritten { return descriptor }
        close(descriptor)
        return nil
    }

    private static func spawn(_ name: String, arguments: [String], input: CInt, output: CInt) -> pid_t? {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = unsafe posix_spawn_file_actions_t()
        #endif
        guard unsafe posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // The copies first: what is behind them is closed.
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, input, 3)
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe ([name] + arguments).map { unsafe strdup($0) } + [nil]
        defer {
            var index = 0
            while unsafe index < argv.count {
                unsafe free(argv[index])
                index += 1
            }
        }
        var child = pid_t()
        guard unsafe posix_spawnp(&child, name, &actions, nil, &argv, environ) == 0 else { return nil }
        return child
    }
}

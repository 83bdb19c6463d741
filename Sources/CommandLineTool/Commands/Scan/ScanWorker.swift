import FlashBytes
import Scrub
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The process that looks at files for `scan`, one after the other: what it meets ends or stops nothing but itself.
///
/// Names come on standard input, each with a NUL behind it, and each is answered by one line on standard output, which is the
/// same socket.
enum ScanWorker {
    /// What is said when names can come.
    static let greeting = Array("ready\n".utf8)

    static func run(_ examiner: ScanExaminer, memoryLimit: Int) throws {
        limit(memory: memoryLimit)
        HostProgram.forbid()
        WorkerThreads.start { endWithParent() }
        try FileDescriptor.standardOutput.writeAll(greeting)
        var waiting: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 13)
        while true {
            while let end = waiting.firstIndex(of: 0) {
                let path = Array(waiting[..<end])
                waiting.removeSubrange(...end)
                try FileDescriptor.standardOutput.writeAll(examiner.examine(path).message)
                // Of an input that could not be read, everything that is read later would be suspected.
                try FileBytes.checkInputs()
            }
            let count = try unsafe buffer.withUnsafeMutableBytes {
                unsafe try FileDescriptor.standardInput.read(into: $0)
            }
            if count == 0 { return }
            waiting += buffer.prefix(count)
        }
    }

    /// Whoever is given up must not go on when nobody waits for it any more.
    private static func endWithParent() {
        var socket = pollfd(fd: 0, events: 0, revents: 0)
        while unsafe poll(&socket, 1, -1) < 0, errno == EINTR {}
        Failure.leave(Failure.Status.failed.rawValue)
    }

    private static func limit(memory: Int) {
        #if canImport(Glibc)
            let (core, data) = (__rlimit_resource_t(RLIMIT_CORE.rawValue), __rlimit_resource_t(RLIMIT_DATA.rawValue))
        #else
            let (core, data) = (RLIMIT_CORE, RLIMIT_DATA)
        #endif
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(core, &none)
        // A sanitizer maps terabytes.
        #if !SANITIZER
            guard memory > 0 else { return }
            var most = rlimit(rlim_cur: rlim_t(memory), rlim_max: rlim_t(memory))
            _ = unsafe setrlimit(data, &most)
        #endif
    }
}

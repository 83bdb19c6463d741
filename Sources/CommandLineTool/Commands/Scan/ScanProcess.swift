import FlashBytes
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A process that looks at files, seen from the one that hands them out. Used by one thread.
final class ScanProcess {
    /// What came of a file.
    enum Outcome {
        case answer(ScanAnswer)
        /// The process ended by this signal, or nil for none.
        case died(signal: CInt?)
        /// It was ended, since it took too long.
        case late
    }

    private let channel: CInt
    private let child: pid_t
    private var received: [UInt8] = []
    /// How many files it has looked at.
    private(set) var answerCount = 0

    /// No answer is longer (bytes).
    private static let longestAnswer = 64 << 20
    /// One at a time: no process inherits the socket of another.
    private static let starting = Mutex(())

    /// Starts this program once more.
    init(arguments: [String]) throws {
        (channel, child) = try Self.starting.withLock { _ in try Self.start(arguments) }
        let start = ContinuousClock.now
        guard case .line(let line) = receive(until: start + .seconds(60)), line + [0x0a] == ScanWorker.greeting[...]
        else {
            end()
            throw Failure("cannot start a process that looks at files; --memory-limit SIZE allows it more")
        }
    }

    /// Lets it look at a file.
    func examine(_ path: [UInt8], within limit: Duration?) -> Outcome {
        let deadline = limit.map { ContinuousClock.now + $0 }
        guard request(path + [0]) else { return .died(signal: end()) }
        switch receive(until: deadline) {
        case .line(let line):
            guard let answer = ScanAnswer(message: line) else { return .died(signal: end()) }
            answerCount += 1
            return .answer(answer)
        case .end: return .died(signal: end())
        case .late:
            end()
            return .late
        }
    }

    /// Ends it.
    ///
    /// - Returns: the signal by which it had ended itself.
    @discardableResult
    func end() -> CInt? {
        close(channel)
        // It ends when its socket does, but it may be deep in something; one that is dead already stays what it is.
        kill(child, SIGKILL)
        var status: CInt = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? nil : signal
    }

    private static func start(_ arguments: [String]) throws -> (channel: CInt, child: pid_t) {
        #if canImport(Glibc)
            let stream = CInt(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        var ends: [CInt] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, stream, 0, &ends) == 0 else {
            throw Failure("cannot create a socket: \(Errno(rawValue: errno))")
        }
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #if canImport(Darwin)
            var isOn: CInt = 1
            unsafe setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<CInt>.size))
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = unsafe posix_spawn_file_actions_t()
        #endif
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = unsafe (["jffs2"] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        // A crash is told by its signal; what the runtime would print about it takes seconds.
        unsafe setenv("SWIFT_BACKTRACE", "enable=no", 1)
        var child = pid_t()
        let itself = "/proc/self/exe"
        let program = unsafe access(itself, X_OK) == 0 ? itself : CommandLine.arguments.first ?? "jffs2"
        let problem = unsafe posix_spawnp(&child, program, &actions, nil, &words, environ)
        guard problem == 0 else {
            close(ends[0])
            throw Failure("cannot start \(program): \(Errno(rawValue: problem))")
        }
        return (ends[0], child)
    }

    private enum Received {
        case line(ArraySlice<UInt8>)
        case end
        case late
    }

    private func request(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            // A process that is gone must not end this one by SIGPIPE.
            #if canImport(Darwin)
                let flags: CInt = 0
            #else
                let flags = CInt(MSG_NOSIGNAL)
            #endif
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe send(channel, $0.baseAddress, $0.count, flags)
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    private func receive(until deadline: ContinuousClock.Instant?) -> Received {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while received.count <= Self.longestAnswer {
            if let end = received.lastIndex(of: 0x0a) {
                defer { received = [] }
                return .line(received[..<end])
            }
            var wait: CInt = -1
            if let deadline {
                let left = (deadline - ContinuousClock.now).components
                wait = CInt(clamping: max(0, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000))
            }
            var event = pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&event, 1, wait)
            if ready == 0 { return .late }
            if ready < 0 {
                if errno == EINTR { continue }
                return .end
            }
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(channel, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return .end }
            received += buffer.prefix(count)
        }
        return .end
    }
}

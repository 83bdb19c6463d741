internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The end of the program by a signal: what is temporary goes first, and outputs are put in their places or not.
///
/// Without `watch` signals do what they always do.
package enum Termination {
    /// How many protected pieces of work are under way.
    private static let protected = Atomic<Int>(0)
    /// The signal that came meanwhile; 0 for none.
    private static let pending = Atomic<Int32>(0)
    /// Whether a signal is about to end the program.
    private static let isEnding = Atomic<Bool>(false)

    /// Takes the signals that end a program from now on: SIGINT, SIGTERM, SIGHUP and SIGQUIT unless they are ignored (by
    /// nohup), and SIGPIPE. A file that becomes too large is an error instead of a signal.
    package static func watch() {
        // What the handler needs exists before it is called.
        TemporaryNames.prepare()
        _ = (protected.load(ordering: .relaxed), pending.load(ordering: .relaxed), isEnding.load(ordering: .relaxed))
        signal(SIGXFSZ, SIG_IGN)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] {
            var action = sigaction()
            if number != SIGPIPE, unsafe sigaction(number, nil, &action) == 0, action.isIgnored { continue }
            SignalAction.install({ Termination.caught($0) }, for: number)
        }
    }

    /// A fault of the program, or memory that cannot be had, ends it at once. Swift's backtracer stops all threads first and starts
    /// another program, which without memory never comes to its end; who wants to see where it was sets SWIFT_BACKTRACE.
    package static func endOnFaults() {
        guard unsafe getenv("SWIFT_BACKTRACE") == nil else { return }
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] { signal(number, SIG_DFL) }
    }

    /// Whether a signal wants the program to end as soon as protected work is done: long work looks here, and gives up.
    package static var isRequested: Bool { pending.load(ordering: .relaxed) != 0 }

    /// Begins work that is brought to an end, or undone, before a signal ends the program.
    package static func begin() {
        while true {
            protected.add(1, ordering: .sequentiallyConsistent)
            if !isEnding.load(ordering: .sequentiallyConsistent) { return }
            // Too late, unless the handler has seen us.
            protected.subtract(1, ordering: .sequentiallyConsistent)
            while isEnding.load(ordering: .sequentiallyConsistent) { usleep(1000) }
        }
    }

    /// Ends such work, and the program if a signal came meanwhile.
    package static func end() {
        let left = protected.subtract(1, ordering: .sequentiallyConsistent).newValue
        let number = pending.load(ordering: .sequentiallyConsistent)
        if left == 0, number != 0 { die(number) }
    }

    /// Does a short piece of protected work.
    package static func protected<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        begin()
        defer { end() }
        return try body()
    }

    /// The handler: nothing here allocates or waits.
    private static func caught(_ number: Int32) {
        let saved = errno
        isEnding.store(true, ordering: .sequentiallyConsistent)
        if protected.load(ordering: .sequentiallyConsistent) > 0 {
            _ = pending.compareExchange(expected: 0, desired: number, ordering: .sequentiallyConsistent)
            isEnding.store(false, ordering: .sequentiallyConsistent)
            errno = saved
            return
        }
        die(number)
    }

    /// Ends the program by the signal itself, so that whoever started it sees that.
    private static func die(_ number: Int32) {
        TemporaryNames.removeAll()
        signal(number, SIG_DFL)
        var numbers = sigset_t()
        _ = unsafe sigemptyset(&numbers)
        _ = unsafe sigaddset(&numbers, number)
        raise(number)
        // From a handler the signal is delivered now.
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
        _exit(128 + number)
    }
}

extension sigaction {
    /// Whether the signal does nothing.
    fileprivate var isIgnored: Bool {
        #if canImport(Darwin)
            let handler = unsafe __sigaction_u.__sa_handler
        #elseif canImport(Musl)
            let handler = unsafe __sa_handler.sa_handler
        #else
            let handler = unsafe __sigaction_handler.sa_handler
        #endif
        return unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

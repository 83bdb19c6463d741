internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Ctrl-C and friends: the first asks for a clean end at the next prompt, the second ends the program.
public enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// Takes SIGINT, SIGTERM and SIGHUP from now on.
    public static func catchSignals() {
        flag.store(false, ordering: .relaxed)
        // Whoever started the program may have blocked them.
        var numbers = sigset_t()
        _ = unsafe sigemptyset(&numbers)
        for number in [SIGINT, SIGTERM, SIGHUP] { _ = unsafe sigaddset(&numbers, number) }
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            #if canImport(Darwin)
                unsafe action.__sigaction_u.__sa_handler = { Interruption.caught($0) }
            #elseif canImport(Musl)
                unsafe action.__sa_handler.sa_handler = { Interruption.caught($0) }
            #else
                unsafe action.__sigaction_handler.sa_handler = { Interruption.caught($0) }
            #endif
            // Without SA_RESTART: a waiting poll is to return.
            _ = unsafe sigaction(number, &action, nil)
        }
    }

    private static func caught(_ number: Int32) {
        if flag.exchange(true, ordering: .relaxed) { _exit(128 + number) }
    }

    /// Whether the user wants it to end.
    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Forgets the wish, so that the end itself is not cut short.
    static func clear() { flag.store(false, ordering: .relaxed) }

    /// Throws if the user wants it to end.
    static func check() throws(AcquisitionError) {
        if isRequested { throw .interrupted }
    }
}

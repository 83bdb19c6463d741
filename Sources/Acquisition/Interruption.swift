internal import FlashBytes
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Ctrl-C and friends: the first asks for a clean end at the next prompt, the second ends the program.
package enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// Takes SIGINT, SIGTERM and SIGHUP from now on.
    package static func catchSignals() {
        flag.store(false, ordering: .relaxed)
        // Whoever started the program may have blocked them.
        var numbers = sigset_t()
        _ = unsafe sigemptyset(&numbers)
        for number in [SIGINT, SIGTERM, SIGHUP] { _ = unsafe sigaddset(&numbers, number) }
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
        for number in [SIGINT, SIGTERM, SIGHUP] { SignalAction.install({ Interruption.caught($0) }, for: number) }
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

#if Mount
    internal import CFUSE
    import Glibc
    import Synchronization

    /// SIGINT, SIGTERM and SIGHUP end the serving of a session: it is unmounted then, and the program ends as usual.
    ///
    /// Not libfuse's own handlers: they count on a program of one thread, whose waiting a signal interrupts. Here any thread may
    /// get it, and wakes the one that serves; and as it may just be about to wait, an alarm wakes it again.
    enum EndingSignals {
        private static let numbers = [SIGINT, SIGTERM, SIGHUP]
        // Safe: written before the handlers are there, read by them.
        nonisolated(unsafe) private static var session: OpaquePointer?
        nonisolated(unsafe) private static var server = pthread_self()
        private static let came = Atomic<Bool>(false)

        /// Whether one has come.
        static var hasCome: Bool { came.load(ordering: .relaxed) }

        /// Takes them, unless they are ignored; to be called by the thread that serves.
        static func take(for session: OpaquePointer) {
            unsafe Self.session = session
            unsafe server = pthread_self()
            // What the handler needs exists before it is called.
            _ = hasCome
            for number in numbers + [SIGALRM] {
                var action = sigaction()
                if number != SIGALRM, unsafe sigaction(number, nil, &action) == 0, isIgnored(action) { continue }
                // Without SA_RESTART: waiting ends.
                action = sigaction()
                unsafe action.__sigaction_handler.sa_handler = { _ in EndingSignals.caught() }
                unsafe sigaction(number, &action, nil)
            }
            // The runtime's threads, of which this one may be, are born with signals blocked, and in the background there is no
            // other one that gets them.
            var mask = sigset_t()
            unsafe sigemptyset(&mask)
            for number in numbers + [SIGALRM] { unsafe sigaddset(&mask, number) }
            unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
            // A session whose writer has gone is an error of the write.
            signal(SIGPIPE, SIG_IGN)
        }

        /// Ends that: the session is served no longer.
        static func leave() {
            alarm(0)
            for number in numbers + [SIGALRM] { signal(number, SIG_IGN) }
            unsafe session = nil
        }

        private static func isIgnored(_ action: sigaction) -> Bool {
            unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
        }

        /// The handler: nothing here allocates or waits.
        private static func caught() {
            let saved = errno
            came.store(true, ordering: .relaxed)
            if let session = unsafe session { unsafe fuse_session_exit(session) }
            if unsafe pthread_equal(pthread_self(), server) == 0 { unsafe pthread_kill(server, SIGALRM) }
            alarm(1)
            errno = saved
        }
    }
#endif

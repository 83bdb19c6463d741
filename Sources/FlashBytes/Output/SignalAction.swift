#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What a signal does.
package enum SignalAction {
    /// Has `handler` called when a signal comes; it may only do what a handler may.
    ///
    /// Without SA_RESTART: whoever waits for a pipe or a line is to notice.
    package static func install(_ handler: @escaping @convention(c) (Int32) -> Void, for number: Int32) {
        var action = sigaction()
        #if canImport(Darwin)
            unsafe action.__sigaction_u.__sa_handler = handler
        #elseif canImport(Musl)
            unsafe action.__sa_handler.sa_handler = handler
        #else
            unsafe action.__sigaction_handler.sa_handler = handler
        #endif
        _ = unsafe sigaction(number, &action, nil)
    }
}

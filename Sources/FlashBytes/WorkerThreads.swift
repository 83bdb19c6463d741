internal import Dispatch

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Threads that begin at once.
///
/// Dispatch's own pool on Linux begins the second of two threads only when it notices that the first one stays busy,
/// which is up to a second later: longer than most images take.
package enum WorkerThreads {
    /// Calls `body` in a thread of its own.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        if let thread = create(body) {
            pthread_detach(thread)
        } else {
            // The system has no more threads: then when one of the pool's is free.
            DispatchQueue.global().async(execute: body)
        }
    }

    /// Calls `body` `count` times, side by side, with the numbers from 0; returns when all calls did.
    package static func perform(_ count: Int, body: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            var threads: [pthread_t] = []
            var rest: [Int] = []
            for index in stride(from: 1, to: count, by: 1) {
                if let thread = create({ body(index) }) {
                    threads.append(thread)
                } else {
                    rest.append(index)
                }
            }
            body(0)
            rest.forEach(body)
            for thread in threads { pthread_join(thread, nil) }
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// - Returns: nil when the system has no more threads.
    private static func create(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        let work = unsafe Unmanaged.passRetained(Work(body))
        #if canImport(Darwin)
            var thread: pthread_t?
            let status = unsafe pthread_create(
                &thread, nil,
                { argument in
                    unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, work.toOpaque())
        #else
            var thread = pthread_t()
            let status = unsafe pthread_create(
                &thread, nil,
                { argument in
                    if let argument = unsafe argument {
                        unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    }
                    return nil
                }, work.toOpaque())
        #endif
        if status == 0 { return thread }
        unsafe work.release()
        return nil
    }
}

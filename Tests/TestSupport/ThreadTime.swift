import Foundation

/// The seconds of processor time that the calling thread spends in `body`.
///
/// What the machine does besides does not count, so growth can be asserted; absolute values still depend on the machine.
package func threadSeconds(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    try body()
    return now() - start
}

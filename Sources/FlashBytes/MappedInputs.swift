internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The files that are mapped, and which of them could not be read to their ends.
///
/// Where a mapped file has become shorter, or its disk fails, the system sends SIGBUS to whoever reads there. Zeros are put in
/// that place then, so that the work goes on to where it is looked for such trouble, and its result is thrown away.
enum MappedInputs {
    private static let capacity = 256
    private static let paths = Mutex<[Int: String]>([:])
    /// Start and end of each mapping; zeros where there is none. Written under the lock of `paths`, read by the handler.
    nonisolated(unsafe) private static let ranges: UnsafeMutablePointer<(start: Int, end: Int)> = {
        let ranges = UnsafeMutablePointer<(start: Int, end: Int)>.allocate(capacity: capacity)
        unsafe ranges.initialize(repeating: (0, 0), count: capacity)
        return unsafe ranges
    }()
    /// The first one that could not be read; -1 for none.
    private static let lost = Atomic<Int>(-1)
    private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    private static let isWatching: Bool = {
        var action = sigaction()
        #if canImport(Darwin)
            unsafe action.__sigaction_u.__sa_sigaction = { _, info, _ in
                unsafe MappedInputs.faulted(info.map { unsafe $0.pointee.si_addr })
            }
        #elseif canImport(Musl)
            unsafe action.__sa_handler.sa_sigaction = { _, info, _ in
                unsafe MappedInputs.faulted(info.map { unsafe $0.pointee.__si_fields.__sigfault.si_addr })
            }
        #else
            unsafe action.__sigaction_handler.sa_sigaction = { _, info, _ in
                unsafe MappedInputs.faulted(info.map { unsafe $0.pointee._sifields._sigfault.si_addr })
            }
        #endif
        action.sa_flags = SA_SIGINFO
        return unsafe sigaction(SIGBUS, &action, nil) == 0
    }()

    /// Watches a mapping.
    static func add(_ base: UnsafeMutableRawPointer, count: Int, path: String) {
        // What the handler needs exists before it is called.
        _ = unsafe (isWatching, pageSize, lost.load(ordering: .relaxed), ranges)
        paths.withLock { paths in
            guard let slot = (0..<capacity).first(where: { unsafe ranges[$0].start == 0 }) else { return }
            paths[slot] = path
            let start = Int(bitPattern: base)
            unsafe ranges[slot] = (start, start + count)
        }
    }

    /// Watches it no longer.
    static func remove(_ base: UnsafeMutableRawPointer) {
        paths.withLock { _ in
            for slot in 0..<capacity where unsafe ranges[slot].start == Int(bitPattern: base) {
                unsafe ranges[slot] = (0, 0)
            }
        }
    }

    /// Throws if one could not be read to its end.
    static func check() throws(FileError) {
        let slot = lost.load(ordering: .acquiring)
        guard slot >= 0 else { return }
        let path = paths.withLock { $0[slot] } ?? "an input"
        throw FileError(
            action: "read to the end (it has become shorter meanwhile, or its disk fails)", path: path, errno: .ioError)
    }

    /// The handler: nothing here allocates or waits.
    private static func faulted(_ address: UnsafeMutableRawPointer??) {
        let saved = errno
        if let address = unsafe address.flatMap({ unsafe $0 }) {
            let page = Int(bitPattern: address) / pageSize * pageSize
            for slot in 0..<capacity {
                let (start, end) = unsafe ranges[slot]
                guard start <= page, page < end, let place = unsafe UnsafeMutableRawPointer(bitPattern: page) else {
                    continue
                }
                let flags = MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS
                guard unsafe mmap(place, end - page, PROT_READ, flags, -1, 0) != MAP_FAILED else { break }
                _ = lost.compareExchange(expected: -1, desired: slot, ordering: .acquiringAndReleasing)
                errno = saved
                return
            }
        }
        // None of ours: the same access again, and the usual end.
        signal(SIGBUS, SIG_DFL)
    }
}

extension FileBytes {
    /// Throws if a file that was mapped could not be read to its end, because it has become shorter meanwhile or its disk fails:
    /// then what was made from it must not be used.
    package static func checkInputs() throws(FileError) { try MappedInputs.check() }
}

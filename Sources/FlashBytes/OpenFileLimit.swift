#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// How many files this process may hold open at the same time.
package enum OpenFileLimit {
    /// What the system allows by now. A caller that opens files without end takes a part of it.
    package static var current: Int { limits.map { Int(clamping: $0.rlim_cur) } ?? 256 }

    /// More than this helps nobody, and macOS refuses more than 10,240.
    private static let most: rlim_t = 10_240

    /// Asks for as many as the system lets a user have: shells begin with 256 or 1,024, which a table of a thousand partitions
    /// or a thousand file systems in one flash are beyond.
    package static func raise() {
        guard var limits else { return }
        let wanted = min(limits.rlim_max, most)
        if wanted <= limits.rlim_cur { return }
        limits.rlim_cur = wanted
        _ = unsafe setrlimit(openFiles, &limits)
    }

    #if canImport(Glibc)
        private static let openFiles = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let openFiles = RLIMIT_NOFILE
    #endif

    private static var limits: rlimit? {
        var limits = rlimit()
        return unsafe getrlimit(openFiles, &limits) == 0 ? limits : nil
    }
}

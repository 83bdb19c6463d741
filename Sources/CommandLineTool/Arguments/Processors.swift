import JFFS2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The machine's processors.
enum Processors {
    /// How many of them may be used.
    static var count: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

extension SourceDate {
    /// What is written for the times of a tree: none is later than SOURCE_DATE_EPOCH, so that a build gives the same bytes
    /// tomorrow.
    static func times() throws -> ImageConfiguration.Times {
        try epoch().map { .notAfter(Int64($0)) } ?? .asTheyAre
    }
}

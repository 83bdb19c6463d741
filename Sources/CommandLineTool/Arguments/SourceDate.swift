import JFFS2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Times for outputs, never the clock.
enum SourceDate {
    /// SOURCE_DATE_EPOCH, if it is set.
    static func epoch() throws -> UInt32? {
        guard let value = unsafe getenv("SOURCE_DATE_EPOCH") else { return nil }
        let text = unsafe String(cString: value)
        guard let seconds = UInt32(text) else {
            throw Failure("SOURCE_DATE_EPOCH is '\(text)'; it must be seconds since 1970")
        }
        return seconds
    }

    /// What is written for the times of a tree: none is later than SOURCE_DATE_EPOCH, so that a build gives the same bytes
    /// tomorrow.
    static func times() throws -> ImageConfiguration.Times {
        try epoch().map { .notAfter(Int64($0)) } ?? .asTheyAre
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the clock says; only questions about ages ask it, and headers that hold the time they were made.
enum CurrentTime {
    /// Seconds since 1970.
    static var seconds: Int64 { Int64(time(nil)) }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where the output goes.
enum OutputTerminal {
    /// Whether somebody reads it as it comes.
    static var isThere: Bool { isatty(STDOUT_FILENO) == 1 }
}

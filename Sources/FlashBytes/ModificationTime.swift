#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// When files were changed, as headers that hold 32 bits say it.
package enum ModificationTime {
    /// When the file at a path was changed last (seconds since 1970); nil where there is none.
    package static func of(_ path: String) -> UInt32? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
            return UInt32(clamping: status.st_mtimespec.tv_sec)
        #else
            return UInt32(clamping: status.st_mtim.tv_sec)
        #endif
    }
}

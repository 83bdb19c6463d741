import FlashBytes
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Folders for output files.
enum Folder {
    /// Makes a folder unless it is there.
    static func create(_ path: String) throws(FileError) {
        if unsafe mkdir(path, 0o777) == 0 { return }
        let failure = Errno(rawValue: errno)
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError("create", path, failure)
        }
    }
}

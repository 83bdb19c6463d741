public import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Files without a name: gone when they are closed.
public enum TemporaryFile {
    /// Creates one in the folder that TMPDIR names, or in /tmp; whoever takes it closes it.
    public static func open() throws(FileError) -> FileDescriptor {
        var folder = "/tmp"
        if let named = unsafe getenv("TMPDIR") { folder = unsafe String(cString: named) }
        var path = Array((folder + "/jffs2-XXXXXX").utf8CString)
        let descriptor = unsafe mkstemp(&path)
        if descriptor < 0 { throw FileError("create a temporary file", folder, Errno(rawValue: errno)) }
        unsafe unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return FileDescriptor(rawValue: descriptor)
    }
}

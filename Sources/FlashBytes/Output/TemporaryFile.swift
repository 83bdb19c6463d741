package import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Files without a name: gone when they are closed, however the program ends.
package enum TemporaryFile {
    /// Creates one in the directory that TMPDIR names, or in /tmp; whoever takes it closes it.
    package static func open() throws(FileError) -> FileDescriptor {
        var directory = "/tmp"
        if let named = unsafe getenv("TMPDIR") { directory = unsafe String(cString: named) }
        do throws(Errno) {
            if let descriptor = try unnamed(in: directory, permissions: 0o600) {
                return FileDescriptor(rawValue: descriptor)
            }
            return FileDescriptor(
                rawValue: try Termination.protected { () throws(Errno) in
                    var path = Array((directory + "/jffs2-XXXXXX").utf8CString)
                    let descriptor = try SystemCall.retrying { unsafe mkstemp(&path) }
                    unsafe unlink(path)
                    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                    return descriptor
                })
        } catch {
            throw FileError(action: "create a temporary file", path: directory, errno: error)
        }
    }

    /// Creates one that may get a name in its directory later; nil where the system has no such files.
    static func unnamed(in directory: String, permissions: UInt32) throws(Errno) -> CInt? {
        #if os(Linux)
            // Its name is given through /proc.
            guard unsafe access("/proc/self/fd", X_OK) == 0 else { return nil }
            // Not in all headers: this number and O_DIRECTORY.
            let flag = CInt(0o20000000) | O_DIRECTORY
            do {
                return try SystemCall.open(directory, flags: flag | O_RDWR | O_CLOEXEC, permissions: permissions)
            } catch {
                // Kernels and file systems without say so in these ways.
                if [.notSupported, .isDirectory, .invalidArgument, .noSuchFileOrDirectory].contains(error) {
                    return nil
                }
                throw error
            }
        #else
            return nil
        #endif
    }
}
